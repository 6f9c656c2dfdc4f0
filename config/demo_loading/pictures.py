"""The ten pictures of the demonstration: stored once, hung on cases by the kind of place, marked as invented."""
import hashlib
from datetime import datetime
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Category
from grid.models import Photo
from grid.photos import develop_photo, store_photo

LABEL = "演示照片"
PLACES = ("alley", "lot", "pipe", "stove", "street")  # back lane, yard, road and pipe, stove, shopping street
BY_MAJOR = {
    ("event", "01"): "alley", ("event", "02"): "street", ("event", "03"): "lot", ("event", "04"): "pipe",
    ("event", "05"): "street", ("event", "06"): "alley", ("component", "01"): "pipe", ("component", "02"): "pipe",
    ("component", "03"): "alley", ("component", "04"): "alley", ("component", "05"): "street",
}  # fmt: skip
BY_CODE = {"0101": "lot", "0110": "pipe", "0112": "pipe", "0190": "stove", "0507": "alley", "0503": "alley"}


class Pictures:
    """The pictures by place; each place has one from before and one from after."""

    def __init__(self, folder: Path, *, at: datetime) -> None:
        self._photos = {
            (place, moment): keep_picture(folder / "photos" / f"{place}-{moment}.jpg", at=at)
            for place in PLACES
            for moment in (0, 1)
        }

    def before(self, category: Category) -> Photo:
        """What such a place looked like."""
        return self._photos[place_of(category), 0]

    def after(self, category: Category) -> Photo:
        """What it looked like when it was put right."""
        return self._photos[place_of(category), 1]


def place_of(category: Category) -> str:
    """Which of the five places stands for a class of cases."""
    if category.kind == Category.Kind.EVENT and category.code in BY_CODE:
        return BY_CODE[category.code]
    return BY_MAJOR[category.kind, category.major_code]


def keep_picture(path: Path, *, at: datetime) -> Photo:
    """The picture if it is there already, by its bytes; else stored and developed."""
    content = path.read_bytes()
    known = Photo.objects.filter(sha256=hashlib.sha256(content).hexdigest(), is_demo=True).order_by("pk").first()
    photo = known or store_photo(
        SimpleUploadedFile(path.name, content, "image/jpeg"), by=None, at=at, is_demo=True
    )
    return develop_photo(photo.pk)
