"""Joining, changing duties, moving and leaving."""
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts import staff
from accounts.models import AuditEntry, Department, DutyShift, RoleGrant, User
from tests.accounts.conftest import NOW, PASSWORD
from tests.accounts.test_guard import together


@pytest.fixture
def admin(person):
    return person("admin", username="admin1", real_name="管理员")


@pytest.fixture
def tasks(monkeypatch):
    """A hand-over as an upper app would register it: a dictionary of open tasks by person."""
    held = {}

    def hand_over(user, *, to, by, at):
        count = held.get(user.pk, 0)
        if to is not None:
            held[to.pk] = held.get(to.pk, 0) + held.pop(user.pk, 0)
        return count

    monkeypatch.setattr(staff, "HANDOVERS", [*staff.HANDOVERS, hand_over])
    return held


def test_a_new_person_has_roles_and_a_row_in_the_trail(admin, department):
    li = staff.create_user(
        username="li", real_name="李小兰", password=PASSWORD, roles=["handler", "worker"], department=department,
        by=admin, at=NOW,
    )  # fmt: skip
    assert li.roles == {"handler", "worker"} and li.check_password(PASSWORD)
    assert set(RoleGrant.objects.filter(user=li).values_list("granted_by", flat=True)) == {admin.pk}
    entries = AuditEntry.objects.filter(subject_id=str(li.pk))
    assert {entry.action for entry in entries} >= {"user_created", "role_granted"}
    assert PASSWORD not in str(list(entries.values()))


@pytest.mark.parametrize("password", ["short", "1234567890", "password123"])
def test_a_weak_first_password_makes_no_person(admin, password):
    with pytest.raises(ValidationError):
        staff.create_user(username="li", real_name="李", password=password, roles=["handler"], by=admin, at=NOW)
    assert not User.objects.filter(username="li").exists()


def test_a_taken_login_makes_no_second_person(admin):
    with pytest.raises(ValidationError, match="已有人使用"):
        staff.create_user(username="admin1", real_name="李", password=PASSWORD, roles=[], by=admin, at=NOW)
    assert User.objects.count() == 1


def test_an_unknown_role_makes_nobody(admin):
    with pytest.raises(ValueError):
        staff.create_user(username="li", real_name="李", password=PASSWORD, roles=["king"], by=admin, at=NOW)
    assert not User.objects.filter(username="li").exists()


def test_a_role_given_twice_is_held_and_recorded_once(admin, person):
    li = person()
    assert staff.grant_role(li, role="handler", by=admin, at=NOW) is True
    assert staff.grant_role(li, role="handler", by=admin, at=NOW) is False
    assert li.has_perm("cases.feedback_case")
    assert AuditEntry.objects.of_action("role_granted").filter(subject_id=str(li.pk)).count() == 1


def test_a_role_taken_away_is_gone_at_once(admin, person):
    li = person("handler", "clerk")
    staff.set_roles(li, roles=["clerk", "worker"], by=admin, at=NOW)
    assert li.roles == User.objects.get(pk=li.pk).roles == {"clerk", "worker"}
    revoked = AuditEntry.objects.of_action("role_revoked").get()
    assert (revoked.actor, revoked.detail) == (admin, {"role": "handler"})
    assert staff.revoke_role(li, role="handler", by=admin, at=NOW) is False


def test_nobody_gives_themselves_a_role_but_another_admin_may(admin, person):
    with pytest.raises(staff.StaffRefused, match="不能给自己"):
        staff.grant_role(admin, role="petition", by=admin, at=NOW)
    assert not User.objects.get(pk=admin.pk).has_perm("cases.reveal_petitioner")
    assert staff.grant_role(admin, role="petition", by=person("admin"), at=NOW)


def test_the_last_admin_keeps_the_role_but_one_of_two_may_lose_it(admin, person):
    with pytest.raises(staff.StaffRefused, match="至少要有一位"):
        staff.revoke_role(admin, role="admin", by=admin, at=NOW)
    second = person("admin")
    assert staff.revoke_role(second, role="admin", by=admin, at=NOW)
    with pytest.raises(staff.StaffRefused):
        staff.revoke_role(admin, role="admin", by=admin, at=NOW)


