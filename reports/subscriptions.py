"""Leaders who want to be told when a month's figures are there (订阅月报)."""
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.notify import tell_many
from cases.models import TaskSlot
from reports import figures
from reports.models import FigureSubscription
from reports.periods import Span, period_of

TASK = "monthly_figures"
TOLD = ("accepted", "closing_rate", "handling_on_time", "satisfaction_rate", "overdue_open")


def subscribe(*, user: User, at: datetime) -> None:
    """From now on, tell this person; asking twice changes nothing."""
    FigureSubscription.objects.get_or_create(user=user, defaults={"since": at})


def unsubscribe(*, user: User) -> None:
    """Tell this person no more."""
    FigureSubscription.objects.filter(user=user).delete()


def is_subscribed(user: User) -> bool:
    """Whether this person is told."""
    return FigureSubscription.objects.filter(user=user).exists()


@transaction.atomic
def send_monthly_figures(*, at: datetime) -> int:
    """Tell last month's figures once to subscribers who may see them; returns to how many. A second beat: to nobody."""
    today = timezone.localdate(at)
    month = period_of(Span.MONTH, today).previous()
    _, claimed = TaskSlot.objects.get_or_create(task=TASK, slot=month.key, defaults={"claimed_at": at})
    if not claimed:
        return 0
    wanted = FigureSubscription.objects.values("user")
    people = User.objects.with_permission("reports.see_dashboard").filter(pk__in=wanted)
    sums = figures.sums_of(month, today=today)
    said = "，".join(figures.Value.of(figures.FIGURES[key], sums).words for key in TOLD)
    return tell_many(
        people, text=f"{month.words}月报：{said}。", at=at, url=f"/dashboard/?period={month.key}", kind="info",
        slot=f"{TASK}:{month.key}",
    )  # fmt: skip
