"""File names for exported folders and messages: safe on every system, unique, never outside the target.

Folder names and subjects are written by strangers. What a name may hold is the least that Linux, macOS and Windows
have in common; the manifest keeps the true names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final

NAME_BYTES: Final = 100
"""Longest folder name or subject in UTF-8; with its number and ending a file name stays below 255."""
PATH_CHARACTERS: Final = 120
"""A folder below a longer path is placed directly in its archive: Windows ends at 260 in all."""
MAX_DEPTH: Final = 24

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_OURS = (".eml", ".mbox", ".jsonl", ".part")
_SUBJECT = re.compile(rb"^subject:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)


def safe_name(text: str) -> str:
    """One component of a path; never empty, `.` or `..`."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    kept = (
        "_" if _FORBIDDEN.match(char) or unicodedata.category(char)[0] == "C" else char
        for char in text[: NAME_BYTES * 4]
    )
    name = "".join(kept).encode()[:NAME_BYTES].decode(errors="ignore").strip(" .") or "_"
    if _DEVICE.match(name):
        name = "_" + name
    # A folder must not take the name of a file we write beside it.
    return name + "_" if name.casefold().endswith(_OURS) else name


def folder_paths(folders: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """A relative path for each (archive, folder), different also where upper and lower case are the same."""
    paths: dict[tuple[str, ...], str] = {}
    taken: set[str] = set()
    found = {}
    for archive, folder in sorted(set(folders)):
        parts = [archive, *(part for part in folder.split("/") if part)]
        whole = (*parts[:MAX_DEPTH], *["/".join(parts[MAX_DEPTH:])] * (len(parts) > MAX_DEPTH))
        for depth in range(1, len(whole) + 1):
            if whole[:depth] not in paths:
                paths[whole[:depth]] = _free(_parent(paths, whole[: depth - 1]), whole[depth - 1], taken)
        found[archive, folder] = paths[whole]
    return found


def _parent(paths: dict[tuple[str, ...], str], above: tuple[str, ...]) -> str:
    if not above:
        return ""
    path = paths[above] if len(paths[above]) <= PATH_CHARACTERS else paths[above[:1]]
    return path + "/"


def _free(parent: str, part: str, taken: set[str]) -> str:
    path = wanted = parent + safe_name(part)
    number = 1
    while path.casefold() in taken:
        number += 1
        path = f"{wanted}~{number}"
    taken.add(path.casefold())
    return path


def message_name(head: bytes, store: int, message: int) -> str:
    """File name of a message: its subject and its id, so that no two are the same. `head` begins like the message."""
    return f"{safe_name(subject(head))} ({store}-{message}).eml"


def subject(head: bytes) -> str:
    """The decoded subject; what cannot be decoded is taken as it is."""
    end = re.search(rb"\n\r?\n", head)
    found = _SUBJECT.search(head, 0, end.start() if end else len(head))
    raw = found[1].decode("utf-8", "replace") if found else ""
    try:
        return "".join(_decoded(*piece) for piece in decode_header(raw)) or "no subject"
    except (HeaderParseError, ValueError):
        return raw


def _decoded(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return piece.decode(charset or "utf-8", "replace")
    except LookupError:
        return piece.decode("latin-1")
