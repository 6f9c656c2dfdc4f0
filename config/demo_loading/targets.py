"""The targets of the demonstration, beside which the leaders' page holds its rates; an administrator edits them."""
from decimal import Decimal

from reports.models import FigureTarget
from reports.models.targets import TargetedFigure

TARGETS = {TargetedFigure.HANDLING_ON_TIME: Decimal(95), TargetedFigure.CLOSING_RATE: Decimal(92)}


def load_targets() -> None:
    """Those that have no row yet; what an administrator set stays."""
    for figure, target in TARGETS.items():
        FigureTarget.objects.get_or_create(figure=figure, defaults={"target": target})
