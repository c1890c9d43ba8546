"""Works with whichever O365 this interpreter has: `o365_program.py task`, with a JSON object on the standard input.

Prints how long the task took, signing in not counted, the most memory of the process, and what shows that the work
was done. It needs nothing else of this project, so that the interpreter of the original can run it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FIELDS = (
    "subject",
    "sender",
    "to",
    "cc",
    "bcc",
    "reply_to",
    "received",
    "sent",
    "created",
    "modified",
    "importance",
    "is_read",
    "is_draft",
    "has_attachments",
    "body_preview",
    "internet_message_id",
    "conversation_id",
    "categories",
    "flag",
    "web_link",
)
WANTED = (
    "subject",
    "from",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "receivedDateTime",
    "sentDateTime",
    "createdDateTime",
    "lastModifiedDateTime",
    "importance",
    "isRead",
    "isDraft",
    "hasAttachments",
    "bodyPreview",
    "internetMessageId",
    "conversationId",
    "categories",
    "flag",
    "webLink",
)
"""The same twenty under the names of the API."""


def listing(account: Any, given: dict[str, Any], _folder: Path) -> Callable[[], object]:
    """List the inbox and look at every field of every message."""

    def work() -> object:
        mailbox = account.mailbox()
        query = mailbox.q().select(*WANTED)
        seen = 0
        for message in mailbox.inbox_folder().get_messages(limit=given["count"], query=query):
            for name in FIELDS:
                getattr(message, name)
            seen += bool(message.subject) and len(message.to) == 2 and message.received is not None
        return seen

    return work


ITEM_FIELDS = (
    "object_id",
    "name",
    "size",
    "web_url",
    "created",
    "modified",
    "created_by",
    "modified_by",
    "parent_id",
    "drive_id",
    "parent_path",
    "mime_type",
)


def filing(account: Any, given: dict[str, Any], _folder: Path) -> Callable[[], object]:
    """List a folder of a drive and look at the fields of every file."""

    def work() -> object:
        root = account.storage().get_default_drive().get_root_folder()
        seen = 0
        for item in root.get_items(limit=given["count"]):
            for name in ITEM_FIELDS:
                getattr(item, name)
            seen += item.is_file and item.created is not None and str(item.created_by) != ""
        return seen

    return work


def sending(account: Any, given: dict[str, Any], _folder: Path) -> Callable[[], object]:
    """Send messages one by one."""

    def work() -> object:
        done = 0
        for number in range(given["count"]):
            message = account.new_message()
            message.to.add(given["friend"])
            message.subject = f"Number {number}"
            message.body = "<p>This is a message, and there are more of them.</p>"
            done += bool(message.send())
        return done

    return work


def attaching(account: Any, given: dict[str, Any], folder: Path) -> Callable[[], object]:
    """Attach a large file to a draft that is there."""
    file = folder / "large.bin"
    file.write_bytes(os.urandom(given["count"]))  # of pieces that are alike a server would keep one
    draft = account.mailbox().new_message()
    draft.subject = "Heavy"
    draft.save_draft()

    def work() -> object:
        draft.attachments.add(str(file))
        return given["count"] if draft.save_draft() else 0

    return work


TASKS = {"list": listing, "files": filing, "send": sending, "attach": attaching}


def main() -> None:
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        account = _account(given, Path(folder))
        work = TASKS[sys.argv[1]](account, given, Path(folder))
        start, used = time.perf_counter(), time.process_time()
        done = work()
        told = {"s": time.perf_counter() - start, "cpu_s": time.process_time() - used, "done": done}
    print(json.dumps({**told, "peak": _peak(), "origin": sys.modules["O365"].__file__}))


def _account(given: dict[str, Any], folder: Path) -> Any:
    from O365 import Account, FileSystemTokenBackend, MSGraphProtocol

    protocol = MSGraphProtocol()
    protocol.service_url = given["service_url"]
    options: dict[str, Any] = {"requests_delay": 0} if given["no_delay"] else {}
    account = Account(
        (given["app"],),
        auth_flow_type="password",
        username=given["user"],
        password=given["password"],
        tenant_id=given["tenant"],
        main_resource="me",
        protocol=protocol,
        token_backend=FileSystemTokenBackend(token_path=str(folder)),
        **options,
    )
    if not account.authenticate():
        raise RuntimeError("not authenticated")
    account.main_resource = "me"
    return account


def _peak() -> int:
    """Bytes of memory that the process had at most."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    main()
