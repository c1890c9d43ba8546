"""Export into IMAP mailboxes: everything once, in its folder, with its date, whatever happens to the line."""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.archive.instances import settings, take_in
from tests.archive.profiles.dovecot import Dovecot
from tests.archive.profiles.exports.out import Run, outgoing
from tests.archive.profiles.mailboxes import message
from tests.archive.profiles.scripted import ran

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.connectors import imap_session
from postroom.archive.profiles.connectors.imap_wire import Connection
from postroom.archive.profiles.connectors.mailserver import Broken
from postroom.archive.profiles.exports.imap import IMAP
from postroom.archive.profiles.profiles import Given
from postroom.errors import Denied, Unavailable


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "DELAYS_S", (0.0,))


@pytest.fixture
def run(mail: Dovecot, user: str) -> Run:
    return Run(IMAP, dict(mail.details(user)))


def folders(mail: Dovecot, user: str) -> set[str]:
    with mail.client(user) as client:
        return {
            line.rpartition(b' "/" ')[2].decode().strip('"') for line in client.list()[1] if isinstance(line, bytes)
        }


def test_a_message_is_put_into_its_folder_with_its_date_and_as_read(mail: Dovecot, user: str, run: Run) -> None:
    body = message("one")
    assert run(outgoing(1, body, folder="Inbox/Ä & B")).written == ["1:1"]
    name = "anna/Inbox/&AMQ- &- B"
    assert mail.left(user, name) == [body]
    assert rb"\Seen" in mail.flags(user, name)[0]
    with mail.client(user) as client:
        client.select(f'"{name}"', readonly=True)
        told = client.fetch("1", "(INTERNALDATE)")[1][0]
    assert isinstance(told, bytes)
    date = imaplib.Internaldate2tuple(told)
    assert date is not None
    assert datetime(*date[:6]).astimezone(UTC) == datetime.fromtimestamp(1_770_000_000, UTC)


def test_what_is_there_is_not_written_twice(mail: Dovecot, user: str, run: Run) -> None:
    messages = [outgoing(number, message(f"m{number}"), folder=f"F{number % 2}") for number in range(1, 6)]
    assert len(run(*messages[:3]).written) == 3
    again = run(*messages)
    assert (again.known, again.written) == (["1:1", "1:2", "1:3"], ["1:4", "1:5"])
    assert run(*messages).written == []
    assert len(mail.left(user, "anna/F0")) + len(mail.left(user, "anna/F1")) == 5
    assert run.notes == []


def test_what_somebody_deleted_there_is_written_again(mail: Dovecot, user: str, run: Run) -> None:
    run(outgoing(1, message("one")), outgoing(2, message("two")))
    with mail.client(user) as client:
        client.select("anna/Inbox")
        client.store("1", "+FLAGS", r"(\Deleted)")
        client.expunge()
    assert run(outgoing(1, message("one")), outgoing(2, message("two"))).written == ["1:1"]


def test_messages_that_differ_in_header_or_size_are_two(mail: Dovecot, user: str, run: Run) -> None:
    bodies = [message("one"), message("one", more="X-A: 1\r\n"), message("one", more="X-A: 2\r\n"), message("one", 500)]
    assert len(run(*(outgoing(number, body) for number, body in enumerate(bodies))).written) == 4
    assert len(run(*(outgoing(number, body) for number, body in enumerate(bodies))).known) == 4
    assert sorted(mail.left(user, "anna/Inbox")) == sorted(bodies)


def test_the_same_message_twice_in_a_folder_is_one(mail: Dovecot, user: str, run: Run) -> None:
    done = run(outgoing(1, message("one")), outgoing(2, message("one")))
    assert (done.written, done.known) == (["1:1"], ["1:2"])


@pytest.mark.parametrize(
    "body",
    [
        b"Subject: lf\n\nline\nline\n",
        b"Subject: no end",
        b"Subject: no body\r\n\r\n",
        b"Subject: large\r\n\r\n" + b"x" * 998 * 9_000 + b"\r\n",
        "Subject: \u00e4\r\n\r\n\u00e4\r\n".encode(),
        b"Subject: bare\r\rtext\r\n",
    ],
    ids=["lf", "no-end", "no-body", "large", "eight-bit", "bare-cr"],
)
def test_lines_end_in_cr_lf_and_nothing_else_is_changed(mail: Dovecot, user: str, run: Run, body: bytes) -> None:
    assert run(outgoing(1, body)).written == ["1:1"]
    sent = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert mail.left(user, "anna/Inbox") == [sent]
    assert run(outgoing(1, body)).known == ["1:1"]


