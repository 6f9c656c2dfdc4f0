"""Writing the chosen rows into the ledger (写入台账), all or none, and taking the batch back (撤销)."""
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.notify import tell
from sheets.batches import check_right, claim, target_of
from sheets.errors import AnswerRefused, ImportConflict, ImportOvertaken
from sheets.judging import Draft, judge, read_drafts
from sheets.models import ImportBatch, ImportRow, Result, Stage
from sheets.preview import AT_ONCE, IMPORTABLE, JUDGED, company_of, count_again, draft_of, rows_of
from sheets.targets import RowRefused, Target, Written
from sheets.values import Reader

UNDO_WITHIN = timedelta(hours=24)
BAD = (Result.ERROR, Result.DUPLICATE)
WRITTEN = ("written_pk", "written_number", "created", "undo")


class _Turned(Exception):
    """Rows that are no longer what the preview showed; their new judgement is kept after the rollback."""

    def __init__(self, drafts: list[Draft], sentence: str) -> None:
        super().__init__(sentence)
        self.drafts, self.sentence = drafts, sentence


def order_writing(batch: ImportBatch, *, count: int, leave_bad: bool, by: Any, at: datetime) -> None:
    """Leave the writing of a large batch to the worker; asked and refused as `commit_batch` is."""
    check_right(target_of(batch), by)
    _check_count(batch, count, leave_bad)
    with transaction.atomic():
        claim(batch, stages=(Stage.READY,), to=Stage.WRITING, at=at, done_by=by, failure="")


def commit_batch(batch: ImportBatch, *, by: Any, at: datetime, count: int | None = None, leave_bad: bool = True) -> int:
    """Write every importable row in one transaction; returns how many. Killed halfway, nothing is written.

    `count` is what the button promised; without one (the worker) the order was checked before. ImportConflict when
    the ledger changed since the preview or refuses a row: then nothing is written and the rows say why.
    """
    target = target_of(batch)
    check_right(target, by)
    if count is not None:
        _check_count(batch, count, leave_bad)
    try:
        with transaction.atomic():
            stages = (Stage.READY,) if count is not None else (Stage.WRITING,)
            claim(batch, stages=stages, to=Stage.DONE, at=at, done_by=by, done_at=at, content="", failure="")
            written = _write_rows(batch, target, by=by, at=at)
            detail = {"ledger": target.title, "batch": batch.pk, "count": written}
            audit.record("sheet_committed", actor=by, subject=batch, at=at, detail=detail)
    except _Turned as turned:
        _keep_turned(batch, turned, target, at=at)
        raise ImportConflict(turned.sentence)
    return written


def _check_count(batch: ImportBatch, count: int, leave_bad: bool) -> None:
    """The number on the button is the number of rows that are written."""
    counts = ImportBatch.objects.values_list("counts", flat=True).get(pk=batch.pk)
    fit = sum(counts.get(result, 0) for result in IMPORTABLE)
    if not fit:
        raise AnswerRefused("没有可导入的行。请先改好错误。")
    if fit != count:
        raise ImportConflict(f"预检结果已有变化，现在可导入 {fit:,} 行。请核对后再导入。")
    bad = sum(counts.get(result, 0) for result in BAD)
    if bad and not leave_bad:
        raise AnswerRefused(f"还有 {bad:,} 行错误或重复没有处理。请改好，或勾选“错误行不导入”后再导入。")


def _write_rows(batch: ImportBatch, target: Target, *, by: Any, at: datetime) -> int:
    """Judge the rows against the ledger as it is now, then write them one by one through the ledger's own verb."""
    rows = list(batch.rows.with_result(*IMPORTABLE, Result.SAME))
    drafts = [draft_of(row) for row in rows]
    read_drafts(drafts, target=target, reader=Reader(year=batch.year))
    judge(drafts, target=target, company=company_of(drafts, target))
    turned = [
        draft for row, draft in zip(rows, drafts, strict=True)
        if draft.result != row.result or (draft.known.number if draft.known else "")[:60] != row.known_number
    ]  # fmt: skip
    if turned:
        raise _Turned(turned, f"台账在预检之后有变动，{len(turned):,} 行的结果不同了，没有写入。请核对后再导入。")
    pairs = [pair for pair in zip(rows, drafts, strict=True) if pair[1].result != Result.SAME]
    refused = [draft for row, draft in pairs if not _write_row(row, draft, target, by=by, at=at)]
    if refused:
        first, more = refused[0], f"等 {len(refused):,} 行" if len(refused) > 1 else ""
        why = first.problems[-1]["sentence"]
        raise _Turned(refused, f"第 {first.number} 行{more}没有写进台账：{why}其余各行也都没有写入。改好后再导入。")
    ImportRow.objects.bulk_update([row for row, _ in pairs], WRITTEN, batch_size=AT_ONCE)
    return len(pairs)


