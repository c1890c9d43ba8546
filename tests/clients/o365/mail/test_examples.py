"""The example programs run against a server, and do what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from examples.o365 import (
    automatic_replies,
    categories,
    drafts,
    find_users,
    folders,
    inline_image,
    keep_as_eml,
    paging,
    read_and_answer,
    send_message,
)
from tests.clients.o365.core.conftest import CLIENT, SECRET
from tests.clients.o365.core.fake import TENANT, Answer, Seen, Server

from O365 import Account

ME = "/v1.0/me"
DRAFT = {"id": "d1", "subject": "RE: Roof", "isDraft": True, "webLink": "https://mail.example.com/d1"}
INBOX = {"id": "m1", "subject": "The roof", "isDraft": False, "from": {"emailAddress": {"address": "bob@example.com"}}}


@pytest.fixture
def arguments(
    account: Account, server: Server, ca_file: str, token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Arguments for a user who has signed in."""
    assert account.is_authenticated
    monkeypatch.setenv("O365_CLIENT_SECRET", SECRET)
    places = ["--base-url", server.base_url, "--authority", server.authority, "--ca-file", ca_file]
    return ["--client-id", CLIENT, "--tenant", TENANT, "--token-file", str(token_file), *places]


def answers(server: Server, path: str, body: Any, status: int = 200) -> None:
    server.pages[f"{ME}{path}"] = lambda seen: Answer(status, body)


def called(server: Server) -> list[tuple[str, str]]:
    return [(seen.method, seen.path.removeprefix(ME)) for seen in server.calls()]


def body_of(server: Server, method: str, path: str) -> Any:
    return next(seen.json for seen in server.calls() if (seen.method, seen.path) == (method, f"{ME}{path}"))


def test_send_message(arguments: list[str], server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "roof.txt").write_text("wet")
    to = ["--to", "anna@example.com", "bob@example.com"]
    send_message.main([*arguments, *to, "--attach", str(tmp_path / "roof.txt")])
    assert capsys.readouterr().out == "Sent to 2 with 1 attachments.\n"
    message = body_of(server, "POST", "/sendMail")["message"]
    assert (message["subject"], message["attachments"][0]["name"]) == ("The roof", "roof.txt")


def test_inline_image(arguments: list[str], server: Server, tmp_path: Path) -> None:
    (tmp_path / "sign.png").write_bytes(b"\x89PNG")
    inline_image.main([*arguments, "--to", "anna@example.com", "--picture", str(tmp_path / "sign.png")])
    attachment = body_of(server, "POST", "/sendMail")["message"]["attachments"][0]
    assert (attachment["isInline"], attachment["contentId"]) == (True, "sign")


