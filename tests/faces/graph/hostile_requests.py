"""Requests that may be right or hostile, as strategies made from the table of routes and the types."""

from __future__ import annotations

import base64
import json
from typing import Any, Final
from urllib.parse import quote

from hypothesis import strategies as st

from postroom.faces.graph.route import Route
from postroom.workspace.schema.types import SCHEMA

MAIL: Final = (
    b"From: Eve <eve@elsewhere.test>\r\nTo: anna@one.test\r\nSubject: Hello\r\nMessage-ID: <1@elsewhere.test>\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n'
    b"<p>Hello</p>\r\n--x\r\nContent-Type: text/plain; name=a.txt\r\n"
    b"Content-Disposition: attachment\r\n\r\nHi\r\n--x--\r\n"
)
TEXTS: Final = (
    "",
    "x",
    "é\u2028\x85",
    "\x00",
    "a\r\nBcc: evil@elsewhere.test",
    "../..",
    "'",
    "$value",
    "x" * 3000,
    "%",
    "\U0001f600",
    "2024-01-01T00:00:00Z",
    "0001-01-01T00:00:00",
    "9999-12-31T23:59:59",
    "anna@one.test",
    "Inbox",
    "https://[",
    "me",
    "Pacific Standard Time",
    "UTC",
    "-1",
    "1e999",
    "a@é.test",
    "é@one.test",
    "null",
    "SGVsbG8=",
    "String 0x3fef",
)
NUMBERS: Final = (0, -1, 1, 2**31, 2**63 - 1, 2**63, 2**64, -(2**70), 1.5, 1e308)
RECIPIENTS: Final = [{"emailAddress": {"address": "bert@one.test", "name": "Bert"}}]
FILE: Final = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "SGk="}
EVENT: Final = {
    "subject": "Hello",
    "start": {"dateTime": "2024-01-01T10:00:00", "timeZone": "Pacific Standard Time"},
    "end": {"dateTime": "2024-01-01T20:00:00", "timeZone": "UTC"},
    "recurrence": {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "noEnd", "startDate": "2024-01-01"},
    },
}
ADDRESSES: Final = {
    "{D}": ("me/drive", "drives/{drive}", "users/{user}/drive", "groups/{group}/drive"),
    "{I}": (
        "me/drive/root",
        "me/drive/items/{item}",
        "me/drive/items/{item}",
        "drives/{drive}/items/{item}:/{name}:",
        "me/drive/root:/{name}:",
        "me/drive/special/documents",
        "shares/{share}/driveItem",
        "me/drive/items/{item}/children/{name}",
    ),
    "{S}": ("sites/{site}", "sites/root", "sites/root:/{name}:", "groups/{group}/sites/root"),
}
"""What stands for bases of paths."""
GOOD: Final[dict[str, dict[str, Any]]] = {
    "messages": {"subject": "Hello", "toRecipients": RECIPIENTS, "attachments": [FILE]},
    "move": {"destinationId": "drafts"},
    "copy": {"destinationId": "drafts"},
    "reply": {"comment": "x", "message": {}},
    "replyAll": {"comment": "x", "message": {}},
    "forward": {"toRecipients": RECIPIENTS},
    "createReply": {"message": {}},
    "createReplyAll": {"message": {}},
    "createForward": {"toRecipients": RECIPIENTS},
    "attachments": FILE,
    "createUploadSession": {"AttachmentItem": {"attachmentType": "file", "name": "x", "size": 1}},
    "extensions": {"extensionName": "c.d"},
    "mailFolders": {"displayName": "A"},
    "childFolders": {"displayName": "B"},
    "sendMail": {"message": {"subject": "Hello", "toRecipients": RECIPIENTS}},
    "messageRules": {"displayName": "A", "actions": {"markAsRead": True}},
    "masterCategories": {"displayName": "A"},
    "overrides": {"classifyAs": "other", "senderEmailAddress": {"address": "eve@elsewhere.test"}},
    "getMailTips": {"EmailAddresses": ["bert@one.test"], "MailTipsOptions": "automaticReplies"},
    "translateExchangeIds": {"inputIds": ["x"], "targetIdType": "restId"},
    "events": EVENT,
    "calendars": {"name": "A"},
    "calendarGroups": {"name": "A"},
    "children": {"name": "new", "folder": {}},
    "createLink": {"type": "view", "scope": "anonymous"},
    "invite": {"recipients": [{"email": "bert@one.test"}], "roles": ["read"]},
    "grant": {"recipients": [{"email": "bert@one.test"}], "roles": ["read"]},
    "{I}": {"name": "other", "parentReference": {"id": "root"}},
    "lists": {"displayName": "A", "columns": [{"name": "b", "number": {}}]},
    "columns": {"name": "c", "choice": {"choices": ["d"]}},
    "items": {"fields": {"Title": "x", "Count": 1}},
    "fields": {"Title": "x", "DriverLookupId": "anna@one.test"},
    "query": {"requests": [{"entityTypes": ["message", "site"], "query": {"queryString": "x"}}]},
    "$batch": {"requests": [{"id": "1", "method": "GET", "url": "/me"}]},
}
"""By the last name of a path: what a body that is right has."""
FILTERS: Final = (
    "isRead eq false",
    "(",
    "subject eq 'x",
    "contains(subject,'l')",
    "id eq null",
    "a/any(b:b eq 1)",
    "not not isRead",
    "toRecipients/any(a:a/emailAddress/address eq 'x')",
    "receivedDateTime ge 2024-01-01",
    "size add 1 gt 9223372036854775807",
    "receivedDateTime add duration'P9999D' gt 2024-01-01T00:00:00Z",
    "1 div 0 eq 1",
    "start/dateTime ge '2024-01-01' and end/dateTime lt 2024-02-01",
    "subject in ('a',null,1)",
    "from eq null",
    "singleValueExtendedProperties/any(e:e/id eq 'String 0x1' and e/value eq 'x')",
    "substring(subject,-5,-1) eq ''",
    "year(9999-12-31T23:59:59-14:00) eq 1",
    "displayName eq subject",
    "startswith(displayName,'A')",
    "@odata.type eq 'x'",
)
OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "$filter": FILTERS,
    "$orderby": (
        "receivedDateTime desc",
        "subject,from/emailAddress/name",
        "toRecipients",
        "x desc desc",
        "size add 1",
        "",
    ),
    "$search": ('"hello"', "subject:x AND (", '"received>=2024"', "NOT", '"a" OR b:"c', "*", "size>1e999", '"'),
    "$select": ("id", "subject,nothing", "*", "a/b/c", ",", "from/emailAddress", "body"),
    "$expand": (
        "attachments",
        "attachments($expand=microsoft.graph.itemattachment/item)",
        "x",
        "members($top=-1)",
        "*",
        "singleValueExtendedProperties($filter=id eq 'String 0x1')",
        "childFolders($levels=max)",
        "extensions(",
    ),
    "$top": ("0", "1", "-1", "99999999999999999999", "x", "1.0", "²"),
    "$skip": ("0", "-1", "99999999999999999999", "5"),
    "$count": ("true", "yes", ""),
    "$skiptoken": ("x", "eyJ9", "é", "A" * 200),
    "$deltatoken": ("x", "latest", "A" * 200),
    "startDateTime": ("2024-01-01", "2024-01-01T00:00:00-14:00", "0001-01-01T00:00:00Z", "x"),
    "endDateTime": ("2024-02-01", "2024-02-01T00:00:00Z", "9999-12-31T23:59:59Z", ""),
    "changeType": ("created", "x,,"),
    "$format": ("json", "xml"),
    "TimeZoneStandard": ("Iana", "x"),
}
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "Prefer": (
        'outlook.timezone="Pacific Standard Time"',
        'outlook.timezone="Pacific/Apia"',
        "odata.maxpagesize=0",
        "return=minimal",
        'IdType="ImmutableId"',
        'outlook.body-content-type="text"',
        'outlook.timezone="\xe9"',
        ",;=",
        "odata.maxpagesize=9" * 9,
    ),
    "If-Match": ("*", 'W/"x"', "", "x" * 3000),
    "If-None-Match": ("*", 'W/"x"'),
    "ConsistencyLevel": ("eventual", "x"),
    "Content-Range": ("bytes 0-0/1", "bytes 5-1/3", "bytes */5", "bytes 0-999999999999999/999999999999999", "x"),
    "client-request-id": ("x" * 3000, "\xe9"),
}


