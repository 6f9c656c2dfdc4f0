"""Entering a household into the ledger, mending what is written there, and its pictures."""
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from accounts.encryption import blind_index
from coal_to_electric.errors import AnswersRefused, HouseholdRefused
from coal_to_electric.models import Household, HouseholdPhoto, HouseholdStep, Programme
from coal_to_electric.models.household import LARGEST_AREA
from coal_to_electric.progress import KEEP, VISIT, check_hands, refuse_bound, subsidy_columns, write
from coal_to_electric.subsidies import Policies
from grid.photos import PhotoRefused, store_photo

ID_PURPOSE, NAME_PURPOSE, PHONE_PURPOSE = "household.id", "household.name", "household.phone"
PERSONAL = ("householder", "id_number", "phone")
# What an amendment may change; everything else is written by a step.
AMENDABLE = (
    *PERSONAL, "community", "grid", "address", "lon", "lat", "dwelling", "tenure", "floor_area_m2", "heating_area_m2",
    "heating_area_approximate", "family_size", "low_income", "stoves_before", "coal_tons", "meter_no", "note", "origin",
    "surveyed_eligible", "eligible_reason", "delivered_date", "acceptor", "stoves_recovered", "briquettes_recovered",
)  # fmt: skip
MONEYED = ("heating_area_m2", "low_income")  # what the subsidy is reckoned from


def indexes(values: dict[str, Any]) -> dict[str, str]:
    """The blind indexes of the personal columns that are among the values."""
    purposes = {"householder": ("name_index", NAME_PURPOSE), "id_number": ("id_index", ID_PURPOSE),
                "phone": ("phone_index", PHONE_PURPOSE)}  # fmt: skip
    return {
        index: blind_index(values[name], purpose=purpose) if values[name] else ""
        for name, (index, purpose) in purposes.items()
        if name in values
    }


def same_person(programme: Programme, id_number: str, *, but: Household | None = None) -> Household | None:
    """Who of this programme has this ID number already."""
    if not id_number:
        return None
    rows = Household.objects.filter(programme=programme, id_index=blind_index(id_number, purpose=ID_PURPOSE))
    return rows.exclude(pk=but.pk if but else None).first()


def neighbours(programme: Programme, address: str, *, but: Household | None = None) -> list[str]:
    """Ledger numbers at the very same address; several families share a yard, so it only warns."""
    rows = Household.objects.filter(programme=programme).at_address(address.strip())
    return list(rows.exclude(pk=but.pk if but else None).order_by("number").values_list("number", flat=True)[:5])


def refuse_twice(other: Household) -> AnswersRefused:
    """The sentence that names the other row."""
    state = "（已退出）" if other.withdrawn_on else ""
    words = f"这个证件号已在台账：{other.number}{state}。一户只登记一次，请打开那一户办理。"
    return AnswersRefused({"id_number": words})


def check_values(values: dict[str, Any]) -> None:
    """What no household may be, whoever writes it."""
    wrong = {}
    area = values.get("heating_area_m2")
    if "heating_area_m2" in values and (area is None or not 0 < area <= LARGEST_AREA):
        wrong["heating_area_m2"] = f"采暖面积应大于 0、不超过 {LARGEST_AREA} ㎡。请核对小数点。"
    for name, words in (("householder", "请填写户主。"), ("address", "请填写地址。"), ("community", "请选择社区。")):
        if name in values and not values[name]:
            wrong[name] = words
    grid, community = values.get("grid"), values.get("community")
    if grid and community and grid.community_id != community.pk:
        wrong["grid"] = f"{grid} 不在{community}。请重新选择网格。"
    if wrong:
        raise AnswersRefused(wrong)


@transaction.atomic
def enter_household(
    programme: Programme, *, by: Any, at: datetime, number: str = "", is_demo: bool = False, on: date | None = None,
    **values: Any,
) -> Household:  # fmt: skip
    """A new row of the ledger with the next number, or with the number that it has in another office's list."""
    values = {"householder": "", "address": "", "community": None, "heating_area_m2": None, **values}
    check_values(values)
    household = Household(
        programme=programme, number=number or next_number(programme), created_at=at, is_demo=is_demo,
        stage_on=on or timezone.localdate(at), **values, **indexes(values),
    )  # fmt: skip
    check_hands(household, by, KEEP)
    other = same_person(programme, household.id_number)
    if other:
        raise refuse_twice(other)
    try:
        with transaction.atomic():
            household.save(force_insert=True)
    except IntegrityError as error:
        other = same_person(programme, household.id_number)
        raise (refuse_twice(other) if other else _number_taken(household.number)) from error
    HouseholdStep.objects.create(
        household=household, step="enter", happened_on=household.stage_on, recorded_at=at, by=by
    )
    return household


