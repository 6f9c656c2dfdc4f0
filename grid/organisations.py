"""Keeping the register of organisations (组织): units, shops and property companies, and their papers."""
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import record
from grid import registering
from grid.models import Licence, Organisation, OrganisationKind
from grid.people import REASON_WANTED, SHORTEST_REASON, Identity
from grid.registering import NotYours, RegisterRefused, claim, entered_before, numbered, place_for, write

LETTERS = {
    OrganisationKind.UNIT: "U", OrganisationKind.SHOP: "S", OrganisationKind.PROPERTY: "W",
    OrganisationKind.ECONOMIC: "E", OrganisationKind.SOCIAL: "Z",
}  # fmt: skip
DIGITS = 3  # of the first number of a kind
STALE = "这个单位刚被别人修改过，没有覆盖。请刷新后再改。"
ELSEWHERE = "已登记在{community}的一家单位，请与该社区或台账专员联系。"
PERSONAL = ("responsible_person", "phone")


def next_code(kind: str) -> str:
    """The next number of a kind: U039, S0001 … as wide as the widest that is there."""
    return registering.next_code(Organisation.objects.all(), LETTERS[OrganisationKind(kind)], digits=DIGITS)


def record_organisation(
    *, name: str, kind: str, lon: float, lat: float, by: Any, at: datetime, uscc: str | None = None, **columns: Any
) -> Organisation:
    """Put an organisation on the register. Raises RegisterRefused, NotYours."""
    place = place_for(lon, lat, by)
    given = {"name": name, "kind": kind, "lon": lon, "lat": lat, "uscc": uscc or None, **columns}

    def make() -> Organisation:
        made = Organisation.objects.create(
            code=next_code(kind), grid_id=place.grid_id, community_id=place.community_id, **given
        )
        record("organisation_recorded", actor=by, subject=made, at=at)
        return made

    busy = "同时有人在登记单位，没有取到编号。请再按一次。"
    return numbered(
        make, busy=busy, clash=lambda: _refuse_known(uscc, by=by),
        before=lambda: entered_before(Organisation.objects.kept_by(by), given),
    )  # fmt: skip


def change_organisation(organisation: Organisation, *, version: int, by: Any, at: datetime, **columns: Any):
    """Change what is known of an organisation; its number stays. Raises RegisterRefused, NotYours, RegisterConflict."""
    check_hands(organisation, by)
    place = place_for(columns.get("lon", organisation.lon), columns.get("lat", organisation.lat), by)
    columns |= {"grid_id": place.grid_id, "community_id": place.community_id}
    if "uscc" in columns:
        columns["uscc"] = columns["uscc"] or None
        _refuse_known(columns["uscc"], by=by, but=organisation)
    write(organisation, columns, version=version, stale=STALE, action="organisation_changed", by=by, at=at)
    return organisation


def keep_licence(
    organisation: Organisation, *, kind: str, version: int, by: Any, at: datetime, missing: bool = False,
    number: str = "", valid_until: Any = None,
) -> Licence:  # fmt: skip
    """Write down a paper that an organisation has or lacks. Raises RegisterRefused, NotYours, RegisterConflict."""
    check_hands(organisation, by)
    if missing and (number or valid_until):
        raise RegisterRefused({"number": "缺证的没有证号和有效期。请清空，或去掉“缺证”。"})
    if not missing and not number:
        raise RegisterRefused({"number": "请填写证号；没有这个证的请勾选“缺证”。"})
    columns = {"number": number, "valid_until": valid_until, "missing": missing}
    if known := organisation.licences.filter(kind=kind, **columns).first():  # the same form, or table, once more
        return known
    with transaction.atomic():
        claim(organisation, version, stale=STALE)
        licence, _ = Licence.objects.update_or_create(organisation=organisation, kind=kind, defaults=columns)
        record("licence_kept", actor=by, subject=organisation, detail={"kind": kind, "missing": missing}, at=at)
    return licence


def drop_licence(organisation: Organisation, *, kind: str, version: int, by: Any, at: datetime) -> None:
    """Take back a paper that a table brought. Raises NotYours, RegisterConflict."""
    check_hands(organisation, by)
    if not (papers := organisation.licences.filter(kind=kind)):
        return
    with transaction.atomic():
        claim(organisation, version, stale=STALE)
        papers.delete()
        record("licence_taken_back", actor=by, subject=organisation, detail={"kind": kind}, at=at)


def reveal_responsible(organisation: Organisation, *, by: Any, reason: str, at: datetime, ip: str = "") -> Identity:
    """Show who answers for an organisation; the audit row is written first. Raises NotYours, RegisterRefused."""
    if not by.has_perm("grid.reveal_person") or not Organisation.objects.visible_to(by).contains(organisation):
        raise NotYours("你的角色不能查看负责人。需要时请与台账专员联系。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise RegisterRefused({"reason": REASON_WANTED})
    with transaction.atomic():
        record("responsible_revealed", actor=by, subject=organisation, reason=reason, at=at, ip=ip)
        lines = (("负责人", organisation.responsible_person), ("职务", organisation.post), ("电话", organisation.phone))
        return Identity(tuple((word, value) for word, value in lines if value))


def check_hands(organisation: Organisation, by: Any) -> None:
    """Whether this person keeps this organisation. Raises NotYours."""
    if not Organisation.objects.kept_by(by).contains(organisation):
        raise NotYours("这个单位不归你登记。请与台账专员或所在社区联系。")


def _refuse_known(uscc: str | None, *, by: Any, but: Organisation | None = None) -> None:
    if not uscc:
        return
    same = Organisation.objects.filter(uscc=uscc).exclude(pk=but.pk if but else None)
    known = same.select_related("community").first()
    if known and Organisation.objects.visible_to(by).contains(known):
        raise RegisterRefused({"uscc": f"这个信用代码已登记给{known.name}（{known.code}）。请打开它修改。"})
    if known:
        raise RegisterRefused({"uscc": f"这个信用代码{ELSEWHERE.format(community=known.community.name)}"})
