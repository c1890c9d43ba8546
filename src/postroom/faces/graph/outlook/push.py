"""Push subscriptions of Outlook REST: those of Graph under the names of then.

Source: Office 365 REST APIs for Outlook, version 2.0, notifications.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from postroom.faces.graph.errors import Refused
from postroom.faces.graph.outlook import names

TYPE: Final = "#Microsoft.OutlookServices.PushSubscription"
ROUTES: Final = "subscriptions."
_PATH: Final = re.compile(r"/+me/+subscriptions(?=/|\(|$)", re.IGNORECASE)
_BASE: Final = re.compile(r"https?://[^/?#]+/+api/+(?:v2\.0|beta)/+", re.IGNORECASE)
_OURS: Final = {"NotificationUrl": "NotificationURL", "ExpirationDateTime": "SubscriptionExpirationDateTime"}
_SHOWN: Final = ("Id", "Resource", "ChangeType", "ClientState", *_OURS.values())


def path(text: str) -> str:
    """Subscriptions of Graph are of nobody's mailbox."""
    return _PATH.sub("/subscriptions", text, count=1) if _PATH.match(text) else text


def taken(document: Any) -> Any:
    """What a program gives, with the names of Graph. Raises Refused for another kind of subscription."""
    if not isinstance(document, Mapping):
        return document
    given = dict(document)
    said = given.pop("@odata.type", None)
    if said is not None and names.of_type(str(said)) != TYPE:
        raise Refused(400, "ErrorInvalidRequest", f"Subscriptions are of the type {TYPE}.")
    if "subscriptionExpirationDateTime" in given:
        given["expirationDateTime"] = given.pop("subscriptionExpirationDateTime")
    if isinstance(given.get("resource"), str):
        where, mark, query = _BASE.sub("", given["resource"]).partition("?")
        given["resource"] = where + mark + names.query(query)
    return given


def shown(row: Any) -> Any:
    """A subscription as it was shown then."""
    if not isinstance(row, Mapping) or "NotificationUrl" not in row:
        return row
    known: dict[str, Any] = {_OURS.get(str(name), str(name)): value for name, value in row.items()}
    about = {name: value for name, value in known.items() if name.startswith("@")}
    change = ", ".join(word.strip().capitalize() for word in str(known.get("ChangeType") or "").split(","))
    return {**about, "@odata.type": TYPE, **{name: known.get(name) for name in _SHOWN}, "ChangeType": change}
