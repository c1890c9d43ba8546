"""When an instance that is not open has something to do by itself: asked of its database, without opening the rest."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from postroom.archive.stores import INSTANCE_FILE

logger = logging.getLogger(__name__)
_DUE: Final = """
SELECT min(due_ms) FROM (
  SELECT due_ms FROM job WHERE enabled UNION ALL SELECT coalesce(due_ms, 0) FROM profile WHERE automatic
)
"""


def next_due_ms(directory: Path) -> int | None:
    """Milliseconds since 1970; None for never, and for what cannot be read: whoever opens it will be told why."""
    file = directory / INSTANCE_FILE
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=1.0)) as connection:
            found: int | None = connection.execute(_DUE).fetchone()[0]
            return found
    except sqlite3.Error as error:
        logger.warning("What is due in the instance in %s cannot be read: %s", directory, error)
        return None
