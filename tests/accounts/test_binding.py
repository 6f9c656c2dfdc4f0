"""Binding one's own WeChat: by a code that only the own page shows, once, and undone at any time."""
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import binding, notify
from accounts.binding import BindingRefused, bind, binding_of, offer_code, unbind
from accounts.models import AuditEntry, WeChatBinding
from accounts.models.reach import WeChatBindingQuerySet
from accounts.notify import tell_many
from accounts.staff import disable_user
from tests.accounts.conftest import NOW


@pytest.fixture
def li(person):
    return person("handler")


@pytest.fixture
def sent(monkeypatch):
    """What the official account's outbox was given."""
    told = []
    monkeypatch.setitem(notify.OUTWARD, "wechat", lambda **message: told.append(message))
    return told


def bound(user, openid="oLI", at=NOW):
    return bind(offer_code(user, at=at), openid=openid, openid_index=f"index-{openid}", at=at)


def test_six_digits_bind_the_wechat_that_sent_them_and_are_worth_nothing_afterwards(li):
    code = offer_code(li, at=NOW)
    assert len(code) == 6 and code.isdigit() and binding_of(li, at=NOW).code == code
    assert bind(code, openid="oLI", openid_index="one", at=NOW + timedelta(minutes=9)) == li
    row = WeChatBinding.objects.get()
    assert (row.openid, row.openid_index, row.code, row.code_until) == ("oLI", "one", "", None)
    with pytest.raises(BindingRefused, match="不对或已过期"):
        bind(code, openid="oOTHER", openid_index="two", at=NOW)
    entry = AuditEntry.objects.get(action="wechat_bound")
    assert entry.actor == li and "oLI" not in str(entry.detail)


def test_a_code_is_good_for_ten_minutes_and_a_new_one_ends_the_old(li):
    code = offer_code(li, at=NOW)
    with pytest.raises(BindingRefused):
        bind(code, openid="oLI", openid_index="one", at=NOW + timedelta(minutes=10))
    assert binding_of(li, at=NOW + timedelta(minutes=10)) is None
    new = offer_code(li, at=NOW)
    if new != code:
        with pytest.raises(BindingRefused):
            bind(code, openid="oLI", openid_index="one", at=NOW)
    assert bind(new, openid="oLI", openid_index="one", at=NOW) == li


def test_the_open_id_and_the_code_lie_sealed(li):
    from django.db import connection

    offer_code(li, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, code_index FROM accounts_wechatbinding")
        sealed, index = cursor.fetchone()
    code = WeChatBinding.objects.get().code
    assert code.encode() not in bytes(sealed) and code not in index


def test_one_wechat_is_one_persons_and_who_is_bound_gets_no_second_code(li, person):
    bound(li)
    with pytest.raises(BindingRefused, match="另一个账号"):
        bound(person("clerk"))
    with pytest.raises(BindingRefused, match="先解除"):
        offer_code(li, at=NOW)
    assert unbind(li, by=li, at=NOW) and not unbind(li, by=li, at=NOW)
    assert AuditEntry.objects.filter(action="wechat_unbound").count() == 1
    assert bound(li, openid="oNEW") == li


def test_two_codes_for_one_wechat_at_once_bind_one(li, person, monkeypatch):
    other = person("clerk")
    code = offer_code(other, at=NOW)
    bound(li)
    monkeypatch.setattr(WeChatBindingQuerySet, "exists", lambda self: False)  # looked before the other one wrote
    with pytest.raises(BindingRefused, match="另一个账号"):
        bind(code, openid="oLI", openid_index="index-oLI", at=NOW)


def test_the_rows_themselves_keep_it_so(li, person):
    bound(li)
    with pytest.raises(IntegrityError), transaction.atomic():
        WeChatBinding.objects.create(user=person("clerk"), openid_index="index-oLI", bound_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        WeChatBinding.objects.create(user=person("leader"), openid_index="x")


def test_a_code_that_somebody_has_is_not_drawn_twice(li, person, monkeypatch):
    drawn = iter([7, 7, 8])
    monkeypatch.setattr(binding.secrets, "randbelow", lambda most: next(drawn))
    assert offer_code(li, at=NOW) == "000007"
    assert offer_code(person("clerk"), at=NOW) == "000008"


def test_who_leaves_is_reached_no_more(li, person):
    boss = person("admin")
    person("admin")
    bound(li)
    disable_user(li, by=boss, at=NOW, reason="调离")
    assert not WeChatBinding.objects.exists()


# --- what goes out ---------------------------------------------------------------------------------------------------


def test_only_what_cannot_wait_goes_out_and_only_to_the_bound_once(li, person, sent):
    other = person("clerk")
    bound(li)
    told = {"at": NOW, "slot": "event:1"}
    assert tell_many([li, other], text="派给城管队：西井大街李小兰家", outside="派给城管队：WG-2016-001。", **told) == 2
    assert tell_many([li, other], text="派给城管队：西井大街李小兰家", outside="派给城管队：WG-2016-001。", **told) == 0
    (message,) = sent
    assert message["address"] == "oLI" and message["slot"] == f"notice:{li.pk}:event:1"
    assert message["text"] == "派给城管队：WG-2016-001。"
    tell_many([li], text="不急的事", at=NOW, slot="event:2")
    assert len(sent) == 1


def test_what_goes_out_needs_an_occasion(li, sent):
    bound(li)
    with pytest.raises(ValueError, match="slot"):
        tell_many([li], text="派给", at=NOW, outside="派给")


# --- the own page ----------------------------------------------------------------------------------------------------


def test_the_page_shows_the_code_then_that_it_is_bound_and_unbinds(client, li):
    client.force_login(li)
    assert "绑定微信" in client.get("/profile/").text
    assert client.post("/profile/wechat/").url == "/profile/#wechat"
    code = binding_of(li, at=timezone.now()).code
    page = client.get("/profile/")
    assert code in page.text and "换一个绑定码" in page.text and "no-store" in page["Cache-Control"]
    bind(code, openid="oLI", openid_index="one", at=timezone.now())
    page = client.get("/profile/").text
    assert "解除绑定" in page and code not in page and "oLI" not in page
    assert client.post("/profile/wechat/", follow=True).text.count("先解除绑定") == 1
    assert client.post("/profile/wechat/unbind/").url == "/profile/#wechat"
    assert client.post("/profile/wechat/unbind/").status_code == 302 and not WeChatBinding.objects.exists()


def test_nobody_sees_the_code_of_another(client, li, person):
    offer_code(li, at=timezone.now())
    client.force_login(person("clerk"))
    assert WeChatBinding.objects.get().code not in client.get("/profile/").text


def test_without_an_account_nothing_is_offered(client, li, settings):
    client.force_login(li)
    settings.DEMO, settings.WECHAT_TOKEN = False, ""
    assert "没有开通公众号" in client.get("/profile/").text
