"""Campaign entries: recording what was done on a day, mending it, voiding it; and the kinds that an admin defines."""
import datetime
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden, StepRefused
from campaigns.models import Entry, EntryCounter, EntryKind, EntryPhoto
from campaigns.states import PhotoMoment

KEEP, DEFINE = "campaigns.keep_campaigns", "campaigns.manage_kinds"
SHORTEST_REASON = 5
LARGEST = Decimal("9999999999")
MOST_EXTRA = 10
EXTRA_TYPES = {"text": "文字", "number": "数", "date": "日期"}
AMENDABLE = (
    "campaign", "campaign_id", "happened_on", "place", "community", "grid", "site", "lon", "lat", "quantity",
    "approximate", "department", "department_id", "extra", "note",
)  # fmt: skip


# --- entries ----------------------------------------------------------------------------------------------------------


def take_number(kind: EntryKind, year: int) -> str:
    """The next number of a kind in a year, inside the caller's transaction; one from a list is passed over."""
    counter = EntryCounter.objects.filter(kind=kind, year=year)
    while True:
        if not counter.update(last=F("last") + 1):
            EntryCounter.objects.get_or_create(kind=kind, year=year)
            counter.update(last=F("last") + 1)
        number = f"{kind.prefix}{year}-{counter.values_list('last', flat=True).get():03d}"
        if not Entry.objects.filter(number=number).exists():
            return number


@transaction.atomic
def record_entry(
    kind: EntryKind, *, by: Any, at: datetime.datetime, number: str = "", before: Iterable = (), after: Iterable = (),
    photos_later: bool = False, is_demo: bool = False, **columns: Any,
) -> Entry:  # fmt: skip
    """Record one thing done. `photos_later` is for lists from elsewhere, which bring no pictures with them."""
    _may(by)
    if not kind.active:
        raise StepRefused(f"“{kind.name}”已停用，不能再登记。需要时请与系统管理员联系。")
    before, after = list(before), list(after)
    errors = wrong_entry(kind, columns, at=at)
    if not photos_later:
        errors |= _wrong_photos(kind, before, after)
    if number and Entry.objects.filter(number=number).exists():
        errors["number"] = f"{number} 已在台账中。请核对编号。"
    if errors:
        raise AnswersRefused(errors)
    entry = Entry.objects.create(
        kind=kind, number=number or take_number(kind, columns["happened_on"].year), recorded_by=by, recorded_at=at,
        is_demo=is_demo, **_tidied(kind, columns),
    )  # fmt: skip
    _hang(entry, before, after)
    audit.record("entry_recorded", actor=by, subject=entry, detail={"kind": kind.name, "number": entry.number}, at=at)
    return entry


@transaction.atomic
def amend_entry(
    entry: Entry, *, by: Any, at: datetime.datetime, version: int | None = None, before: Iterable = (),
    after: Iterable = (), **columns: Any,
) -> bool:  # fmt: skip
    """Change an entry; returns whether anything changed. Quantities count at once, so the trail keeps old and new."""
    _may(by)
    now = Entry.objects.select_for_update().select_related("kind").get(pk=entry.pk)
    if version is not None and version != now.version:
        raise StepConflict(f"{now.number} 刚由他人改动，未重复操作。请看过最新内容再改。")
    _still_counts(now)
    whole = {name: columns.get(name, getattr(now, name)) for name in AMENDABLE}
    errors = wrong_entry(now.kind, whole, at=at)
    if errors:
        raise AnswersRefused(errors)
    tidied = _tidied(now.kind, {name: value for name, value in columns.items() if name in AMENDABLE})
    changed = {name: value for name, value in tidied.items() if getattr(now, name) != value}
    fresh = _hang(now, before, after)
    if not changed and not fresh:
        return False
    detail = {"fields": "、".join(str(Entry._meta.get_field(name).verbose_name) for name in changed) or "照片"}
    if "quantity" in changed:
        detail |= {"from": f"{now.quantity}", "to": f"{changed['quantity']}"}
    _write(now, **changed)
    audit.record("entry_changed", actor=by, subject=now, detail={"number": now.number, **detail}, at=at)
    entry.refresh_from_db()
    return True


