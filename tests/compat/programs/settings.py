"""Automatic replies, categories, people: the rest of what the README of the original shows around mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


def run(account: Any, given: dict[str, Any], _folder: Path) -> dict[str, Any]:
    from O365.category import CategoryColor
    from O365.mailbox import AutoReplyStatus, ExternalAudience

    mailbox = account.mailbox()
    seen: dict[str, Any] = {}

    settings = mailbox.get_settings()
    replies = settings.automaticrepliessettings
    start = datetime(2031, 5, 1, 8, 0, tzinfo=account.protocol.timezone)
    replies.scheduled_startdatetime = start
    replies.scheduled_enddatetime = start + timedelta(days=2)
    replies.status = AutoReplyStatus.SCHEDULED
    replies.external_audience = ExternalAudience.NONE
    replies.internal_reply_message = "Away, colleagues"
    replies.external_reply_message = "Away"
    seen["saved"] = settings.save()
    again = mailbox.get_settings().automaticrepliessettings
    seen["replies"] = (again.status.value, again.external_audience.value, again.internal_reply_message)
    seen["from"] = again.scheduled_startdatetime == start
    seen["off"] = mailbox.set_disable_reply()
    seen["status"] = mailbox.get_settings().automaticrepliessettings.status.value

    categories = account.outlook_categories()
    mine = categories.create_category("Important matters", color=CategoryColor.RED)
    seen["category"] = (mine.name, mine.color.value)
    seen["recoloured"] = mine.update_color(CategoryColor.DARKGREEN)
    found = [category for category in categories.get_categories() if category.name == "Important matters"]
    seen["categories"] = [category.color.value for category in found]
    seen["removed"] = mine.delete()

    people = account.directory()
    seen["person"] = people.get_user(given["friend"]).mail
    seen["people"] = given["friend"] in [user.mail for user in people.get_users(limit=None)]
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "saved": True,
        "replies": ["scheduled", "none", "Away, colleagues"],
        "from": True,
        "off": True,
        "status": "disabled",
        "category": ["Important matters", "preset0"],
        "recoloured": True,
        "categories": ["preset19"],
        "removed": True,
        "person": given["friend"],
        "people": True,
    }
