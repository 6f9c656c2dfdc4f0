"""Photos of every kind and every trap: what is read, what is stripped, what is refused and why."""
import datetime
import hashlib
import io
import struct
import zlib

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base
from pillow_heif import register_heif_opener

from cases.models import CasePhoto
from cases.models.wechat import WeChatDraft, WeChatPicture
from grid import photos
from grid.models import Photo
from grid.photos import (
    LARGEST_BYTES,
    PhotoNotReady,
    PhotoRefused,
    develop_photo,
    difference_hash,
    hash_distance,
    open_photo_file,
    photo_response,
    store_photo,
    sweep_abandoned_photos,
)
from grid.tasks import develop_waiting_photos
from tests.make import make_case

register_heif_opener()
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files")]
AT = datetime.datetime(2016, 3, 8, 2, 0, tzinfo=datetime.UTC)


def picture(size=(640, 480)):
    """White with a red quarter at the top left, so that it can be seen how it was turned."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill="red")
    return image


def exif(*, orientation=1, taken="2016:03:08 10:15:30", offset=None, gps=True):
    """A header as a phone writes it: 39°55'58.8"N 116°11'17.16"E, ±8 m."""
    header = Image.Exif()
    header[Base.Orientation] = orientation
    header[Base.Make] = "SecretPhone"
    header.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = taken
    if offset:
        header.get_ifd(IFD.Exif)[Base.OffsetTimeOriginal] = offset
    if gps:
        header.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N",
                GPS.GPSLatitude: (39.0, 55.0, 58.8),
                GPS.GPSLongitudeRef: "E",
                GPS.GPSLongitude: (116.0, 11.0, 17.16),
                GPS.GPSHPositioningError: 8.0,
            }
        )
    return header


def encoded(kind="JPEG", image=None, **options):
    """The bytes of a picture."""
    buffer = io.BytesIO()
    (image or picture()).save(buffer, kind, **options)
    return buffer.getvalue()


