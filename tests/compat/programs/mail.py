"""What the README of the original shows of mailboxes and messages, with words of ours. Runs on either O365."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LARGE = 4_300_000


def run(account: Any, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    me, friend = given["user"], given["friend"]
    mailbox = account.mailbox()
    seen: dict[str, Any] = {}

    note = folder / "note.txt"
    note.write_text("An attached note.")
    message = account.new_message()
    message.to.add(friend)
    message.subject = "Tea at four"
    message.body = "Shall we meet at four?"
    message.attachments.add(str(note))
    seen["sent"] = message.send()

    draft = mailbox.new_message()
    draft.to.add([friend, me])
    draft.subject = "Still writing"
    draft.body = "Dear friend,"
    seen["saved"] = draft.save_draft()
    seen["draft"] = bool(draft.object_id) and draft.is_draft
    draft.subject = "Written"
    seen["saved again"] = draft.save_draft()
    seen["draft subject"] = mailbox.get_message(draft.object_id).subject

    seen["in sent"] = sorted(found.subject for found in mailbox.sent_folder().get_messages())
    seen["in drafts"] = sorted(found.subject for found in mailbox.drafts_folder().get_messages())

    large = folder / "large.bin"
    large.write_bytes(bytes(range(256)) * (LARGE // 256))
    heavy = mailbox.new_message()
    heavy.to.add(me)
    heavy.subject = "Heavy"
    heavy.body = "See below."
    heavy.save_draft()
    heavy.attachments.add(str(large))
    seen["heavy saved"] = heavy.save_draft()
    seen["heavy sent"] = heavy.send()

    arrived = next(iter(mailbox.inbox_folder().get_messages(query="subject eq 'Heavy'")))
    seen["heavy arrived"] = arrived.has_attachments
    arrived.attachments.download_attachments()
    whole = arrived.attachments[0]
    whole.save(folder, "again.bin")
    seen["heavy is whole"] = (folder / "again.bin").read_bytes() == large.read_bytes()

    seen["read"] = arrived.mark_as_read()
    seen["is read"] = mailbox.get_message(arrived.object_id).is_read
    answer = arrived.reply()
    seen["answer"] = (answer.subject, [to.address for to in answer.to])
    answer.body = "It is."
    seen["answered"] = answer.send()

    archive = mailbox.get_folder(folder_name="Archive") or mailbox.create_child_folder("Archive")
    kept = archive.create_child_folder("Quotes")
    seen["folders"] = [child.name for child in archive.get_folders(25)]
    seen["moved"] = arrived.move(kept)
    seen["in quotes"] = [found.subject for found in kept.get_messages()]
    copied = next(iter(kept.get_messages())).copy(mailbox.inbox_folder())
    seen["copied"] = copied.subject
    seen["eml"] = copied.save_as_eml(to_path=folder / "saved.eml")
    seen["eml has"] = b"Subject: Heavy" in (folder / "saved.eml").read_bytes()
    seen["deleted"] = copied.delete()

    selected = mailbox.get_message(query=mailbox.q().select("internet_message_headers"))
    names = [value for header in selected.message_headers for key, value in header.items() if key.lower() == "name"]
    seen["headers"] = "message-id" in [name.lower() for name in names]
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "sent": True,
        "saved": True,
        "draft": True,
        "saved again": True,
        "draft subject": "Written",
        "in sent": ["Tea at four"],
        "in drafts": ["Written"],
        "heavy saved": True,
        "heavy sent": True,
        "heavy arrived": True,
        "heavy is whole": True,
        "read": True,
        "is read": True,
        "answer": ["RE: Heavy", [given["user"]]],
        "answered": True,
        "folders": ["Quotes"],
        "moved": True,
        "in quotes": ["Heavy"],
        "copied": "Heavy",
        "eml": True,
        "eml has": True,
        "deleted": True,
        "headers": True,
    }
