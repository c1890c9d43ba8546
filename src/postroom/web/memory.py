"""What the C library does with memory that was freed."""

from __future__ import annotations

import ctypes
from typing import Final

KEPT_BYTES: Final = 32 << 20
"""Free memory that stays with the process, in each of the library's arenas."""
LARGE_BYTES: Final = 8 << 20
"""Blocks of this size and more are of their own and go back to the system at once."""
_TRIM, _LARGE = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of <malloc.h>


def keep_freed() -> bool:
    """Keep freed memory for the next request; whether the C library can (that of GNU).

    Bodies and answers come and go in blocks of some hundred kilobytes. By default such a block goes back to the system
    and is taken from it anew, page by page and zeroed, which takes longer than decrypting what is put into it.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(mallopt(_TRIM, KEPT_BYTES)) and bool(mallopt(_LARGE, LARGE_BYTES))
