"""A list of cases carried away: masked or, for a reason, in clear; petitions' identities never."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase

from cases.register_sheet import REGISTER, carried
from sheets.exporting import answer


def export_cases(
    cases: QuerySet, *, by: Any, at: datetime, words: Iterable[str], kind: str, request: Any, reason: str = "",
    unmasked: bool = False,
) -> HttpResponseBase:  # fmt: skip
    """The file; the audit row is written before anything leaves the house."""
    return answer(
        REGISTER, carried(cases.order_by("pk"), by), kind=kind, by=by, at=at, words=words, unmasked=unmasked,
        reason=reason, request=request, count=cases.count(), demo=cases.filter(is_demo=True).exists(),
    )  # fmt: skip