@transaction.atomic
def void_entry(entry: Entry, *, by: Any, at: datetime.datetime, reason: str, version: int | None = None) -> None:
    """Take an entry out of every sum; the row and its number stay."""
    _may(by)
    if len(reason.strip()) < SHORTEST_REASON:
        raise AnswersRefused({"reason": f"请写明作废原因，至少 {SHORTEST_REASON} 个字。"})
    now = Entry.objects.select_for_update().get(pk=entry.pk)
    if version is not None and version != now.version:
        raise StepConflict(f"{now.number} 刚由他人改动，未重复操作。请看过最新内容再办。")
    _still_counts(now)
    _write(now, voided_at=at, void_reason=reason.strip()[:200])
    audit.record("entry_voided", actor=by, subject=now, reason=reason, detail={"number": now.number}, at=at)
    entry.refresh_from_db()


@transaction.atomic
def remove_untouched(entry: Entry, *, by: Any, at: datetime.datetime) -> None:
    """Take back a row that an import has just written and nobody has touched; the trail keeps that it was there."""
    _may(by)
    if entry.photos.exists():
        raise StepRefused(f"{entry.number} 导入后已有照片，不能撤销。需要时请作废。")
    audit.record("entry_taken_back", actor=by, subject=entry, detail={"number": entry.number}, at=at)
    entry.delete()


def _may(by: Any) -> None:
    if by is None or not by.has_perm(KEEP):
        raise StepForbidden("专项整治由台账专员登记。需要时请与台账专员联系。")


def _still_counts(now: Entry) -> None:
    if now.voided_at:
        raise StepRefused(f"{now.number} 已作废，不能再改。需要时请另行登记。")


def _write(now: Entry, **changes: Any) -> None:
    won = Entry.objects.filter(pk=now.pk, version=now.version).update(version=F("version") + 1, **changes)
    if not won:
        raise StepConflict(f"{now.number} 刚由他人改动，未重复操作。请看过最新内容再办。")


def wrong_entry(kind: EntryKind, columns: dict[str, Any], *, at: datetime.datetime) -> dict[str, str]:
    """What an entry lacks or has wrong."""
    errors = {}
    day, quantity = columns.get("happened_on"), columns.get("quantity")
    if not day:
        errors["happened_on"] = "请填写日期。"
    elif day > timezone.localdate(at):
        errors["happened_on"] = f"日期 {day:%Y-%m-%d} 晚于今天。请核对。"
    if not (columns.get("place") or "").strip():
        errors["place"] = "请填写点位。"
    if not (columns.get("community") or columns.get("community_id")):
        errors["community"] = "请选择社区，或在地图上点选位置。"
    if quantity is None:
        errors["quantity"] = f"请填写{kind.quantity_name}（{kind.unit}）。"
    elif not 0 <= quantity <= LARGEST:
        errors["quantity"] = f"{kind.quantity_name}应在 0 到 {LARGEST:,} 之间，现为 {quantity}。"
    elif quantity != _rounded(kind, quantity):
        places = f"最多 {kind.decimals} 位小数" if kind.decimals else "是整数"
        errors["quantity"] = f"{kind.quantity_name}{places}，现为 {quantity}。"
    return errors | _wrong_extra(kind, columns.get("extra") or {})


def _wrong_extra(kind: EntryKind, extra: dict[str, Any]) -> dict[str, str]:
    """The further columns by their types; numbers and dates are kept as texts, so that they stay as they were typed."""
    errors = {}
    for n, column in enumerate(kind.extra):
        text = str(extra.get(column["label"]) or "").strip()
        if column["type"] == "number" and text and not re.fullmatch(r"-?\d{1,12}(\.\d{1,4})?", text):
            errors[f"extra_{n}"] = f"{column['label']}应是数字，现为“{text[:20]}”。"
        elif column["type"] == "date" and text:
            try:
                datetime.date.fromisoformat(text)
            except ValueError:
                errors[f"extra_{n}"] = f"{column['label']}应是日期，例如 2016-12-23，现为“{text[:20]}”。"
        elif len(text) > 100:
            errors[f"extra_{n}"] = f"{column['label']}太长，最多 100 个字，现为 {len(text)} 个字。"
    return errors


