"""The whole set of options on lists that are in memory: users, languages, time zones, rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.matching import matches
from postroom.workspace.query.names import check_options
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import chosen, project
from postroom.workspace.query.search import OPTION, parse_search, terms
from postroom.workspace.query.steps import find
from postroom.workspace.schema.types import EntityType

Document = dict[str, Any]
Texts = Callable[[Document], Mapping[str, str]]

_MARK: Final = "place-"


def texts_of(document: Document) -> dict[str, str]:
    """What a search looks through: the texts of a document, a list of texts as one."""
    found: dict[str, str] = {}
    for name, value in document.items():
        parts = value if isinstance(value, list) else [value]
        texts = [part for part in parts if isinstance(part, str)]
        if texts and not name.startswith(("@", "_")):
            found[name] = "\n".join(texts)
    return found


def page_of(
    documents: Iterable[Document],
    options: Options,
    entity_type: EntityType,
    default_page: int | None,
    most: int | None,
    *,
    always: Sequence[str] = ("id",),
    texts: Texts = texts_of,
    evaluator: Evaluator | None = None,
) -> Page:
    """A page of the documents, already as they are shown. `default_page` None: all at once.

    `$search` is read as directory lists have it. The cursor is a place in the list: what is added meanwhile in front
    of it shifts the rest. Raises Invalid, UnknownProperty.
    """
    check_options(options, entity_type)
    rows = chosen(searched(documents, options.search, entity_type, texts), options, entity_type, evaluator)
    start, stop, cursor = bounds(len(rows), options, default_page, most)
    shown = [project(row, options, entity_type, always) for row in rows[start:stop]]
    return Page(shown, cursor, len(rows) if options.count else None)


def bounds(count: int, options: Options, default_page: int | None, most: int | None) -> tuple[int, int, str | None]:
    """Where the page of a list of so many begins and ends, and the cursor when more follows. Raises Invalid."""
    start = options.skip if options.cursor is None else _place(options.cursor)
    size = page_size(options, default_page, most)
    stop = count if size is None else start + size
    # A page of nothing leads nowhere: whoever follows it would never end.
    return start, stop, f"{_MARK}{stop}" if start < stop < count else None


def page_size(options: Options, default_page: int | None, most: int | None) -> int | None:
    """Rows of a page: what was asked for, but no more than `most`. None is all."""
    asked = [size for size in (options.top, options.page_size) if size is not None]
    wanted = min(asked) if asked else default_page
    return min(wanted, most) if wanted is not None and most is not None else wanted


def searched(
    documents: Iterable[Document], search: str | None, entity_type: EntityType, texts: Texts = texts_of
) -> Iterable[Document]:
    """Those that a search of a directory list finds. Raises Invalid at once, not when they are asked for."""
    if search is None:
        return documents
    tree = parse_search(search, directory=True)
    for term in terms(tree):
        if term.property is not None and find(term.property, entity_type) is None:
            raise Invalid(OPTION, f"a property of {entity_type.name} instead of {term.property[:40]!r}")
    return (document for document in documents if matches(tree, texts(document)))


def _place(cursor: str) -> int:
    number = cursor.removeprefix(_MARK)
    if number == cursor or not (number.isascii() and number.isdigit() and len(number) <= 10):
        raise Invalid("$skiptoken", "a token from the link to the next page")
    return int(number)
