"""Queries as versions before 2.1 have them: one object, condition after condition. Runs on O365 2.0.38 and on ours."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

COUNT = 12


def run(account: Any, given: dict[str, Any], _folder: Path) -> dict[str, Any]:
    mailbox = account.mailbox()
    drafts = mailbox.drafts_folder()
    for number in range(COUNT):
        message = mailbox.new_message()
        message.to.add(given["friend"])
        message.subject = f"Chain {number:02}"
        message.body = "x"
        message.save_draft()

    def subjects(query: Any, **options: Any) -> list[str]:
        return sorted(message.subject for message in drafts.get_messages(query=query, **options))

    seen: dict[str, Any] = {}
    seen["one"] = subjects(mailbox.new_query("subject").equals("Chain 03"))
    query = mailbox.new_query().on_attribute("subject").contains("ain 0").chain("and").startswith("Chain")
    seen["both"] = subjects(query, limit=4, order_by="subject")
    query = mailbox.q("subject").startswith("Chain 1").chain("or").on_attribute("subject").equals("Chain 05")
    seen["either"] = subjects(query)
    query = mailbox.new_query("subject").startswith("Chain")
    query.chain("and").on_attribute("created_date_time").greater(datetime(2020, 1, 1))
    seen["statements"] = subjects(query, limit=None, batch=5)
    query = mailbox.new_query("subject").negate().startswith("Chain 0")
    seen["negated"] = subjects(query)
    query = mailbox.new_query().open_group().on_attribute("subject").equals("Chain 01").chain("or").equals("Chain 02")
    query = query.close_group().chain("and").on_attribute("is_draft").equals(True)
    seen["grouped"] = subjects(query)
    query = mailbox.new_query().select("subject", "is_read")
    first = next(iter(drafts.get_messages(limit=1, query=query, order_by="subject desc")))
    seen["selected"] = (first.subject, first.body)
    people = account.directory()
    query = people.new_query("display_name")
    query.startswith("Be")
    seen["people"] = [user.mail for user in people.get_users(query=query)]
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 with chains must have seen."""
    low = [f"Chain {number:02}" for number in range(10)]
    high = [f"Chain {number:02}" for number in range(10, COUNT)]
    return {
        "one": ["Chain 03"],
        "both": low[:4],
        "either": ["Chain 05", *high],
        "statements": [*low, *high],
        "negated": high,
        "grouped": ["Chain 01", "Chain 02"],
        "selected": ["Chain 11", ""],
        "people": [given["friend"]],
    }
