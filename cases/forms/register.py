"""The forms of registration (登记): one per source, with the questions that its papers answer."""
import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.validators import RegexValidator
from django.forms import BoundField
from django.utils import timezone

from cases.forms import choices
from cases.forms.moves import MOMENT
from cases.forms.things import ThingField
from cases.models import CasePhoto, Category, HotlineKind, NoticeDetail, PetitionDetail, ReporterKind
from cases.registering import issuing_unit, own_community, place_columns
from cases.rules import too_far
from cases.sent_once import sent_mark
from cases.states import Source, Urgency
from grid.models import Photo, Thing, UnitGrid
from grid.photos import PhotoRefused, store_photo
from grid.uploads import MOST_PHOTOS, ManyFiles, PhotosField

SALT = "cases.register.kept"
INCOMPLETE = "这张登记表不完整，没有登记。请重新打开登记页填写。"
YEARS = range(1949, 2200)
PHONE = RegexValidator(r"^(1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$", "电话应为 11 位手机号，或区号加座机号。请核对。")
ID_NUMBER = RegexValidator(r"^\d{17}[\dXx]$", "证件号应为 18 位，末位可为 X。请核对。")


def _words(label: str, *, required: bool = True, most: int = 60, help_text: str = "", **attrs: Any) -> forms.CharField:
    limit = f"{label}太长，最多 {most} 个字。请缩短。"
    field = forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        error_messages={"required": f"请填写{label}。", "max_length": limit},
    )  # fmt: skip
    return field


def _possible(moment: datetime) -> None:
    if moment.year not in YEARS:
        raise forms.ValidationError("年份不对。请核对日期和时间。")


def _moment(label: str, *, required: bool, help_text: str = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=required, help_text=help_text, validators=[_possible],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        error_messages={
            "required": f"请填写{label}。", "invalid": f"{label}应为日期和时间，例如 2016-12-23 17:30。"
        },
    )  # fmt: skip


def _choice(label: str, pairs: Any) -> forms.ChoiceField:
    refusal = {"required": f"请选择{label}。", "invalid_choice": choices.NOT_IN_LIST.format(label=label)}
    return forms.ChoiceField(label=label, choices=pairs, error_messages=refusal)


