"""What an attacker tries at Graph and by mail: strangers, users of the tenant, senders. Sign-in is in `signin`."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from tests.accounts.services.process import wait_until
from tests.faces.graph.graph_server import ANNA, BERT, Client, World, running

SCOPES: Final = ("Mail.ReadWrite", "Mail.Send", "MailboxSettings.ReadWrite")
TO_BERT: Final = [{"emailAddress": {"address": BERT.address}}]
EVIL: Final = "<a@one.test>\r\nX-Evil: 1"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(tmp_path) as found:
        yield found


@pytest.fixture
def anna(world: World) -> Client:
    return world.caller(world.tokens.user(ANNA, *SCOPES))


@pytest.fixture
def bert(world: World) -> Client:
    return world.caller(world.tokens.user(BERT, *SCOPES))


def arrived(client: Client) -> list[str]:
    """Subjects in the inbox."""
    found = client.get("/me/mailFolders/inbox/messages?$select=subject&$top=100")["value"]
    return [one["subject"] for one in found]


def deliver(world: World, message: bytes, sender: str = "eve@elsewhere.test") -> None:
    """To both."""
    world.workspace.mail.deliver(sender, [ANNA.address, BERT.address], message)


def send_mime(client: Client, raw: bytes) -> httpx2.Response:
    return client("POST", "/me/sendMail", content=base64.b64encode(raw), headers={"Content-Type": "text/plain"})


def attached_item(**item: Any) -> dict[str, Any]:
    return {"attachments": [{"@odata.type": "#microsoft.graph.itemAttachment", "name": "i", "item": item}]}


# Strangers


def test_a_path_with_many_casts_is_refused_at_once(world: World) -> None:
    """Each may be a cast, a key or a name: whoever tries all the ways is busy for hours."""
    casts = "graph.user/" * 40
    path = f"/users/{casts}mailFolders/{casts}childFolders/{casts}messages/{casts}attachments/{casts}x/x"
    began = time.perf_counter()
    assert world.call("GET", path).status_code == 400
    assert time.perf_counter() - began < 5


# Users


@pytest.mark.parametrize(
    "more",
    [
        {"attachments": "abc"},
        {"attachments": 5},
        {"attachments": [1]},
        attached_item(sentDateTime="x"),
        attached_item(sentDateTime=5),
        attached_item(**{"@odata.type": "#microsoft.graph.event", "start": "x"}),
        attached_item(**{"@odata.type": "#microsoft.graph.contact", "emailAddresses": ["x"]}),
    ],
)
def test_attachments_that_are_none_are_refused(anna: Client, more: dict[str, Any]) -> None:
    document = {"subject": "x", "toRecipients": TO_BERT, **more}
    assert anna.refused("POST", "/me/messages", json=document)[0] == 400
    assert anna.refused("POST", "/me/sendMail", json={"message": document})[0] == 400
    assert anna.get("/me/messages")["value"] == []


@pytest.mark.parametrize("name", ["reply", "replyAll", "forward", "createReply", "createReplyAll", "createForward"])
@pytest.mark.parametrize("message", ["x", [1], 5])
def test_an_answer_that_is_no_message_is_refused(world: World, anna: Client, name: str, message: object) -> None:
    deliver(world, b"From: eve@elsewhere.test\r\nSubject: x\r\n\r\nx")
    found = anna.get("/me/messages")["value"][0]["id"]
    assert anna.refused("POST", f"/me/messages/{found}/{name}", json={"message": message})[0] == 400


@pytest.mark.parametrize("body", ["!!", "é", "abc"])
def test_bytes_in_a_batch_that_are_none_fail_alone(anna: Client, body: str) -> None:
    headers = {"Content-Type": "image/png"}
    parts = [
        {"id": "1", "method": "PUT", "url": "/me/photo/$value", "headers": headers, "body": body},
        {"id": "2", "method": "GET", "url": "/me/mailFolders"},
    ]
    answers = anna.done("POST", "/$batch", 200, json={"requests": parts})["responses"]
    assert [one["status"] for one in answers] == [400, 200]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_an_id_of_a_message_adds_no_field_to_its_header(anna: Client, bert: Client, end: str) -> None:
    document = {"subject": "x", "toRecipients": TO_BERT, "internetMessageId": EVIL.replace("\r\n", end)}
    draft = anna.done("POST", "/me/messages", 201, json=document)["id"]
    assert b"\nX-Evil" not in anna("GET", f"/me/messages/{draft}/$value").content
    anna.done("POST", f"/me/messages/{draft}/send", 202)
    assert arrived(bert) == ["x"]


def test_an_id_given_later_adds_no_field_to_mime(anna: Client, bert: Client) -> None:
    raw = base64.b64encode(b"To: bert@one.test\r\nSubject: x\r\n\r\nx")
    draft = anna.done("POST", "/me/messages", 201, content=raw, headers={"Content-Type": "text/plain"})["id"]
    anna.done("PATCH", f"/me/messages/{draft}", 200, json={"internetMessageId": EVIL})
    anna.done("POST", f"/me/messages/{draft}/send", 202)
    got = bert.get("/me/messages")["value"][0]["id"]
    assert b"\nX-Evil" not in bert("GET", f"/me/messages/{got}/$value").content


@pytest.mark.parametrize("kind", ["text/plain\r\nSet-Cookie: a=b", "é/x", "text", "a/b; \x00"])
def test_the_type_of_an_attachment_is_no_header_field_of_the_answer(anna: Client, kind: str) -> None:
    file = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": "SGk=", "contentType": kind}
    draft = anna.done("POST", "/me/messages", 201, json={"subject": "x", "attachments": [file]})["id"]
    (attached,) = anna.get(f"/me/messages/{draft}/attachments")["value"]
    answer = anna("GET", f"/me/messages/{draft}/attachments/{attached['id']}/$value")
    assert (answer.content, answer.headers["content-type"]) == (b"Hi", "application/octet-stream")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "head",
    [
        b"From: anna@one.test\r\nFrom: bert@one.test\r\n",
        b"From: anna@one.test, bert@one.test\r\n",
        b"From: friends: anna@one.test;, bert@one.test\r\n",
        b"From : bert@one.test\r\n",
        b"From: anna@one.test\r\nSender: anna@one.test\r\nSender: bert@one.test\r\n",
        b"From: anna@one.test\r\nResent-From: bert@one.test\r\n",
        b"From: anna@one.test\r\nFrom: " + b"(" * 60_000 + b"bert@one.test\r\n",
    ],
)
def test_nobody_sends_mime_in_the_name_of_others(anna: Client, bert: Client, head: bytes) -> None:
    answer = send_mime(anna, head + b"To: bert@one.test\r\nSubject: x\r\n\r\nx")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ErrorSendAsDenied")
    assert arrived(bert) == []


def test_other_addresses_of_oneself_may_be_authors(anna: Client, bert: Client) -> None:
    head = b"From: Anna <A@one.test>\r\nSender: =?utf-8?q?Anna?= <anna@one.test>\r\n"
    assert send_mime(anna, head + b"To: bert@one.test\r\nSubject: x\r\n\r\nx").status_code == 202
    assert arrived(bert) == ["x"]


@pytest.mark.parametrize("action", ["forwardTo", "redirectTo", "forwardAsAttachmentTo"])
@pytest.mark.parametrize(
    "address", ["é@elsewhere.test", "a@" + "x" * 80 + ".é", "nobody", "a b@elsewhere.test", "@", ""]
)
def test_a_rule_sends_only_to_addresses_that_mail_can_have(anna: Client, action: str, address: str) -> None:
    rule = {"displayName": "x", "actions": {action: [{"emailAddress": {"address": address}}]}}
    assert anna.refused("POST", "/me/mailFolders/inbox/messageRules", json=rule)[0] == 400


@pytest.mark.parametrize(
    ("moment", "zone"),
    [("x", "UTC"), ("9999-12-31T23:59:59", "Pacific Standard Time"), ("0001-01-01T00:00:00", "Tokyo Standard Time")],
)
def test_a_schedule_of_replies_is_one_that_can_be_compared(
    world: World, anna: Client, bert: Client, moment: str, zone: str
) -> None:
    """Else no mail came any more, neither to this mailbox nor to others that the same message is for."""
    at = {"dateTime": moment, "timeZone": zone}
    replies = {"status": "scheduled", "scheduledStartDateTime": at, "scheduledEndDateTime": at}
    refused = anna.refused("PATCH", "/me/mailboxSettings", json={"automaticRepliesSetting": replies})
    assert refused[0] == 400
    deliver(world, b"To: anna@one.test\r\nSubject: x\r\n\r\nx")
    assert arrived(anna) == arrived(bert) == ["x"]


def test_folders_lie_in_each_other_only_so_deep_that_they_can_be_copied(anna: Client) -> None:
    made = ["inbox"]
    while (answer := anna("POST", f"/me/mailFolders/{made[-1]}/childFolders", json={"displayName": "x"})).is_success:
        made.append(answer.json()["id"])
        assert len(made) <= 300
    assert answer.status_code == 400
    anna.done("POST", f"/me/mailFolders/{made[2]}/copy", 201, json={"destinationId": "drafts"})
    other = anna.done("POST", "/me/mailFolders/archive/childFolders", 201, json={"displayName": "y"})["id"]
    deep = anna.done("POST", f"/me/mailFolders/{other}/childFolders", 201, json={"displayName": "z"})["id"]
    for name in ("move", "copy"):
        assert anna.refused("POST", f"/me/mailFolders/{made[1]}/{name}", json={"destinationId": deep})[0] == 400


def test_the_url_of_an_upload_is_not_in_the_log(anna: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Who has it needs no token."""
    caplog.set_level(logging.INFO)
    draft = anna.done("POST", "/me/messages", 201, json={"subject": "x"})["id"]
    item = {"AttachmentItem": {"attachmentType": "file", "name": "a", "size": 2}}
    url = anna.done("POST", f"/me/messages/{draft}/attachments/createUploadSession", 201, json=item)["uploadUrl"]
    anna.world.http.get(url)
    anna.world.http.put(url, content=b"Hi", headers={"Content-Range": "bytes 0-1/2"})

    def logged() -> str:
        return "\n".join(record.getMessage() for record in caplog.records if record.name == "postroom.web.shell")

    # The line is written when the answer is on its way already.
    wait_until(lambda: "/uploads/attachments/{token} 201" in logged(), "the request in the log")
    assert url.rpartition("/")[2] not in logged()


