"""The form of one move, built from its row of the table: the same questions as the API and the move itself ask.

What was typed survives a refusal; pictures that were already uploaded do too (`kept`, a signed list), so that nobody
has to send them twice from a basement with one bar of signal.
"""
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone

from cases import deadlines
from cases.answers import Ask
from cases.forms import choices
from cases.forms.things import ThingField
from cases.models import Case, CasePhoto, Category, Phrase, Reporter, ReturnReason
from cases.suggest import SuggestedLead, suggest_categories, suggest_lead
from cases.workflow import Move
from grid.models import Community, Photo
from grid.photos import PhotoRefused, store_photo
from grid.things_near import NearThing, things_near
from grid.uploads import ManyFiles, PhotosField

FEW = 4  # so many choices are shown open, more in a list
MOMENT = "%Y-%m-%dT%H:%M"
YES_NO = {
    "is_true": (("yes", "属实"), ("no", "不属实")),
    "reached": (("yes", "已接通"), ("no", "未接通")),
    "solved": (("", "未问"), ("yes", "已解决"), ("no", "未解决")),
}
SURE = 0.5  # from here on a suggested class is chosen beforehand
SHORT = {"words", "reason", "conclusion", "public_words"}
INLINE_EXTRAS = {"due", "photos", "final"}  # optional questions that the pane's own form asks, too


WIDE = (forms.Textarea, forms.RadioSelect)


class PartsField(forms.CharField):
    """One part a line."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        """The lines that say something."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


