"""Which limits hold for a user or client: of each limit the most specific setting that says something decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from postroom.accounts.enforce.who import Candidate

Kind = Literal["outbound", "external", "inbound"]
Name = Literal["msg_size", "max_rcpts", "max_msgs", "max_quota"]

TOO_LARGE: Final = "REJECT Message size is too large"
TOO_MANY_RECIPIENTS: Final = "REJECT Too many recipients in single message"
EXCEEDED: Final = "REJECT Throttling quota exceeded"


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of `throttle`. Of each limit -1 leaves it to less specific settings, and 0 is none."""

    id: int
    account: str
    kind: str
    period: int
    msg_size: int = -1
    max_msgs: int = -1
    max_quota: int = -1
    max_rcpts: int = -1


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` is above 0. Counters of `setting` are kept under the name `who`."""

    most: int
    setting: Setting
    who: str


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit."""

    msg_size: Limit | None
    max_rcpts: Limit | None
    max_msgs: Limit | None
    max_quota: Limit | None


def limits(kind: Kind, candidates: Iterable[Candidate], settings: Mapping[tuple[str, str], Setting]) -> Limits:
    """What holds for these candidates, the most specific first. `settings` are by account and kind.

    A setting without a period is not in use: it neither limits nor lets pass.
    """
    found = [
        (candidate, setting)
        for candidate in candidates
        if (setting := settings.get((candidate.account, kind))) is not None and setting.period > 0
    ]

    def first(name: Name) -> Limit | None:
        for candidate, setting in found:
            most = getattr(setting, name)
            if most >= 0:
                return Limit(most, setting, candidate.who) if most else None
        return None

    return Limits(first("msg_size"), first("max_rcpts"), first("max_msgs"), first("max_quota"))


@dataclass(frozen=True, slots=True)
class Counter:
    """A row of `throttle_tracking`: what was counted for one name and setting in a window that began at `init_time`.

    Epoch seconds; a window that never began has 0.
    """

    id: int
    messages: int
    size_bytes: int
    init_time: int
    last_notify_time: int = 0

    def over(self, period: int, now: int) -> bool:
        """Whether the window has ended, so that counting begins anew."""
        return now > self.init_time + period


@dataclass(slots=True)
class Charge:
    """What a message adds to one counter, and the limits that the counter is held against."""

    setting: Setting
    who: str
    messages: int = 0
    most_messages: int | None = None
    most_bytes: int | None = None

    def refused(self, counter: Counter, now: int) -> bool:
        """Whether the message is one too many. The one that crosses `most_bytes` still passes, the next does not."""
        ended = counter.over(self.setting.period, now)
        messages, size_bytes = (0, 0) if ended else (counter.messages, counter.size_bytes)
        too_many = self.most_messages is not None and messages + self.messages > self.most_messages
        return too_many or (self.most_bytes is not None and size_bytes > self.most_bytes)


def charges(counted: Iterable[tuple[Limits, int]]) -> list[Charge]:
    """One charge for each counter of a message; `counted` are limits and how many recipients they are about.

    Several recipients may share a counter, that of the client: their number adds up, the size counts once.
    Sorted, so that two transactions lock counters in one order.
    """
    found: dict[tuple[int, str], Charge] = {}
    for held, recipients in counted:
        mine: set[tuple[int, str]] = set()
        for limit in filter(None, (held.max_msgs, held.max_quota)):
            key = limit.setting.id, limit.who
            charge = found.setdefault(key, Charge(limit.setting, limit.who))
            charge.messages += 0 if key in mine else recipients
            mine.add(key)
        if held.max_msgs:
            found[held.max_msgs.setting.id, held.max_msgs.who].most_messages = held.max_msgs.most
        if held.max_quota:
            found[held.max_quota.setting.id, held.max_quota.who].most_bytes = held.max_quota.most
    return [found[key] for key in sorted(found)]
