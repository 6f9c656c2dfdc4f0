"""Evidence photos: taken in unread, looked at by the worker, shown only as a clean copy.

In the request only the header is read: what kind of file, how many pixels, when and where it was taken. The bytes are
stored as they came and never served. The worker decodes them, turns the picture upright, and writes a JPEG without
any metadata; only that is shown, so whatever hides in an upload reaches nobody's browser.
"""
import hashlib
import io
import logging
import struct
import uuid
import zlib
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import FileResponse
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from accounts.models import User
from grid.capture import Capture, read_capture
from grid.models import Photo, PhotoState

register_heif_opener()

LARGEST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONG_SIDE = 1600
THUMB_SIDE = 400
QUALITY = 82
ABANDONED_AFTER = timedelta(days=2)  # longer than a form stays open over a night and the next shift
SWEPT_AT_ONCE = 500
log = logging.getLogger(__name__)
# What Pillow and libheif raise on a broken file; anything else is a fault of ours and must be seen.
UNREADABLE = (
    UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError, RuntimeError,
    struct.error, zlib.error,
)  # fmt: skip
BROKEN = "照片读不出来，可能上传时中断了。请重新拍照或重新选择后上传。"
WRONG_KIND = "这个文件不是照片。只收 JPEG、PNG、WebP、HEIC 格式，请重新拍照或从相册选择。"
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class PhotoRefused(Exception):
    """The file is not taken in; the text says why and what to do."""


class PhotoNotReady(Exception):
    """The clean copy does not exist (yet); the text says why."""


def store_photo(file: UploadedFile, *, by: User | None, at: datetime, is_demo: bool = False) -> Photo:
    """Keep an upload as evidence: its bytes untouched, its header read; the worker makes what is shown."""
    content = _content(file)
    kind = _kind(content)
    capture, width, height = _header(content, kind)
    photo = Photo(
        state=PhotoState.PENDING,
        format=kind,
        taken_at=capture.taken_at,
        lon=capture.lon,
        lat=capture.lat,
        accuracy_m=capture.accuracy_m,
        sha256=hashlib.sha256(content).hexdigest(),
        width=width,
        height=height,
        uploaded_by=by,
        uploaded_at=at,
        is_demo=is_demo,
    )
    # The name is drawn by lot: the sender's file name may hold anything, even somebody's name.
    photo.original.save(f"{uuid.uuid4().hex}.{kind.lower()}", ContentFile(content), save=False)
    photo.save(force_insert=True)
    return photo


def develop_photo(photo_id: int) -> Photo:
    """Make the picture and its thumbnail from the original; doing it twice, or two at once, changes nothing."""
    photo = Photo.objects.get(pk=photo_id)
    if photo.state != PhotoState.PENDING:
        return photo
    with photo.original.open("rb") as original:  # a storage that is away raises here: the task is tried again
        content = original.read()
    try:
        picture = _upright(content, photo.format)
    except UNREADABLE:
        Photo.objects.filter(pk=photo_id, state=PhotoState.PENDING).update(state=PhotoState.REFUSED, refusal=BROKEN)
        photo.refresh_from_db()
        return photo
    _keep_developed(photo, picture)
    photo.refresh_from_db()
    return photo


def open_photo_file(photo: Photo, size: str):
    """The clean copy, "image" (long side ≤ 1600) or "thumb" (≤ 400), opened for reading; never the original."""
    if size not in ("image", "thumb"):
        raise ValueError(f"no such size: {size}")
    if photo.state == PhotoState.REFUSED:
        raise PhotoNotReady(photo.refusal)
    if photo.state != PhotoState.READY:
        raise PhotoNotReady("照片正在处理，稍后再看。")
    return getattr(photo, size).open("rb")


def photo_response(photo: Photo, size: str) -> FileResponse:
    """The clean copy as an answer for someone whom the caller has found entitled to see it."""
    response = FileResponse(open_photo_file(photo, size), content_type="image/jpeg", filename=f"photo-{photo.pk}.jpg")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def sweep_abandoned_photos(*, at: datetime) -> int:
    """Take away photos that were uploaded and never handed in with anything, rows and files; returns how many."""
    swept = 0
    for photo in Photo.objects.abandoned_before(at - ABANDONED_AFTER).order_by("pk")[:SWEPT_AT_ONCE]:
        try:
            with transaction.atomic():
                photo.delete()
        except (ProtectedError, IntegrityError):  # handed in at this very moment after all: it is evidence now
            continue
        swept += 1
        _delete_files(photo)
    return swept


