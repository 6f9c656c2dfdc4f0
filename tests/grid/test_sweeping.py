"""Cross-checks: what they find, what a sweep writes, resolves and brings back, and what a keeper sets aside."""
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from grid.cross_checks import CHECKS, CrossCheck, Found
from grid.models import (
    CodeStandard,
    Community,
    Dwelling,
    DwellingUse,
    Finding,
    KeySite,
    Organisation,
    OrganisationKind,
    PostRole,
    Thing,
    ThingClass,
    UnitGrid,
)
from grid.organisations import keep_licence, record_organisation
from grid.people import change_dwelling, record_departure, record_dwelling, record_resident
from grid.position_checks import POSITION_CHECKS
from grid.posts import appoint
from grid.register_checks import REGISTER_CHECKS
from grid.registering import NotYours, RegisterConflict, RegisterRefused
from grid.sites import change_place, record_place
from grid.sweeping import Swept, seen_by, set_aside, sweep, take_up
from grid.things import change_thing, record_thing
from tests.grid.test_people import OTHER_ID as ID
from tests.grid.test_people import inside
from tests.make import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + datetime.timedelta(hours=1)
OWN = {check.kind: check for check in (*REGISTER_CHECKS, *POSITION_CHECKS)}
REASON = "没有物业，由居委会代管"


def found(kind, *, at=NOW):
    """What one check of the grid finds: subject → words."""
    return {one.subject: one.words for one in OWN[kind].find(at)}


@pytest.fixture
def told(monkeypatch):
    """A street with one check, which finds what the test puts into the list."""
    rows = []
    check = CrossCheck("test", "测试", "改正", lambda at: list(rows))
    monkeypatch.setattr("grid.sweeping.CHECKS", [check])
    monkeypatch.setattr("grid.cross_checks.CHECKS", [check])
    return rows


def row(xijing, subject="KS001", words="没有点位责任人", **over):
    """Something that a check found in 西井."""
    facts = {"title": "西井路口", "url": "/grid/places/KS001/", "community_id": xijing.pk, **over}
    return Found(subject, words=words, **facts)


# --- sweeping ----------------------------------------------------------------------------------------------------


def test_a_finding_is_written_once_seen_again_and_resolved(told, xijing, clerk):
    told.append(row(xijing))
    assert sweep(by=clerk, at=NOW) == Swept(found=1, fresh=1)
    assert sweep(by=None, at=LATER) == Swept(found=1)
    one = Finding.objects.get()
    assert (one.first_seen, one.last_seen, one.resolved_at) == (NOW, LATER, None)
    told.clear()
    assert sweep(by=None, at=LATER) == Swept(resolved=1)
    assert Finding.objects.get().resolved_at == LATER
    entries = AuditEntry.objects.filter(action="registers_swept").order_by("pk")
    assert [entry.actor for entry in entries] == [clerk, None]  # the sweep without news left none


def test_what_is_wrong_again_begins_anew(told, xijing):
    told.append(row(xijing))
    sweep(by=None, at=NOW)
    told.clear()
    sweep(by=None, at=NOW)
    told.append(row(xijing))
    assert sweep(by=None, at=LATER).fresh == 1
    one = Finding.objects.get()
    assert (one.first_seen, one.resolved_at, one.version) == (LATER, None, 3)


def test_an_older_sweep_writes_nothing_over_a_newer_one(told, xijing):
    told.append(row(xijing))
    sweep(by=None, at=LATER)
    told.clear()
    assert sweep(by=None, at=NOW) == Swept()
    assert Finding.objects.to_do().count() == 1


def test_what_an_app_no_longer_checks_is_resolved(told, xijing):
    Finding.objects.create(kind="gone", subject="X", title="X", words="X", url="/", first_seen=NOW, last_seen=NOW)
    assert sweep(by=None, at=NOW).resolved == 1


def test_what_was_resolved_a_year_ago_is_forgotten(told, xijing):
    told.append(row(xijing))
    sweep(by=None, at=NOW)
    told.clear()
    sweep(by=None, at=NOW)
    sweep(by=None, at=NOW + datetime.timedelta(days=364))
    assert Finding.objects.count() == 1
    sweep(by=None, at=NOW + datetime.timedelta(days=366))
    assert Finding.objects.count() == 0


