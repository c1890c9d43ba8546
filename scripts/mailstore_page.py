"""The pages docs/reference/mailstore-server.md and mailstore-spe.md, from the tables in mailstore.contract."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from mailstore.contract import GROUPS, SPE_GROUPS, Function, Param
from mailstore.contract.spe import MAY_TAKE_LONG, ONLY_HERE

SERVER_HEAD = """# MailStore Server Administration API

<!-- Written by scripts/generate_client.py from clients/mailstore/src/mailstore/contract: change it there. -->

Postroom answers this API on port 8463 once `postroom enable mailstore` was called; the client is
`mailstore.server.Client` (`mailstore.aio.ServerClient` for asyncio). Programs are in `examples/mailstore/`.

## Calls

| URL | fields | answer |
|---|---|---|
| `POST /api/invoke/<Function>` | the function's arguments | status |
| `POST /api/get-status` | `token`, `lastKnownStatusVersion`, `millisecondsTimeout` | status |
| `POST /api/cancel-async` | `token` | status with nulls; the process ends later as `cancelled` |
| `POST /api/get-metadata`, also `GET` | none | list of functions |
| `GET /api/message/<id>` | none | the bytes of a message; Postroom only |
| `GET /openapi.json` | none | this page for programs; Postroom only |

Fields are form-encoded UTF-8 text: numbers in decimal, `true` and `false`, lists joined by commas, JSON as text, times
as `YYYY-MM-DDTHH:MM:SS`. Every call needs HTTP Basic authentication by an administrator. Functions marked
*for users too*, and `/api/message`, also answer users with the login privilege `api`, about the archives they may read.

A status has the keys `error`, `token`, `statusVersion`, `statusCode`, `percentProgress`, `statusText`, `result`,
`logOutput`. `statusCode` is `running`, `succeeded`, `failed` or `cancelled`. A failed call is HTTP 200 with `error` =
`{"message": ..., "details": ...}`. A function marked *long* starts a process: its first answer has the `token` to ask
get-status with, which answers as soon as there is something newer than `lastKnownStatusVersion`.

## Choices

Where sources disagree, or say nothing:

* **Paging.** GetUsers, GetFolderStatistics and GetMessages answer a bare list, as ever. With `limit` (1 to 1000) the
  result is `{"items": [...], "next": token or null}`; give `next` back as `after` for the following page. Functions of
  Postroom's own always page and have a default limit.
* Parameter names are matched without regard to case; get-metadata tells the product's spelling.
* `reason` of DeleteMessage may be absent, because old clients do not know it; newer products require it.
* Setting the compliance or the store auto-create configuration keeps the keys that are left out.
* The token is in every status of a process, the last one included; the setting `null_token_at_end` gives null there.
* CreateStore and AttachStore answer the number of the store.
* Keys of the directory services configuration are those of the original where they are known, in any case; `postroom`
  is a type of our own. A secret of null stays as it is, and must be given again for another server. `renamed` of a
  synchronisation has both names. `defaultPrivileges` are never `admin`.
* `InitializeMFA` answers the new secret, and from then on the password alone opens nothing; the user confirms it in the
  console. `mfaStatus` is `disabled`, `initialized` or `enabled`. An app password opens the API with a second factor and
  without.
* Credentials have the types and settings of the reference; secrets are null in answers, null keeps one, an empty text
  removes it. GetCredentialSettings has all settings of the type.
* SetServiceCertificate needs a thumbprint or, as an addition, a `path`.
* Plain text, HTML and mail are indexed whatever SetIndexConfiguration says.
* A new store is made before the first message that comes after the limit was reached, so a store may hold a batch more
  (`archive.commit_messages`). Months, quarters and years begin in UTC.
* TransferStores takes the number of each store; stores of an instance with a legal hold stay.
* The answer of RunProfile is the result of the run, and the process has succeeded when the run came to an end: look at
  `result` in it, which is `succeeded` only when everything arrived. `itemsFailed`, `itemsSkipped` and `itemsRemoved`
  are in results too. A run that the end of the server cut off is `threadAbort`; `disconnected` is never given.
* `details` of profiles are checked by the connector (`postroom archive profiles connectors` lists their keys). Secrets
  are null in answers; SetProfile keeps one that is null. A new profile without `owner` is the caller's.
* `automaticMaintenanceWindows` is a text like `Mon-Fri 08:00-18:00, 22:00-06:00`, in the zone of the server. A pause is
  at least a second.
* `loginPrivileges` absent when creating a user means all ways.

"""


SPE_HEAD = """# MailStore Service Provider Edition Management API

<!-- Written by scripts/generate_client.py from clients/mailstore/src/mailstore/contract: change it there. -->

One management server administers many archives, its instances. Python clients: `mailstore.spe.Client`,
`mailstore.aio.SPEClient` for asyncio, and `mailstore.mgmt.SPEClient` with the names of the later client library.
Programs are in `examples/mailstore/spe/`. Postroom answers it once `postroom enable spe` was called
([guide](../guides/instances.md)); *Coverage* tells which functions.

## Calls

