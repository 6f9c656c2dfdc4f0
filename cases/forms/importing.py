"""The form of the import: a table pasted or uploaded, which column means what, the table again for the next step."""
import json
from typing import Any

from django import forms

from cases.importing import COLUMNS, guess_mapping
from cases.models import HotlineKind
from cases.tables import LARGEST_BYTES, TableRefused, read_pasted, read_uploaded

NO_COLUMN = "（不导入）"


class ImportForm(forms.Form):
    """Nothing is kept between the steps: the table comes back with the form, and each step checks it anew."""

    kind = forms.ModelChoiceField(
        HotlineKind.objects.filter(active=True), label="热线", empty_label=None,
        error_messages={"required": "请选择热线。", "invalid_choice": "没有这条热线。请从列表中选择。"},
    )  # fmt: skip
    pasted = forms.CharField(
        label="粘贴表格", required=False, help_text="在电子表格里选中整块（连同表头）复制，粘到这里",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip
    file = forms.FileField(
        label="或上传文件", required=False, help_text=".xlsx、.xls 或 .csv，最大 5 MB，只读第一个工作表",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )  # fmt: skip
    table = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The cells, from the file, the paste, or the step before."""
        cleaned = super().clean()
        try:
            self.cells = self._cells(cleaned)
        except TableRefused as refusal:
            self.add_error("file" if cleaned.get("file") else "pasted", str(refusal))
        return cleaned

    def _cells(self, cleaned: dict[str, Any]) -> list[list[str]]:
        file = cleaned.get("file")
        if file:
            return read_uploaded(file.read(LARGEST_BYTES + 1))
        if cleaned.get("table") and not cleaned.get("pasted"):
            return _from_json(cleaned["table"])
        return read_pasted(cleaned.get("pasted") or "")

    @property
    def header(self) -> list[str]:
        """The headings."""
        return [word or f"第 {place + 1} 列" for place, word in enumerate(self.cells[0])]

    @property
    def mapping(self) -> dict[str, int]:
        """Column → place, as chosen, or at first as guessed."""
        if not any(f"col_{key}" in self.data for key, *_ in COLUMNS):
            return guess_mapping(self.cells[0])
        chosen = {key: self.data.get(f"col_{key}", "") for key, *_ in COLUMNS}
        width = len(self.cells[0])
        return {key: int(place) for key, place in chosen.items() if place.isdecimal() and int(place) < width}

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The questions which column means what."""
        mapping = self.mapping
        places = [(str(place), word) for place, word in enumerate(self.header)]
        return [
            {"key": key, "word": word, "needed": needed, "chosen": str(mapping.get(key, "")),
             "places": [("", NO_COLUMN), *places]}
            for key, word, needed, _ in COLUMNS
        ]  # fmt: skip

    @property
    def packed(self) -> str:
        """The table for the next step."""
        return json.dumps(self.cells, ensure_ascii=False)


def _from_json(text: str) -> list[list[str]]:
    """The table as the step before packed it; anything else is refused like any other unreadable table."""
    broken = TableRefused("预检的表格没有传完整。请重新粘贴或上传。")
    try:
        rows = json.loads(text)
    except ValueError:
        raise broken
    fits = isinstance(rows, list) and len(rows) > 1 and all(
        isinstance(row, list) and row and all(isinstance(cell, str) for cell in row) for row in rows
    )  # fmt: skip
    if not fits or len({len(row) for row in rows}) != 1:
        raise broken
    return rows
