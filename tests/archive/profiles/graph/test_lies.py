"""A Graph that is busy, breaks off, repeats itself or tells nonsense: nothing is lost, doubled, or removed for it."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.archive.profiles.graph.liar import Answer, Liar, Lie, dropped, is_content, is_delta, refusal, times
from tests.archive.profiles.graph.room import QUICK, Outcome, Room, digests

from postroom.archive.profiles.connectors.graph import Microsoft365
from postroom.errors import Denied, Unavailable

Lying = Callable[..., Liar]
BUSY = refusal(429, "ApplicationThrottled", Retry_After="0")


def changed(**more: Any) -> Lie:
    """Answers in JSON with these keys; None leaves one out."""

    def told(_method: str, _path: str, answer: Answer) -> Answer:
        document = {**json.loads(answer.body), **more}
        return replace(answer, body=json.dumps({key: value for key, value in document.items() if value}).encode())

    return told


def rows_changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Lie:
    """In all lists of messages."""

    def told(_method: str, path: str, answer: Answer) -> Answer:
        if not re.search(r"/messages(/delta)?(\?|$)", path):
            return answer
        document = json.loads(answer.body)
        rows = [change(row) for row in document.get("value", [])]
        return replace(answer, body=json.dumps({**document, "value": rows}).encode())

    return told


def settled(room: Room, sent: list[bytes]) -> None:
    """Runs without lies end with all mail in the archive, each message once."""
    room.graph_url = ""
    outcome = room.run()
    assert outcome.problems == []
    assert room.archived() == digests(sent)
    assert room.occurrences() == len(sent)


def small_pages(monkeypatch: pytest.MonkeyPatch, rows: int = 4) -> None:
    monkeypatch.setattr(
        "postroom.archive.profiles.connectors.graph_changes._PREFER",
        f'IdType="ImmutableId", odata.maxpagesize={rows}',
    )


# Busy


def test_a_busy_server_is_waited_for(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(20))
    lying(times(3, BUSY, is_content), times(2, refusal(503, Retry_After="1"), is_delta))
    outcome = room.run()
    assert (outcome.stored, outcome.problems) == (20, [])
    settled(room, sent)


def test_retry_after_may_be_a_date(room: Room, lying: Lying) -> None:
    sent = room.deliver(1)
    lying(times(1, refusal(429, Retry_After="Thu, 01 Jan 2026 00:00:00 GMT"), is_content))
    assert room.run().stored == 1
    settled(room, sent)


def test_a_storm_ends_the_run_and_what_was_read_is_kept(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(30))
    told = lying()
    seen = [0]

    def storm(method: str, path: str, answer: Answer) -> Answer:
        seen[0] += is_content(method, path)
        return BUSY(method, path, answer) if seen[0] > 12 else answer

    told.lies.append(storm)
    outcome = Outcome()
    with pytest.raises(Unavailable, match="stays busy"):
        room.run(outcome=outcome)
    kept = sum(room.archived().values())
    # Some of the twelve come behind one that was refused.
    assert 1 <= kept <= 12
    settled(room, sent)


def test_runs_that_each_meet_a_storm_get_further_and_further(
    room: Room, lying: Lying, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pages(monkeypatch)
    sent = room.deliver(*range(40))
    told = lying()
    counts = []
    for _ in range(20):
        seen = [0]

        def storm(method: str, path: str, answer: Answer, seen: list[int] = seen) -> Answer:
            seen[0] += is_content(method, path)
            return BUSY(method, path, answer) if seen[0] > 10 else answer

        told.lies[:] = [storm]
        try:
            room.run()
        except Unavailable:
            counts.append(sum(room.archived().values()))
        else:
            break
    assert counts == sorted(set(counts))
    settled(room, sent)


def test_a_server_that_wants_to_be_left_alone_for_hours_ends_the_run(room: Room, lying: Lying) -> None:
    sent = room.deliver(1)
    lying(times(1, refusal(429, Retry_After="7200"), is_delta))
    with pytest.raises(Unavailable, match="busy"):
        room.run()
    settled(room, sent)


def test_a_sign_in_service_that_does_not_answer_or_knows_no_such_tenant_ends_the_run(room: Room) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = f"https://localhost:{free.getsockname()[1]}"
    for details in ({"authorityUrl": nowhere}, {"tenant": "nobody.example"}):
        with pytest.raises((Unavailable, Denied), match="sign-in"):
            room.run(room.details(**details))


# Broken


@pytest.mark.parametrize(
    "lie",
    [
        dropped,
        refusal(500),
        refusal(504),
        lambda _method, _path, answer: answer.cut(30),
        lambda _method, _path, answer: replace(answer, body=answer.body[:30], unsized=True),
        lambda _method, _path, answer: replace(answer, body=b""),
        lambda _method, _path, answer: replace(answer, headers={"Content-Type": "text/html"}, body=b"<p>Log in!"),
        lambda _method, _path, answer: replace(answer, status=206, body=answer.body[:30]),
        lambda _method, _path, answer: replace(answer, status=302, headers={"Location": "https://elsewhere.example/"}),
    ],
    ids=["dropped", "500", "504", "short", "without a length", "empty", "a page of a proxy", "a part", "elsewhere"],
)
def test_half_an_answer_is_asked_for_again(room: Room, lying: Lying, lie: Lie) -> None:
    sent = room.deliver(*range(6))
    lying(times(2, lie, is_content))
    outcome = room.run()
    assert (outcome.stored, outcome.problems) == (6, [])
    settled(room, sent)


def test_a_message_that_cannot_be_read_is_a_problem_and_asked_for_by_the_next_run(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(6))
    bad = room.messages()[2]["id"]

    def lie(method: str, path: str, answer: Answer) -> Answer:
        return dropped(method, path, answer) if f"/{bad}/$value" in path else answer

    lying(lie)
    outcome = room.run()
    assert (outcome.stored, [problem.native_id for problem in outcome.problems]) == (5, [bad])
    assert room.run().reasons
    settled(room, sent)


def test_a_server_that_went_away_ends_the_run(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(20))
    lying(lambda method, path, answer: dropped(method, path, answer) if is_content(method, path) else answer)
    with pytest.raises(Unavailable, match="cannot be reached"):
        room.run()
    settled(room, sent)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"value": [{"id": 7}]}', b'{"value": "x"}', b"\xff", b"null"])
def test_a_list_that_makes_no_sense_is_a_problem_of_its_folder(room: Room, lying: Lying, body: bytes) -> None:
    sent = room.deliver(*range(3))
    inbox = room.call("GET", "mailFolders/inbox")["id"]

    def lie(_method: str, path: str, answer: Answer) -> Answer:
        return replace(answer, body=body) if f"/{inbox}/messages/delta" in path else answer

    lying(lie)
    outcome = room.run()
    assert [problem.folder.rpartition("/")[2] for problem in outcome.problems] == ["Inbox"]
    settled(room, sent)


# Lists that break off or turn round


def test_an_old_token_begins_the_list_anew_and_stores_nothing_twice(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(8))
    room.run()
    sent += room.deliver("new")
    lying(times(1, refusal(410, "SyncStateNotFound"), is_delta))
    outcome = room.run()
    assert (outcome.stored, outcome.problems) == (1, [])
    assert any("from the beginning" in note for note in outcome.notes)
    settled(room, sent)


def test_a_token_that_is_none_any_more_begins_the_list_anew(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(3))
    room.run()
    lying(times(1, refusal(400, "BadRequest"), lambda _, path: "deltatoken" in path))
    outcome = room.run()
    assert (outcome.stored, outcome.problems) == (0, [])
    settled(room, sent)


def test_a_server_that_always_says_the_token_is_old_is_a_problem(room: Room, lying: Lying) -> None:
    sent = room.deliver(1)
    told = lying(lambda method, path, answer: refusal(410)(method, path, answer) if is_delta(method, path) else answer)
    outcome = room.run()
    assert {reason.partition(" 410")[0] for reason in outcome.reasons} == {"the server says"}
    assert told.count("/messages/delta") < 40
    settled(room, sent)


def test_pages_that_repeat_are_read_once_and_told(room: Room, lying: Lying, monkeypatch: pytest.MonkeyPatch) -> None:
    small_pages(monkeypatch)
    sent = room.deliver(*range(12))
    first: dict[str, Answer] = {}

    def again(_method: str, path: str, answer: Answer) -> Answer:
        if "skiptoken" not in path:
            return answer
        return first.setdefault("page", answer)

    lying(again)
    outcome = room.run()
    assert [reason for reason in outcome.reasons if "same next page" in reason]
    assert outcome.stored == 8
    settled(room, sent)


def test_a_page_without_a_link_is_a_problem_and_its_mail_is_kept(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(3))
    lying(rows_changed(dict), times(99, changed(**{"@odata.deltaLink": None}), is_delta))
    outcome = room.run()
    assert outcome.stored == 3
    assert outcome.reasons
    settled(room, sent)


def test_a_link_to_another_server_is_not_followed(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(3))
    lying(times(99, changed(**{"@odata.nextLink": "https://elsewhere.example/v1.0/me/messages/delta"}), is_delta))
    outcome = room.run()
    assert outcome.stored == 3
    assert any("leads elsewhere" in reason for reason in outcome.reasons)
    settled(room, sent)


def test_rows_that_come_twice_are_stored_once(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(5))

    def twice(_method: str, path: str, answer: Answer) -> Answer:
        if not is_delta("", path):
            return answer
        document = json.loads(answer.body)
        return replace(answer, body=json.dumps({**document, "value": document["value"] * 2}).encode())

    lying(twice)
    room.run()
    settled(room, sent)


def test_folders_in_a_circle_are_read_once(room: Room, lying: Lying) -> None:
    above = room.folder("Above")
    room.folder("Below", above)
    sent = room.deliver(1)

    def circle(_method: str, path: str, answer: Answer) -> Answer:
        if "/childFolders" not in path:
            return answer
        row = {"id": above, "displayName": "Again", "childFolderCount": 1, "totalItemCount": 0}
        document = json.loads(answer.body)
        return replace(answer, body=json.dumps({**document, "value": [*document["value"], row]}).encode())

    lying(circle)
    assert room.run().problems == []
    settled(room, sent)


# Nonsense


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00Z", "yesterday", "", 17, "9999-12-31T23:59:59Z", None])
def test_a_date_that_cannot_be_is_no_reason_to_lose_or_remove_a_message(room: Room, lying: Lying, date: object) -> None:
    sent = room.deliver(*range(3))
    lying(rows_changed(lambda row: {**row, "receivedDateTime": date}))
    outcome = room.run(removing=(1_900_000_000_000,))
    assert (outcome.stored, outcome.removed) == (3, [])
    assert len(room.messages()) == 3
    settled(room, sent)


def test_changes_that_tell_only_what_changed_are_asked_for_in_full(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(3))
    lying(rows_changed(lambda row: {"id": row["id"]}))
    assert room.run().stored == 3
    settled(room, sent)


def test_a_message_that_the_list_has_and_the_server_has_not_is_asked_for_again(room: Room, lying: Lying) -> None:
    """A 404 for a message that is there is a lie; for one that was removed meanwhile it is no problem."""
    sent = room.deliver(*range(3))
    lying(times(1, refusal(404, "ErrorItemNotFound"), is_content))
    outcome = room.run()
    assert (outcome.stored, len(outcome.problems)) == (2, 1)
    settled(room, sent)


def test_a_message_that_went_while_it_was_listed_is_no_problem(room: Room, lying: Lying) -> None:
    room.deliver(1, 2)
    gone = room.messages()[0]["id"]

    def take_away(method: str, path: str, answer: Answer) -> Answer:
        if f"/{gone}/$value" in path or re.search(rf"/messages/{gone}\?", path):
            return refusal(404, "ErrorItemNotFound")(method, path, answer)
        return answer

    lying(take_away)
    outcome = room.run()
    assert (outcome.stored, outcome.problems) == (1, [])


def test_a_folder_that_the_list_has_and_the_server_has_not_is_a_problem(room: Room, lying: Lying) -> None:
    sent = room.deliver(1)
    lying(times(1, refusal(404, "ErrorItemNotFound"), is_delta))
    assert len(room.run().problems) == 1
    settled(room, sent)


def test_a_mailbox_that_is_forbidden_ends_the_run_and_says_so(room: Room, lying: Lying) -> None:
    sent = room.deliver(1)
    lying(lambda method, path, answer: (
        refusal(403, "ErrorAccessDenied")(method, path, answer) if "/mailFolders/msgfolderroot" in path else answer
    ))  # fmt: skip
    with pytest.raises(Denied, match="The mailbox cannot be read: the server says 403 ErrorAccessDenied: A lie"):
        room.run()
    settled(room, sent)


def test_a_token_that_is_refused_is_renewed_once_and_then_ends_the_run(room: Room, lying: Lying) -> None:
    sent = room.deliver(*range(3))
    told = lying(times(1, refusal(401, "InvalidAuthenticationToken"), is_content))
    assert room.run().stored == 3
    told.lies[:] = [refusal(401, "InvalidAuthenticationToken")]
    with pytest.raises(Denied):
        room.run()
    settled(room, sent)


def test_a_message_over_the_limit_is_not_read_to_its_end(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = room.deliver(1)
    small = replace(room.archive.settings.archive, max_message_bytes=1 << 20)
    monkeypatch.setattr(room.archive, "settings", replace(room.archive.settings, archive=small))
    room.graph.deliver(b"Subject: large\r\n\r\n" + b"x" * (4 << 20), room.anna)
    outcome = room.run(connector=Microsoft365(QUICK))
    assert (outcome.stored, outcome.reasons) == (1, ["larger than archive.max_message_bytes (1048576)"])
    assert room.archived() == digests(sent)


def test_what_cannot_be_removed_is_told_with_the_reason(room: Room, lying: Lying) -> None:
    room.deliver(1, 2)
    lying(times(1, refusal(403, "ErrorAccessDenied"), lambda method, path: method == "POST" and path.endswith("/move")))
    outcome = room.run(removing=(None,))
    assert [reason for _, reason in outcome.refused] == ["the server says 403 ErrorAccessDenied: A lie"]
