from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from tests.workspace.mail.house import ANNA, BOB, House, given, raw, wish

from postroom.errors import Denied, Invalid, NotFound
from postroom.workspace.workloads.items.errors import Conflict
from postroom.workspace.workloads.items.wish import Wish


def test_a_received_message_comes_back_byte_for_byte(house: House) -> None:
    data = raw(body="odd   blanks \r\n.\r\nGrüße") + b"\xff\xfe"
    assert house.mail.deliver("carl@elsewhere.test", ["anna@example.org"], data) == {"anna@example.org": "ours"}
    found = house.one(ANNA)
    assert house.mail.messages.mime(ANNA.id, found["id"]) == data
    assert found["isRead"] is False
    assert found["isDraft"] is False
    assert found["parentFolderId"] == house.mail.folders.get(ANNA.id, "Inbox")["id"]
    assert found["body"]["contentType"] == "text"
    assert "uniqueBody" not in found
    assert "internetMessageHeaders" not in found


def test_headers_and_unique_body_come_when_they_are_selected(house: House) -> None:
    house.mail.deliver("", ["anna@example.org"], raw(body="new\r\n> old", X_List="builders"))
    found = house.one(ANNA, select="internetMessageHeaders,uniqueBody")
    assert {"name": "X-List", "value": "builders"} in found["internetMessageHeaders"]
    assert found["uniqueBody"] == {"contentType": "text", "content": "new"}
    assert "subject" not in found
    assert found["id"]


def test_html_is_safe_unless_it_is_wanted_as_it_came_and_text_when_text_is_preferred(house: House) -> None:
    data = raw(body="<p>Hi<script>x()</script></p>", Content_Type="text/html")
    house.mail.deliver("", ["anna@example.org"], data)
    message_id = house.one(ANNA)["id"]

    def content(wanted: Wish) -> dict[str, str]:
        return dict(house.mail.messages.get(ANNA.id, message_id, wanted)["body"])

    assert "script" not in content(Wish())["content"]
    assert "<body" in content(Wish())["content"]
    assert "script" in content(Wish(unsafe=True))["content"]
    assert content(Wish(text=True)) == {"contentType": "text", "content": "Hi"}


def test_a_draft_has_all_properties_and_lies_in_drafts(house: House) -> None:
    made = house.mail.messages.create(ANNA.id, None, given(importance="high"))
    assert made["isDraft"] is True
    assert made["importance"] == "high"
    assert made["from"]["emailAddress"] == {"name": "Anna Müller", "address": "anna@example.org"}
    assert made["bodyPreview"] == "Hello"
    assert made["flag"] == {"flagStatus": "notFlagged"}
    assert made["parentFolderId"] == house.mail.folders.get(ANNA.id, "drafts")["id"]
    assert {"changeKey", "conversationId", "conversationIndex", "webLink", "@odata.etag"} <= made.keys()
    assert "meetingMessageType" not in made
    found = house.mail.messages.get(ANNA.id, made["id"])
    assert found == made


def test_a_draft_from_mime_is_sent_as_it_was_written(house: House) -> None:
    content = base64.b64encode(raw(to="bob@example.org", Bcc="all@example.org", From="Anna <anna@example.org>"))
    made = house.mail.messages.create_from_mime(ANNA.id, None, content)
    assert (made["subject"], made["isDraft"]) == ("Roof", True)
    house.mail.sending.send(ANNA.id, made["id"])
    mime = house.mail.messages.mime(BOB.id, house.one(BOB)["id"])
    assert b"Message-ID: <Roof@x>" in mime
    assert b"Bcc" not in mime


@pytest.mark.parametrize("content", [b"%%%", "ä".encode()])
def test_mime_that_is_no_base64_is_refused(house: House, content: bytes) -> None:
    with pytest.raises(Invalid, match="base64"):
        house.mail.messages.create_from_mime(ANNA.id, None, content)


def test_what_was_received_is_marked_but_not_rewritten(house: House) -> None:
    house.mail.deliver("", ["anna@example.org"], raw())
    message_id = house.one(ANNA)["id"]
    changed = house.mail.messages.update(
        ANNA.id, message_id, {"isRead": True, "categories": ["Red"], "subject": "Mine", "IMPORTANCE": "low"}
    )
    assert (changed["isRead"], changed["categories"], changed["subject"]) == (True, ["Red"], "Mine")
    assert changed["importance"] == "low"
    with pytest.raises(Denied, match="drafts only"):
        house.mail.messages.update(ANNA.id, message_id, {"toRecipients": []})
    with pytest.raises(Denied, match="drafts only"):
        house.mail.messages.update(ANNA.id, message_id, {"body": {"content": "x"}})