def _as_bool(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


class MoveForm(forms.Form):
    """One move of one case by one person; `answers` is what the move is made with."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, move: Move, case: Case, user: Any, *, at: datetime, data: Any = None, files: Any = None,
                 initial: dict[str, Any] | None = None, inline: bool = False) -> None:  # fmt: skip
        self.move, self.case, self.user, self.at, self.inline = move, case, user, at, inline
        self.asks = [ask for ask in move.asks if not inline or self._asked_inline(ask)]
        self.left_out = len(move.asks) - len(self.asks)
        self._kept: list[Photo] = []
        self.suggested_lead: SuggestedLead | None = None
        super().__init__(data, files, initial={"version": case.version, **(initial or {})},
                         auto_id=f"id_{'in' if inline else 'move'}_%s")  # fmt: skip
        for ask in self.asks:
            self.fields[ask.name] = self._field(ask)
        if self.is_bound:
            self._kept = self._read_kept()

    def _asked_inline(self, ask: Ask) -> bool:
        if ask.required or ask.name in INLINE_EXTRAS:
            return True
        if ask.name == "outcome":
            return self.case.is_petition
        return ask.name == "duty_leader" and self._is_blue_sky()

    def _is_blue_sky(self) -> bool:
        return any(tag.word == "蓝天行动" for tag in self.case.tags.all())

    # --- fields --------------------------------------------------------------------------------------------------

    def _field(self, ask: Ask) -> forms.Field:
        field = getattr(self, f"_{ask.kind}")(ask)
        field.label, field.help_text = ask.label, ask.help
        if ask.name == "lead" and self.suggested_lead:
            field.help_text = self.lead_words
        field.required = ask.required and ask.kind not in ("photos", "yes_no", "parts")
        field.error_messages["required"] = f"请填写{ask.label}。"
        refusal = choices.NOT_IN_LIST.format(label=ask.label)
        for code in ("invalid_choice", "invalid_pk_value", "invalid_list"):
            field.error_messages[code] = refusal
        if ask.kind in ("datetime", "date"):
            field.error_messages["invalid"] = (
                f"{ask.label}应为日期和时间，例如 2016-12-23 17:30。" if ask.kind == "datetime"
                else f"{ask.label}应为日期，例如 2016-12-23。"
            )  # fmt: skip
        return field

    def _text(self, ask: Ask) -> forms.Field:
        rows = 2 if self.inline or ask.name in SHORT else 4
        return forms.CharField(widget=forms.Textarea(attrs={"rows": rows, "class": "input--short"}))

    def _line(self, ask: Ask) -> forms.Field:
        unnamed = {"placeholder": ask.label} if self.inline else {}
        return forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", **unnamed}))

    def _choice(self, ask: Ask) -> forms.Field:
        pairs = list(getattr(ask.choices, "choices", ask.choices))
        numbers = any(isinstance(value, int) for value, _ in pairs)
        if not ask.required:
            pairs = [("", "–"), *pairs]
        widget = forms.RadioSelect if len(pairs) <= FEW and not self.inline else forms.Select
        if ask.name == "urgency":
            self.initial.setdefault("urgency", self._usual_urgency())
        elif ask.required and widget is forms.Select:
            self.initial.setdefault(ask.name, pairs[0][0])
        coerce = int if numbers else str
        return forms.TypedChoiceField(choices=pairs, widget=widget, coerce=coerce, empty_value=None)

    def _usual_urgency(self) -> str:
        usual = deadlines.default_urgency_for(self.case.category)
        return usual if self.case.urgency == "normal" else self.case.urgency

    def _yes_no(self, ask: Ask) -> forms.Field:
        if ask.name not in YES_NO:
            self.initial.setdefault(ask.name, self.case.state in ("checked", "rejected"))
            return forms.BooleanField()
        return forms.TypedChoiceField(
            choices=YES_NO[ask.name], widget=forms.RadioSelect, coerce=_as_bool, empty_value=None
        )

    def _datetime(self, ask: Ask) -> forms.Field:
        if ask.name == "due" and self.inline:
            return forms.DateTimeField(widget=forms.Select(choices=choices.due_choices(self.case, at=self.at)))
        least = timezone.localtime(self.at).strftime(MOMENT)
        return forms.DateTimeField(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local", "min": least}, format=MOMENT)
        )

    def _date(self, ask: Ask) -> forms.Field:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def _photos(self, ask: Ask) -> forms.Field:
        return PhotosField(widget=ManyFiles(attrs={"accept": "image/*"}))

    def _parts(self, ask: Ask) -> forms.Field:
        return PartsField(widget=forms.Textarea(attrs={"rows": 4}))

    def _reporter(self, ask: Ask) -> forms.Field:
        rows = [] if self.case.is_petition else choices.waiting(self.case)
        pairs = choices.reporters(self.case, rows)
        if rows:  # answered by the door through which they came
            self.initial.setdefault("channel", rows[0].usual_channel)
        if pairs:
            self.initial.setdefault(ask.name, pairs[0][0])
        return forms.TypedChoiceField(choices=pairs, coerce=self._whom, empty_value=None)

    def _whom(self, value: str) -> Reporter | str:
        return value if value == "petitioner" else self.case.reporters.get(pk=value)

    def _model(self, ask: Ask) -> forms.Field:
        return getattr(self, f"_one_{ask.name}")()

    def _models(self, ask: Ask) -> forms.Field:
        return choices.GroupedChoiceOfMany(choices.departments(), group=choices.kind_of, blank=True)

    def _one_category(self) -> forms.Field:
        self.initial.setdefault("category", self.case.category_id or self._likely_category())
        return choices.GroupedChoice(
            choices.categories(), group=lambda row: row.major, empty_label="选择类别"
        )

    def _likely_category(self) -> int | None:
        """The class that the words speak of, when they leave little doubt; a choice that one can change."""
        if self.is_bound:
            return None
        likely = suggest_categories(f"{self.case.title} {self.case.description}", limit=1)
        return likely[0][0].pk if likely and likely[0][1] >= SURE else None

    def _one_thing(self) -> forms.Field:
        if self.case.thing_id:
            self.initial.setdefault("thing", self.case.thing)
        return ThingField(self.user)

    @property
    def lead_words(self) -> str:
        """Which unit stands chosen beforehand, and why."""
        suggested = self.suggested_lead
        return f"已选{suggested.department}：{suggested.why}" if suggested else ""

    @property
    def near_things(self) -> list[NearThing]:
        """The components of the case's class near its position, where a component is asked."""
        case = self.case
        if "thing" not in self.fields or not case.category or case.category.kind != Category.Kind.COMPONENT:
            return []
        near = things_near(case.lon, case.lat, category_code=case.category.code, user=self.user)
        return [one for one in near if one.thing.pk != case.thing_id]

    def _one_grid(self) -> forms.Field:
        self.initial.setdefault("grid", self.case.grid_id)
        empty = "信访件可不填" if self.case.is_petition else "选择网格"
        rows = choices.grids(self.case)
        return choices.GroupedChoice(
            rows, group=lambda row: row.community.name, words=lambda row: row.name, empty_label=empty
        )

    def _one_lead(self) -> forms.Field:
        if not self.is_bound and "lead" not in self.initial:
            self.suggested_lead = suggest_lead(self.case, at=self.at)
            self.initial["lead"] = self.suggested_lead.department if self.suggested_lead else None
        return choices.GroupedChoice(choices.departments(), group=choices.kind_of, empty_label="选择承办单位")

    def _one_checker(self) -> forms.Field:
        return choices.GroupedChoice(choices.checkers(self.case), group=choices.home_of, empty_label="选择核查人")

    def _one_verifier(self) -> forms.Field:
        return choices.GroupedChoice(choices.verifiers(self.case), group=choices.home_of, empty_label="不指定到人")

    def _one_community(self) -> forms.Field:
        self.initial.setdefault("community", self.case.community_id)
        return forms.ModelChoiceField(Community.objects.without_shapes(), empty_label="不指定社区")

    def _one_return_reason(self) -> forms.Field:
        return forms.ModelChoiceField(ReturnReason.objects.filter(active=True), empty_label="选择原因")

    def _one_master(self) -> forms.Field:
        mine = Case.objects.visible_to(self.user).exclude(pk=self.case.pk)
        field = forms.ModelChoiceField(mine, to_field_name="number", widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": "案号，例如 DC-2016-076"}
        ))  # fmt: skip
        return field

    # --- pictures already here -----------------------------------------------------------------------------------

    @property
    def _salt(self) -> str:
        return f"cases.kept.{self.case.pk}.{self.user.pk}.{self.move.name}"

    def _read_kept(self) -> list[Photo]:
        token = self.data.get("kept")
        if not token:
            return []
        try:
            numbers = signing.loads(token, salt=self._salt, max_age=24 * 3600)
        except signing.BadSignature:
            return []  # another person's, another case's or yesterday's list: nothing is kept
        hung = CasePhoto.objects.values("photo")
        return list(Photo.objects.filter(pk__in=numbers, uploaded_by=self.user).exclude(pk__in=hung))

    @property
    def kept_count(self) -> int:
        """How many pictures an earlier try has already brought."""
        return len(self._kept)

    @property
    def kept_token(self) -> str:
        """The signed list of them, for the next try."""
        return signing.dumps([photo.pk for photo in self._kept], salt=self._salt) if self._kept else ""

    # --- answers -------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Each answer by the question's own rules; pictures are stored, or refused by name."""
        cleaned = super().clean()
        for ask in self.asks:
            if ask.name in self.errors:
                continue
            if ask.kind == "photos":
                cleaned[ask.name] = self._stored(ask)
            elif ask.kind == "models":
                cleaned[ask.name] = list(cleaned.get(ask.name) or [])
            refusal = ask.refusal(cleaned.get(ask.name))
            if refusal and ask.name not in self.errors:
                self.add_error(ask.name, refusal)
        return cleaned

    def _stored(self, ask: Ask) -> list[Photo]:
        for file in self.cleaned_data.get(ask.name) or []:
            try:
                self._kept.append(store_photo(file, by=self.user, at=self.at))
            except PhotoRefused as refusal:
                self.add_error(ask.name, f"{file.name}：{refusal}")
        return list(self._kept)

    @property
    def answers(self) -> dict[str, Any]:
        """What the move is made with; optional questions left open are left out."""
        given = {ask.name: self.cleaned_data.get(ask.name) for ask in self.asks}
        return {name: value for name, value in given.items() if value not in (None, "", [])}

    def take_refusals(self, errors: dict[str, str]) -> None:
        """Put the move's own refusals beside their questions."""
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)

    @property
    def phrases(self) -> list[str]:
        """The ready sentences for this move."""
        if not any(ask.kind == "text" for ask in self.asks):
            return []
        return list(Phrase.objects.filter(move=self.move.name).values_list("text", flat=True)[:4])

    @property
    def wide_fields(self) -> list:
        """Those that take the whole width of the pane's foot."""
        return [field for field in self.visible_fields() if isinstance(field.field.widget, WIDE)]

    @property
    def row_fields(self) -> list:
        """Those that stand in one row with the button."""
        return [field for field in self.visible_fields() if not isinstance(field.field.widget, WIDE)]

    @property
    def has_files(self) -> bool:
        """Whether pictures are asked."""
        return any(ask.kind == "photos" for ask in self.asks)


def move_form(
    move: Move, case: Case, user: Any, data: Any = None, files: Any = None, *, at: datetime,
    initial: dict[str, Any] | None = None, inline: bool = False,
) -> MoveForm:  # fmt: skip
    """The form of a move: whole for a page or a dialog, `inline` with the needful alone for the pane."""
    return MoveForm(move, case, user, at=at, data=data, files=files, initial=initial, inline=inline)
