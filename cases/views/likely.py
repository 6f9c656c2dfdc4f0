"""What a draft is probably about, and which cases may already be about it."""
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from cases.similar import similar_to_draft
from cases.suggest import suggest_categories

SHORTEST = 4  # characters, below which a text says nothing
DOUBTFUL = 0.6  # from this likeness on, registration stops and asks


class Likely:
    """Suggestions for a draft; asked for only when shown."""

    def __init__(self, answers: dict[str, Any], user: Any, *, at: datetime) -> None:
        self._answers, self._user, self._at = answers, user, at

    @classmethod
    def from_typed(cls, answers: dict[str, Any], lon: str, lat: str, request: HttpRequest) -> "Likely":
        """From what stands in the boxes; a position that is no number counts for nothing."""
        try:
            place = {"lon": float(lon), "lat": float(lat)}
        except ValueError:
            place = {}
        if not all(-180 <= degree <= 180 for degree in place.values()):
            place = {}
        return cls({**answers, "place": place}, request.user, at=timezone.now())

    @property
    def text(self) -> str:
        """Title and words."""
        return f"{self._answers.get('title') or ''} {self._answers.get('description') or ''}".strip()

    @cached_property
    def categories(self) -> list[tuple[Any, float]]:
        """The likeliest classes."""
        return suggest_categories(self.text) if len(self.text) >= SHORTEST else []

    @cached_property
    def cases(self) -> list[Any]:
        """Cases that may be the same, best first; petitions only among petitions."""
        if len(self.text) < SHORTEST:
            return []
        answers, place = self._answers, self._answers.get("place") or {}
        return similar_to_draft(
            answers.get("title") or "", answers.get("description") or "", answers.get("category"), place.get("lon"),
            place.get("lat"), at=self._at, user=self._user, source=answers.get("source", ""), grid=place.get("grid"),
        )  # fmt: skip

    @property
    def doubtful(self) -> list[Any]:
        """Those that are so alike that somebody must look first."""
        return [one for one in self.cases if one.score >= DOUBTFUL]
