"""A message as a recipe: literal bytes and parts that are stored once, whoever sends them (docs/format.md §3.2).

A leaf body in base64 is stored decoded when encoding gives back the identical bytes; a long leaf body is stored as
it is, but shared. Everything else is literal. `build` never trusts the scanner: what each segment stands for is
hashed as it is made from the stored bytes, and a message whose hash differs is stored literally.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from postroom.archive.body import Body
from postroom.archive.storage.format import PART_BYTES
from postroom.archive.storage.scan import find, leaves, release
from postroom.errors import Unavailable

MIN_BASE64_BYTES: Final = 1 << 10
"""A shorter base64 body is left literal: a part entry costs about 80 bytes and a catalogue row."""
MIN_SHARED_BYTES: Final = 16 << 10
"""A shorter body that is not base64 is left literal."""

MAX_LINE_BYTES: Final = PART_BYTES
"""A base64 body with longer lines is left as it is."""

Segment = int | list[str | int]
Recipe = list[Segment]
PutPart = Callable[[bytes], str]
"""Stores a part unless it is known; returns its BLAKE3 in hex."""
GetPart = Callable[[str], bytes]


def build(body: Body, sha256: bytes, put: PutPart) -> tuple[Recipe, list[bytes]] | None:
    """Recipe and literal pieces of a message; None when it is best stored as it is.

    Parts go to `put` while the message is read, so that a message of any size takes constant memory. `sha256` is
    the digest of the message, which the recipe must give back.
    """
    if len(body) <= PART_BYTES and not _worth_scanning(body):
        return None
    for found in (leaves(body), []):
        builder = _Builder(body, put)
        for leaf in found:
            if leaf.base64 and leaf.end - leaf.start >= MIN_BASE64_BYTES:
                builder.base64(leaf.start, leaf.end)
            elif not leaf.base64 and leaf.end - leaf.start >= MIN_SHARED_BYTES:
                builder.shared(leaf.start, leaf.end)
        builder.literal(len(body))
        if builder.rebuilt.digest() == sha256:
            return builder.result()
    raise Unavailable("The message changed while it was read. Repeat when nobody writes to its file.")


def _worth_scanning(body: Body) -> bool:
    if len(body) >= MIN_SHARED_BYTES:
        return True
    return len(body) > MIN_BASE64_BYTES and (body.find(b"base64") >= 0 or body.find(b"BASE64") >= 0)


class _Builder:
    """Grows a recipe from left to right; what no part covers is literal."""

    def __init__(self, body: Body, put: PutPart) -> None:
        self.body, self.put = body, put
        self.recipe: Recipe = []
        self.literals: list[bytes] = []
        self.literal_bytes = 0
        self.done = 0
        self.rebuilt = hashlib.sha256()

    def literal(self, end: int) -> None:
        """Take everything up to `end` as it is; in parts once there is much of it, so that no entry grows large."""
        while end > self.done and self.literal_bytes + end - self.done > PART_BYTES:
            self.recipe.append(["i", self.put(self._take(min(end, self.done + PART_BYTES)))])
        if end > self.done:
            piece = self._take(end)
            self.literals.append(piece)
            self.literal_bytes += len(piece)
            if self.recipe and isinstance(self.recipe[-1], int):
                self.recipe[-1] += len(piece)
            else:
                self.recipe.append(len(piece))

    def shared(self, start: int, end: int) -> None:
        """A long body that is stored as it is, cut into parts."""
        self.literal(start)
        while end > self.done:
            self.recipe.append(["i", self.put(self._take(min(end, self.done + PART_BYTES)))])

    def base64(self, start: int, end: int) -> None:
        """A base64 body in lines of one width, as decoded parts as far as it encodes back identically."""
        start, end = _trim(self.body, start, end)
        newline = find(self.body, b"\n", start, min(end, start + MAX_LINE_BYTES))
        stop = newline if newline >= 0 else end
        if stop - start > MAX_LINE_BYTES:
            return
        line = bytes(self.body[start:stop])
        eol = "\r\n" if line.endswith(b"\r") else "\n"
        width = len(line.rstrip(b"\r"))
        if newline < 0:
            width = -(-width // 4) * 4
        if not width or width % 4:
            return
        self.literal(start)
        lines = max(1, PART_BYTES // (width // 4 * 3))
        step = lines * (width + len(eol))
        while self.done < end:
            stop = min(end, self.done + step)
            raw = bytes(self.body[self.done : stop])
            last = int(raw.endswith(eol.encode()))
            data = _decoded(raw)
            if data is None or (again := encode_base64(data, width, eol, last)) != raw:
                return  # the rest is literal
            self.rebuilt.update(again)
            self.recipe.append(["b", self.put(data), width, eol, last])
            release(self.body, self.done, stop)
            self.done = stop

    def result(self) -> tuple[Recipe, list[bytes]] | None:
        """The recipe; None when no part was found."""
        return (self.recipe, self.literals) if any(isinstance(s, list) for s in self.recipe) else None

    def _take(self, end: int) -> bytes:
        piece = bytes(self.body[self.done : end])
        release(self.body, self.done, end)
        self.done = end
        self.rebuilt.update(piece)
        return piece


def _trim(body: Body, start: int, end: int) -> tuple[int, int]:
    """The span without blank space at its ends: it stays literal."""
    head = bytes(body[start : min(end, start + 64)])
    start += len(head) - len(head.lstrip(b"\r\n \t"))
    tail = bytes(body[max(start, end - 64) : end])
    return start, end - (len(tail) - len(tail.rstrip(b"\r\n \t")))


def _decoded(raw: bytes) -> bytes | None:
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        return None


def encode_base64(data: bytes, width: int, eol: str, last: int) -> bytes:
    """Base64 in lines of `width` characters, each ended by `eol`; `last` tells whether the last one is ended too."""
    text = binascii.b2a_base64(data, newline=False)
    end = eol.encode()
    joined = end.join([text[i : i + width] for i in range(0, len(text), width)])
    return joined + end if last else joined


def play(recipe: Recipe, literal: bytes, get: GetPart) -> Iterator[bytes]:
    """The pieces of a message, in order. Raises ValueError when the recipe does not fit the literal bytes."""
    at = 0
    for segment in recipe:
        if isinstance(segment, int):
            if segment < 0 or at + segment > len(literal):
                raise ValueError("the recipe asks for more literal bytes than there are")
            yield literal[at : at + segment]
            at += segment
        elif segment[0] == "i":
            yield get(str(segment[1]))
        elif segment[0] == "b":
            _, part, width, eol, last = segment
            yield encode_base64(get(str(part)), int(width), str(eol), int(last))
        else:
            raise ValueError(f"the recipe has an unknown segment {segment[0]!r}")
    if at != len(literal):
        raise ValueError("the recipe leaves literal bytes over")


def part_hashes(recipe: Recipe) -> list[str]:
    """BLAKE3 in hex of each part a recipe uses, in order."""
    return [str(segment[1]) for segment in recipe if isinstance(segment, list)]
