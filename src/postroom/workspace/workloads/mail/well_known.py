"""The folders that every mailbox has, by the names that stand for their ids.

Source: Microsoft Graph, mailFolder, well-known folder names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from postroom.workspace.store.ids import KEY_BYTES

ROOT: Final = "msgfolderroot"
INBOX: Final = "inbox"
DRAFTS: Final = "drafts"
SENT: Final = "sentitems"
DELETED: Final = "deleteditems"
JUNK: Final = "junkemail"
RECOVERABLE: Final = "recoverableitemsdeletions"
SEARCH: Final = "searchfolders"
OUTBOX: Final = "outbox"


class Known(NamedTuple):
    """`above` is empty for what lies in nothing. Those not `at_once` are made when somebody asks for them."""

    label: str
    above: str = ROOT
    at_once: bool = True
    hidden: bool = False


FOLDERS: Final[Mapping[str, Known]] = {
    ROOT: Known("Top of Information Store", ""),
    INBOX: Known("Inbox"),
    DRAFTS: Known("Drafts"),
    SENT: Known("Sent Items"),
    DELETED: Known("Deleted Items"),
    JUNK: Known("Junk Email"),
    OUTBOX: Known("Outbox"),
    "archive": Known("Archive"),
    "conversationhistory": Known("Conversation History"),
    RECOVERABLE: Known("Deletions", "", hidden=True),
    SEARCH: Known("Finder", "", at_once=False, hidden=True),
    "clutter": Known("Clutter", at_once=False),
    "scheduled": Known("Scheduled", at_once=False, hidden=True),
    "syncissues": Known("Sync Issues", at_once=False),
    "conflicts": Known("Conflicts", "syncissues", at_once=False),
    "localfailures": Known("Local Failures", "syncissues", at_once=False),
    "serverfailures": Known("Server Failures", "syncissues", at_once=False),
}
AT_ONCE: Final = tuple(name for name, known in FOLDERS.items() if known.at_once)


def key_of(mailbox: str, name: str) -> bytes:
    """The key that such a folder has: found without a search, and made once whoever is first."""
    return hashlib.sha256(f"folder {mailbox} {name}".encode()).digest()[:KEY_BYTES]
