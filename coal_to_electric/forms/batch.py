"""Which households are put into a batch."""
from typing import Any

from django import forms
from django.http import QueryDict

from coal_to_electric import payments
from coal_to_electric.forms import fields
from coal_to_electric.models import Household, Programme
from coal_to_electric.states import PaymentKind


class BatchForm(forms.Form):
    """The households that could be paid now, those ticked before ticked; `kind` and `season` stand in the address."""

    note = fields.words("说明", required=False, most=200)

    def __init__(self, programme: Programme | None, query: QueryDict, data: Any = None) -> None:
        self.programme = programme
        self.kind = PaymentKind(query["kind"]) if query.get("kind") in PaymentKind.values else PaymentKind.EQUIPMENT
        asked = query.get("off_peak_season", "")
        fallback = programme.season if programme else 0
        self.season = int(asked) if asked.isdecimal() and len(asked) == 4 else fallback
        self.ticked = set(data.getlist("n") if data is not None else query.getlist("n"))
        super().__init__(data)

    @property
    def households(self) -> list[Household]:
        """Who could be put into a batch, as many as one batch holds."""
        if self.programme is None:
            return []
        found = payments.owed(self.programme, self.kind, season=self.season).for_list()
        return list(found[: payments.MOST_HOUSEHOLDS])

    @property
    def rows(self) -> list[tuple[Household, bool]]:
        """Each with whether it is ticked; all are when nobody ticked any."""
        return [(one, not self.ticked or one.number in self.ticked) for one in self.households]
