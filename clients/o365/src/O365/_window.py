"""The two times between which a calendar is viewed: given as such, or as conditions of a query."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from O365._dates import aware
from O365._query_parts import ChainFilter, CompositeFilter, LogicalFilter, QueryFilter, chained

ENDS = ("start", "end")


def window(query: Any, start: Any, end: Any, zone: ZoneInfo) -> tuple[dict[str, str], Any]:
    """The options of the URL, and the query without what became of them.

    What is not given is taken from the conditions of the query on `start` and `end`. Raises ValueError when one of both
    is nowhere.
    """
    asked, found = query, {}
    for name, value in zip(ENDS, (start, end), strict=True):
        source = asked if value is None and hasattr(asked, "get_filter_by_attribute") else value
        moment = None if source is None else bound(source, zone, name)
        if not moment:
            raise ValueError(
                "Recurring events are shown between two times: give start_recurring and end_recurring, or a query on "
                "start and end, or include_recurring=False."
            )
        found[f"{name}DateTime"] = moment
        if source is asked:
            query = without(query, f"{name}/dateTime")
    return found, query


def bound(given: Any, zone: ZoneInfo, name: str = "start") -> str | None:
    """An end of the window as text: of a time (a date is its midnight), a text, or a query with such a condition."""
    if isinstance(given, str):
        return given
    if isinstance(given, dt.date):
        return aware(given, zone).isoformat()
    word: str | None = given.get_filter_by_attribute(f"{name}/")
    return word.strip("'") if word else None


def without(query: Any, attribute: str) -> Any:
    """The query without the conditions on an attribute; the program's own stays as it is. None when nothing is left."""
    if hasattr(query, "remove_filter"):
        found = copy.copy(query)
        # Of its own, or what is removed from it would be removed from the program's.
        vars(found).update(_conditions=list(query._conditions), _source=None)
        found = found.remove_filter(attribute)
        return found if found.as_params() else None
    if not isinstance(query, CompositeFilter) or query.filters is None:
        return query
    rest = copy.copy(query)
    rest.filters = _kept(query.filters, attribute.lower())
    return rest if rest.as_params() else None


def _kept(part: QueryFilter, attribute: str) -> QueryFilter | None:
    if isinstance(part, LogicalFilter):
        return None if part.attribute.lower() == attribute else part
    if isinstance(part, ChainFilter):
        kept = [_kept(one, attribute) for one in part._filter_instances]
        return chained(part._operation, [one for one in kept if one is not None])
    return part