def _delete_files(photo: Photo) -> None:
    """After the row, so that no row is ever without its file; a file that will not go is told and left."""
    for file in (photo.original, photo.image, photo.thumb):
        try:
            if file:
                file.storage.delete(file.name)
        except OSError:
            log.exception("the file of a swept photo cannot be deleted: %s", file.name)


def difference_hash(picture: Image.Image) -> int:
    """64-bit dHash: of a 9×8 grey copy, which pixels are darker than their right neighbours; signed for the column."""
    grey = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (grey[row * 9 + column] < grey[row * 9 + column + 1])
    return bits - (1 << 64) if bits >= 1 << 63 else bits


def hash_distance(one: int, other: int) -> int:
    """How many of the 64 bits differ; up to about 8 the two pictures look alike."""
    return ((one ^ other) & (1 << 64) - 1).bit_count()


def _content(file: UploadedFile) -> bytes:
    """The bytes, refused by their number before more than the limit is read."""
    if file.size is not None and file.size > LARGEST_BYTES:
        raise PhotoRefused(f"照片有 {file.size / 1024 / 1024:.1f} MB，最大 20 MB。请在相机里选小一些的尺寸再拍。")
    file.seek(0)
    content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise PhotoRefused("照片超过 20 MB。请在相机里选小一些的尺寸再拍。")
    if not content:
        raise PhotoRefused("照片是空文件，可能没有传完。请重新上传。")
    return content


def _kind(content: bytes) -> str:
    """The kind by the first bytes; name and declared type are the sender's word and count for nothing."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        return "HEIF"
    raise PhotoRefused(WRONG_KIND)


def _header(content: bytes, kind: str) -> tuple[Capture, int, int]:
    """Size and EXIF out of the header; too many declared pixels are refused without decoding a single one."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as header:
            width, height = header.size
            _refuse_bomb(width, height)
            # Pillow decodes a whole PNG to look for EXIF behind the pixels; cameras write it in front.
            has_exif = kind != "PNG" or "exif" in header.info
            return read_capture(header.getexif() if has_exif else Image.Exif()), width, height
    except Image.DecompressionBombError as error:
        raise PhotoRefused("照片的像素太多，最多 5000 万像素。请在相机里选小一些的尺寸再拍。") from error
    except UNREADABLE as error:
        raise PhotoRefused(BROKEN) from error


def _refuse_bomb(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PhotoRefused(f"照片有 {width}×{height} 像素，最多 5000 万像素。请在相机里选小一些的尺寸再拍。")


def _upright(content: bytes, kind: str) -> Image.Image:
    """The decoded picture, turned as it was held, in plain RGB, at most `LONG_SIDE` long."""
    with Image.open(io.BytesIO(content), formats=[kind]) as picture:
        picture.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a JPEG is decoded at a fraction of its size: many times faster
        # libheif turns HEIC by itself and pillow-heif resets the tag, so that this turns only what is not yet upright.
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            layer = upright.convert("RGBA")
            upright = Image.new("RGB", layer.size, "white")
            upright.paste(layer, mask=layer.getchannel("A"))
        upright = upright.convert("RGB")
        upright.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
        return upright


def _jpeg(picture: Image.Image) -> ContentFile:
    """The pixels alone: no EXIF, no profile, no comment."""
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    buffer = io.BytesIO()
    clean.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return ContentFile(buffer.getvalue())


def _keep_developed(photo: Photo, picture: Image.Image) -> None:
    """Write both sizes and claim the row; whoever comes second takes its own files away again."""
    small = picture.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    name = f"{uuid.uuid4().hex}.jpg"
    photo.image.save(name, _jpeg(picture), save=False)
    photo.thumb.save(name, _jpeg(small), save=False)
    with transaction.atomic():
        won = Photo.objects.filter(pk=photo.pk, state=PhotoState.PENDING).update(
            image=photo.image.name,
            thumb=photo.thumb.name,
            width=picture.width,
            height=picture.height,
            dhash=difference_hash(picture),
            state=PhotoState.READY,
        )
    if not won:
        photo.image.storage.delete(photo.image.name)
        photo.thumb.storage.delete(photo.thumb.name)