def test_a_sweep_asks_no_more_for_twice_as_many(told, xijing):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            sweep(by=None, at=NOW)
        return len(asked)

    told.extend(row(xijing, f"KS{n:03d}") for n in range(10))
    first = queries()
    told.extend(row(xijing, f"KS{n:03d}") for n in range(10, 40))
    assert queries() == first
    assert Finding.objects.count() == 40


def test_only_who_keeps_registers_sweeps(told, dispatcher, community_worker):
    sweep(by=community_worker, at=NOW)
    with pytest.raises(NotYours):
        sweep(by=dispatcher, at=NOW)


# --- setting aside -----------------------------------------------------------------------------------------------


@pytest.fixture
def finding(told, xijing):
    """One that waits."""
    told.append(row(xijing))
    sweep(by=None, at=NOW)
    return Finding.objects.get()


def test_what_is_right_as_it_is_is_set_aside_until_it_changes(finding, told, xijing, clerk):
    set_aside(finding, reason=REASON, version=1, by=clerk, at=NOW)
    told[0] = row(xijing, title="西井路口（新名）")
    sweep(by=None, at=LATER)
    assert Finding.objects.set_aside().get().title == "西井路口（新名）"
    told[0] = row(xijing, words="没有检查计划")
    sweep(by=None, at=LATER)
    assert Finding.objects.to_do().get().set_aside_reason == ""
    entry = AuditEntry.objects.get(action="finding_set_aside")
    assert (entry.actor, entry.reason) == (clerk, REASON)


def test_it_is_taken_up_again(finding, clerk):
    set_aside(finding, reason=REASON, version=1, by=clerk, at=NOW)
    take_up(finding, version=2, by=clerk, at=NOW)
    assert Finding.objects.to_do().get() == finding


def test_numbers_of_people_in_a_reason_are_masked(finding, clerk):
    set_aside(finding, reason=f"业主 13800007777 已核对，证件 {ID}", version=1, by=clerk, at=NOW)
    entry = AuditEntry.objects.get(action="finding_set_aside")
    for kept in (Finding.objects.get().set_aside_reason, entry.reason):
        assert "13800007777" not in kept and ID not in kept and "138****7777" in kept


def test_setting_aside_wants_a_reason_and_the_version_that_was_seen(finding, clerk):
    with pytest.raises(RegisterRefused, match="理由"):
        set_aside(finding, reason="不用", version=1, by=clerk, at=NOW)
    set_aside(finding, reason=REASON, version=1, by=clerk, at=NOW)
    with pytest.raises(RegisterConflict, match="没有保存"):
        set_aside(Finding.objects.get(), reason=REASON, version=1, by=clerk, at=NOW)


def test_a_worker_decides_in_the_own_community_alone(finding, community_worker, other_community_worker, dispatcher):
    assert seen_by(community_worker).get() == finding == seen_by(dispatcher).get()
    assert not seen_by(other_community_worker).exists()
    for person in (other_community_worker, dispatcher):
        with pytest.raises(NotYours):
            set_aside(finding, reason=REASON, version=1, by=person, at=NOW)
    set_aside(finding, reason=REASON, version=1, by=community_worker, at=NOW)


def test_a_kind_is_seen_by_whose_rights_open_it(monkeypatch, finding, dispatcher, clerk):
    check = CrossCheck("test", "测试", "改正", lambda at: [], ("grid.see_people", "grid.see_community_people"))
    monkeypatch.setattr("grid.cross_checks.CHECKS", [check])
    assert seen_by(clerk).exists() and not seen_by(dispatcher).exists()


# --- what the checks find -----------------------------------------------------------------------------------------


@pytest.fixture
def compound(xijing, clerk):
    """A compound in 西井 about which nothing is known."""
    return record_place(name="西井小区", category="小区", by=clerk, at=NOW, **inside(xijing))


