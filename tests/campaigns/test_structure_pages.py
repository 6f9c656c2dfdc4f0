"""The pages of the ledger of structures: who sees what, what is refused and how, and that lists do not grow queries."""
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from campaigns import ledger
from campaigns.models import Structure
from tests.campaigns.walk import make_structure, step, walk
from tests.make import NOW, make_photo

pytestmark = pytest.mark.django_db
LEDGER = "/ledgers/structures/"
OWNER = "陈砚明"


@pytest.fixture
def structure(clerk, xijing):
    """One in 西井 that was just found, with an owner."""
    return make_structure(clerk, xijing, owner_name=OWNER, owner_kind="resident", lon=116.17, lat=39.93)


def as_(client, user):
    """The client, logged in."""
    client.force_login(user)
    return client


# --- the list -----------------------------------------------------------------------------------------------------


def test_the_sums_of_the_page_are_those_of_the_filter(client, clerk, leader, xijing, langshan):
    walk(make_structure(clerk, xijing), clerk)
    walk(make_structure(clerk, langshan, place="琅山早市大棚"), clerk, demolished_area_m2=Decimal("100.25"))
    make_structure(clerk, langshan, place="琅山鱼池板房")
    listing = as_(client, leader).get(LEDGER).context["listing"]
    assert (listing.totals.demolished_m2, listing.count, str(listing.share)) == (Decimal("580.75"), 3, "66.7")
    page = client.get(LEDGER, {"community": langshan.code})
    assert page.context["listing"].totals.demolished_m2 == Decimal("100.25") and page.context["listing"].count == 2
    assert "100.25" in page.content.decode()


def test_one_square_metre_moves_ledger_campaign_and_drill_down_alike(client, clerk, xijing):
    from campaigns import plans

    campaign = plans.keep_campaign(by=clerk, at=NOW, slug="one", name="一", starts_on=date(2016, 1, 1))
    structure = walk(make_structure(clerk, xijing, campaign=campaign), clerk)
    as_(client, clerk)

    def figures():
        rows = client.get(LEDGER, {"campaign": "one", "stage": "written_off"}).context["listing"].rows
        return (
            client.get(LEDGER).context["listing"].totals.demolished_m2,
            client.get("/campaigns/one/").context["progress"].totals.demolished_m2,
            client.get("/campaigns/one/").context["progress"].communities[0]["demolished_m2"],
            sum(row.structure.demolished_area_m2 for row in rows),
        )

    before = figures()
    ledger.amend(structure, by=clerk, at=NOW, demolished_area_m2=Decimal("481.50"), reason="复核图纸少记一平方米")
    assert [now - then for now, then in zip(figures(), before, strict=True)] == [Decimal(1)] * 4


@pytest.mark.parametrize(("query", "count"), [
    ({"stage": "open"}, 1), ({"stage": "g2"}, 1), ({"stage": "g6"}, 0), ({"stage": "written_off"}, 1),
    ({"area": "200-1000"}, 1), ({"area": "0-50"}, 0), ({"mode": "forced"}, 1), ({"q": "废品"}, 2), ({"q": "没有"}, 0),
    ({"from": "2016-11-11", "to": "2016-11-11"}, 1), ({"from": "2016-11-12"}, 0), ({"stage": "voided"}, 0),
    ({"from": "昨天"}, 2), ({"stage": "nonsense"}, 2), ({"page": "x"}, 2), ({"relapsed": "1"}, 0),
])  # fmt: skip
def test_each_filter_narrows_and_one_that_cannot_be_read_is_told(client, clerk, xijing, query, count):
    walk(make_structure(clerk, xijing), clerk)
    make_structure(clerk, xijing)
    page = as_(client, clerk).get(LEDGER, query)
    assert page.context["listing"].count == count
    assert ("没有看懂" in page.content.decode()) == (query in ({"from": "昨天"}, {"stage": "nonsense"}))


def test_a_list_of_twelve_asks_no_more_than_a_list_of_six(client, clerk, xijing):
    def ask():
        with CaptureQueriesContext(connection, ) as asked:
            assert client.get(LEDGER).status_code == 200
        return len(asked)

    as_(client, clerk)
    for _ in range(6):
        make_structure(clerk, xijing, photos=[make_photo()])
    client.get(LEDGER)
    six = ask()
    for _ in range(6):
        make_structure(clerk, xijing, photos=[make_photo()])
    assert ask() == six


