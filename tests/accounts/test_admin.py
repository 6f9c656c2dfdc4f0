"""The admin site: who enters, and that every act passes its verb."""
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import staff
from accounts.models import AuditEntry, Department, DutyShift, User
from accounts.roles import Role
from tests.accounts.conftest import PASSWORD


@pytest.fixture
def admin(client, person, settings):
    # A form looks up each chosen person by itself; a list that does so is found by the test of the list below.
    settings.ZEAL_NPLUSONE_THRESHOLD = 5
    admin = person("admin", username="admin1", real_name="管理员")
    client.force_login(admin)
    return admin


def typed(user=None, **over):
    """What the form of a person sends."""
    answers = {
        "username": user.username if user else "li",
        "real_name": user.real_name if user else "李小兰",
        "phone": "",
        "department": (user.department_id or "") if user else "",
        "roles": sorted(user.roles) if user else ["handler"],
        "is_active": "on",
        "new_password": "" if user else PASSWORD,
        "heir": "",
        "reason": "",
    }
    return {**answers, **over}


@pytest.mark.parametrize("role", Role.values)
def test_only_admins_enter_the_admin_site(client, person, role):
    client.force_login(person(role))
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == (200 if role == "admin" else 403)


def test_strangers_are_sent_to_the_one_login_page(client, db):
    answer = client.get("/admin/accounts/user/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/login/?next=")
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).url.startswith("/login/")


def test_the_admin_site_speaks_chinese_and_hides_djangos_groups(client, admin):
    page = client.get("/admin/").text
    assert "人员与权限" in page and "部门" in page and "值班表" in page
    assert client.get("/admin/auth/group/").status_code == 404


def test_the_admin_sites_own_password_page_leads_to_the_profile(client, admin):
    assert client.get("/admin/password_change/").url == "/profile/password/"
    assert client.post("/admin/logout/").url == "/login/"


def test_a_person_is_made_with_roles(client, admin, department):
    answer = client.post(
        "/admin/accounts/user/add/",
        typed(phone="13812341234", department=department.pk, roles=["handler", "worker"]),
    )
    assert answer.status_code == 302, answer.context["adminform"].errors
    li = User.objects.get(username="li")
    assert li.roles == {"handler", "worker"} and li.phone == "13812341234" and li.check_password(PASSWORD)
    assert AuditEntry.objects.of_action("user_created").get(subject_id=str(li.pk)).actor == admin


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"username": "admin1"}, "已有人使用"),
        ({"phone": "1381234"}, "电话应为 11 位手机号，现为 7 位"),
        ({"new_password": ""}, "请给新人员设一个初始密码"),
        ({"new_password": "12345"}, "10"),
        ({"roles": ["king"]}, "king"),
    ],
)
def test_a_wrong_form_says_why_and_makes_nobody(client, admin, over, sentence):
    answer = client.post("/admin/accounts/user/add/", typed(**over))
    assert answer.status_code == 200 and sentence in answer.text
    assert User.objects.count() == 1


def test_the_phone_is_masked_and_leaving_the_mask_keeps_it(client, admin, person):
    li = person("handler", phone="13812341234")
    address = f"/admin/accounts/user/{li.pk}/change/"
    page = client.get(address).text
    assert "138****1234" in page and "13812341234" not in page
    client.post(address, typed(li, phone="138****1234"))
    assert User.objects.get(pk=li.pk).phone == "13812341234"
    client.post(address, typed(li, phone="13900001111"))
    assert User.objects.get(pk=li.pk).phone == "13900001111"
    entry = AuditEntry.objects.of_action("user_changed").get()
    assert entry.detail == {"fields": "phone"} and "1390000" not in str(entry.__dict__)


def test_roles_are_given_and_taken_through_the_verb(client, admin, person):
    li = person("handler")
    client.post(f"/admin/accounts/user/{li.pk}/change/", typed(li, roles=["clerk"]))
    assert User.objects.get(pk=li.pk).roles == {"clerk"}
    assert AuditEntry.objects.of_action("role_granted").filter(actor=admin, subject_id=str(li.pk)).count() == 1
    assert AuditEntry.objects.of_action("role_revoked").filter(actor=admin, subject_id=str(li.pk)).count() == 1


def test_an_admin_cannot_give_themselves_the_petitioners_names(client, admin):
    answer = client.post(
        f"/admin/accounts/user/{admin.pk}/change/", typed(admin, roles=["admin", "petition"]), follow=True
    )
    assert "不能给自己授予角色" in answer.text
    assert User.objects.get(pk=admin.pk).roles == {"admin"}


