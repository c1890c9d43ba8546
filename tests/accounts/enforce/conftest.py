"""A small mail server's view: settings written as the API does, messages sent as Postfix asks about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

import pytest
from sqlalchemy import Connection, insert, select

from postroom.accounts.addresses import account_form
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredapd, vmail
from postroom.accounts.enforce.checks import Checks
from postroom.accounts.enforce.enforcement import enforcement
from postroom.accounts.enforce.request import END_OF_MESSAGE, RCPT, Request
from postroom.settings import Accounts, Policy

CLIENT = "192.0.2.7"
FAR = "bert@far.example"


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Server:
    """Checks over one set of databases."""

    databases: Databases
    clock: Clock
    checks: Checks
    instances: Iterable[int] = field(default_factory=count)

    def throttle(self, account: str, kind: str = "outbound", period: int = 60, **limits: int) -> int:
        """Write a setting; its id."""
        row = {"account": account, "kind": kind, "period": period, **limits}
        row["priority"] = account_form(account).priority
        with self.databases.write() as unit:
            unit.iredapd.execute(insert(iredapd.throttle).values(row))
            it = iredapd.throttle.c
            asked = select(it.id).where(it.account == account, it.kind == kind)
            return int(unit.iredapd.execute(asked).scalar_one())

    def counted(self, tid: int, who: str) -> tuple[int, int, int] | None:
        """(messages, bytes, begin of the window)."""
        it = iredapd.throttle_tracking.c
        with self.databases.read() as unit:
            row = unit.iredapd.execute(
                select(it.cur_msgs, it.cur_quota, it.init_time).where(it.tid == tid, it.account == who)
            ).first()
        return None if row is None else (row[0], row[1], row[2])

    def domain(self, name: str, *aliases: str) -> None:
        with self.databases.write() as unit:
            unit.vmail.execute(insert(vmail.domain).values(domain=name))
            for alias in aliases:
                unit.vmail.execute(insert(vmail.alias_domain).values(alias_domain=alias, target_domain=name))

    def alias(self, address: str, policy: str, members: Iterable[str] = (), moderators: Iterable[str] = ()) -> None:
        with self.databases.write() as unit:
            domain = address.partition("@")[2]
            unit.vmail.execute(insert(vmail.alias).values(address=address, domain=domain, accesspolicy=policy))
            _rows(unit.vmail, address, members, moderators)

    def send(
        self,
        sender: str = "anna@example.com",
        to: str | tuple[str, ...] = FAR,
        *,
        login: bool = True,
        size: int = 1000,
        client: str = CLIENT,
        server: Checks | None = None,
    ) -> str:
        """What Postfix is told at the end of a message, after its recipients."""
        checks, given = server or self.checks, (to,) if isinstance(to, str) else to
        common = {"sender": sender, "sasl_username": sender if login else "", "client_address": client}
        common["instance"] = f"1.{next(iter(self.instances))}.0"
        asked = [Request.of({"protocol_state": RCPT, "recipient": recipient, **common}) for recipient in given]
        assert checks.answer(asked) == ["DUNNO"] * len(given)
        end = {"protocol_state": END_OF_MESSAGE, "size": str(size), "recipient_count": str(len(given)), **common}
        # As Postfix does it: the recipient is named when there is one.
        (answer,) = checks.answer([Request.of({**end, "recipient": given[0] if len(given) == 1 else ""})])
        assert isinstance(answer, str), answer
        return answer

    def rcpt(self, sender: str, recipient: str, login: str = "") -> str:
        """What Postfix is told about one recipient."""
        given = {"protocol_state": RCPT, "sender": sender, "recipient": recipient, "sasl_username": login}
        (answer,) = self.checks.answer([Request.of(given)])
        assert isinstance(answer, str), answer
        return answer


def _rows(connection: Connection, address: str, members: Iterable[str], moderators: Iterable[str]) -> None:
    for member in members:
        row = {"address": address, "forwarding": member, "is_list": 1}
        connection.execute(insert(vmail.forwardings).values(row))
    for moderator in moderators:
        connection.execute(insert(vmail.moderators).values(address=address, moderator=moderator))


Make = Callable[..., Server]


@pytest.fixture
def make(databases: Databases) -> Make:
    """Checks with settings of the test's own; `example.com` is hosted."""

    def made(**policy: object) -> Server:
        clock = Clock()
        checks = enforcement(Policy(**policy), Accounts(), databases, clock=clock)  # type: ignore[arg-type]
        return Server(databases, clock, checks)

    return made


@pytest.fixture
def server(make: Make) -> Server:
    """Checks with the default settings."""
    found = make()
    found.domain("example.com", "alias.example")
    return found
