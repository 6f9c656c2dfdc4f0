"""What the map asks of its layers, and what a person asks of its search."""
import math
from typing import Any

from django import forms

from grid.layers import View

LARGEST_ZOOM = 22
BOX_SENTENCE = "地图范围没有收全：应为西、南、东、北四个经纬度，西小于东，南小于北。请移动一下地图再看。"
ZOOM_SENTENCE = f"缩放级别没有收到：应为 0 到 {LARGEST_ZOOM} 的整数。请缩放一下地图再看。"


class ViewForm(forms.Form):
    """A viewport: `bbox=west,south,east,north` in WGS-84 degrees, `zoom` of web maps."""

    bbox = forms.CharField(max_length=120, error_messages={"required": BOX_SENTENCE, "max_length": BOX_SENTENCE})
    zoom = forms.IntegerField(min_value=0, max_value=LARGEST_ZOOM, error_messages=dict.fromkeys(
        ("required", "invalid", "min_value", "max_value"), ZOOM_SENTENCE))  # fmt: skip

    def clean_bbox(self) -> tuple[float, ...]:
        """Four degrees in their order."""
        try:
            box = tuple(map(float, self.cleaned_data["bbox"].split(",")))
        except ValueError:
            raise forms.ValidationError(BOX_SENTENCE)
        if len(box) != 4 or not all(map(math.isfinite, box)):
            raise forms.ValidationError(BOX_SENTENCE)
        west, south, east, north = box
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise forms.ValidationError(BOX_SENTENCE)
        return box

    @property
    def view(self) -> View:
        """What was asked for."""
        given: dict[str, Any] = self.cleaned_data
        return View(*given["bbox"], zoom=given["zoom"])

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        return next(iter(self.errors.values()))[0]
