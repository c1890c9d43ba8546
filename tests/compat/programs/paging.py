"""Lists that are longer than a page, and the query helper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

COUNT = 30


def run(account: Any, given: dict[str, Any], _folder: Path) -> dict[str, Any]:
    mailbox = account.mailbox()
    drafts = mailbox.drafts_folder()
    for number in range(COUNT):
        message = mailbox.new_message()
        message.to.add(given["friend"])
        message.subject = f"Page {number:02}"
        message.body = "x"
        message.save_draft()
    seen: dict[str, Any] = {}
    query = mailbox.q().startswith("subject", "Page")
    pages = drafts.get_messages(limit=25, batch=10, query=query, order_by="subject")
    seen["limited"] = [message.subject for message in pages]
    everything = drafts.get_messages(limit=None, batch=10, query=query)
    seen["all"] = sum(1 for _ in everything)
    both = mailbox.q().chain_and(mailbox.q().startswith("subject", "Page 1"), mailbox.q().equals("is_draft", word=True))
    seen["both"] = sorted(message.subject for message in drafts.get_messages(limit=None, query=both))
    either = mailbox.q().chain_or(mailbox.q().equals("subject", "Page 03"), mailbox.q().contains("subject", "e 29"))
    seen["either"] = sorted(message.subject for message in drafts.get_messages(query=either))
    few = mailbox.q().select("subject", "is_read")
    first = next(iter(drafts.get_messages(limit=1, query=few)))
    seen["selected"] = first.subject.startswith("Page") and not first.body
    return seen


def expected(_given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "limited": [f"Page {number:02}" for number in range(25)],
        "all": COUNT,
        "both": [f"Page 1{number}" for number in range(10)],
        "either": ["Page 03", "Page 29"],
        "selected": True,
    }
