"""Whether the names and values in options are those of a type. Lists check them before they look for anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Final

from postroom.workspace.errors import UnknownProperty
from postroom.workspace.query.access import Names, type_at
from postroom.workspace.query.fitting import check_condition, check_order
from postroom.workspace.query.options import Expand, Options
from postroom.workspace.query.steps import Step, steps, structure
from postroom.workspace.query.tree import Call, Lambda, Node, Path
from postroom.workspace.query.walk import children
from postroom.workspace.schema.dynamic import may_have
from postroom.workspace.schema.types import EntityType

_OF_TYPES: Final = frozenset({"isof", "cast"})


def check_options(options: Options, entity_type: EntityType) -> None:
    """Raises UnknownProperty for a name that the type, and what is derived from it, does not have.

    Raises Unfit for what the types of the properties do not allow.
    """
    if options.filter is not None:
        names = Names(entity_type, UTC)
        _check_tree(options.filter, names)
        check_condition(options.filter, names)
    for path in (*(order.path for order in options.orderby), *options.select):
        check_path(path.names, entity_type)
    for order in options.orderby:
        check_order(order.path, entity_type)
    for expand in options.expand:
        _check_expand(expand, entity_type)


def check_path(names: Sequence[str], start: EntityType | None) -> list[Step]:
    """What the names mean. Raises UnknownProperty."""
    found = steps(names, start)
    before: str | None = start.name if start else None
    for step in found:
        if not step.known and not _passes(step.name, before, root=step is found[0]):
            raise UnknownProperty(step.name, before or "this")
        before = step.type
    return found


def _passes(name: str, type_name: str | None, *, root: bool) -> bool:
    """Whether an unknown name may stand here."""
    if name == "*" or name.startswith("@"):
        return True
    if root and name.startswith("_"):
        return False  # ours
    owner = structure(type_name)
    if owner is None:
        return type_name is None or not type_name.startswith("Edm.")
    return may_have(owner, name)


def _check_tree(node: Node, names: Names) -> None:
    match node:
        case Path():
            _check_start(node, names)
        case Lambda():
            _check_start(node.path, names)
            if node.body is not None:
                _check_tree(node.body, names.with_variable(node.variable, type_at(node.path, names)))
        case Call(function, arguments) if function in _OF_TYPES:
            for argument in arguments[:-1]:
                _check_tree(argument, names)
        case _:
            for child in children(node):
                _check_tree(child, names)


def _check_start(path: Path, names: Names) -> None:
    place, type_name, rest = names.start(path)
    start = structure(type_name)
    if start is not None:
        check_path(rest, start)
    elif place and rest and type_name and type_name.startswith("Edm."):
        raise UnknownProperty(rest[0], type_name)


def _check_expand(expand: Expand, entity_type: EntityType) -> None:
    if expand.path.names == ("*",):
        return
    last = check_path(expand.path.names, entity_type)[-1]
    if last.structure is not None:
        check_options(expand.options, last.structure)
