"""Data that are sent along can be read by the subscriber, and by nobody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from tests.workspace.subscriptions.receiver import Receiver
from tests.workspace.subscriptions.watching import Watching

from postroom.errors import Invalid
from postroom.workspace.workloads.subscriptions.encryption import certificate_of


@cache
def pair(bits: int = 2048) -> tuple[rsa.RSAPrivateKey, str]:
    """A key and its certificate in base64."""
    key = rsa.generate_private_key(65537, bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return key, base64.b64encode(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


def opened(sealed: dict[str, Any], key: rsa.RSAPrivateKey) -> Any:
    """As receivers do it."""
    data = base64.b64decode(sealed["data"])
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    secret = key.decrypt(base64.b64decode(sealed["dataKey"]), oaep)
    assert hmac.digest(secret, data, hashlib.sha256) == base64.b64decode(sealed["dataSignature"])
    decryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).decryptor()
    unpadder = PKCS7(128).unpadder()
    return json.loads(unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize())


def test_the_selected_data_come_along(house: Watching, hook: Receiver) -> None:
    key, certificate = pair()
    rich: dict[str, Any] = {
        "includeResourceData": True,
        "encryptionCertificate": certificate,
        "encryptionCertificateId": "one",
    }
    house.subscribe(hook.url(), query="$select=subject", **rich)
    house.deliver("Secret roof")
    house.tell()
    (element,) = hook.elements()
    document = opened(element["encryptedContent"], key)
    assert (document["subject"], document["id"]) == ("Secret roof", house.only()["id"])
    assert "body" not in document
    assert element["encryptedContent"]["encryptionCertificateId"] == "one"
    assert "Secret" not in json.dumps(hook.posts)
    (token,) = hook.posts[0]["validationTokens"]
    claims = house.workspace.signin.tokens.claims(token, [house.caller.app_id])
    assert claims["azp"] == "0bf30f3b-4a52-48df-9a82-234910c4a086"


@pytest.mark.parametrize("text", [None, "", "not base64!", base64.b64encode(b"nothing").decode(), pair(1024)[1]])
def test_what_is_no_certificate_is_refused(text: str | None) -> None:
    with pytest.raises(Invalid):
        certificate_of(text)


def test_data_need_the_id_of_the_certificate(house: Watching, hook: Receiver) -> None:
    with pytest.raises(Invalid, match="encryptionCertificateId"):
        house.subscribe(hook.url(), includeResourceData=True, encryptionCertificate=pair()[1])
