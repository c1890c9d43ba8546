"""The API as an OpenAPI 3.1 document, made from the contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Any, get_args, get_origin

from iredadmin.contract import DRY_RUN, GROUPS, PLACES, Param, Route

Object = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
SCHEMA = "#/components/schemas/{name}"
_VARIABLE = re.compile(r"{(\w+)}")

SUCCESS: Object = {
    "type": "object",
    "description": "The call was carried out.",
    "required": ["_success"],
    "properties": {"_success": {"const": True}},
}
FAILURE: Object = {
    "type": "object",
    "description": "The call was refused or failed. HTTP 200 too, unless strict handling is asked for.",
    "required": ["_success", "_msg"],
    "properties": {
        "_success": {"const": False},
        "_msg": {
            "type": "string",
            "description": "A code, several with commas between, or a code with the parameter and what was expected.",
            "examples": ["NO_SUCH_ACCOUNT", "INVALID_NUMBER: quota: expected a whole number"],
        },
    },
}
STRICT = {
    "400": "A value cannot be taken.",
    "401": "There is no session or token, or it is no longer valid.",
    "403": "The caller may not do this.",
    "404": "There is no such account or call.",
    "409": "It exists already, or a limit is reached.",
}
PREFER: Object = {
    "name": "Prefer",
    "in": "header",
    "description": "`handling=strict`: failures have HTTP codes of their own.",
    "schema": {"type": "string"},
}


def document(routes: Mapping[str, Route] | Iterable[Route], server_url: str) -> Object:
    """The document for these routes at a server, whose URL lacks the `/api`; give only those that the server has."""
    rows = list(routes.values() if isinstance(routes, Mapping) else routes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "iRedAdmin-Pro RESTful API", "version": "1", "description": "Mail domains and accounts."},
        "servers": [{"url": server_url}],
        "security": [{"session": []}, {"token": []}],
        "tags": [{"name": group} for group, members in GROUPS.items() if any(route in members for route in rows)],
        "paths": _paths(rows),
        "components": {
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "iRedAdmin-PGSQL",
                    "description": "Set by `/api/login`. The name ends with the kind of database: take it as it comes.",
                },
                "token": {"type": "http", "scheme": "bearer", "description": "Postroom only."},
            },
            "parameters": {"Prefer": PREFER},
            "responses": {f"Refused{code}": _json(text, _ref("Failure")) for code, text in STRICT.items()},
            "schemas": {"Success": SUCCESS, "Failure": FAILURE},
        },
    }


def _paths(routes: Iterable[Route]) -> Object:
    paths: Object = {}
    for route in routes:
        for path, name in _names(route):
            # OpenAPI has one template per path shape: `/throttle/{domain}/…` and `/throttle/{mail}/…` are the same.
            for number, method in enumerate((route.method, *route.methods)):
                identifier = name if not number else f"{name}.{method.lower()}"
                paths.setdefault(f"/api{path}", {})[method.lower()] = _operation(route, path, identifier)
    return paths


def _names(route: Route) -> Iterator[tuple[str, str]]:
    """The paths with a name of the operation for each; a domain and an address that stand in one place share one."""
    if not route.scoped:
        yield route.paths[0], route.key
        return
    everywhere, domain, mail = route.paths
    yield everywhere, f"{route.key}.global"
    if domain.replace("{domain}", "{mail}") == mail:
        yield mail.replace("{mail}", "{account}"), f"{route.key}.account"
        return
    yield domain, f"{route.key}.domain"
    yield mail, f"{route.key}.user"


def _operation(route: Route, path: str, identifier: str) -> Object:
    operation: Object = {
        "operationId": identifier,
        "summary": route.doc,
        "description": _notes(route),
        "tags": [group for group, members in GROUPS.items() if route in members],
        "responses": {"200": _answer(route), **{code: _refused(code) for code in STRICT}},
    }
    where = [_place(name) for name in _VARIABLE.findall(path)]
    given = (*route.params, DRY_RUN) if route.changes and route.who != "anyone" else route.params
    in_body = route.method in {"POST", "PUT"}
    query = [] if in_body else [_query(param) for param in given]
    operation["parameters"] = [*where, *query, {"$ref": "#/components/parameters/Prefer"}]
    if in_body and given:
        operation["requestBody"] = _body(given)
    if route.who == "anyone":
        operation["security"] = []
    if route.withdrawn:
        operation["deprecated"] = True
    return operation


def _notes(route: Route) -> str:
    callers = {
        "anyone": "Needs no session.",
        "global": "For global admins.",
        "creator": "For global admins, and admins who may create domains.",
        "domain": "For global admins, and admins for what they manage.",
    }
    notes = [callers[route.who]]
    if route.backends != "SQL, LDAP":
        notes.append(f"{route.backends} only.")
    if route.ours:
        notes.append("Postroom only.")
    return " ".join(notes)


def _place(name: str) -> Object:
    if name == "account":
        schema: Object = {"type": "string"}
        doc = "Name of a domain, or a full mail address."
    else:
        place = PLACES[name]
        doc = place.doc
        schema = {"type": "integer", "minimum": 0} if place.kind == "number" else {"type": "string"}
        if place.values:
            schema["enum"] = list(place.values)
    return {"name": name, "in": "path", "required": True, "description": doc, "schema": schema}


def _query(param: Param) -> Object:
    return {
        "name": param.name,
        "in": "query",
        "required": param.required,
        "description": _doc(param),
        "schema": _text(param),
    }


def _body(params: Iterable[Param]) -> Object:
    """The original takes forms; JSON, with numbers, truth values and lists as such, is Postroom's."""
    rows = list(params)
    required = [param.name for param in rows if param.required]
    content = {media: {"schema": _object(rows, kind, required)} for media, kind in ((FORM, _text), (JSON, _value))}
    return {"required": bool(required), "content": content}