def test_a_disabled_admin_does_not_count_as_the_other_one(admin, person):
    second = person("admin")
    staff.disable_user(second, by=admin, at=NOW)
    with pytest.raises(staff.StaffRefused, match="至少要有一位"):
        staff.disable_user(admin, by=second, at=NOW)


def test_a_person_without_open_tasks_is_disabled_without_an_heir(admin, person, tasks):
    li = person("handler")
    staff.disable_user(li, by=admin, at=NOW, reason="调离")
    assert not li.is_active and li.session_epoch == 1
    entry = AuditEntry.objects.of_action("user_disabled").get()
    assert (entry.actor, entry.reason, entry.subject_id) == (admin, "调离", str(li.pk))


def test_open_tasks_need_an_heir_and_go_to_them_in_the_same_act(admin, person, department, tasks):
    li, wang = person("handler", department=department), person("handler", department=department)
    tasks[li.pk] = 3
    with pytest.raises(staff.StaffRefused, match="还有 3 项未办结的工作。请选择接手人"):
        staff.disable_user(li, by=admin, at=NOW)
    assert User.objects.get(pk=li.pk).is_active and tasks == {li.pk: 3}
    staff.disable_user(li, by=admin, at=NOW, heir=wang)
    assert not User.objects.get(pk=li.pk).is_active and tasks == {wang.pk: 3}
    assert AuditEntry.objects.of_action("tasks_handed_over").get().detail == {"to": wang.username, "count": 3}


def test_the_heir_is_an_active_colleague(admin, person, department, other_department, tasks):
    li, wang = person("handler", department=department), person("handler", department=department)
    stranger = person("handler", department=other_department)
    gone = person("handler", department=department)
    staff.disable_user(gone, by=admin, at=NOW)
    tasks[li.pk] = 1
    for heir, sentence in ((stranger, "同部门"), (gone, "在用人员"), (li, "另一位")):
        with pytest.raises(staff.StaffRefused, match=sentence):
            staff.disable_user(li, by=admin, at=NOW, heir=heir)
    staff.disable_user(li, by=admin, at=NOW, heir=wang)
    assert tasks == {wang.pk: 1}


def test_the_last_of_a_department_hands_over_to_another_department(admin, person, department, other_department, tasks):
    li, stranger = person("handler", department=department), person("handler", department=other_department)
    tasks[li.pk] = 1
    staff.disable_user(li, by=admin, at=NOW, heir=stranger)
    assert tasks == {stranger.pk: 1}


def test_posts_and_coming_shifts_are_handed_over_past_ones_stay(admin, person, department):
    li, wang = person("handler", department=department), person("handler", department=department)
    Department.objects.filter(pk=department.pk).update(head=li)
    for days in (-3, 3):
        begin = NOW + timedelta(days=days)
        DutyShift.objects.create(
            date=begin.date(), kind="night", user=li, starts_at=begin, ends_at=begin + timedelta(hours=14)
        )
    with pytest.raises(staff.StaffRefused, match="2 项"):
        staff.disable_user(li, by=admin, at=NOW)
    staff.disable_user(li, by=admin, at=NOW, heir=wang)
    department.refresh_from_db()
    assert department.head == wang
    assert [shift.user for shift in DutyShift.objects.order_by("date")] == [li, wang]


def test_disabling_twice_is_said_and_done_once(admin, person):
    li = person("handler")
    staff.disable_user(li, by=admin, at=NOW)
    with pytest.raises(staff.StaffRefused, match="已经停用"):
        staff.disable_user(li, by=admin, at=NOW)
    assert AuditEntry.objects.of_action("user_disabled").count() == 1


def test_nobody_disables_themselves(admin, person):
    second = person("admin")
    with pytest.raises(staff.StaffRefused, match="不能停用自己"):
        staff.disable_user(admin, by=admin, at=NOW)
    staff.disable_user(admin, by=second, at=NOW)