def test_disabling_asks_for_an_heir_when_something_is_open(client, admin, person, department):
    li, wang = person("handler", department=department), person("handler", department=department)
    Department.objects.filter(pk=department.pk).update(head=li)
    address = f"/admin/accounts/user/{li.pk}/change/"
    gone = typed(li, is_active="", real_name="改了名", reason="退休")
    answer = client.post(address, gone, follow=True)
    assert "还有 1 项未办结的工作" in answer.text
    li.refresh_from_db()
    assert li.is_active and li.real_name == "李小兰"
    client.post(address, {**gone, "heir": wang.pk})
    li.refresh_from_db()
    department.refresh_from_db()
    assert not li.is_active and department.head == wang
    assert AuditEntry.objects.of_action("user_disabled").get().reason == "退休"


def test_a_department_changes_through_the_verb(client, admin, person, department, other_department):
    li = person("handler", department=department)
    client.post(f"/admin/accounts/user/{li.pk}/change/", typed(li, department=other_department.pk))
    assert User.objects.get(pk=li.pk).department == other_department
    assert AuditEntry.objects.of_action("user_moved").get().detail == {"from": "D01", "to": "D02"}
    answer = client.post(f"/admin/accounts/user/{li.pk}/change/", typed(li, department=""))
    assert "部门不能清空" in answer.text
    assert User.objects.get(pk=li.pk).department == other_department


def test_a_forgotten_password_is_reset(client, admin, person):
    li = person("handler")
    client.post(f"/admin/accounts/user/{li.pk}/change/", typed(li, new_password="Xin-mima-2027"))
    assert User.objects.get(pk=li.pk).check_password("Xin-mima-2027")
    assert AuditEntry.objects.of_action("password_reset").get().actor == admin


def test_nobody_and_nothing_is_deleted(client, admin, person, department):
    li = person("handler")
    for address in (f"user/{li.pk}", f"department/{department.pk}"):
        assert client.get(f"/admin/accounts/{address}/change/").status_code == 200
        assert client.post(f"/admin/accounts/{address}/delete/", {"post": "yes"}).status_code == 403
    client.post("/admin/accounts/user/", {"action": "delete_selected", "_selected_action": [li.pk], "post": "yes"})
    assert User.objects.filter(pk=li.pk).exists() and Department.objects.exists()


def test_the_list_of_people_shows_no_phone_and_costs_no_more_for_twice_as_many(client, admin, person, department):
    counts = []
    for _ in range(2):
        for _ in range(6):
            person("handler", "worker", phone="13812341234", department=department)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/admin/accounts/user/").text
        counts.append(len(queries))
        assert "1234" not in page and "承办人、社区工作者" in page
    assert counts[0] == counts[1]


def test_a_department_is_edited_with_a_masked_phone_and_recorded(client, admin, department):
    Department.objects.filter(pk=department.pk).update(phone="13800008000")
    address = f"/admin/accounts/department/{department.pk}/change/"
    page = client.get(address).text
    assert "138****8000" in page and "13800008000" not in page
    typed_department = {
        "code": "D01", "name": "执法队", "short_name": "城管", "kind": "resident", "resident_staff": 32,
        "phone": "138****8000", "takes_cases": "on", "active": "on",
    }  # fmt: skip
    assert client.post(address, typed_department).status_code == 302
    department.refresh_from_db()
    assert (department.short_name, department.phone) == ("城管", "13800008000")
    assert "short_name" in AuditEntry.objects.of_action("department_changed").get().detail["fields"]


def test_a_shift_is_entered_and_recorded(client, admin, person):
    li = person("dispatcher")
    answer = client.post(
        "/admin/accounts/dutyshift/add/",
        {"date": "2026-03-04", "kind": "night", "user": li.pk, "leader": "", "starts_at": "", "ends_at": ""},
    )
    assert answer.status_code == 302, answer.context["adminform"].errors
    assert DutyShift.objects.get().user == li
    assert AuditEntry.objects.of_action("duty_changed").count() == 1


def test_an_heir_is_offered_with_the_department(client, admin, person, department):
    li, _wang = person("handler"), person("handler", real_name="王芳芳", department=department)
    assert "王芳芳（城管执法队）" in client.get(f"/admin/accounts/user/{li.pk}/change/").text


def test_the_registry_of_hand_overs_begins_with_posts():
    assert staff.HANDOVERS[0] is staff.hand_over_posts


def test_the_list_of_people_is_narrowed_by_what_it_offers_and_never_by_a_password(client, admin, person):
    person("handler", username="li", real_name="李小兰")
    offered = client.get("/admin/accounts/user/", {"grants__role": "handler", "is_active__exact": "1"})
    assert offered.status_code == 200 and "李小兰" in offered.content.decode()
    for name in ("password__startswith", "phone__isnull", "session_epoch"):
        assert client.get("/admin/accounts/user/", {name: "0"}).status_code == 400, name
