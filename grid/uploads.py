"""Pictures in a form: one question for every app that asks for photos."""
from typing import Any

from django import forms

MOST_PHOTOS = 9


class ManyFiles(forms.FileInput):
    """A file input that takes several pictures."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several pictures; whether they can be used is found out when they are stored (grid.photos)."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list:
        """The uploads, none at all being an empty list."""
        files = [one for one in (data or []) if one]
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(f"照片有 {len(files)} 张，一次最多 {MOST_PHOTOS} 张。请分次补充。")
        return files
