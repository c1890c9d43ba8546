"""All checks, in the order in which they are asked."""

from __future__ import annotations

import time
from collections.abc import Callable

from postroom.accounts.database.connect import Databases, Unit
from postroom.accounts.enforce.access import Access
from postroom.accounts.enforce.checks import Checks
from postroom.accounts.enforce.directory import Directory
from postroom.accounts.enforce.sql import SqlDirectory
from postroom.accounts.enforce.throttle import Throttle
from postroom.settings import Accounts, Policy


def enforcement(
    policy: Policy,
    accounts: Accounts,
    databases: Databases,
    directory: Callable[[Unit], Directory] = SqlDirectory,
    clock: Callable[[], float] = time.time,
) -> Checks:
    """What the policy server asks. Throttles come last: they count what all others let pass.

    Raises Invalid when `policy.networks` has something that is none.
    """
    delimiters = accounts.recipient_delimiters
    return Checks([Access(delimiters), Throttle(policy, delimiters)], databases, directory, clock)
