"""The page docs/reference/graph.md, from the table in postroom.faces.graph.routes."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from postroom.faces.graph.route import ANYBODY, BASES, Route
from postroom.faces.graph.routes import ROUTES

HEAD: Final = """# Microsoft Graph

<!-- Written by scripts/graph_page.py from src/postroom/faces/graph/routes: change it there. -->

Postroom answers Microsoft Graph v1.0 on port 8443, below `/v1.0` and `/beta`, once `postroom enable graph` was called.
Programs sign in at the same port, below `/{tenant}/oauth2/v2.0`.

## Requests

* Names in paths count without their case, ids with it. Keys stand as segments or in parentheses, as do arguments of
  functions; names may have `microsoft.graph.` in front; doubled slashes and one at the end make no difference.
* `$count` behind a collection, a property behind an entity (`/me/mailboxSettings/timeZone`), and `$value` behind that
  are answered for every route of the table that has a GET.
* Query options may stand with or without `$`. A route that has no `$filter`, `$search` or `$orderby` refuses them.
* `$batch` takes 20 requests (`graph.batch_requests`) and does them in turn, each after those that it depends on.

## Choices

Where sources disagree, or say nothing:

* **Paths that lead nowhere** are 400 `BadRequest`, as with the original; a wrong method is 405.
* **Next pages** are `$skiptoken` everywhere; a token holds where the page begins, so that a page costs the same at any
  depth. `$skip` is taken as well.
* **Links** have the host that the client asked for, or that of `graph.base_url`.
* **Queries that the original refuses as too complex** are answered, unless `graph.strict_queries` is on.
* **Pictures** of users and groups are kept as they come, in one size, which answers for all sizes.
* **Accounts**: users, their names, addresses and passwords are the accounts that the iRedAdmin API and the command line
  have, by the same rules; other properties of a user are kept by Graph alone. Aliases are not changed here.
* **Scopes**: of those in a row one suffices. `User.Read`, `User.ReadWrite` and `People.Read` are for the user's own
  profile; mail of other users is for apps by themselves.
* **The tenant** is named after the first domain of its users.

## Testing programs

`graph.limit_requests` and `graph.limit_concurrent` set limits for each app and mailbox; a request too many is 429 with
`Retry-After`. `graph.faults_file` names a TOML file of rules:

```toml
[[rule]]
path = "/me/messages*"   # a shell pattern, without the version; * goes over slashes
method = "GET"           # all when left out
after = 1                # so many pass first
times = 2                # and so many fail
status = 503
retry_after_s = 4
```

The file is read again when it changes, and counting begins anew; it may be missing, and there are no rules then.

## Coverage

"""

MISSING: Final = ("Teams", "OneNote", "reports", "audit logs")
SHORT: Final = {"{D}": "a drive", "{I}": "a file or folder", "{S}": "a site"}
"""What stands in paths for several ways to a thing, beside `{U}`."""


def page() -> str:
    """The page as Markdown."""
    return HEAD + _summary() + "".join(_group(name, list(routes)) for name, routes in groupby(ROUTES, _workload))


def _workload(route: Route) -> str:
    return route.key.partition(".")[0]


def _summary() -> str:
    by_client = sum(route.o365 for route in ROUTES)
    ways = "".join(f"* `{name}`, {told}: {', '.join(map(_way, BASES[name]))}\n" for name, told in SHORT.items())
    return (
        f"{len(ROUTES)} calls are built; {by_client} of them are calls that python-o365 makes (marked o365). "
        f"Not built: {', '.join(MISSING)}.\n\nIn paths stands\n\n"
        f"* `{{U}}`, a user: `/me`, `/users/{{id or address}}`\n{ways}\n"
        "`{:name}` is a path, between colons. What is below `{I}/workbook` has a page of its own,\n"
        "[workbooks.md](../workbooks.md).\n\n"
    )


def _way(base: str) -> str:
    return f"`{base if base.startswith('{') else f'/{base}'}`"


def _group(name: str, routes: list[Route]) -> str:
    head = "| call | answer | delegated | application | notes |\n|---|---|---|---|---|\n"
    return f"### {name.capitalize()}\n\n{head}{''.join(map(_row, routes))}\n"


def _row(route: Route) -> str:
    notes = route.doc + (" (o365)" if route.o365 else "")
    cells = (f"`{route.method} {route.path}`", _answer(route), _scopes(route.delegated, route),
             _scopes(route.application, route), notes)  # fmt: skip
    return "| " + " | ".join(cells) + " |\n"


def _answer(route: Route) -> str:
    kinds = {"raw": "content", "": "nothing"}
    kind = f"list of {route.type}" if route.many else kinds.get(route.returns, route.returns)
    return f"{route.status}, {kind}"


def _scopes(scopes: tuple[str, ...], route: Route) -> str:
    if route.open:
        return "no token"
    if scopes == ANYBODY:
        return "any"
    return ", ".join(dict.fromkeys(scopes)) or "no"


FILES: Final = [("docs/reference/graph.md", page)]
