"""The list of a batch that leaves the house: masked for the file, in clear for the bank, always noted."""
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpResponseBase

from coal_to_electric.errors import AnswersRefused, HouseholdForbidden, HouseholdRefused
from coal_to_electric.models import PaymentBatch, PaymentLine
from coal_to_electric.progress import SHORTEST_REASON
from sheets.exporting import answer
from sheets.targets import Column, Kind, Target, Written

EXPORT, UNMASKED = "coal_to_electric.export_households", "coal_to_electric.export_unmasked_households"
BATCH = 500


def _nothing_in(*_: Any, **__: Any) -> Written:
    raise TypeError("Payments do not come in from a spreadsheet.")


# A list of its own kind: it goes out only, so it is not offered for import.
LIST = Target(
    key="payments", title="补贴发放名单", number="number", address="/ledgers/households/payments/", unit="户",
    import_right="", export_right=EXPORT, unmasked_right=UNMASKED, write=_nothing_in,
    columns=(
        Column("number", "户号", read=lambda line: line.household.number),
        Column("householder", "户主", personal=True, read=lambda line: line.household.householder),
        Column("id_number", "证件号", Kind.ID_NUMBER, personal=True, read=lambda line: line.household.id_number),
        Column("phone", "联系电话", Kind.PHONE, personal=True, read=lambda line: line.household.phone),
        Column("community", "社区", read=lambda line: line.household.community.name),
        Column("address", "地址", read=lambda line: line.household.address),
        Column("city_yuan", "市级", Kind.MONEY), Column("district_yuan", "区级", Kind.MONEY),
        Column("amount_yuan", "合计", Kind.MONEY), Column("working", "算式"),
    ),
)  # fmt: skip


class _Line:
    """A line that says whether it is demonstration data, as its batch does."""

    def __init__(self, line: PaymentLine, demo: bool) -> None:
        self.household, self.is_demo = line.household, demo
        self.city_yuan, self.district_yuan = line.city_yuan, line.district_yuan
        self.amount_yuan, self.working = line.amount_yuan, line.working


def _lines(batch: PaymentBatch) -> Iterator[_Line]:
    rows = PaymentLine.objects.filter(batch=batch).select_related("household__community")
    rows = rows.defer("household__community__shape").order_by("household__number")
    return (_Line(line, batch.is_demo) for line in rows.iterator(chunk_size=BATCH))


def list_of(
    batch: PaymentBatch, *, kind: str, by: Any, at: datetime, reason: str = "", unmasked: bool = False,
    request: Any = None,
) -> HttpResponseBase:  # fmt: skip
    """The list as xlsx or CSV; in clear only with the right, a reason, the taker's name in it, and an audit row."""
    if not by.has_perm(UNMASKED if unmasked else EXPORT):
        raise HouseholdForbidden("你的角色不能导出这份名单。需要时请与值班科长联系。")
    if unmasked and len(reason.strip()) < SHORTEST_REASON:
        raise AnswersRefused({"reason": "请写明导出未脱敏名单的理由，至少 5 个字。理由会记入审计。"})
    if unmasked and batch.status not in ("approved", "paid"):
        raise HouseholdRefused(f"{batch.number} 现在是{batch.get_status_display()}，审批后才能导出给银行的名单。")
    return answer(
        LIST, _lines(batch), kind=kind, by=by, at=at, words=(batch.number,), unmasked=unmasked, reason=reason.strip(),
        request=request, count=batch.households, demo=batch.is_demo,
    )  # fmt: skip
