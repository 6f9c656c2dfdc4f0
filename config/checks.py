"""Checks of the keys an installation was given: a short or doubled key is found at the start, not at the first leak."""
import base64
import binascii
import re

from django.conf import settings
from django.core.checks import Error, Tags, register

from grid.base_maps import ArchiveRefused, archive_at

KEY_BYTES = 32


@register(Tags.security, deploy=True)
def check_keys(app_configs: object, **_kwargs: object) -> list[Error]:
    """AES-256 needs 32 bytes; the two index keys must be long, and different from each other and from SECRET_KEY."""
    found = []
    for version, key in settings.FIELD_KEYS.items():
        try:
            length = len(base64.b64decode(key, validate=True))
        except binascii.Error:
            length = 0
        if length != KEY_BYTES:
            found.append(Error(f"FIELD_KEYS 第 {version} 版密钥不是 {KEY_BYTES} 字节的 base64。", id="config.E001"))
    others = [settings.INDEX_KEY, settings.LAST_FOUR_KEY, settings.SECRET_KEY]
    if len(set(others)) < len(others) or min(map(len, others)) < KEY_BYTES:
        text = f"SECRET_KEY、INDEX_KEY、LAST_FOUR_KEY 必须互不相同，且各不少于 {KEY_BYTES} 个字符。"
        found.append(Error(text, id="config.E002"))
    return found


@register(Tags.security)
def check_wechat(app_configs: object, **_kwargs: object) -> list[Error]:
    """The official account's AES mode needs a key of 43 letters and the account it is sealed for."""
    found = []
    if settings.WECHAT_AES_KEY and not re.fullmatch(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]", settings.WECHAT_AES_KEY):
        found.append(Error("WECHAT_AES_KEY 不是公众平台给出的 43 位密钥。", id="config.E003"))
    if settings.WECHAT_AES_KEY and not (settings.WECHAT_TOKEN and settings.WECHAT_APP_ID):
        text = "设置了 WECHAT_AES_KEY，还须设置 WECHAT_TOKEN 和 WECHAT_APP_ID。"
        found.append(Error(text, id="config.E004"))
    return found


@register(Tags.files)
def check_archives(app_configs: object, **_kwargs: object) -> list[Error]:
    """A base map of one's own is there and can be drawn: found at the start, not by whoever looks at an empty map."""
    found = []
    for source in settings.MAP_TILES:
        try:
            if "archive" in source:
                archive_at(source["archive"])
        except ArchiveRefused as fault:
            found.append(Error(f"MAP_TILES 的底图“{source['name']}”：{fault}", id="config.E005"))
    return found
