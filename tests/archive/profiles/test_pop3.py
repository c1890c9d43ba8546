"""Mail of POP3 servers, a true one and one that lies: all of it once, and removed only what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.dovecot import Dovecot
from tests.archive.profiles.liar import HangUp
from tests.archive.profiles.mailboxes import World, details, message
from tests.archive.profiles.pop3_liar import PopLiar, PopLies, pop_lying, stuffed
from tests.archive.profiles.scripted import log, ran, totals
from tests.archive.sources.support import Found, read

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.connectors import pop3_source
from postroom.archive.profiles.connectors.pop3 import MULTIDROP, SINGLE
from postroom.archive.profiles.connectors.pop3_source import Pop3Source
from postroom.archive.profiles.profiles import Given
from postroom.errors import Denied, Unavailable

COUNT = 120
HARD = b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n" + b"y" * 200_000 + b"\r\nbare \n line \r end\r\n"


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pop3_source, "DELAYS_S", (0.0, 0.0))


@pytest.fixture
def liar() -> Iterator[PopLiar]:
    messages = {f"id{number}": message(f"m{number}", 50 * number) for number in range(1, COUNT + 1)}
    with pop_lying(PopLiar(messages)) as liar:
        yield liar


@contextmanager
def mailbox(given: Any, world: World | None = None) -> Iterator[Pop3Source]:
    with SINGLE.open(details(SINGLE, given), (world or World()).context()) as (target,):
        assert isinstance(target.source, Pop3Source)
        yield target.source


def taken(liar: PopLiar, world: World | None = None, known: set[str] | None = None) -> Found:
    with mailbox(liar.details(), world) as source:
        return read(source, None, known or set())


def everything(liar: PopLiar) -> list[bytes]:
    return list(liar.messages.values())


# A true server


def pop(mail: Dovecot, user: str, **more: Any) -> dict[str, Any]:
    return {**mail.details(user), "protocol": "POP3", "port": mail.pop3, "targetUserFolder": "anna", **more}


def test_all_messages_come_byte_for_byte(mail: Dovecot, user: str) -> None:
    bodies = [message("one"), HARD.replace(b" \n ", b" ").replace(b" \r ", b" "), message("large", 9_000_000)]
    mail.put(user, *bodies)
    with mailbox(pop(mail, user, emailAddress="anna@example.org")) as source:
        found = read(source)
    assert (found.bodies, found.problems) == (bodies, [])
    assert set(found.folders) == {"anna@example.org/Inbox"}
    mail.put(user, message("new"))
    with mailbox(pop(mail, user)) as source:
        assert read(source, None, found.ids).bodies == [message("new")]


@pytest.mark.parametrize("protocol", ["POP3-TLS", "POP3-SSL"])
def test_the_connection_is_encrypted_when_told(mail: Dovecot, user: str, protocol: str) -> None:
    mail.put(user, message("one"))
    port = mail.pop3 if protocol == "POP3-TLS" else mail.pop3s
    with (
        pytest.raises(Denied, match="certificate is not trusted"),
        mailbox(pop(mail, user, protocol=protocol, port=port)),
    ):
        pass
    with mailbox(pop(mail, user, protocol=protocol, port=port, ignoreSSLPolicyErrors=True)) as source:
        assert read(source).bodies == [message("one")]


def test_who_cannot_sign_in_is_told(mail: Dovecot, user: str) -> None:
    with pytest.raises(Denied, match="takes no sign-in"), mailbox(pop(mail, user, password="wrong")):
        pass
    with pytest.raises(Unavailable, match="no POP3 connection"), mailbox(pop(mail, user, port=1)):
        pass


def test_a_mailbox_is_archived_once_and_then_emptied(tmp_path: Path, mail: Dovecot, user: str) -> None:
    mail.put(user, *(message(f"m{number}", more="Date: Mon, 4 Mar 2024 10:00:00 +0000\r\n") for number in range(130)))
    with Archive(tmp_path / "home", settings(commit_messages=50)) as archive:
        number = archive.profiles.create(Given("pop", "admin", "I", "POP3", pop(mail, user)), SYSTEM)
        first, second = ran(archive, number), ran(archive, number)
        assert (first.result, first.archived, second.result, second.archived) == ("succeeded", 130, "succeeded", 0)
        mail.put(user, message("young", more="Date: Mon, 4 Mar 2199 10:00:00 +0000\r\n"))
        archive.profiles.change(number, {"details": {"deleteInMailbox": "if-older-than-1-days"}}, None, SYSTEM)
        third = ran(archive, number)
        assert (third.result, third.archived, third.removed) == ("succeeded", 1, 130)
        assert [b"young" in body for body in mail.left(user)] == [True]
        assert totals(archive) == {"anna": 131}


def test_mail_in_a_shared_mailbox_goes_to_its_people(liar: PopLiar) -> None:
    liar.messages = {"a": message("a"), "b": message("b", to="x@x.example")}
    given = {key: value for key, value in liar.details().items() if key != "targetUserFolder"}
    world = World({"anna": ("anna@example.org",)})
    with MULTIDROP.open(details(MULTIDROP, given), world.context()) as (target,):
        found = read(target.source)
        assert not hasattr(target.source, "again")
    assert [arrival.archives for arrival in found.arrivals] == [("anna",), ("@catchall",)]


# One that lies


@pytest.mark.parametrize("pipelining", [True, False])
def test_it_tells_the_truth_when_nobody_says_otherwise(liar: PopLiar, pipelining: bool) -> None:
    liar.pipelining = pipelining
    liar.messages["hard"] = HARD
    found = taken(liar)
    assert (found.bodies, found.problems) == (everything(liar), [])


def test_what_is_known_is_not_read(liar: PopLiar) -> None:
    ids = taken(liar).ids
    liar.sent.clear()
    liar.messages["new"] = message("new")
    assert taken(liar, known=ids).bodies == [message("new")]
    assert set(liar.sent) == {"new"}


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_message_at_which_the_server_hangs_up_does_not_keep_the_others_back(liar: PopLiar, pipelining: bool) -> None:
    def body(uid: str, body: bytes) -> bytes:
        if uid in ("id7", "id8", "id99"):
            raise HangUp
        return stuffed(body)

    liar.pipelining, liar.lies.body = pipelining, body
    found = taken(liar)
    assert found.bodies == [body for uid, body in liar.messages.items() if uid not in ("id7", "id8", "id99")]
    assert [problem.native_id.split("|")[0] for problem in found.problems] == ["id7", "id8", "id99"]


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_message_that_is_refused_is_a_problem(liar: PopLiar, pipelining: bool) -> None:
    liar.pipelining = pipelining
    liar.lies.answer = lambda command: "-ERR it is damaged" if command in ("RETR 7", "RETR 30") else "+OK"
    found = taken(liar)
    assert (len(found.bodies), found.reasons) == (COUNT - 2, ["it is damaged"] * 2)


@pytest.mark.parametrize("size", [50, 5_000])
def test_a_message_without_its_end_is_not_mixed_up_with_those_behind_it(liar: PopLiar, size: int) -> None:
    liar.messages = {f"id{number}": message(f"m{number:03}", size) for number in range(1, COUNT + 1)}
    cut: list[str] = []

    def body(uid: str, body: bytes) -> bytes:
        if uid == "id50" and not cut:
            cut.append(uid)
            return body[:40]
        return stuffed(body)

    liar.lies.body = body
    found = taken(liar)
    stored = {arrival.native_id.split("|")[0]: arrival.body for arrival in found.arrivals}
    assert (stored, found.problems) == (liar.messages, [])


def test_a_message_that_comes_short_is_kept_as_it_came_and_never_removed(liar: PopLiar) -> None:
    liar.lies.body = lambda uid, body: stuffed(body[:50] + b"\r\n" if uid == "id5" else body)
    world = World()
    found = taken(liar, world)
    assert liar.messages["id5"][:50] + b"\r\n" in found.bodies
    assert liar.sent["id5"] == 2
    assert any("another size" in note for note in world.notes)
    assert taken(liar, known=found.ids).arrivals == []
    with mailbox(liar.details()) as source:
        removable = set(source.removable(None))
    assert {one.split("|")[0] for one in removable - found.ids} == {"id5"}


def test_a_message_that_comes_different_each_time_is_a_problem(liar: PopLiar) -> None:
    liar.lies.body = lambda uid, body: stuffed(body[: liar.sent["id5"]] + b"\r\n" if uid == "id5" else body)
    found = taken(liar)
    assert (len(found.bodies), found.reasons) == (COUNT - 1, ["it came different twice"])


def test_sizes_that_count_line_ends_as_one_byte_are_no_lie(liar: PopLiar) -> None:
    liar.lies.size = lambda uid, size: size - liar.messages[uid].count(b"\n")
    world = World()
    assert (taken(liar, world).bodies, world.notes) == (everything(liar), [])
    assert max(liar.sent.values()) == 1


def test_a_message_without_end_is_not_read_for_ever(liar: PopLiar) -> None:
    liar.lies.body = lambda uid, body: b"x" * 2_000_000 if uid == "id5" else stuffed(body)
    found = taken(liar, World(most_bytes=1_000_000))
    assert len(found.bodies) == COUNT - 1
    assert "larger than archive.max_message_bytes" in found.reasons[0]


def test_an_old_id_for_another_message_is_another_message(liar: PopLiar) -> None:
    ids = taken(liar).ids
    liar.messages["id5"] = message("another")
    assert taken(liar, known=ids).bodies == [message("another")]


def test_without_uidl_messages_are_known_by_their_content_and_stay_there(liar: PopLiar) -> None:
    liar.uidl = False
    liar.messages["twin"] = liar.messages["id1"]
    world = World()
    with mailbox(liar.details(), world) as source:
        found = read(source)
        assert list(source.removable(None)) == []
    assert (found.bodies, len(found.ids)) == (everything(liar), COUNT + 1)
    assert "no UIDL" in world.notes[0]
    del liar.messages["id1"]
    liar.messages["new"] = message("new")
    assert taken(liar, known=found.ids).bodies == [message("new")]


def test_messages_with_the_same_id_are_all_read(liar: PopLiar) -> None:
    liar.lies.uid = lambda uid: "same" if uid in ("id5", "id6") else uid
    found = taken(liar)
    assert (found.bodies, len(found.ids), found.problems) == (everything(liar), COUNT, [])
    assert taken(liar, known=found.ids).arrivals == []


def test_a_server_that_always_hangs_up_is_given_up(liar: PopLiar) -> None:
    def body(_uid: str, _body: bytes) -> bytes:
        raise HangUp

    liar.lies.body = body
    with pytest.raises(Unavailable, match="nothing came in"):
        taken(liar)
    assert sum(line.startswith("PASS") for line in liar.log) <= pop3_source.MOST_FAILURES + 1


def test_what_came_before_the_end_is_kept(liar: PopLiar) -> None:
    def body(uid: str, body: bytes) -> bytes:
        if int(uid[2:]) > 60:
            raise HangUp
        return stuffed(body)

    liar.lies.body = body
    found = taken(liar)
    assert found.bodies == everything(liar)[:60]
    assert "not read to its end" in found.reasons[-1]


# Removing


def test_nothing_is_removed_when_the_session_breaks_before_quit(liar: PopLiar) -> None:
    def answer(command: str) -> str:
        if command == "QUIT" and "DELE 1" in liar.log:
            raise HangUp
        return "+OK"

    with mailbox(liar.details()) as source:
        ids = [arrival.native_id for arrival in read(source).arrivals]
        liar.lies.answer = answer
        failures = dict(source.remove(ids[:3]))
    assert list(failures) == ids[:3]
    assert len(liar.messages) == COUNT


def test_a_removal_that_is_refused_is_told(liar: PopLiar) -> None:
    liar.lies.answer = lambda command: "-ERR read only" if command.startswith("DELE") else "+OK"
    with mailbox(liar.details()) as source:
        ids = [arrival.native_id for arrival in read(source).arrivals]
        failures = dict(source.remove(ids[:3]))
    assert set(failures) == set(ids[:3])
    assert "read only" in failures[ids[0]]


def test_numbers_of_another_session_remove_nothing_else(liar: PopLiar) -> None:
    with mailbox(liar.details()) as source:
        ids = [arrival.native_id for arrival in read(source).arrivals]
        del liar.messages["id1"]
        liar.messages["id3"] = message("another under an old id")
        assert list(source.remove(ids[:4])) == []
    assert "id3" in liar.messages
    assert len(liar.messages) == COUNT - 3


def test_a_run_keeps_what_came_short(tmp_path: Path, liar: PopLiar) -> None:
    liar.lies = PopLies(body=lambda uid, body: stuffed(body[:50] + b"\r\n" if uid == "id5" else body))
    with Archive(tmp_path / "home", settings(commit_messages=50)) as archive:
        given = Given("pop", "admin", "I", "POP3", liar.details(deleteInMailbox="immediately"))
        number = archive.profiles.create(given, SYSTEM)
        run = ran(archive, number)
        assert (run.archived, run.removed, list(liar.messages)) == (COUNT, COUNT - 1, ["id5"])
        assert "1 messages stay in the source" in log(archive, run)
