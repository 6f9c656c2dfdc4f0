"""The pages: who sees what, masks everywhere, refusals with their status, lists that ask few questions."""
import io
import re
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from coal_to_electric.models import Household, PaymentBatch, Revisit, StageLimit
from coal_to_electric.progress import take
from tests.coal_to_electric.make import (
    CANARY_ID,
    CANARY_NAME,
    CANARY_PHONE,
    TODAY,
    bring,
    id_number,
    make_accepted,
    make_batch,
    make_household,
    make_programme,
)
from tests.make import NOW

pytestmark = pytest.mark.django_db
ROOT = "/ledgers/households/"
SECRETS = (CANARY_NAME, CANARY_ID, CANARY_PHONE)


@pytest.fixture
def canary(programme, clerk, langshan):
    """A household in 琅山村 whose data may appear nowhere; it could be paid."""
    person = {"householder": CANARY_NAME, "id_number": CANARY_ID, "phone": CANARY_PHONE}
    return make_accepted(programme, clerk, langshan, **person)


def text(answer):
    """The answer's body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace")


def pages(household, batch):
    """Every page that shows households."""
    one = f"{ROOT}{household.number}/"
    return [ROOT, f"{ROOT}stuck/", f"{ROOT}revisits/", f"{ROOT}funnel/", f"{ROOT}payments/", f"{ROOT}payments/new/",
            f"{ROOT}payments/{batch.number}/", f"{ROOT}export/", f"{ROOT}new/", one, f"{one}edit/", f"{one}revisit/",
            f"{one}steps/withdraw/", f"{one}reveal/"]


@pytest.mark.parametrize("who", ["clerk", "chief", "leader", "other_community_worker"])
def test_the_canary_is_on_no_page_of_anybody(who, canary, programme, clerk, client, request):
    batch = make_batch(programme, clerk, canary)
    client.force_login(request.getfixturevalue(who))
    opened = 0
    for page in pages(canary, batch):
        answer = client.get(page)
        body = text(answer)
        assert not [secret for secret in SECRETS if secret in body], page
        opened += answer.status_code == 200
    assert opened >= 5
    assert "金*鸣" in text(client.get(ROOT)) and "138****7777" in text(client.get(ROOT))


def test_a_worker_sees_the_own_community_only(canary, client, community_worker, other_community_worker, xijing, clerk, programme):
    mine = make_household(programme, clerk, xijing)
    for who, seen, hidden in ((community_worker, mine, canary), (other_community_worker, canary, mine)):
        client.force_login(who)
        body = text(client.get(ROOT))
        assert seen.number in body and hidden.number not in body
        assert client.get(seen.get_absolute_url()).status_code == 200
        assert client.get(hidden.get_absolute_url()).status_code == 404
        assert client.get(f"{hidden.get_absolute_url()}steps/visit/").status_code == 404
        assert client.get(f"{seen.get_absolute_url()}steps/visit/").status_code == 200
        assert client.get(f"{seen.get_absolute_url()}steps/install/").status_code == 403
        assert hidden.number not in text(client.get(f"{ROOT}revisits/")) + text(client.get(f"{ROOT}stuck/"))


def test_looking_behind_the_mask_needs_right_reason_and_leaves_an_entry(canary, client, clerk, chief, other_community_worker):
    for nobody in (chief, other_community_worker):
        client.force_login(nobody)
        assert client.post(f"{canary.get_absolute_url()}reveal/", {"reason": "核对银行账户"}).status_code == 403
    client.force_login(clerk)
    short = client.post(f"{canary.get_absolute_url()}reveal/", {"reason": "看看"})
    assert short.status_code == 422 and "至少 5 个字" in text(short) and CANARY_ID not in text(short)
    assert not AuditEntry.objects.filter(action="household_revealed").exists()
    shown = client.post(f"{canary.get_absolute_url()}reveal/", {"reason": "核对银行账户"})
    assert shown.status_code == 200 and all(secret in text(shown) for secret in SECRETS)
    entry = AuditEntry.objects.get(action="household_revealed")
    assert entry.reason == "核对银行账户" and entry.actor == clerk and not [s for s in SECRETS if s in str(entry.detail)]


def test_a_name_is_found_without_coming_into_an_address(canary, client, clerk):
    client.force_login(clerk)
    for secret in SECRETS:
        answer = client.post(f"{ROOT}find/", {"words": secret})
        assert answer.status_code == 302 and answer["Location"].endswith(f"n={canary.number}")
    answer = client.post(f"{ROOT}find/", {"words": "平房区"})
    assert answer.status_code == 302 and "q=" in answer["Location"]
    missed = client.post(f"{ROOT}find/", {"words": "不在台账的人"})
    assert missed.status_code == 404 and "没有找到这一户" in text(missed)
    searched = AuditEntry.objects.filter(action="household_searched", actor=clerk).order_by("pk")
    assert [entry.detail for entry in searched] == [{"count": 1}] * len(SECRETS) + [{"count": 0}]  # a place is no person


def test_the_audit_and_the_story_hold_nothing_personal(canary, programme, clerk, chief, client):
    from coal_to_electric import ledger, payments

    ledger.amend(Household.objects.for_page().get(pk=canary.pk), by=clerk, at=NOW, phone="13800001234")
    batch = make_batch(programme, clerk, canary)
    payments.approve_batch(batch, by=chief, at=NOW)
    client.force_login(clerk)
    client.post(f"{ROOT}export/", {"kind": "csv"})
    said = " ".join(str(row) for row in AuditEntry.objects.values_list("detail", "reason", "subject_id"))
    said += " ".join(str(row) for row in canary.steps.values_list("detail", "note"))
    said += " ".join(str(row) for row in batch.lines.values_list("working"))
    assert not [secret for secret in (*SECRETS, "13800001234") if secret in said]


# --- writing -------------------------------------------------------------------------------------------------------------


def new(langshan, **over):
    """A filled-in form."""
    return {
        "householder": "王小明", "id_number": id_number(700), "phone": "13800001111", "community": langshan.pk,
        "address": "琅山村平房区9排9号", "dwelling": "平房", "heating_area_m2": "38.5", "origin": "added", **over,
    }


def test_a_household_is_entered_and_a_wrong_form_comes_back(client, clerk, programme, langshan):
    client.force_login(clerk)
    for wrong, sentence in (
        ({"heating_area_m2": "3000"}, "不能大于"), ({"id_number": "11019919600101700X"}, "校验位不对"), ({"phone": "138"}, "11 位手机号"),
        ({"address": ""}, "请填写地址"),
    ):
        answer = client.post(f"{ROOT}new/", new(langshan, **wrong))
        assert answer.status_code == 422 and sentence in text(answer), wrong
    assert not Household.objects.exists()
    answer = client.post(f"{ROOT}new/", new(langshan))
    assert answer.status_code == 302 and answer["Location"] == f"{ROOT}MGD2016-001/"
    one = Household.objects.get()
    assert one.householder == "王小明" and one.heating_area_m2 == Decimal("38.5") and one.origin == "added"


@pytest.mark.parametrize(("ticked", "shown"), [({"heating_area_approximate": "on"}, "约 38.5"), ({}, "38.5")])
def test_an_estimated_area_is_said_to_be_one(client, clerk, programme, langshan, ticked, shown):
    client.force_login(clerk)
    client.post(f"{ROOT}new/", new(langshan, **ticked))
    one = Household.objects.get()
    assert one.heating_area_approximate == bool(ticked)
    assert f">{shown}</td>" in text(client.get(f"{ROOT}")) and f"<dd>{shown} ㎡" in text(client.get(one.get_absolute_url()))
    form = text(client.get(f"{one.get_absolute_url()}edit/"))
    assert ("checked" in form.split('name="heating_area_approximate"')[1].split(">")[0]) == bool(ticked)
    change = {**new(langshan), **dict.fromkeys(("householder", "id_number", "phone"), ""), "version": one.version}
    assert client.post(f"{one.get_absolute_url()}edit/", change).status_code == 302
    assert not Household.objects.get().heating_area_approximate


def test_the_same_address_is_said_first_and_the_same_id_is_refused(client, clerk, programme, langshan):
    client.force_login(clerk)
    client.post(f"{ROOT}new/", new(langshan))
    again = new(langshan, id_number=id_number(701))
    warned = client.post(f"{ROOT}new/", again)
    assert warned.status_code == 409 and "同一地址已有 1 户" in text(warned) and Household.objects.count() == 1
    assert client.post(f"{ROOT}new/", {**again, "sure": "1"}).status_code == 302
    twice = client.post(f"{ROOT}new/", new(langshan, address="别处1号"))
    assert twice.status_code == 422 and "已在台账：MGD2016-001" in text(twice) and Household.objects.count() == 2


def test_an_edit_leaves_empty_personal_fields_as_they_are(client, clerk, canary):
    client.force_login(clerk)
    form = {"householder": "", "id_number": "", "phone": "", "community": canary.community_id, "address": "琅山村1号",
            "dwelling": "平房", "heating_area_m2": "38.0", "version": canary.version}
    stale = client.post(f"{canary.get_absolute_url()}edit/", {**form, "version": 0})
    assert stale.status_code == 409 and "刚刚被他人更新" in text(stale)
    assert client.post(f"{canary.get_absolute_url()}edit/", form).status_code == 302
    one = Household.objects.get(pk=canary.pk)
    assert (one.householder, one.id_number, one.address) == (CANARY_NAME, CANARY_ID, "琅山村1号")
    assert client.post(f"{canary.get_absolute_url()}edit/", {**form, "version": one.version, "phone": "13800009999"}).status_code == 302
    one.refresh_from_db()
    assert one.phone == "13800009999" and one.phone_index


def test_a_step_by_form_and_its_refusals(client, clerk, household):
    client.force_login(clerk)
    page = f"{household.get_absolute_url()}steps/visit/"
    assert client.post(page, {"on": "昨天", "version": 0}).status_code == 422
    assert client.post(page, {"on": "2016-03-20", "version": 0}).status_code == 302
    assert client.post(page, {"on": "2016-03-21", "version": 0, "note": "抄错了日期"}).status_code == 409
    assert client.post(page, {"on": "2016-03-21", "version": 1}).status_code == 422
    assert client.post(page, {"on": "2016-03-21", "version": 1, "note": "抄错了日期"}).status_code == 302
    assert client.get(f"{household.get_absolute_url()}steps/fly/").status_code == 404
    dialog = client.get(f"{household.get_absolute_url()}steps/choose/", headers={"HX-Request": "true"})
    assert "<html" not in text(dialog) and "直热式" not in text(dialog) and "XN-3200" in text(dialog)


def test_a_revisit_by_a_worker_on_the_phone(client, clerk, other_community_worker, household):
    bring(household, "power_on", clerk)
    client.force_login(other_community_worker)
    assert household.number in text(client.get(f"{ROOT}revisits/"))
    page = f"{household.get_absolute_url()}revisit/"
    version = Household.objects.get(pk=household.pk).version
    form = {"on": "2016-12-21", "channel": "visit", "reached": "yes", "version": version}
    assert client.post(page, form).status_code == 422
    assert client.post(page, {**form, "heating_works": "yes", "satisfaction": "satisfied"}).status_code == 302
    assert Revisit.objects.get().by == other_community_worker


def test_a_picture_of_the_household_is_kept_and_shown_to_who_sees_it(client, clerk, community_worker, household, settings, tmp_path):
    from grid.photos import develop_photo
    from tests.browser.stories import picture

    settings.MEDIA_ROOT = tmp_path
    client.force_login(clerk)
    page = f"{household.get_absolute_url()}photos/"
    wrong = client.post(page, {"moment": "before", "file": SimpleUploadedFile("x.jpg", b"no picture", "image/jpeg")})
    assert wrong.status_code == 422 and "不是照片" in text(wrong)
    assert client.post(page, {"moment": "before", "file": SimpleUploadedFile("x.jpg", picture(), "image/jpeg")}).status_code == 302
    hung = household.photos.get()
    develop_photo(hung.photo_id)
    address = f"{page}{hung.pk}/thumb/"
    assert client.get(address)["Content-Type"] == "image/jpeg" and address in text(client.get(ROOT))
    assert client.get(f"{page}{hung.pk}/original/").status_code == 404
    client.force_login(community_worker)
    assert client.get(address).status_code == 404


# --- payments -------------------------------------------------------------------------------------------------------------


def test_a_batch_through_the_pages(canary, programme, client, clerk, chief):
    client.force_login(clerk)
    assert canary.number in text(client.get(f"{ROOT}payments/new/?season=2016"))
    assert client.post(f"{ROOT}payments/new/?season=2016", {"note": ""}).status_code == 422
    made = client.post(f"{ROOT}payments/new/?season=2016", {"n": [canary.number], "note": ""})
    batch = PaymentBatch.objects.get()
    assert made.status_code == 302 and made["Location"] == batch.get_absolute_url()
    assert client.post(f"{batch.get_absolute_url()}approve/").status_code == 403
    client.force_login(chief)
    refused = client.post(f"{batch.get_absolute_url()}refuse/", {"reason": "不对"})
    assert refused.status_code == 422
    assert client.post(f"{batch.get_absolute_url()}approve/").status_code == 302
    assert client.post(f"{batch.get_absolute_url()}approve/").status_code == 409
    client.force_login(clerk)
    today = timezone.localdate()
    assert client.post(f"{batch.get_absolute_url()}paid/", {"on": today}).status_code == 302
    assert Household.objects.get(pk=canary.pk).subsidy_paid_date == today


def test_the_list_of_the_stuck_says_where_how_long_and_what_was_allowed(programme, client, clerk, langshan):
    one, today = make_household(programme, clerk, langshan), timezone.localdate()
    take("survey", one, by=clerk, at=timezone.now(), on=today - timedelta(days=33), eligible=True)
    StageLimit.objects.filter(stage="visit").update(days=14)
    client.force_login(clerk)
    cells = re.findall(r"<td[^>]*>(?:<a[^>]*>)?([^<]+)", text(client.get(f"{ROOT}stuck/")))
    assert cells[0] == one.number and cells[4] == "待入户宣传" and cells[-2:] == ["33", "14"]


def test_an_empty_ledger_says_what_comes_first(db, client, clerk):
    client.force_login(clerk)
    assert "还没有采暖季任务" in text(client.get(ROOT))
    make_programme()
    assert "台账里还没有住户" in text(client.get(ROOT))
    assert "还没有批次" in text(client.get(f"{ROOT}payments/"))
    assert "没有这样的批次" in text(client.get(f"{ROOT}payments/?status=paid"))


def test_a_payment_dated_before_its_approval_is_asked_about_once(canary, programme, client, clerk, chief):
    from coal_to_electric import payments

    batch = make_batch(programme, clerk, canary)
    payments.approve_batch(batch, by=chief, at=NOW)
    client.force_login(clerk)
    page, early = f"{batch.get_absolute_url()}paid/", {"on": "2016-12-20"}
    asked = client.post(page, early)
    assert asked.status_code == 422 and "发放日期 2016-12-20 早于审批日期 2016-12-21" in text(asked)
    assert "处要改" not in text(asked)  # a question, no fault
    assert 'name="sure"' in text(asked) and 'name="sure"' not in text(client.get(batch.get_absolute_url()))
    assert Household.objects.get(pk=canary.pk).subsidy_paid_date is None
    assert client.post(page, early | {"sure": "on"}).status_code == 302
    assert Household.objects.get(pk=canary.pk).subsidy_paid_date.isoformat() == "2016-12-20"


def cells(answer):
    """Every cell of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell is not None]


