"""Under the shim: for each line of standard input a child makes, uses, restarts, freezes and deletes instances, and may
be killed at a step of that. What it was told is done it passes on at once."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.archive import instances

from postroom.archive.instance.audit import SYSTEM
from postroom.archive.management.management import Management
from postroom.settings import Spe
from postroom.work import Process

SETTINGS = replace(instances.settings(pack_bytes=64 << 10), spe=Spe(open=2))
HOST = "host1"


def opened(root: Path) -> Management:
    return Management(root, SETTINGS)


def work(root: Path, tell: Callable[[str], object]) -> None:
    process = Process("test", "admin")
    with opened(root) as management:
        management.hosts.create(HOST, {"port": 8472, "thumbprint": "AB" * 20}, SYSTEM)
        for name in ("elm", "oak"):
            management.create_instance(name, {"host": HOST}, SYSTEM)
            tell(f"made {name}")
        with management.tenants.use("elm") as archive:
            archive.instance.users.create("anna", ("login",), SYSTEM)
            archive.instance.service_provider.let_in(True, SYSTEM)
        tell("anna")
        management.restart("elm", SYSTEM, process)
        management.freeze("*", SYSTEM, process)
        management.thaw("*", SYSTEM, process)
        management.update_instance("elm", {"display_name": "Elm"}, SYSTEM)
        tell("named")
        management.stop("oak", SYSTEM, process)
        tell("deleting oak")
        management.delete("oak", SYSTEM, process)
        tell("deleted oak")


def _tell(pipe: int, text: str) -> None:
    os.write(pipe, f"{text}\n".encode())


def main() -> None:
    shim = ctypes.CDLL(os.environ["FAULT_SHIM"])
    for line in sys.stdin:
        root, kill, torn = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            nothing, never = ctypes.c_char_p(b""), ctypes.c_long(0)
            shim.fault_arm(root.encode(), nothing, nothing, ctypes.c_long(kill), torn, never, never, 0)
            tell = partial(_tell, write)
            work(Path(root), tell)
            tell(f"steps {shim.fault_steps()}")
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            told = pipe.read().decode().splitlines()
        _, status = os.waitpid(child, 0)
        print(json.dumps({"told": told, "status": status}), flush=True)


if __name__ == "__main__":
    main()