@pytest.mark.parametrize("view", ["map", "pairs"])
def test_the_other_views_show_the_same_rows(client, clerk, xijing, structure, view):
    page = as_(client, clerk).get(LEDGER, {"view": view})
    assert page.status_code == 200 and page.context["listing"].count == 1
    pins = client.get(f"{LEDGER}pins.json").json()["pins"]
    assert [(pin["lon"], pin["kind"]) for pin in pins] == [(116.17, "due")]
    assert OWNER not in str(pins)


def test_further_columns_are_shown_when_they_are_asked_for(client, clerk, structure):
    ledger.amend(structure, by=clerk, at=NOW, type="彩钢房")
    assert "违建类型" in as_(client, clerk).get(LEDGER, {"cols": "type"}).content.decode()


# --- the owner ----------------------------------------------------------------------------------------------------


def test_the_owner_is_masked_everywhere_and_shown_once_for_a_reason(client, clerk, leader, structure):
    as_(client, clerk)
    for address in (LEDGER, structure.get_absolute_url(), f"{structure.get_absolute_url()}edit/"):
        assert OWNER not in client.get(address).content.decode(), address
    assert "陈*明" in client.get(structure.get_absolute_url()).content.decode()
    reveal = f"{structure.get_absolute_url()}reveal/"
    assert client.post(reveal, {"reason": "看看"}).status_code == 422
    shown = client.post(reveal, {"reason": "核对限期拆除通知书送达对象"})
    assert OWNER in shown.content.decode()
    entry = AuditEntry.objects.get(action="owner_revealed")
    assert entry.actor == clerk and OWNER not in str(entry.detail) + entry.reason
    assert OWNER not in client.get(reveal).content.decode()
    client.force_login(leader)
    assert client.post(reveal, {"reason": "核对限期拆除通知书送达对象"}).status_code == 403


def test_an_owner_is_found_by_the_whole_name_which_no_address_holds(client, clerk, chief, structure):
    as_(client, clerk)
    answer = client.post(f"{LEDGER}owner/", {"owner": OWNER})
    assert answer.status_code == 302 and OWNER not in answer["Location"]
    assert client.get(answer["Location"]).context["listing"].count == 1
    half = client.post(f"{LEDGER}owner/", {"owner": OWNER[:2]})
    assert client.get(half["Location"]).context["listing"].count == 0
    assert client.get(LEDGER, {"q": OWNER}).context["listing"].count == 0
    assert client.post(f"{LEDGER}owner/", {"owner": ""}).status_code == 422
    assert AuditEntry.objects.filter(action="owner_searched").count() == 2
    client.force_login(chief)
    assert client.post(f"{LEDGER}owner/", {"owner": OWNER}).status_code == 403


def test_the_owner_lies_sealed_and_no_story_names_him(clerk, structure):
    ledger.amend(structure, by=clerk, at=NOW, owner_name="王霁")
    with connection.cursor() as cursor:
        cursor.execute("SELECT owner_name FROM campaigns_structure")
        assert "王霁".encode() not in bytes(cursor.fetchone()[0])
    told = " ".join(structure.events.values_list("words", flat=True))
    assert "当事人" in told and "王霁" not in told and OWNER not in told


def test_an_edit_that_leaves_the_owner_empty_keeps_him(client, clerk, structure):
    address = f"{structure.get_absolute_url()}edit/"
    form = as_(client, clerk).get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields if name not in ("owner_name", "departments")}
    data |= {"place": "改了名字的点位", "area_approximate": ""}
    assert client.post(address, {key: value for key, value in data.items() if value != ""}).status_code == 302
    structure.refresh_from_db()
    assert (structure.place, structure.owner_name) == ("改了名字的点位", OWNER)


@pytest.mark.parametrize("key", ["9" * 20, "-" + "9" * 20, "x"])
def test_a_department_that_no_database_holds_is_not_in_the_list(client, clerk, structure, key):
    answer = as_(client, clerk).post(f"{structure.get_absolute_url()}edit/", {"departments": [key]})
    assert answer.status_code == 422 and "联合执法单位不在可选范围内" in answer.content.decode()


# --- acts ---------------------------------------------------------------------------------------------------------

DETERMINE = {"on": "2016-03-09", "floor_area_m2": "500"}


