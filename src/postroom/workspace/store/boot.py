"""Which run of the machine this is: whatever was written since it began is there, synced or not."""

from __future__ import annotations

from pathlib import Path
from typing import Final

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


def boot() -> str:
    """An id that no later run has; "" on systems that tell none: there nothing may be left unsynced."""
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""