class RegisterForm(forms.Form):
    """What every source asks: the matter, the place, the pictures."""

    source = Source.GRID
    own: tuple[str, ...] = ()  # the questions of the source's papers
    person: tuple[str, ...] = ()  # the questions about who came

    title = _words("事项", most=80, help_text="什么地方、什么问题，例如：西井大街马路市场回潮，占道售卖熟食")
    description = forms.CharField(
        label="情况", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "情况太长，最多 2000 个字。请缩短，或作为材料附在照片里。"},
    )  # fmt: skip
    address = _words("地点", required=False, most=100, help_text="填道路、小区或门牌，再按“查找”或在地图上点选")
    lon = forms.FloatField(label="经度", required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(label="纬度", required=False, widget=forms.HiddenInput)
    photos = PhotosField(
        label="照片", required=False, widget=ManyFiles(attrs={"accept": "image/*"}), help_text="可选多张，最多 9 张"
    )
    received_at = _moment("收件时间", required=True, help_text="受理时限从这时起算")
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    kept = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, user: Any, *, at: datetime, data: Any = None, files: Any = None, initial: Any = None) -> None:
        self.user, self.at = user, at
        start = {"received_at": timezone.localtime(at).strftime(MOMENT), "key": secrets.token_urlsafe(24)}
        super().__init__(data, files, initial={**start, **(initial or {})})
        self.fields["category"] = choices.GroupedChoice(
            choices.categories(), group=lambda row: row.major, empty_label="受理时再定", required=False, label="类别",
            error_messages={"invalid_choice": choices.NOT_IN_LIST.format(label="类别")},
        )  # fmt: skip
        self.fields["grid"] = choices.GroupedChoice(
            self._grids(), group=lambda row: row.community.name, words=lambda row: row.name, required=False,
            empty_label="随位置带出", label="网格", error_messages={"invalid_choice": "没有这个网格。请从列表中选择。"},
        )  # fmt: skip
        if self.sees_things:
            self.fields["thing"] = ThingField(user, help_text="标牌上的 16 位或 17 位数字，没有就不填")
        self.fields["urgency"] = _choice("紧急程度", Urgency.choices)
        self.initial.setdefault("urgency", Urgency.NORMAL)
        self._kept = self._read_kept() if self.is_bound else []
        self._hide_optional()

    def _hide_optional(self) -> None:
        """Field people report what they see now."""
        if not self.user.has_perm("cases.use_desk"):
            del self.fields["received_at"]

    @property
    def sees_things(self) -> bool:
        """Whether this person can name a component: the petition desk sees no register of them."""
        return any(self.user.has_perm(f"grid.see_{part}registers") for part in ("", "community_"))

    def _grids(self) -> Any:
        rows = UnitGrid.objects.without_shapes().order_by("community__code", "serial")
        home = own_community(self.user) if self.user.has_perm("cases.use_mobile") else None
        return rows.in_community(home) if home else rows

    @property
    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The form in the order of the paper: papers, matter, person."""
        named = (
            ("来件", (*self.own, "received_at")), ("事项", ("title", "description", "category", "urgency")),
            (self.person_title, self.person),
        )  # fmt: skip
        found = [(word, [self[name] for name in names if name in self.fields]) for word, names in named]
        return [(word, fields) for word, fields in found if fields]

    person_title = "上报人"

    # --- pictures that an earlier try already brought ----------------------------------------------------------------

    @property
    def _salt(self) -> str:
        return f"{SALT}.{self.user.pk}"

    def _read_kept(self) -> list[Photo]:
        token = self.data.get("kept")
        try:
            numbers = signing.loads(token, salt=self._salt, max_age=24 * 3600) if token else []
        except signing.BadSignature:
            return []  # another person's or yesterday's list
        free = Photo.objects.filter(pk__in=numbers, uploaded_by=self.user)
        return list(free.exclude(pk__in=CasePhoto.objects.values("photo")).order_by("pk"))

    @property
    def kept_photos(self) -> list[Photo]:
        """The pictures stored so far."""
        return self._kept

    @property
    def kept_token(self) -> str:
        """The signed list of them, for the next try."""
        return signing.dumps([photo.pk for photo in self._kept], salt=self._salt) if self._kept else ""

    def _store(self, name: str, into: list[Photo]) -> None:
        for file in self.cleaned_data.get(name) or []:
            try:
                into.append(store_photo(file, by=self.user, at=self.at))
            except PhotoRefused as refusal:
                self.add_error(name, f"{file.name}：{refusal}")
        if len(into) > MOST_PHOTOS:
            self.add_error(name, f"照片共 {len(into)} 张，最多 {MOST_PHOTOS} 张。请去掉几张。")

    # --- what the verb is given --------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Pictures are stored at once, so that a refusal elsewhere does not lose them."""
        cleaned = super().clean()
        if "key" in self.errors:
            self.add_error(None, INCOMPLETE)  # a hidden field has no place for its sentence
        self._store("photos", self._kept)
        for name, wanted in (("lon", 180), ("lat", 90)):
            if cleaned.get(name) is not None and not -wanted <= cleaned[name] <= wanted:
                self.add_error("address", "位置不对。请在地图上重新点选。")
        if cleaned.get("thing"):
            self._check_thing(cleaned["thing"], cleaned)
        return cleaned

    def _check_thing(self, thing: Thing, cleaned: dict[str, Any]) -> None:
        """A misread plate is told by the place, and by the class; without a class the component brings its own."""
        category, code = cleaned.get("category"), thing.thing_class.category_code
        refusal = too_far(thing, cleaned.get("lon"), cleaned.get("lat"))
        if category and category.kind == Category.Kind.COMPONENT and category.code != code:
            refusal = refusal or f"这个标识码是{thing.thing_class}，而类别选的是{category}。请核对标识码或类别。"
        if refusal:
            self.add_error("thing", refusal)
        if not category:
            known = Category.objects.filter(kind=Category.Kind.COMPONENT, code=code, active=True)
            cleaned["category"] = known.first()

    @property
    def place(self) -> dict[str, Any]:
        """Position, grid and community."""
        cleaned = self.cleaned_data
        return place_columns(
            cleaned.get("lon"), cleaned.get("lat"), cleaned.get("grid"), thing=cleaned.get("thing"),
            address=cleaned.get("address") or "",
        )  # fmt: skip

    @property
    def detail(self) -> dict[str, Any]:
        """The columns of the source's own row."""
        return {name: self.cleaned_data[name] for name in self.own if name not in ("required_at",)}

    @property
    def reporter(self) -> dict[str, Any]:
        """Who came."""
        given = {name: self.cleaned_data.get(name) for name in ("name", "phone") if self.cleaned_data.get(name)}
        return {"kind": ReporterKind.RESIDENT, **given} if given else {}

    @property
    def answers(self) -> dict[str, Any]:
        """Everything `register_case` wants besides who and when."""
        cleaned = self.cleaned_data
        columns = ("title", "description", "address", "category", "thing", "urgency", "received_at", "required_at")
        return {
            "source": self.source, "place": self.place, "detail": self.detail, "reporter": self.reporter,
            "photos": tuple(self._kept), "idempotency_key": sent_mark(self),
            **{name: cleaned[name] for name in columns if cleaned.get(name) is not None},
        }  # fmt: skip

    def take_refusals(self, errors: dict[str, str]) -> None:
        """Put the verb's refusals beside their questions."""
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)


class NoticeForm(RegisterForm):
    """监管通知单."""

    source = Source.NOTICE
    own = ("level", "doc_no", "issuing_unit", "required_at")
    level = _choice("级别", NoticeDetail.Level.choices)
    doc_no = _words("文号", placeholder="石环监通〔2016〕第076号")
    issuing_unit = _words("来文单位")
    required_at = _moment("来文要求时限", required=False, help_text="来文没有写时限就不填")

    @property
    def reporter(self) -> dict[str, Any]:
        """The issuing unit waits for the answer."""
        return issuing_unit(self.cleaned_data["issuing_unit"])


