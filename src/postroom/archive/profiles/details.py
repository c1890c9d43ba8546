"""The `details` of a profile, checked against the table of its connector.

Scripts were seen to send flags as true, "true", 1 and "1", and numbers as text (reference 4.3): all of these will do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal, TypeAlias

from postroom.errors import Invalid

Kind: TypeAlias = Literal["text", "secret", "block", "number", "flag", "list"]
"""`block` is a secret of several lines, such as a key."""
SECRET_KINDS: Final = frozenset({"secret", "block"})
Value: TypeAlias = str | int | bool | tuple[str, ...] | None

MAX_TEXT_CHARS = 4096
MAX_BLOCK_CHARS = 64 << 10
MAX_LIST = 10_000
GOES_TO: Final = ("host", "graphUrl", "authorityUrl")
"""Keys that tell where secrets are sent."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its kind, what it is when absent, and what it may be. `also`: other names it was seen under."""

    name: str
    doc: str
    kind: Kind = "text"
    default: Value = None
    required: bool = False
    values: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 2**31 - 1


class Details(Mapping[str, Value]):
    """Checked values by the names of the table; each key of the table is there."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Details({', '.join(self._values)})"  # values may be secrets

    def text(self, name: str) -> str:
        """A text; '' when it was not given."""
        value = self._values[name]
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        value = self._values[name]
        return value if isinstance(value, int) else 0

    def flag(self, name: str) -> bool:
        return self._values[name] is True

    def names(self, name: str) -> tuple[str, ...]:
        value = self._values[name]
        return value if isinstance(value, tuple) else ()


def checked(keys: Sequence[Key], given: object) -> Details:
    """The details as the table wants them. Raises Invalid naming the key, for one unknown the nearest known."""
    if not isinstance(given, dict):
        raise Invalid("details", "an object")
    names = {name.lower(): key for key in keys for name in (key.name, *key.also)}
    found: dict[str, object] = {}
    for name, value in given.items():
        key = names.get(str(name).lower())
        if key is None:
            near = get_close_matches(str(name).lower(), names, 1)
            known = names[near[0]].name if near else ", ".join(key.name for key in keys)
            raise Invalid(f"details.{str(name)[:100]}", f"a key of this connector, such as {known}")
        if found.get(key.name) is None:
            found[key.name] = value
    return Details({key.name: _value(key, found.get(key.name)) for key in keys})


def check_kept(before: Mapping[str, Value], now: Mapping[str, Value], kept: Collection[str], place: str) -> None:
    """Raises Invalid for a secret that was `kept`, while where it is sent is another: who may change the one need not
    know the other. `place` is where the keys stand, as `details`."""
    moved = next((name for name in GOES_TO if name in now and _folded(before, name) != _folded(now, name)), None)
    if moved and kept:
        secret = min(kept)
        raise Invalid(f"{place}.{secret}", f"the {secret} once more: {moved} is another, and it would be sent there")


def _folded(values: Mapping[str, Value], name: str) -> str:
    return str(values.get(name) or "").lower()


def _value(key: Key, given: object) -> Value:
    if given is None or given == "":
        if key.required:
            raise Invalid(f"details.{key.name}", _expected(key))
        return () if key.kind == "list" and key.default is None else key.default
    value = _READ[key.kind](given)
    if value is None:
        raise Invalid(f"details.{key.name}", _expected(key))
    if isinstance(value, str) and key.values:
        value = next((known for known in key.values if known.lower() == value.lower()), None)
    if value is None or (key.kind == "number" and not key.minimum <= int(str(value)) <= key.maximum):
        raise Invalid(f"details.{key.name}", _expected(key))
    return value


def _expected(key: Key) -> str:
    if key.values:
        return "one of " + ", ".join(key.values)
    if key.kind == "number":
        return f"a whole number from {key.minimum} to {key.maximum}"
    words = f"a text of at most {MAX_TEXT_CHARS} characters, without line ends"
    block = f"a text of at most {MAX_BLOCK_CHARS} characters"
    return {"flag": "true or false", "list": "a list of texts", "block": block}.get(key.kind, words)


def _text(given: object) -> str | None:
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str) or len(given) > MAX_TEXT_CHARS or not given.isprintable():
        return None
    return given


def _block(given: object) -> str | None:
    if not isinstance(given, str) or len(given) > MAX_BLOCK_CHARS:
        return None
    return given if all(char.isprintable() or char in "\r\n\t" for char in given) else None


def _number(given: object) -> int | None:
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 12:
        return int(given)
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def _flag(given: object) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(str(given).lower())


def _list(given: object) -> tuple[str, ...] | None:
    if isinstance(given, str):
        given = [item.strip() for item in given.split(",")]
    if not isinstance(given, list) or len(given) > MAX_LIST:
        return None
    texts = [_text(item) for item in given]
    return None if None in texts else tuple(text for text in texts if text)


_READ = {"text": _text, "secret": _text, "block": _block, "number": _number, "flag": _flag, "list": _list}
