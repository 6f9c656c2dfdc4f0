"""When and where a photo was taken, as the camera wrote it into the EXIF header."""
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from PIL.ExifTags import GPS, IFD, Base
from PIL.Image import Exif

from grid.calendar import BEIJING

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # before this a camera's clock was never set


@dataclass(frozen=True)
class Capture:
    """Moment (UTC), position (WGS-84, as GPS is) and its accuracy in metres; each may be missing."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None


def read_capture(exif: Exif) -> Capture:
    """What the header tells; a part that makes no sense is left out, since a bad clock must not stop a report."""
    details, position = exif.get_ifd(IFD.Exif), exif.get_ifd(IFD.GPSInfo)
    moment = details.get(Base.DateTimeOriginal) or details.get(Base.DateTimeDigitized) or exif.get(Base.DateTime)
    lat = _degrees(position.get(GPS.GPSLatitude), position.get(GPS.GPSLatitudeRef), "S", 90)
    lon = _degrees(position.get(GPS.GPSLongitude), position.get(GPS.GPSLongitudeRef), "W", 180)
    if lat is None or lon is None or (lat == 0 and lon == 0):  # 0, 0 is what a receiver without a fix writes
        lat = lon = None
    accuracy = _number(position.get(GPS.GPSHPositioningError)) if lon is not None else None
    return Capture(
        taken_at=_moment(moment, details.get(Base.OffsetTimeOriginal)),
        lon=lon,
        lat=lat,
        accuracy_m=accuracy if accuracy is not None and 0 <= accuracy < 100_000 else None,
    )


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "ignore")
    return value.strip("\0 ") if isinstance(value, str) else ""


def _moment(value: Any, offset: Any) -> datetime | None:
    """EXIF time has no zone unless a newer camera says one: Beijing's is meant."""
    try:
        naive = datetime.strptime(_text(value), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        taken = naive.replace(tzinfo=_zone(_text(offset)) or BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return taken if taken >= EARLIEST else None


def _zone(offset: str) -> timezone | None:
    """"+08:00" as a zone."""
    try:
        sign, hours, minutes = offset[0], int(offset[1:3]), int(offset[4:6])
        return timezone((-1 if sign == "-" else 1) * timedelta(hours=hours, minutes=minutes))
    except (IndexError, ValueError):
        return None


def _number(value: Any) -> float | None:
    """A rational of the header as a finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) else None


def _degrees(parts: Any, reference: Any, negative: str, limit: float) -> float | None:
    """Degrees, minutes and seconds as signed degrees."""
    if not isinstance(parts, tuple | list) or len(parts) != 3:
        return None
    numbers = [_number(part) for part in parts]
    if None in numbers:
        return None
    degrees = numbers[0] + numbers[1] / 60 + numbers[2] / 3600
    if _text(reference).upper() == negative:
        degrees = -degrees
    return degrees if abs(degrees) <= limit else None