def test_a_place_without_keeper_plan_or_company(compound, xijing, clerk):
    point = record_place(name="西井路口", category="重点点位", by=clerk, at=NOW, **inside(xijing))
    assert set(found("place_without_keeper")) == {compound.code, point.code}
    assert set(found("place_without_plan")) == {point.code}
    assert set(found("compound_without_company")) == {compound.code}
    appoint(compound, role=PostRole.KEEPER, holder="王一", since=NOW.date(), by=clerk, at=NOW)
    company = record_organisation(name="物业", kind=OrganisationKind.PROPERTY, by=clerk, at=NOW, **inside(xijing))
    change_place(compound, version=1, by=clerk, at=NOW, property_company_id=company.pk)
    KeySite.objects.filter(pk=point.pk).update(patrol_per_week=3)
    assert set(found("place_without_keeper")) == {point.code}
    assert found("place_without_plan") == found("compound_without_company") == {}


def test_a_closed_place_needs_nobody(compound):
    KeySite.objects.filter(pk=compound.pk).update(status="关停")
    assert found("place_without_keeper") == found("compound_without_company") == {}


def test_a_grid_without_leader(xijing, clerk):
    grid = xijing.grids.get()
    assert set(found("grid_without_leader")) == {grid.code}
    appoint(grid, role=PostRole.GRID_LEADER, holder="王一", since=NOW.date(), by=clerk, at=NOW)
    assert found("grid_without_leader") == {}


def test_papers_lacking_or_run_out(xijing, clerk):
    shop = record_organisation(name="早点铺", kind="shop", by=clerk, at=NOW, **inside(xijing))
    day = NOW.date()
    keep_licence(shop, kind="business", number="1", valid_until=day, version=1, by=clerk, at=NOW)
    keep_licence(shop, kind="food", missing=True, version=2, by=clerk, at=NOW)
    assert found("licence_lacking") == {"S001:food": "缺食品经营许可证"}
    tomorrow = found("licence_lacking", at=NOW + datetime.timedelta(days=1))
    assert tomorrow["S001:business"] == f"营业执照已于 {day:%Y-%m-%d} 到期"


def test_an_organisation_without_grid(xijing, clerk):
    shop = record_organisation(name="早点铺", kind="shop", by=clerk, at=NOW, **inside(xijing))
    assert found("organisation_without_grid") == {}
    Organisation.objects.filter(pk=shop.pk).update(grid=None)
    assert set(found("organisation_without_grid")) == {shop.code}


def test_a_rented_dwelling_without_registration(xijing, clerk):
    record_dwelling(building="西井1号楼", door="101", use=DwellingUse.RENTED, by=clerk, at=NOW, **inside(xijing))
    record_dwelling(building="西井1号楼", door="102", by=clerk, at=NOW, **inside(xijing))
    assert found("rental_unregistered") == {"H000001": "出租，没有登记"}


def test_a_room_that_stands_in_the_plain_column_until_it_is_moved(xijing, clerk):
    home, _ = (
        record_dwelling(building=f"西井{n}号楼", door="101", use=use, by=clerk, at=NOW, **inside(xijing))
        for n, use in ((1, DwellingUse.RENTED), (2, DwellingUse.OWN))
    )
    assert found("room_in_building") == {}
    Dwelling.objects.filter(pk=home.pk).update(building="西井1号楼2单元501")  # as rows stand that are older than the rule
    assert found("room_in_building") == {home.code: "楼院里写了单元或房号，这一栏不加密"}
    Dwelling.objects.filter(pk=home.pk).update(lon=100)
    told = [one for kind in ("room_in_building", "rental_unregistered", "dwelling_off_grid") for one in OWN[kind].find(NOW)]
    assert [one.title for one in told] == [home.code] * 3 and not any("501" in str(one) for one in told)
    home.refresh_from_db()
    change_dwelling(home, version=1, building="西井1号楼", door="2单元501", by=clerk, at=NOW, **inside(xijing))
    assert found("room_in_building") == {}


