"""Notifications as Outlook REST v2.0 has them: other names, whole URLs, a number for each.

Source: Office 365 REST APIs for Outlook, version 2.0, notifications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from postroom.workspace.delivery.notifying_rows import Subscription, Waiting
from postroom.workspace.store.rows import moment

PUSH: Final = "_push"
"""In the document of a subscription: where Outlook REST is, as its program sees it."""
MISSED: Final = "missed"
_TYPES: Final = "#Microsoft.OutlookServices."


def is_push(one: Subscription) -> bool:
    return PUSH in one.document


def tells_missed(one: Subscription) -> bool:
    """Whether its program wants to hear, beside the changes, that some could not be told."""
    return is_push(one) and MISSED in words(one.document.get("changeType"))


def words(change_type: object) -> frozenset[str]:
    """Those of a list with commas."""
    return frozenset(word.strip().lower() for word in str(change_type or "").split(","))


def body(one: Subscription, waiting: Sequence[Waiting]) -> dict[str, Any]:
    return {"value": [_element(one, row) for row in waiting]}


def headers(one: Subscription) -> Mapping[str, str]:
    """The program's own word, by which it knows that we are who it asked."""
    state = one.document.get("clientState")
    return {"ClientState": str(state)} if state else {}


def _element(one: Subscription, row: Waiting) -> dict[str, Any]:
    about = {
        "@odata.type": f"{_TYPES}Notification",
        "SubscriptionId": one.id,
        "SubscriptionExpirationDateTime": moment(one.expires_ms),
        "SequenceNumber": row.sequence,
        "ClientState": one.document.get("clientState"),
    }
    if "lifecycleEvent" in row.content:
        return about | {"ChangeType": MISSED.capitalize()}
    resource, data = _url(one, row.content["resource"]), row.content["resourceData"]
    etag = {"@odata.etag": data["@odata.etag"]} if "@odata.etag" in data else {}
    kind = str(data["@odata.type"]).rpartition(".")[2]
    told = {"@odata.type": f"{_TYPES}{kind}", "@odata.id": resource, **etag, "Id": data["id"]}
    change = str(row.content["changeType"]).capitalize()
    return about | {"ChangeType": change, "Resource": resource, "ResourceData": told}


def _url(one: Subscription, resource: str) -> str:
    """`Users/{id}/Messages/{id}` as a whole URL, with its keys in parentheses."""
    names = resource.split("/")
    steps = [f"{name}('{key}')" for name, key in zip(names[::2], names[1::2], strict=True)]
    return "/".join([str(one.document[PUSH]), *steps])
