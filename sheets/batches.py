"""A file comes in, its columns are named, and the batch is given up: the way before the preview and beside it."""
import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from sheets.errors import AnswerRefused, ImportConflict, ImportForbidden, ImportOvertaken
from sheets.heading import Heading, find_heading, heading_at, map_columns, year_in
from sheets.models import ColumnMemory, ImportBatch, Stage
from sheets.reading import Sheet, read_file
from sheets.targets import Target, target_named, targets_for

DRAFT_KEPT = timedelta(days=30)
NO_LEDGER = "没有这个台账，或者它不再接受导入。"


def visible_batches(user: Any) -> Any:
    """The batches a person sees: those of the ledgers that the person may fill; own ones of others no longer."""
    return ImportBatch.objects.of_ledgers(target.key for target in targets_for(user))


def target_of(batch: ImportBatch) -> Target:
    """The ledger of a batch."""
    target = target_named(batch.target_key)
    if target is None:
        raise ImportConflict(NO_LEDGER)
    return target


def check_right(target: Target, user: Any) -> None:
    """Refuses whoever may not fill this ledger."""
    if not user.has_perm(target.import_right):
        raise ImportForbidden(f"你的角色不能导入{target.title}。需要时请向系统管理员申请。")


def open_batch(content: bytes, *, name: str, key: str, by: Any, at: datetime) -> ImportBatch:
    """Take a file in: it is read, its headings are found and mapped, as remembered or by their words."""
    target = target_named(key)
    if target is None:
        raise AnswerRefused(NO_LEDGER)
    check_right(target, by)
    sheets = read_file(content)
    sheet, heading = _best_sheet(sheets, target)
    with transaction.atomic():
        batch = ImportBatch(
            target_key=target.key, target_title=target.title, file_name=name[-200:], stage=Stage.MAPPING,
            file_digest=hashlib.sha256(content).hexdigest(), content=base64.b64encode(content).decode(),
            created_by=by, created_at=at, changed_at=at,
        )  # fmt: skip
        _lay_out(batch, sheet, heading, target)
        batch.save(force_insert=True)
        detail = {"ledger": target.title, "batch": batch.pk, "bytes": len(content)}
        audit.record("sheet_uploaded", actor=by, subject=batch, at=at, detail=detail)
    return batch


def _best_sheet(sheets: list[Sheet], target: Target) -> tuple[Sheet, Heading]:
    """The sheet whose headings name most columns; of equal ones the one with most rows."""
    found = [(sheet, find_heading(sheet, target)) for sheet in sheets]
    return max(found, key=lambda pair: (len(map_columns(pair[1].names, target)), pair[0].filled))


def _lay_out(batch: ImportBatch, sheet: Sheet, heading: Heading, target: Target) -> None:
    """Note where the headings stand and what they mean, as remembered or as their words say."""
    batch.sheet_name, batch.year = sheet.name[:100], year_in(sheet, heading, batch.file_name)
    batch.heading_row, batch.heading_rows = heading.first + 1, heading.last - heading.first + 1
    batch.headings, batch.total = list(heading.names), sheet.filled
    kept = ColumnMemory.objects.filter(target_key=target.key, fingerprint=heading.fingerprint).first()
    names = {column.name for column in target.ways_in}
    guessed = {str(place): name for place, name in map_columns(heading.names, target).items()}
    batch.mapping = {k: v for k, v in kept.mapping.items() if v in names} if kept else guessed


def is_remembered(batch: ImportBatch) -> bool:
    """Whether the same headings were mapped by somebody before, so that the preview may follow at once."""
    heading = Heading(0, 0, tuple(batch.headings))
    return ColumnMemory.objects.filter(target_key=batch.target_key, fingerprint=heading.fingerprint).exists()


def sheets_of(batch: ImportBatch) -> list[Sheet]:
    """The file's sheets, read again."""
    if not batch.content:
        raise ImportConflict("原文件已经清除，不能再改列名。请重新上传。")
    return read_file(base64.b64decode(batch.content))


def sheet_of(batch: ImportBatch) -> tuple[Sheet, Heading]:
    """The chosen sheet and its headings."""
    sheet = next(sheet for sheet in sheets_of(batch) if sheet.name[:100] == batch.sheet_name)
    first = batch.heading_row - 1
    return sheet, heading_at(sheet, first, first + batch.heading_rows - 1)


