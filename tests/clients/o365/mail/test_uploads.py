"""Large attachments go in pieces, and go on where they were interrupted."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder
from tests.clients.o365.mail.upload_server import UploadServer

from O365._attachment import UPLOAD_PIECE
from O365._flows.steps import Request, Step, Wait, run
from O365._upload import attachment_id, upload
from O365.connection import Connection, MSGraphProtocol
from O365.message import Message, MessageAttachment
from O365.utils import MemoryTokenBackend
from O365.utils.attachment import UPLOAD_SIZE_LIMIT_SIMPLE

MIB = 1024 * 1024
LARGE = os.urandom(8 * MIB)


class HalfRecorder(Recorder):
    """Requests with a token are recorded; those without one go to a server."""

    def __init__(self) -> None:
        super().__init__()
        backend = MemoryTokenBackend()
        self.real = Connection(("app", "secret"), token_backend=backend, request_retries=0)

    def naive_request(self, url: str, method: str, **kwargs: Any) -> Any:
        return self.real.naive_request(url, method, **kwargs)


@pytest.fixture
def con() -> Recorder:
    return HalfRecorder()


@pytest.fixture
def server() -> Iterator[UploadServer]:
    started = UploadServer()
    yield started
    started.stop()


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits are noted instead of waited."""
    noted: list[float] = []
    monkeypatch.setattr(time, "sleep", noted.append)
    return noted


def attach(message: Message, content: bytes = LARGE) -> None:
    message.attachments.add((io.BytesIO(content), "plan.pdf"))


def test_who_wants_to_know_is_told_how_far_an_attachment_is(con: Recorder, server: UploadServer) -> None:
    message = Message(con=con, protocol=MSGraphProtocol(timezone="UTC"), __cloud_data__={"id": "m", "isDraft": True})
    message.attachments.add([(LARGE, "large.bin")])
    told: list[tuple[str | None, int, int | None]] = []
    message.attachments.on_progress = lambda attachment, done, total: told.append((attachment.name, done, total))
    con.will(Answer({"uploadUrl": server.url}))
    assert message.save_draft()
    assert told == [("large.bin", done, len(LARGE)) for done in (UPLOAD_PIECE, 2 * UPLOAD_PIECE, len(LARGE))]


def test_a_large_attachment_goes_in_pieces(con: Recorder, draft: Message, server: UploadServer) -> None:
    attach(draft)
    con.will(Answer({"uploadUrl": server.url}, 201))
    assert draft.save_draft()
    assert con.asked == [("post", "/me/messages/AAMk=/attachments/createUploadSession")]
    item = {"attachmentType": "file", "name": "plan.pdf", "size": len(LARGE)}
    assert con.last.data == {"attachmentItem": item}
    assert bytes(server.received) == LARGE
    size, total = UPLOAD_PIECE, len(LARGE)
    assert server.ranges == [
        f"bytes 0-{size - 1}/{total}",
        f"bytes {size}-{2 * size - 1}/{total}",
        f"bytes {2 * size}-{total - 1}/{total}",
    ]
    assert server.signed == [None] * 3
    assert (size % (320 * 1024), size < 4_000_000) == (0, True)  # what the service takes
    assert (draft.attachments[0].attachment_id, draft.attachments[0].on_cloud) == ("att-8", True)


def test_a_large_picture_within_the_text_stays_one(con: Recorder, draft: Message, server: UploadServer) -> None:
    attach(draft)
    draft.attachments[0].is_inline, draft.attachments[0].content_id = True, "plan"
    con.will(Answer({"uploadUrl": server.url}, 201))
    assert draft.save_draft()
    item = con.last.data["attachmentItem"]
    assert (item["isInline"], item["contentId"]) == (True, "plan")


def test_three_mib_are_not_large(con: Recorder, draft: Message) -> None:
    attach(draft, bytes(UPLOAD_SIZE_LIMIT_SIMPLE))
    con.will(Answer({"id": "att-1"}, 201))
    assert draft.save_draft()
    assert con.asked == [("post", "/me/messages/AAMk=/attachments")]


def test_bug_a_large_attachment_of_a_new_draft_follows_it(con: Recorder, new: Message, server: UploadServer) -> None:
    attach(new)
    con.will(Answer({"id": "draft-id"}, 201), Answer({"uploadUrl": server.url}, 201))
    assert new.save_draft()
    assert [path for _, path in con.asked] == [
        "/me/mailFolders/Drafts/messages",
        "/me/messages/draft-id/attachments/createUploadSession",
    ]
    assert "attachments" not in con.calls[0].data
    assert bytes(server.received) == LARGE


def test_bug_a_message_with_large_attachments_is_sent_as_a_draft(
    con: Recorder, new: Message, server: UploadServer
) -> None:
    attach(new)
    new.attachments.add((io.BytesIO(b"x"), "x.bin"))
    con.will(Answer({"id": "draft-id"}, 201), Answer({"uploadUrl": server.url}, 201), Answer({"id": "att-9"}, 201))
    assert new.send()
    assert [path.rpartition("/")[2] for _, path in con.asked] == [
        "messages",
        "createUploadSession",
        "attachments",
        "send",
    ]
    assert new.is_draft is False


def test_bug_attachments_that_are_large_together_are_not_sent_in_one_request(con: Recorder, new: Message) -> None:
    for name in ("a", "b"):
        new.attachments.add((io.BytesIO(bytes(2 * MIB)), name))
    con.will(Answer({"id": "draft-id"}, 201), Answer({"id": "1"}, 201), Answer({"id": "2"}, 201))
    assert new.send()
    assert [path.rpartition("/")[2] for _, path in con.asked] == ["messages", "attachments", "attachments", "send"]


