"""What a change of boundaries asks."""
from django import forms
from django.utils import timezone

from grid.forms.register import DATE


class BoundaryForm(forms.Form):
    """The shapes (drawn on the map, or as a file), why, and from which day."""

    valid_from = forms.DateField(
        label="生效日期", widget=forms.DateInput(**DATE), help_text="这一天以前的案件保持原来的网格",
        error_messages={"required": "请填写生效日期。", "invalid": "生效日期应为日期，例如 2016-12-23。"},
    )  # fmt: skip
    note = forms.CharField(label="说明", max_length=100, error_messages={"required": "请写明为什么调整边界。"})
    shapes = forms.CharField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label="边界文件", required=False, help_text="GeoJSON，WGS-84；在地图上改的不用选文件",
        widget=forms.FileInput(attrs={"accept": ".geojson,.json"}),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, initial={"valid_from": timezone.localdate()}, **kwargs)

    @property
    def text(self) -> str:
        """The GeoJSON: the file's where there is one, else what was drawn."""
        file = self.cleaned_data.get("file")
        return file.read().decode("utf-8-sig", errors="replace") if file else self.cleaned_data.get("shapes", "")
