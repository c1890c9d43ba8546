"""quickXorHash, which OneDrive shows of files: quick, and no protection against anybody.

A state of 160 bits; byte number i is XORed into it at bit 11 * i modulo 160, around its end; at last the number of
bytes, in 64 bits, into the last 8 of its 20 bytes. All numbers have their lowest byte first.
Source: Microsoft, code snippets of QuickXorHash (description of the algorithm).
"""

from __future__ import annotations

import base64
from typing import Final

_BITS: Final = 160
_SHIFT: Final = 11
_MASK: Final = (1 << _BITS) - 1
_PERIOD: Final = 160
"""After so many bytes the places repeat: bytes that far apart are XORed first, as long numbers."""
_LENGTH_AT: Final = 12
_MOST: Final = _PERIOD << 12


class QuickXor:
    """Like a hash of `hashlib`."""

    def __init__(self) -> None:
        self._size = 0
        self._columns = 0
        """The XOR of all blocks of `_PERIOD` bytes, as one number."""

    def update(self, data: bytes | memoryview, /) -> None:
        view = memoryview(data)
        at = self._size % _PERIOD
        self._size += len(view)
        if at:
            self._columns ^= int.from_bytes(view[: _PERIOD - at], "little") << (8 * at)
            view = view[_PERIOD - at :]
        for begin in range(0, len(view), _MOST):
            self._columns ^= _folded(view[begin : begin + _MOST])

    def copy(self) -> QuickXor:
        other = QuickXor()
        other._size, other._columns = self._size, self._columns
        return other

    def digest(self) -> bytes:
        state = 0
        for index, byte in enumerate(self._columns.to_bytes(_PERIOD, "little")):
            turned = byte << (_SHIFT * index % _BITS)
            state ^= (turned & _MASK) ^ (turned >> _BITS)
        state ^= (self._size % (1 << 64)) << (8 * _LENGTH_AT)
        return state.to_bytes(_BITS // 8, "little")

    def text(self) -> str:
        """As OneDrive shows it, in base64."""
        return base64.b64encode(self.digest()).decode()


def _folded(view: memoryview) -> int:
    """The XOR of the blocks: the upper half on the lower one, again and again."""
    number, blocks = int.from_bytes(view, "little"), -(-len(view) // _PERIOD)
    while blocks > 1:
        half = (blocks + 1) // 2
        bits = 8 * _PERIOD * half
        number = (number & ((1 << bits) - 1)) ^ (number >> bits)
        blocks = half
    return number
