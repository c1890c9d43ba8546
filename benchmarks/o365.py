"""Our O365 against the original 2.1.10: the same programs on the same server in one run, in turn.

Each program runs in a process of its own, the original in the environment that `tests.compat` makes. Requests go to
the server itself and not through the proxy; only signing in, which is not counted, needs that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from compileall import compile_dir
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final, Literal

from tests.compat.environment import FOLDER, original_python

from benchmarks.bench import Bench
from benchmarks.claim import MIB, Bound, Claim
from benchmarks.graph_server import ADDRESS, FEW_MAIL, FRIEND, PASSWORD, Client, Running, graph, messages

PROGRAM: Final = Path(__file__).parent / "o365_program.py"
IMPORT: Final = """
import time
start = time.perf_counter()
from O365 import Account
taken_s = time.perf_counter() - start
import json, O365
print(json.dumps([taken_s, O365.__file__]))
"""
IMPORTS: Final = 5
Task = Literal["list", "files", "send", "attach"]
SENT: Final = (500, 5)
IN_BATCH: Final = 20
ATTACHED: Final = (25 * MIB, 5 * MIB)
"""In a bench with much mail, and in a small one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one program: seconds, of these processor time, what was done, the most memory, and whose O365 it was."""

    s: float
    cpu_s: float
    done: int
    peak: int
    origin: str


def measure_list(bench: Bench, *, no_delay: bool = False) -> Claim:
    """List all messages of an inbox, with twenty fields each."""
    return _measure(bench, "list", no_delay)


def measure_files(bench: Bench, *, no_delay: bool = False) -> Claim:
    """List all files of a drive, with twelve fields each."""
    with graph(bench) as server:
        _fill_drive(bench, server)
    return _measure(bench, "files", no_delay)


def measure_send(bench: Bench, *, no_delay: bool = False) -> Claim:
    """Send messages one by one. The original waits so long by default that once is enough."""
    return _measure(bench, "send", no_delay)


def measure_attach(bench: Bench, *, no_delay: bool = False) -> Claim:
    """Attach a large file to a draft."""
    return _measure(bench, "attach", no_delay)


def _measure(bench: Bench, task: Task, no_delay: bool) -> Claim:
    repeat = 1 if task == "send" and not no_delay else bench.repeat
    with graph(bench) as server:
        rounds = [_both(bench, server, task, no_delay=no_delay) for _ in range(repeat)]
        count = _count(bench, task)
    theirs, ours = [one for one, _ in rounds], [one for _, one in rounds]
    return Claim(
        f"o365_{task}{'_no_delay' if no_delay else ''}",
        median(one.s for one in ours),
        "s",
        median(own.s / other.s for other, own in rounds),
        _bound(no_delay=no_delay or task == "files"),  # pauses between eleven requests are little beside them
        {
            "count": count,
            "seconds": [one.s for one in ours],
            "original seconds": [one.s for one in theirs],
            "processor seconds": [one.cpu_s for one in ours],
            "original processor seconds": [one.cpu_s for one in theirs],
        },
        {
            "both did all of it": all(one.done == count for one in (*ours, *theirs)),
            "each is what it should be": apart([one.origin for one in theirs], [one.origin for one in ours]),
        },
    )


def measure_all(bench: Bench, *, no_delay: bool = False) -> Claim:
    """The three programs one after the other: their times together."""
    repeat = bench.repeat if no_delay else 1
    tasks: tuple[Task, ...] = ("list", "send", "attach")
    with graph(bench) as server:
        rounds = [[_both(bench, server, task, no_delay=no_delay) for task in tasks] for _ in range(repeat)]
        counts = [_count(bench, task) for task in tasks]
    theirs, ours = ([[pair[side] for pair in each] for each in rounds] for side in (0, 1))
    sums, original = ([sum(one.s for one in each) for each in side] for side in (ours, theirs))
    done = [[one.done for one in each] for each in (*ours, *theirs)]
    return Claim(
        f"o365_all{'_no_delay' if no_delay else ''}",
        median(sums),
        "s",
        median(own / other for own, other in zip(sums, original, strict=True)),
        _bound(no_delay=no_delay),
        {"seconds": sums, "original seconds": original, "list": counts[0], "send": counts[1], "attach": counts[2]},
        {
            "both did all of it": all(each == counts for each in done),
            "each is what it should be": apart(
                [one.origin for each in theirs for one in each], [one.origin for each in ours for one in each]
            ),
        },
    )


def _bound(*, no_delay: bool) -> Bound:
    return Bound("ratio", "at most", 0.5, 0.25) if no_delay else Bound("ratio", "at most", 0.1, 0.05)


def measure_memory(bench: Bench) -> Claim:
    """The most memory of a program that lists the inbox, and of one that attaches a file."""
    with graph(bench) as server:
        theirs, ours = _both(bench, server, "list", no_delay=True)
        heavy_theirs, heavy = _both(bench, server, "attach", no_delay=True)
    return Claim(
        "o365_memory",
        ours.peak / MIB,
        "MiB",
        ours.peak / theirs.peak,
        Bound("ratio", "at most", 1.0),
        {
            "listing MiB": ours.peak / MIB,
            "original listing MiB": theirs.peak / MIB,
            "attaching MiB": heavy.peak / MIB,
            "original attaching MiB": heavy_theirs.peak / MIB,
        },
        {
            "no more when attaching": heavy.peak <= heavy_theirs.peak,
            "each is what it should be": apart([theirs.origin, heavy_theirs.origin], [ours.origin, heavy.origin]),
        },
    )


def measure_import(bench: Bench) -> Claim:
    """Milliseconds of `from O365 import Account`."""
    for command in (_original(), _ours()):
        _imported(command)  # compiled, and in the page cache
    rounds = [(_imported(_original()), _imported(_ours())) for _ in range(max(IMPORTS, bench.repeat))]
    theirs, ours = [one for one, _ in rounds], [one for _, one in rounds]
    return Claim(
        "o365_import",
        median(ms for ms, _ in ours),
        "ms",
        median(own / other for (other, _), (own, _) in rounds),
        Bound("ratio", "at most", 1.0),
        {"ms": [ms for ms, _ in ours], "original ms": [ms for ms, _ in theirs]},
        {"each is what it should be": apart([origin for _, origin in theirs], [origin for _, origin in ours])},
    )


def _imported(python: list[str | Path]) -> tuple[float, str]:
    done = subprocess.run([*python, "-c", IMPORT], stdout=subprocess.PIPE, check=True)
    taken_s, origin = json.loads(done.stdout)
    return taken_s * 1_000, origin


def _original() -> list[str | Path]:
    """Without what PYTHONPATH names: with it, ours could be measured against itself."""
    return [original_python(), "-E", "-P"]


def _ours() -> list[str | Path]:
    """Compiled once and not in each process, as what pip installs is: the original is."""
    _compile()
    return [sys.executable, "-P"]


@cache
def _compile() -> None:
    """Also where PYTHONDONTWRITEBYTECODE is set."""
    found = find_spec("O365")
    assert found is not None
    assert found.origin is not None
    compile_dir(Path(found.origin).parent, quiet=1)


def apart(theirs: Sequence[str], ours: Sequence[str]) -> bool:
    """Whether the original came out of its environment every time, and ours never."""
    return all(Path(one).is_relative_to(FOLDER) for one in theirs) and not any(
        Path(one).is_relative_to(FOLDER) for one in ours
    )


def _both(bench: Bench, server: Running, task: Task, *, no_delay: bool) -> tuple[Outcome, Outcome]:
    """The original, then ours."""
    given = {**_given(server), "count": _count(bench, task), "no_delay": no_delay}
    theirs, ours = (_run(python, server, task, given) for python in (_original(), _ours()))
    return theirs, ours


def _count(bench: Bench, task: Task) -> int:
    """Messages to list or send; bytes to attach."""
    small = bench.mail.messages < FEW_MAIL
    return {"list": messages(bench), "files": messages(bench), "send": SENT[small], "attach": ATTACHED[small]}[task]


def _fill_drive(bench: Bench, server: Running) -> None:
    """As many empty files as there are messages, in the drive of the first user; once for a run of benchmarks."""
    mark = bench.scratch / "drive-is-full"
    if mark.exists():
        return
    client = Client(server)
    names = [f"Report {number:05}.txt" for number in range(messages(bench))]
    for start in range(0, len(names), IN_BATCH):
        asked = [_creation(place, name) for place, name in enumerate(names[start : start + IN_BATCH])]
        answer = json.loads(client.call("POST", "/v1.0/$batch", json.dumps({"requests": asked}).encode()))
        if wrong := [one for one in answer["responses"] if one["status"] != 201]:
            raise RuntimeError(f"A file was not made: {wrong[0]}")
    client.close()
    mark.touch()


def _creation(place: int, name: str) -> dict[str, Any]:
    kind = {"Content-Type": "application/json"}
    body = {"name": name, "file": {}}
    return {"id": str(place), "method": "POST", "url": "/me/drive/root/children", "headers": kind, "body": body}


def _given(server: Running) -> dict[str, Any]:
    return {
        "app": server.facts["app"],
        "tenant": server.facts["tenant"],
        "service_url": f"https://localhost:{server.facts['port']}/v1.0/",
        "user": ADDRESS,
        "friend": FRIEND,
        "password": PASSWORD,
    }


def _run(python: list[str | Path], server: Running, task: Task, given: dict[str, Any]) -> Outcome:
    ca, proxy = server.facts["ca"], f"http://localhost:{server.facts['proxy']}"
    own = {"HTTPS_PROXY": proxy, "REQUESTS_CA_BUNDLE": ca, "SSL_CERT_FILE": ca, "NO_PROXY": "localhost"}
    done = subprocess.run(
        [*python, PROGRAM, task],
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **own},
        check=True,
    )
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))
