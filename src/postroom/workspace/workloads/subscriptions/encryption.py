"""Data of items sealed for the program that subscribed: only it can read them, whoever carries them.

Source: Microsoft Graph, change notifications that include resource data.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from postroom.errors import Invalid

KEY_BYTES: Final = 32
BLOCK_BYTES: Final = 16
LEAST_BITS: Final = 2048
MOST_BITS: Final = 8192
MOST_CHARS: Final = 16_384
FIELD: Final = "encryptionCertificate"


def certificate_of(text: object) -> x509.Certificate:
    """From base64 of DER, or of PEM. Raises Invalid."""
    if not isinstance(text, str) or len(text) > MOST_CHARS:
        raise _no_certificate()
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
        found = x509.load_pem_x509_certificate(raw) if raw.startswith(b"-----") else x509.load_der_x509_certificate(raw)
        key = found.public_key()
    except (ValueError, binascii.Error) as error:
        raise _no_certificate() from error
    if not isinstance(key, rsa.RSAPublicKey) or not LEAST_BITS <= key.key_size <= MOST_BITS:
        raise _no_certificate()
    return found


def _no_certificate() -> Invalid:
    return Invalid(FIELD, f"an X.509 certificate in base64 with an RSA key of {LEAST_BITS} to {MOST_BITS} bits")


def seal(subscription: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """`encryptedContent` of a notification."""
    certificate = certificate_of(subscription[FIELD])
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey), "checked when it was given"
    key = secrets.token_bytes(KEY_BYTES)
    data = _encrypted(key, msgspec.json.encode(document))
    # SHA-1 is what receivers expect here; OAEP does not hang on its collisions.
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303
    return {
        "data": _text(data),
        "dataSignature": _text(hmac.digest(key, data, hashlib.sha256)),
        "dataKey": _text(public.encrypt(key, oaep)),
        "encryptionCertificateId": subscription.get("encryptionCertificateId"),
        "encryptionCertificateThumbprint": certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303
    }


def _encrypted(key: bytes, plain: bytes) -> bytes:
    """AES-256 in CBC mode. The vector is the beginning of the key, which is used once."""
    padder = PKCS7(BLOCK_BYTES * 8).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:BLOCK_BYTES])).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
