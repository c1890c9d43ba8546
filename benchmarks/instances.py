"""Many instances on one server, few of them in use, against a server with one: memory, and the time to start."""

from __future__ import annotations

import re
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim

if TYPE_CHECKING:
    from postroom.archive.management.management import Management

MADE: Final = 2_000
USED: Final = 50
FEW: Final = (40, 5)
"""Made and used with little mail, where nothing is judged."""
ENOUGH_MESSAGES: Final = 5_000
HOST: Final = "host1"
SLOWEST_START: Final = 20.0
MIB: Final = 1 << 20


def measure(bench: Bench) -> Claim:
    """MiB of a server with MADE instances of which USED are open ÷ those of one with a single, open instance."""
    made, used = (MADE, USED) if bench.mail.messages >= ENOUGH_MESSAGES else FEW
    many, one = bench.scratch / "instances-many", bench.scratch / "instances-one"
    filled = bench.child("instances_fill", many, Path(str(made)))
    bench.child("instances_fill", one, Path("1"))
    rounds = [
        (bench.child("instances_use", one, Path("1")), bench.child("instances_use", many, Path(str(used))))
        for _ in range(bench.repeat)
    ]
    starts = [(small["start_s"], large["start_s"]) for small, large in rounds]
    slower = median(large / small for small, large in starts)
    return Claim(
        "instances",
        median(large["open_bytes"] for _, large in rounds) / MIB,
        "MiB",
        median(large["open_bytes"] / small["open_bytes"] for small, large in rounds),
        Bound("ratio", "at most", 3.0, 2.0),
        {
            "made": made,
            "used": used,
            "made per second": made / filled["s"],
            "MiB": _each(rounds, "open_bytes", MIB),
            "MiB before one is open": _each(rounds, "idle_bytes", MIB),
            "start seconds": _each(rounds, "start_s"),
            "first opening of each, seconds": [large["first_s"] / used for _, large in rounds],
            "use of an open one, microseconds": [large["again_s"] / used * 1e6 for _, large in rounds],
        },
        {
            f"the start takes at most {SLOWEST_START:.0f} times that with one": slower <= SLOWEST_START,
            "no more are open than were used": all(large["open"] == used for _, large in rounds),
        },
    )


def _each(rounds: list[tuple[dict[str, Any], dict[str, Any]]], name: str, unit: float = 1) -> dict[str, list[float]]:
    return {"one": [small[name] / unit for small, _ in rounds], "many": [large[name] / unit for _, large in rounds]}


# Tasks of `child`


def instances_fill(home: str, count: str) -> dict[str, object]:
    """So many instances, each started once, so that its archive is there."""
    from postroom.archive.instance.audit import SYSTEM

    with _management(home) as management:
        management.hosts.create(HOST, {"port": 8472, "thumbprint": "AB" * 20}, SYSTEM)
        start = time.perf_counter()
        for number in range(int(count)):
            management.create_instance(f"i{number}", {"host": HOST}, SYSTEM)
        return {"s": time.perf_counter() - start}


def instances_use(home: str, count: str) -> dict[str, object]:
    """The time until all instances may be used and what is due is known; then so many are used, twice."""
    start = time.perf_counter()
    with _management(home) as management:
        for tenant in management.tenants.all():
            management.tenants.read_due(tenant)
        started = time.perf_counter()
        idle = _bytes()
        names = [row.name for row in management.instances.all()[: int(count)]]
        first, again = _use(management, names), _use(management, names)
        return {
            "start_s": started - start,
            "idle_bytes": idle,
            "first_s": first,
            "again_s": again,
            "open_bytes": _bytes(),
            "open": len(management.tenants.open_ones()),
        }


def _use(management: Management, names: list[str]) -> float:
    start = time.perf_counter()
    for name in names:
        with management.tenants.use(name) as archive:
            archive.stores.current()
    return time.perf_counter() - start


def _management(home: str) -> Management:
    from postroom.archive.management.management import Management
    from postroom.settings import Settings

    return Management(Path(home), Settings())


def _bytes() -> int:
    """Memory of this process, its share of what it has in common with others."""
    found = re.search(rb"^Pss: +(\d+) kB", Path("/proc/self/smaps_rollup").read_bytes(), re.MULTILINE)
    assert found
    return int(found[1]) << 10
