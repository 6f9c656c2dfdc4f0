"""Finding a household by its number or address, or by the whole name, phone or ID number.

The personal words are compared by blind index and never come into an address or a log: what was found is handed on as
ledger numbers.
"""
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts import audit
from accounts.encryption import blind_index
from coal_to_electric.ledger import ID_PURPOSE, NAME_PURPOSE, PHONE_PURPOSE

MOST_FOUND = 20


def find_person(households: QuerySet, words: str, *, by: Any, at: datetime) -> list[str]:
    """Ledger numbers of those whose whole name, phone or ID number this is; a search for a person is audited."""
    words = words.strip()
    if not words:
        return []
    indexes = (("name_index", NAME_PURPOSE), ("phone_index", PHONE_PURPOSE), ("id_index", ID_PURPOSE))
    either = Q()
    for column, purpose in indexes:
        either |= Q(**{column: blind_index(words, purpose=purpose)})
    found = list(households.filter(either).order_by("number").values_list("number", flat=True)[:MOST_FOUND])
    if found or not is_place(households, words):
        audit.record("household_searched", actor=by, detail={"count": len(found)}, at=at)
    return found


def is_place(households: QuerySet, words: str) -> bool:
    """Whether the words stand in a number or an address of these households: then they are no secret."""
    return households.with_words(words.strip()).exists()
