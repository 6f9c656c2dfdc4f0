"""The door of the official account: who comes in, in which mode, and what is turned away."""
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from zeal import zeal_ignore

from cases.models import Case, SnapDetail, WeChatDraft, WeChatReceipt
from grid.coordinates import metres_between, wgs84_to_gcj02
from tests.field.test_wechat_crypto import AES_KEY, APP_ID, TOKEN
from tests.field.wechat_letters import letter, picture, place, plain_query, post_plain, post_sealed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

HERE = (116.17, 39.93)  # inside 西井's square, WGS-84
PHONE_HERE = wgs84_to_gcj02(*HERE)


def said(answer):
    """The words of a plain answer, read by the other implementation."""
    assert answer.status_code == 200, answer.content
    return parse_message(answer.content.decode()).content if answer.content != b"success" else ""


def opened(answer):
    """The words of a sealed answer, its signature checked by the other implementation."""
    assert answer.status_code == 200, answer.content
    outer = parse_fields(answer.content.decode())
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    plain = crypto.decrypt_message(answer.content.decode(), outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
    return parse_message(plain).content


def parse_fields(xml):
    from xml.etree.ElementTree import fromstring

    return {child.tag: child.text for child in fromstring(xml)}


# --- the check of the address -----------------------------------------------------------------------------------------


def test_without_a_token_the_door_is_closed(client, settings):
    assert settings.WECHAT_TOKEN == ""
    assert client.get("/wechat/", plain_query() | {"echostr": "8"}).status_code == 404
    assert client.post("/wechat/", words("你好"), content_type="text/xml", query_params=plain_query()).status_code == 404


def test_the_platform_gets_its_echo_and_nobody_else(client, plain_account):
    answer = client.get("/wechat/", plain_query() | {"echostr": "<b>8361</b>"})
    assert (answer.status_code, answer.content.decode()) == (200, "<b>8361</b>")
    assert answer["Content-Type"].startswith("text/plain") and answer["X-Content-Type-Options"] == "nosniff"
    for wrong in (plain_query(token="other"), plain_query() | {"nonce": "x"}, {}, plain_query() | {"signature": "签"}):
        answer = client.get("/wechat/", wrong | {"echostr": "8361"})
        assert answer.status_code == 403 and "8361" not in answer.content.decode()


@pytest.mark.parametrize(("seconds", "status"), [(-290, 200), (-310, 403), (290, 200), (310, 403)])
def test_a_request_is_good_for_five_minutes(client, plain_account, seconds, status):
    at = time.time() + seconds
    assert client.get("/wechat/", plain_query(at=at) | {"echostr": "1"}).status_code == status
    assert post_plain(client, words("西井大街烧煤"), query=plain_query(at=at)).status_code == status


@pytest.mark.parametrize("stamp", ["", "abc", "1e9", "-1", "１４８０００００００", "9" * 40])
def test_a_timestamp_that_is_no_number_is_refused(client, plain_account, stamp):
    from cases.channels.wechat.crypto import sign

    query = {"timestamp": stamp, "nonce": "n", "signature": sign(TOKEN, stamp, "n")}
    assert client.get("/wechat/", query | {"echostr": "1"}).status_code == 403


# --- messages, in both modes ------------------------------------------------------------------------------------------


def test_three_messages_become_one_case_and_the_answer_carries_the_code(client, plain_account, xijing):
    assert "照片和位置" in said(post_plain(client, words("西井大街有人烧煤取暖，冒黑烟")))
    assert "位置" in said(post_plain(client, picture()))
    assert not Case.objects.exists()
    answer = said(post_plain(client, place(*PHONE_HERE)))
    case = Case.objects.get()
    assert case.public_code in answer and f"/q/{case.public_code}/" in answer
    assert (case.source, case.number[:2], case.title) == ("WX", "WX", "西井大街有人烧煤取暖，冒黑烟")
    assert (case.community_id, case.grid.community_id) == (xijing.pk, xijing.pk)
    assert case.address == "北京市石景山区西井大街12号"
    assert case.state == "reported" and case.events.count() == 1
    reporter = case.reporters.get()
    assert reporter.reply_owed and reporter.name == ""


def test_the_same_three_in_aes_mode(client, safe_account, xijing):
    assert "文字" in opened(post_sealed(client, picture()))
    opened(post_sealed(client, place(*PHONE_HERE)))
    answer = opened(post_sealed(client, words("垃圾成堆")))
    assert Case.objects.get().public_code in answer


def test_the_position_is_converted_once_and_the_raw_pair_is_kept(client, plain_account, xijing):
    for body in (words("垃圾成堆"), picture(), place(*PHONE_HERE)):
        post_plain(client, body)
    case, snap = Case.objects.get(), SnapDetail.objects.get()
    assert metres_between(case.lon, case.lat, *HERE) < 1
    assert metres_between(snap.raw_lon, snap.raw_lat, *HERE) == pytest.approx(530, abs=60)
    assert snap.datum == "gcj02" and (snap.raw_lon, snap.raw_lat) == pytest.approx(PHONE_HERE)


def test_who_sent_it_is_encrypted_and_found_by_index(client, plain_account, xijing):
    for body in (words("垃圾成堆"), picture(), place(*PHONE_HERE)):
        post_plain(client, body)
    with connection.cursor() as cursor:
        cursor.execute("SELECT openid FROM cases_snapdetail UNION ALL SELECT openid FROM cases_wechatdraft")
        stored = b"".join(bytes(row[0]) for row in cursor.fetchall())
    assert b"oResident" not in stored
    assert SnapDetail.objects.get().openid == "oResident_aB3"
    draft = WeChatDraft.objects.get()
    assert (draft.openid, draft.words, draft.address) == ("", "", "")


def test_an_account_with_a_key_takes_no_plain_message(client, safe_account):
    assert post_plain(client, words("垃圾成堆")).status_code == 403
    assert not WeChatReceipt.objects.exists()
    assert post_sealed(client, words("垃圾成堆")).status_code == 200


@pytest.mark.parametrize("crypto", [
    WeChatCrypto("other-token", AES_KEY, APP_ID), WeChatCrypto(TOKEN, "B" * 42 + "A", APP_ID), WeChatCrypto(TOKEN, AES_KEY, "wx-other"),
], ids=["token", "key", "account"])  # fmt: skip
def test_a_message_sealed_with_something_else_is_refused(client, safe_account, crypto):
    assert post_sealed(client, words("垃圾成堆"), crypto=crypto).status_code == 403
    assert not WeChatReceipt.objects.exists()
    assert post_sealed(client, words("垃圾成堆")).status_code == 200


def test_a_signed_request_carries_no_other_text_later(client, plain_account):
    query = plain_query()
    assert post_plain(client, words("垃圾成堆", msg_id=1), query=query).status_code == 200
    assert post_plain(client, words("伪造的", msg_id=2), query=query).status_code == 403
    assert post_plain(client, words("别的", msg_id=3)).status_code == 200
    assert WeChatDraft.objects.get().words == "垃圾成堆\n别的"


def test_a_retry_gets_the_first_answer_and_changes_nothing(client, plain_account, xijing):
    post_plain(client, words("垃圾成堆"))
    post_plain(client, picture())
    last = place(*PHONE_HERE)
    answers = {said(post_plain(client, last)) for _ in range(4)}
    assert len(answers) == 1 and Case.objects.get().public_code in answers.pop()
    assert WeChatReceipt.objects.count() == 3


def test_an_event_without_a_number_is_answered_once(client, plain_account):
    body = letter("event", Event="subscribe", EventKey="", at=time.time())
    assert "/m/report/" in said(post_plain(client, body))
    assert "/m/report/" in said(post_plain(client, body))
    assert WeChatReceipt.objects.count() == 1


# --- what is no message -----------------------------------------------------------------------------------------------


BOMB = """<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<xml><FromUserName>o</FromUserName><MsgType>text</MsgType><MsgId>1</MsgId><Content>&b;</Content></xml>"""
FILE = """<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/hostname">]>
<xml><FromUserName>o</FromUserName><MsgType>text</MsgType><MsgId>1</MsgId><Content>&f;</Content></xml>"""


@pytest.mark.parametrize("body", [
    BOMB, FILE, "", "<xml>", "{}", "<html></html>", "<xml></xml>", "<xml><MsgType>text</MsgType></xml>",
    '<?xml version="1.0" encoding="no-such"?><xml/>', "<xml>\x00</xml>",
])  # fmt: skip
def test_what_is_not_a_message_is_refused_and_leaves_nothing(client, plain_account, body):
    assert post_plain(client, body).status_code == 400
    assert not WeChatReceipt.objects.exists() and not WeChatDraft.objects.exists()


def test_an_entity_inside_a_sealed_message_is_refused_too(client, safe_account):
    assert post_sealed(client, BOMB).status_code == 400


def test_a_huge_body_is_refused(client, plain_account):
    assert post_plain(client, words("字" * 30000)).status_code == 413


def test_only_get_and_post_are_answered(client, plain_account):
    assert client.put("/wechat/", query_params=plain_query()).status_code == 405


# --- many at once -----------------------------------------------------------------------------------------------------


def at_once(client, bodies):
    """Post them all at the same time."""

    def post(body):
        try:
            with zeal_ignore():  # get_or_create that loses the race reads its row twice
                return post_plain(client.__class__(), body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(post, bodies))


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_retries_and_pictures_makes_one_draft(client, plain_account, xijing):
    bodies = [words("垃圾成堆", msg_id=5)] * 4 + [picture(f"m{number}") for number in range(4)]
    assert at_once(client, bodies) == [200] * 8
    draft = WeChatDraft.objects.get()
    assert draft.words == "垃圾成堆" and draft.pictures.count() == 4
    assert WeChatReceipt.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_whole_report_at_once_is_one_case_with_all_its_pictures(client, plain_account, xijing):
    bodies = [words("垃圾成堆"), place(*PHONE_HERE), *(picture(f"m{number}") for number in range(6))]
    assert at_once(client, bodies) == [200] * 8
    case = Case.objects.get()
    draft = WeChatDraft.objects.get()
    assert draft.case == case and draft.pictures.count() == 6
