"""Certificates of the operator: read from files, checked, and served without a restart."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.web.certificates import NOW, ec_key, pair, rsa_key
from tests.web.test_tls import handshake

from postroom.errors import Invalid, NotFound, Unavailable, WrongState
from postroom.web.pairs import Pair, check, find, plain, read
from postroom.web.tls import Certificate

PASSWORD = b"word"


def pfx(made: Pair, password: bytes | None, chain: list[Pair] | None = None) -> bytes:
    form = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    further = [one.certificate for one in chain or []]
    return pkcs12.serialize_key_and_certificates(b"x", made.key, made.certificate, further, form)  # type: ignore[arg-type]


def key_pem(made: Pair, password: bytes | None = None) -> bytes:
    form = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return made.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, form)


def certificate_pem(made: Pair) -> bytes:
    return made.certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def file(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return file


File = Callable[[str, bytes], Path]


def test_one_is_read_from_each_form_of_file(file: File) -> None:
    made, other = pair(), pair()
    whole = file("whole.pem", certificate_pem(other) + certificate_pem(made) + key_pem(made))
    alone, key = file("cert.pem", certificate_pem(made)), file("key.pem", key_pem(made, PASSWORD))
    for found in (
        read(whole),
        read(alone, key, "word"),
        read(file("a.pfx", pfx(made, None))),
        read(file("b.pfx", pfx(made, PASSWORD, [other])), password="word"),
    ):
        assert found.thumbprint == made.thumbprint
        assert key_pem(found) == key_pem(made)
    assert [one.subject for one in read(whole).chain] == [other.certificate.subject]
    assert read(file("again.pem", read(whole).pem)).pem == read(whole).pem


def test_what_cannot_be_read_is_named(file: File, tmp_path: Path) -> None:
    made, other = pair(), pair()
    alone, locked = file("cert.pem", certificate_pem(made)), file("locked.pem", key_pem(made, PASSWORD))
    for named, args in (
        ("path: expected a file that can be read", (tmp_path / "nothing",)),
        ("path: expected a file that can be read", (tmp_path,)),
        ("path: expected a PEM or PFX file", (file("text", b"hello"),)),
        ("path: expected a PEM or PFX file, which are smaller", (file("large", b"x" * (1 << 20) + b"x"),)),
        ("path: expected a PEM file with the key", (alone,)),
        ("keyPath: expected a PEM file with the key", (alone, file("none.pem", b"hello"))),
        ("path: expected a certificate that belongs to the key", (alone, file("other.pem", key_pem(other)))),
        ("password: expected the password of the key", (alone, locked)),
        ("password: expected the password of the key", (alone, locked, "wrong")),
        ("password: expected the password of the key", (alone, file("open.pem", key_pem(made)), "word")),
        ("password: expected the password of the PFX", (file("b.pfx", pfx(made, PASSWORD)), None, "wrong")),
        ("path: expected a PEM or PFX", (file("cut.pfx", pfx(made, None)[:200]),)),
        ("path: expected a PEM", (file("cut.pem", certificate_pem(made)[:200]), file("k.pem", key_pem(made)))),
    ):
        with pytest.raises(Invalid, match=named):
            read(*args)
    odd = dsa.generate_private_key(1024).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(Invalid, match="RSA, EC or Ed25519"):
        read(alone, file("dsa.pem", odd))


def test_what_clients_would_refuse_is_refused() -> None:
    day = timedelta(days=1)
    check(pair(usage=None), NOW)
    for made, named in (
        (pair(begins=-30 * day, ends=-day), "this one ended on"),
        (pair(begins=day), "this one begins on"),
        (pair(usage=ExtendedKeyUsageOID.CLIENT_AUTH), "for something else"),
        (pair(rsa_key(1024)), "at least 2048 bits, not 1024"),
    ):
        with pytest.raises(Invalid, match=named):
            check(made, NOW)


def test_one_is_found_by_its_thumbprint_however_it_was_copied(file: File, tmp_path: Path) -> None:
    made = pair()
    file("broken.pem", b"hello")
    file("locked.pfx", pfx(pair(), PASSWORD))
    file("z.pfx", pfx(made, None))
    copied = "\u200e" + " ".join(made.thumbprint[at : at + 2].lower() for at in range(0, 40, 2))
    assert plain(f"sha1 Fingerprint={copied}") == made.thumbprint
    found = find(plain(copied), tmp_path)
    assert found is not None
    assert found.thumbprint == made.thumbprint
    assert find("00", tmp_path) is None
    assert find("00", tmp_path / "nothing") is None


# Served


def seen(certificate: Certificate, trust: Path) -> str:
    """The serial number a client is shown."""
    return str(handshake(certificate, trust, "localhost")["serialNumber"])


@pytest.mark.parametrize("kind", [rsa_key, ec_key])
def test_a_chosen_one_is_served_from_the_next_connection_on_and_after_a_restart(
    file: File, tmp_path: Path, kind: Callable[[], object]
) -> None:
    """Of a key of another kind too: TLS libraries keep one certificate per kind, and clients would get either."""
    directory, made = tmp_path / "tls", pair(kind())  # type: ignore[arg-type]
    certificate = Certificate(directory)
    context = certificate.context
    assert seen(certificate, directory / "ca.pem")
    certificate.choose(made, datetime.now(UTC))
    trust = file("trust.pem", certificate_pem(made))
    assert certificate.context is context
    assert int(seen(certificate, trust), 16) == made.certificate.serial_number
    assert certificate.thumbprint == made.thumbprint
    with pytest.raises(ssl.SSLCertVerificationError):
        seen(certificate, directory / "ca.pem")
    again = Certificate(directory)
    again.refresh(datetime.now(UTC) + timedelta(days=370))  # ours is renewed beside it
    assert again.thumbprint == made.thumbprint
    assert seen(again, trust)
    assert {path.stat().st_mode & 0o077 for path in (directory / "service.pem", *again.kept.iterdir())} == {0}


def test_ours_can_be_chosen_again(tmp_path: Path) -> None:
    certificate, made = Certificate(tmp_path), pair()
    ours = certificate.thumbprint
    certificate.choose(made, datetime.now(UTC))
    certificate.choose(certificate.find(ours), datetime.now(UTC))
    assert certificate.thumbprint == ours
    assert seen(certificate, tmp_path / "ca.pem")
    certificate.choose(certificate.find(made.thumbprint), datetime.now(UTC))  # it was kept
    assert Certificate(tmp_path).thumbprint == made.thumbprint
    with pytest.raises(NotFound, match="thumbprint"):
        certificate.find("00" * 20)


def test_one_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path)
    ours = certificate.thumbprint
    with pytest.raises(Invalid, match="ended on"):
        certificate.choose(pair(begins=timedelta(days=-3), ends=timedelta(days=-1)), datetime.now(UTC))
    assert certificate.thumbprint == ours
    assert not certificate.kept.exists()


def test_the_settings_are_not_overruled(tmp_path: Path) -> None:
    Certificate(tmp_path / "other")
    own = tmp_path / "other" / "server.pem"
    certificate = Certificate(tmp_path / "tls", own=(own, own))
    with pytest.raises(WrongState, match=r"web\.tls_certificate"):
        certificate.choose(pair(), datetime.now(UTC))


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = Certificate(tmp_path)
    ours = certificate.thumbprint

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("postroom.web.tls._write", full)
    with pytest.raises(Unavailable, match="No space left"):
        certificate.choose(pair(), datetime.now(UTC))
    assert certificate.thumbprint == ours


def test_connections_that_come_meanwhile_get_one_or_the_other(file: File, tmp_path: Path) -> None:
    certificate = Certificate(tmp_path / "tls")
    made = [pair(rsa_key()), pair()]
    ca = (tmp_path / "tls" / "ca.pem").read_bytes()
    trust = file("all.pem", ca + b"".join(map(certificate_pem, made)))
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            for one in made:
                certificate.choose(one, datetime.now(UTC))

    thread = threading.Thread(target=change)
    thread.start()
    try:
        assert len({seen(certificate, trust) for _ in range(60)}) >= 2
    finally:
        stop.set()
        thread.join()
