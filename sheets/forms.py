"""The forms of an import: the file and its ledger, and which column is which."""
from typing import Any

from django import forms

from sheets.models import ImportBatch
from sheets.opening import LARGEST_BYTES
from sheets.targets import Target, targets_for

NO_COLUMN = "（不导入）"


class UploadForm(forms.Form):
    """A file for one of the ledgers that this person may fill."""

    target = forms.ChoiceField(
        label="导入到", error_messages={"required": "请选择台账。", "invalid_choice": "没有这个台账。请从列表中选择。"}
    )
    file = forms.FileField(
        label="表格文件", help_text=".xlsx、.xls 或 CSV（UTF-8、GBK），最大 10 MB，最多 20,000 行",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
        error_messages={
            "required": "请选择文件。", "empty": "文件是空的。请选择有数据的表格。", "missing": "请选择文件。",
            "invalid": "文件没有传上来。请重新选择。", "max_length": "文件名太长。请改短后再上传。",
        },
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.targets = targets_for(user)
        self.fields["target"].choices = [(one.key, one.title) for one in self.targets]

    @property
    def content(self) -> bytes:
        """The bytes, one more than is allowed at most."""
        return self.cleaned_data["file"].read(LARGEST_BYTES + 1)


class ElsewhereForm(forms.Form):
    """Another sheet, or another row of headings (0: find them)."""

    sheet = forms.CharField(label="工作表", required=False, max_length=100)
    heading_row = forms.IntegerField(
        label="表头从第几行开始", required=False, min_value=1, max_value=20_000,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "表头行应为 1 到 20,000 之间的整数。"),
    )  # fmt: skip
    heading_rows = forms.TypedChoiceField(
        label="表头行数", required=False, coerce=int, empty_value=1, choices=((1, "1 行"), (2, "2 行"), (3, "3 行")),
        error_messages={"invalid_choice": "表头应为 1 到 3 行。"},
    )  # fmt: skip

    @property
    def answers(self) -> dict[str, Any]:
        """What the verb asks."""
        found = self.cleaned_data
        return {"sheet_name": found["sheet"], "heading_row": found["heading_row"] or 0,
                "heading_rows": found["heading_rows"] or 1}  # fmt: skip


def chosen_mapping(data: Any, width: int) -> dict[int, str]:
    """Place → the ledger's column, from the selects `col-0`, `col-1` …"""
    chosen = {place: data.get(f"col-{place}", "") for place in range(width)}
    return {place: name for place, name in chosen.items() if name}


def column_questions(batch: ImportBatch, target: Target, samples: dict[int, list[str]], chosen: dict[int, str]) -> list:
    """For each column of the file: its heading, a few of its cells, and the ledger's columns to choose from."""
    options = [("", NO_COLUMN), *((one.name, one.title) for one in target.ways_in)]
    return [
        {"place": place, "heading": heading or f"第 {place + 1} 列", "samples": samples.get(place, []),
         "chosen": chosen.get(place, ""), "options": options}
        for place, heading in enumerate(batch.headings)
    ]  # fmt: skip