def test_a_person_comes_back_with_the_old_roles(admin, person):
    li = person("handler")
    staff.disable_user(li, by=admin, at=NOW)
    staff.enable_user(li, by=admin, at=NOW)
    assert li.is_active and li.has_perm("cases.feedback_case")
    with pytest.raises(staff.StaffRefused, match="本来就在用"):
        staff.enable_user(li, by=admin, at=NOW)


def test_moving_leaves_the_open_tasks_behind(admin, person, department, other_department, tasks):
    li, wang = person("handler", department=department), person("handler", department=department)
    tasks[li.pk] = 2
    with pytest.raises(staff.StaffRefused, match="2 项"):
        staff.move_user(li, department=other_department, by=admin, at=NOW)
    assert User.objects.get(pk=li.pk).department == department
    staff.move_user(li, department=other_department, by=admin, at=NOW, heir=wang)
    assert User.objects.get(pk=li.pk).department == other_department and tasks == {wang.pk: 2}
    assert AuditEntry.objects.of_action("user_moved").get().detail == {"from": "D01", "to": "D02"}


def test_a_person_moves_neither_twice_nor_into_a_closed_department(admin, person, department, other_department):
    li = person("handler", department=department)
    with pytest.raises(staff.StaffRefused, match="已经在城管执法队"):
        staff.move_user(li, department=department, by=admin, at=NOW)
    Department.objects.filter(pk=other_department.pk).update(active=False)
    other_department.refresh_from_db()
    with pytest.raises(staff.StaffRefused, match="已停用，不能调入"):
        staff.move_user(li, department=other_department, by=admin, at=NOW)


def test_a_person_without_a_department_gets_one(admin, person, department):
    li = person("handler")
    staff.move_user(li, department=department, by=admin, at=NOW)
    assert User.objects.get(pk=li.pk).department == department


def test_a_failing_hand_over_leaves_everything_as_it_was(admin, person, department, monkeypatch):
    li, wang = person("handler", department=department), person("handler", department=department)

    def breaks(user, *, to, by, at):
        if to is not None:
            raise RuntimeError("half-way")
        return 1

    monkeypatch.setattr(staff, "HANDOVERS", [*staff.HANDOVERS, breaks])
    Department.objects.filter(pk=department.pk).update(head=li)
    with pytest.raises(RuntimeError):
        staff.disable_user(li, by=admin, at=NOW, heir=wang)
    department.refresh_from_db()
    assert User.objects.get(pk=li.pk).is_active and department.head == li
    assert not AuditEntry.objects.of_action("user_disabled").exists()


def at_once(count, act):
    """Run act(0) … act(count - 1) in threads; returns how many were refused."""
    refused = []
    numbers = iter(range(count))

    def run():
        try:
            act(next(numbers))
        except staff.StaffRefused as refusal:
            refused.append(str(refusal))

    together(count, run)
    return len(refused)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_disable_a_person_at_once_one_does_it(admin, person):
    li = person("handler")
    refused = at_once(6, lambda _: staff.disable_user(User.objects.get(pk=li.pk), by=admin, at=NOW))
    assert refused == 5
    assert AuditEntry.objects.of_action("user_disabled").count() == 1
    assert User.objects.get(pk=li.pk).session_epoch == 1


@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_end_each_other_at_once(admin, person):
    pair = [admin, person("admin")]
    refused = at_once(2, lambda number: staff.disable_user(pair[number], by=pair[1 - number], at=NOW))
    assert refused == 1
    assert User.objects.with_permission("accounts.manage_users").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_role_given_by_many_at_once_is_held_once(admin, person):
    li = person()
    assert at_once(6, lambda _: staff.grant_role(User.objects.get(pk=li.pk), role="handler", by=admin, at=NOW)) == 0
    assert RoleGrant.objects.filter(user=li).count() == 1
    assert AuditEntry.objects.of_action("role_granted").filter(subject_id=str(li.pk)).count() == 1
