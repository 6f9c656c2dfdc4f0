"""Checks of the keys an installation was given: a short or doubled key is found at the start, not at the first leak."""
import base64
import binascii

from django.conf import settings
from django.core.checks import Error, Tags, register

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
