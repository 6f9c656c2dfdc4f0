"""What a phone sends of a task: the envelope that every act has, and the move's own form inside it."""
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict

from cases.field_tasks import ACTS, NOTE
from cases.fixing import NO_AFTER
from cases.forms.moves import MoveForm
from cases.forms.report import NO_KEY, PhotosField, ReportForm
from cases.sent_once import INCOMPLETE, KEY
from cases.workflow import MOVES


class TaskEnvelope(forms.Form):
    """Which act, under which key, by whom, and on which version of the case it builds."""

    act = forms.ChoiceField(choices=[(name, MOVES[name].button) for name in (*ACTS, NOTE)], error_messages={
        "required": "请选择处置结果。", "invalid_choice": "没有这个动作。请刷新页面后重新填写。"})  # fmt: skip
    key = forms.CharField(validators=[RegexValidator(KEY, INCOMPLETE)], error_messages={"required": INCOMPLETE})
    after = forms.CharField(required=False, validators=[RegexValidator(KEY, INCOMPLETE)])
    who = forms.CharField(required=False, max_length=20)
    version = forms.IntegerField(min_value=1, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})

    def sentence(self) -> str:
        """What is wrong, as one text."""
        return " ".join(dict.fromkeys(error for errors in self.errors.values() for error in errors))


class TaskForm(MoveForm):
    """A move's form on the phone: whatever it calls its words, the page has one box for them."""

    def drop_kept(self) -> None:
        """Take back the pictures of a try that came to nothing; the phone still has them and sends them again."""
        for photo in self._kept:
            photo.original.storage.delete(photo.original.name)
            photo.delete()
        self._kept = []

    def sentence(self) -> str:
        """All that must be changed, as one text for the phone's queue."""
        return " ".join(error for errors in self.errors.values() for error in errors)

    @property
    def words_errors(self) -> list[str]:
        """What is wrong with the words."""
        return [error for name in ("words", "reason") for error in self.errors.get(name, [])]


def renamed(data: QueryDict) -> QueryDict:
    """The posted data with the one box of words under both names that moves use."""
    copied = data.copy()
    copied.setlist("reason", data.getlist("words"))
    return copied


class FixForm(ReportForm):
    """立查立改: place and class as in a report, pictures of before and after, and what was done."""

    key = forms.CharField(  # with the prefix of a fix it is the key of a report, of 40 letters
        max_length=38, widget=forms.HiddenInput, error_messages=NO_KEY
    )
    after_photos = PhotosField(label="整改后照片", required=False)
    words = forms.CharField(
        label="处置说明", min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 2}), error_messages={
            "required": "请填写处置说明。", "min_length": "说明太短。请写明做了什么、结果如何，至少 10 个字。",
            "max_length": "说明太长，最多 500 个字。",
        },
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("name", "phone", "same_as"):
            del self.fields[name]
        self.fields["photos"].label = "整改前照片"

    def clean_after_photos(self) -> tuple:
        """At least one; the sentence says which pictures are missing."""
        files = self.cleaned_data["after_photos"]
        if not files:
            raise forms.ValidationError(NO_AFTER)
        return files
