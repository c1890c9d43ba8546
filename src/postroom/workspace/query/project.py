"""What of a document is shown: `$select` with its nested paths, and the options inside `$expand`.

Nothing is derived or fetched here: what is expanded is in the document already. Properties whose names begin with `_`
are ours and never shown. Values may be JSON text (`msgspec.Raw`); it is read only where a part of it is selected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from postroom.workspace.query.access import look_up, plain, type_of
from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.names import check_path
from postroom.workspace.query.options import Expand, Options
from postroom.workspace.query.steps import Step, find, is_cast, structure
from postroom.workspace.query.tree import Path
from postroom.workspace.schema.types import EntityType, is_subtype

Document = dict[str, Any]
_Paths = list[Sequence[str]]
_Chosen = dict[str, _Paths | None]
"""Name of a property → what of it is shown; None where the document does not have it."""
_WHOLE: Final[_Paths] = [()]
_EMPTY: Final[_Paths] = []
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
    shown = Projection(options.select, entity_type, always).of(document)
    for expand in options.expand:
        _add_expanded(shown, document, expand, type_of(document, entity_type), always)
    return shown


class Projection:
    """What `$select` leaves of documents.

    It is worked out once for documents with the same names in the same order, which most rows of a list are.
    """

    def __init__(self, select: Sequence[Path], declared: EntityType | None, always: Sequence[str] = ("id",)) -> None:
        self._select, self._declared, self._always = select, declared, always
        self._all = not select or any(path.names == ("*",) for path in select)
        self._plans: dict[tuple[EntityType | str | None, ...], _Plan] = {}

    def of(self, document: Mapping[str, Any]) -> Document:
        """Raises UnknownProperty."""
        if self._all:
            return {name: value for name, value in document.items() if not name.startswith("_")}
        actual = type_of(document, self._declared)
        layout = (actual, *document)
        plan = self._plans.get(layout)
        if plan is None:
            plan = self._plans[layout] = _planned(self._chosen(document, actual))
        return plan.of(document)

    def _chosen(self, names: Iterable[str], actual: EntityType | None) -> _Chosen:
        chosen: _Chosen = {name: _WHOLE for name in names if name.startswith(_CONTROL) or name in self._always}
        for name, paths in self._by_first_name(actual).items():
            if not name.startswith("_"):
                _choose(chosen, list(names), name, paths, actual)
        return chosen

    def _by_first_name(self, actual: EntityType | None) -> dict[str, _Paths]:
        """Name of a property → what of it is selected; casts to another type than the document's are left out."""
        found: dict[str, _Paths] = {}
        for path in self._select:
            steps = check_path(path.names, self._declared)
            names = [step.name for step in steps if step.kind != "cast"]
            if names and _casts_fit(steps, actual):
                found.setdefault(_ALIASES.get(names[0].lower(), names[0]), []).append(names[1:])
        return found


@dataclass(frozen=True, slots=True)
class _Plan:
    """`template` has all names in the order of the answer. `whole` are taken as they are, of `parts` some paths."""

    template: Document
    whole: tuple[str, ...]
    parts: tuple[tuple[str, _Paths], ...]
    empty: tuple[str, ...]

    def of(self, document: Mapping[str, Any]) -> Document:
        shown = self.template.copy()
        for name in self.whole:
            shown[name] = document[name]
        for name, paths in self.parts:
            shown[name] = _part(plain(document[name]), paths)
        for name in self.empty:
            shown[name] = []
        return shown


def _planned(chosen: _Chosen) -> _Plan:
    return _Plan(
        dict.fromkeys(chosen),
        tuple(name for name, paths in chosen.items() if paths is _WHOLE),
        tuple((name, paths) for name, paths in chosen.items() if paths and paths is not _WHOLE),
        tuple(name for name, paths in chosen.items() if paths is _EMPTY),
    )


def _casts_fit(steps: Sequence[Step], actual: EntityType | None) -> bool:
    first = steps[0]
    wanted = first.structure if first.kind == "cast" else None
    return wanted is None or (actual is not None and is_subtype(actual, wanted))


def _choose(chosen: _Chosen, names: Sequence[str], name: str, paths: _Paths, actual: EntityType | None) -> None:
    """A selected property with its annotations."""
    key = name if name in names else next((key for key in names if key.lower() == name.lower()), None)
    if key is None:
        _choose_absent(chosen, name, actual)
        return
    chosen[key] = _WHOLE if any(not path for path in paths) else paths
    annotations = f"{key}{_CONTROL}"
    chosen.update({other: _WHOLE for other in names if other.startswith(annotations)})


def _choose_absent(chosen: _Chosen, name: str, actual: EntityType | None) -> None:
    """Nulls are written. Not for navigations, nor for what only another type has."""
    member = actual.property(name) if actual else None
    if member is not None and member.type != "Edm.Stream":
        chosen[member.name] = _EMPTY if member.collection else None


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
