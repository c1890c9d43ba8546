"""msal, azure-identity and curl sign in as they do to Microsoft."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from tests.accounts.services.process import program
from tests.compat.conftest import World

from postroom.workspace.signin.apps import App


def certificate(app: App, world: World, folder: Path) -> Path:
    """A key with its certificate, which the app gets."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a program")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    world.graph.workspace.signin.apps.add_certificate(app.id, pem)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "program.pem"
    file.write_bytes(private + pem)
    return file


def test_msal_and_azure_identity_sign_in_as_they_are(world: World, original: Path, tmp_path: Path) -> None:
    graph, anna = world.graph, world.anna
    graph.workspace.signin.consents.allow(graph.app.id, "", [f"{graph.app.id}/access"])
    given = {**world.given("proxy", "password"), "certificate": str(certificate(graph.app, world, tmp_path))}
    seen = world.script(original, "identity", given).seen
    assert seen.pop("wrong") == ["invalid_grant", [50126]]
    assert set(seen.values()) == {anna.address}
    assert len(seen) == 8


@pytest.mark.parametrize("proxied", [True, False])
def test_curl_gets_a_token_and_reads_mail(world: World, proxied: bool) -> None:
    program("curl")
    graph, anna = world.graph, world.anna
    graph.deliver(b"Subject: For curl\r\n\r\nx", anna)
    login = "https://login.microsoftonline.com" if proxied else graph.origin
    base = "https://graph.microsoft.com/v1.0" if proxied else graph.base_url.rstrip("/")

    def curl(*arguments: str) -> dict[str, object]:
        command = ["curl", "--silent", "--show-error", "--fail-with-body", "--cacert", str(graph.ca_file), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=world.environment(), check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    form = {
        "grant_type": "client_credentials",
        "client_id": graph.app.id,
        "client_secret": graph.secret,
        "scope": "https://graph.microsoft.com/.default",
    }
    fields = [part for name, value in form.items() for part in ("--data-urlencode", f"{name}={value}")]
    token = curl(f"{login}/{graph.tenant}/oauth2/v2.0/token", *fields)["access_token"]
    found = curl(f"{base}/users/{anna.address}/messages?$select=subject", "-H", f"Authorization: Bearer {token}")
    assert [message["subject"] for message in found["value"]] == ["For curl"]  # type: ignore[attr-defined]
