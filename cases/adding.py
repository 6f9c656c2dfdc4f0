"""补充情况: what the holder of a code adds while the case is open, in words and pictures; the same is kept once."""
import hashlib
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from cases import trail
from cases.echo import MOST_WORDS, Asked
from cases.errors import AnswersRefused, MoveRefused
from cases.joining import hang
from cases.models import Case, PhotoKind
from cases.secrecy import veil_for
from cases.snapping import store_all, stored_together
from cases.states import OPEN
from grid.models import Photo

MOST_ADDED = 10  # supplements under one code
MOST_PHOTOS = 3  # in one of them
NOTHING = "请写明要补充的情况，或附照片。"
TOO_MANY_PHOTOS = f"照片一次最多 {MOST_PHOTOS} 张。请删去几张，或分次补充。"


def add_more(asked: Asked, *, words: str, photos: tuple[UploadedFile, ...] = (), at: datetime) -> None:
    """Further words and pictures of the reporter; they hang on the case where the work is done.

    Raises AnswersRefused and MoveRefused.
    """
    words, wrong = words.strip(), {}
    if len(words) < 2 and not photos:
        wrong["words"] = NOTHING
    if len(words) > MOST_WORDS:
        wrong["words"] = f"说明太长，现为 {len(words)} 个字。请缩到 {MOST_WORDS} 个字以内。"
    if len(photos) > MOST_PHOTOS:
        wrong["photos"] = TOO_MANY_PHOTOS
    if wrong:
        raise AnswersRefused(wrong)
    with stored_together() as written:
        _add(asked, words, photos, written, at=at)


def _add(asked: Asked, words: str, files: tuple[UploadedFile, ...], written: list[Photo], *, at: datetime) -> None:
    case = Case.objects.select_for_update().get(pk=asked.case.pk)
    if asked.plain or case.state not in OPEN:
        raise MoveRefused("这件事已经办结，不能再补充。没有解决的，请在评价里说明。")
    words = veil_for(case, words)
    mark = _mark_of(words, files)
    notes = case.events.filter(move="note", by=None)
    added = [event.facts for event in notes if event.facts.get("added") == asked.mark]
    if any(facts.get("sent") == mark for facts in added):
        return
    if len(added) >= MOST_ADDED:
        raise MoveRefused(f"已补充 {MOST_ADDED} 次，不能再补充。急事请拨打 12345。")
    photos = store_all(files, written, by=None, at=at)
    hang(case, photos, kind=PhotoKind.ADDED, by=None, at=at)
    facts = {"added": asked.mark, "sent": mark, **({"photos": len(photos)} if photos else {})}
    trail.append(case, move="note", by=None, at=at, words=words, facts=facts)


def _mark_of(words: str, files: tuple[UploadedFile, ...]) -> str:
    """By what a second press of the button is known: the words and the pictures, byte for byte."""
    whole = hashlib.sha256(words.encode())
    for file in files:
        for chunk in file.chunks():
            whole.update(chunk)
    return whole.hexdigest()[:16]
