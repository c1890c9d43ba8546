"""Batches: names instead of numbers, twenty at once, busy calls again, errors where they belong."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from tests.clients.o365.mail.doubles import Answer, Call, Recorder

from O365.batch import Batch, BatchError, send_many
from O365.connection import MSGraphProtocol
from O365.mailbox import MailBox
from O365.message import Message


class Service(Recorder):
    """Answers each call with what `plan` says of its URL in turn, and else with 200 and the call's own number."""

    def __init__(self) -> None:
        super().__init__()
        self.plan: dict[str, list[dict[str, Any]]] = {}
        self.waits: list[float] = []
        self.request_retries = 3

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def _answer(self, call: Call) -> Answer:
        self.calls.append(call)
        found = {one["id"]: self._of(one) for one in call.data["requests"]}
        for one in call.data["requests"]:
            if any(found[before]["status"] >= 400 for before in one.get("dependsOn", ())):
                found[one["id"]] = {"id": one["id"], "status": 424, "body": {"error": {"code": "FailedDependency"}}}
        return Answer({"responses": list(reversed(found.values()))})

    def _of(self, one: dict[str, Any]) -> dict[str, Any]:
        waiting = self.plan.get(one["url"])
        return {"id": one["id"], "status": 200, "body": {"url": one["url"]}, **(waiting.pop(0) if waiting else {})}

    @property
    def urls(self) -> list[list[str]]:
        return [[one["url"] for one in call.data["requests"]] for call in self.calls]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def batch(service: Service) -> Batch:
    return Batch(con=service, protocol=MSGraphProtocol(timezone="UTC"))


def busy(seconds: int | None = None) -> dict[str, Any]:
    error = {"error": {"code": "TooManyRequests", "message": "Wait."}}
    return {"status": 429, "headers": {} if seconds is None else {"retry-after": str(seconds)}, "body": error}


def test_calls_have_names_and_so_have_their_answers(batch: Batch, service: Service) -> None:
    mailbox = MailBox(con=service, protocol=batch.protocol)
    batch.get("me", "/me", {"$select": "id,mail", "$count": True})
    batch.post("folder", mailbox.build_url("/mailFolders"), {"displayName": "Work"})
    batch.patch("rename", "me/mailFolders/x", {"displayName": "Play"}, after="folder")
    batch.put("photo", "/me/photo/$value", b"JPEG", headers={"Content-Type": "image/jpeg"})
    batch.delete("gone", "/me/messages/1", after=["rename", "photo"])
    assert (len(batch), repr(batch)) == (5, "Batch of 5 calls")
    answers = batch.run()
    assert (list(answers), answers["me"].json(), len(batch)) == (
        ["me", "folder", "rename", "photo", "gone"],
        {"url": "/me?%24select=id%2Cmail&%24count=true"},
        0,
    )
    assert service.last.url == "https://graph.microsoft.com/v1.0/$batch"
    kind = {"Content-Type": "application/json"}
    assert service.last.data["requests"][1:] == [
        {"id": "2", "method": "POST", "url": "/me/mailFolders", "headers": kind, "body": {"displayName": "Work"}},
        {
            "id": "3",
            "method": "PATCH",
            "url": "/me/mailFolders/x",
            "headers": kind,
            "body": {"displayName": "Play"},
            "dependsOn": ["2"],
        },
        {
            "id": "4",
            "method": "PUT",
            "url": "/me/photo/$value",
            "headers": {"Content-Type": "image/jpeg"},
            "body": base64.b64encode(b"JPEG").decode(),
        },
        {"id": "5", "method": "DELETE", "url": "/me/messages/1", "dependsOn": ["3", "4"]},
    ]


def test_twenty_go_at_once_and_a_call_waits_for_one_of_another_request(batch: Batch, service: Service) -> None:
    service.plan["/0"] = [{"status": 400}]
    for number in range(45):
        batch.get(str(number), f"/{number}")
    batch.get("after 0", "/a", after="0")
    batch.get("after that", "/b", after="after 0")
    batch.get("after 1", "/c", after=["1", "44"])
    answers = batch.run()
    assert [len(urls) for urls in service.urls] == [20, 20, 6]  # those after 0 are not made
    assert [answers[name].status for name in ("after 0", "after that", "after 1")] == [424, 424, 200]
    assert service.last.data["requests"][-1]["dependsOn"] == ["5"]


