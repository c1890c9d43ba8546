"""Mail: messages, folders, attachments, sending, rules, settings of the mailbox.

Messages and folders are reached on several paths; `PLACES` are what stands before them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from postroom.faces.graph.route import DELTA, ENTITY, LIST, Route

READ: Final = ("Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic", "Mail.Read.Shared", "Mail.ReadWrite.Shared")
READ_APP: Final = ("Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic", "Mail.ReadBasic.All")
BASIC: Final = frozenset({"Mail.ReadBasic", "Mail.ReadBasic.All"})
"""Scopes for messages without what is in them: no bodies, attachments, extensions."""
READ_ALL: Final = tuple(name for name in READ if name not in BASIC)
READ_ALL_APP: Final = tuple(name for name in READ_APP if name not in BASIC)
WRITE: Final = ("Mail.ReadWrite", "Mail.ReadWrite.Shared")
WRITE_APP: Final = ("Mail.ReadWrite",)
SEND: Final = ("Mail.Send", "Mail.Send.Shared")
SEND_APP: Final = ("Mail.Send",)
READ_SETTINGS: Final = ("MailboxSettings.Read", "MailboxSettings.ReadWrite")
WRITE_SETTINGS: Final = ("MailboxSettings.ReadWrite",)
FOLDER: Final = "{U}/mailFolders/{folder}"
CHILD: Final = f"{FOLDER}/childFolders/{{child}}"
PLACES: Final = {"messages": "{U}", "folder_messages": FOLDER, "child_messages": CHILD}
"""What stands before `/messages`, by the name that such routes have."""
FOLDERS: Final = {"folders": FOLDER, "children": CHILD}
SOURCE: Final = "Microsoft Graph v1.0, mail"


def _route(key: str, method: str, path: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    return Route(f"mail.{key}", method, path, returns, status, source=SOURCE, **more)


def _read(key: str, path: str, returns: str, doc: str, **more: Any) -> Route:
    more.setdefault("options", LIST if returns.startswith("[") else ENTITY)
    return _route(key, "GET", path, returns, delegated=READ, application=READ_APP, doc=doc, **more)


def _read_all(key: str, path: str, returns: str, doc: str, **more: Any) -> Route:
    """What is in a message."""
    return replace(_read(key, path, returns, doc, **more), delegated=READ_ALL, application=READ_ALL_APP)


def _write(key: str, method: str, path: str, doc: str, returns: str = "", status: int = 204, **more: Any) -> Route:
    return _route(key, method, path, returns, status, delegated=WRITE, application=WRITE_APP, doc=doc, **more)


def _messages(group: str, place: str) -> Iterator[Route]:
    """All that there is to do with messages, on one path."""
    many, one = f"{place}/messages", f"{place}/messages/{{message}}"
    yield _read(f"{group}.list", many, "[message]", "Messages, the newest first.", o365=True)
    yield _write(
        f"{group}.create", "POST", many, "A draft, from JSON or MIME.", "message", 201, takes="mime", o365=True
    )
    yield _read(f"{group}.delta", f"{many}/delta", "[message]", "Changed messages.", options=DELTA)
    yield _read(f"{group}.get", one, "message", "One message.", o365=True)
    yield _write(f"{group}.change", "PATCH", one, "Change a message.", "message", 200, takes="message", o365=True)
    yield _write(f"{group}.delete", "DELETE", one, "Move a message to Deleted Items.", o365=True)
    yield _write(f"{group}.delete_permanently", "POST", f"{one}/permanentDelete", "Delete a message for good.")
    yield _read_all(f"{group}.mime", f"{one}/$value", "raw", "The bytes of a message.", o365=True)
    for name, doc in (("move", "Move a message."), ("copy", "Copy a message.")):
        yield _write(f"{group}.{name}", "POST", f"{one}/{name}", doc, "message", 201, takes="json", o365=True)
    yield from _sending(group, one)
    yield from _attachments(group, one)
    yield from _extensions(group, one)


def _sending(group: str, one: str) -> Iterator[Route]:
    allowed: dict[str, Any] = {"delegated": SEND, "application": SEND_APP}
    yield _route(f"{group}.send", "POST", f"{one}/send", status=202, doc="Send a draft.", o365=True, **allowed)
    for name, way in (("reply", "Reply"), ("replyAll", "ReplyAll"), ("forward", "Forward")):
        key = f"{group}.{name}"
        yield _route(key, "POST", f"{one}/{name}", status=202, takes="message", doc=f"{way}, sent at once.", **allowed)
        path = f"{one}/create{way}"
        yield _write(f"{group}.create{way}", "POST", path, f"{way}, as a draft.", "message", 201, takes="message",
                     o365=True)  # fmt: skip


def _attachments(group: str, one: str) -> Iterator[Route]:
    many, each = f"{one}/attachments", f"{one}/attachments/{{attachment}}"
    yield _read_all(f"{group}.attachments", many, "[attachment]", "Attachments.", o365=True)
    yield _write(f"{group}.attach", "POST", many, "Attach to a draft.", "attachment", 201, takes="message", o365=True)
    yield _read_all(f"{group}.attachment", each, "attachment", "One attachment.", o365=True)
    yield _read_all(f"{group}.content", f"{each}/$value", "raw", "The bytes of an attachment.", o365=True)
    yield _write(f"{group}.detach", "DELETE", each, "Remove an attachment of a draft.", o365=True)
    yield _write(f"{group}.upload", "POST", f"{many}/createUploadSession", "Begin to upload a large file.",
                 "uploadSession", 201, takes="json", o365=True)  # fmt: skip


def _extensions(group: str, one: str) -> Iterator[Route]:
    many, each = f"{one}/extensions", f"{one}/extensions/{{extension}}"
    yield _read_all(f"{group}.extensions", many, "[extension]", "Open extensions.")
    yield _write(f"{group}.extend", "POST", many, "Keep an extension with a message.", "extension", 201, takes="json")
    yield _read_all(f"{group}.extension", each, "extension", "One extension.")
    yield _write(f"{group}.change_extension", "PATCH", each, "Change an extension.", "extension", 200, takes="json")
    yield _write(f"{group}.delete_extension", "DELETE", each, "Remove an extension.")


def _folder(group: str, one: str) -> Iterator[Route]:
    """All that there is to do with one folder, on one path."""
    yield _read(f"{group}.get", one, "mailFolder", "One folder.", o365=True)
    yield _write(f"{group}.change", "PATCH", one, "Rename a folder.", "mailFolder", 200, takes="json", o365=True)
    yield _write(f"{group}.delete", "DELETE", one, "Move a folder to Deleted Items.", o365=True)
    yield _write(f"{group}.delete_permanently", "POST", f"{one}/permanentDelete", "Delete a folder for good.")
    for name in ("move", "copy"):
        doc = f"{name.capitalize()} a folder."
        yield _write(f"{group}.{name}", "POST", f"{one}/{name}", doc, "mailFolder", 201, takes="json", o365=True)
    yield _read(f"{group}.list_below", f"{one}/childFolders", "[mailFolder]", "Folders in a folder.", o365=True)
    yield _read(f"{group}.delta_below", f"{one}/childFolders/delta", "[mailFolder]", "Changed folders.", options=DELTA)
    yield _write(f"{group}.create_below", "POST", f"{one}/childFolders", "A folder in a folder.", "mailFolder", 201,
                 takes="json", o365=True)  # fmt: skip


def _settings(key: str, method: str, path: str, doc: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    allowed = READ_SETTINGS if method == "GET" else WRITE_SETTINGS
    return _route(key, method, path, returns, status, delegated=allowed, application=allowed, doc=doc, **more)


RULES: Final = f"{FOLDER}/messageRules"
CATEGORIES: Final = "{U}/outlook/masterCategories"
OVERRIDES: Final = "{U}/inferenceClassification/overrides"

ROUTES: Final = (
    *(route for group, place in PLACES.items() for route in _messages(group, place)),
    _read("folders.list", "{U}/mailFolders", "[mailFolder]", "Folders at the top.", o365=True),
    _read("folders.delta", "{U}/mailFolders/delta", "[mailFolder]", "Changed folders.", options=DELTA),
    _write("folders.create", "POST", "{U}/mailFolders", "A folder or a search folder.", "mailFolder", 201,
           takes="json", o365=True),
    *(route for group, one in FOLDERS.items() for route in _folder(group, one)),
    _route("send", "POST", "{U}/sendMail", status=202, delegated=SEND, application=SEND_APP, takes="mime", o365=True,
           doc="Send a message given whole, as JSON or MIME."),
    _settings("rules.list", "GET", RULES, "Rules of the inbox.", "[messageRule]", options=LIST),
    _settings("rules.create", "POST", RULES, "A rule.", "messageRule", 201, takes="json"),
    _settings("rules.get", "GET", f"{RULES}/{{rule}}", "One rule.", "messageRule", options=ENTITY),
    _settings("rules.change", "PATCH", f"{RULES}/{{rule}}", "Change a rule.", "messageRule", takes="json"),
    _settings("rules.delete", "DELETE", f"{RULES}/{{rule}}", "Remove a rule.", status=204),
    _settings("settings.get", "GET", "{U}/mailboxSettings", "What the mailbox is set to.", "mailboxSettings",
              options=ENTITY, o365=True),
    _settings("settings.change", "PATCH", "{U}/mailboxSettings", "Change that.", "mailboxSettings", takes="json",
              o365=True),
    _settings("categories.list", "GET", CATEGORIES, "Names and colours.", "[outlookCategory]", options=LIST, o365=True),
    _settings("categories.create", "POST", CATEGORIES, "A category.", "outlookCategory", 201, takes="json", o365=True),
    _settings("categories.get", "GET", f"{CATEGORIES}/{{category}}", "One category.", "outlookCategory",
              options=ENTITY, o365=True),
    _settings("categories.change", "PATCH", f"{CATEGORIES}/{{category}}", "Another colour.", "outlookCategory",
              takes="json", o365=True),
    _settings("categories.delete", "DELETE", f"{CATEGORIES}/{{category}}", "Remove a category.", status=204, o365=True),
    _settings("languages", "GET", "{U}/outlook/supportedLanguages", "Languages to choose from.", "[localeInfo]",
              options=LIST),
    _settings("time_zones", "GET", "{U}/outlook/supportedTimeZones", "Time zones to choose from.",
              "[timeZoneInformation]", options=LIST),
    _read("overrides.list", OVERRIDES, "[inferenceClassificationOverride]", "Senders in focus or not."),
    _write("overrides.create", "POST", OVERRIDES, "Decide for a sender.", "inferenceClassificationOverride", 201,
           takes="json"),
    _write("overrides.change", "PATCH", f"{OVERRIDES}/{{override}}", "Decide otherwise.",
           "inferenceClassificationOverride", 200, takes="json"),
    _write("overrides.delete", "DELETE", f"{OVERRIDES}/{{override}}", "No longer decide."),
    _route("tips", "POST", "{U}/getMailTips", "[mailTips]", delegated=(*READ, *SEND), application=READ_APP,
           takes="json", doc="What to know before sending."),
    _route("translate_ids", "POST", "{U}/translateExchangeIds", "[convertIdResult]", takes="json",
           delegated=("User.ReadBasic.All", "User.Read", "User.ReadWrite", *READ),
           application=("User.Read.All", "User.ReadWrite.All", *READ_APP), doc="Ids in another form."),
)  # fmt: skip