def test_a_step_by_the_plain_form_and_each_way_it_is_refused(client, clerk, chief, structure):
    address = f"{structure.get_absolute_url()}determine/"
    as_(client, clerk)
    assert client.get(address).status_code == 200
    wrong = client.post(address, {"version": 1, "on": "2016-03-09", "floor_area_m2": "五百"})
    assert wrong.status_code == 422 and "认定建筑面积应是数字" in wrong.content.decode()
    assert client.post(address, {"version": 1, **DETERMINE}).status_code == 302
    late = client.post(address, {"version": 1, **DETERMINE})
    assert late.status_code == 409 and "未重复操作" in late.content.decode()
    assert client.post(address, {"version": 2, **DETERMINE}).status_code == 409
    assert client.get(address).status_code == 409
    client.force_login(chief)
    assert client.get(address).status_code == 403 and client.post(address, DETERMINE).status_code == 403
    assert structure.events.filter(step="determine").count() == 1


def test_a_step_beside_the_list_gives_back_pane_row_and_sums(client, clerk, structure):
    as_(client, clerk)
    answer = client.post(
        f"{structure.get_absolute_url()}determine/", {"version": 1, **DETERMINE},
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{LEDGER}?stage=open"},
    )  # fmt: skip
    text = answer.content.decode()
    assert answer["HX-Retarget"] == "#pane" and "dialog-close" in answer["HX-Trigger"]
    assert f'id="structure-{structure.number}"' in text and 'id="sums"' in text and "待通知" in text


def test_registering_through_the_form(client, clerk, xijing):
    as_(client, clerk)
    data = {"place": "西井大街门前棚亭", "found_on": "2016-12-01", "lon": "116.17", "lat": "39.93"}
    assert client.post(f"{LEDGER}new/", {**data, "place": ""}).status_code == 422
    for half in ({"lon": ""}, {"lat": ""}):
        answer = client.post(f"{LEDGER}new/", {**data, "community": str(xijing.pk), **half})
        assert answer.status_code == 422 and "位置不完整。请在地图上重新点选。" in answer.content.decode()
    outside = client.post(f"{LEDGER}new/", {**data, "lon": "110", "lat": "30"})
    assert outside.status_code == 422 and "不在本街道范围内" in outside.content.decode()
    picture = SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg")
    broken = client.post(f"{LEDGER}new/", {**data, "photos": picture})
    assert broken.status_code == 422 and "不是照片" in broken.content.decode()
    answer = client.post(f"{LEDGER}new/", data)
    made = Structure.objects.get()
    assert answer["Location"] == made.get_absolute_url() and made.community == xijing and made.grid


def test_who_acts_jointly_is_named_on_the_page_and_in_what_is_carried_away(
    client, clerk, structure, law_enforcement, sanitation
):
    walk(structure, clerk, to="announce")
    path = f"{structure.get_absolute_url()}demolish/"
    answers = {
        "version": structure.version, "on": "2016-11-11", "mode": "forced", "demolished_area_m2": "480.5", "vacated_land_m2": "900.1",
        "relocated_people": "4", "departments": [law_enforcement.pk, sanitation.pk],
    }  # fmt: skip
    assert as_(client, clerk).post(path, answers).status_code == 302
    assert set(structure.departments.all()) == {law_enforcement, sanitation}
    assert "联合执法" in (page := client.get(structure.get_absolute_url()).content.decode())
    assert f"{law_enforcement}、{sanitation}" in page or f"{sanitation}、{law_enforcement}" in page
    carried = client.post(f"{LEDGER}export/", {"kind": "csv"})
    assert sanitation.short_name in b"".join(carried.streaming_content).decode("utf-8-sig")


def test_a_paper_names_the_authority_that_made_it(client, clerk, structure):
    walk(structure, clerk, to="determine")
    path = f"{structure.get_absolute_url()}notify/"
    answers = {
        "version": structure.version, "number": "限拆1号", "on": "2016-03-14", "service": "direct", "served_on": "2016-03-14",
    }  # fmt: skip
    refused = as_(client, clerk).post(path, answers)
    assert refused.status_code == 422 and "请填写执法主体" in refused.content.decode()
    assert client.post(path, answers | {"authority": "区城管执法监察局"}).status_code == 302
    assert "区城管执法监察局" in client.get(structure.get_absolute_url()).content.decode()


