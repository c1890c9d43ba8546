"""Automatic replies: whether one is due for a message, and which.

Source: RFC 3834, section 2 (what is never answered); Microsoft Graph, automaticRepliesSetting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from postroom.workspace.clock import to_ms
from postroom.workspace.query.zones import zone
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.mail.kinds import SETTINGS
from postroom.workspace.workloads.mail.rules import Facts

_ROBOTS: Final = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|owner-.*|.*-(?:request|owner|bounces?)|listserv|"
    r"majordomo)(?:[+=].*)?@",
    re.IGNORECASE,
)
_LISTS: Final = ("list-id", "list-help", "list-unsubscribe", "list-post", "mailing-list", "x-mailing-list")
_BULK: Final = frozenset({"bulk", "list", "junk", "auto_reply"})
_DEFAULT_PERIOD: Final = "always"
_REMEMBERED: Final = timedelta(days=365)
"""Who writes again after a year may well be told again; without an end, senders of spam would fill the table."""
_REPLIED: Final = "INSERT OR IGNORE INTO replied (mailbox, sender, period, at_ms, until_ms) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Due:
    """A reply to send. `period` tells apart the times for which each sender is answered once; it is over at `until`,
    or as good as over."""

    message: str
    period: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Audience:
    """Who wrote: a colleague, or perhaps somebody whom the mailbox knows."""

    internal: bool
    is_contact: Callable[[], bool] = lambda: False

    def is_answered(self, outside: str) -> bool:
        """By the setting of who is answered outside."""
        return self.internal or outside == "all" or (outside == "contactsOnly" and self.is_contact())


def setting_of(unit: Unit, mailbox: str) -> Mapping[str, Any]:
    """What the mailbox has set; empty where nobody has set anything."""
    settings = next(iter(unit.items.roots(mailbox, SETTINGS)), None)
    return (settings.document.get("automaticRepliesSetting") or {}) if settings else {}


def due(setting: Mapping[str, Any], sender: str, facts: Facts, audience: Audience, *, now: datetime) -> Due | None:
    """The reply for a message from this envelope sender, None when none is due."""
    if not sender or not is_on(setting, now) or not _answerable(sender, facts):
        return None
    if not audience.is_answered(str(setting.get("externalAudience") or "all")):
        return None
    message = str(setting.get("internalReplyMessage" if audience.internal else "externalReplyMessage") or "")
    return Due(message, _period(setting), _until(setting, now)) if text.to_text(message).strip() else None


def first(unit: Unit, mailbox: str, sender: str, found: Due) -> bool:
    """Note that this sender is answered; whether it is for the first time in this period."""
    row = (mailbox, sender.lower(), found.period, to_ms(unit.now), to_ms(found.until))
    return unit.connection.execute(_REPLIED, row).rowcount > 0


def tend(unit: Unit) -> int:
    """Forget who was answered in times that are over. How many."""
    return unit.connection.execute("DELETE FROM replied WHERE until_ms <= ?", (to_ms(unit.now),)).rowcount


def is_on(setting: Mapping[str, Any], now: datetime) -> bool:
    """Whether anybody is answered at this time."""
    status = setting.get("status")
    if status != "scheduled":
        return status == "alwaysEnabled"
    begin, end = moment(setting.get("scheduledStartDateTime")), moment(setting.get("scheduledEndDateTime"))
    return begin is not None and end is not None and begin <= now < end


def _period(setting: Mapping[str, Any]) -> str:
    if setting.get("status") != "scheduled":
        return str(setting.get("_since") or _DEFAULT_PERIOD)
    begin, end = moment(setting.get("scheduledStartDateTime")), moment(setting.get("scheduledEndDateTime"))
    return f"{begin}/{end}"


def _until(setting: Mapping[str, Any], now: datetime) -> datetime:
    end = moment(setting.get("scheduledEndDateTime")) if setting.get("status") == "scheduled" else None
    return min(end or now + _REMEMBERED, now + _REMEMBERED)


def moment(value: Mapping[str, Any] | None) -> datetime | None:
    """A date and time with its zone, in UTC. Raises ValueError, KeyError, OverflowError for what is none."""
    if not value:
        return None
    found = datetime.fromisoformat(str(value["dateTime"]))
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone(str(value.get("timeZone") or "UTC")) or UTC)
    return found.astimezone(UTC)


def _answerable(sender: str, facts: Facts) -> bool:
    """No lists, no robots, no answers to answers, and only what was sent to us by name."""
    automatic = facts.field("auto-submitted") not in ("", "no")
    bulk = facts.field("precedence") in _BULK or any(facts.field(name) for name in _LISTS)
    suppressed = {"all", "oof", "autoreply"} & {
        word.strip() for word in facts.field("x-auto-response-suppress").split(",")
    }
    spam = facts.field("x-spam-flag").startswith("yes")
    named = bool(facts.own & {*facts.to, *facts.cc})
    own = sender.lower() in facts.own
    # The header of the reply could not name them.
    reachable = sender.isascii()
    return named and reachable and not (automatic or bulk or suppressed or spam or own or _ROBOTS.match(sender))