scalars = st.one_of(st.sampled_from(TEXTS), st.text(max_size=8), st.sampled_from(NUMBERS), st.booleans(), st.none())
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(("id", "x", "a@b")), inner, max_size=2),
    max_leaves=4,
)


def values(type_name: str, level: int = 0) -> st.SearchStrategy[Any]:
    """Mostly what this type asks for, sometimes anything."""
    structured, enum = SCHEMA.find(type_name), SCHEMA.find_enum(type_name)
    if structured is not None and level < 3:
        return st.one_of(documents(type_name, level + 1), documents(type_name, level + 1), anything)
    if enum is not None:
        return st.one_of(st.sampled_from(list(enum.members)), anything)
    plain: dict[str, st.SearchStrategy[Any]] = {
        "Edm.Boolean": st.booleans(),
        "Edm.String": st.one_of(st.sampled_from(TEXTS), st.text(max_size=8)),
    }
    return st.one_of(plain.get(type_name, scalars), scalars, anything)


def documents(type_name: str, level: int = 0) -> st.SearchStrategy[Any]:
    found = SCHEMA.find(type_name)
    assert found is not None
    fields = {
        property_.name: st.lists(values(property_.type, level), max_size=2) | anything
        if property_.collection
        else values(property_.type, level)
        for property_ in found.properties.values()
    }
    chosen = st.lists(st.sampled_from(sorted(fields)), max_size=4, unique=True) if fields else st.just([])
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: fields[name] for name in names}))


