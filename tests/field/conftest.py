"""What the field's tests share."""
import pytest


@pytest.fixture
def private_files(settings, tmp_path):
    """Files land in a folder of this test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def plain_account(settings):
    """The official account in plain mode."""
    from tests.field.test_wechat_crypto import TOKEN

    settings.WECHAT_TOKEN, settings.WECHAT_AES_KEY, settings.WECHAT_APP_ID = TOKEN, "", ""


@pytest.fixture
def safe_account(settings):
    """The official account in AES mode."""
    from tests.field.test_wechat_crypto import AES_KEY, APP_ID, TOKEN

    settings.WECHAT_TOKEN, settings.WECHAT_AES_KEY, settings.WECHAT_APP_ID = TOKEN, AES_KEY, APP_ID


@pytest.fixture
def platform(settings, monkeypatch):
    """The stand-in platform, with an account that may speak first."""
    from django.core.cache import cache

    from tests.field.wechat_platform import APP_ID, SECRET, Platform

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    standing_in = Platform()
    settings.DEMO = False
    settings.WECHAT_APP_ID, settings.WECHAT_APP_SECRET = APP_ID, SECRET
    settings.WECHAT_API_URL, settings.SITE_URL = standing_in.url, "https://street.example"
    yield standing_in
    standing_in.stop()
    cache.clear()