URLs, fields and statuses are those of the [Administration API](mailstore-server.md#calls), but that a message is
`GET /api/message/<instanceID>/<id>`, and that `get-metadata` and `openapi.json` are for administrators alone. Tokens
are `sa` and 32 hex digits. There are two ways to sign in:

* **Port 8474**: HTTP Basic authentication with each request.
* **Port 8470**: `POST /login` with the fields `u` and `p` answers the text `+OK` with a token, and sets the cookie
  `MSWEB_MGM_AUTH`. Each request then carries the cookie and the last token as the header `X-AntiXsrfToken`; each status
  has the next token as `antiXsrfToken`. `POST /logout` ends the session. On Postroom the field `code` takes that of a
  second factor.

`mailstore.spe.Client` signs in by cookie on port 8470, its default, and with each request on any other port;
`session="basic"` or `session="cookie"` decides otherwise. By cookie it sends one request at a time, because each needs
the token of the one before. When the server refuses a request because the session is over (401, 403), the client signs
in again and sends it once more. It sends nothing twice for any other reason, but for questions about the state of a
process.

## The methods

A function of an instance takes `instanceID` first. With `Client(instanceID="...")` it may be left out where all other
arguments are named: `client.GetUserInfo(userName="anna")`. In `mailstore.mgmt.SPEClient` it is not among the arguments:
`client.instanceID = "..."`, then `client.GetUserInfo("anna")`. Methods of functions marked *long* or *may be long* take
`autoHandleToken`; on the others it is a TypeError, except in `mailstore.mgmt`.

Ten methods take single values in place of a JSON object:

| method | calls |
|---|---|
| `SetComplianceConfiguration2(instanceID, ...)` | Get- and SetComplianceConfiguration; what is not given stays |
| `SetIndexConfiguration2(instanceID, extensions)` | SetIndexConfiguration |
| `SetStoreAutoCreateConfiguration2(instanceID, ...)` | SetStoreAutoCreateConfiguration |
| `CreateClientAccessServer2(serverName, port, thumbprint)` | CreateClientAccessServer |
| `CreateInstance2(instanceID, instanceHost, startMode, baseDirectory, ...)` | CreateInstance |
| `CreateInstanceHost2(serverName, port, thumbprint, baseDirectory)` | CreateInstanceHost |
| `CreateSystemAdministrator2(userName, fullName, password)` | CreateSystemAdministrator |
| `UpdateClientAccessServerConfiguration2(serverName, port, thumbprint)` | SetClientAccessServerConfiguration |
| `UpdateInstanceHostConfiguration2(serverName, port, thumbprint, baseDirectory)` | SetInstanceHostConfiguration |
| `UpdateSystemAdministratorConfiguration2(userName, fullName)` | SetSystemAdministratorConfiguration |

The last three are also called `Set...2`, as the functions are.

"""

Groups = tuple[tuple[str, tuple[Function, ...]], ...]


def server_page() -> str:
    """The page of the Administration API as Markdown."""
    return SERVER_HEAD + _coverage(GROUPS) + "".join(_group(name, functions) for name, functions in GROUPS)


def spe_page() -> str:
    """The page of the Management API as Markdown."""
    return SPE_HEAD + _coverage(SPE_GROUPS) + "".join(_group(name, functions) for name, functions in SPE_GROUPS)


def _coverage(groups: Groups) -> str:
    functions = [function for _, group in groups for function in group]
    ours = sum(function.ours for function in functions)
    built = sum(function.built for function in functions if not function.ours)
    also = f", and {ours} of Postroom's own" if ours else ""
    lines = [f"| {name} | {_names(group, True)} | {_names(group, False)} |" for name, group in groups]
    return (
        f"## Coverage\n\n{built} of the product's {len(functions) - ours} functions are built{also}. "
        "The client has methods for all of them.\n\n"
        "| group | built | later |\n|---|---|---|\n" + "\n".join(lines) + "\n\n"
    )


def _names(group: tuple[Function, ...], built: bool) -> str:
    return ", ".join(f"[{f.name}](#{f.name.lower()}){_elsewhere(f)}" for f in group if f.built == built)


def _elsewhere(function: Function) -> str:
    return " (of the Service Provider Edition)" if not function.built and function.name in ONLY_HERE else ""


def _group(name: str, functions: tuple[Function, ...]) -> str:
    return f"## {name}\n\n" + "".join(map(_function, functions))


def _function(function: Function) -> str:
    state = "built" if function.built else _elsewhere(function).strip(" ()") or "later"
    marks = [*_length(function), *(["for users too"] if function.users else [])]
    facts = ", ".join([state, *marks, f"since {_since(function)}", f"source {function.source}"])
    return f"### {function.name}\n\n{function.doc}\n\n*{facts}*\n\n{_params(function)}{_result(function)}"


def _length(function: Function) -> list[str]:
    if function.slow:
        return ["long"]
    # The two tables share names; those of an instance are told by their first parameter.
    seen = function.name in MAY_TAKE_LONG and function.params[0].name == "instanceID"
    return ["may be long"] if seen else []


def _since(function: Function) -> str:
    return "version 9 or before" if function.since == "9" else function.since


def _params(function: Function) -> str:
    if not function.params:
        return ""
    rows = "\n".join(f"| `{param.name}` | {_kind(param)} | {_meaning(param)} |" for param in function.params)
    return f"| parameter | type | meaning |\n|---|---|---|\n{rows}\n\n"


def _kind(param: Param) -> str:
    kind = "list" if param.many else param.type
    return kind if param.required else f"{kind}, optional"


def _meaning(param: Param) -> str:
    values = f" Values: {', '.join(f'`{value}`' for value in param.values)}." if param.values else ""
    if param.minimum is not None:
        top = f" to {param.maximum}" if param.maximum is not None else " or more"
        values += f" {param.minimum}{top}."
    default = "" if param.default is None else f" Default `{_text(param.default)}`."
    return f"{param.doc}{values}{default}{' Postroom only.' if param.ours else ''}"


def _text(value: str | int | bool) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _result(function: Function) -> str:
    if function.result is None:
        return "Result: null.\n\n"
    return f"Result, a sample:\n\n```json\n{_sample(function.result.sample)}\n```\n\n"


def _sample(value: Any) -> str:
    """Short samples on one line."""
    line = msgspec.json.encode(value).decode()
    return line if len(line) <= 100 else json.dumps(value, indent=1, ensure_ascii=False)
