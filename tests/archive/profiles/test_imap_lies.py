"""An IMAP server that lies: nothing is lost without a word, and nothing is removed that is not stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.archive.profiles.liar import HangUp, Liar, Lies, lying
from tests.archive.profiles.mailboxes import World, details, message
from tests.archive.sources.support import Found, read

from postroom.archive.profiles.connectors import imap_session
from postroom.archive.profiles.connectors.imap import SINGLE
from postroom.archive.profiles.connectors.imap_source import ImapSource
from postroom.archive.sources import Arrival
from postroom.errors import Cancelled, Unavailable

COUNT = 40


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "DELAYS_S", (0.0, 0.0))


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying(Liar({uid: message(f"m{uid}", 100 * uid) for uid in range(1, COUNT + 1)})) as liar:
        yield liar


@contextmanager
def mailbox(liar: Liar, world: World | None = None, **more: Any) -> Iterator[ImapSource]:
    with SINGLE.open(details(SINGLE, liar.details(**more)), (world or World()).context()) as (target,):
        assert isinstance(target.source, ImapSource)
        yield target.source


def taken(liar: Liar, world: World | None = None, cursor: str | None = None) -> Found:
    with mailbox(liar, world) as source:
        return read(source, cursor)


def everything(liar: Liar) -> list[bytes]:
    return [body for _, body in sorted(liar.messages.items())]


def test_it_tells_the_truth_when_nobody_says_otherwise(liar: Liar) -> None:
    found = taken(liar)
    assert (found.bodies, found.problems) == (everything(liar), [])


def test_a_message_at_which_the_server_hangs_up_does_not_keep_the_others_back(liar: Liar) -> None:
    def body(uid: int, body: bytes) -> bytes:
        if uid in (7, 8, 30):
            raise HangUp
        return b"{%d}\r\n%s" % (len(body), body)

    liar.lies.body = body
    found = taken(liar)
    assert found.bodies == [body for uid, body in sorted(liar.messages.items()) if uid not in (7, 8, 30)]
    assert [problem.native_id.split("|")[2] for problem in found.problems] == ["7", "8", "30"]
    assert liar.connections < 50
    # And when the server has got over it, they are asked for by their ids alone.
    liar.lies = Lies()
    liar.sent.clear()
    with mailbox(liar) as source:
        again = list(source.again([problem.native_id for problem in found.problems]))
    assert all(isinstance(item, Arrival) for item in again)
    assert [item.native_id for item in again] == [problem.native_id for problem in found.problems]
    assert set(liar.sent) == {7, 8, 30}


@pytest.mark.parametrize("every", [3, 17])
def test_a_line_that_breaks_again_and_again_is_taken_up(liar: Liar, every: int) -> None:
    sent = 0

    def body(uid: int, body: bytes) -> bytes:
        nonlocal sent
        sent += 1
        if sent % every == 0:
            raise HangUp
        return b"{%d}\r\n%s" % (len(body), body)

    liar.lies.body = body
    found = taken(liar)
    missing = {problem.native_id.split("|")[2] for problem in found.problems}
    assert set(found.bodies) == {body for uid, body in liar.messages.items() if str(uid) not in missing}
    assert len(found.bodies) + len(missing) == COUNT


def test_a_literal_cut_short_by_the_end_of_the_line_is_no_message(liar: Liar) -> None:
    def body(uid: int, body: bytes) -> bytes:
        if uid == 5 and liar.sent[5] == 1:
            liar.lies.before = lambda _: b""
            return b"{%d}\r\n%s" % (len(body) + 100_000, body)
        return b"{%d}\r\n%s" % (len(body), body)

    liar.lies.body = body
    found = taken(liar)
    assert sorted(found.bodies) == sorted(everything(liar))


def test_a_message_that_comes_short_is_kept_as_it_came_and_never_removed(liar: Liar) -> None:
    liar.lies.body = lambda uid, body: b"{%d}\r\n%s" % (len(short := body[:50] if uid == 5 else body), short)
    world = World()
    found = taken(liar, world)
    assert found.bodies[4] == liar.messages[5][:50]
    assert liar.sent[5] == 2
    assert any("another size than the server tells" in note for note in world.notes)
    with mailbox(liar) as source:
        removable = list(source.removable(None))
    assert len(removable) == COUNT
    assert set(removable) - found.ids == {one for one in removable if one.split("|")[2] == "5"}


def test_a_message_that_comes_different_each_time_is_a_problem(liar: Liar) -> None:
    def body(uid: int, body: bytes) -> bytes:
        body = body[: 50 + liar.sent[5]] if uid == 5 else body
        return b"{%d}\r\n%s" % (len(body), body)

    liar.lies.body = body
    found = taken(liar)
    assert (len(found.bodies), found.reasons) == (COUNT - 1, ["the server sent 51 bytes, and then 52"])


def test_sizes_that_are_all_wrong_lose_nothing(liar: Liar) -> None:
    liar.lies.size = lambda _uid, size: size + 10
    assert taken(liar).bodies == everything(liar)
    liar.lies.size = lambda _uid, _size: 4_000_000_000
    found = taken(liar)
    assert (found.bodies, len(found.problems)) == ([], COUNT)
    assert "larger than archive.max_message_bytes" in found.reasons[0]


def test_a_huge_literal_is_not_read(liar: Liar) -> None:
    liar.lies.body = lambda uid, body: b"{%d}\r\n%s" % (10**12 if uid == 5 else len(body), body)
    found = taken(liar)
    assert len(found.bodies) == COUNT - 1
    assert "announces 1000000000000 bytes at once" in found.reasons[0]


def test_an_answer_without_end_is_not_read(liar: Liar) -> None:
    said: list[str] = []

    def before(command: str) -> bytes:
        if "BODY" in command and not said:
            said.append(command)
            return b"* 1 FETCH (FLAGS ())\r\n" * 400_000
        return b""

    liar.lies.before = before
    assert taken(liar).bodies == everything(liar)
    assert liar.connections == 2


def test_a_line_without_end_is_not_read(liar: Liar) -> None:
    liar.lies.body = lambda uid, body: b"x" * 2_000_000 if uid == 5 else b"{%d}\r\n%s" % (len(body), body)
    found = taken(liar)
    assert (len(found.bodies), len(found.problems)) == (COUNT - 1, 1)


@pytest.mark.parametrize(
    "garbage", [b"NIL", b'"', b"(" * 5_000, b"{x}\r\n", b"{-5}\r\n", b"\0\xff", b"99999999999999999999"]
)
def test_answers_that_are_no_imap_cost_one_message(liar: Liar, garbage: bytes) -> None:
    liar.lies.body = lambda uid, body: garbage if uid == 5 else b"{%d}\r\n%s" % (len(body), body)
    found = taken(liar)
    assert found.bodies == [body for uid, body in sorted(liar.messages.items()) if uid != 5]
    assert [problem.native_id.split("|")[2] for problem in found.problems] == ["5"]


def test_bodies_without_their_uid_are_nobodys(liar: Liar) -> None:
    first = taken(liar)
    liar.lies.without_uid = True
    found = taken(liar)
    assert found.bodies == []
    assert len(found.problems) == COUNT
    assert first.ids


def test_what_is_expunged_meanwhile_is_no_problem_and_moves_no_other(liar: Liar) -> None:
    def before(command: str) -> bytes:
        if "BODY.PEEK" in command:
            gone = [uid for uid in (1, 2, 20) if liar.messages.pop(uid, None)]
            return b"".join(b"* %d EXPUNGE\r\n" % number for number in range(1, len(gone) + 1))
        return b""

    liar.lies.before = before
    world = World()
    found = taken(liar, world)
    assert (found.bodies, found.problems) == (everything(liar), [])
    assert len(found.bodies) == COUNT - 3
    assert any("3 messages were removed before they were read" in note for note in world.notes)


def test_a_uidvalidity_that_changes_is_read_anew(liar: Liar) -> None:
    first = taken(liar)
    liar.validity = 8
    second = taken(liar, cursor=first.cursor)
    assert second.bodies == everything(liar)
    assert not second.ids & first.ids


def test_a_uidvalidity_that_changes_while_it_is_read_mixes_nothing_up(liar: Liar) -> None:
    def body(uid: int, body: bytes) -> bytes:
        if liar.validity == 7:
            liar.validity = 8
            liar.messages = {number + 1: message for number, message in liar.messages.items()}
            raise HangUp
        return b"{%d}\r\n%s" % (len(body), body)

    liar.lies.body = body
    found = taken(liar)
    assert (found.bodies, found.problems) == (everything(liar), [])
    assert {arrival.native_id.split("|")[1] for arrival in found.arrivals} == {"8"}


def test_a_uidvalidity_that_never_stays_is_a_problem(liar: Liar) -> None:
    def body(uid: int, body: bytes) -> bytes:
        liar.validity += 1
        raise HangUp

    liar.lies.body = body
    found = taken(liar)
    assert (found.bodies, found.reasons) == ([], ["its UIDVALIDITY changes all the time"])


def test_numbers_that_went_back_under_the_same_uidvalidity_are_read_anew(liar: Liar) -> None:
    first = taken(liar)
    liar.messages = {uid: message(f"other{uid}") for uid in range(1, 4)}
    assert taken(liar, cursor=first.cursor).bodies == everything(liar)


def test_a_mailbox_put_back_under_the_same_uidvalidity_is_read_anew(liar: Liar) -> None:
    first = taken(liar)
    liar.messages = {uid: message(f"other{uid}") for uid in liar.messages}
    found = taken(liar, cursor=first.cursor)
    assert found.bodies == everything(liar)
    assert taken(liar, cursor=found.cursor).bodies == []


def test_a_list_that_is_short_is_a_problem_and_the_next_run_lists_anew(liar: Liar) -> None:
    liar.lies.lists = lambda uids: [uid for uid in uids if uid % 2]
    found = taken(liar)
    assert (len(found.bodies), found.cursor) == (COUNT // 2, None)
    assert found.reasons == ["the server lists fewer messages than it says are there"]
    liar.lies = Lies()
    with mailbox(liar) as source:
        assert len(read(source, None, found.ids).bodies) == COUNT // 2


def test_a_list_with_nothing_of_a_folder_that_has_something_is_a_problem(liar: Liar) -> None:
    liar.lies.lists = lambda _uids: []
    assert len(taken(liar).problems) == 1


def test_a_list_of_new_messages_that_is_short_moves_no_cursor(liar: Liar) -> None:
    first = taken(liar)
    liar.messages |= {uid: message(f"m{uid}") for uid in (COUNT + 1, COUNT + 2)}
    liar.lies.lists = lambda uids: [uid for uid in uids if uid != COUNT + 1]
    second = taken(liar, cursor=first.cursor)
    assert (second.bodies, second.cursor, len(second.problems)) == ([message(f"m{COUNT + 2}")], None, 1)
    liar.lies = Lies()
    assert len(taken(liar, cursor=first.cursor).bodies) == 2


def test_what_was_removed_while_it_was_listed_makes_no_list_short(liar: Liar) -> None:
    def lists(uids: list[int]) -> list[int]:
        liar.messages.pop(3, None)
        return [uid for uid in uids if uid != 3]

    liar.lies.lists = lists
    found = taken(liar)
    assert (found.bodies, found.problems) == (everything(liar), [])


def test_who_was_let_in_and_is_refused_for_the_moment_is_waited_for(liar: Liar) -> None:
    refusals: list[str] = []

    def body(uid: int, body: bytes) -> bytes:
        if not refusals:
            liar.lies.answer = answer
            raise HangUp
        return b"{%d}\r\n%s" % (len(body), body)

    def answer(command: str) -> str:
        if command.startswith("LOGIN") and len(refusals) < 2:
            refusals.append(command)
            return "NO [LIMIT] too many connections"
        return "OK done"

    liar.lies.body = body
    found = taken(liar)
    assert (found.bodies, found.problems, len(refusals)) == (everything(liar), [], 2)


def test_sizes_at_which_the_server_hangs_up_cost_no_other_message(liar: Liar) -> None:
    def size(uid: int, size: int) -> int:
        if uid == 9:
            raise HangUp
        return size

    liar.lies.size = size
    found = taken(liar)
    assert (found.bodies, found.problems) == (everything(liar), [])


def test_a_message_far_larger_than_told_comes_in_pieces(liar: Liar) -> None:
    liar.messages[5] = message("huge", 40_000_000)
    liar.lies.size = lambda uid, size: 100 if uid == 5 else size
    found = taken(liar)
    assert sorted(found.bodies) == sorted(everything(liar))
    with mailbox(liar) as source:
        assert {one.split("|")[2] for one in set(source.removable(None)) - found.ids} == {"5"}


def test_a_list_of_folders_that_is_none_ends_the_run_soon(liar: Liar) -> None:
    liar.folders = ("(((", *liar.folders)
    with pytest.raises(Unavailable):
        taken(liar)
    assert liar.connections <= 4


def test_a_folder_without_uidvalidity_is_a_problem(liar: Liar) -> None:
    liar.validity = 0
    found = taken(liar)
    assert (found.bodies, len(found.problems)) == ([], 1)


@pytest.mark.parametrize("date", ["", "yesterday", "99-Foo-0000 99:99:99 +9999", "31-Feb-2024 10:00:00 +0000"])
def test_a_date_that_is_none_is_left_out_and_makes_nothing_old(liar: Liar, date: str) -> None:
    liar.lies.date = date
    found = taken(liar)
    assert found.bodies == everything(liar)
    assert {arrival.received_ms for arrival in found.arrivals} == {None}
    with mailbox(liar) as source:
        assert list(source.removable(2**60)) == []
        assert set(source.removable(None)) == found.ids


def test_a_server_that_says_no_to_a_folder_does_not_keep_others_back(liar: Liar) -> None:
    liar.folders = ('(\\HasNoChildren) "/" A', *liar.folders, '(\\Noselect) "/" C', '() NIL "D\\"x"')
    liar.lies.answer = lambda command: (
        "NO [NOPERM] not yours" if "EXAMINE" in command and '"A"' in command else "OK done"
    )
    found = taken(liar)
    assert "not yours" in found.reasons[0]
    assert found.folders == ['anna/D"x'] * COUNT + ["anna/Inbox"] * COUNT


@pytest.mark.parametrize("came", [0, 2])
def test_a_server_that_goes_for_good_keeps_what_came_and_else_ends_the_run(liar: Liar, came: int) -> None:
    liar.folders = tuple(f'(\\HasNoChildren) "/" {name}' for name in ("A", "B", "C"))
    opened: list[str] = []

    def before(command: str) -> bytes:
        if "EXAMINE" in command:
            opened.append(command)
        if len(opened) > came and "BODY" in command:
            liar.lies.before = closed
            raise HangUp
        return b""

    def closed(_command: str) -> bytes:
        raise HangUp

    liar.lies.before = before
    if not came:
        with pytest.raises(Unavailable):
            taken(liar)
        return
    found = taken(liar)
    assert (len(found.bodies), len(found.reasons)) == (came * COUNT, 1)
    assert "not read to its end" in found.reasons[0]


def test_a_server_that_always_hangs_up_is_given_up_in_the_end(liar: Liar) -> None:
    def body(_uid: int, _body: bytes) -> bytes:
        raise HangUp

    liar.lies.body = body
    with pytest.raises(Unavailable, match="nothing came in"):
        taken(liar)
    assert liar.connections <= imap_session.MOST_FAILURES + 1


def test_a_bye_in_the_middle_is_taken_up(liar: Liar) -> None:
    said: list[str] = []

    def before(command: str) -> bytes:
        if "BODY" in command and len(said) < 3:
            said.append(command)
            return b"* BYE too busy\r\n"
        return b""

    liar.lies.before = before
    assert taken(liar).bodies == everything(liar)


def test_who_asks_the_run_to_end_does_not_wait_for_the_server(liar: Liar) -> None:
    world = World()

    def stop() -> None:
        if any("SEARCH" in line for line in liar.log):
            raise Cancelled("enough")

    world.stop = stop
    with pytest.raises(Cancelled):
        taken(liar, world)
    assert not liar.sent


# Removing


def test_a_server_without_uidplus_keeps_all_and_says_why(liar: Liar) -> None:
    liar.capabilities = "IMAP4rev1"
    with mailbox(liar) as source:
        ids = [arrival.native_id for arrival in read(source).arrivals]
        failures = dict(source.remove(ids[:3]))
    assert list(failures) == ids[:3]
    assert "UIDPLUS" in failures[ids[0]]
    assert (len(liar.messages), liar.deleted) == (COUNT, set())


def test_an_expunge_that_does_nothing_is_told(liar: Liar) -> None:
    liar.lies.keeps = True
    with mailbox(liar) as source:
        ids = [arrival.native_id for arrival in read(source).arrivals]
        assert list(source.remove(ids[:2])) == [(one, "it is still there") for one in ids[:2]]


def test_a_number_given_to_another_message_is_not_removed(liar: Liar) -> None:
    with mailbox(liar) as source:
        ids = [arrival.native_id for arrival in read(source).arrivals]
        liar.messages[3] = message("another one that nobody has stored")
        assert list(source.remove(ids[:4])) == [(ids[2], "another message has its number now")]
    assert set(liar.messages) == {3, *range(5, COUNT + 1)}
    assert liar.deleted == {1, 2, 4}


def test_numbers_that_changed_between_reading_and_removing_remove_nothing(liar: Liar) -> None:
    with mailbox(liar) as source:
        ids = [arrival.native_id for arrival in read(source).arrivals]
    liar.validity = 8
    with mailbox(liar) as source:
        assert [one for one, _ in source.remove(ids)] == ids
    assert (len(liar.messages), liar.deleted) == (COUNT, set())


def test_a_line_that_breaks_while_removing_is_taken_up(liar: Liar) -> None:
    broken: list[str] = []

    def before(command: str) -> bytes:
        if "EXPUNGE" in command and not broken:
            broken.append(command)
            raise HangUp
        return b""

    liar.lies.before = before
    with mailbox(liar) as source:
        ids = [arrival.native_id for arrival in read(source).arrivals]
        assert list(source.remove(ids[:10])) == []
    assert min(liar.messages) == 11
