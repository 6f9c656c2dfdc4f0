"""What the campaigns can find wrong in the registers: social units that signed no responsibility agreement."""
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from campaigns.models import Agreement
from campaigns.models.agreements import AgreementStage
from grid.cross_checks import CrossCheck, Found
from grid.models import Organisation, OrganisationKind

RUNNING = (AgreementStage.SIGNED, AgreementStage.IN_FORCE, AgreementStage.ASSESSED)


def units_without_agreement(at: datetime) -> Iterator[Found]:
    """Social units without an agreement that was signed and holds today."""
    held = Agreement.objects.of_stage(*RUNNING).filter(organisation=OuterRef("pk"))
    held = held.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate(at)))
    sent = Agreement.objects.of_stage(AgreementStage.ISSUED).filter(organisation=OuterRef("pk"))
    units = Organisation.objects.active().of_kind(OrganisationKind.UNIT)
    rows = units.exclude(Exists(held)).annotate(sent=Exists(sent))
    for code, name, community, is_demo, is_sent in rows.values_list("code", "name", "community_id", "is_demo", "sent"):
        words = "责任书已送签，还没有签订" if is_sent else "没有履行中的责任书"
        yield Found(code, f"{name}（{code}）", words, f"/grid/organisations/{code}/", community, is_demo)


CHECKS = (
    CrossCheck(
        "unit_without_agreement", "单位没有责任书", "在责任书里列入这个单位并签订", units_without_agreement,
        ("campaigns.see_agreements",),
    ),
)  # fmt: skip
