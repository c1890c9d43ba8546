"""What cannot be changed: another value is refused, the one that is there is passed over."""

from __future__ import annotations

from typing import Any

import pytest
from tests.faces.graph.graph_server import Client

OTHER: dict[str, Any] = {
    "id": "x",
    "createdDateTime": "2001-01-01T00:00:00Z",
    "receivedDateTime": "2001-01-01T00:00:00Z",
    "sentDateTime": 5,
    "parentFolderId": "inbox",
    "conversationId": "x",
    "isDraft": False,
}


@pytest.fixture
def draft(anna: Client) -> dict[str, Any]:
    found: dict[str, Any] = anna.done("POST", "/me/messages", 201, json={"subject": "a"})
    return found


@pytest.mark.parametrize("name", sorted(OTHER))
def test_another_value_of_a_message_is_refused_and_changes_nothing(anna: Client, draft: Any, name: str) -> None:
    answer = anna("PATCH", f"/me/messages/{draft['id']}", json={name: OTHER[name], "subject": "b"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ErrorInvalidPropertySet")
    assert answer.json()["error"]["message"].startswith(name)
    assert anna.get(f"/me/messages/{draft['id']}") == draft


def test_a_whole_message_that_was_read_may_be_sent_back(anna: Client, draft: dict[str, Any]) -> None:
    changed = anna.done("PATCH", f"/me/messages/{draft['id']}", 200, json=draft | {"subject": "b"})
    assert changed["subject"] == "b"
    # What changes by itself is older in it by now.
    assert anna.done("PATCH", f"/me/messages/{draft['id']}", 200, json=draft)["subject"] == "a"


def test_either_form_of_an_id_and_of_an_instant_is_the_same(anna: Client, draft: dict[str, Any]) -> None:
    headers = {"Prefer": 'IdType="ImmutableId"'}
    other = anna.get(f"/me/messages/{draft['id']}?$select=id", headers=headers)["id"]
    assert other != draft["id"]
    received = draft["receivedDateTime"].replace("Z", ".000+00:00")
    anna.done("PATCH", f"/me/messages/{draft['id']}", 200, json={"id": other, "receivedDateTime": received})


def test_a_folder_is_not_moved_by_a_change(anna: Client) -> None:
    folder = anna.done("POST", "/me/mailFolders", 201, json={"displayName": "x"})
    inbox = anna.get("/me/mailFolders/inbox")["id"]
    path = f"/me/mailFolders/{folder['id']}"
    assert anna.refused("PATCH", path, json={"parentFolderId": inbox}) == (400, "ErrorInvalidPropertySet")
    assert anna.done("PATCH", path, 200, json=folder | {"displayName": "y"})["displayName"] == "y"


def test_a_rule_keeps_its_id(anna: Client) -> None:
    new = {"displayName": "r", "actions": {"delete": True}}
    rule = anna.done("POST", "/me/mailFolders/inbox/messageRules", 201, json=new)
    path = f"/me/mailFolders/inbox/messageRules/{rule['id']}"
    assert anna.refused("PATCH", path, json={"id": "x"}) == (400, "ErrorInvalidPropertySet")
    assert anna.done("PATCH", path, 200, json=rule | {"sequence": 7})["sequence"] == 7
