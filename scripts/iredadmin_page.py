"""The page docs/reference/iredadmin.md, from the table in iredadmin.contract."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from iredadmin.contract import GROUPS, ROUTES, Param, Route

HEAD = """# iRedAdmin-Pro RESTful API

<!-- Written by scripts/iredadmin_page.py from clients/iredadmin/src/iredadmin/contract: change it there. -->

Postroom answers this API on port 8464, under `/iredadmin/api` and `/api`, once `postroom enable iredadmin` was called
(the original's `ENABLE_RESTFUL_API`). The client is `iredadmin.Client` (`iredadmin.aio.Client` for asyncio); it works
with an iRedAdmin-Pro as well. Programs are in `examples/iredadmin/`.

## Calls

Sign in with `POST /api/login`, fields `username` and `password`, and send the cookie of the answer with every further
call. Its name ends with the kind of database, so take it as it comes. A session ends half an hour after its last use
(`session_timeout_s`) and belongs to one client address.

* POST and PUT have their parameters in a form, GET and DELETE in the query. All is UTF-8 text; names count with their
  case. Numbers are decimal; flags are `yes` and `no`, states `active` and `disabled`; lists are joined by commas, with
  blanks trimmed and items dropped that are no address where addresses are expected. Where the table says that empty
  ends something, an empty value does; parameters that are left out change nothing.
* Quotas are in MB, throttles in bytes. 0 is unlimited; -1 is none for limits of accounts, and for throttles leaves the
  matter to the next wider setting.
* In a path `@` may stand as it is or as `%40`, `+` as it is or as `%2B`; a slash at the end makes no difference.

An answer is a JSON object. `_success` is true or false; a failure has `_msg`, a GET that succeeds has `_data`.

`_msg` begins with a code of the original, or several with commas between, as rules for passwords do. Where a parameter
is at fault it goes on: `CODE: parameter: expected ...`. The codes:

| group | codes |
|---|---|
| session | `LOGIN_REQUIRED`, `SESSION_EXPIRED`, `INVALID_CREDENTIALS`, `INVALID_USERNAME`, `EMPTY_PASSWORD`, `NOT_ALLOWED_IP`, `NOT_AUTHORIZED` |
| permission | `PERMISSION_DENIED`, `PERMISSION_DENIED_UPDATE_GLOBAL_ADMIN_PROFILE`, `NOT_ALLOWED` (the limit is -1) |
| input | `INVALID_DOMAIN_NAME`, `INVALID_MAIL`, `INVALID_ACCOUNT`, `INVALID_NUMBER`, `INVALID_PASSWORD_SCHEME`, `INVALID_SENDER`, `CAN_NOT_BE_LOCAL_DOMAIN` and others; Postroom's own is `INVALID_PARAMETER` |
| existence | `ALREADY_EXISTS`, `NO_SUCH_ACCOUNT`, `NO_SUCH_OBJECT`; an unknown domain is `INVALID_DOMAIN_NAME` |
| limits | `EXCEEDED_DOMAIN_ACCOUNT_LIMIT`, `EXCEEDED_DOMAIN_QUOTA_SIZE`, `EXCEED_LIMIT_DOMAIN`, `..._QUOTA`, `..._USERS`, `..._ALIASES`, `..._LISTS` |
| password | `PW_EMPTY`, `PW_NON_ASCII`, `PW_SHORTER_THAN_MIN_LENGTH`, `PW_GREATER_THAN_MAX_LENGTH`, `PW_NO_LETTER`, `PW_NO_UPPERCASE`, `PW_NO_DIGIT_NUMBER`, `PW_NO_SPECIAL_CHAR` |
| server | `SERVER_DOWN`, `ERROR_WHILE_QUERYING_DB`; Postroom's own is `TRY_AGAIN_LATER`, after too many wrong passwords |

## Older names

Scripts for older versions go on working: each parameter's old names are in its row as *formerly*. The first version's
calls that were withdrawn later are in the coverage list. Where the reference tells of renamed keys in answers, the newer
ones are sent.

## Choices

Where sources disagree, or say nothing:

* **HTTP codes.** 200 for every call that the API has, whether it succeeds or not, as clients of the original read the
  JSON only. With the setting `strict`, or per request with the header `Prefer: handling=strict`, failures are 400, 401,
  403, 404 or 409. An unknown call is 404 with the failure's JSON in any case; its code is `NO_SUCH_OBJECT`.
* **Calls that only LDAP has** are `NOT_ALLOWED` on SQL; parameters that only the other kind has are ignored. Of a list
  with services of a domain SQL keeps those it has; one that names none of them is refused, not answered with success.
* **Old and new name together.** The new one wins.
* **Parameters that conflict** (`services` with `addService`) are refused, and nothing is changed.
* **Unknown parameters** are ignored.
* **A call is all or nothing** on SQL. The original may do the first half of it.
* **Repetition.** To delete what is not there succeeds; to create what is there is `ALREADY_EXISTS`.
* **Empty settings.** Where no throttle, greylisting setting or spam policy is set the answer is an empty object.
* **Throttles.** A throttle with -1 in all places is removed. `max_rcpts`, which has a column and no parameter in the
  original, can be set.
* **Times** are `YYYY-MM-DD HH:MM:SS` in UTC; flags in database columns are 0 and 1; NULL is null.
* **`change_email`** takes PUT beside POST, as one version of the public page has it.
* **Not signed in** is answered with JSON, `LOGIN_REQUIRED` or `SESSION_EXPIRED`, and not by a redirect to a login page.

## What Postroom adds

| addition | how |
|---|---|
| Bearer tokens | `Authorization: Bearer ...` in place of a session; made by `postroom account token`, setting `tokens` |
| JSON bodies | `Content-Type: application/json`; flags as true and false, lists as arrays; setting `json_bodies` |
| Paging | `limit`, `after` and `search` on lists; `_next` beside `_data` is the `after` of the following page |
| Trying | `dry_run=yes` on every change: the answer is that of the call, and nothing changes |
| More calls | `GET /api/log`, `POST /api/logout`, `GET /api/admins`, `DELETE /api/throttle/...`, `GET` of the SPF domains |
| OpenAPI | `GET /openapi.json`, also below `/api` |

An iRedAdmin-Pro ignores parameters that it does not know, and so would do in earnest what was meant as a trial. The
client therefore sends `dry_run`, `search` and their like only to a server that answers `GET /api/log`, and raises
NotSupported otherwise.

## The client

```python
import iredadmin

with iredadmin.Client("https://mail.example.com/iredadmin", "postmaster@example.com", password) as client:
    client.domains.create("example.org", name="Example", default_quota=1024)
    client.users.create("anna@example.org", name="Anna", password=first_password)
    client.users.update("anna@example.org", account_status="disabled", forwarding=["anna@example.com"])
    client.throttle.set("example.org", "outbound", period=3600, max_msgs=100)
    for user in client.users.iterate("example.org"):
        print(user["username"])
```

Every route below is a method of that name. Places of the path are positional, parameters have keywords in snake case:
`accountStatus` is `account_status`. Flags are True and False, lists any iterable of texts or one text; None is not sent.
`client.call(method, path, **form)` makes any other call. A failure raises a subclass of `iredadmin.errors.CallFailed`
with the server's `code` and `message`: AlreadyExists, NotFound, InvalidInput, PasswordRefused, LimitExceeded,
PermissionDenied, InvalidCredentials, LoginRequired, Unavailable. No answer at all is ConnectionFailed, one that is not
of this API AnswerError.

"""  # noqa: E501

WHO = {"anyone": "anyone", "global": "global admins", "creator": "domain admins who may create domains",
       "domain": "domain admins"}  # fmt: skip


def page() -> str:
    """The page as Markdown."""
    return HEAD + _coverage() + "".join(_group(name, routes) for name, routes in GROUPS.items())


def combinations(route: Route) -> list[str]:
    """Every method and path of a route as the public document lists it."""
    return [f"{route.method} /api{path}" for path in route.combinations()]


def _coverage() -> str:
    routes = list(ROUTES.values())
    newest = [route for route in routes if not route.ours and not route.withdrawn]
    withdrawn = [route for route in routes if route.withdrawn]
    ours = [route for route in routes if route.ours]
    built = [route for route in newest if route.built]
    return (
        f"## Coverage\n\n{_count(built)} of the {_count(newest)} combinations of method and path in the newest public "
        f"document are built, {_count(route for route in withdrawn if route.built)} of {_count(withdrawn)} that were "
        f"withdrawn, and {_count(ours)} of Postroom's own. The client has methods for all of them.\n\n"
        "| call | state | route | since | in the first document |\n|---|---|---|---|---|\n"
        + "".join(chain.from_iterable(map(_rows, routes)))
        + "\n"
    )


def _count(routes: Iterable[Route]) -> int:
    return sum(len(route.combinations()) for route in routes)


def _rows(route: Route) -> list[str]:
    anchor = route.key.replace(".", "")
    facts = f"{_state(route)} | [{route.key}](#{anchor}) | {_since(route)} | {'' if route.ours else route.seed}"
    return [f"| `{call}` | {facts} |\n" for call in combinations(route)]


def _state(route: Route) -> str:
    built = "built" if route.built else "later"
    return f"{built}, Postroom only" if route.ours else f"{built}, withdrawn" if route.withdrawn else built


def _since(route: Route) -> str:
    return "" if route.ours else route.since


def _group(name: str, routes: tuple[Route, ...]) -> str:
    return f"## {name}\n\n" + "".join(map(_route, routes))


def _route(route: Route) -> str:
    paths = ", ".join(f"`{route.method} /api{path}`" for path in route.paths)
    also = f" Also with {' and '.join(route.methods)}." if route.methods else ""
    return f"### {route.key}\n\n{route.doc}\n\n{paths}.{also}\n\n*{_facts(route)}*\n\n{_params(route)}{_answer(route)}"


def _facts(route: Route) -> str:
    facts = [_state(route), f"for {WHO[route.who]}"]
    facts += [f"{route.backends} only"] if route.backends != "SQL, LDAP" else []
    facts += [f"since {route.since}", f"source {route.source}"] if not route.ours else []
    return ", ".join(facts)


def _params(route: Route) -> str:
    if not route.params:
        return ""
    rows = "\n".join(f"| `{param.name}` | {_kind(param)} | {_meaning(param)} | {_notes(param, route)} |"
                     for param in route.params)  # fmt: skip
    return f"| parameter | type | meaning | notes |\n|---|---|---|---|\n{rows}\n\n"


def _kind(param: Param) -> str:
    kinds = {"flag": "yes/no", "status": "active/disabled"}
    kind = kinds.get(param.kind, param.kind)
    return f"{kind}, required" if param.required else kind


def _meaning(param: Param) -> str:
    values = f" Values: {_quoted(param.values)}." if param.values else ""
    if param.ldap_values:
        values += f" Only on LDAP: {_quoted(param.ldap_values)}."
    if param.minimum is not None:
        top = f" to {param.maximum}" if param.maximum is not None else " or more"
        values += f" {param.minimum}{top}."
    return param.doc + values


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _notes(param: Param, route: Route) -> str:
    conflicts = [other.name for other in route.params if other.name in param.conflicts]
    notes = [
        *(["formerly " + ", ".join(f"`{name}`" for name in param.aliases)] if param.aliases else []),
        *(["not with " + ", ".join(f"`{name}`" for name in conflicts)] if conflicts else []),
        *(["global admins only"] if param.global_only and route.who != "global" else []),
        *([f"{param.backends} only"] if param.backends not in {"SQL, LDAP", route.backends} else []),
        *([f"since {param.since}"] if param.since > route.since and not param.ours else []),
        *(["Postroom only"] if param.ours and not route.ours else []),
    ]
    return "; ".join(notes)


def _answer(route: Route) -> str:
    shapes = {
        "None": "",
        "dict[str, typing.Any]": "an object",
        "list[dict[str, typing.Any]]": "a list of objects",
        "list[str]": "a list of texts",
        "<class 'str'>": "a text",
    }
    text = str(route.data)
    if route.data is None:
        return ""
    lists = "a list of objects on SQL, an object by name on LDAP; a list of texts where only names are asked for"
    return f"`_data`: {shapes.get(text, lists)}.\n\n"
