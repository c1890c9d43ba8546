"""Which limits hold for a user or client: of each limit the most specific setting that says something decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

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


@dataclass(slots=True)
class Tally:
    """A counter in the hands of a transaction: what it found there and what it adds."""

    counter: Counter
    period: int
    over: bool
    """Whether the window has ended: then the first message that is counted begins a new one."""
    added_messages: int = 0
    added_bytes: int = 0
    notified: bool = False

    @classmethod
    def of(cls, counter: Counter, period: int, now: int) -> Self:
        return cls(counter, period, over=now > counter.init_time + period)

    @property
    def found_messages(self) -> int:
        return 0 if self.over else self.counter.messages

    @property
    def found_bytes(self) -> int:
        return 0 if self.over else self.counter.size_bytes

    def add(self, messages: int, size_bytes: int) -> None:
        self.added_messages += messages
        self.added_bytes += size_bytes


@dataclass(slots=True)
class Charge:
    """What a message adds to one counter, and the limits that the counter is held against."""

    setting: Setting
    who: str
    messages: int = 0
    most_messages: int | None = None
    most_bytes: int | None = None

    @property
    def key(self) -> tuple[int, str]:
        return self.setting.id, self.who

    def refused(self, tally: Tally) -> bool:
        """Whether the message is one too many. The one that crosses `most_bytes` still passes, the next does not."""
        messages = tally.found_messages + tally.added_messages + self.messages
        too_many = self.most_messages is not None and messages > self.most_messages
        return too_many or (self.most_bytes is not None and tally.found_bytes + tally.added_bytes > self.most_bytes)


def charges(counted: Iterable[tuple[Limits, int]]) -> list[Charge]:
    """One charge for each counter of a message; `counted` are limits and how many recipients they are about.

    Several recipients may share a counter, that of the client: their number adds up, the size counts once.
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
    return list(found.values())
