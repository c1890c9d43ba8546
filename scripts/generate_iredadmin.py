"""The iRedAdmin client's methods and its reference page, from the contract. `FILES` are rows of `scripts.generate`."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from scripts.iredadmin_page import page

from iredadmin.contract import DRY_RUN, ROUTES, Param, Place, Route

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "clients/iredadmin/src/iredadmin"
WIDTH = 116
NAMES_ONLY = ("email_only", "name_only")
"""Flags that turn the rows of a list into names."""
SESSION = "session"
"""Signing in and out are the clients' own methods."""

HEAD = '''"""The calls of the API as {kind} methods, a class per resource. `make docs` writes it from `contract`."""

# ruff: noqa: A002  # names are the API's
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import {iterator}, Mapping
from typing import Any, Literal, overload

from iredadmin.encode import Document, Documents, Listing, Names, Status, Strings, Text


class Caller(ABC):
    """A client that knows how to call."""

    @abstractmethod
    {prefix}def _call(self, key: str, places: tuple[object, ...], arguments: Mapping[str, object]) -> Any: ...

    @abstractmethod
    def _rows(
        self, key: str, places: tuple[object, ...], arguments: Mapping[str, object], page_size: int
    ) -> {iterator}[Any]: ...
'''
CLASS = '''

class {name}:
    """{doc}"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
'''
MIXIN = '''

class Resources(Caller):
    """The resources of a client, as its attributes."""

    def __init__(self) -> None:
{lines}
'''
DOCS = {
    "domains": "Mail domains.",
    "admins": "Admins that are no mail users.",
    "users": "Mail users.",
    "aliases": "Alias accounts.",
    "maillists": "Mailing lists of LDAP servers.",
    "subscribable_lists": "Mailing lists with subscribers, run by mlmmj.",
    "spam_policy": "Spam policies: global, of a domain, of a user.",
    "throttle": "Limits of how much mail goes in or out: global, of a domain, of a user.",
    "wblist": "Senders and recipients that are always or never accepted: global, of a domain, of a user.",
    "greylisting": "Greylisting: global, of a domain, of a user.",
    "ldif": "Entries of LDAP servers as LDIF.",
    "log": "The admin log. Postroom only.",
}
TYPES = {
    "None": "None",
    "dict[str, Any]": "Document",
    "list[dict[str, Any]]": "Documents",
    "list[str]": "Strings",
    "<class 'str'>": "str",
}
"""Names for the types of answers: inside a class that has a method `list`, the type of that name is hidden."""


def methods(*, asynchronous: bool) -> str:
    """The text of a module with a class per resource, and one that puts them together."""
    kind, iterator, prefix = ("async", "AsyncIterator", "async ") if asynchronous else ("sync", "Iterator", "")
    parts = [HEAD.format(kind=kind, iterator=iterator, prefix=prefix)]
    lines = []
    for resource, routes in resources():
        name = resource.title().replace("_", "")
        parts.append(CLASS.format(name=name, doc=DOCS[resource]))
        parts += [_methods(route, prefix, iterator) for route in routes]
        lines.append(f"        self.{resource} = {name}(self)")
    parts.append(MIXIN.format(lines="\n".join(lines)))
    return _formatted("".join(parts))


def resources() -> list[tuple[str, list[Route]]]:
    """The routes by resource, in the table's order."""
    grouped = groupby(ROUTES.values(), key=lambda route: route.resource)
    return [(resource, list(routes)) for resource, routes in grouped if resource != SESSION]