attached = st.lists(st.just(FILE) | documents("fileAttachment") | anything, max_size=2) | anything
messages = st.builds(
    lambda one, more: one | more,
    documents("message"),
    st.fixed_dictionaries({}, optional={"attachments": attached, "toRecipients": st.just(RECIPIENTS)}),
)
PARAMETERS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "message": messages | anything,
    "comment": anything,
    "toRecipients": st.lists(values("recipient"), max_size=2) | anything,
    "saveToSentItems": anything,
    "destinationId": st.sampled_from(("inbox", "drafts", "x")) | anything,
    "AttachmentItem": documents("attachmentItem") | anything,
    "attachments": attached,
    "item": messages,
    "contentBytes": st.sampled_from(("SGk=", "x", 5)),
    "name": anything,
    "contentType": anything,
    "@odata.type": st.sampled_from(
        (
            "#microsoft.graph.itemAttachment",
            "#microsoft.graph.fileAttachment",
            "x",
            5,
            "#microsoft.graph.referenceAttachment",
            "microsoft.graph.openTypeExtension",
        )
    ),
    "extensionName": st.sampled_from(("a.b", "", 5)),
    "displayName": anything,
    "actions": documents("messageRuleActions"),
    "conditions": documents("messageRulePredicates"),
    "sequence": st.sampled_from(NUMBERS),
    "classifyAs": anything,
    "senderEmailAddress": values("emailAddress"),
    "inputIds": anything,
    "sourceIdType": anything,
    "targetIdType": st.sampled_from(("restId", "entryId", 5)),
    "EmailAddresses": st.lists(scalars, max_size=2),
    "MailTipsOptions": anything,
    "@odata.id": anything,
    "ids": st.lists(scalars, max_size=2),
    "groupIds": st.lists(scalars, max_size=2),
    "securityEnabledOnly": anything,
    "requests": anything,
    "parentReference": documents("itemReference") | anything,
    "@microsoft.graph.conflictBehavior": st.sampled_from(("fail", "rename", "replace", "x", 5)),
    "fileSystemInfo": documents("fileSystemInfo") | anything,
    "folder": anything,
    "roles": anything,
    "recipients": st.lists(anything, max_size=2) | anything,
    "type": anything,
    "scope": anything,
    "password": anything,
    "expirationDateTime": anything,
    "fileSize": anything,
    "internetMessageHeaders": anything,
    "singleValueExtendedProperties": anything,
    "automaticRepliesSetting": documents("automaticRepliesSetting"),
}