def _write_row(row: ImportRow, draft: Draft, target: Target, *, by: Any, at: datetime) -> bool:
    """Write one row; a refusal is noted, and the others are still tried, so that all refusals are told at once."""
    values = draft.changed if draft.known else draft.values
    try:
        with transaction.atomic():
            written = target.write(values, known=draft.known, by=by, at=at)
    except RowRefused as refusal:
        draft.blame("", str(refusal))
        draft.result = Result.ERROR
        return False
    row.written_pk, row.written_number, row.created = written.pk, written.number[:60], written.created
    row.undo = json.dumps({"before": written.before, "stamp": written.stamp}, ensure_ascii=False)
    return True


@transaction.atomic
def _keep_turned(batch: ImportBatch, turned: _Turned, target: Target, *, at: datetime) -> None:
    """The batch is ready again, with the rows as they are judged now."""
    claim(batch, stages=(Stage.READY, Stage.WRITING), to=Stage.READY, at=at, failure=turned.sentence[:300])
    numbers = [draft.number for draft in turned.drafts]
    pks: dict[int, int] = {}
    for start in range(0, len(numbers), AT_ONCE):
        pks |= dict(batch.rows.filter(number__in=numbers[start : start + AT_ONCE]).values_list("number", "pk"))
    fresh = rows_of(batch, turned.drafts, target, pks=pks)
    ImportRow.objects.bulk_update(fresh, JUDGED, batch_size=AT_ONCE)
    count_again(batch)


def commit_ordered(batch: ImportBatch, *, at: datetime) -> None:
    """What the worker does with an order: write, and tell the person who gave it what became of it."""
    by = batch.done_by
    try:
        written = commit_batch(batch, by=by, at=at)
    except ImportOvertaken:  # another worker has it; that one tells
        return
    except ImportConflict as refusal:
        text = f"{batch.file_name} 没有写入：{refusal}"
    else:
        text = f"{batch.file_name} 已写入{batch.target_title} {written:,} 行"
    tell(by, text=text, at=at, url=f"/imports/{batch.pk}/", slot=f"import:{batch.pk}:{at.isoformat()}")


# --- taking back --------------------------------------------------------------------------------------------------


def may_undo(batch: ImportBatch, user: Any, *, at: datetime) -> bool:
    """Within 24 hours, whoever imported it or may fill the ledger."""
    target = target_of(batch)
    fresh = batch.stage == Stage.DONE and batch.done_at is not None and at - batch.done_at <= UNDO_WITHIN
    return bool(fresh and target.undo and user.has_perm(target.import_right))


@transaction.atomic
def undo_batch(batch: ImportBatch, *, by: Any, at: datetime) -> tuple[int, int]:
    """Take every written row back, the last first; returns how many were, and how many somebody touched since."""
    target = target_of(batch)
    check_right(target, by)
    if target.undo is None:
        raise ImportConflict(f"{target.title}的导入不能整批撤销。请逐条修改。")
    if batch.done_at and at - batch.done_at > UNDO_WITHIN:
        raise ImportConflict("导入已超过 24 小时，不能整批撤销。请逐条修改。")
    claim(batch, stages=(Stage.DONE,), to=Stage.UNDONE, at=at, undone_by=by, undone_at=at)
    rows = list(batch.rows.written().reverse())
    for row in rows:
        row.kept_back = _take_back(row, target, by=by, at=at)
    ImportRow.objects.bulk_update(rows, ["kept_back"], batch_size=AT_ONCE)
    kept = sum(1 for row in rows if row.kept_back)
    detail = {"ledger": target.title, "batch": batch.pk, "count": len(rows) - kept, "kept": kept}
    audit.record("sheet_undone", actor=by, subject=batch, at=at, detail=detail)
    return len(rows) - kept, kept


def _take_back(row: ImportRow, target: Target, *, by: Any, at: datetime) -> str:
    """One row; a row that the ledger keeps says why."""
    kept = json.loads(row.undo) if row.undo else {}
    written = Written(
        pk=row.written_pk, number=row.written_number, created=row.created, before=kept.get("before", {}),
        stamp=kept.get("stamp", ""),
    )  # fmt: skip
    try:
        with transaction.atomic():
            target.undo(written, by=by, at=at)
    except RowRefused as refusal:
        return str(refusal)[:200]
    return ""