def _object(params: Iterable[Param], kind: Any, required: list[str]) -> Object:
    properties = {param.name: {"description": _doc(param), **kind(param)} for param in params}
    schema: Object = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return schema


def _doc(param: Param) -> str:
    notes = [param.doc]
    if param.aliases:
        notes.append(f"Formerly {', '.join(f'`{name}`' for name in param.aliases)}.")
    if param.conflicts:
        notes.append(f"Not with {', '.join(f'`{name}`' for name in param.conflicts)}.")
    if param.backends != "SQL, LDAP":
        notes.append(f"{param.backends} only.")
    if param.ours:
        notes.append("Postroom only.")
    return " ".join(notes)


def _text(param: Param) -> Object:
    """A value as text, in a form or a query."""
    match param.kind:
        case "flag":
            return {"type": "string", "enum": ["yes", "no"]}
        case "status":
            return {"type": "string", "enum": ["active", "disabled"]}
        case "number":
            bounds = {"minimum": param.minimum, "maximum": param.maximum}
            return {"type": "integer", **{key: bound for key, bound in bounds.items() if bound is not None}}
        case "list":
            words = f" of {', '.join(param.values)}" if param.values else ""
            return {
                "type": "string",
                "maxLength": param.max_length,
                "description": f"{_doc(param)} Comma-separated list{words}.",
            }
        case "text":
            allowed = {"enum": list(param.values)} if param.values else {}
            secret = {"format": "password"} if param.secret else {}
            return {"type": "string", "maxLength": param.max_length, **allowed, **secret}


def _value(param: Param) -> Object:
    """A value of a JSON body."""
    match param.kind:
        case "flag":
            return {"type": "boolean"}
        case "list":
            word: Object = {"type": "string", "enum": list(param.values)} if param.values else {"type": "string"}
            return {"type": "array", "items": word}
        case _:
            return _text(param)


def _answer(route: Route) -> Object:
    properties: Object = {}
    if route.data is not None:
        properties["_data"] = _shape(route.data)
    if any(param.name == "limit" for param in route.params):
        properties["_next"] = {"type": "string", "description": "With `limit`: give it as `after` for what follows."}
    success: Object = _ref("Success")
    if properties:
        required = ["_data"] if route.data is not None else []
        success = {"allOf": [success, {"type": "object", "properties": properties, "required": required}]}
    return _json("What came of it.", {"oneOf": [success, _ref("Failure")]})


def _shape(kind: Any) -> Object:
    """A type of the table; the documents that it holds are whatever the database has."""
    if isinstance(kind, UnionType):
        return {"anyOf": [_shape(part) for part in get_args(kind)]}
    if kind is str:
        return {"type": "string"}
    if kind is Any:
        return {}
    if get_origin(kind) is list:
        return {"type": "array", "items": _shape(get_args(kind)[0])}
    if get_origin(kind) is dict:
        return {"type": "object", "additionalProperties": _shape(get_args(kind)[1])}
    raise TypeError(f"no schema for {kind}")


def _ref(name: str) -> Object:
    return {"$ref": SCHEMA.format(name=name)}


def _refused(code: str) -> Object:
    return {"$ref": f"#/components/responses/Refused{code}"}


def _json(description: str, schema: Object) -> Object:
    return {"description": description, "content": {JSON: {"schema": schema}}}
