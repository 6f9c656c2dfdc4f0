"""Pictures of a WeChat report: fetched after the answer, kept as evidence like any other, hung on the case."""
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F

from accounts.notify import tell_outside
from cases import trail
from cases.joining import hang
from cases.models import Case, PhotoKind, WeChatPicture
from cases.wechat_near import joined_by, openid_of
from grid.models import Photo
from grid.photos import PhotoRefused, store_photo

MOST_TRIES = 8
LEASE = timedelta(minutes=2)  # longer than a download may take
Status = WeChatPicture.Status


def claim(pk: int, *, at: datetime) -> WeChatPicture | None:
    """Take a picture for fetching; a worker that dies leaves it to the next after the lease."""
    mine = WeChatPicture.objects.to_fetch(at=at).order_by().filter(pk=pk)
    won = mine.update(next_try_at=at + LEASE, tries=F("tries") + 1)
    return WeChatPicture.objects.select_related("draft").get(pk=pk) if won else None


def keep_picture(picture: WeChatPicture, content: bytes, *, at: datetime) -> Photo | None:
    """Store the fetched bytes and hang them on the case, if there is one by now; unfit ones are told to the sender."""
    try:
        with transaction.atomic():
            photo = store_photo(SimpleUploadedFile("wechat", content), by=None, at=at)
            if not _settle(picture, status=Status.STORED, photo=photo, why=""):
                raise _Overtaken
            _hang(picture, photo, at)
        return photo
    except _Overtaken:
        return None
    except PhotoRefused as refusal:
        _refuse(picture, str(refusal), at)
        return None


class _Overtaken(Exception):
    """Another worker has kept it."""


def _settle(picture: WeChatPicture, **columns: object) -> bool:
    return bool(WeChatPicture.objects.filter(pk=picture.pk, status=Status.WAITING).update(**columns))


def _hang(picture: WeChatPicture, photo: Photo, at: datetime) -> None:
    """On the case, as 整改前, with a line in its story; a draft that is still open takes it along later."""
    draft = type(picture.draft).objects.select_for_update().get(pk=picture.draft_id)
    if draft.case_id is None:
        return
    case = Case.objects.select_for_update().get(pk=draft.case_id)
    joined = joined_by(draft)  # by the moment of joining the code of who joined finds its own picture
    hang(case, [photo], kind=PhotoKind.BEFORE, by=None, at=joined.at if joined else at)
    trail.append(case, move="note", by=None, at=at, words="上报人的微信照片已收到", facts={"photos": 1}, quiet=True)


@transaction.atomic
def _refuse(picture: WeChatPicture, why: str, at: datetime) -> None:
    if not _settle(picture, status=Status.REFUSED, why=why[:200]):
        return
    draft = picture.draft
    draft.refresh_from_db()
    text = f"有一张照片没有收下：{why}"
    tell_outside(
        "wechat", address=openid_of(draft), text=text, at=at, slot=f"picture:{picture.pk}", case=draft.case
    )


def note_failure(picture: WeChatPicture, *, why: str, at: datetime, again: bool) -> None:
    """It could not be fetched: again after 1, 2, 4 … minutes; after that it is stuck and shown in the outbox."""
    if again and picture.tries < MOST_TRIES:
        later = at + timedelta(minutes=2 ** (picture.tries - 1))
        _settle(picture, why=why[:200], next_try_at=later)
    else:
        _settle(picture, status=Status.FAILED, why=why[:200])