def _number_taken(number: str) -> HouseholdRefused:
    return HouseholdRefused(f"户号 {number} 已被使用。请核对，或留空由系统编号。")


def next_number(programme: Programme) -> str:
    """MGD2016-278: one counter a programme, taken in the transaction that uses it."""
    Programme.objects.filter(pk=programme.pk).update(last_serial=F("last_serial") + 1)
    programme.refresh_from_db(fields=["last_serial"])
    return f"MGD{programme.season}-{programme.last_serial:03d}"


def keep_serial(programme: Programme, numbers: Iterable[str]) -> None:
    """After numbers came in from outside: the next number of our own is beyond them."""
    head = f"MGD{programme.season}-"
    serials = [int(one[len(head) :]) for one in numbers if one.startswith(head) and one[len(head) :].isdecimal()]
    if serials:
        Programme.objects.filter(pk=programme.pk, last_serial__lt=max(serials)).update(last_serial=max(serials))


@transaction.atomic
def amend(
    household: Household, *, by: Any, at: datetime, version: int | None = None, policies: Policies | None = None,
    note: str = "", **values: Any,
) -> list[str]:  # fmt: skip
    """Mend what the ledger says of a household; the names of what changed. Nothing changed writes nothing."""
    check_hands(household, by, KEEP)
    unknown = set(values) - set(AMENDABLE)
    if unknown:
        raise TypeError(f"not amendable: {sorted(unknown)}")
    changed = {name: value for name, value in values.items() if getattr(household, name) != value}
    if not changed:
        return []
    check_values({"grid": household.grid, "community": household.community, **changed})
    other = same_person(household.programme, changed.get("id_number", ""), but=household)
    if other:
        raise refuse_twice(other)
    expected = household.version if version is None else version
    columns: dict[str, Any] = {**changed, **indexes(changed)}
    for name, value in columns.items():
        setattr(household, name, value)
    if set(changed) & set(MONEYED) and household.equipment_id:
        refuse_bound(household, "采暖面积和低保情况")
        columns |= subsidy_columns(household, policies or Policies())
    write(household, columns, version=expected)
    HouseholdStep.objects.create(
        household=household, step="amend", happened_on=timezone.localdate(at), recorded_at=at, by=by, note=note,
        detail={"fields": "、".join(_titles(changed))},
    )  # fmt: skip
    return sorted(changed)


def _titles(names: Iterable[str]) -> list[str]:
    return [str(Household._meta.get_field(name).verbose_name) for name in names]


@transaction.atomic
def add_photo(household: Household, file: Any, *, moment: str, by: Any, at: datetime) -> HouseholdPhoto:
    """A picture from before or after the change, stored as evidence (grid.photos)."""
    check_hands(household, by, VISIT)
    try:
        photo = store_photo(file, by=by, at=at, is_demo=household.is_demo)
    except PhotoRefused as refusal:
        raise AnswersRefused({"file": str(refusal)}) from refusal
    hung = HouseholdPhoto.objects.create(household=household, photo=photo, moment=moment, at=at, by=by)
    HouseholdStep.objects.create(
        household=household, step="picture", happened_on=timezone.localdate(at), recorded_at=at, by=by,
        detail={"moment": hung.get_moment_display()},
    )  # fmt: skip
    return hung


# --- taking an import back ---------------------------------------------------------------------------------------


@transaction.atomic
def remove_untouched(household: Household, *, by: Any, at: datetime) -> None:
    """Take a row away that an import has just made, with its story; refused when anything hangs on it."""
    check_hands(household, by, KEEP)
    steps = HouseholdStep.objects.filter(household=household)
    try:
        with transaction.atomic():
            steps._raw_delete(steps.db)  # the queryset's own delete refuses, as it should
            household.delete()
    except ProtectedError as error:
        raise HouseholdRefused(f"{household.number} 已有照片、回访或补贴，不能撤销。") from error


@transaction.atomic
def restore(household: Household, before: dict[str, Any], *, by: Any, at: datetime) -> None:
    """Put back what an import changed; the story keeps both."""
    check_hands(household, by, KEEP)
    if {"price_yuan", "city_yuan", "district_yuan", "own_yuan"} & set(before):
        refuse_bound(household, "补贴金额")
    for name, value in before.items():
        setattr(household, name, value)
    write(household, before, version=household.version)
    HouseholdStep.objects.create(
        household=household, step="amend", happened_on=timezone.localdate(at), recorded_at=at, by=by, note="撤销导入"
    )
