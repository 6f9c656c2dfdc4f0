"""The ledger as spreadsheets see it: its columns, and the verbs by which a row of any office's list comes in.

A new row takes the steps whose dates the file has; a known row is amended, and a date that differs corrects its step.
Payments never come in from a file: they are made by batches only.
"""
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.encryption import blind_index
from coal_to_electric import ledger
from coal_to_electric.equipment import KINDS, MODELS, kind_choices
from coal_to_electric.errors import HouseholdRefused
from coal_to_electric.models import EquipmentKind, EquipmentModel, Household, Programme
from coal_to_electric.models.household import LARGEST_AREA
from coal_to_electric.progress import STEPS, Act, take_all
from coal_to_electric.states import Origin, Satisfaction, Tenure
from sheets.targets import Alike, Column, How, Kind, Known, Problem, RowRefused, Target, Written

BY_FILE = "按导入的表登记"
CORRECTED = "按导入的表更正"
NO_PROGRAMME = "还没有采暖季任务。请管理员先建立。"
# Step → what of a row it needs: answer → column. Those that may be amended do not call for a step of their own.
ANSWERS: dict[str, dict[str, str]] = {
    "survey": {"eligible": "surveyed_eligible", "reason": "eligible_reason"},
    "give_notice": {"until": "notice_to"},
    "install": {"delivered_on": "delivered_date"},
    "power_on": {"meter_no": "meter_no"},
    "accept": {"acceptor": "acceptor"},
    "recover_stove": {"stoves": "stoves_recovered", "briquettes": "briquettes_recovered"},
    "withdraw": {"exit_reason": "exit_reason"},
}


def _satisfaction(row: Household) -> str:
    """What was said at the latest revisit at which somebody was asked."""
    said = next((one.satisfaction for one in row.revisits.all() if one.satisfaction), "")
    return Satisfaction(said).label if said else ""


def _day(name: str, title: str, *synonyms: str, **more: Any) -> Column:
    return Column(name, title, Kind.DATE, synonyms, in_preview=False, **more)


def _yuan(name: str, title: str, *synonyms: str, **more: Any) -> Column:
    return Column(name, title, Kind.MONEY, synonyms, in_preview=False, **more)