def test_read_and_answer(arguments: list[str], server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    answers(server, "/mailFolders/Inbox/messages", {"value": [INBOX]})
    answers(server, "/messages/m1/createReply", DRAFT, 201)
    read_and_answer.main(arguments)
    assert capsys.readouterr().out == "Answered bob@example.com: The roof\n"
    assert called(server)[1:] == [
        ("PATCH", "/messages/m1"),
        ("POST", "/messages/m1/createReply"),
        ("PATCH", "/messages/d1"),
        ("POST", "/messages/d1/send"),
    ]
    assert body_of(server, "PATCH", "/messages/d1")["body"]["content"] == "We will come on Monday."


def test_read_and_answer_without_a_message(
    arguments: list[str], server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    read_and_answer.main([*arguments, "--about", "O'Brien"])
    assert capsys.readouterr().out == "Nothing about O'Brien.\n"
    assert server.calls()[0].query["$filter"] == "contains(subject, 'O''Brien')"


def test_drafts(arguments: list[str], server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    answers(server, "/mailFolders/Drafts/messages", DRAFT, 201)
    drafts.main(arguments)
    assert capsys.readouterr().out == "Saved: https://mail.example.com/d1\n"
    assert body_of(server, "PATCH", "/messages/d1") == {"importance": "high", "categories": ["Offers"]}


def test_folders(arguments: list[str], server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    inside = {"id": "f2", "displayName": "Old", "totalItemCount": 5, "unreadItemCount": 2}

    def top(seen: Seen) -> Answer:
        return Answer(201, {"id": "f1", "displayName": "Customers"}) if seen.method == "POST" else Answer(200, {})

    def within(seen: Seen) -> Answer:
        acme = {"id": "f3", "displayName": "Acme"}
        return Answer(201, acme) if seen.method == "POST" else Answer(200, {"value": [inside]})

    server.pages[f"{ME}/mailFolders"], server.pages[f"{ME}/mailFolders/f1/childFolders"] = top, within
    answers(server, "/mailFolders/Inbox/messages", {"value": [INBOX]})
    answers(server, "/messages/m1/move", {"id": "m2"}, 201)
    folders.main(arguments)
    assert capsys.readouterr().out == "Old: 2 of 5 not read\nMoved: The roof\n"
    assert body_of(server, "POST", "/messages/m1/move") == {"destinationId": "f3"}


def test_keep_as_eml(arguments: list[str], server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = {"id": "m1", "subject": "The roof", "internetMessageHeaders": [{"name": "Received", "value": "x"}]}
    answers(server, "/messages", {"value": [found]})
    answers(server, "/messages/m1/$value", b"Subject: The roof\r\n\r\n")
    keep_as_eml.main([*arguments, "--to", str(tmp_path), "--day", "2026-01-01"])
    assert capsys.readouterr().out == "0001.eml: The roof (1 servers)\n"
    assert (tmp_path / "0001.eml").read_bytes() == b"Subject: The roof\r\n\r\n"
    asked = server.calls()[0].query
    assert asked["$select"] == "subject,internetMessageHeaders"
    assert "receivedDateTime ge 2026-01-01" in asked["$filter"]
    assert "receivedDateTime lt 2026-01-02" in asked["$filter"]


def test_paging(arguments: list[str], server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    def pages(seen: Seen) -> Answer:
        link = None if "$skip" in seen.query else f"{server.base_url}me/messages?$skip=2"
        return Answer(200, {"value": [INBOX, INBOX], **({"@odata.nextLink": link} if link else {})})

    server.pages[f"{ME}/messages"] = pages
    paging.main([*arguments, "--limit", "3", "--batch", "2"])
    assert capsys.readouterr().out == "     3 bob@example.com\n"
    assert server.calls()[0].query == {"$top": "2", "$select": "from"}
    assert len(server.calls()) == 2


def test_automatic_replies(arguments: list[str], server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    answers(server, "/mailboxSettings", {"timeZone": "UTC", "automaticRepliesSetting": {"status": "disabled"}})
    automatic_replies.main([*arguments, "--from", "2026-03-03", "--until", "2026-03-10"])
    sent = body_of(server, "PATCH", "/mailboxSettings")
    assert (sent["timeZone"], sent["automaticRepliesSetting"]["status"]) == ("W. Europe Standard Time", "scheduled")
    automatic_replies.main(arguments)
    assert capsys.readouterr().out.splitlines()[1] == "No automatic replies any more."


def test_find_users(arguments: list[str], server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    anna = {"id": "u1", "displayName": "Anna Roof", "mail": "anna@example.com"}
    server.pages["/v1.0/users"] = lambda seen: Answer(200, {"value": [anna]})
    answers(server, "/mailFolders/Drafts/messages", DRAFT, 201)
    find_users.main(arguments)
    assert capsys.readouterr().out == "Anna Roof <anna@example.com>\n"
    assert server.calls()[0].query["$filter"] == "startswith(displayName, 'Anna')"
    assert called(server)[1] == ("POST", "/mailFolders/Drafts/messages")


def test_categories(arguments: list[str], server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    offers = {"id": "c1", "displayName": "Offers", "color": "preset0"}

    def listed(seen: Seen) -> Answer:
        rows = {"value": [{"id": "c0", "displayName": "House", "color": "none"}]}
        return Answer(201, offers) if seen.method == "POST" else Answer(200, rows)

    server.pages[f"{ME}/outlook/masterCategories"] = listed
    categories.main(arguments)
    assert capsys.readouterr().out == "House (color: None)\nNew: Offers (color: DARKGREEN)\n"
    assert [method for method, _ in called(server)] == ["GET", "POST", "PATCH", "DELETE"]


def test_without_an_app_the_examples_say_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("O365_CLIENT_SECRET", raising=False)
    monkeypatch.delenv("O365_CLIENT_ID", raising=False)
    with pytest.raises(SystemExit, match="O365_CLIENT_ID"):
        drafts.main([])