def test_the_list_for_the_bank_is_in_clear_only_for_the_chief_with_a_reason(canary, programme, client, clerk, chief):
    from coal_to_electric import payments

    batch = make_batch(programme, clerk, canary)
    page = f"{batch.get_absolute_url()}list/"
    client.force_login(clerk)
    masked = cells(client.post(page, {"kind": "xlsx"}))
    assert "金*鸣" in masked and not set(SECRETS) & set(masked)
    assert not set(SECRETS) & set(cells(client.post(page, {"kind": "xlsx", "unmasked": "1", "reason": "交银行发放"})))
    assert client.post(page, {"kind": "pdf"}).status_code == 422
    client.force_login(chief)
    early = client.post(page, {"kind": "xlsx", "unmasked": "1", "reason": "交银行发放"})
    assert early.status_code == 409 and "审批后才能导出" in text(early)
    payments.approve_batch(batch, by=chief, at=NOW)
    assert client.post(page, {"kind": "xlsx", "unmasked": "1", "reason": "银行"}).status_code == 422
    assert not AuditEntry.objects.filter(action="ledger_exported_unmasked").exists()
    clear = cells(client.post(page, {"kind": "xlsx", "unmasked": "1", "reason": "交银行发放"}))
    assert set(SECRETS) <= set(clear) and any(chief.real_name in cell for cell in clear)
    assert AuditEntry.objects.get(action="ledger_exported_unmasked").reason == "交银行发放"


