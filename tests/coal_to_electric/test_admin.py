"""What an administrator edits of the programme, and that nobody edits a household there."""
from datetime import date

import pytest
from django.contrib.admin import site

from accounts.models import AuditEntry
from coal_to_electric.models import Household, PaymentBatch, PaymentLine, Revisit, StageLimit, SubsidyPolicy

pytestmark = pytest.mark.django_db
SITE = "/admin/coal_to_electric/"


@pytest.fixture
def form(policies):
    """A policy from 2017 on, the old one put out of force."""
    old = SubsidyPolicy.objects.get(kind__code="storage", payer="city")
    return old, {
        "name": "2017 年市级补贴", "kind": old.kind_id, "payer": "city", "basis": "share", "share_of": 1, "share_in": 2,
        "per_m2_yuan": "", "cap_yuan": "3000", "cap_share_of": "", "cap_share_in": "", "effective_from": "2017-01-01",
        "effective_to": "", "source": "京发改〔2017〕1号（演示）",
    }


def test_a_new_rule_is_a_new_row_with_its_history(form, client, admin):
    old, filled = form
    client.force_login(admin)
    refused = client.post(f"{SITE}subsidypolicy/add/", filled)
    assert refused.status_code == 200 and "同一天不能有两条" in refused.content.decode()
    SubsidyPolicy.objects.filter(pk=old.pk).update(effective_to=date(2016, 12, 31))
    assert client.post(f"{SITE}subsidypolicy/add/", filled).status_code == 302
    fresh = SubsidyPolicy.objects.get(name="2017 年市级补贴")
    assert fresh.history.count() == 1 and AuditEntry.objects.get(action="record_added").subject_id == str(fresh.pk)
    for wrong in ({"share_of": 3}, {"basis": "area"}, {"cap_share_of": "1"}):
        answer = client.post(f"{SITE}subsidypolicy/{fresh.pk}/change/", {**filled, **wrong})
        assert answer.status_code == 200 and "errorlist" in answer.content.decode(), wrong


def test_nothing_is_deleted_and_only_the_admin_gets_in(policies, client, clerk, chief, admin):
    policy = SubsidyPolicy.objects.first()
    client.force_login(admin)
    for name in ("programme", "stagelimit", "equipmentkind", "equipmentmodel", "subsidypolicy", "offpeakrate"):
        assert client.get(f"{SITE}{name}/").status_code == 200, name
    assert client.post(f"{SITE}subsidypolicy/{policy.pk}/delete/", {"post": "yes"}).status_code == 403
    for nobody in (clerk, chief):
        client.force_login(nobody)
        assert client.get(f"{SITE}subsidypolicy/").status_code == 302


def test_a_changed_limit_is_recorded(policies, client, admin):
    client.force_login(admin)
    limit = StageLimit.objects.first()
    page = f"{SITE}stagelimit/{limit.pk}/change/"
    assert client.post(page, {"stage": limit.stage, "days": 0}).status_code == 200
    assert client.post(page, {"stage": limit.stage, "days": 99}).status_code == 302
    limit.refresh_from_db()
    assert limit.days == 99 and AuditEntry.objects.get(action="record_changed").detail == {"fields": "days"}


def test_no_admin_form_writes_a_household_or_a_payment():
    assert not {Household, PaymentBatch, PaymentLine, Revisit} & set(site._registry)