COLUMNS = (
    Column("number", "户号", synonyms=("编号", "户编号", "台账编号", "hh_no")),
    Column("householder", "户主", synonyms=("姓名", "户主姓名", "householder"), needed=True, personal=True, most=30),
    Column("id_number", "证件号", Kind.ID_NUMBER, ("身份证号", "身份证号码", "证件号码", "id_number"), personal=True),
    Column("phone", "联系电话", Kind.PHONE, ("电话", "手机", "手机号", "联系方式", "phone"), personal=True),
    Column("community", "社区", Kind.COMMUNITY, ("所属社区", "居委会", "community"), needed=True),
    Column("grid", "网格", Kind.GRID, ("单元网格", "网格名称", "grid_name"), in_preview=False),
    Column("address", "地址", synonyms=("住址", "家庭住址", "房屋地址", "address"), needed=True, most=100),
    Column("dwelling", "房屋类型", synonyms=("房屋", "dwelling"), most=20, in_preview=False),
    Column("tenure", "房屋性质", Kind.CHOICE, ("产权性质",), choices=Tenure.choices, thing="房屋性质",
           in_preview=False),
    Column("floor_area_m2", "房屋面积", Kind.AREA, ("建筑面积", "面积"), least=Decimal("0.1"),
           most=Decimal(2000), in_preview=False),
    Column("heating_area_m2", "采暖面积", Kind.AREA, ("取暖面积", "供暖面积", "heating_area_m2"), needed=True,
           least=Decimal("0.1"), most=LARGEST_AREA, most_word="单户上限",
           approximate_to="heating_area_approximate"),
    Column("family_size", "人口", Kind.COUNT, ("家庭人口", "人数", "family_size"), least=1, most=30, unit="人",
           in_preview=False),
    Column("low_income", "低保户", Kind.YES_NO, ("是否低保", "低保", "low_income"), in_preview=False),
    Column("stoves_before", "原炉具数", Kind.COUNT, ("原有炉具", "炉具数"), least=0, most=20, unit="个",
           in_preview=False),
    Column("coal_tons", "年用煤量", Kind.NUMBER, ("用煤量",), least=0, most=50, unit="吨", in_preview=False),
    Column("origin", "来源", Kind.CHOICE, ("登记来源", "source"), choices=Origin.choices, thing="来源",
           choice_words={"增补": Origin.ADDED, "摸底": Origin.SURVEY}, in_preview=False),
    Column("surveyed_eligible", "摸底符合条件", Kind.YES_NO, ("符合条件", "是否符合条件", "surveyed_eligible"),
           in_preview=False),
    Column("eligible_reason", "认定理由", synonyms=("不符合原因", "不符合理由"), in_preview=False),
    _day("survey_date", "摸底日期", "调查日期", "survey_date"),
    _day("visit_date", "入户宣传日期", "入户日期", "宣传日期", "visit_date"),
    _day("sign_date", "登记日期", "签约日期", "签订日期", "sign_date"),
    _day("review_date", "审核日期", "资格审核日期"),
    _day("notice_from", "公示开始", "公示日期", "公示起"),
    _day("notice_to", "公示结束", "公示止"),
    _day("chosen_date", "选型日期", "选型签约日期"),
    Column("kind", "设备", Kind.CHOICE, ("设备类型", "取暖设备", "equipment"), choices=kind_choices, thing="设备",
           choice_words={"蓄热式电暖器": "storage", "电暖器": "storage", "热泵": "air_pump"},
           read=lambda row: row.equipment.kind.code if row.equipment else None),
    Column("model", "型号", synonyms=("设备型号", "规格型号", "model"), most=30,
           read=lambda row: row.equipment.name if row.equipment else ""),
    Column("quantity", "台数", Kind.COUNT, ("数量", "quantity"), least=1, most=20, unit="台", in_preview=False),
    Column("price_yuan", "设备总价", Kind.MONEY, ("设备价格", "总价", "equipment_price_yuan"), least=Decimal("0.01"),
           most=Decimal(200000)),
    _day("outside_power_date", "外电网完成日期", "外线完成日期", "outside_power_date"),
    _day("indoor_wiring_date", "户线完成日期", "户线日期", "indoor_wiring_date"),
    _day("delivered_date", "到货日期", "delivered_date"),
    _day("installed_date", "安装日期", "安装完成日期", "installed_date"),
    _day("power_on_date", "通电日期", "power_on_date"),
    Column("meter_no", "表号", synonyms=("电表号", "meter_no"), most=30, in_preview=False),
    _day("accepted_date", "验收日期", "accepted_date"),
    Column("acceptor", "验收人", most=30, in_preview=False),
    _day("stove_recovered_date", "炉具回收日期", "回收日期", "stove_recovered_date"),
    Column("stoves_recovered", "回收炉具", Kind.COUNT, ("炉具回收数", "stove_recovered"), least=0, most=20,
           unit="个", in_preview=False),
    Column("briquettes_recovered", "回收蜂窝煤", Kind.COUNT, ("蜂窝煤", "briquettes_recovered"), least=0, most=100_000,
           unit="块", in_preview=False),
    _day("off_peak_date", "谷电开通日期", "谷电日期"),
    _day("withdrawn_on", "退出日期"),
    Column("exit_reason", "退出原因", synonyms=("exit_reason",), in_preview=False),
    Column("note", "备注", synonyms=("说明",), in_preview=False),
    Column("power_kw", "总功率", Kind.NUMBER, only_out=True),
    _day("revisit_date", "回访日期", only_out=True),
    Column("satisfaction", "回访满意度", only_out=True, read=_satisfaction),
    Column("stage", "已到环节", only_out=True, read=lambda row: row.get_stage_display()),
    _yuan("city_yuan", "市级补贴", "subsidy_city_yuan", only_out=True),
    _yuan("district_yuan", "区级补贴", "subsidy_district_yuan", only_out=True),
    _yuan("own_yuan", "住户自付", "paid_by_household_yuan", only_out=True),
    _day("subsidy_paid_date", "补贴发放日期", "subsidy_paid_date", only_out=True),
)  # fmt: skip
BEARS_CHOICE = ("kind", "model", "quantity", "price_yuan", "chosen_date")


def check_row(values: dict[str, Any]) -> list[Problem]:
    """What the ledger refuses beyond the kinds of its columns."""
    found = []
    kind = KINDS.get().get(values.get("kind", ""))
    if kind and not kind.offered:
        found.append(Problem("kind", f"{kind}不能选：{kind.note or '不在煤改电范围'}。请改为蓄能式电暖器或热泵。"))
    if kind and kind.offered and not values.get("price_yuan"):
        found.append(Problem("price_yuan", "填了设备，请同时填设备总价。"))
    if (kind is None or kind.offered) and (words := _wrong_model(kind, values.get("model", ""))):
        found.append(Problem("kind" if kind is None else "model", words))
    if values.get("withdrawn_on") and not values.get("exit_reason"):
        found.append(Problem("exit_reason", "填了退出日期，请同时填退出原因。"))
    if kind and kind.largest_area_m2 and (values.get("heating_area_m2") or 0) > kind.largest_area_m2:
        words = f"采暖面积 {values['heating_area_m2']} ㎡，{kind.note}。请核对设备。"
        found.append(Problem("kind", words, doubt=True))
    return found


