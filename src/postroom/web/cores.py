"""How many processor cores the server uses.

Python runs one thread at a time. Threads on two cores that hand it to each other wake each other across them for each
statement of a short call; on one core they do not. What runs beside Python (reading archives, hashing) loses by it.
"""

from __future__ import annotations

import os
import sys

from postroom.errors import Invalid


def keep_to(most: int) -> None:
    """Keep this process, with all threads and processes that it starts from now on, to so many cores; 0 = all.

    Raises Invalid for `web.cores` where the system cannot do it.
    """
    if not most:
        return
    if sys.platform != "linux":
        raise Invalid("web.cores", "0 on this system: only Linux can keep a process to some cores")
    # From the top: the first core is the one that usually serves interrupts.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-most:])
