"""The form of the work group: a message and its photos, nothing else."""
from typing import Any

from django import forms

from cases.forms.register import RegisterForm
from cases.pasting import GroupMessage, place_of, read_message
from cases.states import Source


class PasteForm(RegisterForm):
    """What is pasted; pictures that an earlier try brought are kept as on every registration."""

    source = Source.GRID
    title = description = address = lon = lat = received_at = key = None
    text = forms.CharField(
        label="群里的消息", max_length=2000, widget=forms.Textarea(attrs={"rows": 7, "autocomplete": "off"}),
        help_text="连同姓名、时间一起粘贴也行，会自动认出是谁、何时、何地",
        error_messages={
            "required": "请粘贴群里的消息。", "max_length": "消息太长，最多 2000 个字。请只粘贴这一件事。",
        },
    )  # fmt: skip
    field_order = ("text", "photos")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("category", "grid", "urgency"):
            del self.fields[name]
        self.fields["photos"].help_text = "在本页任意处按 Ctrl+V 粘贴截图或照片，或从文件选择；最多 9 张"

    def _hide_optional(self) -> None:
        """Nothing is optional here but the pictures."""

    def clean(self) -> dict[str, Any]:
        """The message as it was read."""
        cleaned = super().clean()
        self.message = read_message(cleaned.get("text") or "", at=self.at)
        if cleaned.get("text") and not self.message.title:
            self.add_error("text", "只有姓名和时间，没有内容。请把消息正文一起粘贴。")
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """What a search for the same matter wants."""
        message: GroupMessage = self.message
        place = place_of(message, self.kept_photos)
        return {"title": message.title, "description": message.words, "place": place, "source": self.source}
