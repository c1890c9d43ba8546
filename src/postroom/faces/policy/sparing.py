"""A log for what strangers or a broken database can cause a thousand times a second."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 10.0


class SparingLog:
    """Of each kind one line in `EVERY_S` seconds; it tells how many it stands for. For use in one thread."""

    def __init__(self, logger: logging.Logger, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._logger, self._monotonic = logger, monotonic
        self._kinds: dict[str, tuple[float, int]] = {}

    def warning(self, kind: str, **facts: object) -> None:
        """`kind` is a fixed sentence."""
        if (skipped := self._due(kind)) is not None:
            self._logger.warning(kind, extra={**facts, "more": skipped})

    def error(self, kind: str, cause: BaseException, **facts: object) -> None:
        """As `warning`, with the stack of the cause."""
        if (skipped := self._due(kind)) is not None:
            self._logger.error(kind, exc_info=cause, extra={**facts, "more": skipped})

    def _due(self, kind: str) -> int | None:
        """How many were left out since the last line; None when this one is left out too."""
        now = self._monotonic()
        until, skipped = self._kinds.get(kind, (now, 0))
        due = now >= until
        self._kinds[kind] = (now + EVERY_S, 0) if due else (until, skipped + 1)
        return skipped if due else None
