"""Signature and AES mode (安全模式) of the official account, as its platform documents them."""
import base64
import binascii
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # the platform pads to 32 bytes, not to the 16 of the cipher
HEAD = 16  # random bytes in front
KEY_LETTERS = 43


class Untrue(Exception):
    """The message was not written by the platform for this account."""


def sign(*parts: str) -> str:
    """SHA-1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(signature: str, *parts: str) -> bool:
    """Whether the signature fits, compared in constant time."""
    return hmac.compare_digest(sign(*parts).encode(), signature.encode())


def _key(encoded: str) -> bytes:
    """The EncodingAESKey: 43 letters of base64 without the last `=`."""
    try:
        key = base64.b64decode(encoded + "=", validate=True)
    except binascii.Error as error:
        raise ValueError("WECHAT_AES_KEY has 43 letters of base64.") from error
    if len(encoded) != KEY_LETTERS or len(key) != 32:
        raise ValueError("WECHAT_AES_KEY has 43 letters of base64.")
    return key


def _cipher(encoded_key: str) -> Cipher:
    key = _key(encoded_key)
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def seal(text: str, *, aes_key: str, app_id: str) -> str:
    """Base64 of AES-256-CBC over random head, length (4 bytes, big-endian), text and account."""
    body = text.encode()
    plain = os.urandom(HEAD) + len(body).to_bytes(4, "big") + body + app_id.encode()
    missing = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    sealed = encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def unseal(sealed: str, *, aes_key: str, app_id: str) -> str:
    """The text of a sealed message, which must be meant for this account. Raises Untrue.

    The caller has checked the signature over the sealed text, so that what is wrong in here tells a forger nothing.
    """
    try:
        decryptor = _cipher(aes_key).decryptor()
        plain = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
    except ValueError as error:  # not base64, or not whole blocks
        raise Untrue("not a sealed message") from error
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise Untrue("the padding is broken")
    plain = plain[HEAD:-padding]
    length = int.from_bytes(plain[:4], "big")
    body, receiver = plain[4 : 4 + length], plain[4 + length :]
    if len(body) != length or not hmac.compare_digest(receiver, app_id.encode()):
        raise Untrue("meant for another account")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Untrue("not a text") from error
