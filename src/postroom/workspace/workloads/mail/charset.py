"""Bytes of mail as text, whatever their label says. Nothing here raises for bad input."""

from __future__ import annotations

import codecs
from functools import lru_cache
from typing import Final

SAMPLE_BYTES: Final = 16 << 10

# What senders call X and mean the superset of it (WHATWG Encoding Standard, "names and labels").
_SUPERSETS: Final = {
    "ascii": "",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_ALIASES: Final = {"ks_c_5601-1987": "cp949", "x-gbk": "gb18030", "x-sjis": "cp932", "unicode-1-1-utf-7": "utf-7"}
_NOT_CHARSETS: Final = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"})
GUESS_FROM_BYTES: Final = 32
"""Of fewer bytes nobody can tell the charset."""
_SHIFTED: Final = ("utf-7", "hz", "iso2022_", "utf-16", "utf-32")
"""Codecs whose bytes may all be ASCII and mean something else."""


@lru_cache(maxsize=256)
def codec(label: str) -> str:
    """Python's name for a charset label; '' when it is unknown, not about text, or plain ASCII."""
    label = label.strip().strip("'\"").lower()
    try:
        info = codecs.lookup(_ALIASES.get(label, label))
    except (LookupError, ValueError):
        return ""
    if not getattr(info, "_is_text_encoding", True) or info.name in _NOT_CHARSETS:
        return ""
    return _SUPERSETS.get(info.name, info.name)


def decode(raw: bytes, label: str = "") -> str:
    """The text; for a wrong or missing label UTF-8 is tried, then a guess from the bytes."""
    name = codec(label) if label else ""
    if raw.isascii() and not name.startswith(_SHIFTED):
        return raw.decode("ascii")
    for candidate in (name, "utf-8-sig"):
        if candidate and (text := _strictly(raw, candidate)) is not None:
            return text
    return _guessed(raw, name)


def unsurrogate(text: str) -> str:
    """Text in which the standard library hid raw 8-bit bytes as surrogates, decoded after all."""
    return text if text.isascii() else decode(text.encode("utf-8", "surrogateescape"))


def _strictly(raw: bytes, name: str) -> str | None:
    try:
        text = raw.decode(name)
    except (UnicodeError, ValueError):
        return None
    # UTF-7 and UTF-16 can spell halves of a character, which nothing else can write.
    return text if not any("\ud800" <= letter <= "\udfff" for letter in text) else None


def _guessed(raw: bytes, name: str) -> str:
    """A mostly right label beats a guess: one broken byte must not turn Russian into something else."""
    if name:
        text = _leniently(raw, name)
        if text.count("�") * 50 <= len(text):
            return text
    if len(raw) < GUESS_FROM_BYTES:
        return _leniently(raw, "cp1252")
    import chardet  # here, because few messages need it and it costs 5 MB

    guess = chardet.detect(raw[:SAMPLE_BYTES]).get("encoding") or ""
    return _leniently(raw, codec(guess) or "cp1252")


def _leniently(raw: bytes, name: str) -> str:
    try:
        text = raw.decode(name, "replace")
    except (UnicodeError, ValueError):
        text = raw.decode("cp1252", "replace")
    return text.encode("utf-8", "replace").decode("utf-8")
