"""Checks of single values of administrators, servers and instances. Each raises Invalid with the name it was given."""

from __future__ import annotations

import re
from typing import Final

from postroom.archive.instance.identifiers import checked_text
from postroom.errors import Invalid

START_MODES: Final = ("automatic", "manual", "disabled")
RESERVED: Final = frozenset({"default"})
"""The archive of the MailStore Server lies under this name beside the instances."""

MAX_PORT: Final = 65535
MAX_NUMBER: Final = 2**53 - 1  # what every JSON reader keeps exact
_INSTANCE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,253}[A-Za-z0-9])?")
_THUMBPRINT: Final = re.compile(r"[0-9A-Fa-f]{40}")


def instance_id(name: str, value: object) -> str:
    """The name of an instance, which is also one of a folder and of a part of URLs."""
    if not isinstance(value, str) or not _INSTANCE.fullmatch(value):
        raise Invalid(name, "1 to 64 letters, digits, '.', '_' or '-', a letter or digit first and no '.' at the end")
    if value.lower() in RESERVED:
        raise Invalid(name, f"another name than {value!r}, which is that of the archive of the MailStore Server")
    return value


def alias(name: str, value: object) -> str | None:
    return None if value is None or value == "" else instance_id(name, value)


def line(name: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Invalid(name, "a text, or null")
    return checked_text(name, value, 255)


def host(name: str, value: object) -> str:
    if not isinstance(value, str) or not _HOST.fullmatch(value):
        raise Invalid(name, "the name or address of a server, without a port")
    return value


def port(name: str, value: object) -> int:
    if type(value) is not int or not 1 <= value <= MAX_PORT:
        raise Invalid(name, f"a port from 1 to {MAX_PORT}")
    return value


def thumbprint(name: str, value: object) -> str:
    """SHA-1 of a certificate; people copy it with colons or blanks."""
    text = re.sub(r"[\s:]", "", value) if isinstance(value, str) else ""
    if not _THUMBPRINT.fullmatch(text):
        raise Invalid(name, "40 hex digits")
    return text.upper()


def start_mode(name: str, value: object) -> str:
    known = {mode.lower(): mode for mode in START_MODES}
    if not isinstance(value, str) or value.lower() not in known:
        raise Invalid(name, f"one of {', '.join(START_MODES)}")
    return known[value.lower()]


def flag(name: str, value: object) -> bool:
    """The client library of the tutorial sends texts."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise Invalid(name, "true or false")
    return value


def limit(name: str, value: object) -> int | None:
    if value is not None and (type(value) is not int or not 0 <= value <= MAX_NUMBER):
        raise Invalid(name, "a whole number, or null for no limit")
    return value


def path(name: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Invalid(name, "the path of a folder, or null")
    return checked_text(name, value, 4096)