def test_an_app_for_the_basics_of_mail_gets_nothing_of_what_is_in_it(world: World) -> None:
    content = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nword\r\n--x\r\n"
    deliver(
        world, b"Subject: x\r\n" + content + b"Content-Disposition: attachment; filename=a\r\n\r\nword\r\n--x--\r\n"
    )
    basic = world.caller(world.tokens.user(ANNA, "Mail.ReadBasic"))
    app = world.caller(world.tokens.app("Mail.ReadBasic.All"))
    for one, place in ((basic, "/me"), (app, f"/users/{ANNA.id}")):
        (listed,) = one.get(f"{place}/messages")["value"]
        (changed,) = one.get(f"{place}/mailFolders/inbox/messages/delta")["value"]
        path = f"{place}/messages/{listed['id']}"
        for shown in (listed, changed, one.get(path), one.get(f"{path}?$select=subject,body,bodyPreview,uniqueBody")):
            assert shown["subject"] == "x"
            assert shown.keys().isdisjoint(("body", "bodyPreview", "uniqueBody"))
        assert one("GET", f"{path}/body").status_code == 204
        for more in (
            "/$value",
            "/attachments",
            "/extensions",
            "/attachments/x",
            "/attachments/x/$value",
            "/extensions/x",
        ):
            assert one.refused("GET", path + more) == (403, "ErrorAccessDenied")
        for query in (
            "$search=word",
            "$filter=contains(bodyPreview,'word')",
            "$filter=not(body/content eq 'word')",
            "$expand=attachments",
            "$orderby=bodyPreview",
            "$filter=singleValueExtendedProperties/any(e:e/id eq 'String 0x1' and e/value eq 'x')",
        ):
            assert one.refused("GET", f"{place}/messages?{query}") == (403, "ErrorAccessDenied"), query
    both = world.caller(world.tokens.user(ANNA, "Mail.ReadBasic", "Mail.Read"))
    assert "word" in both.get("/me/messages?$search=word")["value"][0]["body"]["content"]


