"""Campaign entries and their kinds: an admin defines, a clerk records, sums follow."""
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from campaigns import entries
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden, StepRefused
from campaigns.models import Entry, EntryKind
from campaigns.seeding import seed_kinds
from tests.make import NOW, make_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def garbage(db):
    """清运垃圾: tons with one decimal, no photos wanted."""
    seed_kinds()
    return EntryKind.objects.get(slug="garbage")


def record(kind, by, community, **over):
    """One entry with usual values."""
    over = {"happened_on": date(2016, 4, 1), "place": "边府小区", "quantity": Decimal("13.1"), **over}
    return entries.record_entry(kind, by=by, at=NOW, community=community, **over)


def test_entries_take_numbers_of_their_kind_and_add_up(garbage, clerk, xijing, langshan):
    first = record(garbage, clerk, xijing)
    record(garbage, clerk, langshan, quantity=Decimal("0.9"))
    assert first.number == "LJ2016-001"
    assert Entry.objects.of_kind("garbage").total() == Decimal("14.0")
    assert [row["total"] for row in Entry.objects.of_kind("garbage").by_community()] == [
        Decimal("13.1"), Decimal("0.9")
    ]  # fmt: skip
    assert Entry.objects.happened_between(date(2016, 4, 2), None).total() == 0


@pytest.mark.parametrize(("column", "value"), [
    ("happened_on", None), ("happened_on", date(2016, 12, 22)), ("place", ""), ("quantity", None),
    ("quantity", Decimal("-1")), ("quantity", Decimal("1.25")), ("extra_1", "三车"),
])  # fmt: skip
def test_each_wrong_answer_has_its_sentence(garbage, clerk, xijing, column, value):
    over = {"extra": {"车次": value}} if column == "extra_1" else {column: value}
    with pytest.raises(AnswersRefused) as refused:
        record(garbage, clerk, xijing, **over)
    assert column in refused.value.errors
    assert not Entry.objects.exists()


def test_a_kind_that_wants_photos_refuses_without_and_takes_with(garbage, clerk, xijing):
    walls = EntryKind.objects.get(slug="walls")
    with pytest.raises(AnswersRefused) as refused:
        record(walls, clerk, xijing, quantity=Decimal(2))
    assert set(refused.value.errors) == {"before", "after"}
    made = record(walls, clerk, xijing, quantity=Decimal(2), before=[make_photo()], after=[make_photo()])
    assert made.photos.count() == 2


def test_only_a_clerk_records_and_only_an_admin_defines(garbage, clerk, chief, admin, xijing):
    for person in (chief, admin):
        with pytest.raises(StepForbidden):
            record(garbage, person, xijing)
    record(garbage, clerk, xijing)
    with pytest.raises(StepForbidden):
        entries.define_kind(by=clerk, at=NOW, kind=garbage, name="清运")
    entries.define_kind(by=admin, at=NOW, kind=garbage, name="清运")


def test_a_change_is_kept_in_the_trail_and_two_at_once_are_told_apart(garbage, clerk, xijing):
    entry = record(garbage, clerk, xijing)
    assert entries.amend_entry(entry, by=clerk, at=NOW, version=1, quantity=Decimal("14.1"))
    assert not entries.amend_entry(entry, by=clerk, at=NOW, version=2, quantity=Decimal("14.1"))
    with pytest.raises(StepConflict):
        entries.amend_entry(entry, by=clerk, at=NOW, version=1, quantity=Decimal("15.1"))
    told = AuditEntry.objects.filter(action="entry_changed").get().detail
    assert Decimal(told["from"]) == Decimal("13.1") and Decimal(told["to"]) == Decimal("14.1")
    assert Entry.objects.of_kind("garbage").total() == Decimal("14.1")


def test_a_voided_entry_counts_nowhere_and_stays(garbage, clerk, xijing):
    entry = record(garbage, clerk, xijing)
    with pytest.raises(AnswersRefused):
        entries.void_entry(entry, by=clerk, at=NOW, reason="错")
    entries.void_entry(entry, by=clerk, at=NOW, reason="与另一条重复登记")
    assert Entry.objects.of_kind("garbage").total() == 0 and Entry.objects.count() == 1
    with pytest.raises(StepRefused):
        entries.amend_entry(entry, by=clerk, at=NOW, quantity=Decimal(1))


