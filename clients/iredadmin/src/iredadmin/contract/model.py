"""What a row of the contract is made of. Standard library only: the server imports it too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

Kind = Literal["text", "number", "flag", "status", "list"]
"""`flag` is yes/no, `status` active/disabled, `list` comma-separated texts."""

Who = Literal["anyone", "global", "creator", "domain"]
"""Who may call: `domain` is a domain admin for what they manage (global admins always may), `creator` one who may also
create domains, `global` global admins only."""

Seed = Literal["yes", "upcoming", "no"]
"""Whether the first public document has it, has it as upcoming, or a later version brought it."""

Backends = Literal["SQL, LDAP", "SQL", "LDAP"]

ACCOUNT = "account"
"""What the three paths of a policy have in common: `global`, a domain, or a mail address."""


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter: of the form (POST, PUT), or of the query (GET, DELETE).

    `aliases`: names that older versions used; the newer name wins. `conflicts`: parameters that must not come with it.
    `ldap_values`: those of `values` that only LDAP servers keep. `resets`: an empty value clears what is stored.
    `global_only`: refused from domain admins. `since`: the version of the public document that has it first. `ours`:
    unknown to the original product.
    """

    name: str
    kind: Kind
    doc: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    ldap_values: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 255
    """In characters of the text on the wire."""
    resets: bool = False
    presence: bool = False
    """It counts that it is there, whatever its value."""
    secret: bool = False
    """Never to be logged or shown."""
    cased: bool = False
    """A list whose items differ by case; others are taken in lower case."""
    global_only: bool = False
    backends: Backends = "SQL, LDAP"
    since: str = "2016-06"
    ours: bool = False

    @property
    def python(self) -> str:
        """The name of the argument of the client's method."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name).lower()


@dataclass(frozen=True, slots=True)
class Place:
    """A variable of a path: a domain, a mail address, a number, or one of `values`."""

    name: str
    kind: Literal["domain", "mail", "number", "choice"]
    doc: str
    values: tuple[str, ...] = ()


PLACES: dict[str, Place] = {
    place.name: place
    for place in (
        Place("domain", "domain", "Name of a domain."),
        Place("mail", "mail", "Full mail address of an account."),
        Place("new_mail", "mail", "Address from now on; its domain is hosted here."),
        Place("days", "number", "Days for which the mailboxes are kept; 0 keeps them for ever."),
        Place("direction", "choice", "Which way the mail goes.", ("inbound", "outbound")),
        Place("list", "choice", "Which of the two lists.", ("whitelist", "blacklist")),
    )
}
_VARIABLE = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Route:
    """A call of the API.

    `key` is `resource.action`: `users.create` is the client's method and the name of the server's handler. `paths`
    are one, or three for `global`, a domain and a mail address. `data`: the Python type of `_data`. `methods` beside
    `method` are accepted too. `built`: Postroom's server has it. `ours`: the original lacks it. `withdrawn`: it was in
    the first versions only.
    """

    key: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    paths: tuple[str, ...]
    doc: str
    params: tuple[Param, ...] = ()
    who: Who = "domain"
    data: Any = None
    backends: Backends = "SQL, LDAP"
    seed: Seed = "no"
    since: str = "2016-06"
    source: str = ""
    methods: tuple[str, ...] = ()
    built: bool = True
    ours: bool = False
    withdrawn: bool = False

    @property
    def resource(self) -> str:
        return self.key.partition(".")[0]

    @property
    def action(self) -> str:
        return self.key.partition(".")[2]

    @property
    def changes(self) -> bool:
        """Whether the call may change something."""
        return self.method != "GET"

    @property
    def scoped(self) -> bool:
        """Whether it is about `global`, a domain or an address: three paths, one argument `account`."""
        return len(self.paths) > 1

    @property
    def places(self) -> tuple[Place, ...]:
        """The arguments that stand in the path, in its order; `account` in place of domain and mail where scoped."""
        names = _VARIABLE.findall(self.paths[-1])
        if not self.scoped:
            return tuple(PLACES[name] for name in names)
        account = Place(ACCOUNT, "mail", "`global`, the name of a domain, or a mail address.")
        return tuple(account if name == "mail" else PLACES[name] for name in names)

    def combinations(self) -> list[str]:
        """Every path as the public document lists it: choices written out."""
        found = []
        for path in self.paths:
            choices = [PLACES[name] for name in _VARIABLE.findall(path) if PLACES[name].kind == "choice"]
            for values in product(*(place.values for place in choices)):
                filled = path
                for place, value in zip(choices, values, strict=True):
                    filled = filled.replace(f"{{{place.name}}}", value)
                found.append(filled)
        return found


def text(name: str, doc: str, **more: Any) -> Param:
    return Param(name, "text", doc, **more)


def number(name: str, doc: str, **more: Any) -> Param:
    return Param(name, "number", doc, **{"max_length": 20, **more})


def flag(name: str, doc: str, **more: Any) -> Param:
    return Param(name, "flag", doc, **{"max_length": 10, **more})


def many(name: str, doc: str, **more: Any) -> Param:
    """A comma-separated list."""
    return Param(name, "list", doc, **{"max_length": 1 << 16, **more})


def table(*routes: Route) -> dict[str, Route]:
    """The routes by key; a key given twice is an error."""
    by_key = {route.key: route for route in routes}
    if len(by_key) != len(routes):
        raise ValueError("a route is in the table twice")
    return by_key
