"""One message on its way in: its bytes in memory or in a file, or the answer why they are not kept."""

from __future__ import annotations

from typing import Final

from postroom.archive.body import Body, Spool
from postroom.errors import NoSpace
from postroom.faces.journal.dots import Dotted

SPOOL_BYTES: Final = 1 << 20
"""A message over this waits in a file: a hundred connections must not fill the memory."""
PIECE_BYTES: Final = 64 << 10
"""So much is written at once."""

TOO_LARGE: Final = "552 5.3.4 The message is too large"
NO_SPACE: Final = "452 4.3.1 No space left, please try again later"


class Incoming:
    """Fed with the pieces that `Dotted` wants. `refusal` is '' as long as all is kept."""

    def __init__(self, limit: int) -> None:
        self._limit, self._dotted, self._spool = limit, Dotted(), Spool(SPOOL_BYTES)
        self._pending = bytearray()
        self.refusal = ""

    @property
    def size(self) -> int:
        """Bytes so far, kept or not."""
        return self._dotted.size

    @property
    def ended(self) -> bool:
        return self._dotted.ended

    @property
    def hopeless(self) -> bool:
        """Too large, and still it goes on."""
        return self.size > 2 * self._limit

    def feed(self, piece: bytes) -> None:
        text = self._dotted.feed(piece)
        if self.refusal:
            return
        self._pending += text
        if self.size > self._limit:
            self._drop(TOO_LARGE)
        elif len(self._pending) >= PIECE_BYTES:
            self._write()

    def finish(self) -> Body | None:
        """The message; None when it is refused."""
        if not self.refusal:
            self._write()
        return None if self.refusal else self._spool.finish()

    def _write(self) -> None:
        try:
            self._spool.write(bytes(self._pending))
            self._pending.clear()
        except NoSpace:
            self._drop(NO_SPACE)

    def _drop(self, refusal: str) -> None:
        self.refusal, self._spool = refusal, Spool()
        self._pending.clear()
