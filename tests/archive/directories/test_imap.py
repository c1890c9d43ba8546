"""Passwords checked by a mail server."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.archive.directories import silent
from tests.archive.directories.ldap_server import DirectoryServer
from tests.archive.directories.room import Room
from tests.archive.profiles.dovecot import PASSWORD as DOVECOTS
from tests.archive.profiles.dovecot import Dovecot, dovecot
from tests.ports import free_port

from postroom.archive.instance.audit import SYSTEM
from postroom.errors import Unavailable, WrongState

PASSWORD = 'Wörd "of\\ the user'


def tag(line: str) -> str:
    return line.partition(" ")[0]


def plain(line: str) -> tuple[str, str]:
    _, user, password = base64.b64decode(line).decode().split("\0")
    return user, password


def sasl(*known: tuple[str, str]) -> Callable[[str], str]:
    """A server with AUTHENTICATE PLAIN that knows these users."""
    asked: list[str] = []

    def answer(line: str) -> str:
        if "AUTHENTICATE PLAIN" in line:
            asked.append(tag(line))
            return "+ "
        if asked:
            return f"{asked.pop()} {'OK in' if plain(line) in known else 'NO [AUTHENTICATIONFAILED] no'}"
        return f"{tag(line)} OK done"

    return answer


@contextmanager
def served(
    room: Room, answer: Callable[[str], str | None], capabilities: str = "IMAP4rev1 AUTH=PLAIN", **more: object
) -> Iterator[list[str]]:
    """A mail server that checks the passwords of this instance; what it was told."""
    with silent.talking(answer, capabilities) as (port, lines):
        room.configure({"type": "imap", "host": "127.0.0.1", "port": port, "protocol": "IMAP", **more})
        yield lines


@pytest.fixture(scope="module")
def true_server(tls_folder: Path) -> Iterator[Dovecot]:
    """Knows everybody by one password."""
    with dovecot(tls_folder / "server.pem") as running:
        yield running


@pytest.mark.parametrize("protocol", ["IMAP", "IMAP-TLS", "IMAP-SSL"])
def test_a_true_mail_server_is_asked(
    room: Room, true_server: Dovecot, protocol: str, tls_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tls_folder / "ca.pem"))
    port = true_server.imaps if protocol == "IMAP-SSL" else true_server.imap
    room.by_hand("anna")
    room.configure(type="imap", host="localhost", port=port, protocol=protocol)
    assert room.signs_in("anna", DOVECOTS)
    assert not room.signs_in("anna", "another")


def test_a_user_signs_in_by_the_mail_server(room: Room) -> None:
    room.by_hand("anna")
    with served(room, sasl(("anna", PASSWORD))):
        assert room.signs_in("anna", PASSWORD)
        assert not room.signs_in("anna", "another")


def test_the_name_there_is_the_distinguished_name_else_the_address_or_the_name(room: Room) -> None:
    room.by_hand("anna")
    room.instance.users.set_addresses("anna", ["anna@example.com"], SYSTEM)
    with served(room, sasl(("anna@example.com", PASSWORD)), userNameFormat="emailAddress"):
        assert room.signs_in("anna", PASSWORD)
    room.instance.users.set_distinguished_name("anna", "mailbox7", SYSTEM)
    with served(room, sasl(("mailbox7", PASSWORD))):
        assert room.signs_in("anna", PASSWORD)


def test_where_there_is_login_only_name_and_password_are_quoted(room: Room) -> None:
    name, word = 'an"na\\ x', 'pass"word\\'

    def answer(line: str) -> str:
        if " LOGIN " in line:
            good = line.partition(" LOGIN ")[2] == r'"an\"na\\ x" "pass\"word\\"'
            return f"{tag(line)} {'OK in' if good else 'NO no'}"
        return f"{tag(line)} OK done"

    room.by_hand("anna", distinguished_name=name)
    with served(room, answer, "IMAP4rev1"):
        assert room.signs_in("anna", word)
        assert not room.signs_in("anna", "x")
        assert not room.signs_in("anna", PASSWORD)  # it cannot be told there


@pytest.mark.parametrize("word", ["x\r\nA1 LOGOUT", "a\0b", "", "\n"])
def test_no_line_of_ours_is_ended_by_a_password(room: Room, word: str) -> None:
    room.by_hand("anna")
    with served(room, sasl(("anna", word))) as lines:
        assert not room.signs_in("anna", word)
    assert not any("LOGOUT" in line for line in lines)


@pytest.mark.parametrize(
    "answer",
    [
        lambda line: None,
        lambda line: f"{tag(line)} NO [UNAVAILABLE] the user database is away",
        lambda line: "\x00\x01 nonsense",
    ],
    ids=["closes", "unavailable", "nonsense"],
)
def test_a_server_that_cannot_tell_is_no_wrong_password(room: Room, answer: Callable[[str], str | None]) -> None:
    room.by_hand("anna")
    with served(room, answer), pytest.raises(Unavailable, match="does not answer"):
        room.signs_in("anna", PASSWORD)


def test_a_server_that_is_away_or_silent_costs_a_limited_time(tmp_path: Path) -> None:
    with Room(tmp_path / "hurried.db", directory_timeout_s=0.3) as room:
        room.by_hand("anna")
        room.configure(type="imap", host="127.0.0.1", port=free_port(), protocol="IMAP")
        with pytest.raises(Unavailable, match="does not answer"):
            room.signs_in("anna", PASSWORD)
        with silent.listening(silent.nothing) as port:
            room.configure(port=port)
            with pytest.raises(Unavailable, match="does not answer"):
                room.signs_in("anna", PASSWORD)


def test_tls_is_checked(room: Room, tls_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls_folder / "server.pem")
    room.by_hand("anna")
    with silent.talking(sasl(("anna", PASSWORD)), context=context) as (port, _):
        room.configure(type="imap", host="127.0.0.1", port=port)
        with pytest.raises(Unavailable, match="certificate that is not trusted"):
            room.signs_in("anna", PASSWORD)
        monkeypatch.setenv("SSL_CERT_FILE", str(tls_folder / "ca.pem"))
        assert room.signs_in("anna", PASSWORD)


def test_there_is_no_list_of_users(room: Room) -> None:
    room.configure(type="imap", host="imap.example.com")
    with pytest.raises(WrongState, match="create users by hand"):
        room.sync()


def test_passwords_of_an_ldap_directory_may_be_checked_by_a_mail_server(room: Room, ldap: DirectoryServer) -> None:
    ldap.person("anna")
    with silent.talking(sasl(("anna@example.com", PASSWORD))) as (port, _):
        room.configure(ldap.configuration(authenticationHost=f"imap://127.0.0.1:{port}"))
        room.sync()
        assert room.signs_in("anna", PASSWORD)
        assert not room.signs_in("anna", "another")
