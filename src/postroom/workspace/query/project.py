"""What of a document is shown: `$select` with its nested paths, and the options inside `$expand`.

Nothing is derived or fetched here: what is expanded is in the document already. Properties whose names begin with `_`
are ours and never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from postroom.workspace.query.access import look_up, type_of
from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.names import check_path
from postroom.workspace.query.options import Expand, Options
from postroom.workspace.query.steps import Step, find, is_cast, structure
from postroom.workspace.query.tree import Path
from postroom.workspace.schema.types import EntityType, is_subtype

Document = dict[str, Any]
_CONTROL: Final = "@odata."
_ALIASES: Final = {"content.downloadurl": "@microsoft.graph.downloadUrl"}


def project(
    document: Mapping[str, Any],
    options: Options,
    entity_type: EntityType | None,
    always: Sequence[str] = ("id",),
) -> Document:
    """The document as asked for. A selected property that the type has and the document has not is null, or empty.

    Raises UnknownProperty for a selected name that the type does not have.
    """
    actual = type_of(document, entity_type)
    shown = _selected(document, options.select, entity_type, actual, always)
    for expand in options.expand:
        _add_expanded(shown, document, expand, actual, always)
    return shown


def _selected(
    document: Mapping[str, Any],
    select: Sequence[Path],
    declared: EntityType | None,
    actual: EntityType | None,
    always: Sequence[str],
) -> Document:
    if not select or any(path.names == ("*",) for path in select):
        return {name: value for name, value in document.items() if not name.startswith("_")}
    shown = {name: document[name] for name in document if name.startswith(_CONTROL) or name in always}
    annotations = [name for name in document if _CONTROL in name and not name.startswith(_CONTROL)]
    for name, paths in _by_first_name(tuple(select), declared, actual).items():
        _add(shown, document, name, paths, actual, annotations)
    return shown


@lru_cache(maxsize=256)
def _by_first_name(
    select: tuple[Path, ...], declared: EntityType | None, actual: EntityType | None
) -> dict[str, list[Sequence[str]]]:
    """Name of a property → what of it is selected; casts to another type than the document's are left out.

    Kept, since the rows of a list ask the same.
    """
    found: dict[str, list[Sequence[str]]] = {}
    for path in select:
        steps = check_path(path.names, declared)
        names = [step.name for step in steps if step.kind != "cast"]
        if names and _casts_fit(steps, actual):
            found.setdefault(_ALIASES.get(names[0].lower(), names[0]), []).append(names[1:])
    return found


def _casts_fit(steps: Sequence[Step], actual: EntityType | None) -> bool:
    first = steps[0]
    wanted = first.structure if first.kind == "cast" else None
    return wanted is None or (actual is not None and is_subtype(actual, wanted))


def _add(
    shown: Document,
    document: Mapping[str, Any],
    name: str,
    paths: list[Sequence[str]],
    actual: EntityType | None,
    annotations: Sequence[str],
) -> None:
    if name.startswith("_"):
        return
    key = name if name in document else next((key for key in document if key.lower() == name.lower()), None)
    if key is None:
        _add_absent(shown, name, actual)
        return
    shown[key] = document[key] if any(not path for path in paths) else _part(document[key], paths)
    shown.update({other: document[other] for other in annotations if other.startswith(f"{key}{_CONTROL}")})


def _add_absent(shown: Document, name: str, actual: EntityType | None) -> None:
    """Nulls are written. Not for navigations, nor for what only another type has."""
    member = actual.property(name) if actual else None
    if member is not None and member.type != "Edm.Stream":
        shown[member.name] = [] if member.collection else None


def _part(value: Any, paths: list[Sequence[str]]) -> Any:
    """Of an object what these paths lead to."""
    if isinstance(value, list):
        return [_part(element, paths) for element in value]
    if not isinstance(value, dict):
        return value
    shown = {name: below for name, below in value.items() if name.startswith(_CONTROL)}
    for first in dict.fromkeys(path[0] for path in paths):
        rests = [path[1:] for path in paths if path[0] == first]
        key = next((key for key in value if key.lower() == first.lower()), None)
        if key is not None:
            shown[key] = value[key] if any(not rest for rest in rests) else _part(value[key], rests)
    return shown


def _add_expanded(
    shown: Document,
    document: Mapping[str, Any],
    expand: Expand,
    actual: EntityType | None,
    always: Sequence[str],
) -> None:
    name = expand.path.names[-1]
    member = find(name, _cast_to(expand.path) or actual)
    key = member.name if member else name
    value = look_up(document, key)
    target = structure(member.type) if member else None
    if isinstance(value, list):
        shown.update(_expanded_list(key, value, expand.options, target, always))
    elif isinstance(value, dict):
        shown[key] = project(value, expand.options, target, always)
    elif key in document:
        shown[key] = value


def _cast_to(path: Path) -> EntityType | None:
    casts = [structure(name) for name in path.names if is_cast(name)]
    return casts[-1] if casts else None


def _expanded_list(
    key: str, values: list[Any], options: Options, target: EntityType | None, always: Sequence[str]
) -> Document:
    rows = chosen((value for value in values if isinstance(value, dict)), options, target)
    stop = None if options.top is None else options.skip + options.top
    shown: Document = {f"{key}@odata.count": len(rows)} if options.count else {}
    return shown | {key: [project(row, options, target, always) for row in rows[options.skip : stop]]}


def chosen(
    documents: Iterable[Document], options: Options, entity_type: EntityType | None, evaluator: Evaluator | None = None
) -> list[Document]:
    """Those that `$filter` holds for, in the order of `$orderby`."""
    evaluator = evaluator or Evaluator(entity_type)
    condition = options.filter
    rows = [row for row in documents if condition is None or evaluator.holds(condition, row)]
    return evaluator.sort(rows, options.orderby) if options.orderby else rows
