"""Personal data at rest: AES-256-GCM for reading back, HMAC for finding again.

A stored value is `key version (1 byte) + nonce (12 bytes) + ciphertext and tag`. The associated data is
"app.Model.column", so a value copied into another column or table does not open.
"""
import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django import forms
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.validators import MaxLengthValidator
from django.db import models

NONCE_BYTES = 12


class DecryptionFailed(Exception):
    """A stored value does not open: it was altered, moved, or its key is not in FIELD_KEYS."""


@lru_cache(maxsize=16)
def _cipher(encoded_key: str) -> AESGCM:
    """The cipher of one base64 key of 32 bytes; the one place to swap for SM4."""
    try:
        key = base64.b64decode(encoded_key, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured("FIELD_KEYS: each key is 32 bytes in base64.") from error
    if len(key) != 32:
        raise ImproperlyConfigured("FIELD_KEYS: each key is 32 bytes in base64.")
    return AESGCM(key)


def current_key_version() -> int:
    """The highest version in FIELD_KEYS: new values are written with it, older ones still open."""
    return max(int(version) for version in settings.FIELD_KEYS)


def _key(version: int) -> str:
    """The base64 key of a version; JSON settings have text keys, Python settings may have numbers."""
    keys = {int(number): key for number, key in settings.FIELD_KEYS.items()}
    if version not in keys:
        raise DecryptionFailed(f"FIELD_KEYS has no version {version}.")
    return keys[version]


def encrypt(text: str, *, column: str) -> bytes:
    """Seal a text for one column ("app.Model.column") with the newest key."""
    version = current_key_version()
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(_key(version)).encrypt(nonce, text.encode(), column.encode())
    return bytes([version]) + nonce + sealed


def decrypt(stored: bytes, *, column: str) -> str:
    """Open what `encrypt` sealed for the same column; anything else is DecryptionFailed."""
    version, nonce, sealed = stored[0], stored[1 : 1 + NONCE_BYTES], stored[1 + NONCE_BYTES :]
    try:
        return _cipher(_key(version)).decrypt(nonce, sealed, column.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise DecryptionFailed(f"{column}: the stored value does not open.") from error


def blind_index(value: str, *, purpose: str) -> str:
    """HMAC-SHA256 (64 hex digits) of a value, for exact search; equal values of two purposes differ."""
    text = "".join(value.split()).upper()
    return hmac.new(settings.INDEX_KEY.encode(), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def last_four_index(phone: str) -> str:
    """HMAC of a phone's last four digits with a key of its own; empty for fewer than four digits.

    There are only 10,000 values, so whoever holds the key can try them all: its key is not INDEX_KEY.
    """
    digits = "".join(character for character in phone if character.isdigit())
    if len(digits) < 4:
        return ""
    return hmac.new(settings.LAST_FOUR_KEY.encode(), digits[-4:].encode(), hashlib.sha256).hexdigest()


class EncryptedText(models.Field):
    """A text that lies encrypted in the database and is plain in Python; it cannot be searched or sorted."""

    description = "encrypted text"
    empty_strings_allowed = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def get_internal_type(self) -> str:
        """Stored as bytes."""
        return "BinaryField"

    @property
    def associated_data(self) -> str:
        """"app.Model.column" of this very field."""
        return f"{self.model._meta.label}.{self.column}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        """Open on loading; an empty text is stored as empty bytes, since it holds nothing to hide."""
        if value is None:
            return None
        stored = bytes(value)
        return decrypt(stored, column=self.associated_data) if stored else ""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Seal on saving."""
        if value is None:
            return None
        text = str(value)
        return connection.Database.Binary(encrypt(text, column=self.associated_data) if text else b"")

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """The engine's own way to pass bytes."""
        return connection.ops.binary_placeholder_sql(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull` makes sense: every ciphertext differs, so `exact` would silently find nothing."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: search its blind index instead of {lookup_name}.")
        return super().get_lookup(lookup_name)

    def to_python(self, value: Any) -> str | None:
        """Text or nothing."""
        return None if value is None else str(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Refuses dumpdata: a dump would carry the text in clear."""
        raise TypeError(f"{self.associated_data} is encrypted and is not dumped; back up the database itself.")

    def formfield(self, **kwargs: Any) -> forms.Field:
        """A one-line text box."""
        return super().formfield(**{"form_class": forms.CharField, "max_length": self.max_length, **kwargs})
