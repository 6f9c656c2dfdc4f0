"""Keeping the register of organisations: numbers, papers had and lacking, hands, who answers."""
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from cases.models import Case
from grid.happenings import Ground
from grid.models import Licence, LicenceKind, Organisation, OrganisationKind
from grid.organisations import change_organisation, keep_licence, record_organisation, reveal_responsible
from grid.registering import NotYours, RegisterConflict, RegisterRefused
from grid.sites import record_place
from grid.telling import what_happened
from tests.grid.checks_cast import check, make_place
from tests.grid.test_people import inside
from tests.make import NOW, make_case

pytestmark = pytest.mark.django_db
USCC, OTHER = "129999991000791907", "12999999100158382K"


@pytest.fixture
def shop(xijing, clerk):
    """A breakfast shop in 西井 whose keeper is a canary."""
    return record_organisation(
        name="西井早点铺", kind=OrganisationKind.SHOP, uscc=USCC, responsible_person="金丝雀", phone="13800007777",
        by=clerk, at=NOW, **inside(xijing),
    )  # fmt: skip


def test_each_kind_counts_on_its_own(shop, xijing, clerk):
    second = record_organisation(name="乙", kind="shop", by=clerk, at=NOW, **inside(xijing))
    unit = record_organisation(name="丙", kind="unit", by=clerk, at=NOW, **inside(xijing))
    assert (shop.code, second.code, unit.code) == ("S001", "S002", "U001")
    assert second.uscc is None and unit.uscc is None
    assert shop.grid == xijing.grids.get()


def test_a_credit_code_is_registered_once(shop, xijing, clerk):
    with pytest.raises(RegisterRefused, match="已登记给西井早点铺（S001）"):
        record_organisation(name="乙", kind="shop", uscc=USCC, by=clerk, at=NOW, **inside(xijing))
    other = record_organisation(name="乙", kind="shop", uscc=OTHER, by=clerk, at=NOW, **inside(xijing))
    with pytest.raises(RegisterRefused, match="已登记给"):
        change_organisation(other, version=1, by=clerk, at=NOW, uscc=USCC)


def test_whose_a_credit_code_is_in_another_community_is_not_told(shop, langshan, other_community_worker):
    given = {"name": "乙", "kind": "shop", "by": other_community_worker, "at": NOW, **inside(langshan)}
    with pytest.raises(RegisterRefused, match="已登记在西井社区的一家单位，请与该社区或台账专员联系") as refused:
        record_organisation(uscc=USCC, **given)
    assert shop.name not in str(refused.value) and shop.code not in str(refused.value)


def test_a_paper_is_had_or_lacking(shop, clerk):
    day = datetime.date(2016, 12, 31)
    keep_licence(shop, kind=LicenceKind.BUSINESS, number="110107001", valid_until=day, version=1, by=clerk, at=NOW)
    assert list(Organisation.objects.lacking_papers(day=day)) == []
    assert list(Organisation.objects.lacking_papers(day=day + datetime.timedelta(days=1))) == [shop]
    keep_licence(shop, kind=LicenceKind.FOOD, missing=True, version=2, by=clerk, at=NOW)
    assert list(Organisation.objects.lacking_papers(day=day)) == [shop]
    for wrong in ({"missing": True, "number": "1"}, {"missing": False, "number": ""}):
        with pytest.raises(RegisterRefused):
            keep_licence(shop, kind=LicenceKind.FIRE, version=3, by=clerk, at=NOW, **wrong)
    assert Licence.objects.count() == 2


def test_who_was_second_overwrites_nothing(shop, clerk):
    change_organisation(shop, version=1, by=clerk, at=NOW, nature="餐饮")
    with pytest.raises(RegisterConflict, match="没有覆盖"):
        change_organisation(Organisation.objects.get(), version=1, by=clerk, at=NOW, nature="百货")
    with pytest.raises(RegisterConflict):
        keep_licence(shop, kind=LicenceKind.FOOD, missing=True, version=1, by=clerk, at=NOW)
    assert Organisation.objects.get().nature == "餐饮" and not Licence.objects.exists()


def test_a_worker_keeps_the_own_communitys(shop, community_worker, other_community_worker):
    assert change_organisation(shop, version=1, by=community_worker, at=NOW, nature="餐饮").version == 2
    with pytest.raises(NotYours):
        change_organisation(shop, version=2, by=other_community_worker, at=NOW, nature="百货")
    with pytest.raises(NotYours):
        keep_licence(shop, kind=LicenceKind.FOOD, missing=True, version=2, by=other_community_worker, at=NOW)


def test_who_answers_is_shown_for_a_reason(shop, clerk, dispatcher):
    with pytest.raises(NotYours):
        reveal_responsible(shop, by=dispatcher, reason="核对门前三包责任", at=NOW)
    with pytest.raises(RegisterRefused):
        reveal_responsible(shop, by=clerk, reason="看", at=NOW)
    shown = dict(reveal_responsible(shop, by=clerk, reason="核对门前三包责任", at=NOW).lines)
    assert shown == {"负责人": "金丝雀", "电话": "13800007777"}
    assert AuditEntry.objects.get(action="responsible_revealed").actor == clerk


