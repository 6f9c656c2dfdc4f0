"""Entering what the district and others say of the street: 每月考评 and honours."""
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from reports.errors import ReportRefused
from reports.models import DistrictRanking, Honour
from reports.periods import Period, Span, read_period

GRADED = (Span.MONTH, Span.QUARTER)


def received_of(year: Period) -> dict[str, Any]:
    """What was received about a year, oldest month first, quarters after the months."""
    rankings = list(DistrictRanking.objects.filter(period__startswith=str(year.first.year)))
    for row in rankings:
        row.when = read_period(row.period).words.removeprefix(year.words)
    rankings.sort(key=lambda row: ("Q" in row.period, row.period))
    return {"district": rankings, "honours": list(Honour.objects.filter(year=year.first.year))}


@transaction.atomic
def enter_ranking(
    *, period: str, score: Decimal | None, rank: int | None, of: int, words: str, source_document: str, by: User,
    at: datetime, is_demo: bool = False,
) -> DistrictRanking:  # fmt: skip
    """Enter the district's ranking of a month or quarter; entering it again corrects it, and the trail keeps both."""
    read = read_period(period)
    if read is None or read.span not in GRADED:
        raise ReportRefused(f"周期“{period}”不是月份或季度。请写成 2016-05 或 2016Q2。")
    if rank is None and not re.sub(r"\s", "", words):
        raise ReportRefused("名次和原文表述都空着。请至少填一项。")
    if rank is not None and not 1 <= rank <= of:
        raise ReportRefused(f"名次应在 1 和 {of} 之间，现为 {rank}。请核对来文。")
    row, created = DistrictRanking.objects.update_or_create(
        period=period,
        defaults={"score": score, "rank": rank, "of": of, "words": words.strip(), "entered_by": by, "entered_at": at,
                  "source_document": source_document, "is_demo": is_demo},
    )  # fmt: skip
    detail = {"period": period, "score": str(score or ""), "rank": rank, "of": of}
    record("ranking_received" if created else "received_ranking_corrected", actor=by, subject=row, detail=detail, at=at)
    return row


@transaction.atomic
def enter_honour(
    *, name: str, holder: str, year: int, source_document: str, by: User, at: datetime, is_demo: bool = False
) -> Honour:
    """Enter an honour; the same one twice is refused."""
    if Honour.objects.filter(name=name, holder=holder, year=year).exists():
        raise ReportRefused(f"{year} 年“{name}”已经登记给{holder}，不要重复登记。")
    row = Honour.objects.create(
        name=name, holder=holder, year=year, source_document=source_document, entered_by=by, entered_at=at,
        is_demo=is_demo,
    )  # fmt: skip
    record("honour_entered", actor=by, subject=row, detail={"period": str(year)}, at=at)
    return row