def _wrong_photos(kind: EntryKind, before: list, after: list) -> dict[str, str]:
    errors = {}
    if kind.needs_before and not before:
        errors["before"] = f"“{kind.name}”须有整治前照片。请上传。"
    if kind.needs_after and not after:
        errors["after"] = f"“{kind.name}”须有整治后照片。请上传。"
    return errors


def _rounded(kind: EntryKind, quantity: Decimal) -> Decimal:
    return quantity.quantize(Decimal(1).scaleb(-kind.decimals), ROUND_HALF_UP)


def _tidied(kind: EntryKind, columns: dict[str, Any]) -> dict[str, Any]:
    """Only the columns of the kind, as texts."""
    if "extra" in columns:
        given = columns["extra"] or {}
        texts = {column["label"]: str(given.get(column["label"]) or "").strip() for column in kind.extra}
        columns = {**columns, "extra": {label: text for label, text in texts.items() if text}}
    return columns


def _hang(entry: Entry, before: Iterable, after: Iterable) -> int:
    """Pictures from before and after; one that hangs there already is left alone."""
    known = set(entry.photos.values_list("photo_id", flat=True))
    both = [(PhotoMoment.BEFORE, photo) for photo in before] + [(PhotoMoment.AFTER, photo) for photo in after]
    fresh = [(moment, photo) for moment, photo in both if photo.pk not in known]
    EntryPhoto.objects.bulk_create(
        EntryPhoto(entry=entry, photo=photo, moment=moment, seq=len(known) + n)
        for n, (moment, photo) in enumerate(fresh)
    )
    return len(fresh)


# --- kinds ------------------------------------------------------------------------------------------------------------


def wrong_kind(columns: dict[str, Any], kind: EntryKind | None = None) -> dict[str, str]:
    """What a kind has wrong. Once there are entries, unit and decimals stay: they say what the numbers are."""
    errors = {}
    if columns.get("slug") == "new":
        errors["slug"] = "网址名 new 是系统自己的。请换一个。"
    labels = [str(column.get("label") or "").strip() for column in columns.get("extra") or []]
    if len(labels) > MOST_EXTRA:
        errors["extra"] = f"附加栏目有 {len(labels)} 个，最多 {MOST_EXTRA} 个。"
    elif any(not label or len(label) > 20 for label in labels):
        errors["extra"] = "附加栏目的名称须填写，最多 20 个字。"
    elif len(set(labels)) < len(labels):
        errors["extra"] = "附加栏目的名称有重复。请改成不同的名称。"
    elif any(column.get("type") not in EXTRA_TYPES for column in columns.get("extra") or []):
        errors["extra"] = f"附加栏目的类型是{'、'.join(EXTRA_TYPES.values())}之一。"
    if kind and kind.entries.exists():
        for name in ("unit", "decimals", "prefix"):
            if name in columns and columns[name] != getattr(kind, name):
                word = EntryKind._meta.get_field(name).verbose_name
                errors[name] = f"“{kind.name}”已有记录，不能再改{word}。需要时另设一个类别，停用这一个。"
        gone = {column["label"] for column in kind.extra} - set(labels) if "extra" in columns else set()
        if gone:
            errors["extra"] = f"已有记录的栏目不能去掉或改名：{'、'.join(sorted(gone))}。"
    return errors


@transaction.atomic
def define_kind(*, by: Any, at: datetime.datetime, kind: EntryKind | None = None, **columns: Any) -> EntryKind:
    """Set up a kind of entry, or change one; this is how a new campaign needs no programmer."""
    if by is None or not by.has_perm(DEFINE):
        raise StepForbidden("整治类别由系统管理员设置。")
    errors = wrong_kind(columns, kind)
    if errors:
        raise AnswersRefused(errors)
    made = kind or EntryKind()
    for name, value in columns.items():
        setattr(made, name, value)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise AnswersRefused({"name": "名称、网址名或编号字头已有类别使用。请换一个。"}) from error
    audit.record(
        "kind_changed" if kind else "kind_defined", actor=by, subject=made, detail={"kind": made.name}, at=at
    )
    return made
