"""What the public reads of a month: sums without small groups, chosen pictures, no person, and no visitor's trace."""
import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from cases.models import CasePhoto
from cases.states import State
from grid.models import PhotoState
from reports import facts, publicity
from reports.errors import ReportConflict, ReportRefused
from reports.models import PublishedMonth
from reports.periods import read_period
from tests.make import make_case, make_photo, moment
from tests.reports.test_facts import START, cast, closed_case  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
MONTH = read_period("2016-11")
NOW = moment("2016-12-21 14:20")
EDIT = "/month/2016-11/edit/"


@pytest.fixture
def december():
    """It is 21 December 2016."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def closed(cast, category, xijing, december):  # noqa: F811
    """A case closed in November with a picture before and one after, beside a petition."""
    case = closed_case(cast, category, xijing.grids.get())
    case.photos.all().delete()
    for seq, kind in enumerate(("before", "after")):
        photo = make_photo(state=PhotoState.READY, image="p/i.jpg", thumb="p/t.jpg", width=4, height=3)
        CasePhoto.objects.create(case=case, photo=photo, kind=kind, seq=seq, added_at=NOW)
    facts.roll_up(at=NOW)
    assert case.state == State.CLOSED
    return case


def publish(chief, **over):
    asked = {"intro": "本月共整治占道经营点位三处。", "numbers": (), "words_checked": False, "photos_checked": False,
             "by": chief, "at": NOW, "today": NOW.date()}  # fmt: skip
    return publicity.publish(over.pop("month", MONTH), **asked | over)


@pytest.mark.parametrize(("counts", "told"), [
    ([9, 7], ["9 件", "7 件"]), ([9, 7, 3], ["9 件", "不单列", "少于 5 件"]),
    ([9, 3, 3], ["9 件", "少于 5 件", "少于 5 件"]), ([9, 1, 1], ["不单列", "少于 5 件", "少于 5 件"]),
    ([3], ["少于 5 件"]), ([9, 0], ["9 件"]), ([], []),
])  # fmt: skip
def test_small_groups_are_not_told_nor_found_by_subtraction(counts, told):
    assert [row["value"] for row in publicity.suppressed((f"第{n}社区", n) for n in counts)] == told


def test_totals_and_rates_of_few_cases_are_not_told(closed):
    found = publicity.cleared_figures(MONTH, today=NOW.date())
    assert {one["value"] for one in found["totals"]} <= {"少于 5 件", "–"}
    assert all(row["value"] == "少于 5 件" for group in found["groups"] for row in group["rows"])


def test_what_looks_like_a_person_is_marked():
    text = "感谢王先生来电13800007777，5号楼3单元402"
    assert [word for word, personal in publicity.marked(text) if personal] == ["感谢王先生", "13800007777", "5号楼3单元402"]
    assert "".join(word for word, _ in publicity.marked(text)) == text
    assert publicity.marked("西井大街市场已经关停。") == [("西井大街市场已经关停。", False)]


def test_only_closed_cases_with_both_pictures_and_no_petitions_can_be_chosen(closed):
    assert [one.case for one in publicity.candidates(MONTH)] == [closed]
    type(closed).objects.filter(pk=closed.pk).update(source="XF")
    assert publicity.candidates(MONTH) == []
    type(closed).objects.filter(pk=closed.pk).update(source="WG")
    closed.photos.filter(kind="after").delete()
    assert publicity.candidates(MONTH) == []


@pytest.mark.parametrize(("over", "words"), [
    ({"intro": "请致电13800007777"}, "手机号"), ({"intro": "感谢王先生的来电"}, "像是指向个人"),
    ({"intro": "XF-2016-003 已办结"}, "信访"), ({"numbers": ["WG-2016-999"]}, "不能公开"),
    ({"month": read_period("2016-12")}, "还没有过完"),
])  # fmt: skip
def test_what_must_not_go_out_is_refused(chief, closed, over, words):
    with pytest.raises(ReportRefused, match=words):
        publish(chief, **over)
    assert not PublishedMonth.objects.exists()


def test_words_that_were_checked_and_pictures_that_were_looked_at_go_out(chief, closed):
    with pytest.raises(ReportRefused, match="认不出人"):
        publish(chief, numbers=[closed.number])
    row = publish(chief, numbers=[closed.number], photos_checked=True, intro="感谢王先生的来电", words_checked=True)
    assert row.pairs[0]["words"] == "西井社区：无照经营游商"
    assert AuditEntry.objects.filter(action="month_published").count() == 1


def test_a_month_is_public_once_and_again_after_it_was_withdrawn(chief, closed):
    publish(chief)
    with pytest.raises(ReportConflict, match="已经公开"):
        publish(chief)
    publicity.withdraw(MONTH, by=chief, at=NOW)
    with pytest.raises(ReportConflict, match="没有公开"):
        publicity.withdraw(MONTH, by=chief, at=NOW)
    second = publish(chief, intro="更正后的导语")
    assert PublishedMonth.objects.count() == 2 and PublishedMonth.objects.live().get() == second
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedMonth.objects.create(month="2016-11", figures={}, published_by=chief, published_at=NOW)


def test_what_was_published_does_not_change_with_the_cases(client, chief, closed, dispatcher):
    publish(chief)
    before = client.get("/month/2016-11/").content
    for _ in range(6):
        make_case(dispatcher, at=START, source="WX")
    facts.roll_up(at=NOW)
    assert client.get("/month/2016-11/").content == before


def test_the_public_page_knows_no_visitor_and_may_be_kept(client, chief, closed):
    publish(chief, numbers=[closed.number], photos_checked=True)
    plain = client.get("/month/2016-11/")
    assert plain.status_code == 200 and "public" in plain["Cache-Control"] and not plain.cookies
    assert "Cookie" not in plain.get("Vary", "")
    assert client.get("/month/2016-11/", headers={"if-none-match": plain["ETag"]}).status_code == 304
    client.force_login(chief)
    seen = client.get("/month/2016-11/")
    assert seen.content == plain.content and "Cookie" not in seen.get("Vary", "")
    assert "2016年11月" in client.get("/month/").content.decode()
    for canary in (closed.number, closed.title, closed.address or "西井大街12号", "handler甲", "13800007777"):
        assert canary not in plain.content.decode()


def test_withdrawn_and_unpublished_months_and_other_pictures_are_not_there(client, chief, closed):
    assert client.get("/month/2016-11/").status_code == 404
    publish(chief, numbers=[closed.number], photos_checked=True)
    for odd in ("1/before", "0/check"):
        assert client.get(f"/month/2016-11/{odd}/").status_code == 404
    publicity.withdraw(MONTH, by=chief, at=NOW)
    assert client.get("/month/2016-11/").status_code == 404
    assert client.get("/month/2016-11/0/before/").status_code == 404
    assert "2016年11月" not in client.get("/month/").content.decode()


def test_publishing_is_the_chiefs(client, chief, leader, closed):
    asked = {"intro": "本月整治三处。", "act": "publish"}
    client.force_login(leader)
    assert client.post(EDIT, asked).status_code == 403
    client.force_login(chief)
    shown = client.post(EDIT, asked | {"intro": "感谢王先生", "act": "preview"})
    assert shown.status_code == 200 and "<mark>感谢王先生</mark>" in shown.content.decode()
    assert client.post(EDIT, asked | {"intro": "电话13800007777"}).status_code == 422
    assert not PublishedMonth.objects.exists()
    assert client.post(EDIT, asked).status_code == 302
    assert client.post(EDIT, asked).status_code == 409
    assert client.post("/month/2016-11/withdraw/").status_code == 302
    assert client.post("/month/2016-11/withdraw/").status_code == 409
    assert client.get("/month/2017-01/edit/").status_code == 404