def test_a_new_kind_needs_no_programmer(client, admin, clerk, xijing):
    client.force_login(admin)
    data = {"name": "拆除广告牌", "slug": "billboards", "prefix": "GG", "quantity_name": "拆除数", "unit": "块",
            "decimals": "0", "extra": "街道，文字\n高度，数", "active": "on", "order": "9"}  # fmt: skip
    assert client.post("/campaigns/kinds/new/", {**data, "prefix": "广告"}).status_code == 422
    assert client.post("/campaigns/kinds/new/", {**data, "extra": "街道，照片"}).status_code == 422
    assert client.post("/campaigns/kinds/new/", data).status_code == 302
    assert client.post("/campaigns/kinds/new/", data).status_code == 422  # the name is taken
    client.force_login(clerk)
    form = {"happened_on": "2016-12-01", "place": "实兴大街", "community": xijing.pk, "quantity": "3",
            "extra_0": "实兴大街", "extra_1": "4.5"}  # fmt: skip
    assert client.post("/campaigns/entries/billboards/new/", {**form, "extra_1": "高"}).status_code == 422
    assert client.post("/campaigns/entries/billboards/new/", form).status_code == 302
    page = client.get("/campaigns/entries/billboards/")
    assert page.context["listing"].total == 3 and "4.5" in page.content.decode()
    assert Entry.objects.get().number == "GG2016-001"


def test_what_numbers_mean_is_not_changed_once_there_are_some(garbage, admin, clerk, xijing):
    record(garbage, clerk, xijing)
    with pytest.raises(AnswersRefused) as refused:
        entries.define_kind(by=admin, at=NOW, kind=garbage, unit="公斤")
    assert "unit" in refused.value.errors
    with pytest.raises(AnswersRefused):
        entries.define_kind(by=admin, at=NOW, kind=garbage, extra=[])


def test_the_pages_of_an_entry(client, garbage, clerk, leader, xijing):
    entry = record(garbage, clerk, xijing, extra={"车次": "3"})
    client.force_login(leader)
    page = client.get(entry.get_absolute_url()).content.decode()
    assert "13.1 吨" in page and "作废" not in page
    assert client.get(f"{entry.get_absolute_url()}edit/").status_code == 403
    client.force_login(clerk)
    form = client.get(f"{entry.get_absolute_url()}edit/").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    assert client.post(f"{entry.get_absolute_url()}edit/", {**data, "quantity": "20"}).status_code == 302
    assert Entry.objects.get().quantity == 20
    assert client.post(f"{entry.get_absolute_url()}edit/", {**data, "quantity": "21"}).status_code == 409
    assert client.post(f"{entry.get_absolute_url()}void/", {"reason": ""}).status_code == 422
    assert client.post(f"{entry.get_absolute_url()}void/", {"reason": "与另一条重复"}).status_code == 302
    assert client.get("/campaigns/entries/garbage/").context["listing"].total == 0
    assert client.get("/campaigns/entries/garbage/", {"voided": "1"}).context["listing"].page.paginator.count == 1


def test_a_list_of_twelve_asks_no_more_than_a_list_of_six(client, garbage, clerk, xijing):
    client.force_login(clerk)

    def ask():
        with CaptureQueriesContext(connection) as asked:
            client.get("/campaigns/entries/garbage/")
        return len(asked)

    for _ in range(6):
        record(garbage, clerk, xijing, before=[make_photo()])
    ask()
    six = ask()
    for _ in range(6):
        record(garbage, clerk, xijing, before=[make_photo()])
    assert ask() == six


def test_seeding_twice_keeps_what_an_admin_changed(garbage):
    EntryKind.objects.filter(slug="garbage").update(name="清运")
    assert seed_kinds() == 0 and EntryKind.objects.get(slug="garbage").name == "清运"


def test_the_first_rows_of_an_office_come_by_command_and_stay_as_they_are_changed(capsys):
    from django.core.management import call_command

    from campaigns.models import LawPeriod

    LawPeriod.objects.all().delete()
    call_command("seed_campaigns")
    assert "法定期间 3 行、整治类别 6 个" in capsys.readouterr().out
    EntryKind.objects.filter(slug="walls").update(name="开墙打洞")
    call_command("seed_campaigns")
    assert "法定期间 0 行、整治类别 0 个" in capsys.readouterr().out
    assert EntryKind.objects.get(slug="walls").name == "开墙打洞"