def _wrong_model(kind: EquipmentKind | None, model: str) -> str:
    """Why this model cannot be taken for this kind; nothing when it can, or when the row has neither."""
    if kind is None:
        return f"填了型号“{model}”，没有填设备。请同时填设备。" if model else ""
    names = MODELS.get().get(kind.code, [])
    if model in names:
        return ""
    listed = f"请填台账里有的型号（{'、'.join(names)}），或请管理员添加。" if names else "请管理员先添加型号。"
    return f"{kind}没有型号“{model}”。{listed}" if model else f"填了设备“{kind}”，没有填型号。{listed}"


# --- what the ledger has already ---------------------------------------------------------------------------------


def _programmes() -> dict[int, Programme]:
    return {one.season: one for one in Programme.objects.order_by("season")}


def _programme_of(values: dict[str, Any], programmes: dict[int, Programme]) -> Programme | None:
    """The season that the number names; without a number the newest that is open."""
    season = str(values.get("number", ""))[3:7]
    named = programmes.get(int(season)) if season.isdecimal() else None
    open_ones = [one for one in programmes.values() if one.is_open] or list(programmes.values())
    return named or (open_ones[-1] if open_ones else None)


def find_known(rows: list[dict[str, Any]]) -> dict[int, Known]:
    """By number, by the ID number, by name at an address, by the address alone; three queries for all."""
    programmes = _programmes()
    homes = [_programme_of(values, programmes) for values in rows]
    ids = [_id_index(values) for values in rows]
    loaded = Household.objects.for_page()
    by_number = {one.number: one for one in loaded.filter(number__in=[row.get("number", "") for row in rows])}
    by_id = {(one.programme_id, one.id_index): one for one in loaded.filter(id_index__in=[one for one in ids if one])}
    addresses = {row["address"] for row in rows if row.get("address")}
    by_address: dict[tuple[int, str], list[Household]] = {}
    for one in loaded.filter(address__in=addresses, programme__in=[home for home in homes if home]).order_by("pk"):
        by_address.setdefault((one.programme_id, one.address), []).append(one)
    found = {}
    for place, (values, home, index) in enumerate(zip(rows, homes, ids, strict=True)):
        if home is not None:
            there = by_address.get((home.pk, values.get("address", "")), [])
            known = _recognise(values, by_number.get(values.get("number", "")), by_id.get((home.pk, index)), there)
            if known:
                found[place] = known
    return found


def _id_index(values: dict[str, Any]) -> str:
    number = values.get("id_number")
    return blind_index(number, purpose=ledger.ID_PURPOSE) if number else ""


def _recognise(values: dict, numbered: Household | None, same: Household | None, there: list) -> Known | None:
    if numbered:
        return Known(numbered, numbered.number, How.NUMBER)
    if same:
        return Known(same, same.number, How.SAME_ID)
    if not there:
        return None
    name = blind_index(values["householder"], purpose=ledger.NAME_PURPOSE) if values.get("householder") else ""
    person = next((one for one in there if one.name_index == name), None)
    if person:
        return Known(person, person.number, How.SAME_PERSON)
    return Known(there[0], there[0].number, How.SAME_PLACE, asks=False)


# --- writing -----------------------------------------------------------------------------------------------------


@transaction.atomic
def write_row(values: dict[str, Any], *, known: Known | None, by: Any, at: datetime) -> Written:
    """One row through the ledger's verbs: a new household with its steps, or an amendment of a known one."""
    try:
        if known is None:
            return _write_new(values, by=by, at=at)
        return _write_known(known.row, values, by=by, at=at)
    except HouseholdRefused as refusal:
        raise RowRefused(str(refusal)) from refusal


def _write_new(values: dict[str, Any], *, by: Any, at: datetime) -> Written:
    programme = _programme_of(values, _programmes())
    if programme is None:
        raise RowRefused(NO_PROGRAMME)
    own = {name: value for name, value in values.items() if name in ledger.AMENDABLE}
    household = ledger.enter_household(programme, by=by, at=at, number=values.get("number", ""), **own)
    ledger.keep_serial(programme, [household.number])
    acts = _acts(values, household, note=BY_FILE, at=at)
    if acts:
        take_all(household, acts, by=by, at=at)
    return Written(household.pk, household.number, created=True, stamp=str(household.version))