def test_two_people_with_one_id_are_named_by_their_dwellings_alone(xijing, clerk):
    homes = [
        record_dwelling(building="西井1号楼", door=door, by=clerk, at=NOW, **inside(xijing)) for door in ("101", "102")
    ]
    first = record_resident(dwelling=homes[0], name="金丝雀", id_number=ID, by=clerk, at=NOW)
    record_departure(first, left_on=NOW.date(), version=1, by=clerk, at=NOW)
    moved = record_resident(dwelling=homes[1], name="金丝雀", id_number=ID, by=clerk, at=NOW)
    assert found("id_shared") == {}  # who moved is one person
    moved.name = "白头翁"
    moved.save()
    told = found("id_shared")
    assert set(told) == {"H000001", "H000002"}
    assert told["H000001"] == "与 H000002 登记了同一个证件号，姓名不同"
    sweep(by=None, at=NOW)
    kept = " ".join(f"{one.title}{one.words}{one.subject}{one.url}" for one in Finding.objects.all())
    assert not any(word in kept for word in ("金丝雀", "白头翁", ID, first.id_index))


def test_dwellings_of_another_community_are_counted_not_named(xijing, langshan, clerk):
    place = inside(xijing), inside(xijing), inside(langshan)
    homes = [record_dwelling(building="某楼", door=str(n), by=clerk, at=NOW, **at) for n, at in enumerate(place)]
    for number, home in enumerate(homes):
        one = record_resident(dwelling=home, name=f"某{number}", id_number=ID, by=clerk, at=NOW)
        record_departure(one, left_on=NOW.date(), version=1, by=clerk, at=NOW)
    same = "登记了同一个证件号，姓名不同"
    assert found("id_shared") == {
        "H000001": f"与 H000002 {same}；另 1 户在其他社区", "H000002": f"与 H000001 {same}；另 1 户在其他社区",
        "H000003": f"与其他社区的 2 户{same}",
    }  # fmt: skip


@pytest.fixture
def manhole(db):
    """上水井盖."""
    return ThingClass.objects.create(code="0101", major="公用设施", name="上水井盖")


def test_a_code_that_names_another_class_or_district(manhole, xijing, clerk):
    thing = record_thing(thing_class=manhole, by=clerk, at=NOW, **inside(xijing))
    newer = ThingClass.objects.create(standard=CodeStandard.NEW, code="01001", major="公用设施", name="上水井盖")
    record_thing(thing_class=newer, by=clerk, at=NOW, **inside(xijing))
    assert found("thing_code") == {}
    lamp = ThingClass.objects.create(code="0120", major="公用设施", name="路灯")
    Thing.objects.filter(pk=thing.pk).update(thing_class=lamp)
    words = "标识码里的小类是 0101，登记的是路灯（GB/T 30428.2-2013 0120）"
    assert found("thing_code")[thing.code] == words
    Thing.objects.filter(pk=thing.pk).update(thing_class=manhole, code="1101080101000001")
    assert found("thing_code") == {"1101080101000001": f"标识码是 110108 的，与所在网格 {xijing.grids.get().code} 不符"}


def test_a_grid_code_of_another_community(xijing, langshan):
    assert found("grid_code") == {}
    grid = xijing.grids.get()
    UnitGrid.objects.filter(pk=grid.pk).update(community=langshan, serial=77)
    assert "琅山村" in found("grid_code")[grid.code]


def test_a_thing_outside_its_grid_until_it_is_saved_again(manhole, xijing, langshan, clerk):
    thing = record_thing(thing_class=manhole, by=clerk, at=NOW, **inside(xijing))
    assert found("thing_off_grid") == {}
    Thing.objects.filter(pk=thing.pk).update(grid=langshan.grids.get())
    words = found("thing_off_grid")[thing.code]
    assert words == f"登记在{langshan.grids.get()}，位置在{xijing.grids.get()}"
    change_thing(Thing.objects.get(), version=1, by=clerk, at=NOW)
    assert found("thing_off_grid") == {}
    Thing.objects.update(lon=100)
    assert "不在街道范围内" in found("thing_off_grid")[thing.code]


def test_positions_are_compared_in_few_queries(manhole, xijing, clerk):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert found("thing_off_grid") == {}
        return len(asked)

    record_thing(thing_class=manhole, by=clerk, at=NOW, **inside(xijing))
    first = queries()
    for _ in range(5):
        record_thing(thing_class=manhole, by=clerk, at=NOW, **inside(xijing))
    assert queries() == first


