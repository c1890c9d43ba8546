"""How large what is attached may be."""

from __future__ import annotations

import base64

import pytest
from tests.faces.graph.graph_server import BERT, Client

from postroom.settings import Graph
from postroom.workspace.workloads.mail import views

MIB = 1 << 20
DIRECT = 3 * MIB
BERTS = {"emailAddress": {"address": BERT.address}}


def file(size: int, name: str = "roof.bin") -> dict[str, str]:
    content = base64.b64encode(b"x" * size).decode()
    return {"@odata.type": "#microsoft.graph.fileAttachment", "name": name, "contentBytes": content}


def draft(anna: Client) -> str:
    return str(anna("POST", "/me/messages", json={"subject": "Roof", "toRecipients": [BERTS]}).json()["id"])


@pytest.mark.parametrize(("size", "status"), [(DIRECT - 1, 201), (DIRECT, 201), (DIRECT + 1, 413), (5 * MIB, 413)])
def test_up_to_3_mib_are_attached_directly(anna: Client, size: int, status: int) -> None:
    path = f"/me/messages/{draft(anna)}"
    answer = anna("POST", f"{path}/attachments", json=file(size))
    assert answer.status_code == status
    assert anna.get(path)["hasAttachments"] is (status == 201)
    if status == 413:
        assert answer.json()["error"]["code"] in ("ErrorMessageSizeExceeded", "RequestEntityTooLarge")


def test_a_message_may_have_4_mib_of_attachments_in_it(anna: Client, bert: Client) -> None:
    files = [file(2 * MIB, "one.bin"), file(2 * MIB, "two.bin")]
    message = {"subject": "Roof", "toRecipients": [BERTS], "attachments": files}
    assert anna("POST", "/me/sendMail", json={"message": message}).status_code == 202
    assert anna("POST", "/me/messages", json=message).status_code == 201
    assert anna("PATCH", f"/me/messages/{draft(anna)}", json={"attachments": files}).status_code == 200
    (got,) = bert.get("/me/messages?$expand=attachments($select=name,size)")["value"]
    assert [one["name"] for one in got["attachments"]] == ["one.bin", "two.bin"]
    answer = {"message": {"attachments": files}, "comment": "See"}
    assert bert("POST", f"/me/messages/{got['id']}/reply", json=answer).status_code == 202
    assert bert("POST", f"/me/messages/{got['id']}/createReplyAll", json=answer).status_code == 201


def test_other_json_has_the_smaller_limit(anna: Client) -> None:
    assert anna("POST", "/me/mailFolders", json={"displayName": "x" * 5 * MIB}).status_code == 413


def test_json_of_a_message_has_its_own_limit_and_mime_another(anna: Client) -> None:
    message = {"subject": "Roof", "body": {"content": "x" * 7 * MIB}, "toRecipients": [BERTS]}
    answers = [anna("POST", path, json=body) for path, body in (
        ("/me/messages", message),
        ("/me/mailFolders/drafts/messages", message),
        ("/me/sendMail", {"message": message}),
    )]  # fmt: skip
    assert [one.status_code for one in answers] == [413, 413, 413]
    raw = base64.b64encode(b"To: bert@one.test\r\nSubject: Roof\r\n\r\n" + b"x" * 78 * (7 * MIB // 78))
    headers = {"Content-Type": "text/plain"}
    assert anna("POST", "/me/sendMail", content=raw, headers=headers).status_code == 202


@pytest.mark.parametrize("order", ["receivedDateTime", "bodyPreview"])
def test_a_page_of_large_bodies_is_shorter_and_loses_nothing(anna: Client, order: str) -> None:
    made = []
    for number in range(9):
        message = {"subject": str(number), "body": {"contentType": "text", "content": f"{number} " + "x" * 5 * MIB}}
        made.append(anna.done("POST", "/me/messages", 201, json=message)["subject"])
    url = f"/me/messages?$orderby={order}&$top=100"
    found, pages = [], 0
    while url:
        answer = anna("GET", url)
        assert len(answer.content) < views.PAGE_BYTES + MIB
        found += [one["subject"] for one in answer.json()["value"]]
        url, pages = answer.json().get("@odata.nextLink", "").partition("/v1.0")[2], pages + 1
    assert (sorted(found), pages) == (made, 2)
    assert len(anna.get("/me/messages?$select=subject&$top=100")["value"]) == 9


def test_attachments_that_are_expanded_count_too(anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE_BYTES", 5 * MIB)
    for number in range(3):
        anna.done("POST", "/me/messages", 201, json={"subject": str(number), "attachments": [file(2 * MIB)]})
    first = anna.get("/me/messages?$expand=attachments&$select=id")
    second = anna.get(first["@odata.nextLink"].partition("/v1.0")[2])
    assert [len(page["value"]) for page in (first, second)] == [2, 1]
    assert "@odata.nextLink" not in second


def test_a_batch_does_not_hold_more_than_it_may(anna: Client) -> None:
    message = {"subject": "Roof", "body": {"contentType": "text", "content": "x" * 5 * MIB}}
    found = anna.done("POST", "/me/messages", 201, json=message)["id"]
    parts = [{"id": str(number), "method": "GET", "url": f"/me/messages/{found}"} for number in range(20)]
    answer = anna("POST", "/$batch", json={"requests": parts})
    most = Graph().batch_answer_bytes
    assert len(answer.content) <= most + 20_000
    statuses = {int(one["id"]): one["status"] for one in answer.json()["responses"]}
    fitting = most // (5 * MIB)
    assert [statuses[number] for number in range(20)] == [200] * fitting + [429] * (20 - fitting)
