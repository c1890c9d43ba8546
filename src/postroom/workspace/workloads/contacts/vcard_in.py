"""vCards read: those of versions 2.1, 3.0 and 4.0 become contacts, as far as contacts have what they say.

What contacts have no place for (fax numbers, keys, places) is left out; pictures that lie elsewhere are not fetched.
Source: RFC 2426, RFC 6350, vCard 2.1; the names that Outlook, Evolution and Apple give to what these have not.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from typing import Final

from vobject.base import ContentLine, ParseError, VObjectError, getLogicalLines, textLineToContentLine

from postroom.errors import Invalid
from postroom.workspace.query.literals import day
from postroom.workspace.workloads.contacts.vcard_names import ADDRESS_PARTS, OWN, TEXTS
from postroom.workspace.workloads.items.wish import Document

MOST_CHARS: Final = 16 << 20
"""Of one vCard; a picture is most of it."""
MOST_LINES: Final = 100_000
MOST_VALUES: Final = 50
"""Of one property that may be there several times."""
TEXT_CHARS: Final = 255
_BEGIN: Final = re.compile(r"^(?:[\w-]+\.)?(?:agent[^:]{0,99}:[ \t]*)?begin:[ \t]*vcard[ \t]*$", re.IGNORECASE)
_END: Final = re.compile(r"^(?:[\w-]+\.)?end:[ \t]*vcard[ \t]*$", re.IGNORECASE)
_TOKEN: Final = re.compile(r"\\.|[^\\,;]+|[\\,;]", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_DAY: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T.*)?")
_DATA: Final = re.compile(r"data:[^,]{0,100};base64,(.*)", re.IGNORECASE | re.DOTALL)
_MOBILE: Final = frozenset({"cell", "mobile", "iphone"})
_NOT_A_PHONE: Final = frozenset({"fax", "pager", "modem", "telex", "text"})
_CHAT: Final = re.compile(r"IMPP|X-(?:AIM|ICQ|JABBER|MSN|SKYPE|SKYPE-USERNAME|YAHOO|GTALK|MATRIX|MS-IMADDRESS)")
_APPLE: Final = re.compile(r"_\$!<(.*)>!\$_")


@dataclass(frozen=True, slots=True)
class Card:
    """What a vCard says: a contact as Graph has it, and its picture. `uid` names it, empty where it has no name."""

    uid: str
    contact: Document
    picture: bytes | None = None


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, or what Windows wrote before."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def cards(text: str) -> Iterator[str]:
    """The vCards of a file, each as it stands; what lies between them is passed over. Raises Invalid, also for a text
    in which there is none."""
    if text.strip() and not any(map(_BEGIN.match, text.splitlines())):
        raise Invalid("vCard", "BEGIN:VCARD and what follows it")
    lines: list[str] = []
    depth = chars = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        depth += bool(_BEGIN.match(line))
        if not depth:
            continue
        lines.append(line)
        chars += len(line) + 1
        if chars > MOST_CHARS or len(lines) > MOST_LINES:
            raise Invalid("vCard", f"vCards of at most {MOST_CHARS} characters and {MOST_LINES} lines")
        depth -= bool(_END.match(line))
        if not depth:
            yield "\n".join(lines) + "\n"
            lines, chars = [], 0
    if lines:
        raise Invalid("vCard", "an END:VCARD for every BEGIN:VCARD")


def read(card: str) -> Card:
    """One vCard. Raises Invalid for what is none."""
    try:
        return _Reader([*_lines(card)]).card()
    # The library raises whatever its own conversions raise.
    except (VObjectError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise Invalid("vCard", "a vCard of version 2.1, 3.0 or 4.0") from error


def _lines(card: str) -> Iterator[ContentLine]:
    """Its properties, unfolded and with their values as they stand. A line that is none is passed over."""
    depth = 0
    for text, number in getLogicalLines(StringIO(card), allowQP=True):
        depth += bool(_BEGIN.match(text))
        if depth == 1:  # what lies in a vCard may be another one: a secretary's
            with suppress(ParseError):
                yield textLineToContentLine(text, number)
        depth -= bool(_END.match(text))


class _Reader:
    """The lines of one vCard, the preferred ones first."""

    def __init__(self, lines: list[ContentLine]) -> None:
        self._lines = sorted(lines, key=_rank)
        self._labels = {line.group: _label(line) for line in lines if line.name == "X-ABLABEL" and line.group}

    def card(self) -> Card:
        contact: Document = {}
        for line in self._lines:
            if line.name in TEXTS:
                contact.setdefault(TEXTS[line.name], _text(line))
        contact |= {**self._name(), **self._work(), **self._phones(), **self._addresses(), **self._others()}
        contact["emailAddresses"] = self._emails(str(contact.get("displayName") or ""))
        uid = self._first("UID")
        known = {name: value for name, value in contact.items() if value}
        return Card(_text(uid) if uid else "", known, self._picture())

    def _name(self) -> Document:
        line = self._first("N")
        if line is None:
            return {}
        parts = [_joined(part) for part in _fields(line.value)] + [""] * 5
        names = ("surname", "givenName", "middleName", "title", "generation")
        return dict(zip(names, parts, strict=False))

    def _work(self) -> Document:
        line = self._first("ORG")
        parts = [_joined(part) for part in _fields(line.value)] if line else []
        return dict(zip(("companyName", "department"), parts, strict=False))

    def _phones(self) -> Document:
        mobile: list[str] = []
        home: list[str] = []
        work: list[str] = []
        for line in self._all("TEL"):
            kinds, number = self._kinds(line), _text(line).removeprefix("tel:")
            if kinds & _NOT_A_PHONE and not kinds & {"voice", *_MOBILE}:
                continue
            (mobile if kinds & _MOBILE else home if "home" in kinds else work).append(number)
        # There is one mobile number; more of them are kept with the others.
        return {"mobilePhone": mobile[0] if mobile else None, "homePhones": home, "businessPhones": work + mobile[1:]}

    def _addresses(self) -> Document:
        found: Document = {}
        for line in self._all("ADR"):
            kinds = self._kinds(line)
            wanted = "homeAddress" if "home" in kinds else "businessAddress" if "work" in kinds else "otherAddress"
            places = dict.fromkeys((wanted, "otherAddress"))
            place = next((one for one in places if one not in found), None)
            if place:
                found[place] = _address([_joined(part) for part in _fields(line.value)])
        return found

    def _emails(self, name: str) -> list[Document]:
        found = dict.fromkeys(_text(line).removeprefix("mailto:") for line in self._all("EMAIL"))
        return [{"name": name or one, "address": one} for one in found if one]

    def _others(self) -> Document:
        born = self._first("BDAY")
        categories = [_joined([one]) for line in self._all("CATEGORIES") for one in _split(line.value, ",")]
        chats = [_text(line) for line in self._lines if _CHAT.fullmatch(line.name)][:MOST_VALUES]
        found: Document = {
            "birthday": _birthday(born.value) if born else None,
            "categories": list(dict.fromkeys(one for one in categories if one)),
            "imAddresses": list(dict.fromkeys(chats)),
            "children": [_text(line) for line in self._all("X-MS-CHILD")],
        }
        for line in (*self._all("RELATED"), *self._all("X-ABRELATEDNAMES")):
            name = OWN.get(next(iter(self._kinds(line) & OWN.keys()), ""))
            if name == "children":
                found["children"].append(_text(line))
            elif name:
                found.setdefault(name, _text(line))
        return found

    def _picture(self) -> bytes | None:
        line = self._first("PHOTO")
        if line is None:
            return None
        data = _DATA.fullmatch(line.value)
        encoding = [one.lower() for one in line.params.get("ENCODING", ())]
        if data is None and not {"b", "base64"} & {*encoding, *(one.lower() for one in line.singletonparams)}:
            return None
        text = data[1] if data else line.value
        try:
            return base64.b64decode("".join(text.split())) or None
        except (binascii.Error, ValueError):
            return None

    def _all(self, name: str) -> list[ContentLine]:
        return [line for line in self._lines if line.name == name and line.value][:MOST_VALUES]

    def _first(self, name: str) -> ContentLine | None:
        return next(iter(self._all(name)), None)

    def _kinds(self, line: ContentLine) -> set[str]:
        """What is said of a value: `TYPE=home,voice`, version 2.1's `;HOME`, or Apple's label."""
        said = [*line.params.get("TYPE", ()), *line.singletonparams, self._labels.get(line.group, "")]
        return {word.strip().lower() for one in said for word in one.split(",") if word.strip()}


def _rank(line: ContentLine) -> int:
    """Preferred ones have `PREF=1`, or `pref` among their types."""
    said = [one.lower() for one in (*line.params.get("TYPE", ()), *line.singletonparams)]
    rank = str(next(iter(line.params.get("PREF", ())), ""))
    return int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 4 else 1 if "pref" in said else 101


def _label(line: ContentLine) -> str:
    """`_$!<Spouse>!$_` is one of Apple's own words."""
    found = _APPLE.fullmatch(line.value)
    return found[1] if found else str(line.value)