def bodies(route: Route) -> st.SearchStrategy[Any]:
    """What is right, mostly with a member or two that may not be."""
    good = GOOD.get(route.path.rpartition("/")[2], {})
    names = [name for name in sorted(PARAMETERS) if name in good] or sorted(PARAMETERS)
    chosen = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    loose = chosen.flatmap(lambda names: st.fixed_dictionaries({name: PARAMETERS[name] for name in names}))
    typed = documents(route.type) if SCHEMA.find(route.type) is not None else loose
    more = st.dictionaries(st.sampled_from(sorted(PARAMETERS)), anything, max_size=2)
    usual = st.one_of(*(one.map(lambda other: good | other) for one in (loose, loose, typed, more)))
    return rarely(usual, st.just(good) | anything, 6)


def rarely(usual: st.SearchStrategy[Any], other: st.SearchStrategy[Any], one_in: int = 10) -> st.SearchStrategy[Any]:
    return st.integers(1, one_in).flatmap(lambda drawn: other if drawn == one_in else usual)


@st.composite
def requests(draw: st.DrawFn, route: Route, ids: dict[str, list[str]]) -> tuple[str, dict[str, Any]]:
    """A path and what goes with it."""
    template = draw(st.sampled_from(list(route.templates)))
    if template and template[0] in ADDRESSES:
        template = (*draw(st.sampled_from(ADDRESSES[template[0]])).split("/"), *template[1:])
    path = ""
    for segment in template:
        before, opening, rest = segment.partition("{")
        key, _, after = rest.partition("}")
        known = st.sampled_from(ids.get(key.lstrip(":*")) or ["x"])
        drawn = quote(draw(rarely(known, st.sampled_from(TEXTS[1:]))), safe="") if opening else ""
        path += f"/{before}{drawn}{after}"
    names = draw(rarely(st.just([]), st.lists(st.sampled_from(sorted(OPTIONS)), max_size=3, unique=True), 3))
    options: dict[str, Any] = {"params": {name: draw(st.sampled_from(OPTIONS[name])) for name in names}}
    names = draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=2, unique=True))
    options["headers"] = {name: draw(st.sampled_from(HEADERS[name])).encode("latin-1") for name in names}
    if route.takes != "none":
        content, kind = draw(contents(route))
        options |= {"content": content}
        options["headers"]["Content-Type"] = kind
    if route.takes in ("upload", "stream"):
        options["headers"].setdefault("Content-Range", b"bytes 0-0/1")
    return path, options


@st.composite
def contents(draw: st.DrawFn, route: Route) -> tuple[bytes, str]:
    if route.takes == "mime" and draw(st.booleans()):
        raw = draw(
            st.sampled_from((MAIL, b"", b"From: x\r\n\r\n", b"Subject: \xff\r\nTo: a@b, c\r\n\r\n\xff", b"\r\n" * 3))
        )
        return base64.b64encode(raw), "text/plain"
    if route.takes in ("bytes", "upload", "stream") or draw(st.integers(0, 19)) == 0:
        raw = draw(
            st.sampled_from(
                (b"", b"x", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + b"x" * 30, b"{", b"[" * 9000, b'"\\ud800"')
            )
        )
        return raw, draw(st.sampled_from(("image/jpeg", "application/json", "text/html", "x")))
    return written(draw(bodies(route))), "application/json"


def written(body: Any) -> bytes:
    """As JSON, with whole numbers of any size."""
    return json.dumps(body).encode()