def test_what_one_request_cannot_hold_goes_with_the_next(batch: Batch, service: Service) -> None:
    for name, size in (("a", 2_000_000), ("b", 2_000_000), ("c", 9_000_000), ("d", 10)):
        batch.post(name, f"/{name}", {"text": "x" * size})
    assert all(answer.ok for answer in batch.run().values())
    assert service.urls == [["/a"], ["/b"], ["/c"], ["/d"]]


def test_busy_calls_are_made_again_with_those_that_wait_for_them(batch: Batch, service: Service) -> None:
    service.plan = {
        "/a": [busy(7), busy()],
        "/p": [{"status": 503, "headers": {"Retry-After": "3"}}],
        "/q": [{"status": 500}],
    }
    batch.get("a", "/a")
    batch.post("p", "/p", {})
    batch.get("b", "/b", after="a")
    batch.post("q", "/q", {})
    batch.get("c", "/c")
    answers = batch.run()
    assert [answer.status for answer in answers.values()] == [200, 200, 200, 500, 200]
    assert service.urls == [["/a", "/p", "/b", "/q", "/c"], ["/a", "/p", "/b"], ["/a", "/b"]]
    assert service.waits == [7.0, 1.0]


def test_what_stays_busy_is_told(batch: Batch, service: Service) -> None:
    service.plan = {"/a": [busy(0)] * 9, "/b": [busy(4000)]}
    batch.get("a", "/a")
    assert batch.run()["a"].status == 429
    assert len(service.calls) == 4
    batch.get("b", "/b")
    assert batch.run()["b"].error == "Wait."  # nobody waits for an hour
    assert len(service.calls) == 5


def test_errors_belong_to_their_calls(batch: Batch, service: Service) -> None:
    service.plan["/a"] = [{"status": 404, "body": {"error": {"code": "notFound", "message": "There is none."}}}]
    batch.get("a", "/a")
    batch.get("b", "/b")
    answers = batch.run()
    assert (answers["a"].ok, answers["a"].error, answers["b"].ok, answers["b"].error) == (
        False,
        "There is none.",
        True,
        "",
    )
    answers["b"].raise_for_status()
    for fails in (answers.raise_for_status, answers["a"].raise_for_status):
        with pytest.raises(BatchError, match=r"1 calls of the batch failed: a: 404 There is none\.") as caught:
            fails()
        assert list(caught.value.failed) == ["a"]


def test_contents_are_bytes(batch: Batch, service: Service) -> None:
    picture = base64.b64encode(b"\x89PNG").decode()
    service.plan = {"/p": [{"body": picture}], "/t": [{"body": "plain text"}], "/n": [{"status": 204, "body": None}]}
    for name in "ptnj":
        batch.get(name, f"/{name}")
    answers = batch.run()
    assert [answers[name].content for name in "ptnj"] == [b"\x89PNG", b"plain text", b"", b'{"url": "/j"}']


def test_a_request_that_fails_as_a_whole_is_told_of_each_call(batch: Batch) -> None:
    batch.con = Recorder(Answer(status_code=401))
    batch.get("a", "/a")
    assert batch.run()["a"].status == 401


def test_mistakes_are_found_when_a_call_is_added(batch: Batch) -> None:
    batch.get("a", "/a")
    with pytest.raises(ValueError, match="named 'A' already"):
        batch.get("A", "/b")
    with pytest.raises(ValueError, match="no earlier call named 'z'"):
        batch.get("b", "/b", after="z")
    with pytest.raises(ValueError, match="not below"):
        batch.get("c", "https://elsewhere.example.com/x")


def test_many_messages_are_sent_at_once(service: Service) -> None:
    mailbox = MailBox(con=service, protocol=MSGraphProtocol(timezone="UTC"))
    messages = []
    for number in range(21):
        message = Message(parent=mailbox)
        message.to.add("anna@example.com")
        message.subject = str(number)
        messages.append(message)
    service.plan["/me/sendMail"] = [{"status": 202}, {"status": 400}]
    answers = send_many(mailbox, messages, save_to_sent_folder=False)
    assert [len(urls) for urls in service.urls] == [20, 1]
    assert (sum(answer.ok for answer in answers), answers[1].ok) == (20, False)
    sent = service.calls[0].data["requests"][0]["body"]
    assert (sent["message"]["subject"], sent["saveToSentItems"]) == ("0", False)
    assert (messages[0].is_draft, messages[1].is_draft) == (False, True)
    large = Message(parent=mailbox)
    large.attachments.add([(b"x" * 4_000_000, "x.bin")])
    for wrong, reason in ((messages[0], "only a new message"), (large, "too large")):
        with pytest.raises(ValueError, match=reason):
            send_many(mailbox, [wrong])