# Senders


@pytest.mark.parametrize(
    "message",
    [
        b"Subject: x\r\nTo: " + b"(" * 60_000 + b"\r\n\r\n",
        b"Subject: x\r\nTo: " + b"a:" * 30_000 + b"\r\n\r\n",
        b"Subject: x\r\nContent-Type: text/plain; charset=idna\r\n\r\n\xff",
    ],
    ids=["comments", "groups", "charset"],
)
def test_mail_that_nobody_can_read_is_delivered(world: World, anna: Client, message: bytes) -> None:
    deliver(world, message)
    assert arrived(anna) == ["x"]
    found = anna.get("/me/messages?$select=subject,body,toRecipients,internetMessageHeaders")["value"]
    assert len(found) == 1


def test_a_sender_whom_no_reply_can_name_gets_none(world: World, anna: Client) -> None:
    replies = {"status": "alwaysEnabled", "externalAudience": "all", "externalReplyMessage": "Away"}
    anna.done("PATCH", "/me/mailboxSettings", 200, json={"automaticRepliesSetting": replies})
    deliver(world, b"To: anna@one.test\r\nSubject: x\r\n\r\nx", sender="é@elsewhere.test")
    assert arrived(anna) == ["x"]


@pytest.mark.parametrize("tag", [b"<div>", b"<b><i>", b"<table><tr><td>"])
def test_elements_very_deep_in_each_other_take_no_minutes_to_show(world: World, anna: Client, tag: bytes) -> None:
    deliver(world, b"Subject: x\r\nContent-Type: text/html\r\n\r\n" + tag * 60_000)
    began = time.perf_counter()
    anna.get("/me/messages?$select=body,uniqueBody")
    assert time.perf_counter() - began < 8


def test_a_link_leads_to_no_page_inside_the_message(world: World, anna: Client) -> None:
    link = b'<a href=" DATA:text/html,<script>1</script>">x</a><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
    deliver(world, b"Subject: x\r\nContent-Type: text/html\r\n\r\n" + link)
    shown = anna.get("/me/messages?$select=body,uniqueBody")["value"][0]
    for body in (shown["body"]["content"], shown["uniqueBody"]["content"]):
        assert "text/html," not in body
        assert "data:image/gif" in body