def _text(line: ContentLine) -> str:
    return _unescaped(line.value)


def _fields(value: str) -> list[list[str]]:
    """Parts with semicolons between, each with commas between its own."""
    return [_split(part, ",") for part in _split(value, ";")]


def _split(value: str, at: str) -> list[str]:
    """At the separators that no backslash stands before."""
    parts: list[list[str]] = [[]]
    for token in _TOKEN.findall(value):
        if token == at:
            parts.append([])
        else:
            parts[-1].append(token)
    return ["".join(part) for part in parts]


def _joined(parts: list[str]) -> str:
    return " ".join(_unescaped(one) for one in parts if one).strip()


def _unescaped(value: str) -> str:
    plain = _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return plain.replace("\r\n", "\n").strip()


def _address(parts: list[str]) -> Document:
    box, extended, street, *rest = [*parts, *[""] * 7][:7]
    lines = [one for one in (street, extended, box) if one]
    values = {"street": "\n".join(lines), **dict(zip(ADDRESS_PARTS, rest, strict=True))}
    return {name: value for name, value in values.items() if value}


def _birthday(value: str) -> str | None:
    """At the hour at which Outlook keeps days, which is on that day nearly everywhere. None without a year."""
    found = _DAY.fullmatch(value.strip())
    born = day("-".join(found.groups())) if found else None
    return f"{born.isoformat()}T11:59:00Z" if born else None
