"""What the tests of the store share: kinds as mail has them, a clock that is set, and a mailbox with folders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from postroom.workspace.store.items import Items
from postroom.workspace.store.kinds import Column, Kind
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store

ANNA: Final = "0d4ac6a7-5b0c-4b0e-9b1e-000000000001"
BERT: Final = "0d4ac6a7-5b0c-4b0e-9b1e-000000000002"
START: Final = datetime(2026, 1, 31, 10, 0, 0, 250_000, tzinfo=UTC)

_MESSAGE: Final = (
    Column("received", "receivedDateTime", "instant"),
    Column("sent", "sentDateTime", "instant"),
    Column("is_read", "isRead", "flag"),
    Column("is_draft", "isDraft", "flag"),
    Column("has_attachments", "hasAttachments", "flag"),
    Column("importance", "importance", "text"),
    Column("subject", "subject", "text"),
    Column("from_address", "from/emailAddress/address", "text"),
    Column("internet_message_id", "internetMessageId", "text"),
    Column("conversation_id", "conversationId", "text"),
    Column("flag_status", "flag/flagStatus", "text"),
    Column("inference", "inferenceClassification", "text"),
)
KINDS: Final = (
    Kind("mailFolder", "mail_folder", (Column("name", "displayName", "text"),)),
    Kind("message", "message", _MESSAGE, text=True),
    Kind("eventMessage", "message", _MESSAGE, text=True),
    Kind("fileAttachment"),
    Kind("itemAttachment"),
)


@dataclass
class SetClock:
    """A clock that goes only when it is told."""

    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def go_on(self, **by: float) -> None:
        self.time += timedelta(**by)


def folder(items: Items, name: str = "Inbox", parent: Item | None = None, mailbox: str = ANNA) -> Item:
    return items.add(mailbox, "mailFolder", parent, {"displayName": name})


def message(items: Items, parent: Item, number: int = 0, **more: Any) -> Item:
    """Message `number` came so many minutes after midnight of the first day of 2026."""
    received = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    document = {
        "subject": f"Message {number}",
        "receivedDateTime": received.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "isRead": False,
    }
    return items.add(parent.mailbox, "message", parent, document | more)


def log_of(store: Store, *what: str) -> list[tuple[str, str]]:
    """The log as kind and what happened."""
    with store.read() as unit:
        rows = unit.connection.execute("SELECT kind, what FROM change ORDER BY number")
        return [(row["kind"], row["what"]) for row in rows if not what or row["what"] in what]