def test_the_pages_are_masked_and_the_form_keeps_what_is_left_empty(client, shop, clerk):
    client.force_login(clerk)
    for address in ("", f"{shop.code}/", f"{shop.code}/edit/", f"{shop.code}/licence/", f"{shop.code}/reveal/"):
        text = client.get(f"/grid/organisations/{address}").content.decode()
        assert "金丝雀" not in text and "13800007777" not in text
    given = {"name": shop.name, "uscc": USCC, "nature": "餐饮", "active": "on", "version": 1, "lon": shop.lon, "lat": shop.lat}
    assert client.post(f"/grid/organisations/{shop.code}/edit/", given).status_code == 302
    shop.refresh_from_db()
    assert (shop.nature, shop.responsible_person, shop.phone) == ("餐饮", "金丝雀", "13800007777")
    assert client.post(f"/grid/organisations/{shop.code}/edit/", {**given, "nature": "x"}).status_code == 409
    shown = client.post(f"/grid/organisations/{shop.code}/reveal/", {"reason": "核对门前三包责任"})
    assert "金丝雀" in shown.content.decode()


def test_nothing_is_to_be_revealed_where_nobody_is_named(client, shop, clerk):
    client.force_login(clerk)
    address, reveal = f"/grid/organisations/{shop.code}/", f"/grid/organisations/{shop.code}/reveal/"
    assert reveal in client.get(address).content.decode()
    Organisation.objects.update(responsible_person="", phone="")
    assert reveal not in client.get(address).content.decode()


def test_the_form_records_and_refuses(client, xijing, shop, clerk):
    client.force_login(clerk)
    given = {"name": "乙", "kind": "shop", "uscc": USCC, **inside(xijing)}
    refused = client.post("/grid/organisations/new/", given)
    assert refused.status_code == 422 and "已登记给" in refused.content.decode()
    assert client.post("/grid/organisations/new/", {**given, "uscc": ""}).status_code == 302
    paper = {"kind": "food", "missing": "on", "version": 1}
    assert client.post(f"/grid/organisations/{shop.code}/licence/", paper).status_code == 302
    page = client.get("/grid/organisations/", {"papers": "lacking"}).content.decode()
    assert "西井早点铺" in page and ">乙<" not in page


def test_another_communitys_worker_finds_nothing(client, shop, community_worker, other_community_worker):
    client.force_login(other_community_worker)
    assert "西井早点铺" not in client.get("/grid/organisations/").content.decode()
    assert client.get(f"/grid/organisations/{shop.code}/").status_code == 404
    client.force_login(community_worker)
    assert client.get(f"/grid/organisations/{shop.code}/").status_code == 200


def test_the_list_asks_no_more_for_more_rows(client, shop, xijing, clerk):
    client.force_login(clerk)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/grid/organisations/").status_code == 200
        return len(asked)

    queries()
    few = queries()
    for _ in range(6):
        record_organisation(name="某店", kind="shop", by=clerk, at=NOW, **inside(xijing))
    assert queries() == few



@pytest.mark.parametrize(
    ("there", "following"), [(["S0041"], "S0042"), (["S998", "S999"], "S1000"), (["S999", "S1000", "S1003"], "S1004")]
)
def test_the_next_number_follows_the_last_even_past_a_thousand(shop, xijing, clerk, there, following):
    Organisation.objects.filter(pk=shop.pk).update(code=there[0])
    for code in there[1:]:
        again = record_organisation(name=code, kind="shop", by=clerk, at=NOW, **inside(xijing))
        Organisation.objects.filter(pk=again.pk).update(code=code)
    assert record_organisation(name="又一家", kind="shop", by=clerk, at=NOW, **inside(xijing)).code == following


def test_its_page_tells_what_happened_on_its_ground_and_in_its_compounds(client, shop, xijing, clerk, leader, dispatcher):
    company = record_organisation(name="物业", kind="property", by=clerk, at=NOW, **inside(xijing))
    Organisation.objects.filter(pk=company.pk).update(lon=116.3)
    compound = record_place(
        name="西井小区", category="小区", property_company_id=company.pk, by=clerk, at=NOW, **inside(xijing)
    )
    place = {"lon": shop.lon, "lat": shop.lat, "community": xijing, "grid": xijing.grids.get()}
    near = make_case(dispatcher, **place)
    there = make_case(dispatcher, site=compound, **{**place, "lon": 116.1, "lat": 39.8})
    client.force_login(dispatcher)
    page = client.get(f"/grid/organisations/{shop.code}/").content.decode()
    assert near.number in page and there.number not in page
    page = client.get(f"/grid/organisations/{company.code}/").content.decode()
    assert there.number in page and near.number not in page
    Case.objects.filter(pk=near.pk).update(source="XF")
    assert near.number not in client.get(f"/grid/organisations/{shop.code}/").content.decode()


def test_checks_of_its_compounds_and_of_places_near_belong_to_its_story(xijing, community_worker, inspector):
    place = make_place(xijing)
    check(place, community_worker)
    later = NOW + datetime.timedelta(minutes=1)
    for ground in (Ground(organisation_id=1, site_ids=(place.pk,)), Ground(lon=place.lon, lat=place.lat)):
        assert [one.kind for one in what_happened(ground, inspector, before=later, whole=True).happenings] == ["点位检查"]
    assert not what_happened(Ground(lon=place.lon + 0.01, lat=place.lat), inspector, before=later, whole=True).happenings