def test_a_flag_has_both_dates_or_none(house: House) -> None:
    message_id = house.mail.messages.create(ANNA.id, None, given())["id"]
    date = {"dateTime": "2026-02-01T00:00:00", "timeZone": "UTC"}

    def flagged(**flag: Any) -> dict[str, Any]:
        return dict(house.mail.messages.update(ANNA.id, message_id, {"flag": flag})["flag"])

    with pytest.raises(Invalid, match="both"):
        flagged(flagStatus="flagged", startDateTime=date)
    assert flagged(flagStatus="flagged", startDateTime=date, dueDateTime=date)["dueDateTime"] == date
    assert flagged(flagStatus="complete")["completedDateTime"]["timeZone"] == "UTC"
    assert flagged(flagStatus="notFlagged") == {"flagStatus": "notFlagged"}


def test_a_change_of_what_was_changed_meanwhile_is_refused(house: House) -> None:
    made = house.mail.messages.create(ANNA.id, None, given())
    house.mail.messages.update(ANNA.id, made["id"], {"isRead": False}, Wish(if_match=made["@odata.etag"]))
    with pytest.raises(Conflict):
        house.mail.messages.update(ANNA.id, made["id"], {"isRead": True}, Wish(if_match=made["@odata.etag"]))
    house.mail.messages.update(ANNA.id, made["id"], {"isRead": True}, Wish(if_match="*"))


def test_deleting_goes_over_deleted_items_and_what_can_be_recovered_to_nothing(house: House) -> None:
    house.mail.deliver("", ["anna@example.org"], raw())
    for folder in ("inbox", "deleteditems", "recoverableitemsdeletions"):
        house.mail.messages.delete(ANNA.id, house.one(ANNA, folder)["id"])
    assert house.names(ANNA, "recoverableitemsdeletions") == []


def test_the_whole_mailbox_leaves_out_what_can_only_be_recovered(house: House) -> None:
    for name in ("one", "two"):
        house.mail.deliver("", ["anna@example.org"], raw(name))
    found = house.mail.messages.page(ANNA.id, None).rows
    house.mail.messages.delete(ANNA.id, found[0]["id"])
    assert len(house.mail.messages.page(ANNA.id, None).rows) == 2
    house.mail.messages.delete(ANNA.id, house.one(ANNA, "deleteditems")["id"])
    assert len(house.mail.messages.page(ANNA.id, None).rows) == 1


def test_a_move_changes_the_ordinary_id_and_not_the_immutable_one(house: House) -> None:
    house.mail.deliver("", ["anna@example.org"], raw())
    before, fixed = house.one(ANNA)["id"], Wish(immutable=True)
    immutable = house.mail.messages.get(ANNA.id, before, fixed)["id"]
    moved = house.mail.messages.move(ANNA.id, before, "Archive")
    assert moved["id"] != before
    with pytest.raises(NotFound):
        house.mail.messages.get(ANNA.id, before)
    assert house.mail.messages.get(ANNA.id, immutable, fixed)["id"] == immutable


def test_a_copy_has_the_same_bytes_and_attachments(house: House) -> None:
    parts = ("\r\n\r\nx", "\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nfile")
    body = "".join(f"--b{part}\r\n" for part in parts) + "--b--"
    data = raw(Content_Type="multipart/mixed; boundary=b", body=body)
    house.mail.deliver("", ["anna@example.org"], data)
    copied = house.mail.messages.copy(ANNA.id, house.one(ANNA)["id"], "archive")
    assert house.names(ANNA) == ["Roof"]
    assert house.mail.messages.mime(ANNA.id, copied["id"]) == data
    (attachment,) = house.mail.attachments.page(ANNA.id, copied["id"]).rows
    assert base64.b64decode(attachment["contentBytes"]) == b"file"


def test_lists_are_filtered_sorted_searched_and_counted(house: House) -> None:
    for number, name in enumerate(("roof", "cellar", "garden")):
        house.clock.go_on(minutes=1)
        house.mail.deliver("", ["anna@example.org"], raw(name, body=f"leak number {number}"))
    assert house.names(ANNA) == ["garden", "cellar", "roof"]

    def names(**options: str) -> list[str]:
        return [one["subject"] for one in house.mail.messages.page(ANNA.id, "inbox", wish(**options)).rows]

    assert names(filter="subject eq 'CELLAR'") == ["cellar"]
    assert names(filter="from/emailAddress/address eq 'carl@elsewhere.test'", orderby="subject") == [
        "cellar", "garden", "roof"
    ]  # fmt: skip
    assert names(filter="toRecipients/emailAddress/address eq 'anna@example.org'", top="1") == ["garden"]
    assert names(search='"number 2"') == ["garden"]
    assert names(search="subject:roof") == ["roof"]
    assert house.mail.messages.page(ANNA.id, "inbox", wish(count="true", top="1")).count == 3
    assert house.mail.messages.count(ANNA.id, "inbox") == 3