def test_an_export_is_masked_noted_and_filtered(canary, programme, client, clerk, chief, leader, xijing):
    other = make_household(programme, clerk, xijing)
    client.force_login(clerk)
    body = text(client.post(f"{ROOT}export/?community={xijing.code}", {"kind": "csv"}))
    assert other.number in body and canary.number not in body
    body = text(client.post(f"{ROOT}export/", {"kind": "csv"}))
    assert canary.number in body and "110199********0017" in body and not [one for one in SECRETS if one in body]
    assert AuditEntry.objects.filter(action="ledger_exported").first().detail["ledger"] == "煤改电台账"
    client.force_login(leader)
    assert client.get(f"{ROOT}export/").status_code == 403
    client.force_login(chief)
    assert client.post(f"{ROOT}export/", {"kind": "csv", "unmasked": "1", "reason": ""}).status_code == 422
    assert CANARY_ID in text(client.post(f"{ROOT}export/", {"kind": "csv", "unmasked": "1", "reason": "区里核对底册"}))


# --- how much is asked -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [ROOT, f"{ROOT}funnel/", f"{ROOT}stuck/", f"{ROOT}revisits/", f"{ROOT}payments/new/"])
def test_twice_as_many_households_ask_no_more_questions(page, programme, clerk, client, langshan, xijing):
    def fill():
        for community in (langshan, xijing):
            make_accepted(programme, clerk, community)
            take("survey", make_household(programme, clerk, community), by=clerk, at=NOW, on=TODAY, eligible=True)

    client.force_login(clerk)
    fill()
    client.get(page)
    with CaptureQueriesContext(connection, ) as few:
        first = client.get(page)
    fill()
    with CaptureQueriesContext(connection) as many:
        second = client.get(page)
    assert first.status_code == second.status_code == 200 and len(second.content) >= len(first.content)
    assert len(many) <= len(few) <= 25