def test_papers_are_added_and_mended_through_their_forms(client, clerk, structure):
    walk(structure, clerk, to="notify")
    as_(client, clerk)
    paper = structure.papers.get()
    one = f"{structure.get_absolute_url()}papers/{paper.pk}/"
    data = {"number": paper.number, "issued_on": "2016-03-14", "authority": "区城管执法监察局"}
    assert client.get(one).status_code == 200
    assert client.post(one, {**data, "served_on": "2016-03-01"}).status_code == 422
    assert client.post(one, {**data, "served_on": "2016-03-16", "service": "left"}).status_code == 302
    paper.refresh_from_db()
    assert paper.served_on == date(2016, 3, 16)
    more = f"{structure.get_absolute_url()}papers/"
    assert client.post(more, {**data, "kind": "notice"}).status_code == 422
    assert client.post(more, {**data, "kind": "other", "number": "笔录1"}).status_code == 302


def test_what_is_missing_for_force_is_said_on_the_page(client, clerk, structure):
    walk(structure, clerk, to="notify")
    assert "资料不全，无法计算" in as_(client, clerk).get(structure.get_absolute_url()).content.decode()
    assert "资料不全，无法计算" in client.get(f"{structure.get_absolute_url()}demolish/").content.decode()


def test_a_planned_night_is_doubted_on_the_page(client, clerk, structure):
    from tests.make import moment

    walk(structure, clerk, to="announce")
    ledger.make("plan", structure, by=clerk, at=NOW, planned_at=moment("2017-01-02 22:30"))
    text = as_(client, clerk).get(structure.get_absolute_url()).content.decode()
    assert "夜间不得实施强制拆除" in text


def test_only_who_sees_the_ledger_sees_its_pictures(client, clerk, dispatcher, structure):
    ledger.add_photos(structure, [make_photo()], moment="before", by=clerk, at=NOW)
    address = f"{structure.get_absolute_url()}photos/{structure.photos.get().pk}/thumb/"
    as_(client, clerk)
    assert client.get(address).status_code == 404  # not developed yet
    assert client.get(address.replace("/thumb/", "/original/")).status_code == 404
    client.force_login(dispatcher)
    assert client.get(address).status_code == 403


# --- carried away -------------------------------------------------------------------------------------------------


def test_the_export_is_masked_and_bare_only_for_a_chief_with_a_reason(client, clerk, chief, structure):
    from openpyxl import load_workbook

    def cells(answer, path="/tmp"):
        import io

        return str(list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values))

    as_(client, clerk)
    text = cells(client.post(f"{LEDGER}export/", {"kind": "xlsx"}))
    assert structure.number in text and "陈*明" in text and OWNER not in text
    other = make_structure(clerk, structure.community)
    picked = cells(client.post(f"{LEDGER}export/?n={other.number}", {"kind": "xlsx"}))
    assert other.number in picked and structure.number not in picked
    masked = client.post(f"{LEDGER}export/", {"kind": "xlsx", "unmasked": "on", "reason": "送检察院核对名单"})
    assert OWNER not in cells(masked)
    client.force_login(chief)
    assert client.post(f"{LEDGER}export/", {"kind": "xlsx", "unmasked": "on", "reason": ""}).status_code == 422
    bare = client.post(f"{LEDGER}export/", {"kind": "xlsx", "unmasked": "on", "reason": "送检察院核对名单"})
    assert OWNER in cells(bare)
    assert AuditEntry.objects.filter(action="ledger_exported_unmasked", actor=chief).exists()


# --- relapse ------------------------------------------------------------------------------------------------------


def test_a_relapse_is_flagged_on_list_and_page_and_settled_again(client, clerk, structure):
    walk(structure, clerk)
    as_(client, clerk)
    relapse = f"{structure.get_absolute_url()}relapse/"
    data = {"version": structure.version, "on": "2016-12-01"}
    assert client.post(relapse, {**data, "words": "又建"}).status_code == 422
    assert client.post(relapse, {**data, "words": "原址又搭起彩钢棚"}).status_code == 302
    assert client.get(LEDGER, {"relapsed": "1"}).context["listing"].count == 1
    structure.refresh_from_db()
    assert "反弹 2016-12-01" in client.get(structure.get_absolute_url()).content.decode()
    assert Structure.objects.all().totals().sites == 1
    step("settle", structure, clerk, on=date(2016, 12, 5))
    assert not Structure.objects.relapsed().exists()
