"""Where mail comes from: `open_source` finds out what a path holds, a Source gives its messages.

Nothing here trusts names, sizes or contents; what cannot be read becomes a Problem in its place.
"""

from __future__ import annotations

from postroom.archive.sources.detect import KINDS, open_source
from postroom.archive.sources.model import Arrival, Item, Known, Problem, Source

__all__ = ["KINDS", "Arrival", "Item", "Known", "Problem", "Source", "open_source"]
