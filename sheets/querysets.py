"""The words in which imports are asked for."""
from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models


class BatchQuerySet(models.QuerySet):
    """Files taken in."""

    def without_file(self) -> Self:
        """Without the file itself, which is large and lies encrypted."""
        return self.defer("content")

    def of_ledgers(self, keys: Iterable[str]) -> Self:
        """Those of some ledgers, by their keys."""
        return self.filter(target_key__in=list(keys))

    def for_list(self) -> Self:
        """Newest first, with who brought them; drafts that were dropped are not shown."""
        return self.without_file().exclude(stage="dropped").select_related("created_by").order_by("-created_at", "-pk")

    def waiting(self) -> Self:
        """Begun and neither written nor dropped."""
        return self.filter(stage__in=("mapping", "ready"))

    def unforgotten(self) -> Self:
        """What their files said still lies here."""
        return self.filter(forgotten=False)

    def stuck(self, *, before: datetime) -> Self:
        """Queued, and nobody has worked on them for a while."""
        return self.filter(stage__in=("judging", "writing"), changed_at__lt=before)

    def drafts_before(self, moment: datetime) -> Self:
        """Drafts that nobody has touched since."""
        return self.waiting().filter(changed_at__lt=moment)

    def spent_before(self, moment: datetime) -> Self:
        """Written so long ago that they are not taken back any more, while what the file said still lies here."""
        return self.filter(models.Q(stage="done", done_at__lt=moment) | models.Q(stage="undone"), forgotten=False)


class RowQuerySet(models.QuerySet):
    """Rows of files."""

    def with_result(self, *results: str) -> Self:
        """Judged so, in the file's order."""
        return self.filter(result__in=results).order_by("number")

    def imported_with(self, digests: Iterable[str], *, key: str) -> Self:
        """Rows that say the same and stand in the ledger already through an earlier batch."""
        return self.filter(
            digest__in=list(digests), written_pk__isnull=False, batch__target_key=key, batch__stage="done"
        )

    def written_as(self, written: Iterable[int], *, key: str) -> Self:
        """Rows that became these rows of a ledger."""
        return self.filter(written_pk__in=list(written), batch__target_key=key)

    def written(self) -> Self:
        """Rows that were written into the ledger, in the file's order."""
        return self.filter(written_pk__isnull=False).order_by("number")

    def created_anew(self) -> Self:
        """Rows that became new rows of the ledger."""
        return self.written().filter(created=True)

    def kept_in_ledger(self) -> Self:
        """Rows that could not be taken back."""
        return self.written().exclude(kept_back="")