def test_extended_properties_are_kept_found_and_shown_when_expanded(house: House) -> None:
    name = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color"
    extended = [{"id": name, "value": "Green"}]
    made = house.mail.messages.create(ANNA.id, None, given(singleValueExtendedProperties=extended))
    assert "singleValueExtendedProperties" not in made
    expand = f"singleValueExtendedProperties($filter=id eq '{name}')"
    found = house.mail.messages.get(ANNA.id, made["id"], wish(expand=expand))
    assert found["singleValueExtendedProperties"] == extended
    by_value = f"singleValueExtendedProperties/Any(ep: ep/id eq '{name}' and ep/value eq 'Green')"
    assert len(house.mail.messages.page(ANNA.id, "drafts", wish(filter=by_value)).rows) == 1
    assert house.mail.messages.page(ANNA.id, "drafts", wish(filter=by_value.replace("Green", "Red"))).rows == []


def test_changes_since_a_token_are_told_once(house: House) -> None:
    house.mail.deliver("", ["anna@example.org"], raw("one"))
    rows, delta = house.mail.messages.delta(ANNA.id, "inbox", wish(select="subject"))
    assert [one["subject"] for one in rows] == ["one"]
    house.mail.deliver("", ["anna@example.org"], raw("two"))
    house.mail.messages.move(ANNA.id, rows[0]["id"], "archive")
    later, next_delta = house.mail.messages.delta(ANNA.id, "inbox", wish(deltatoken=delta.token))
    assert [one["subject"] for one in later] == ["two"]
    assert "bodyPreview" not in later[0]
    assert next_delta.removed_ids() == [rows[0]["id"]]
    assert house.mail.messages.delta(ANNA.id, "inbox", wish(deltatoken=next_delta.token))[0] == []


def test_answers_are_threaded_by_what_they_refer_to(house: House) -> None:
    house.mail.deliver("", ["anna@example.org"], raw("Roof"))
    house.mail.deliver("", ["anna@example.org"], raw("RE: Roof", In_Reply_To="<Roof@x>"))
    house.mail.deliver("", ["anna@example.org"], raw("third", In_Reply_To="<RE: Roof@x>", References="<RE:@x>"))
    first, second = (one["conversationId"] for one in house.mail.messages.page(
        ANNA.id, "inbox", wish(filter="contains(subject,'Roof')")).rows)  # fmt: skip
    assert first == second


def test_others_mailboxes_are_not_reached(house: House) -> None:
    house.mail.deliver("", ["anna@example.org"], raw())
    with pytest.raises(NotFound):
        house.mail.messages.get(BOB.id, house.one(ANNA)["id"])
    with pytest.raises(NotFound):
        house.mail.folders.page("0d4ac6a7-5b0c-4b0e-9b1e-00000000ffff", None)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"select": "subject,from/emailAddress/address,flag,meetingMessageType,toRecipients,isRead"},
        {"select": "*", "orderby": "subject"},
        {"select": "body,uniqueBody,internetMessageHeaders"},
        {"filter": "bodyPreview ne 'x'", "select": "bodyPreview,webLink,parentFolderId"},
        {"expand": "attachments,extensions,singleValueExtendedProperties($filter=id eq 'String 0x1')"},
    ],
)
def test_documents_are_the_same_whether_they_are_read_or_only_passed_on(house: House, options: dict[str, str]) -> None:
    house.mail.deliver("", ["anna@example.org"], raw(body="<p>Grüße</p>", Content_Type="text/html; charset=utf-8"))
    meeting = raw(body="BEGIN:VCALENDAR", Content_Type='text/calendar; method="REQUEST"')
    house.mail.deliver("", ["anna@example.org"], meeting)
    given_ = given(subject="€", singleValueExtendedProperties=[{"id": "String 0x1", "value": "one"}])
    house.mail.messages.create(ANNA.id, "inbox", given_)
    for asked in (wish(**options), replace(wish(**options), immutable=True), replace(wish(**options), text=True)):
        read = house.mail.messages.page(ANNA.id, "inbox", asked)
        passed_on = house.mail.messages.page(ANNA.id, "inbox", replace(asked, raw=True))
        assert len(read.rows) == 3
        assert msgspec.json.encode(passed_on) == msgspec.json.encode(read)
        for row in read.rows:
            one = house.mail.messages.get(ANNA.id, row["id"], replace(asked, raw=True))
            assert msgspec.json.encode(one) == msgspec.json.encode(row)