def test_a_message_without_header_is_written_once(mail: Dovecot, user: str, run: Run) -> None:
    body = b"\r\nno header\r\n"
    assert run(outgoing(1, body)).written == ["1:1"]
    assert run(outgoing(1, body)).known == ["1:1"]


def test_a_message_with_nul_bytes_is_refused_and_the_others_go_on(run: Run) -> None:
    done = run(outgoing(1, b"Subject: x\r\n\r\n\0\r\n"), outgoing(2, message("two")))
    assert ("NUL" in done.refused["1:1"], done.written) == (True, ["1:2"])


def test_a_name_that_the_server_refuses_is_written_with_other_signs(mail: Dovecot, user: str, run: Run) -> None:
    # Dovecot's Maildir++ takes no dots.
    told = outgoing(1, message("one"), folder="anna@example.org/Inbox")
    assert run(told).written == ["1:1"]
    assert "anna/anna@example_org/Inbox" in folders(mail, user)
    assert run(told).known == ["1:1"]


def test_all_is_below_a_folder_when_told(mail: Dovecot, user: str, run: Run) -> None:
    run(outgoing(1, message("one"), folder=""), targetFolder="Archive/2024")
    assert mail.left(user, "Archive/2024/anna") == [message("one")]


@pytest.mark.parametrize("taken", [True, False])
def test_a_line_that_breaks_while_a_message_is_sent_writes_it_once(
    mail: Dovecot, user: str, run: Run, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    append, broken = Connection.append, list[bytes]()

    def breaking(self: Connection, raw: bytes, body: bytes, received_ms: int) -> tuple[int, int]:
        if not broken:
            broken.append(raw)
            if taken:
                append(self, raw, body, received_ms)
            raise Broken("the line broke")
        return append(self, raw, body, received_ms)

    monkeypatch.setattr(Connection, "append", breaking)
    assert run(outgoing(1, message("one")), outgoing(2, message("two"))).written == ["1:1", "1:2"]
    assert mail.left(user, "anna/Inbox") == [message("one"), message("two")]


def test_a_line_that_always_breaks_ends_the_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(*_: object) -> tuple[int, int]:
        raise Broken("the line broke")

    monkeypatch.setattr(Connection, "append", breaking)
    with pytest.raises(Unavailable):
        run(outgoing(1, message("one")))


@pytest.mark.parametrize("tells", [True, False])
def test_a_server_that_changes_messages_gets_each_once_all_the_same(
    mail: Dovecot, user: str, run: Run, monkeypatch: pytest.MonkeyPatch, tells: bool
) -> None:
    append: Callable[..., tuple[int, int]] = Connection.append

    def changing(self: Connection, raw: bytes, body: bytes, received_ms: int) -> tuple[int, int]:
        told = append(self, raw, b"X-Taken: yes\r\n" + body, received_ms)
        return told if tells else (0, 0)

    monkeypatch.setattr(Connection, "append", changing)
    messages = [outgoing(number, message(f"m{number}")) for number in range(3)]
    assert len(run(*messages).written) == 3
    assert len(run(*messages).known) == 3
    assert len(mail.left(user, "anna/Inbox")) == 3
    assert any("does not keep messages as they are" in note for note in run.notes)


def test_who_cannot_sign_in_is_told(run: Run) -> None:
    with pytest.raises(Denied, match="takes no sign-in"):
        run(password="wrong")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings()) as archive:
        yield archive


def test_an_archive_is_exported_by_a_profile_once_over_repeated_runs(
    archive: Archive, tmp_path: Path, mail: Dovecot, user: str
) -> None:
    bodies = [message(f"m{number}") for number in range(20)]
    for number, body in enumerate(bodies):
        path = tmp_path / "in" / f"F{number % 3}" / f"{number}.eml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    take_in(archive, tmp_path / "in")
    archive.instance.users.create("anna", ["login", "export", "archive"], SYSTEM)
    archive.instance.users.set_folder_privileges("anna", "anna", ["read"], SYSTEM)
    number = archive.profiles.create(Given("out", "anna", "E", "IMAP", mail.details(user)), SYSTEM)
    first, second = ran(archive, number), ran(archive, number)
    assert (first.result, first.archived, second.result, second.archived) == ("succeeded", 20, "succeeded", 0)
    found = [body for folder in ("F0", "F1", "F2") for body in mail.left(user, f"anna/{folder}")]
    assert sorted(found) == sorted(bodies)
