"""Reading and writing entries, one request at a time; nothing here knows what accounts are."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import ldap3
from ldap3.core.results import RESULT_INVALID_DN_SYNTAX, RESULT_NO_SUCH_OBJECT, RESULT_SUCCESS
from ldap3.operation.search import compile_filter, parse_filter
from ldap3.protocol.controls import build_control

from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.errors import Overtaken, failure
from postroom.accounts.backends.ldap.filters import either, equal, every, no
from postroom.accounts.backends.ldap.names import Node
from postroom.errors import AlreadyExists, Invalid, NotFound, Unavailable

ALL: Final = ("*",)
"""All attributes that users keep; not those that the server itself keeps."""
NO_ATTRIBUTES: Final = ("1.1",)
PAGE_ENTRIES: Final = 500
CHUNK: Final = 200
"""Names asked for in one filter."""
TRIES: Final = 100
"""Each lost race is a change that somebody else made: so many in a row do not happen by themselves."""
ASSERTION: Final = "1.3.6.1.1.12"
"""RFC 4528: modify only what matches a filter."""

# What can be no DN is nobody's.
_NOBODY: Final = frozenset({RESULT_NO_SUCH_OBJECT, RESULT_INVALID_DN_SYNTAX})
# The stubs of ldap3 leave these without types.
_PARSE: Final[Any] = parse_filter
_COMPILE: Final[Any] = compile_filter

Scope = Literal["BASE", "LEVEL", "SUBTREE"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What was read. Values are text; bytes that are none survive reading and writing back (surrogateescape)."""

    dn: str
    values: Mapping[str, tuple[str, ...]]

    def all(self, attribute: str) -> tuple[str, ...]:
        return self.values.get(attribute, ())

    def first(self, attribute: str) -> str:
        """Empty when there is none."""
        return next(iter(self.all(attribute)), "")

    def lower(self, attribute: str) -> tuple[str, ...]:
        """For addresses and words, which compare without case."""
        return tuple(value.lower() for value in self.all(attribute))


@dataclass(frozen=True, slots=True)
class Mod:
    """One step of a modification. `unless`: a filter that must not match the entry then."""

    attribute: str
    operation: Literal["MODIFY_ADD", "MODIFY_DELETE", "MODIFY_REPLACE"]
    values: tuple[str, ...]
    unless: str = ""


def add(attribute: str, values: Iterable[str], unless: str = "") -> list[Mod]:
    """Nothing for no values."""
    kept = tuple(values)
    return [Mod(attribute, "MODIFY_ADD", kept, unless)] if kept else []


def remove(attribute: str, values: Iterable[str]) -> list[Mod]:
    """Nothing for no values."""
    kept = tuple(values)
    return [Mod(attribute, "MODIFY_DELETE", kept)] if kept else []


def put(attribute: str, *values: str) -> list[Mod]:
    """All values of the attribute from now on; empty texts are none."""
    return [Mod(attribute, "MODIFY_REPLACE", tuple(value for value in values if value))]


def become(entry: Entry, attribute: str, then: Iterable[str]) -> list[Mod]:
    """From the values read to these, value by value: what others add meanwhile stays, and what they changed shows."""
    now = {value.lower(): value for value in entry.all(attribute)}
    wanted = {value.lower(): value for value in then}
    gone = [value for key, value in now.items() if key not in wanted]
    return [*remove(attribute, gone), *add(attribute, (wanted[key] for key in wanted if key not in now))]