@transaction.atomic
def look_elsewhere(
    batch: ImportBatch, *, sheet_name: str, heading_row: int, heading_rows: int, by: Any, at: datetime
) -> ImportBatch:
    """Another sheet or another row of headings; the columns are mapped anew. Row 0: find the headings."""
    target = target_of(batch)
    check_right(target, by)
    sheet = next((sheet for sheet in sheets_of(batch) if sheet.name[:100] == sheet_name), None)
    if sheet is None:
        raise AnswerRefused("文件里没有这个工作表。请从列表中选择。")
    last = heading_row + heading_rows - 2
    if heading_row and last >= len(sheet.rows):
        raise AnswerRefused(f"表头行应在 1 到 {len(sheet.rows)} 之间。")
    heading = heading_at(sheet, heading_row - 1, last) if heading_row else find_heading(sheet, target)
    claim(batch, stages=(Stage.MAPPING, Stage.READY), to=Stage.MAPPING, at=at)
    _lay_out(batch, sheet, heading, target)
    batch.stage = Stage.MAPPING
    batch.save(
        update_fields=["sheet_name", "year", "heading_row", "heading_rows", "headings", "mapping", "total"]
    )
    return batch


@transaction.atomic
def name_columns(batch: ImportBatch, *, mapping: dict[int, str], by: Any, at: datetime) -> ImportBatch:
    """The columns are named: remember it for the next file with these headings; the rows wait to be judged."""
    target = target_of(batch)
    check_right(target, by)
    _check_mapping(mapping, target, len(batch.headings))
    claim(batch, stages=(Stage.MAPPING, Stage.READY), to=Stage.JUDGING, at=at)
    batch.mapping = {str(place): name for place, name in sorted(mapping.items())}
    batch.stage, batch.progress = Stage.JUDGING, 0
    batch.save(update_fields=["mapping", "progress"])
    fingerprint = Heading(0, 0, tuple(batch.headings)).fingerprint
    ColumnMemory.objects.update_or_create(
        target_key=target.key, fingerprint=fingerprint,
        defaults={"mapping": batch.mapping, "changed_at": at, "changed_by": by},
    )  # fmt: skip
    return batch


def _check_mapping(mapping: dict[int, str], target: Target, width: int) -> None:
    names = [column.name for column in target.ways_in]
    doubled = {name for name in mapping.values() if list(mapping.values()).count(name) > 1}
    if any(name not in names for name in mapping.values()) or any(not 0 <= place < width for place in mapping):
        raise AnswerRefused("列的对应里有台账没有的列。请从列表中选择。")
    if doubled:
        titles = "、".join(target.column(name).title for name in names if name in doubled)
        raise AnswerRefused(f"{titles}对应了两列。请只留一列。")
    if target.number in mapping.values():
        return  # rows of the ledger come back: what is not there stays as it is
    missing = [one.title for one in target.ways_in if one.needed and one.name not in mapping.values()]
    if missing:
        raise AnswerRefused(f"还没有对应{'、'.join(missing)}。请选好是哪一列。")


@transaction.atomic
def drop_batch(batch: ImportBatch, *, by: Any, at: datetime) -> None:
    """Give the batch up: nothing was written, and what the file said is erased."""
    check_right(target_of(batch), by)
    claim(batch, stages=(Stage.MAPPING, Stage.READY), to=Stage.DROPPED, at=at)
    forget_batch(batch)
    audit.record("sheet_dropped", actor=by, subject=batch, at=at, detail={"batch": batch.pk})


def claim(batch: ImportBatch, *, stages: tuple[str, ...], to: str, at: datetime, **columns: Any) -> None:
    """Move the batch on if it still stands where it was seen: of two at once one wins, the other is told (409)."""
    moved = ImportBatch.objects.filter(pk=batch.pk, stage__in=stages).update(stage=to, changed_at=at, **columns)
    if not moved:
        now = ImportBatch.objects.without_file().get(pk=batch.pk)
        raise ImportOvertaken(f"这一批现在是“{now.get_stage_display()}”，没有重复操作。请刷新页面。")


def forget_batch(batch: ImportBatch) -> None:
    """Erase the file and its rows: of a batch that was given up nothing is needed any more."""
    batch.rows.all().delete()
    ImportBatch.objects.filter(pk=batch.pk).update(content="", forgotten=True)