def test_every_kind_has_its_own_name_and_all_apps_told_theirs():
    kinds = [check.kind for check in CHECKS]
    assert len(kinds) == len(set(kinds))
    assert {"unit_without_agreement", "household_without_grid", "place_recurring", *OWN} == set(kinds)


# --- the page ----------------------------------------------------------------------------------------------------


def test_the_list_shows_what_waits_and_leads_to_the_row(client, compound, community_worker, other_community_worker):
    sweep(by=None, at=NOW)
    client.force_login(community_worker)
    page = client.get(reverse("grid:todo")).content.decode()
    assert "小区没有物业公司" in page and f"/grid/places/{compound.code}/" in page
    client.force_login(other_community_worker)
    assert compound.code not in client.get(reverse("grid:todo")).content.decode()


def test_kind_community_and_state_narrow_the_list(client, compound, xijing, langshan, clerk):
    sweep(by=None, at=NOW)
    client.force_login(clerk)

    def shown(**asked):
        return client.get(reverse("grid:todo"), asked).context["page_obj"].paginator.count

    assert shown(kind="compound_without_company") == 1
    assert shown(kind="compound_without_company", community=langshan.code) == 0
    assert shown(kind="compound_without_company", state="aside") == 0
    one = Finding.objects.get(kind="compound_without_company")
    set_aside(one, reason=REASON, version=1, by=clerk, at=NOW)
    assert shown(kind="compound_without_company", state="aside") == 1
    assert shown(kind="nonsense", community="nonsense", state="nonsense") == Finding.objects.to_do().count()


def test_the_kinds_stand_in_one_order_above_the_list_and_in_it(client, compound, clerk):
    sweep(by=None, at=NOW)
    client.force_login(clerk)
    context = client.get(reverse("grid:todo")).context
    kinds = [check.kind for check, _ in context["kinds"]]
    assert len(kinds) > 1 and kinds != sorted(kinds)  # the apps' order, not that of the words
    assert [check.kind for check, _, _ in context["groups"]] == kinds


def test_checking_now_and_setting_aside_on_the_page(client, compound, clerk, dispatcher):
    client.force_login(clerk)
    page = client.post(reverse("grid:todo_sweep"), follow=True)
    assert "已核对：新发现" in page.content.decode()
    one = Finding.objects.get(kind="compound_without_company")
    address = reverse("grid:todo_aside", args=[one.pk])
    assert client.post(address, {"reason": "短", "version": 1}).status_code == 422
    assert client.post(address, {"reason": REASON, "version": 1}).status_code == 302
    again = client.post(address, {"reason": REASON, "version": 1})  # a second press of the same button
    assert again.status_code == 422 and Finding.objects.set_aside().get() == one
    client.force_login(dispatcher)
    assert client.get(address).status_code == 403
    assert client.post(reverse("grid:todo_sweep")).status_code == 403


def test_who_sees_the_own_community_alone_is_told_no_numbers_of_the_street(client, compound, other_community_worker):
    client.force_login(other_community_worker)
    page = client.post(reverse("grid:todo_sweep"), follow=True)
    assert [str(one) for one in page.context["messages"]] == ["已核对"]
    assert Finding.objects.filter(kind="compound_without_company").exists()


def test_the_list_asks_no_more_for_twice_as_many(client, xijing, clerk):
    client.force_login(clerk)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("grid:todo")).status_code == 200
        return len(asked)

    for number in range(3):
        record_place(name=f"甲{number}", category="小区", by=clerk, at=NOW, **inside(xijing))
    sweep(by=None, at=NOW)
    first = queries()
    for number in range(3):
        record_place(name=f"乙{number}", category="小区", by=clerk, at=NOW, **inside(xijing))
    sweep(by=None, at=NOW)
    assert queries() == first


def test_the_map_counts_what_waits(client, compound, clerk):
    sweep(by=None, at=NOW)
    client.force_login(clerk)
    page = client.get(reverse("grid:page"))
    assert page.context["todo_count"] == Finding.objects.to_do().count() > 0
    assert Community.objects.count() == 1