def _formatted(code: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", f"{PACKAGE}/_methods.py", "-"]
    return subprocess.run(command, input=code, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def _methods(route: Route, prefix: str, iterator: str) -> str:
    return _overloads(route, prefix) + _method(route, prefix) + (_iterate(route, iterator) if paged(route) else "")


def paged(route: Route) -> bool:
    """Whether its rows come in pages from servers that can."""
    return any(param.name == "limit" for param in route.params)


def params(route: Route) -> tuple[Param, ...]:
    """The parameters of a route's method; what changes something can be tried."""
    return (*route.params, DRY_RUN) if route.changes else route.params


def iterated(route: Route) -> tuple[Param, ...]:
    """The parameters of `iterate`: the pages are its own matter, and it yields whole rows."""
    return tuple(param for param in route.params if param.name not in {"limit", "after", *NAMES_ONLY})


def _method(route: Route, prefix: str) -> str:
    given = params(route)
    result = _type(route.data)
    call = f"{'await ' if prefix else ''}self._caller._call({_arguments(route, given)})"
    body = call if result == "None" else f"answer: {result} = {call}\n        return answer"
    return f"""
    {prefix}def {route.action}({_signature(route.places, given)}) -> {result}:
{_docstring(route.doc, [*map(_place, route.places), *map(_param, given), *_notes(route)])}
        {body}
"""


def _overloads(route: Route, prefix: str) -> str:
    """What a list holds depends on a flag."""
    if not (flags := [param for param in route.params if param.name in NAMES_ONLY]):
        return ""
    signature, flag = _signature(route.places, params(route)), _keyword(flags[0])
    kinds = {"Literal[True]": "Strings", "Literal[False] | None = None": "Listing"}
    return "".join(
        f"""
    @overload
    {prefix}def {route.action}({signature.replace(flag, f"{flags[0].python}: {kind}")}) -> {result}: ...
"""
        for kind, result in kinds.items()
    )


def _iterate(route: Route, iterator: str) -> str:
    given = iterated(route)
    signature = _signature(route.places, given, "page_size: int = 1000")
    doc = f"{route.doc.rstrip('.')}, one after the other; from servers that can, page by page."
    return f"""
    def iterate({signature}) -> {iterator}[Document]:
{_docstring(doc, [*map(_place, route.places), *map(_param, given), "page_size: How many rows to ask for at once."])}
        return self._caller._rows({_arguments(route, given)}, page_size)
"""


def _type(data: Any) -> str:
    text = str(data).replace("typing.", "")
    return "Listing | Strings" if "|" in text else TYPES[text]


def _signature(places: Iterable[Place], given: Iterable[Param], *more: str) -> str:
    keywords = [*map(_keyword, given), *more]
    return ", ".join(["self", *map(_position, places), *(["*"] if keywords else []), *keywords])


def _position(place: Place) -> str:
    return f"{place.name}: {'int' if place.kind == 'number' else _literal(place.values) or 'str'}"


def _keyword(param: Param) -> str:
    kinds = {"text": "Text", "number": "int", "flag": "bool", "status": "Status", "list": "Names"}
    kind = "bool" if param.presence else kinds[param.kind]
    if param.kind == "text" and param.values:
        kind = _literal(param.values)
    if param is DRY_RUN:
        return f"{param.python}: bool = False"
    return f"{param.python}: {kind}" if param.required else f"{param.python}: {kind} | None = None"


def _literal(values: tuple[str, ...]) -> str:
    words = ", ".join(f'"{value}"' for value in values)
    return f"Literal[{words}]" if words else ""


def _arguments(route: Route, given: Iterable[Param]) -> str:
    places = "".join(f"{place.name}, " for place in route.places)
    fields = ", ".join(f'"{param.name}": {_value(param)}' for param in given)
    return f'"{route.key}", ({places}), {{{fields}}}'


def _value(param: Param) -> str:
    """A call in earnest does not mention trying: servers that know nothing of it are none the wiser."""
    return f"{param.python} or None" if param is DRY_RUN else param.python


def _docstring(first: str, facts: list[str]) -> str:
    blank = " " * 8
    if not facts:
        return f'{blank}"""{first}"""'
    lines = [line for fact in facts for line in _filled(fact, blank)]
    return "\n".join([f'{blank}"""{first}', "", *lines, f'{blank}"""'])


def _place(place: Place) -> str:
    return f"{place.name}: {place.doc}"


def _param(param: Param) -> str:
    allowed = f" Of: {', '.join(param.values)}." if param.values and param.kind == "list" else ""
    if param.ldap_values:
        allowed += f" Only on LDAP: {', '.join(param.ldap_values)}."
    marks = [
        *(["global admins only"] if param.global_only else []),
        *([f"{param.backends} only"] if param.backends != "SQL, LDAP" else []),
        *(["Postroom only"] if param.ours else []),
    ]
    told = f" ({', '.join(marks)})" if marks else ""
    return f"{param.python}: {param.doc}{allowed}{told}"


def _notes(route: Route) -> list[str]:
    return [
        *(["`iterate` goes through long lists."] if paged(route) else []),
        *(["For global admins."] if route.who == "global" else []),
        *([f"{route.backends} servers only."] if route.backends != "SQL, LDAP" else []),
        *(["Postroom only."] if route.ours else []),
        *(["The first versions only; newer ones have no such call."] if route.withdrawn else []),
    ]


def _filled(paragraph: str, blank: str) -> list[str]:
    return textwrap.wrap(paragraph, WIDTH, initial_indent=blank, subsequent_indent=blank + " " * 4)


FILES: list[tuple[str, Callable[[], str]]] = [
    (f"{PACKAGE}/_methods.py", lambda: methods(asynchronous=False)),
    (f"{PACKAGE}/_methods_aio.py", lambda: methods(asynchronous=True)),
    ("docs/reference/iredadmin.md", page),
]