def upload(content, name="photo.jpg"):
    """As the browser sends it."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def stored(content, name="photo.jpg"):
    """Stored, not developed."""
    return store_photo(upload(content, name), by=None, at=AT)


def developed(content):
    """Stored and developed."""
    return develop_photo(stored(content).pk)


def shown(photo, size="image"):
    """What a browser would get."""
    with open_photo_file(photo, size) as file:
        return Image.open(io.BytesIO(file.read()))


def is_red(pixel):
    """Near enough after JPEG."""
    return pixel[0] > 180 and pixel[1] < 90 and pixel[2] < 90


# --- what is taken in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_each_kind_of_camera_file_becomes_a_clean_jpeg(kind):
    content = encoded(kind, exif=exif().tobytes())
    photo = developed(content)
    assert (photo.state, photo.format) == ("ready", kind)
    assert photo.sha256 == hashlib.sha256(content).hexdigest()
    with photo.original.open("rb") as original:
        assert original.read() == content
    for size in ("image", "thumb"):
        clean = shown(photo, size)
        assert clean.format == "JPEG"
        assert not clean.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(clean.info)
        assert is_red(clean.convert("RGB").getpixel((10, 10)))
    with photo.image.open("rb") as file:
        assert b"SecretPhone" not in file.read()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_time_and_position_are_read_from_the_header(kind):
    photo = stored(encoded(kind, exif=exif().tobytes()))
    assert photo.taken_at == datetime.datetime(2016, 3, 8, 2, 15, 30, tzinfo=datetime.UTC)
    assert (photo.lon, photo.lat) == pytest.approx((116.1881, 39.933), abs=1e-6)
    assert (photo.datum, photo.accuracy_m) == ("wgs84", 8)


def test_a_camera_that_names_its_zone_is_believed():
    photo = stored(encoded(exif=exif(offset="+00:00").tobytes()))
    assert photo.taken_at == datetime.datetime(2016, 3, 8, 10, 15, 30, tzinfo=datetime.UTC)


def test_a_photo_without_a_header_has_neither_time_nor_position():
    photo = stored(encoded())
    assert (photo.taken_at, photo.lon, photo.lat, photo.accuracy_m) == (None, None, None, None)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "1970:01:01 00:00:00", "gestern", "    :  :     :  :  "])
def test_a_clock_that_was_never_set_is_left_out_and_the_photo_taken(taken):
    assert stored(encoded(exif=exif(taken=taken).tobytes())).taken_at is None


@pytest.mark.parametrize(
    "latitude", [(0.0, 0.0, 0.0), (95.0, 0.0, 0.0), (39.0, 55.0)], ids=["no fix", "off earth", "short"]
)
def test_a_position_that_makes_no_sense_is_left_out_and_the_photo_taken(latitude):
    header = exif()
    header.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = latitude
    if latitude == (0.0, 0.0, 0.0):
        header.get_ifd(IFD.GPSInfo)[GPS.GPSLongitude] = (0.0, 0.0, 0.0)
    photo = stored(encoded(exif=header.tobytes()))
    assert (photo.lon, photo.lat, photo.accuracy_m) == (None, None, None)


def test_southern_and_western_positions_are_negative():
    header = exif()
    header.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "S"
    header.get_ifd(IFD.GPSInfo)[GPS.GPSLongitudeRef] = "W"
    photo = stored(encoded(exif=header.tobytes()))
    assert photo.lat < 0
    assert photo.lon < 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_held_upright_is_turned_once(kind):
    photo = developed(encoded(kind, exif=exif(orientation=6).tobytes()))
    clean = shown(photo)
    assert clean.size == (photo.width, photo.height) == (480, 640)
    assert is_red(clean.getpixel((470, 10)))  # orientation 6: the camera's top left is the picture's top right
    assert not is_red(clean.getpixel((10, 10)))


def test_a_heic_that_libheif_has_already_turned_is_not_turned_again():
    photo = developed(encoded("HEIF", exif=exif(orientation=6).tobytes()))
    with photo.original.open("rb") as original:
        reference = Image.open(io.BytesIO(original.read())).convert("RGB")
    clean = shown(photo)
    assert clean.size == (480, 640)
    assert is_red(clean.getpixel((470, 10))) == is_red(reference.getpixel((470, 10)))
    assert is_red(clean.getpixel((470, 10)))


def test_a_large_picture_is_shown_small_and_keeps_its_shape():
    photo = developed(encoded(image=picture((4000, 3000))))
    assert shown(photo).size == (photo.width, photo.height) == (1600, 1200)
    assert shown(photo, "thumb").size == (400, 300)


def test_a_small_picture_is_not_blown_up():
    assert shown(developed(encoded(image=picture((100, 80))))).size == (100, 80)


def test_what_is_transparent_becomes_white_and_not_black():
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert shown(developed(encoded("PNG", image=image))).getpixel((30, 30)) > (250, 250, 250)


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "P"])
def test_other_colour_models_are_taken_too(mode):
    kind = "JPEG" if mode in ("L", "CMYK") else "PNG"
    assert developed(encoded(kind, image=picture().convert(mode))).state == "ready"


# --- what is refused -------------------------------------------------------------------------------------------------


def png_that_declares(width, height):
    """A PNG header of that size with no pixels to speak of."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data = b"IDAT" + zlib.compress(b"\0" * 64)
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "照片是空文件"),
        (b"MZ\x90\x00" + b"\0" * 200, "这个文件不是照片"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "这个文件不是照片"),
        (b"<html><script>alert(1)</script></html>", "这个文件不是照片"),
        (b"%PDF-1.4", "这个文件不是照片"),
        (b"GIF89a" + b"\0" * 60, "这个文件不是照片"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 60, "这个文件不是照片"),
        (b"\xff\xd8\xff", "照片读不出来"),
        (b"\xff\xd8\xff<script>alert(1)</script>", "照片读不出来"),
        (b"\x89PNG\r\n\x1a\n", "照片读不出来"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "照片读不出来"),
        (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", "照片读不出来"),
        (png_that_declares(10_000, 5_001), "10000×5001 像素"),
        (png_that_declares(30_000, 30_000), "像素太多"),
        (png_that_declares(200_000, 200_000), "像素太多"),
    ],
    ids=[
        "empty", "exe", "svg", "html", "pdf", "gif", "video", "jpeg stump", "jpeg and script", "png stump",
        "webp stump", "heic stump", "just too many pixels", "bomb", "large bomb",
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused_with_its_reason_and_nothing_is_kept(content, sentence, private_files):
    with pytest.raises(PhotoRefused, match=sentence):
        stored(content, "photo.jpg")
    assert not Photo.objects.exists()
    assert not [path for path in private_files.rglob("*") if path.is_file()]


def test_just_as_many_pixels_as_allowed_pass_the_header():
    assert stored(png_that_declares(10_000, 5_000)).width == 10_000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_taking_in_a_photo_or_refusing_a_bomb_decodes_no_pixels(kind, monkeypatch):
    content = encoded(kind, exif=exif().tobytes())

    def no_decoding(self):
        raise AssertionError("pixels were decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", no_decoding)
    monkeypatch.setattr("pillow_heif.as_plugin.HeifImageFile.load", no_decoding)
    assert stored(content).lon
    with pytest.raises(PhotoRefused, match="10000×8000 像素"):
        stored(png_that_declares(10_000, 8_000))


def test_a_file_over_twenty_megabytes_is_refused_and_one_of_exactly_twenty_is_not():
    content = encoded()
    padded = content + b"\0" * (LARGEST_BYTES - len(content))
    assert stored(padded).pk
    with pytest.raises(PhotoRefused, match=r"20\.0 MB，最大 20 MB"):
        stored(padded + b"\0")


def test_a_size_that_the_sender_understates_does_not_help():
    file = upload(encoded() + b"\0" * LARGEST_BYTES)
    file.size = 10
    with pytest.raises(PhotoRefused, match="超过 20 MB"):
        store_photo(file, by=None, at=AT)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_cut_short_is_found_when_developed_and_never_shown(kind):
    noise = Image.effect_noise((640, 480), 80).convert("RGB")
    content = encoded(kind, image=noise)
    try:
        photo = developed(content[: len(content) * 2 // 3])
    except PhotoRefused as refused:  # some kinds say so in their header already
        assert "照片读不出来" in str(refused)
        return
    assert photo.state == "refused"
    assert "照片读不出来" in photo.refusal
    with pytest.raises(PhotoNotReady, match="照片读不出来"):
        photo_response(photo, "image")


# --- showing ---------------------------------------------------------------------------------------------------------


def test_nothing_is_shown_before_it_is_developed_and_the_original_never():
    photo = stored(encoded())
    with pytest.raises(PhotoNotReady, match="正在处理"):
        photo_response(photo, "image")
    photo = develop_photo(photo.pk)
    response = photo_response(photo, "thumb")
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")
    with pytest.raises(ValueError, match="original"):
        photo_response(photo, "original")


def test_the_sender_s_file_name_is_kept_nowhere():
    photo = developed(encoded())
    other = develop_photo(stored(encoded(), "../../张三家门口.jpg").pk)
    for name in (other.original.name, other.image.name, other.thumb.name):
        assert "张三" not in name
        assert name.startswith("photos/")
    assert photo.original.name != other.original.name


# --- developing twice, at once, later --------------------------------------------------------------------------------


def test_developing_twice_makes_one_picture(private_files):
    photo = stored(encoded())
    first, second = develop_photo(photo.pk), develop_photo(photo.pk)
    assert (first.image.name, first.thumb.name) == (second.image.name, second.thumb.name)
    assert len([path for path in private_files.rglob("*") if path.is_file()]) == 3


def test_whoever_develops_second_at_the_same_time_leaves_no_file_behind(private_files, monkeypatch):
    photo = stored(encoded())
    keep = photos._keep_developed

    def overtaken(mine, image):
        monkeypatch.setattr(photos, "_keep_developed", keep)
        develop_photo(photo.pk)
        keep(mine, image)

    monkeypatch.setattr(photos, "_keep_developed", overtaken)
    assert develop_photo(photo.pk).state == "ready"
    assert len([path for path in private_files.rglob("*") if path.is_file()]) == 3
    assert shown(Photo.objects.get(pk=photo.pk)).size == (640, 480)


def test_the_sweep_develops_what_waits_and_a_missing_original_holds_up_nobody(private_files):
    lost, waiting = stored(encoded()), stored(encoded("PNG"))
    (private_files / lost.original.name).unlink()
    develop_waiting_photos()
    assert Photo.objects.get(pk=waiting.pk).state == "ready"
    assert Photo.objects.get(pk=lost.pk).state == "pending"


# --- likeness --------------------------------------------------------------------------------------------------------


def test_the_same_scene_in_another_size_and_format_is_alike_and_another_scene_is_not():
    scene = Image.effect_noise((32, 24), 90).resize((1200, 900), Image.Resampling.BICUBIC).convert("RGB")
    other = Image.effect_noise((32, 24), 90).resize((1200, 900), Image.Resampling.BICUBIC).convert("RGB")
    one = developed(encoded(image=scene))
    copy = developed(encoded("WEBP", image=scene.resize((600, 450)), quality=60))
    third = developed(encoded(image=other))
    assert one.sha256 != copy.sha256
    assert hash_distance(one.dhash, copy.dhash) <= 6
    assert hash_distance(one.dhash, third.dhash) > 12


def test_the_likeness_fits_a_signed_column_at_both_ends():
    bright_to_dark = Image.linear_gradient("L").rotate(90)
    dark_to_bright = Image.linear_gradient("L").rotate(-90)
    hashes = {difference_hash(bright_to_dark), difference_hash(dark_to_bright)}
    assert hashes == {0, -1}
    assert hash_distance(0, -1) == 64


DAY = datetime.timedelta(days=1)


def test_a_photo_that_was_never_handed_in_goes_after_two_days_with_its_files(private_files):
    stray = stored(encoded())
    develop_photo(stray.pk)
    assert sweep_abandoned_photos(at=AT + 1.9 * DAY) == 0 and Photo.objects.count() == 1
    assert len([path for path in private_files.rglob("*") if path.is_file()]) == 3
    assert sweep_abandoned_photos(at=AT + 2.1 * DAY) == 1 and not Photo.objects.exists()
    assert not [path for path in private_files.rglob("*") if path.is_file()]
    assert sweep_abandoned_photos(at=AT + 2.1 * DAY) == 0


def test_evidence_of_a_case_a_messages_picture_and_the_demonstrations_photos_are_never_swept(dispatcher, standards):
    kept = [stored(encoded()) for _ in range(2)]
    CasePhoto.objects.create(case=make_case(dispatcher), photo=kept[0], kind="before", added_at=AT)
    draft = WeChatDraft.objects.create(started_at=AT, last_at=AT)
    WeChatPicture.objects.create(draft=draft, media_id="m", photo=kept[1], received_at=AT, next_try_at=AT)
    store_photo(upload(encoded()), by=None, at=AT, is_demo=True)
    assert sweep_abandoned_photos(at=AT + 400 * DAY) == 0 and Photo.objects.count() == 3


def test_every_table_that_holds_a_photo_keeps_it():
    """A new table with a photo needs no line here, but this list says that the sweep really asks each of them."""
    asked = str(Photo.objects.unused().query)
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if getattr(field, "remote_field", None) and field.concrete and field.related_model is Photo:
                assert f'"{model._meta.db_table}"' in asked, model
