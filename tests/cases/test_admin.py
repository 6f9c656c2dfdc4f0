"""What the administrator edits of the cases, and nobody else does."""
import pytest
from django.apps import apps

from accounts.models import AuditEntry
from cases.models import CaseStandard, Category
from tests.make import make_category

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
MODELS = ["category", "casestandard", "hotlinekind", "returnreason", "phrase"]


@pytest.mark.parametrize("model", MODELS)
def test_the_administrator_lists_and_adds_each_table_and_the_desk_does_not(client, admin, dispatcher, model):
    client.force_login(admin)
    assert client.get(f"/admin/cases/{model}/").status_code == 200
    assert client.get(f"/admin/cases/{model}/add/").status_code == 200
    client.force_login(dispatcher)
    assert client.get(f"/admin/cases/{model}/").status_code in (302, 403)


def test_a_change_of_a_class_is_recorded(client, admin):
    row = make_category()
    client.force_login(admin)
    data = {"kind": "event", "major_code": "05", "major": "街面秩序", "code": "0501", "name": "游商", "active": "on"}
    assert client.post(f"/admin/cases/category/{row.pk}/change/", data).status_code == 302
    assert Category.objects.get(pk=row.pk).name == "游商"
    assert "name" in AuditEntry.objects.get(action="record_changed").detail["fields"]


@pytest.mark.parametrize(("over", "sentence"), [
    ({"amount": "0"}, "时限至少为 1。"), ({"effective_to": "2004-01-01"}, "停用日期早于起用日期。"), ({}, ""),
])  # fmt: skip
def test_a_limit_must_make_sense(client, admin, over, sentence):
    client.force_login(admin)
    data = {"clock": "handle", "amount": "3", "unit": "work_day", "effective_from": "2016-01-01", "note": "试行", **over}
    before = CaseStandard.objects.count()
    answer = client.post("/admin/cases/casestandard/add/", data)
    assert answer.status_code == (200 if sentence else 302) and sentence in answer.content.decode()
    assert CaseStandard.objects.count() == before + (not sentence)


@pytest.mark.parametrize("model", MODELS)
def test_nothing_here_can_be_deleted_since_the_story_names_it(client, admin, model):
    row = make_category() if model == "category" else apps.get_model("cases", model).objects.first()
    client.force_login(admin)
    assert client.get(f"/admin/cases/{model}/{row.pk}/change/").status_code == 200
    assert client.post(f"/admin/cases/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    row.refresh_from_db()


def test_there_is_no_case_in_the_admin_site(client, admin):
    client.force_login(admin)
    assert client.get("/admin/cases/case/").status_code == 404
    assert "案件类别" in client.get("/admin/").content.decode()


def test_what_a_limit_and_a_class_said_earlier_stays_readable_and_is_not_put_back(client, admin, auditor):
    standard, row = CaseStandard.objects.filter(clock="handle", category=None).first(), make_category()
    was = standard.amount
    client.force_login(admin)
    data = {"clock": "handle", "amount": was + 7, "unit": standard.unit, "effective_from": "2004-01-01", "note": "放宽",
            "kind": standard.kind, "major_code": standard.major_code, "source": standard.source,
            "urgency": standard.urgency}  # fmt: skip
    assert client.post(f"/admin/cases/casestandard/{standard.pk}/change/", data).status_code == 302
    story = client.get(f"/admin/cases/casestandard/{standard.pk}/history/")
    html = story.content.decode()
    assert story.status_code == 200 and admin.real_name in html
    assert f"{was}\n" in html and f"&rarr;&nbsp;&nbsp;{was + 7}" in html and "&rarr;&nbsp;&nbsp;放宽" in html
    version = standard.history.earliest()
    old = f"/admin/cases/casestandard/{standard.pk}/history/{version.pk}/"
    assert client.get(old).status_code == 200 and client.post(old, data | {"amount": was}).status_code == 403
    standard.refresh_from_db()
    assert standard.amount == was + 7
    assert client.get(f"/admin/cases/category/{row.pk}/history/").status_code == 200
    client.force_login(auditor)
    assert client.get(f"/admin/cases/category/{row.pk}/history/").status_code in (302, 403)
