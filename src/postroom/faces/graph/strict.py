"""Queries that the original refuses, refused too when `graph.strict_queries` is on.

Source: Microsoft Graph, advanced query capabilities on directory objects; known limits of Outlook queries.
"""

from __future__ import annotations

from postroom.faces.graph.errors import Refused
from postroom.faces.graph.route import Route
from postroom.workspace.query.options import Options
from postroom.workspace.query.strict import beside_search, inefficient, needs_count, needs_eventual


def check(route: Route, options: Options, *, eventual: bool, counting: bool) -> None:
    """`eventual`: the header ConsistencyLevel says so. `counting`: the path ends with `$count`. Raises Refused."""
    if not route.many:
        return
    if route.family == "directory":
        _directory(options, eventual=eventual, counting=counting)
    elif route.type in ("message", "contact", "event"):
        _outlook(route, options)


def _directory(options: Options, *, eventual: bool, counting: bool) -> None:
    lacks_header = (counting or needs_eventual(options)) and not eventual
    lacks_count = needs_count(options) and not (options.count or counting)
    if lacks_header or lacks_count:
        message = "This query needs the header ConsistencyLevel: eventual, and $count=true with $filter."
        raise Refused(400, "Request_UnsupportedQuery", message)


def _outlook(route: Route, options: Options) -> None:
    if inefficient(options):
        message = "The restriction or sort order is too complex for this operation."
        raise Refused(400, "InefficientFilter", message)
    if route.type == "event":
        return
    beside = beside_search(options)
    if "$filter" in beside:
        raise Refused(400, "SearchWithFilter", "The query parameter '$filter' is not supported with '$search'.")
    if "$orderby" in beside:
        raise Refused(400, "SearchWithOrderBy", "The query parameter '$orderby' is not supported with '$search'.")
    if beside:
        raise Refused(400, "ErrorInvalidRequest", f"{beside[0]} is not supported with $search.")
