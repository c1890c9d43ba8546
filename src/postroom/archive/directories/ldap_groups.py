"""Who is in a group, or in a group within it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from ldap3.core.exceptions import LDAPExceptionError
from ldap3.utils.dn import parse_dn

from postroom.archive.directories.ldap_connection import Entry, Reader
from postroom.errors import Invalid

MEMBERS: Final = ("member", "uniqueMember", "memberUid")
"""Distinguished names, such names with a number behind them, and user names (RFC 4519, RFC 2307)."""
_GROUPS: Final = (
    "(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))"
)


@dataclass(frozen=True, slots=True)
class Groups:
    """The members of some groups: keys of their distinguished names, and their user names."""

    dns: frozenset[str]
    names: frozenset[str]

    @classmethod
    def read(cls, reader: Reader, base: str, roots: Iterable[str], stop: Callable[[], None]) -> Groups:
        """Raises Invalid for a group that is not there: without it all of its members would be missing."""
        known = {dn_key(entry.dn): entry for entry in reader.below(base, _GROUPS, [*MEMBERS], stop)}
        for root in roots:
            if dn_key(root) not in known:
                entry = reader.one(root, "(objectClass=*)", [*MEMBERS])
                if entry is None:
                    raise Invalid("groupDNs", f"the name of a group that userName may read; there is no {root!r}")
                known[dn_key(root)] = entry
        return _closed(known, [dn_key(root) for root in roots])

    def has(self, dn: str, name: str) -> bool:
        return dn_key(dn) in self.dns or name in self.names


def _closed(known: dict[str, Entry], roots: Iterable[str]) -> Groups:
    """Each group is visited once, so that groups that contain each other end."""
    waiting, seen = [*roots], set()
    dns: set[str] = set()
    names: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in seen or key not in known:
            continue
        seen.add(key)
        group = known[key]
        members = {dn_key(text) for text in group.texts("member")} | {
            dn_key(text.partition("#")[0]) for text in group.texts("uniqueMember")
        }
        dns |= members
        names |= set(group.texts("memberUid"))
        waiting += members
    return Groups(frozenset(dns), frozenset(names))


def dn_key(dn: str) -> str:
    """The same for all spellings of a distinguished name that servers use."""
    try:
        parts = parse_dn(dn, escape=False, strip=True)
    except LDAPExceptionError:
        return dn.lower()
    return ",".join(f"{attribute.lower()}={_plain(value)}" for attribute, value, _ in parts)


def _plain(value: str) -> str:
    """A value without its escapes (RFC 4514 2.4), in small letters."""
    raw, place = bytearray(), 0
    while place < len(value):
        pair = value[place + 1 : place + 3]
        if value[place] == "\\" and len(pair) == 2 and all(char in "0123456789abcdefABCDEF" for char in pair):
            raw += bytes.fromhex(pair)
            place += 3
        elif value[place] == "\\" and place + 1 < len(value):
            raw += value[place + 1].encode()
            place += 2
        else:
            raw += value[place].encode()
            place += 1
    return raw.decode(errors="replace").casefold()
