"""立查立改: what a worker found and put right on the spot, with pictures of before and after."""
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError

from cases.errors import AnswersRefused, MoveForbidden
from cases.intake import open_case, opened_before
from cases.models import Case, Category, FieldReport
from cases.snapping import MOST_PHOTOS, NO_PHOTO, TOO_MANY_PHOTOS, Fix, Snap, ground_of, store_all, stored_together
from cases.states import Source
from grid.models import Community, Photo

NO_AFTER = "请至少拍一张整改后照片。"


def take_fix(
    *, key: str, category: Category, before: tuple[UploadedFile, ...], after: tuple[UploadedFile, ...], words: str,
    fix: Fix | None, community: Community | None, address: str, by: Any, at: datetime, tags: tuple[str, ...] = (),
) -> Case:  # fmt: skip
    """Open a case that is handled already and waits for a checker; the position is kept as it came. A known key, of 38
    letters at most, returns what it opened.

    Raises AnswersRefused (422) and MoveForbidden (403).
    """
    known = _known(key, by)
    if known:
        return known
    for files, nothing, name in ((before, NO_PHOTO, "photos"), (after, NO_AFTER, "after_photos")):
        if not files or len(files) > MOST_PHOTOS:
            raise AnswersRefused({name: TOO_MANY_PHOTOS if files else nothing})
    snap = Snap(key=key, category=category, files=before, fix=fix, community=community, address=address,
                tags=tags)  # fmt: skip
    try:
        with stored_together() as written:
            return _open(snap, after, words, written, by=by, at=at)
    except IntegrityError:  # two deliveries at once: the other one was faster
        known = _known(key, by)
        if known:
            return known
        raise


def _key(key: str) -> str:
    return f"f-{key}"


def _known(key: str, by: Any) -> Case | None:
    case = opened_before(_key(key))
    if case and case.registrar_id != by.pk:
        raise MoveForbidden("这一件是另一个账号交的。请刷新页面后重新填写。")
    return case


def _open(snap: Snap, after: tuple[UploadedFile, ...], words: str, written: list[Photo], *, by: Any,
          at: datetime) -> Case:  # fmt: skip
    store_all(snap.files, written, by=by, at=at)
    before = list(written)
    ground = ground_of(snap, before)
    try:
        store_all(after, written, by=by, at=at)
    except AnswersRefused as refusal:
        raise AnswersRefused({"after_photos": str(refusal)}) from refusal
    title = f"{snap.category.pick_label or snap.category.name}：{snap.address.strip() or ground.words}"[:80]
    case = open_case(
        source=Source.GRID, title=title, by=by, at=at, category=snap.category, address=snap.address.strip(),
        move="fix_on_spot", idempotency_key=_key(snap.key), tags=snap.tags, **ground.columns,
        answers={"words": words, "before_photos": before, "photos": written[len(before):]},
    )  # fmt: skip
    if case.registrar_id != by.pk:
        raise MoveForbidden("这一件是另一个账号交的。请刷新页面后重新填写。")
    FieldReport.objects.create(key=_key(snap.key), case=case, by=by, at=at, **ground.sent)
    return case
