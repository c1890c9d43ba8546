"""Names people give: of users, archives, stores, and their addresses. Kept as given (NFC), compared without case."""

from __future__ import annotations

import unicodedata

from postroom.errors import Invalid

MAX_NAME_CHARS = 255
MAX_ADDRESS_CHARS = 320  # RFC 5321 §4.5.3.1: 64 + "@" + 255
_JOINERS = "\u200c\u200d"  # part of the spelling in Persian and in Indic scripts


def name_key(name: str) -> str:
    """What is equal for people: "Müller" and "müller", composed or not (canonical caseless match, Unicode 3.13)."""
    folded = unicodedata.normalize("NFD", name).casefold()
    # Folding may leave marks out of order, and a fold of what it made: twice is stable.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded).casefold())


def is_storable(text: str) -> bool:
    """False for halves of characters, which JSON can carry, and neither UTF-8 nor SQLite: nobody is called so."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def checked_name(field: str, name: str) -> str:
    """The name in NFC. Raises Invalid(field) for what could not be a folder or would look like another name."""
    name = unicodedata.normalize("NFC", name)
    if not name:
        raise Invalid(field, "a name")
    if len(name) > MAX_NAME_CHARS:
        raise Invalid(field, f"at most {MAX_NAME_CHARS} characters")
    if name != name.strip():
        raise Invalid(field, "no blanks at the ends")
    if name in (".", "..") or "/" in name or "\\" in name:
        raise Invalid(field, "a name without slashes that is not '.' or '..'")
    if any(_invisible(char) for char in name):
        raise Invalid(field, "no control or invisible characters")
    return name


def checked_user_name(name: str) -> str:
    """A name for a user. '$...' belongs to the system (`$archiveadmin`), '@...' to archives (`@catchall`)."""
    name = checked_name("user name", name)
    if name[0] in "$@":
        raise Invalid("user name", "a name that does not begin with '$' or '@'")
    return name


def checked_address(address: str) -> str:
    """An address as mail servers take it, which is wider than the RFC; only what cannot be one is refused."""
    address = unicodedata.normalize("NFC", address.strip())
    local, _, domain = address.rpartition("@")
    if not local or not domain or len(address) > MAX_ADDRESS_CHARS:
        raise Invalid("e-mail addresses", f"addresses like anna@example.com, not {address[:80]!r}")
    if any(char.isspace() or char in ",<>" or _invisible(char) for char in address):
        raise Invalid("e-mail addresses", f"no blanks, commas or brackets in {address[:80]!r}")
    return address


def checked_text(field: str, text: str | None, limit: int = 1000) -> str | None:
    """A line of free text, None when blank."""
    text = unicodedata.normalize("NFC", text or "").strip()
    if len(text) > limit:
        raise Invalid(field, f"at most {limit} characters")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        raise Invalid(field, "no control characters")
    return text or None


def _invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in _JOINERS
