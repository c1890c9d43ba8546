from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postroom.errors import Invalid
from postroom.web.tls import Certificate


def handshake(certificate: Certificate, trust: Path, name: str) -> dict[str, object]:
    """The server's certificate as a client sees it that trusts `trust` and checks all there is to check."""
    ours, theirs = socket.socketpair()
    client = ssl.create_default_context(cafile=str(trust))
    client.verify_flags |= ssl.VERIFY_X509_STRICT

    def serve() -> None:
        try:
            with certificate.context.wrap_socket(theirs, server_side=True) as served:
                served.recv(1)
        except (ssl.SSLError, ConnectionError):
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with ours, client.wrap_socket(ours, server_hostname=name) as wrapped:
            return dict(wrapped.getpeercert() or {})
    finally:
        ours.close()
        thread.join()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", socket.gethostname(), "mail.example.com"])
def test_who_trusts_the_authority_trusts_the_server_under_all_its_names(tmp_path: Path, name: str) -> None:
    certificate = Certificate(tmp_path, ["mail.example.com"])
    assert handshake(certificate, tmp_path / "ca.pem", name)


def test_another_name_is_not_trusted(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(Certificate(tmp_path), tmp_path / "ca.pem", "example.org")


def test_keys_are_readable_by_the_owner_only(tmp_path: Path) -> None:
    Certificate(tmp_path)
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes == {"ca.pem": 0o644, "ca-key.pem": 0o600, "server.pem": 0o600}


def test_a_second_start_keeps_everything(tmp_path: Path) -> None:
    Certificate(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    Certificate(tmp_path)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_near_its_end_the_certificate_is_renewed_and_trust_stays(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path)
    authority, old = (tmp_path / "ca.pem").read_bytes(), certificate.thumbprint
    certificate.refresh(datetime.now(UTC) + timedelta(days=360))
    assert certificate.thumbprint == old
    certificate.refresh(datetime.now(UTC) + timedelta(days=370))
    assert certificate.thumbprint != old
    assert (tmp_path / "ca.pem").read_bytes() == authority


def test_another_name_makes_another_certificate(tmp_path: Path) -> None:
    old = Certificate(tmp_path).thumbprint
    assert Certificate(tmp_path, ["192.0.2.7"]).thumbprint != old


def test_the_operators_own_files_are_used_as_they_are(tmp_path: Path) -> None:
    Certificate(tmp_path / "other")
    pair = tmp_path / "other" / "server.pem"
    certificate = Certificate(tmp_path / "tls", own=(pair, pair))
    assert certificate.file == pair
    assert not (tmp_path / "tls").exists()


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_files_that_are_no_certificate_are_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "own.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Invalid, match=r"web\.tls_certificate"):
        Certificate(tmp_path, own=(file, file))


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"web\.names"):
        Certificate(tmp_path, ["mail..example"])


def test_the_thumbprint_is_forty_capital_hex_digits(tmp_path: Path) -> None:
    thumbprint = Certificate(tmp_path).thumbprint
    assert len(thumbprint) == 40
    assert set(thumbprint) <= set("0123456789ABCDEF")