def test_bug_a_large_attachment_is_attached_to_a_saved_message_in_pieces(
    con: Recorder, draft: Message, server: UploadServer
) -> None:
    attachment = MessageAttachment((io.BytesIO(LARGE), "plan.pdf"), parent=draft)
    con.will(Answer({"uploadUrl": server.url}, 201))
    assert attachment.attach(draft, on_cloud=True) is True
    assert bytes(server.received) == LARGE
    assert attachment.on_cloud is False  # it can be attached to another one too


def test_a_session_that_is_refused_is_no_upload(con: Recorder, draft: Message) -> None:
    attach(draft)
    con.will(REFUSED)
    assert draft.save_draft() is False
    assert draft.attachments[0].on_cloud is False


@pytest.mark.parametrize("failure", ["drop", "lose", 503, 500, 429])
@pytest.mark.parametrize("piece", [0, 1, 2])
def test_an_interrupted_upload_goes_on_with_what_is_missing(
    con: Recorder, draft: Message, server: UploadServer, naps: list[float], failure: int | str, piece: int
) -> None:
    server.failures = [*[""] * piece, failure]
    attach(draft)
    con.will(Answer({"uploadUrl": server.url}, 201))
    assert draft.save_draft()
    assert bytes(server.received) == LARGE
    assert len(server.ranges) == (3 if failure == "lose" else 4)
    assert naps == [0.0]


def test_a_piece_of_which_a_part_arrived_is_sent_from_there_on(
    con: Recorder, draft: Message, server: UploadServer, naps: list[float]
) -> None:
    server.failures = [503]
    server.received.extend(LARGE[:1000])
    attach(draft)
    con.will(Answer({"uploadUrl": server.url}, 201))
    assert draft.save_draft()
    assert server.ranges[1].startswith("bytes 1000-")
    assert bytes(server.received) == LARGE


def test_the_waits_become_longer_and_end(
    con: Recorder, draft: Message, server: UploadServer, naps: list[float]
) -> None:
    server.failures = [503] * 9
    attach(draft)
    con.will(Answer({"uploadUrl": server.url}, 201))
    with pytest.raises(requests.HTTPError, match="not now"):
        draft.save_draft()
    assert naps == [0.0, 1.0, 2.0, 4.0]
    assert draft.attachments[0].on_cloud is False
    server.failures.clear()
    con.will(Answer({"uploadUrl": server.url}, 201))
    assert draft.save_draft()


def test_what_will_not_pass_ends_the_upload_at_once(con: Recorder, draft: Message, server: UploadServer) -> None:
    server.failures = [403]
    attach(draft)
    con.will(Answer({"uploadUrl": server.url}, 201))
    with pytest.raises(requests.HTTPError):
        draft.save_draft()
    assert len(server.ranges) == 1


def test_a_service_that_names_no_ranges_gets_piece_after_piece(
    con: Recorder, draft: Message, server: UploadServer
) -> None:
    server.tells_ranges = False
    attach(draft)
    con.will(Answer({"uploadUrl": server.url}, 201))
    assert draft.save_draft()
    assert bytes(server.received) == LARGE


# The flow alone.


class Sink:
    """Takes pieces as a service does, and fails as it is told."""

    def __init__(self, failures: list[bool]) -> None:
        self.content = b""
        self.failures = failures

    def perform(self, step: Step) -> Any:
        if isinstance(step, Wait):
            return None
        assert isinstance(step, Request)
        assert not step.signed
        if step.method == "get":
            return Answer({"nextExpectedRanges": [f"{len(self.content)}-"]})
        if self.failures and self.failures.pop():
            raise requests.ConnectionError("gone")
        self.content += step.options["data"]
        total = int(step.options["headers"]["Content-Range"].rpartition("/")[2])
        if len(self.content) == total:
            return Answer(status_code=201)
        return Answer({"nextExpectedRanges": [f"{len(self.content)}-"]}, 202)


@given(st.binary(min_size=1, max_size=200), st.integers(1, 50), st.lists(st.booleans(), max_size=4))
def test_whatever_fails_less_than_five_times_arrives_whole(content: bytes, size: int, failures: list[bool]) -> None:
    sink = Sink(failures)
    assert run(upload("https://up", content, size), sink.perform)
    assert sink.content == content


def test_a_service_that_never_takes_anything_is_given_up() -> None:
    stuck = Answer({"nextExpectedRanges": ["0-"]})
    with pytest.raises(OSError, match="does not get beyond byte 0 of 4"):
        run(upload("https://up", b"mail", 2), lambda step: stuck)


def test_a_refusal_that_does_not_raise_is_the_result() -> None:
    assert not run(upload("https://up", b"mail", 2), lambda step: REFUSED)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("https://x/Users('u')/Messages('m')/Attachments('AAM=')", "AAM="),
        ("https://x/Attachments(%27AAM%3D%27)", "AAM="),
        ("https://x/me/messages/m/attachments/AAM=?x=1", "AAM="),
        ("https://x/elsewhere", ""),
        ("", ""),
    ],
)
def test_the_id_at_the_end_of_an_upload(place: str, found: str) -> None:
    assert attachment_id(Answer(headers={"Location": place} if place else {})) == found
