"""Archived mail put into a mailbox of a Graph on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.exports.out import Run, outgoing
from tests.archive.profiles.graph.liar import Answer, Lie, dropped, liar, refusal, times
from tests.archive.profiles.graph.room import QUICK, Room, digests, mail

from postroom.archive.archive import Archive
from postroom.archive.profiles import connectors
from postroom.archive.profiles.exports.graph import UNFINISHED, Microsoft365Export
from postroom.errors import Denied, Invalid, Unavailable
from postroom.testing import LocalGraph, local_graph

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture
def room(graph: LocalGraph, tmp_path: Path) -> Iterator[Room]:
    with Archive(tmp_path / "archive", settings()) as archive:
        yield Room(archive, graph, graph.user(f"bert{next(_NUMBERS)}@example.com"))


@pytest.fixture
def run(room: Room) -> Run:
    details = {key: value for key, value in room.details().items() if key != "targetUserFolder"}
    return Run(Microsoft365Export(QUICK), {**details, "targetFolder": "Restored"})


def through(room: Room, run: Run, *lies: Lie) -> Iterator[None]:
    with liar(room.graph, lies) as told:
        yield run.details.update(graphUrl=told.url)
    run.details.update(graphUrl=room.graph.base_url)


Lying = Callable[..., None]


@pytest.fixture
def lying(room: Room, run: Run) -> Iterator[Lying]:
    opened: list[Iterator[None]] = []

    def lie(*lies: Lie) -> None:
        opened.append(through(room, run, *lies))
        next(opened[-1])

    yield lie
    for one in opened:
        next(one, None)


def contents(room: Room) -> dict[str, list[bytes]]:
    """The bytes of all messages in the mailbox, by folder."""
    found: dict[str, list[bytes]] = {}
    place = [("", room.call("GET", "mailFolders?$top=100&includeHiddenFolders=true")["value"])]
    while place:
        above, rows = place.pop()
        for row in rows:
            name = f"{above}/{row['displayName']}".strip("/")
            ids = [message["id"] for message in room.messages(row["id"])]
            if ids:
                found[name] = sorted(content(room, one) for one in ids)
            place.append((name, room.call("GET", f"mailFolders/{row['id']}/childFolders?$top=100")["value"]))
    return found


def content(room: Room, message: str) -> bytes:
    import requests

    url = f"{room.graph.base_url}users/{room.anna.id}/messages/{message}/$value"
    headers = {"Authorization": f"Bearer {room._token()}"}
    return requests.get(url, headers=headers, verify=str(room.graph.ca_file), timeout=60).content


def test_mail_is_put_below_the_folder_with_the_folders_of_the_archive(room: Room, run: Run) -> None:
    messages = [
        outgoing(1, mail(1), folder="Inbox"),
        outgoing(2, mail(2), folder="Inbox/Projects 2026"),
        outgoing(3, mail(3), archive="bert", folder=""),
    ]
    assert run(*messages).written == ["1:1", "1:2", "1:3"]
    assert contents(room) == {
        "Restored/anna/Inbox": [mail(1)],
        "Restored/anna/Inbox/Projects 2026": [mail(2)],
        "Restored/bert": [mail(3)],
    }


def test_without_a_folder_the_archives_are_outermost_ones(room: Room, run: Run) -> None:
    run(outgoing(1, mail(1)), targetFolder="")
    assert contents(room) == {"anna/Inbox": [mail(1)]}


def test_what_is_there_is_not_written_twice_in_this_run_or_the_next(room: Room, run: Run) -> None:
    messages = [outgoing(number, mail(number)) for number in range(5)]
    run(*messages)
    again = run(*messages, outgoing(9, mail(9)), outgoing(10, mail(9)))
    assert (len(again.known), again.written) == (6, ["1:9"])
    assert [len(found) for found in contents(room).values()] == [6]


def test_folders_that_are_there_are_taken_in_any_case(room: Room, run: Run) -> None:
    room.folder("RESTORED")
    run(outgoing(1, mail(1)))
    assert contents(room) == {"RESTORED/anna/Inbox": [mail(1)]}


@pytest.mark.parametrize("step", ["/messages", "/move"])
def test_a_run_that_breaks_off_at_any_step_leaves_nothing_half_done(
    room: Room, run: Run, lying: Lying, step: str
) -> None:
    """The message is made, or moved, and the answer is lost each time."""
    messages = [outgoing(number, mail(number)) for number in range(4)]
    run(*messages[:2])
    lying(lambda method, path, answer: (
        dropped(method, path, answer) if method == "POST" and path.endswith(step) else answer
    ))  # fmt: skip
    with pytest.raises(Unavailable):
        run(*messages)
    assert UNFINISHED in contents(room) or step == "/move"
    run.details["graphUrl"] = room.graph.base_url
    assert not run(*messages).refused
    assert contents(room) == {"Restored/anna/Inbox": sorted(mail(number) for number in range(4))}


def test_a_busy_mailbox_is_waited_for(room: Room, run: Run, lying: Lying) -> None:
    lying(times(2, refusal(429, Retry_After="0"), lambda method, _: method == "PATCH"))
    assert run(outgoing(1, mail(1))).written == ["1:1"]
    assert contents(room) == {"Restored/anna/Inbox": [mail(1)]}


def test_a_message_that_the_mailbox_refuses_is_told_and_the_others_go(room: Room, run: Run, lying: Lying) -> None:
    refused = refusal(413, "ErrorMessageSizeExceeded")
    lying(times(1, refused, lambda method, path: method == "POST" and path.endswith("/messages")))
    done = run(outgoing(1, mail(1)), outgoing(2, mail(2)))
    assert (done.written, list(done.refused)) == (["1:2"], ["1:1"])
    assert "ErrorMessageSizeExceeded" in done.refused["1:1"]


def test_a_mailbox_that_may_not_be_written_is_denied(room: Room, run: Run, lying: Lying) -> None:
    def lie(method: str, path: str, answer: Answer) -> Answer:
        return answer if method == "GET" else refusal(403, "ErrorAccessDenied")(method, path, answer)

    lying(lie)
    with pytest.raises((Denied, Invalid), match="ErrorAccessDenied"):
        run(outgoing(1, mail(1)))


def test_what_was_exported_can_be_archived_again_byte_for_byte(room: Room, run: Run) -> None:
    run(*(outgoing(number, mail(number)) for number in range(3)))
    assert room.run(room.details(includeDrafts=True)).stored == 3
    assert room.archived() == digests([mail(number) for number in range(3)])


@pytest.mark.parametrize(
    ("changes", "key"),
    [({"emailAddress": None}, "emailAddress"), ({"targetFolder": "a//b"}, "targetFolder"), ({"tenant": ""}, "tenant")],
)
def test_details_are_checked_with_the_name_of_the_key(run: Run, changes: dict[str, object], key: str) -> None:
    with pytest.raises(Invalid, match=key):
        run(**changes)


def test_the_exporter_is_found_by_its_name_and_by_what_others_call_it() -> None:
    assert connectors.export("microsoft365").name == "Microsoft365"
    with pytest.raises(Invalid, match="Microsoft365"):
        connectors.export("Exchange")
