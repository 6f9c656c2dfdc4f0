"""Who stands behind a case: shown for a reason, once, to the right person, with an audit row."""
import pytest

from accounts.models import AuditEntry
from cases import revealing
from tests.make import NOW, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
REASON = "需电话核实漏水楼层"


@pytest.fixture
def petition(petition_officer):
    """A petition of 金丝雀."""
    return make_case(petition_officer, source="XF", reporter={"name": "金丝雀", "phone": "13800007777"})


@pytest.fixture
def call(dispatcher):
    """A hotline call of 李小兰."""
    return make_case(dispatcher, source="RX", reporter={"name": "李小兰", "phone": "13812341234"})


def entries(action):
    return list(AuditEntry.objects.filter(action=action).values_list("reason", flat=True))


def test_the_petition_officer_sees_the_petitioner_for_a_reason_and_the_audit_says_so(client, petition, petition_officer):
    client.force_login(petition_officer)
    address = f"/cases/{petition.number}/reveal/"
    assert "金丝雀" not in client.get(address).content.decode() and entries("petitioner_revealed") == []
    answer = client.post(address, {"reason": REASON})
    assert "金丝雀" in answer.content.decode() and "13800007777" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert entries("petitioner_revealed") == [REASON]
    assert "金丝雀" not in client.get(address).content.decode()
    assert "金丝雀" not in str(AuditEntry.objects.values_list("detail", "reason"))


@pytest.mark.parametrize("reason", ["", "  ", "看看"])
def test_without_a_proper_reason_nothing_is_shown_and_nothing_recorded(client, petition, petition_officer, reason):
    client.force_login(petition_officer)
    answer = client.post(f"/cases/{petition.number}/reveal/", {"reason": reason})
    assert answer.status_code == 422 and "至少 5 个字" in answer.content.decode()
    assert "金丝雀" not in answer.content.decode() and entries("petitioner_revealed") == []


@pytest.mark.parametrize(("who", "status"), [
    ("dispatcher", 403), ("chief", 403), ("leader", 403), ("inspector", 404), ("handler", 404),
    ("community_worker", 404), ("clerk", 404), ("admin", 404), ("auditor", 404), ("outsider", 404),
])  # fmt: skip
def test_nobody_else_sees_a_petitioner_whatever_the_reason(client, petition, who, status, request):
    client.force_login(request.getfixturevalue(who))
    answer = client.post(f"/cases/{petition.number}/reveal/", {"reason": REASON})
    assert answer.status_code == status and "金丝雀" not in answer.content.decode()
    assert entries("petitioner_revealed") == []


def test_the_dispatcher_sees_a_callers_phone_for_a_reason_and_a_handler_does_not(
    client, call, dispatcher, handler, law_enforcement
):
    reporter = call.reporters.get()
    client.force_login(dispatcher)
    page = client.get(call.get_absolute_url()).content.decode()
    assert "李*兰" in page and "138****1234" in page and "李小兰" not in page
    answer = client.post(f"/cases/{call.number}/reveal/", {"reason": REASON, "reporter": reporter.pk})
    assert "李小兰" in answer.content.decode() and "13812341234" in answer.content.decode()
    assert entries("reporter_revealed") == [REASON]
    from tests.make import put

    put(call, "in_progress", lead=law_enforcement)
    call.assignments.create(department=law_enforcement, role="lead", assigned_at=NOW)
    client.force_login(handler)
    assert client.get(call.get_absolute_url()).status_code == 200
    answer = client.post(f"/cases/{call.number}/reveal/", {"reason": REASON, "reporter": reporter.pk})
    assert answer.status_code == 403 and "李小兰" not in answer.content.decode()
    assert entries("reporter_revealed") == [REASON]


def test_a_reporter_of_another_case_is_not_shown_through_this_one(client, call, dispatcher):
    other = make_case(dispatcher, source="WX", reporter={"name": "王小明", "phone": "13900001111"})
    client.force_login(dispatcher)
    answer = client.post(
        f"/cases/{call.number}/reveal/", {"reason": REASON, "reporter": other.reporters.get().pk}
    )
    assert answer.status_code == 404 and entries("reporter_revealed") == []


def test_an_identity_prints_nothing_of_itself(petition, petition_officer):
    identity = revealing.reveal_petitioner(petition, by=petition_officer, reason=REASON, at=NOW)
    assert dict(identity.lines)["姓名"] == "金丝雀" and "金丝雀" not in repr(identity)