def _acts(values: dict[str, Any], household: Household, *, note: str, at: datetime) -> list[Act]:
    """The steps that the row's columns say, in the order of the table."""
    acts = []
    for name, step in STEPS.items():
        if name == "choose" and any(values.get(one) is not None for one in BEARS_CHOICE):
            act = _choice(values, household, note=note, at=at)
            acts += [act] if act else []
            continue
        wanted = ANSWERS.get(name, {})
        given = {answer: values[column] for answer, column in wanted.items() if values.get(column) is not None}
        calls = [column for column in wanted.values() if column in values and column not in ledger.AMENDABLE]
        on = values.get(step.column) or (getattr(household, step.column) if calls and step.column else None)
        if name == "withdraw" and calls and not on:
            on = timezone.localdate(at)
        if on and (step.column in values or calls):
            kept = {answer: getattr(household, column) for answer, column in wanted.items()}
            told = {**kept, **given}
            acts.append(Act(name, on, {**told, "reason": told.get("reason") or note}, note))
    return acts


def _choice(values: dict[str, Any], household: Household, *, note: str, at: datetime) -> Act | None:
    """选型: what the row does not say is as it was."""
    was = household.equipment
    code = values.get("kind") or (was.kind.code if was else "")
    name = values.get("model") or (was.name if was else "")
    if not code:
        return None
    model = EquipmentModel.objects.select_related("kind").filter(kind__code=code, name=name).first()
    if model is None:
        raise RowRefused(f"没有型号“{name}”。请填台账里有的型号，或请管理员添加。")
    on = values.get("chosen_date") or household.chosen_date or values.get("sign_date") or household.sign_date
    answers = {"equipment": model, "quantity": values.get("quantity") or household.quantity or 1,
               "price_yuan": values.get("price_yuan") or household.price_yuan}  # fmt: skip
    return Act("choose", on or timezone.localdate(at), answers, note)


def _write_known(household: Household, values: dict[str, Any], *, by: Any, at: datetime) -> Written:
    household = Household.objects.for_page().get(pk=household.pk)
    before = {name: getattr(household, name) for name in _KEPT}
    own = {name: value for name, value in values.items() if name in ledger.AMENDABLE}
    ledger.amend(household, by=by, at=at, note=CORRECTED, **own)
    acts = _acts(values, household, note=CORRECTED, at=at)
    if acts:
        take_all(household, acts, by=by, at=at)
    changed = {name: _packed(value) for name, value in before.items() if getattr(household, name) != value}
    return Written(household.pk, household.number, created=False, before=changed, stamp=str(household.version))


# What an update may change, and so what taking it back restores: every own column but the ledger's bookkeeping.
_KEPT = tuple(
    field.attname for field in Household._meta.concrete_fields
    if field.attname not in ("id", "number", "programme_id", "version", "created_at", "is_demo", "stage", "stage_on")
)  # fmt: skip


def _packed(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal) else value


def take_back(written: Written, *, by: Any, at: datetime) -> None:
    """Remove a created household, or put back what an update changed; refused when somebody has worked on it since."""
    household = Household.objects.for_page().filter(pk=written.pk).first()
    if household is None:
        return
    if str(household.version) != written.stamp:
        raise RowRefused(f"{written.number} 导入后又办过，不能撤销。")
    try:
        if written.created:
            ledger.remove_untouched(household, by=by, at=at)
        else:
            before = {name: _unpacked(name, value) for name, value in written.before.items()}
            ledger.restore(household, before, by=by, at=at)
    except HouseholdRefused as refusal:
        raise RowRefused(str(refusal)) from refusal


def _unpacked(name: str, value: Any) -> Any:
    return Household._meta.get_field(name).to_python(value)


def rows_out(households: Any) -> Any:
    """The households as the way out reads them: with every relation that a column names."""
    return households.for_page().prefetch_related("revisits").order_by("number")


TARGET = Target(
    key="households", title="煤改电台账", number="number", columns=COLUMNS, address="/ledgers/households/", unit="户",
    import_right="coal_to_electric.import_households", export_right="coal_to_electric.export_households",
    unmasked_right="coal_to_electric.export_unmasked_households", takes_numbers=True,
    unique=("id_number",), alike=(Alike(("householder", "address")), Alike(("address",), asks=False)),
    check=check_row, known=find_known, write=write_row, undo=take_back,
)  # fmt: skip
