"""Under the shim: for each line of standard input a child hands a store of one copied instance to another, and may be
killed at a step on the disk."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from pathlib import Path

from tests.archive.test_transfer import BY, archive

from postroom.archive.transfer import transfer


def work(shim: ctypes.CDLL, template: str, root: str, kill: int) -> int:
    """Steps of the transfer."""
    shutil.copytree(template, root)
    with archive(Path(root), "a") as first, archive(Path(root), "b") as second:
        nothing, never = ctypes.c_char_p(b""), ctypes.c_long(0)
        shim.fault_arm(root.encode(), nothing, nothing, ctypes.c_long(kill), 0, never, never, 0)
        transfer(first, second, [1], BY)
        return int(shim.fault_steps())


def main() -> None:
    shim = ctypes.CDLL(os.environ["FAULT_SHIM"])
    for line in sys.stdin:
        template, root, kill = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            os.set_inheritable(write, False)
            os.write(write, json.dumps(work(shim, template, root, kill)).encode())
            os._exit(0)
        os.close(write)
        _, status = os.waitpid(child, 0)
        with os.fdopen(read, "rb") as pipe:
            answer = pipe.read().decode()
        print(json.dumps({"answer": answer, "status": status}), flush=True)


if __name__ == "__main__":
    main()
