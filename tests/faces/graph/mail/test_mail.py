"""Mail over HTTP, as clients send it."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, Client, World

BERTS = {"emailAddress": {"address": BERT.address}}
MESSAGE = {
    "subject": "Roof",
    "body": {"contentType": "HTML", "content": "<p>It leaks</p>"},
    "toRecipients": [BERTS],
}


def made(client: Client, path: str, **options: Any) -> Any:
    answer = client("POST", path, **options)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(url: str) -> str:
    """What stands behind the version in a link."""
    parts = urlsplit(url)
    return parts.path.removeprefix("/v1.0") + (f"?{parts.query}" if parts.query else "")


def test_what_is_sent_lies_in_the_inbox_of_the_other_and_in_ones_own_sent_items(anna: Client, bert: Client) -> None:
    answer = anna("POST", "/me/sendMail", json={"Message": MESSAGE, "SaveToSentItems": True})
    assert (answer.status_code, answer.content) == (202, b"")
    (got,) = bert.get("/me/mailFolders/Inbox/messages")["value"]
    assert got["from"]["emailAddress"] == {"name": "Anna Arnold", "address": ANNA.address}
    assert "It leaks" in got["body"]["content"]
    (sent,) = anna.get(f"/users/{ANNA.address}/mailFolders('SentItems')/messages")["value"]
    assert sent["isDraft"] is False
    assert sent["internetMessageId"] == got["internetMessageId"]


def test_a_message_that_is_not_to_be_kept_leaves_nothing(anna: Client) -> None:
    assert anna("POST", "/me/sendMail", json={"message": MESSAGE, "saveToSentItems": False}).status_code == 202
    assert anna.get("/me/messages")["value"] == []


def test_a_draft_is_made_changed_and_sent(anna: Client, bert: Client) -> None:
    draft = made(anna, "/me/messages", json=MESSAGE)
    assert draft["@odata.context"].endswith(f"/$metadata#users('{ANNA.id}')/messages/$entity")
    answer = anna("PATCH", f"/me/messages/{draft['id']}", json={"subject": "The roof"})
    assert (answer.status_code, answer.json()["subject"]) == (200, "The roof")
    assert anna("POST", f"/me/messages/{draft['id']}/send").status_code == 202
    assert anna("GET", f"/me/messages/{draft['id']}").status_code == 404
    assert [one["subject"] for one in bert.get("/me/messages?$select=subject")["value"]] == ["The roof"]


def test_pages_follow_each_other_until_all_is_seen(anna: Client) -> None:
    for number in range(5):
        made(anna, "/me/messages", json={"subject": str(number)})
    path, seen = "/me/mailFolders/drafts/messages?$top=2&$select=subject&$count=true", []
    while path:
        page = anna.get(path)
        seen += [one["subject"] for one in page["value"]]
        path = path_of(page["@odata.nextLink"]) if "@odata.nextLink" in page else ""
    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert anna("GET", "/me/mailFolders/drafts/messages/$count").text == "5"
    assert anna("GET", "/me/messages/$count?$filter=subject eq '3'").text == "1"


def test_an_answer_keeps_the_conversation(anna: Client, bert: Client) -> None:
    anna("POST", "/me/sendMail", json={"message": MESSAGE})
    (got,) = bert.get("/me/messages")["value"]
    reply = made(bert, f"/me/messages/{got['id']}/createReply", headers={"Content-Type": "application/json"})
    assert reply["subject"] == "RE: Roof"
    assert reply["conversationId"] == got["conversationId"]
    assert [one["emailAddress"]["address"] for one in reply["toRecipients"]] == [ANNA.address]
    assert "It leaks" in reply["body"]["content"]
    assert bert("POST", f"/me/messages/{got['id']}/replyAll", json={"comment": "Soon"}).status_code == 202
    (back,) = anna.get("/me/mailFolders/inbox/messages")["value"]
    assert "Soon" in back["body"]["content"]
    sent = anna.get("/me/mailFolders/sentitems/messages")["value"][0]
    assert back["conversationId"] == sent["conversationId"]
    both = {"comment": "x", "message": {"body": {"contentType": "text", "content": "y"}}}
    assert bert("POST", f"/me/messages/{got['id']}/reply", json=both).status_code == 400


def test_mime_goes_in_and_comes_out(anna: Client, bert: Client) -> None:
    raw = f"To: {BERT.address}\r\nSubject: Plain\r\nX-Own: kept\r\n\r\nwords\r\n".encode()
    headers = {"Content-Type": "text/plain"}
    draft = made(anna, "/me/messages", content=base64.b64encode(raw), headers=headers)
    assert draft["subject"] == "Plain"
    assert anna("GET", f"/me/messages/{draft['id']}/$value").content == raw
    assert anna("POST", "/me/sendMail", content=base64.b64encode(raw), headers=headers).status_code == 202
    (got,) = bert.get("/me/messages")["value"]
    answer = bert("GET", f"/me/messages/{got['id']}/$value")
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"X-Own: kept" in answer.content
    assert b"From: Anna Arnold <anna@one.test>" in answer.content


def test_attachments_are_listed_read_and_removed(anna: Client) -> None:
    item = {"@odata.type": "#microsoft.graph.message", "subject": "Inner", "body": {"content": "deep"}}
    files: list[dict[str, Any]] = [
        {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "aGk="},
        {"@odata.type": "#microsoft.graph.itemAttachment", "name": "Inner", "item": item},
    ]
    draft = made(anna, "/me/messages", json={**MESSAGE, "attachments": files})
    assert draft["hasAttachments"] is True
    base = f"/me/messages/{draft['id']}/attachments"
    listed = anna.get(base)["value"]
    assert [one["@odata.type"] for one in listed] == [one["@odata.type"] for one in files]
    assert (listed[0]["contentBytes"], listed[0]["contentType"], listed[0]["size"]) == ("aGk=", "text/plain", 2)
    assert "contentBytes" not in anna.get(f"{base}?$select=name")["value"][0]
    assert anna("GET", f"{base}/{listed[0]['id']}/$value").content == b"hi"
    expanded = anna.get(f"{base}/{listed[1]['id']}/?$expand=microsoft.graph.itemattachment/item")
    assert expanded["item"]["subject"] == "Inner"
    assert b"Subject: Inner" in anna("GET", f"{base}/{listed[1]['id']}/$value").content
    inline = anna.get(f"/me/messages/{draft['id']}?$expand=attachments&$select=subject")
    assert len(inline["attachments"]) == 2
    for one in listed:
        assert anna("DELETE", f"{base}/{one['id']}").status_code == 204
    assert anna.get(f"/me/messages/{draft['id']}")["hasAttachments"] is False


def test_a_large_file_needs_an_upload_session(anna: Client) -> None:
    draft = made(anna, "/me/messages", json=MESSAGE)
    large = base64.b64encode(bytes(2_900_000)).decode()
    file = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": large}
    assert anna("POST", f"/me/messages/{draft['id']}/attachments", json=file).status_code == 201
    described = {"attachmentType": "file", "name": "big.bin", "size": 10}
    session = made(
        anna, f"/me/messages/{draft['id']}/attachments/createUploadSession", json={"AttachmentItem": described}
    )
    put = path_of(session["uploadUrl"])

    def sent(begin: int, content: bytes) -> Any:
        span = {"Content-Range": f"bytes {begin}-{begin + len(content) - 1}/10"}
        return anna.world.call("PUT", put, content=content, headers=span)

    first = sent(0, b"0123")
    assert (first.status_code, first.json()["nextExpectedRanges"]) == (200, ["4"])
    assert sent(0, b"0123").status_code == 416
    assert anna.world.call("GET", put).json()["nextExpectedRanges"] == ["4"]
    last = sent(4, b"456789")
    assert (last.status_code, last.content) == (201, b"")
    assert "Attachments('" in last.headers["location"]
    assert sent(4, b"456789").status_code == 404
    (found,) = (one for one in anna.get(f"/me/messages/{draft['id']}/attachments")["value"] if one["name"] == "big.bin")
    assert base64.b64decode(found["contentBytes"]) == b"0123456789"


def test_folders_form_a_tree(anna: Client) -> None:
    top = [one["displayName"] for one in anna.get("/me/mailFolders?$top=50")["value"]]
    assert {"Inbox", "Drafts", "Sent Items", "Deleted Items", "Junk Email", "Archive", "Outbox"} <= set(top)
    house = made(anna, "/me/mailFolders", json={"displayName": "House"})
    roof = made(anna, f"/me/mailFolders/{house['id']}/childFolders", json={"displayName": "Roof"})
    assert anna.get(f"/me/mailFolders/{house['id']}")["childFolderCount"] == 1
    assert anna.get(f"/me/mailFolders/{house['id']}/childFolders/{roof['id']}")["displayName"] == "Roof"
    found = anna.get("/me/mailFolders?$filter=displayName eq 'house'&$top=1")["value"]
    assert [one["id"] for one in found] == [house["id"]]
    again = anna("POST", "/me/mailFolders", json={"displayName": "HOUSE"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "ErrorFolderExists")
    moved = made(anna, f"/me/mailFolders/{roof['id']}/move", json={"destinationId": "Inbox"})
    assert moved["id"] == roof["id"]
    assert anna("DELETE", f"/me/mailFolders/{house['id']}").status_code == 204
    refused = anna("DELETE", "/me/mailFolders/inbox")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "ErrorDeleteDistinguishedFolder")


def test_changes_are_followed_by_links(anna: Client) -> None:
    draft = made(anna, "/me/messages", json=MESSAGE)
    first = anna.get("/me/mailFolders/drafts/messages/delta?$select=subject")
    assert [one["subject"] for one in first["value"]] == ["Roof"]
    anna("DELETE", f"/me/messages/{draft['id']}")
    made(anna, "/me/messages", json={"subject": "new"})
    later = anna.get(path_of(first["@odata.deltaLink"]))
    assert {one.get("subject") for one in later["value"]} == {"new", None}
    (gone,) = (one for one in later["value"] if "@removed" in one)
    assert gone["id"] == draft["id"]
    folders = anna.get("/me/mailFolders/delta")
    made(anna, "/me/mailFolders", json={"displayName": "House"})
    assert [one["displayName"] for one in anna.get(path_of(folders["@odata.deltaLink"]))["value"]] == ["House"]


def test_settings_are_read_and_changed_by_parts(anna: Client) -> None:
    assert anna.get("/me/mailboxSettings/timeZone")["value"] == "UTC"
    reply = {"status": "alwaysEnabled", "internalReplyMessage": "Away"}
    changed = anna("PATCH", "/me/mailboxSettings", json={"timeZone": "W. Europe Standard Time",
                                                         "automaticRepliesSetting": reply})  # fmt: skip
    assert changed.status_code == 200
    settings = anna.get("/me/mailboxSettings")
    assert settings["timeZone"] == "W. Europe Standard Time"
    assert settings["automaticRepliesSetting"]["internalReplyMessage"] == "Away"
    assert settings["automaticRepliesSetting"]["externalAudience"] == "none"
    assert anna.get("/me/mailboxSettings/automaticRepliesSetting")["status"] == "alwaysEnabled"
    assert anna("PATCH", "/me/mailboxSettings", json={"timeZone": "Nowhere"}).status_code == 400


def test_categories_rules_and_overrides(anna: Client) -> None:
    red = made(anna, "/me/outlook/masterCategories", json={"displayName": "Red", "color": "preset0"})
    assert anna("POST", "/me/outlook/masterCategories", json={"displayName": "red"}).status_code == 409
    assert anna("PATCH", f"/me/outlook/masterCategories/{red['id']}", json={"color": "preset3"}).status_code == 200
    assert anna.get("/me/outlook/masterCategories")["value"][0]["color"] == "preset3"
    assert anna("DELETE", f"/me/outlook/masterCategories/{red['id']}").status_code == 204
    rule = {"displayName": "r", "sequence": 1, "actions": {"moveToFolder": "archive"}, "conditions": {}}
    found = made(anna, "/me/mailFolders/inbox/messageRules", json=rule)
    assert anna.get(f"/me/mailFolders/inbox/messageRules/{found['id']}")["isEnabled"] is True
    assert (
        anna("PATCH", f"/me/mailFolders/inbox/messageRules/{found['id']}", json={"isEnabled": False}).status_code == 200
    )
    assert anna("DELETE", f"/me/mailFolders/inbox/messageRules/{found['id']}").status_code == 204
    override = {"classifyAs": "other", "senderEmailAddress": {"address": "x@y.z"}}
    kept = made(anna, "/me/inferenceClassification/overrides", json=override)
    assert anna.get("/me/inferenceClassification/overrides")["value"] == [
        {name: value for name, value in kept.items() if name != "@odata.context"}
    ]


def test_languages_zones_tips_and_ids(anna: Client) -> None:
    assert len(anna.get("/me/outlook/supportedLanguages()")["value"]) > 50
    iana = anna.get("/me/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')")["value"]
    assert {"alias": "Europe/Berlin", "displayName": "Europe/Berlin"} in iana
    assert any(one["alias"] == "Pacific Standard Time" for one in anna.get("/me/outlook/supportedTimeZones")["value"])
    tips = anna("POST", "/me/getMailTips", json={"EmailAddresses": [BERT.address], "MailTipsOptions": "recipientScope"})
    assert tips.json()["value"][0]["recipientScope"] == "internal"
    draft = made(anna, "/me/messages", json=MESSAGE)
    given = {"inputIds": [draft["id"], "no"], "sourceIdType": "restId", "targetIdType": "restImmutableEntryId"}
    ids = anna("POST", "/me/translateExchangeIds", json=given).json()["value"]
    immutable = anna.get(f"/me/messages/{draft['id']}", headers={"Prefer": 'IdType="ImmutableId"'})["id"]
    assert ids[0]["targetId"] == immutable
    assert ids[1]["errorDetails"]["code"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/me/messages/%%%", 400, "ErrorInvalidIdMalformed"),
        ("GET", "/me/messages/no", 400, "ErrorInvalidIdMalformed"),
        ("GET", "/me/mailFolders/nope", 400, "ErrorInvalidIdMalformed"),
        ("GET", "/me/messages?$filter=nonsense eq", 400, None),
        ("GET", "/users/nobody@one.test/messages", 404, "ErrorInvalidUser"),
    ],
)
def test_what_cannot_be_is_told(anna: Client, method: str, path: str, status: int, code: str | None) -> None:
    answer = anna(method, path)
    assert answer.status_code == status, answer.text
    assert code in (None, answer.json()["error"]["code"])


def test_senders_and_recipients_are_checked(anna: Client) -> None:
    nobody = anna("POST", "/me/sendMail", json={"message": {"subject": "x"}})
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (400, "ErrorInvalidRecipients")
    forged = anna("POST", "/me/sendMail", json={"message": {**MESSAGE, "from": BERTS}})
    assert (forged.status_code, forged.json()["error"]["code"]) == (403, "ErrorSendAsDenied")


def test_tokens_reach_what_their_scopes_name(world: World) -> None:
    reader = world.caller(world.tokens.user(ANNA, "Mail.Read"))
    assert reader("GET", "/me/messages").status_code == 200
    assert reader("POST", "/me/messages", json=MESSAGE).status_code == 403
    assert reader("POST", "/me/sendMail", json={"message": MESSAGE}).status_code == 403
    assert reader("GET", f"/users/{BERT.id}/messages").status_code == 403
    app = world.caller(world.tokens.app("Mail.ReadWrite"))
    assert app("GET", f"/users/{BERT.address}/messages").status_code == 200


def test_a_time_zone_that_nobody_knows_is_refused(anna: Client) -> None:
    answer = anna("GET", "/me/messages", headers={"Prefer": 'outlook.timezone="Nowhere"'})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "TimeZoneNotSupportedException")


def test_extensions_are_kept_by_their_names(anna: Client) -> None:
    draft = made(anna, "/me/messages", json=MESSAGE)
    base = f"/me/messages/{draft['id']}/extensions"
    given = {"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": "Com.Roof", "colour": "red"}
    assert made(anna, base, json=given)["id"] == "Com.Roof"
    assert anna.get(f"{base}/com.roof")["colour"] == "red"
    assert anna("PATCH", f"{base}/Com.Roof", json={"colour": "blue"}).json()["colour"] == "blue"
    assert anna.get(f"/me/messages/{draft['id']}?$expand=extensions")["extensions"][0]["colour"] == "blue"
    assert anna("DELETE", f"{base}/Com.Roof").status_code == 204
    assert anna.get(base)["value"] == []


def followed(client: Client, url: str) -> tuple[list[Any], str]:
    """All rows of a delta, page by page, and the link to what comes later."""
    rows: list[Any] = []
    while True:
        found = client.get(path_of(url), headers={"Prefer": "odata.maxpagesize=2"})
        rows += found["value"]
        if "@odata.deltaLink" in found:
            return rows, str(found["@odata.deltaLink"])
        url = found["@odata.nextLink"]


def test_on_later_pages_too_what_was_changed_is_not_created(anna: Client) -> None:
    drafts = [made(anna, "/me/messages", json={"subject": str(number)})["id"] for number in range(5)]
    place = "/me/mailFolders/drafts/messages/delta?changeType=created"
    first, link = followed(anna, place)
    assert len(first) == 5
    for one in drafts:
        anna("PATCH", f"/me/messages/{one}", json={"categories": ["Red"]})
    made(anna, "/me/messages", json={"subject": "new"})
    assert [one["subject"] for one in followed(anna, link)[0]] == ["new"]


def test_changes_of_the_mailbox_leave_out_what_can_only_be_recovered(anna: Client) -> None:
    kept, gone = (made(anna, "/me/messages", json={"subject": one})["id"] for one in ("kept", "gone"))
    link = followed(anna, "/me/messages/delta")[1]
    anna("DELETE", f"/me/messages/{gone}")
    (deleted,) = anna.get("/me/mailFolders/deleteditems/messages")["value"]
    rows, link = followed(anna, link)
    assert [one["subject"] for one in rows if "subject" in one] == ["gone"]
    anna("DELETE", f"/me/messages/{deleted['id']}")
    (recoverable,) = anna.get("/me/mailFolders/recoverableitemsdeletions/messages")["value"]
    rows, link = followed(anna, link)
    assert [(one["id"], one["@removed"]["reason"]) for one in rows] == [(deleted["id"], "deleted")]
    assert [one["subject"] for one in followed(anna, "/me/messages/delta")[0]] == ["kept"]
    anna("DELETE", f"/me/messages/{recoverable['id']}")
    assert followed(anna, link)[0] == []
    assert [one["id"] for one in anna.get("/me/messages")["value"]] == [kept]


@pytest.mark.parametrize("said", ["false", "False", False])
def test_a_text_says_as_well_that_no_copy_is_kept(anna: Client, said: object) -> None:
    anna.done("POST", "/me/sendMail", 202, json={"message": MESSAGE, "saveToSentItems": said})
    assert anna.get("/me/mailFolders/sentitems/messages")["value"] == []


@pytest.mark.parametrize("said", ["true", True, None])
def test_a_copy_is_kept_otherwise(anna: Client, said: object) -> None:
    anna.done("POST", "/me/sendMail", 202, json={"message": MESSAGE, "saveToSentItems": said})
    assert len(anna.get("/me/mailFolders/sentitems/messages")["value"]) == 1


@pytest.mark.parametrize("said", ["yes", 1, []])
def test_what_is_neither_true_nor_false_sends_nothing(anna: Client, said: object) -> None:
    assert anna.refused("POST", "/me/sendMail", json={"message": MESSAGE, "saveToSentItems": said})[0] == 400
