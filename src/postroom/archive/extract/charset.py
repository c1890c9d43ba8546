"""Bytes of unknown or wrongly labelled charset as text. Nothing here raises for bad input."""

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
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "johab": "johab",
}
_ALIASES: Final = {"ks_c_5601-1987": "cp949", "x-gbk": "gb18030", "x-sjis": "cp932", "unicode-1-1-utf-7": "utf-7"}
_NOT_CHARSETS: Final = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"}
)
# Codecs whose bytes are all ASCII but mean something else.
_SHIFTED: Final = ("utf-7", "hz", "iso2022_", "utf-16", "utf-32")
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@lru_cache(maxsize=256)
def codec(label: str) -> str:
    """The Python codec for a charset label, '' when unknown, not about text, or plain ASCII."""
    label = label.strip().strip("'\"").lower()
    label = _ALIASES.get(label, label)
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    if not getattr(info, "_is_text_encoding", True) or info.name in _NOT_CHARSETS:
        return ""
    return _SUPERSETS.get(info.name, info.name)


def decode(raw: bytes, label: str = "") -> str:
    """The text; a wrong or missing label is made up for by UTF-8, then by a guess from the bytes."""
    name = codec(label) if label else ""
    if raw.isascii() and not name.startswith(_SHIFTED):
        return raw.decode("ascii")
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = next(codec_name for bom, codec_name in _BOMS if raw.startswith(bom))
    for candidate in (name, "utf-8"):
        text = _strictly(raw, candidate)
        if text is not None:
            return text
    return _guessed(raw, name)


def hinted(raw: bytes, label: str) -> str:
    """The label when it is needed: one that only hints at a charset gives way to valid UTF-8."""
    return "" if _strictly(raw, "utf-8") is not None else label


def unsurrogate(text: str) -> str:
    """Text in which the standard library hid raw 8-bit bytes as surrogates, decoded after all."""
    if text.isascii():
        return text
    return decode(text.encode("utf-8", "surrogateescape"))


def _strictly(raw: bytes, name: str) -> str | None:
    if not name:
        return None
    try:
        return raw.decode(name)
    except (UnicodeError, ValueError):
        return None


def _guessed(raw: bytes, name: str) -> str:
    """A mostly right label beats a guess: one broken byte must not turn Russian into something else."""
    if name:
        text = raw.decode(name, "replace")
        if text.count("�") * 50 <= len(text):
            return text
    import chardet  # here, because few messages need it and it costs 5 MB

    guess = chardet.detect(raw[:SAMPLE_BYTES]).get("encoding") or ""
    return raw.decode(codec(guess) or "cp1252", "replace")
