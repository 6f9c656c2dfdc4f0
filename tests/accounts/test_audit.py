"""The trail, and who may read it."""
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.audit import ACTION_NAMES, detail_words, record, subjects_in_words
from accounts.models import AuditEntry
from accounts.roles import Role
from tests.accounts.conftest import NOW


def entries(count, *, actor=None, action="login", at=NOW):
    """Several entries, one minute apart."""
    for number in range(count):
        record(action, actor=actor, subject=actor, at=at + timedelta(minutes=number))


def test_an_entry_is_added_and_read(person):
    li = person("handler")
    entry = record("role_granted", actor=li, subject=li, reason=" 轮岗 ", detail={"role": "clerk"}, at=NOW)
    assert (entry.actor_name, entry.reason, entry.subject_type) == ("李小兰", "轮岗", "accounts.User")
    assert detail_words(entry.detail) == "角色 台账专员"
    assert subjects_in_words([entry]) == {entry.pk: "人员 李小兰"}


def test_an_entry_is_never_changed_or_removed(db):
    entry = record("login", actor=None, at=NOW)
    entry.reason = "别的"
    for act in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(reason="x"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda: AuditEntry.objects.bulk_update([entry], ["reason"]),
    ):
        with pytest.raises(TypeError):
            act()
    assert AuditEntry.objects.get().reason == ""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no second user")
@pytest.mark.parametrize("sql", ["UPDATE accounts_auditentry SET reason = 'x'", "DELETE FROM accounts_auditentry"])
def test_postgresql_refuses_the_hand_that_would_change_or_remove_an_entry(db, sql):
    record("login", actor=None, at=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    record("logout", actor=None, at=NOW)
    assert AuditEntry.objects.count() == 2


def test_the_admin_site_offers_no_way_to_the_trail(client, person):
    client.force_login(person("admin"))
    assert client.get("/admin/accounts/user/").status_code == 200
    assert client.get("/admin/accounts/auditentry/").status_code == 404
    assert client.get("/admin/accounts/auditentry/add/").status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_only_the_auditor_reads_the_trail(client, person, role):
    client.force_login(person(role))
    assert client.get("/audit/").status_code == (200 if role == "auditor" else 403)


def test_the_trail_is_read_only(client, person):
    client.force_login(person("auditor"))
    assert client.post("/audit/").status_code == 405


@pytest.fixture
def auditor(client, person):
    auditor = person("auditor", username="shen", real_name="沈审计")
    client.force_login(auditor)
    return auditor


def test_the_trail_shows_act_person_and_address_in_chinese(client, auditor, person):
    record("tasks_handed_over", actor=person("admin", real_name="秦管理"), detail={"count": 5}, ip="10.1.2.3", at=NOW)
    page = client.get("/audit/").text
    assert "移交工作" in page and "秦管理" in page and "数量 5" in page and "10.1.2.3" in page
    assert "2026-03-04 10:00:00" in page


def test_the_trail_is_filtered_by_act_person_and_day(client, auditor, person):
    wang = person("handler", real_name="王芳芳", username="wang")
    entries(2, actor=wang, action="login_failed")
    entries(3, actor=wang, action="logout", at=NOW + timedelta(days=2))

    def count(**query):
        return client.get("/audit/", query).context["page_obj"].paginator.count

    assert count(action="login_failed") == 2
    assert count(actor="王芳") == count(actor="wang") == 5
    assert count(actor="王芳", first="2026-03-05") == 3
    assert count(actor="王芳", last="2026-03-05") == 2
    assert count(actor="王芳", first="2026-03-06", last="2026-03-06") == 3


def test_a_day_begins_at_midnight_in_beijing(db):
    late = datetime(2026, 3, 3, 16, 30, tzinfo=UTC)  # 00:30 on the 4th in Beijing
    record("login", actor=None, at=late)
    assert AuditEntry.objects.between(date(2026, 3, 4), date(2026, 3, 4)).count() == 1
    assert AuditEntry.objects.between(date(2026, 3, 3), date(2026, 3, 3)).count() == 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"first": "2016年3月"}, "日期应写成 2016-11-11 的样子"),
        ({"first": "2026-03-06", "last": "2026-03-01"}, "结束日期早于开始日期"),
        ({"action": "fly"}, "fly"),
        ({"last": "9999-12-31"}, "年份太晚"),
        ({"first": "0001-01-01"}, "年份太早"),
    ],
)
def test_a_wrong_filter_says_why(client, auditor, query, sentence):
    answer = client.get("/audit/", query)
    assert answer.status_code == 422 and sentence in answer.text


def test_no_match_says_so_and_offers_the_way_back(client, auditor):
    page = client.get("/audit/", {"actor": "没有这个人"}).text
    assert "没有符合条件的审计记录" in page and "清除筛选" in page


def test_the_trail_is_paged_and_twice_the_rows_cost_no_more_queries(client, auditor, person):
    wang = person("handler", real_name="王芳芳")
    counts = []
    for _ in range(2):
        entries(20, actor=wang)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/audit/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7
    entries(60, actor=wang)
    page = client.get("/audit/")
    assert len(page.context["page_obj"]) == 50
    assert len(client.get("/audit/", {"page": 99}).context["page_obj"]) > 0


def test_every_act_of_this_app_has_a_chinese_name():
    assert all(any("一" <= character <= "鿿" for character in name) for name in ACTION_NAMES.values())
