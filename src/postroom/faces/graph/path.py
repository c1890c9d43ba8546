"""The path of a request, cut into what templates are matched with.

Source: Microsoft Graph and OData 4, URL conventions; what clients were seen to send.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf
from urllib.parse import unquote

from postroom.faces.graph.errors import Refused

MOST_SEGMENTS: Final = 256
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_CALL = re.compile(r"([A-Za-z_][\w.]*)\((.*)\)", re.DOTALL)
_QUALIFIED = re.compile(r"(?i:microsoft\.graph|graph)\.(\w+)")
_OPEN = re.compile(r"[A-Za-z_][\w.]*\(")
_NAME = re.compile(r"\s*(@?\w+)\s*=\s*")
_VALUE = re.compile(r"(?:[A-Za-z_][\w.]*)?'((?:[^']|'')*)'\s*|([^',()]+)")
_KEY_NAMES: Final = frozenset({"id", "userprincipalname"})


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path.

    `plain` is a name or a key; `call` had parentheses; `qualified` stood with its namespace, and is an operation or a
    cast; `path` is the path of a file or a site behind a colon, without slashes at its ends.
    """

    text: str
    kind: OneOf["plain", "call", "qualified", "path"] = "plain"
    key: str | None = None
    """Of a call: what stood in the parentheses, when it was a key: `messages('id')`."""
    arguments: Mapping[str, str] | None = None
    """Of a call: the arguments by name in lower case. Those that are null are left out."""
    raw: str = ""
    """The whole segment, decoded: a key that only looks like a call or a qualified name."""


@dataclass(frozen=True, slots=True)
class Address:
    version: str
    segments: tuple[Segment, ...]


def parse(raw: str, aliases: Mapping[str, str] | None = None) -> Address:
    """Cut a path as it stands in the request, percent codes and all; `aliases` are the `@name` of its query.

    Raises Refused (400) for what no path can be.
    """
    version, *pieces = [piece for piece in raw.split("/") if piece] or [""]
    _check_length(pieces)
    atoms = [*_atoms(_joined(pieces))]
    segments = tuple(_segments(atoms, aliases or {}))
    # Once more: a piece may have held many.
    _check_length(segments)
    return Address(version.lower(), segments)


def _check_length(parts: Sized) -> None:
    if len(parts) > MOST_SEGMENTS:
        raise Refused(400, "BadRequest", "The path has too many segments.")


def decoded(text: str) -> str:
    """Percent codes as the UTF-8 they are. Raises Refused for bytes that are none, and for control characters."""
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise Refused(400, "BadRequest", "The path is no UTF-8.") from error
    if _CONTROL.search(plain):
        raise Refused(400, "BadRequest", "The path has control characters.")
    return plain


def _joined(pieces: list[str]) -> Iterator[str]:
    """Pieces between slashes; a slash in a quoted argument parts nothing: `getByPath(path='/sites/x')`."""
    at = 0
    while at < len(pieces):
        end = at + 1
        if _OPEN.match(pieces[at]) and pieces[at].count("'") % 2:
            closing = (index for index in range(at + 1, len(pieces)) if pieces[index].endswith("')"))
            end = next(closing, at) + 1
        yield "/".join(pieces[at:end])
        at = end


def _atoms(pieces: Iterable[str]) -> Iterator[str]:
    """Decoded; a whole address in one piece (`root%3A%2Fa%20b`) is taken apart."""
    for piece in pieces:
        text = decoded(piece)
        colon, bracket = text.find(":/"), text.find("(")
        if colon >= 0 and not 0 <= bracket < colon:
            yield from (part for part in text.split("/") if part)
        else:
            yield text


def _segments(atoms: list[str], aliases: Mapping[str, str]) -> Iterator[Segment]:
    at = 0
    while at < len(atoms):
        atom = atoms[at]
        at += 1
        if atom == "$":
            continue
        if not atom.endswith(":") or len(atom) == 1:
            yield _segment(atom, aliases)
            continue
        yield _segment(atom[:-1], aliases)
        end = next((index for index in range(at, len(atoms)) if atoms[index].endswith(":")), len(atoms) - 1)
        if at < len(atoms):  # else a colon with nothing behind it, which addresses the item itself
            yield Segment("/".join(atoms[at : end + 1]).removesuffix(":"), "path")
        at = end + 1


def _segment(atom: str, aliases: Mapping[str, str]) -> Segment:
    if atom.startswith("$"):
        return Segment(atom, raw=atom)
    if called := _CALL.fullmatch(atom):
        name = called[1].rpartition(".")[2]
        inner = called[2].strip()
        key = _key(inner)
        if key is not None:
            return Segment(name, "call", key=key, raw=atom)
        arguments = _arguments(inner, aliases)
        if arguments is not None:
            return _called(name, arguments, atom)
    if qualified := _QUALIFIED.fullmatch(atom):
        return Segment(qualified[1], "qualified", raw=atom)
    return Segment(atom, raw=atom)


def _called(name: str, arguments: Mapping[str, str], atom: str) -> Segment:
    if len(arguments) == 1 and _KEY_NAMES.issuperset(arguments):
        return Segment(name, "call", key=next(iter(arguments.values())), raw=atom)
    return Segment(name, "call", arguments=arguments, raw=atom)


def _key(inner: str) -> str | None:
    """A key alone, with or without quotes."""
    found = _VALUE.fullmatch(inner)
    if found is None:
        return None
    if found[1] is not None:
        return found[1].replace("''", "'")
    return None if "=" in found[2] else found[2].strip()


def _arguments(inner: str, aliases: Mapping[str, str]) -> Mapping[str, str] | None:
    """`a='x',b=3`; None when it is nothing of the kind."""
    found: dict[str, str] = {}
    at = 0
    while at < len(inner):
        name = _NAME.match(inner, at)
        value = _VALUE.match(inner, name.end()) if name else None
        if name is None or value is None or inner[value.end() : value.end() + 1] not in ("", ","):
            return None
        plain = _literal(value, aliases)
        if plain is not None:
            found[name[1].lower()] = plain
        at = value.end() + 1
    return found


def _literal(value: re.Match[str], aliases: Mapping[str, str]) -> str | None:
    text = value[1].replace("''", "'") if value[1] is not None else value[2].strip()
    if text in aliases:
        given = _VALUE.fullmatch(aliases[text].strip())
        # Once: an alias that names another one is a text.
        return _literal(given, {}) if given else aliases[text]
    return None if value[1] is None and text.lower() == "null" else text
