"""The recipients of messages on their way: Postfix names them one by one, and at the end not at all."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST_RECIPIENTS: Final = 100_000
"""Of all messages together: about 20 MB."""
KEEP_S: Final = 3600.0
"""A client may take so long between the last recipient and the end of a message."""


class Recipients:
    """By `instance`, in the order in which they came. Of too many messages the one touched longest ago goes first."""

    def __init__(
        self,
        most: int = MOST_RECIPIENTS,
        keep_s: float = KEEP_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._keep_s, self._monotonic = most, keep_s, monotonic
        self._messages: OrderedDict[str, tuple[float, dict[str, None]]] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many recipients are remembered."""
        return self._held

    def add(self, instance: str, recipient: str) -> None:
        """Note a recipient; noting it again changes nothing, so that a question may be answered twice."""
        if not instance or not recipient:
            return
        with self._lock:
            _, known = self._messages.pop(instance, (0.0, {}))
            self._held += recipient not in known
            known[recipient] = None
            self._messages[instance] = self._monotonic(), known
            self._forget()

    def of(self, instance: str) -> tuple[str, ...]:
        """The recipients of a message; empty when it is not known."""
        with self._lock:
            self._forget()
            _, known = self._messages.get(instance, (0.0, {}))
            return tuple(known)

    def _forget(self) -> None:
        expired = self._monotonic() - self._keep_s
        while self._messages:
            touched, known = next(iter(self._messages.values()))
            if self._held <= self._most and touched >= expired:
                return
            self._messages.popitem(last=False)
            self._held -= len(known)
