"""The preview (预检): every row judged and kept, one cell mended, one row decided, and what is shown of it."""
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from sheets.batches import check_right, claim, sheet_of, target_of
from sheets.errors import AnswerRefused
from sheets.heading import filled_from, filled_rows, reason_to_ignore
from sheets.judging import Company, Draft, judge, read_drafts
from sheets.models import Decision, ImportBatch, ImportRow, Result, Stage
from sheets.reading import MOST_CHARACTERS
from sheets.targets import Target
from sheets.values import Reader

AT_ONCE = 500
LARGE = 2000  # rows; more are judged and written by the worker
MOST_BESIDE = 50  # rows judged again because one that they were compared with was mended
PROBLEMS = (Result.ERROR, Result.DUPLICATE, Result.WARNED)
IMPORTABLE = (Result.FINE, Result.WARNED)


def is_large(batch: ImportBatch) -> bool:
    """Whether the worker judges and writes it."""
    return batch.total > LARGE


def judge_batch(batch: ImportBatch, *, at: datetime) -> bool:
    """Judge every row of the file and keep the result; False when another worker was faster."""
    target = target_of(batch)
    drafts = _drafts_of(batch)
    read_drafts(drafts, target=target, reader=Reader(year=batch.year))
    living = [draft for draft in drafts if draft.alive]
    ImportBatch.objects.filter(pk=batch.pk).update(total=len(living), progress=0, changed_at=at)
    company = company_of(drafts, target)
    for start in range(0, len(drafts), AT_ONCE):
        judge(drafts[start : start + AT_ONCE], target=target, company=company)
        ImportBatch.objects.filter(pk=batch.pk).update(progress=min(start + AT_ONCE, len(living)))
    return _keep(batch, drafts, target, at=at)


def _drafts_of(batch: ImportBatch) -> list[Draft]:
    """The rows of the chosen sheet; titles above the headings are told as ignored, too."""
    sheet, heading = sheet_of(batch)
    names = {int(place): name for place, name in batch.mapping.items()}
    drafts = []
    for place, (row, filled) in enumerate(zip(sheet.rows, filled_rows(sheet), strict=True)):
        if heading.first <= place <= heading.last:
            continue
        cells = {name: filled[column] for column, name in names.items() if column < len(row) and filled[column]}
        title = place < heading.first
        ignored = ("标题行" if any(row) else "空行") if title else reason_to_ignore(row, heading)
        if not ignored and not cells:
            ignored = "没有要导入的内容"
        told = {name: filled_from(row[column], filled[column]) for column, name in names.items() if name in cells}
        marks = {name: mark for name, mark in told.items() if mark}
        drafts.append(Draft(place + 1, {} if ignored else cells, ignored=ignored, marks=marks))
    return drafts


def company_of(drafts: Iterable[Draft], target: Target) -> Company:
    """What rows are compared with: the others of the file, and the rows that earlier batches brought in."""
    living = [draft for draft in drafts if draft.alive]
    company = Company.of((draft.number, [*draft.keys, draft.digest]) for draft in living)
    company.brought = _brought([draft.digest for draft in living], target)
    return company


def _brought(digests: Sequence[str], target: Target) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(digests), AT_ONCE):
        rows = ImportRow.objects.imported_with(digests[start : start + AT_ONCE], key=target.key)
        for digest, batch, number in rows.order_by("pk").values_list("digest", "batch_id", "number"):
            found[digest] = f"第 {batch} 批第 {number} 行"
    return found


@transaction.atomic
def _keep(batch: ImportBatch, drafts: list[Draft], target: Target, *, at: datetime) -> bool:
    """Replace the batch's rows by these, if nobody did so meanwhile."""
    moved = ImportBatch.objects.filter(pk=batch.pk, stage=Stage.JUDGING).update(
        stage=Stage.READY, changed_at=at, counts=dict(Counter(draft.result for draft in drafts)),
    )  # fmt: skip
    if moved:
        batch.rows.all().delete()
        ImportRow.objects.bulk_create((_row_of(batch, draft, target) for draft in drafts), batch_size=AT_ONCE)
    return bool(moved)


def _row_of(batch: ImportBatch, draft: Draft, target: Target, pk: int | None = None) -> ImportRow:
    """A judged draft as it is kept; personal cells lie apart and encrypted."""
    private = {column.name for column in target.columns if column.personal}
    open_cells = {name: text for name, text in draft.cells.items() if name not in private}
    personal = {name: text for name, text in draft.cells.items() if name in private}
    marks = [{"column": name, "mark": mark} for name, mark in draft.marks.items()]
    return ImportRow(
        pk=pk, batch=batch, number=draft.number, result=draft.result, decision=draft.decision, cells=open_cells,
        personal=json.dumps(personal, ensure_ascii=False) if personal else "", problems=draft.problems + marks,
        keys=draft.keys, digest=draft.digest, known_number=draft.known.number[:60] if draft.known else "",
    )  # fmt: skip


