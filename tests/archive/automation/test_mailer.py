"""Mail of the archive itself reaches true mail servers as the settings say, and by no other way."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.automation.post_office import NOBODY, post_office
from tests.archive.instances import settings

from postroom.archive.archive import Archive
from postroom.archive.automation.mailer import Letter, Mailer
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.instance.secrets import KEY_FILE
from postroom.errors import Damaged, Invalid, PostroomError, Unavailable, WrongState
from postroom.web.tls import Certificate

GIVEN = {
    "host": "127.0.0.1", "from_name": "Archiv M\u00fcller, Nord", "from_address": "archive@example.com",
    "recipient": "admin@example.com",
}  # fmt: skip
SIGNED = {"signs_in": True, "user": "archive", "password": "Secret-1"}


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return Certificate(tmp_path / "tls", ("localhost",))


@pytest.fixture
def trusted(tmp_path: Path, certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system trusts the authority of the mail server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls" / "ca.pem"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive", settings()) as archive:
        yield archive


def told(archive: Archive, **changes: object) -> None:
    archive.instance.smtp.update({**GIVEN, **changes}, SYSTEM)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("protocol", ["SMTP-TLS", "SMTP-SSL"])
def test_a_test_mail_goes_by_tls_and_login(archive: Archive, certificate: Certificate, protocol: str) -> None:
    with post_office(certificate.context, protocol, signs_in=True) as office:
        told(archive, port=office.port, protocol=protocol, **SIGNED)
        assert "took the test mail for admin@example.com" in archive.mailer.test(SYSTEM)
    ((secured, signed_in, recipients, mail),) = office.got
    assert (secured, signed_in, recipients) == (True, True, ["admin@example.com"])
    assert mail["From"].addresses[0].display_name == GIVEN["from_name"]
    assert mail["To"] == "admin@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.com>")
    assert "test of the mail settings" in mail.get_content()


def test_without_tls_and_login_it_goes_to_a_server_that_wants_neither(archive: Archive) -> None:
    with post_office() as office:
        told(archive, port=office.port, protocol="SMTP")
        archive.mailer.test(SYSTEM)
    assert office.got[0][:2] == (False, False)


@pytest.mark.parametrize("protocol", ["SMTP-TLS", "SMTP-SSL"])
def test_an_unknown_certificate_is_refused_unless_the_settings_ignore_it(
    archive: Archive, certificate: Certificate, protocol: str
) -> None:
    with post_office(certificate.context, protocol) as office:
        told(archive, port=office.port, protocol=protocol)
        with pytest.raises(WrongState, match="certificate that is not trusted"):
            archive.mailer.test(SYSTEM)
        assert office.got == []
        told(archive, port=office.port, any_certificate=True)
        archive.mailer.test(SYSTEM)
    assert office.got[0][0]


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_another_host_is_refused(archive: Archive, tmp_path: Path, certificate: Certificate) -> None:
    with post_office(certificate.context, "SMTP-SSL") as office:
        told(archive, port=office.port, protocol="SMTP-SSL", host="127.0.0.2")
        with pytest.raises(PostroomError, match=r"127\.0\.0\.2"):
            archive.mailer.test(SYSTEM)
    assert office.got == []


def test_starttls_is_not_left_out_when_the_server_has_none(archive: Archive) -> None:
    with post_office() as office:
        told(archive, port=office.port, protocol="SMTP-TLS")
        with pytest.raises(WrongState, match="does not offer what the mail settings ask for: STARTTLS"):
            archive.mailer.test(SYSTEM)
    assert office.got == []


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_told_and_is_in_no_message(archive: Archive, certificate: Certificate) -> None:
    with post_office(certificate.context, "SMTP-TLS", signs_in=True) as office:
        told(archive, port=office.port, **{**SIGNED, "password": "Wrong-9"})
        with pytest.raises(WrongState, match="refuses user name or password: 535") as refused:
            archive.mailer.test(SYSTEM)
    assert "Wrong-9" not in str(refused.value)


def test_refused_recipients_are_named(archive: Archive) -> None:
    with post_office() as office:
        told(archive, port=office.port, protocol="SMTP")
        with pytest.raises(
            WrongState, match=r"every recipient: nobody@example\.com .550 5\.1\.1 There is no such mailbox"
        ):
            archive.mailer.send(Letter("x", "y"), [NOBODY])
        assert office.got == []
        with pytest.raises(WrongState, match=r"not to all: nobody@example\.com"):
            archive.mailer.send(Letter("x", "y"), ["anna@example.com", NOBODY])
    assert office.got[0][2] == ["anna@example.com"]


def test_a_server_that_says_nothing_is_given_up(archive: Archive) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told(archive, port=silent.getsockname()[1])
        with pytest.raises(Unavailable, match="timed out"):
            Mailer(archive.instance, lambda: 0, timeout_s=0.2).test(SYSTEM)


def test_a_port_without_server_is_unavailable(archive: Archive) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told(archive, port=port)
    with pytest.raises(Unavailable, match=f"127.0.0.1:{port} cannot be reached"):
        archive.mailer.test(SYSTEM)


def test_what_is_not_set_is_asked_for(archive: Archive) -> None:
    with pytest.raises(WrongState, match="no recipient"):
        archive.mailer.test(SYSTEM)
    with pytest.raises(WrongState, match="no mail server"):
        archive.mailer.send(Letter("x", "y"), ["anna@example.com"])
    told(archive, from_address="")
    with pytest.raises(WrongState, match="no address of the sender"):
        archive.mailer.test(SYSTEM)


def test_long_and_foreign_texts_arrive_as_they_are(archive: Archive) -> None:
    text = "\u00fc\u20ac\U0001f4e8 " * 400 + "\n.\nend\n"
    with post_office() as office:
        told(archive, port=office.port, protocol="SMTP", from_name="a\u2028b" * 20)
        archive.mailer.send(Letter("\u00dcber " * 40, text, f"<p>{text}</p>"), ["anna@example.com"])
    plain, html = (office.only().get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert plain.get_content() == text.replace("\n", "\r\n")
    assert html is not None
    assert text.replace("\n", "\r\n") in html.get_content()
    assert office.only()["Subject"].split() == ["\u00dcber"] * 40


# What is kept


def test_the_password_is_in_no_file_and_no_event(archive: Archive, tmp_path: Path) -> None:
    told(archive, **SIGNED)
    told(archive, password="Other-2")
    archive.instance.audit.flush()
    assert archive.instance.smtp.password() == "Other-2"
    for path in (tmp_path / "archive").rglob("*"):
        assert not path.is_file() or not any(word in path.read_bytes() for word in (b"Secret-1", b"Other-2"))
    updates = [row for row in archive.instance.audit.entries() if row.event == "ConfigurationUpdate"]
    assert len(updates) == 2
    assert [row.details["password"] for row in updates] == ["***", "***"]
    assert "Secret-1" not in repr(archive.instance.smtp.get())


def test_no_password_keeps_the_old_one_and_an_empty_one_removes_it(archive: Archive) -> None:
    told(archive, **SIGNED)
    told(archive, password=None, port=2525)
    assert archive.instance.smtp.password() == "Secret-1"
    told(archive, password="", signs_in=False)
    assert archive.instance.smtp.password() == ""


def test_settings_and_password_outlive_the_process(archive: Archive, tmp_path: Path) -> None:
    told(archive, port=2525, **SIGNED)
    kept = archive.instance.smtp.get()
    archive.close()
    with Archive(tmp_path / "archive", settings()) as again:
        assert again.instance.smtp.get() == kept
        assert again.instance.smtp.password() == "Secret-1"


def test_with_a_lost_key_nothing_is_sent_until_the_password_is_set_again(archive: Archive, tmp_path: Path) -> None:
    told(archive, **SIGNED)
    (tmp_path / "archive" / KEY_FILE).unlink()
    with pytest.raises(Damaged, match="set the password again"):
        archive.mailer.test(SYSTEM)
    told(archive, **SIGNED)
    assert archive.instance.smtp.password() == "Secret-1"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("host", [None, 5, "a b", "mail.example.com/x", "x" * 256, "a\nb"]),
        ("port", [0, 65536, "25", True, 1.5, None]),
        ("protocol", ["smtp", "TLS", None, ["SMTP"]]),
        ("any_certificate", ["true", 1, None]),
        ("signs_in", ["true", 0, None]),
        ("user", [5, "m\u00fcller", "a\rb", "x" * 256]),
        ("password", [5, "a\0b", "a\nb", "m\u00fcller", "x" * 1001, ["x"]]),
        ("from_name", [None, 5, "a\r\nBcc: x@example.com", "x" * 256]),
        (
            "from_address",
            [None, "x", "a b@example.com", "a@b,c@d", "<a@b>", "a@b\nBcc: c@d", 'a"b@example.com', "a@[", 5],
        ),
        ("recipient", [None, "x", "anna@", "@example.com", ["a@b"]]),
        ("secret", ["x"]),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name_and_change_nothing(
    archive: Archive, tmp_path: Path, name: str, values: list[object]
) -> None:
    for value in values:
        if (name, value) != ("password", None):
            with pytest.raises(Invalid) as refused:
                archive.instance.smtp.update({name: value, "port": 26} | {name: value}, SYSTEM)
            assert refused.value.field == name, json.dumps(value)
    assert archive.instance.smtp.get().port == 587
    assert not (tmp_path / "archive" / KEY_FILE).exists()


@pytest.mark.parametrize(("missing", "value"), [("user", None), ("password", None), ("password", "")])
def test_who_shall_sign_in_needs_user_name_and_password(
    archive: Archive, tmp_path: Path, missing: str, value: object
) -> None:
    with pytest.raises(Invalid) as refused:
        told(archive, **{**SIGNED, missing: value})
    assert refused.value.field == missing
    assert not (tmp_path / "archive" / KEY_FILE).exists()
