"""Which classes of O365 make requests, and by which methods: read from their code."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

MODULES: Final = (
    "account", "connection", "message", "mailbox", "directory", "category", "calendar", "address_book", "tasks",
    "groups", "subscriptions", "drive", "excel", "sharepoint", "planner", "teams", "batch",
)  # fmt: skip
HAND: Final = {"O365.account.Account": "AccountBase", "O365.connection.Connection": "ConnectionBase"}
"""Classes with a base that is written by hand, in _hand.py."""
VERBS: Final = frozenset({"get", "post", "put", "patch", "delete", "naive_request", "oauth_request"})
CONNECTIONS: Final = frozenset({"con", "connection", "session"})
WAITING: Final = frozenset({"listed", "everything", "paged", "drive", "pause", "each"})
"""Functions that make requests, or wait, with the connection they are given."""
OF_CONNECTIONS: Final = VERBS | {"request_token", "get_authorization_url", "refresh_token"}
COMMON: Final = VERBS | {
    "add", "all", "any", "append", "clear", "close", "copy", "count", "index", "items", "match", "pop", "read",
    "remove", "save", "search", "send", "update", "write",
}  # fmt: skip
"""Names that methods of anything have: a call on another object than `self` tells nothing."""


# Which methods make requests.


def tree(function: Any) -> ast.FunctionDef | None:
    return _tree(function) if isinstance(function, FunctionType) else None


@cache
def _tree(function: FunctionType) -> ast.FunctionDef | None:
    try:
        found = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, SyntaxError):
        return None
    return found if isinstance(found, ast.FunctionDef) else None


@cache
def asks(kind: type | None, function: Any) -> bool:
    """Whether a function, a method of `kind` or of none, makes requests itself or through what it calls."""
    return _follow(kind, function, asking_names(), frozenset())


def _follow(kind: type | None, function: Any, names: frozenset[str], seen: frozenset[Any]) -> bool:
    node = tree(function)
    if node is None or (kind, function) in seen:
        return False
    seen |= {(kind, function)}
    return any(_asks(kind, function, one, names, seen) for one in ast.walk(node))


def _asks(kind: type | None, function: Any, node: ast.AST, names: frozenset[str], seen: frozenset[Any]) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=verb)) if verb in VERBS and _is_connection(value):
            return True
        case ast.Call(func=ast.Call(func=ast.Name(id="getattr"), args=[value, *_])) if _is_connection(value):
            return True
        case ast.Name(id=name):
            found = getattr(function, "__globals__", {}).get(name)
            return isinstance(found, FunctionType) and (name in WAITING or _follow(None, found, names, seen))
        case ast.Attribute(value=ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super")), attr=name) if kind:
            return _follow(kind, method_of(kind, name), names, seen)
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if not _is_own(value):
            return name in names
    return False


def _is_own(node: ast.expr) -> bool:
    """`self` and `super()`: their methods are looked at themselves."""
    return ast.unparse(node) in {"self", "cls", "super()"}


def _is_connection(node: ast.expr) -> bool:
    name = getattr(node, "attr", getattr(node, "id", ""))
    return name in CONNECTIONS


def method_of(kind: type, name: str) -> Any:
    found = inspect.getattr_static(kind, name, None)
    if isinstance(found, property):
        return found.fget
    return getattr(found, "__func__", found)


@cache
def asking_names() -> frozenset[str]:
    """Methods of any class that make requests without help from other objects."""
    return frozenset(
        name
        for kind in kinds()
        if full_name(kind) not in HAND
        for name in dir(kind)
        if not name.startswith("_")
        and name not in COMMON
        and _follow(kind, method_of(kind, name), frozenset(), frozenset())
    )


# Which classes there are.


@cache
def modules() -> tuple[ModuleType, ...]:
    return tuple(importlib.import_module(f"O365.{name}") for name in MODULES)


@cache
def kinds() -> dict[type, str]:
    """The public classes, and the module that shows each."""
    from O365._attributes import Resource
    from O365._component import ApiComponent
    from O365._paging import Pagination

    homes: dict[type, str] = {}
    for module in modules():
        for name, found in sorted(vars(module).items()):
            if not inspect.isclass(found) or found in {ApiComponent, Resource, Pagination} or not _shows(module, name):
                continue
            own = found.__module__ == module.__name__
            homes[found] = module.__name__ if own else homes.get(found, module.__name__)
    return homes


def _shows(module: ModuleType, name: str) -> bool:
    """Whether a module defines a public class, or imports it for its own callers: `import X as X`."""
    found = vars(module)[name]
    if name.startswith("_") or found.__name__ != name or not found.__module__.startswith("O365"):
        return False
    return found.__module__ == module.__name__ or name in _reexported(module.__name__)


@cache
def _reexported(name: str) -> set[str]:
    nodes = ast.walk(parsed(name))
    return {a.name for node in nodes if isinstance(node, ast.ImportFrom) for a in node.names if a.asname == a.name}


@cache
def twins() -> dict[type, str]:
    """Those that make requests, and the modules of their async classes."""
    return {
        kind: home.replace("O365.", "O365.aio.")
        for kind, home in kinds().items()
        if full_name(kind) in HAND or any(kind_of(kind, name) in {"asks", "property"} for name in public(kind))
    }


def full_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def public(kind: type) -> list[str]:
    """The methods of a class, those of private bases too."""
    from O365._component import ApiComponent

    return [
        name
        for name in dir(kind)
        if not name.startswith("_")
        and not hasattr(ApiComponent, name)
        and not isinstance(inspect.getattr_static(kind, name), classmethod)
        and isinstance(method_of(kind, name), FunctionType)
        and method_of(kind, name).__module__.startswith("O365")
    ]


def kind_of(kind: type, name: str) -> str:
    """asks, or plain; a property that does not ask is no concern of a class here."""
    function = method_of(kind, name)
    if full_name(kind) == "O365.connection.Connection":
        asking = name in OF_CONNECTIONS
    else:
        asking = asks(kind, function) or (full_name(kind) in HAND and name in OF_CONNECTIONS)
    if isinstance(inspect.getattr_static(kind, name), property):
        return "property" if asking else ""
    return "asks" if asking else "plain"


@cache
def parsed(module: str) -> ast.Module:
    """The code of a module."""
    return ast.parse(inspect.getsource(importlib.import_module(module)))