def rows_of(batch: ImportBatch, drafts: Iterable[Draft], target: Target, *, pks: dict[int, int]) -> list[ImportRow]:
    """Kept rows (`pks`: number → key) with a new judgement, to be updated."""
    return [_row_of(batch, draft, target, pk=pks[draft.number]) for draft in drafts]


JUDGED = ("result", "decision", "cells", "personal", "problems", "keys", "digest", "known_number")


def draft_of(row: ImportRow) -> Draft:
    """A kept row on its way to be judged again."""
    cells = {**row.cells, **(json.loads(row.personal) if row.personal else {})}
    ignored = row.problems[0]["sentence"] if row.result == Result.IGNORED and row.problems else ""
    return Draft(row.number, cells, decision=row.decision, ignored=ignored, marks=row.marks)


# --- mending ------------------------------------------------------------------------------------------------------


@transaction.atomic
def mend_cell(
    batch: ImportBatch, number: int, *, column: str, text: str, by: Any, at: datetime
) -> list[ImportRow]:
    """Write another text into one cell; the row, and those that it was compared with, are judged again at once."""
    target = target_of(batch)
    if column not in {one.name for one in target.ways_in}:
        raise AnswerRefused("台账里没有这一列。请刷新页面。")
    row = _row_to_mend(batch, number, target, by=by, at=at)
    draft = draft_of(row)
    draft.marks.pop(column, None)
    draft.cells[column] = text.replace("\0", "").strip()[:MOST_CHARACTERS]
    draft.decision = Decision.NONE if draft.decision == Decision.SKIP else draft.decision
    return _judge_again(batch, row, draft, target)


@transaction.atomic
def decide_row(batch: ImportBatch, number: int, *, decision: str, by: Any, at: datetime) -> list[ImportRow]:
    """Update the ledger's row, add a new one, leave the row out, or take such a decision back."""
    if decision not in Decision.values:
        raise AnswerRefused("没有这种处理方式。请刷新页面。")
    target = target_of(batch)
    row = _row_to_mend(batch, number, target, by=by, at=at)
    draft = draft_of(row)
    draft.decision = decision
    return _judge_again(batch, row, draft, target)


def _row_to_mend(batch: ImportBatch, number: int, target: Target, *, by: Any, at: datetime) -> ImportRow:
    check_right(target, by)
    claim(batch, stages=(Stage.READY,), to=Stage.READY, at=at)
    row = batch.rows.filter(number=number).exclude(result=Result.IGNORED).first()
    if row is None:
        raise AnswerRefused("这一行不导入，不能修改。请刷新页面。")
    return row


def _judge_again(batch: ImportBatch, row: ImportRow, draft: Draft, target: Target) -> list[ImportRow]:
    """Judge one row anew, and with it those that share a key with what it said before or says now."""
    reader = Reader(year=batch.year)
    read_drafts([draft], target=target, reader=reader)
    before, now = {*row.keys, row.digest}, {*draft.keys, draft.digest}
    others = batch.rows.exclude(pk=row.pk).exclude(result=Result.IGNORED).order_by("number")
    kept = list(others.values_list("pk", "number", "keys", "digest", "decision"))
    beside = [pk for pk, _, keys, digest, _ in kept if (before | now) & {*keys, digest}][:MOST_BESIDE]
    rows = [row, *ImportRow.objects.filter(pk__in=beside).order_by("number")]
    drafts = [draft, *map(draft_of, rows[1:])]
    read_drafts(drafts[1:], target=target, reader=reader)
    living = [(number, [*keys, digest]) for _, number, keys, digest, how in kept if how != Decision.SKIP]
    if draft.alive:
        living.append((draft.number, [*draft.keys, draft.digest]))
    company = Company.of(sorted(living))
    company.brought = _brought([one.digest for one in drafts], target)
    judge(drafts, target=target, company=company)
    fresh = [_row_of(batch, one, target, pk=old.pk) for one, old in zip(drafts, rows, strict=True)]
    ImportRow.objects.bulk_update(fresh, JUDGED)
    count_again(batch)
    return fresh


def count_again(batch: ImportBatch) -> None:
    """The batch's counts, from its rows."""
    found = batch.rows.order_by().values_list("result").annotate(n=Count("pk"))
    batch.counts = dict(found)
    ImportBatch.objects.filter(pk=batch.pk).update(counts=batch.counts)