class TransferForm(RegisterForm):
    """转办单."""

    source = Source.TRANSFER
    own = ("doc_no", "sender", "required_at")
    doc_no = _words("转办单号")
    sender = _words("转办单位")
    required_at = _moment("来文要求时限", required=False, help_text="来文没有写时限就不填")

    @property
    def reporter(self) -> dict[str, Any]:
        """The sending unit waits for the receipt."""
        return issuing_unit(self.cleaned_data["sender"])


class WithCaller(RegisterForm):
    """Sources where a resident may be behind it."""

    person = ("name", "phone")
    name = _words("姓名", required=False, help_text="不愿留名就不填；在系统里一律脱敏显示")
    phone = forms.CharField(
        label="电话", required=False, max_length=20, validators=[PHONE], help_text="留了电话就要回复",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )  # fmt: skip


class HotlineForm(WithCaller):
    """热线件."""

    source = Source.HOTLINE
    own = ("kind", "outside_number", "required_at")
    outside_number = _words("热线编号", help_text="同一编号只登记一次")
    required_at = _moment("来文要求时限", required=False, help_text="12345 的响应、解决时限自动计算")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"] = forms.ModelChoiceField(
            HotlineKind.objects.filter(active=True), label="热线", empty_label=None,
            error_messages={"required": "请选择热线。", "invalid_choice": "没有这条热线。请从列表中选择。"},
        )  # fmt: skip


class SnapForm(WithCaller):
    """随手拍, typed in for somebody who sent it another way."""

    source = Source.SNAP
    own = ("outside_number",)
    outside_number = _words("渠道编号", required=False)


class PetitionForm(RegisterForm):
    """信访件: the person goes into a table of their own, the texts say the code name instead."""

    source = Source.PETITION
    own = ("doc_no", "kind", "form", "persons", "is_repeat", "secret")
    person = ("name", "phone", "id_number", "home")
    person_title = "信访人（加密保存，仅凭理由查看）"
    doc_no = _words("信访编号", required=False, placeholder="石苹信〔2016〕010号")
    kind = _choice("信访类别", PetitionDetail.Kind.choices)
    form = _choice("形式", PetitionDetail.Form.choices)
    persons = forms.IntegerField(
        label="人数", min_value=1, max_value=500, initial=1,
        error_messages={
            "required": "请填写人数。", "invalid": "人数应为整数。", "min_value": "人数至少 1 人。",
            "max_value": "人数超过 500。请核对。",
        },
    )  # fmt: skip
    is_repeat = forms.BooleanField(label="重复信访", required=False)
    secret = forms.BooleanField(label="本人要求保密", required=False)
    name = _words("姓名", most=60)
    phone = forms.CharField(
        label="电话", required=False, max_length=20, validators=[PHONE],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )  # fmt: skip
    id_number = forms.CharField(
        label="证件号", required=False, max_length=18, validators=[ID_NUMBER],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    home = _words("住址", required=False, most=100)

    @property
    def reporter(self) -> dict[str, Any]:
        """The petitioner."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned["name"], "phone": cleaned["phone"], "id_number": cleaned["id_number"].upper(),
            "address": cleaned["home"],
        }  # fmt: skip


class GridForm(RegisterForm):
    """网格事件, found by one's own staff."""

    source = Source.GRID
    own = ("outside_number",)
    outside_number = _words("网格系统编号", required=False, help_text="没有就不填")


class FixedForm(GridForm):
    """立查立改: seen and put right in one go; both pictures and words, and somebody else will check."""

    words = forms.CharField(
        label="处置情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写处置情况，写明做了什么、结果如何，至少 10 个字。"},
    )  # fmt: skip
    after_photos = PhotosField(label="整改后照片", required=False, widget=ManyFiles(attrs={"accept": "image/*"}))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["photos"].label, self.fields["photos"].help_text = "整改前照片", "至少一张"
        self.after: list[Photo] = []

    def clean(self) -> dict[str, Any]:
        """Pictures of both moments."""
        cleaned = super().clean()
        self._store("after_photos", self.after)
        if not self._kept:
            self.add_error("photos", "请附整改前照片，至少一张。")
        if not self.after:
            self.add_error("after_photos", "请在同一角度拍一张整改后照片。")
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """With what was done."""
        fixed = {"words": self.cleaned_data["words"], "before_photos": list(self._kept), "photos": self.after}
        return {**super().answers, "photos": (), "fixed": fixed}


FORMS: dict[str, type[RegisterForm]] = {
    form.source: form for form in (NoticeForm, TransferForm, HotlineForm, SnapForm, PetitionForm, GridForm)
}


def register_form(source: str, user: Any, *, at: datetime, fixed: bool = False, **bound: Any) -> RegisterForm:
    """The form of a source, or of 立查立改."""
    kind = FixedForm if fixed else FORMS[source]
    return kind(user, at=at, **bound)
