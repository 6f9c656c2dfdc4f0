"""Signature and AES mode, cross-checked with another implementation of the platform's protocol."""
import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException
from wechatpy.utils import check_signature

from cases.channels.wechat.crypto import Untrue, is_signed, seal, sign, unseal

AES_KEY = base64.b64encode(bytes(range(32))).decode()[:43]
APP_ID, TOKEN = "wx0123456789abcdef", "street-token"
TEXT = "<xml><Content>西井大街有人烧煤</Content></xml>"


def test_the_signature_is_the_platforms():
    check_signature(TOKEN, sign(TOKEN, "1480000000", "nonce"), "1480000000", "nonce")
    assert is_signed(sign(TOKEN, "1", "2"), TOKEN, "1", "2")
    assert not is_signed(sign("other", "1", "2"), TOKEN, "1", "2")
    assert not is_signed("签名", TOKEN, "1", "2")


def test_what_we_seal_the_other_implementation_opens():
    sealed = seal(TEXT, aes_key=AES_KEY, app_id=APP_ID)
    signature = sign(TOKEN, "1480000000", "nonce", sealed)
    envelope = f"<xml><Encrypt>{sealed}</Encrypt></xml>"
    opened = WeChatCrypto(TOKEN, AES_KEY, APP_ID).decrypt_message(envelope, signature, "1480000000", "nonce")
    assert opened == TEXT


def test_what_the_other_implementation_seals_we_open():
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    envelope = crypto.encrypt_message(TEXT, "nonce", "1480000000")
    sealed = envelope.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    signature = envelope.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    assert is_signed(signature, TOKEN, "1480000000", "nonce", sealed)
    assert unseal(sealed, aes_key=AES_KEY, app_id=APP_ID) == TEXT


@given(st.text(max_size=200))
def test_every_text_comes_back(text):
    assert unseal(seal(text, aes_key=AES_KEY, app_id=APP_ID), aes_key=AES_KEY, app_id=APP_ID) == text


def test_a_text_sealed_for_another_account_is_untrue():
    sealed = seal(TEXT, aes_key=AES_KEY, app_id="wx-another")
    with pytest.raises(Untrue):
        unseal(sealed, aes_key=AES_KEY, app_id=APP_ID)
    with pytest.raises(InvalidAppIdException):
        WeChatCrypto(TOKEN, AES_KEY, APP_ID).decrypt_message(
            f"<xml><Encrypt>{sealed}</Encrypt></xml>", sign(TOKEN, "1", "n", sealed), "1", "n"
        )


@pytest.mark.parametrize("sealed", ["", "!", "AAAA", base64.b64encode(bytes(16)).decode(), base64.b64encode(bytes(64)).decode()])
def test_what_is_not_sealed_is_untrue(sealed):
    with pytest.raises(Untrue):
        unseal(sealed, aes_key=AES_KEY, app_id=APP_ID)


@given(st.binary(max_size=160))
def test_arbitrary_bytes_are_untrue_and_nothing_worse(noise):
    with pytest.raises(Untrue):
        unseal(base64.b64encode(noise).decode(), aes_key=AES_KEY, app_id=APP_ID)


@pytest.mark.parametrize("key", ["", "short", "A" * 42, "A" * 44, "!" * 43])
def test_a_wrong_key_is_named(key):
    with pytest.raises(ValueError, match="WECHAT_AES_KEY"):
        seal(TEXT, aes_key=key, app_id=APP_ID)