class Store:
    """With `dry_run` writes look whether they could be done, and leave it at that."""

    def __init__(self, pool: Pool, *, dry_run: bool = False) -> None:
        self._pool, self.dry_run = pool, dry_run

    # Reading

    def read(self, node: Node, attributes: Sequence[str] = ALL) -> Entry | None:
        """The entry, None when it is not there."""
        found = self.find(node.dn, "(objectClass=*)", attributes, scope="BASE")
        return found[0] if found else None

    def get(self, node: Node, attributes: Sequence[str] = ALL) -> Entry:
        """Raises NotFound(node.kind)."""
        entry = self.read(node, attributes)
        if entry is None:
            raise NotFound(node.kind, node.name)
        return entry

    def exists(self, node: Node) -> bool:
        return self.read(node, NO_ATTRIBUTES) is not None

    def find(
        self, base: str, condition: str, attributes: Sequence[str] = NO_ATTRIBUTES, scope: Scope = "SUBTREE"
    ) -> list[Entry]:
        """All entries that match, in no order; none when the base is not there. Holds them all in memory."""
        if not base:
            return []
        return self._pool.run(
            lambda connection: list(_pages(connection, base, condition, attributes, scope)), repeatable=True
        )

    def among(
        self, base: str, attribute: str, names: Iterable[str], condition: str, attributes: Sequence[str] = ALL
    ) -> Iterator[Entry]:
        """Entries that match and have one of the names, in no order; reads as many at once as a filter should hold."""
        for chunk in chunks(names, CHUNK):
            wanted = either(equal(attribute, name) for name in chunk)
            yield from self.find(base, every(wanted, condition), attributes)

    # Writing

    def add(self, node: Node, values: Mapping[str, Sequence[str]]) -> None:
        """Raises AlreadyExists(node.kind); NotFound when there is nothing above it."""
        if not node.dn:
            raise Invalid(node.kind, "a name in lower case, without spaces")
        kept = {name: [_raw(name, value) for value in given if value] for name, given in values.items()}
        kept = {name: given for name, given in kept.items() if given}
        if self.dry_run:
            self._could_add(node)
            return
        self._write(node, lambda server: server.add(node.dn, attributes=kept))

    def _could_add(self, node: Node) -> None:
        if self.exists(node):
            raise AlreadyExists(node.kind, node.name)
        self.get(Node(node.kind, node.name, node.parent), NO_ATTRIBUTES)

    def change(self, node: Node, changes: Callable[[Entry], Iterable[Mod]], attributes: Sequence[str] = ALL) -> Entry:
        """Modify what was read; when somebody was faster, read and think again. Returns what was read last."""
        for _ in range(TRIES):
            entry = self.get(node, attributes)
            try:
                self.modify(node, changes(entry))
            except Overtaken:
                continue
            return entry
        raise Unavailable(f"Somebody else is changing the {node.kind} {node.name!r}. Try again.")

    def modify(self, node: Node, mods: Iterable[Mod]) -> None:
        """Do all of it or nothing. Raises NotFound; Overtaken."""
        steps: dict[str, list[tuple[str, list[bytes]]]] = {}
        conditions = []
        for mod in mods:
            steps.setdefault(mod.attribute, []).append(
                (mod.operation, [_raw(mod.attribute, value) for value in mod.values])
            )
            conditions += [mod.unless] if mod.unless else []
        if not steps or self.dry_run:
            return
        controls = [_assertion(no(either(conditions)))] if conditions else None
        self._write(node, lambda server: server.modify(node.dn, steps, controls))

    def delete(self, node: Node) -> bool:
        """Whether it was there. Raises NotEmpty."""
        if self.dry_run:
            return self.exists(node)
        try:
            self._write(node, lambda server: server.delete(node.dn))
        except NotFound:
            return False
        return True

    def move(self, node: Node, to: Node) -> None:
        """Raises NotFound, AlreadyExists."""
        if not to.dn:
            raise Invalid(to.kind, "a name in lower case, without spaces")
        if self.dry_run:
            self._could_add(to)
            return
        above = to.parent if to.parent != node.parent else None
        self._write(node, lambda server: server.modify_dn(node.dn, to.rdn, new_superior=above), to)

    def _write(self, node: Node, send: Callable[[Any], Any], new: Node | None = None) -> None:
        if not node.dn:
            raise NotFound(node.kind, node.name)

        def sent(connection: ldap3.Connection) -> None:
            send(connection)
            code = connection.result["result"]
            if code != RESULT_SUCCESS:
                # What is missing is the entry, what is in the way is where it should be.
                raise failure(connection.result, node if code == RESULT_NO_SUCH_OBJECT else new or node)

        self._pool.run(sent, repeatable=False)


def chunks(items: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(items)
    while chunk := list(itertools.islice(rest, size)):
        yield chunk


def _pages(
    connection: ldap3.Connection, base: str, condition: str, attributes: Sequence[str], scope: Scope
) -> Iterator[Entry]:
    cookie: bytes | None = None
    while True:
        connection.search(
            base, condition, scope, ldap3.DEREF_NEVER, list(attributes),
            paged_size=None if scope == "BASE" else PAGE_ENTRIES, paged_cookie=cookie,
        )  # fmt: skip
        if connection.result["result"] in _NOBODY:
            return
        if connection.result["result"] != RESULT_SUCCESS:
            raise failure(connection.result, Node("entry", base, base))
        yield from map(_entry, (found for found in connection.response or () if found["type"] == "searchResEntry"))
        controls = connection.result.get("controls") or {}
        cookie = controls.get("1.2.840.113556.1.4.319", {}).get("value", {}).get("cookie")
        if not cookie:
            return


def _entry(found: Mapping[str, Any]) -> Entry:
    values = {
        name: tuple(bytes(value).decode("utf-8", "surrogateescape") for value in raw)
        for name, raw in found["raw_attributes"].items()
    }
    return Entry(found["dn"], values)


def _raw(attribute: str, value: str) -> bytes:
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise Invalid(attribute, "a text") from error


def _assertion(condition: str) -> Any:
    parsed: Any = _PARSE(condition, None, True, True, None, False)
    return build_control(ASSERTION, True, _COMPILE(parsed.elements[0]))
