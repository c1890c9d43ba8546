"""Under the shim: does a piece of work per line of standard input, each in a child that may be killed at a step on the
disk. A line is the arguments as JSON; the answer is what the work returns, '' when it was killed."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable


class Shim:
    """Counts the steps on the disk below a folder, and kills at one of them."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(os.environ["FAULT_SHIM"])

    def arm(self, root: str, kill: int, torn: int = 0) -> None:
        """Count from here. `kill`: at which step, 0 for never; `torn`: that step writes a part before."""
        nothing, never = ctypes.c_char_p(b""), ctypes.c_long(0)
        self._library.fault_arm(root.encode(), nothing, nothing, ctypes.c_long(kill), torn, never, never, 0)

    def steps(self) -> int:
        return int(self._library.fault_steps())


def serve(work: Callable[..., object]) -> None:
    """`work` gets the shim, and the arguments of the line."""
    shim = Shim()
    for line in sys.stdin:
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            os.set_inheritable(write, False)
            os.write(write, json.dumps(work(shim, *json.loads(line))).encode())
            os._exit(0)
        os.close(write)
        _, status = os.waitpid(child, 0)
        with os.fdopen(read, "rb") as pipe:
            answer = pipe.read().decode()
        print(json.dumps({"answer": answer, "status": status}), flush=True)
