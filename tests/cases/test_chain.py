"""The story cannot be altered unseen: whatever a hand does to the table, the check names the first broken row."""
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cases import trail
from cases.models import Case, CaseEvent
from tests.make import make_case, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL refuses the hand itself")
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the guard is PostgreSQL's")


@pytest.fixture
def case(dispatcher, category):
    case = make_case(dispatcher)
    for number in range(4):
        move("note", case, dispatcher, words=f"批注 {number}")
    return case


def tamper(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def check(**options):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_chain", stdout=out, stderr=err, **options)
    except CommandError as error:
        return error.returncode, err.getvalue() + str(error)
    return 0, out.getvalue()


def test_a_whole_story_is_said_to_be_whole(case, dispatcher):
    make_case(dispatcher)
    assert check() == (0, "已核对 2 件案件，办理记录完整。\n")
    assert check(case=case.number) == (0, "已核对 1 件案件，办理记录完整。\n")


def test_an_unknown_number_is_an_error(case):
    code, text = check(case="WG-2016-999")
    assert code == 1 and "没有案号为 WG-2016-999 的案件" in text


CHANGES = {
    "words": "'另一种说法'", "by_name": "'别人'", "happened_at": "'2016-12-20 10:00:00+00:00'", "move": "'remind'",
    "facts": "'{\"a\": 1}'", "to_state": "'closed'", "by_id": "NULL", "recorded_at": "'2016-12-20 10:00:00+00:00'",
}  # fmt: skip


@sqlite_only
@pytest.mark.parametrize("column", sorted(CHANGES))
def test_a_changed_column_names_its_row(case, column):
    with connection.constraint_checks_disabled():
        assert tamper(f"UPDATE cases_caseevent SET {column} = {CHANGES[column]} WHERE case_id = %s AND seq = 3", case.pk) == 1
    code, text = check()
    assert code == 1 and f"{case.number}：第 3 条记录" in text and "内容被改动" in text


@sqlite_only
def test_a_derived_mark_taken_away_names_its_row(dispatcher):
    case = make_case(dispatcher, derived=True)
    assert trail.first_break(case) == ""
    tamper("UPDATE cases_caseevent SET derived = %s WHERE case_id = %s", False, case.pk)
    assert "第 1 条记录" in trail.first_break(case)


@sqlite_only
def test_a_row_taken_out_is_missed(case):
    tamper("DELETE FROM cases_caseevent WHERE case_id = %s AND seq = 3", case.pk)
    assert check()[0] == 1 and f"{case.number}：缺第 3 条记录" in check()[1]


@sqlite_only
def test_the_last_row_taken_out_is_missed(case):
    tamper("DELETE FROM cases_caseevent WHERE case_id = %s AND seq = 5", case.pk)
    assert "末尾记录缺失，应有 5 条，现有 4 条" in check()[1]


@sqlite_only
def test_a_row_sealed_anew_by_a_forger_breaks_the_next_link(case):
    event = case.events.get(seq=2)
    event.words = "伪造"
    tamper("UPDATE cases_caseevent SET words = '伪造', hash = %s WHERE id = %s", trail.seal(event), event.pk)
    assert f"{case.number}：第 3 条记录与前一条不相接" in check()[1]


@sqlite_only
def test_two_rows_exchanged_are_seen(case):
    tamper("UPDATE cases_caseevent SET seq = 99 WHERE case_id = %s AND seq = 2", case.pk)
    tamper("UPDATE cases_caseevent SET seq = 2 WHERE case_id = %s AND seq = 3", case.pk)
    tamper("UPDATE cases_caseevent SET seq = 3 WHERE case_id = %s AND seq = 99", case.pk)
    assert "第 2 条记录" in check()[1]


@sqlite_only
def test_only_the_case_asked_for_is_checked(case, dispatcher):
    whole = make_case(dispatcher)
    tamper("UPDATE cases_caseevent SET words = '改' WHERE case_id = %s AND seq = 1", case.pk)
    assert check(case=whole.number)[0] == 0 and check(case=case.number)[0] == 1


def test_the_outbox_mark_is_no_part_of_the_chain(case):
    assert CaseEvent.objects.filter(case=case).update(announced_at=case.last_event_at) == 5
    assert check()[0] == 0


def test_the_program_itself_has_no_way_to_change_an_event(case):
    event = case.events.first()
    for act in (event.save, event.delete, CaseEvent.objects.all().delete, lambda: CaseEvent.objects.update(words="改")):
        with pytest.raises(TypeError):
            act()
    assert check()[0] == 0


# --- PostgreSQL's own guard --------------------------------------------------------------------------------------------


@postgresql_only
@pytest.mark.parametrize("sql", [
    *[f"UPDATE cases_caseevent SET {column} = {value} WHERE case_id = %s" for column, value in sorted(CHANGES.items())],
    "UPDATE cases_caseevent SET words = '改', announced_at = now() WHERE case_id = %s",
    "UPDATE cases_caseevent SET hash = 'x' WHERE case_id = %s",
    "DELETE FROM cases_caseevent WHERE case_id = %s",
])  # fmt: skip
def test_postgresql_refuses_the_hand(case, sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        tamper(sql, case.pk)
    assert check()[0] == 0 and case.events.count() == 5


@postgresql_only
def test_postgresql_lets_the_outbox_mark_be_set_and_taken_back(case):
    assert tamper("UPDATE cases_caseevent SET announced_at = now() WHERE case_id = %s", case.pk) == 5
    assert tamper("UPDATE cases_caseevent SET announced_at = NULL WHERE case_id = %s", case.pk) == 5


@postgresql_only
def test_only_a_present_day_case_of_the_demonstration_may_be_removed_whole(case):
    from django.db import transaction
    from django.db.utils import DatabaseError

    Case.objects.filter(pk=case.pk).update(is_demo=True, demo_batch="2016")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        tamper("DELETE FROM cases_caseevent WHERE case_id = %s", case.pk)
    Case.objects.filter(pk=case.pk).update(demo_batch="present")
    assert tamper("DELETE FROM cases_caseevent WHERE case_id = %s", case.pk) == 5