def test_a_batch_asks_no_more_for_twice_its_rows(programme, clerk, client, langshan):
    client.force_login(clerk)
    counts = []
    for size in (2, 4):
        batch = make_batch(programme, clerk, *[make_accepted(programme, clerk, langshan) for _ in range(size)])
        with CaptureQueriesContext(connection) as asked:
            assert client.get(batch.get_absolute_url()).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15


def test_the_season_that_is_marked_opens_first_and_others_by_their_year(client, clerk, programme, langshan):
    later = make_programme(2026, shown_first=True)
    make_household(programme, clerk, langshan)
    there = make_household(later, clerk, langshan)
    client.force_login(clerk)
    assert there.number in text(client.get(ROOT)) and "MGD2016-001" not in text(client.get(ROOT))
    assert "MGD2016-001" in text(client.get(f"{ROOT}?season=2016"))
    for odd in ("?season=x", "?season=99999", "?page=-1", "?next=nowhere", "?community=", "?q=%27%3B--"):
        assert client.get(ROOT + odd).status_code == 200


def test_filters_narrow_the_list(canary, programme, client, clerk, langshan):
    fresh = make_household(programme, clerk, langshan)
    client.force_login(clerk)
    for query, inside in (
        ("next=survey", fresh), ("reached=accept", canary), ("kind=storage", canary), ("pay=waiting", canary),
        ("show=completed", canary), (f"q={fresh.number}", fresh),
    ):
        body, other = text(client.get(f"{ROOT}?{query}")), fresh if inside is canary else canary
        assert inside.get_absolute_url() in body and other.get_absolute_url() not in body, query


def test_a_zero_byte_in_what_is_looked_for_finds_as_without_it(canary, client, clerk):
    client.force_login(clerk)
    for words, status in (("\0", 302), (f"{CANARY_NAME}\0", 302), ("不在台账\0的人", 404)):
        assert client.post(f"{ROOT}find/", {"words": words}).status_code == status
    assert client.post(f"{ROOT}payments/new/", {"n": ["\0"]}).status_code in (409, 422)
