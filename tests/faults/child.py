"""A process under the shim: for each line of standard input it forks a child that works and may be killed or fail.

Forking saves the half second that starting Python takes, so that hundreds of kills fit into a test run.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Order:
    """What one child does. Steps are counted over `kinds` of calls (see shim.c; '' = all), from 1; 0 = never."""

    root: str
    work: str = "work"
    log: str = ""
    kinds: str = ""
    kill: int = 0
    torn: int = 0
    fail_first: int = 0
    fail_count: int = 0
    errno: int = 0


def main() -> None:
    from tests.faults import workload, workspace_load

    shim = ctypes.CDLL(os.environ["FAULT_SHIM"])
    workload.small_dictionaries()
    works = {
        "work": workload.work,
        "stubborn": workload.stubborn,
        "crowd": workload.crowd,
        "workspace": workspace_load.work,
        "workspace_stubborn": workspace_load.stubborn,
    }
    for line in sys.stdin:
        order = Order(**json.loads(line))
        read, write = os.pipe()
        child = os.fork()
        if not child:
            root = Path(order.root)
            # Traced along with the store, or else no step of its own.
            told = root / "told" if order.log else root.parent / f"told-{root.name}"
            tell = workload.teller(told)
            shim.fault_arm(
                *(text.encode() for text in (order.root, order.log, order.kinds)),
                ctypes.c_long(order.kill),
                order.torn,
                ctypes.c_long(order.fail_first),
                ctypes.c_long(order.fail_count),
                order.errno,
            )
            try:
                works[order.work](root / "store", tell)
                answer = ""
            except BaseException as error:  # noqa: BLE001 - the parent judges it
                answer = f"{type(error).__name__}: {error}"
            os.write(write, json.dumps([shim.fault_steps(), answer]).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            answer_raw = pipe.read() or b'[0, "killed"]'
        os.waitpid(child, 0)
        print(answer_raw.decode(), flush=True)


def text_of(order: Order) -> str:
    return json.dumps(asdict(order))


if __name__ == "__main__":
    main()
