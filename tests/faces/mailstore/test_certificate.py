"""The certificate of the services, chosen through the API while the server runs."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.faces.mailstore.conftest import Whole, serving_whole
from tests.web.certificates import pair, rsa_key
from tests.web.test_pairs import PASSWORD, certificate_pem, key_pem, pfx

from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.server import Client
from postroom.archive.instance.audit import SYSTEM
from postroom.web.pairs import Pair


def client(whole: Whole, trust: Path | None = None, **who: str) -> Client:
    options = whole.options(**who)
    return Client(**{**options, "ca_file": trust or options["ca_file"]}, raiseOnError=True)


@pytest.fixture
def admin(whole: Whole) -> Iterator[Client]:
    with client(whole) as admin:
        yield admin


def shown(client: Client) -> Any:
    return client.GetServiceConfiguration()["result"]["serverCertificate"]["thumbprint"]


def put(whole: Whole, name: str, content: bytes) -> str:
    (whole.outside / name).write_bytes(content)
    return str(whole.outside / name)


def trusted(directory: Path, made: Pair) -> Path:
    file = directory / f"{made.thumbprint}-trust.pem"
    file.write_bytes(certificate_pem(made))
    return file


def test_one_of_a_file_is_served_at_once_and_after_a_restart(tls: Path, tmp_path: Path) -> None:
    made = pair(rsa_key())
    trust = trusted(tmp_path, made)
    with serving_whole(tls, tmp_path) as whole:
        with client(whole) as admin:
            admin.SetServiceCertificate(path=put(whole, "a.pfx", pfx(made, PASSWORD)), password="word")
            assert shown(admin) == made.thumbprint
        with client(whole, trust) as admin:
            assert shown(admin) == made.thumbprint
        old = ssl.create_default_context(cafile=str(whole.authority))
        with (
            httpx2.Client(verify=old, trust_env=False) as http,
            pytest.raises(httpx2.ConnectError, match="CERTIFICATE"),
        ):
            http.get(f"https://localhost:{whole.port}/health")
        (entry,) = [row for row in whole.archive.instance.audit.entries() if row.event == "CertificateUpdate"]
        assert (entry.ok, entry.user, entry.target) == (True, "admin", made.thumbprint)
        assert "word" not in repr(entry)
    with serving_whole(tls, tmp_path) as whole, client(whole, trust) as admin:
        assert shown(admin) == made.thumbprint


def test_one_of_the_folder_is_chosen_by_its_thumbprint(whole: Whole, admin: Client, tmp_path: Path) -> None:
    made, ours = pair(), shown(admin)
    folder = whole.home.tls / "certificates"
    folder.mkdir()
    (folder / "from-the-authority.pem").write_bytes(certificate_pem(made) + key_pem(made))
    colons = ":".join(made.thumbprint[at : at + 2].lower() for at in range(0, 40, 2))
    admin.SetServiceCertificate(colons)
    with client(whole, trusted(tmp_path, made)) as again:
        assert shown(again) == made.thumbprint
        again.SetServiceCertificate(ours)
    with client(whole) as admin_again:
        assert shown(admin_again) == ours


def test_what_cannot_be_is_said_and_changes_nothing(whole: Whole, admin: Client) -> None:
    made, ours = pair(), shown(admin)
    alone = put(whole, "cert.pem", certificate_pem(made))
    other = put(whole, "key.pem", key_pem(pair()))
    good = put(whole, "good.pem", certificate_pem(made) + key_pem(made))
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("Missing API argument thumbprint", {}),
        ("no certificate with the thumbprint", {"thumbprint": "AB" * 20}),
        ("path: expected a PEM file with the key", {"path": alone}),
        ("path: expected a certificate that belongs to the key", {"path": alone, "keyPath": other}),
        ("thumbprint: expected that of the file", {"path": good, "thumbprint": "AB" * 20}),
        ("path: expected a path in", {"path": "/etc/hostname"}),
        ("keyPath: expected a path in", {"path": alone, "keyPath": "/etc/hostname"}),
    ]
    for named, arguments in wrong:
        with pytest.raises(MailStoreCallError, match=named):
            admin.SetServiceCertificate(**arguments)
    assert shown(admin) == ours


def test_users_who_are_no_administrators_choose_none(whole: Whole) -> None:
    whole.archive.instance.users.create("anna", ("login",), SYSTEM, password="word")
    with client(whole, user="anna", password="word") as anna, pytest.raises(MailStoreHTTPError, match="403"):
        anna.SetServiceCertificate("AB" * 20)
