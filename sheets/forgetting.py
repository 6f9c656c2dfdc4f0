"""What files said is not kept longer than it is needed: drafts 30 days, written rows until they cannot be undone.

When a ledger must forget a person, what files say of that person goes at once, whether it was written or not.
"""
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.notify import tell
from sheets.batches import DRAFT_KEPT, claim, forget_batch, sheets_of
from sheets.committing import UNDO_WITHIN
from sheets.errors import ImportOvertaken
from sheets.models import Decision, ImportBatch, ImportRow, Result, Stage
from sheets.preview import count_again, draft_of

AT_ONCE = 200  # batches of one sweep
SAID = {"cells": {}, "personal": "", "undo": "", "keys": []}  # what of a row is erased; that it was there stays known
ROW_ERASED = "本人信息已删除，这一行不再导入。"
DRAFT_ERASED = "{file} 里有信息已被删除的人，这一批已放弃，没有写入任何内容。需要时请去掉这些人后重新上传。"
Tells = Callable[[Iterable[str]], bool]  # the texts of a row → whether they tell of somebody who must be forgotten


def drop_old_drafts(*, at: datetime) -> int:
    """Give up the drafts that nobody touched for 30 days; returns how many."""
    dropped = 0
    for batch in ImportBatch.objects.without_file().drafts_before(at - DRAFT_KEPT).order_by("pk")[:AT_ONCE]:
        try:
            with transaction.atomic():
                claim(batch, stages=(Stage.MAPPING, Stage.READY), to=Stage.DROPPED, at=at)
                forget_batch(batch)
                audit.record("sheet_dropped", actor=None, actor_name="系统", subject=batch, at=at)
        except ImportOvertaken:  # somebody took it up again at this very moment
            continue
        dropped += 1
    return dropped


def forget_cells(*, at: datetime) -> int:
    """Erase what the rows of written batches said, once they are not taken back any more; results stay."""
    spent = ImportBatch.objects.without_file().spent_before(at - UNDO_WITHIN - timedelta(minutes=5))
    batches = list(spent.order_by("pk")[:AT_ONCE])
    for batch in batches:
        with transaction.atomic():
            batch.rows.update(**SAID)
            ImportBatch.objects.filter(pk=batch.pk).update(content="", forgotten=True)
    return len(batches)


@transaction.atomic
def forget_rows(key: str, written: Iterable[int], *, tells: Tells, at: datetime) -> None:
    """Erase what tables said of rows that their ledger was told to forget; that they were imported stays known.

    `written` are the ledger's rows; `tells` finds them in rows that were not written (yet), and in the files.
    """
    for pk in ImportBatch.objects.of_ledgers([key]).unforgotten().order_by("pk").values_list("pk", flat=True):
        # The row of the batch is taken first, as mending and writing do: what they hold is not put back afterwards.
        ImportBatch.objects.filter(pk=pk).update(stage=F("stage"))
        _forget_in(ImportBatch.objects.select_related("created_by").get(pk=pk), tells, at=at)
    ImportRow.objects.written_as(written, key=key).update(**SAID)


def _forget_in(batch: ImportBatch, tells: Tells, *, at: datetime) -> None:
    """A file cannot be rewritten: one that tells of them is erased, and with it a draft that has no rows yet."""
    named = bool(batch.content) and any(tells(row) for sheet in sheets_of(batch) for row in sheet.rows)
    if named and batch.stage in (Stage.MAPPING, Stage.JUDGING):
        ImportBatch.objects.filter(pk=batch.pk).update(stage=Stage.DROPPED, changed_at=at)
        forget_batch(batch)
        audit.record("sheet_dropped", actor=None, actor_name="系统", subject=batch, at=at)
        text = DRAFT_ERASED.format(file=batch.file_name)
        tell(batch.created_by, text=text, at=at, url="/imports/", slot=f"import-erased:{batch.pk}")
        return
    if named:
        ImportBatch.objects.filter(pk=batch.pk).update(content="")
    found = [row.pk for row in batch.rows.iterator() if tells(draft_of(row).cells.values())]
    for start in range(0, len(found), AT_ONCE):
        rows = batch.rows.filter(pk__in=found[start : start + AT_ONCE])
        rows.update(**SAID, **(_left_out() if batch.stage in (Stage.READY, Stage.WRITING) else {}))
    if found and batch.stage in (Stage.READY, Stage.WRITING):
        count_again(batch)


def _left_out() -> dict[str, object]:
    """The columns of a row that will not be written."""
    problems = [{"column": "", "sentence": ROW_ERASED, "doubt": True}]
    return {"result": Result.IGNORED, "decision": Decision.NONE, "problems": problems, "digest": "", "known_number": ""}
