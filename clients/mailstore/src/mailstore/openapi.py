"""The API as an OpenAPI 3.1 document, made from the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from mailstore.contract import Function, Param
from mailstore.contract.shapes import Page

Object = dict[str, Any]
REF = "#/components/schemas/{name}"
FORM = "application/x-www-form-urlencoded"

NULLABLE_TEXT: Object = {"type": ["string", "null"]}
STATUS: Object = {
    "type": "object",
    "description": "The outcome of a call, or how far its process is.",
    "required": ["error", "token", "statusVersion", "statusCode", "percentProgress", "statusText", "result",
                 "logOutput"],
    "properties": {
        "error": {"anyOf": [{"$ref": REF.format(name="Error")}, {"type": "null"}]},
        "token": NULLABLE_TEXT,
        "statusVersion": {"type": ["integer", "null"]},
        "statusCode": {"enum": ["running", "succeeded", "failed", "cancelled", None]},
        "percentProgress": {"type": ["integer", "null"], "minimum": 0, "maximum": 100},
        "statusText": NULLABLE_TEXT,
        "result": {},
        "logOutput": {**NULLABLE_TEXT, "description": "What was added to the log since the version the caller knew."},
    },
}  # fmt: skip
ERROR: Object = {
    "type": "object",
    "required": ["message", "details"],
    "properties": {"message": {"type": "string"}, "details": {"type": "string"}},
}
METADATA: Object = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "args"],
        "properties": {
            "name": {"type": "string"},
            "args": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "type", "nullable"],
                    "properties": {
                        "name": {"type": "string"},
                        "type": {"enum": ["string", "number", "bool", "json"]},
                        "nullable": {"type": "boolean"},
                    },
                },
            },
        },
    },
}


def document(
    functions: Mapping[str, Function] | Iterable[Function],
    server_url: str,
    *,
    title: str = "Administration API",
    instances: bool = False,
) -> Object:
    """The document for these functions at a server; give only those that the server has. `instances`: it has many
    archives, so that a message is one of an instance."""
    rows = list(functions.values() if isinstance(functions, Mapping) else functions)
    schemas = _Schemas(rows)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": "Calls for administering an archive."},
        "servers": [{"url": server_url}],
        "security": [{"basic": []}],
        "paths": {
            **{f"/api/invoke/{function.name}": {"post": _operation(function, schemas)} for function in rows},
            **_status_paths(),
            f"/api/message/{'{instanceID}/' if instances else ''}{{id}}": {"get": _download(instances)},
        },
        "components": {
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
            "responses": _responses(),
            "schemas": {"Status": STATUS, "Error": ERROR, "Metadata": METADATA, **schemas.components},
        },
    }


class _Schemas:
    """JSON schemas of all shapes that the functions name, each class once."""

    def __init__(self, functions: Iterable[Function]) -> None:
        wanted = list(_types(functions))
        made, self.components = msgspec.json.schema_components([type_ for _, type_ in wanted], ref_template=REF)
        self._by_key = {key: schema for (key, _), schema in zip(wanted, made, strict=True)}

    def result(self, function: Function) -> Object:
        return self._by_key.get((function.name, "result"), {"type": "null"})

    def page(self, function: Function) -> Object:
        return self._by_key[function.name, "page"]

    def param(self, function: Function, param: Param) -> Object:
        return self._by_key[function.name, f"param {param.name}"]


def _types(functions: Iterable[Function]) -> Iterator[tuple[tuple[str, str], Any]]:
    for function in functions:
        if function.result:
            yield (function.name, "result"), function.result.type
            if function.paged:
                yield (function.name, "page"), Page[function.result.type.__args__[0]]  # type: ignore[name-defined]
        for param in function.params:
            if param.shape is not None:
                yield (function.name, f"param {param.name}"), param.shape


def _operation(function: Function, schemas: _Schemas) -> Object:
    operation: Object = {
        "operationId": function.name,
        "summary": function.doc,
        "responses": {"200": _answer(function, schemas), **_refusals("400", "401", "403", "404")},
    }
    notes = ["Starts a process: the answer has a token for get-status."] if function.slow else []
    if function.users:
        notes.append("For users too, about the archives they may read.")
    if notes:
        operation["description"] = " ".join(notes)
    if function.params:
        operation["requestBody"] = _body(function, schemas)
    return operation


def _body(function: Function, schemas: _Schemas) -> Object:
    """JSON parameters are text fields that hold JSON; 3.1 says so with contentMediaType."""
    schema: Object = {
        "type": "object",
        "properties": {param.name: _field(function, param, schemas) for param in function.params},
    }
    if required := [param.name for param in function.params if param.required]:
        schema["required"] = required
    return {"required": bool(required), "content": {FORM: {"schema": schema}}}


def _field(function: Function, param: Param, schemas: _Schemas) -> Object:
    field = {"description": param.doc, **_kind(function, param, schemas)}
    if param.default is not None:
        field["default"] = param.default
    if param.secret:
        field["format"] = "password"
    return field


def _kind(function: Function, param: Param, schemas: _Schemas) -> Object:
    match param.type:
        case "json":
            inner = schemas.param(function, param)
            return {"type": "string", "contentMediaType": "application/json", "contentSchema": inner}
        case "bool":
            return {"type": "boolean"}
        case "number":
            bounds = {"minimum": param.minimum, "maximum": param.maximum}
            numbers = {"enum": [int(value) for value in param.values]} if param.values else {}
            return {"type": "integer", **{key: n for key, n in bounds.items() if n is not None}, **numbers}
        case "string" if param.many:
            return {"type": "string", "maxLength": param.max_length, "description": _list_of(param)}
        case "string":
            allowed = {"enum": list(param.values)} if param.values else {}
            return {"type": "string", "maxLength": param.max_length, **allowed}


def _list_of(param: Param) -> str:
    values = f" of {', '.join(param.values)}" if param.values else ""
    return f"{param.doc} Comma-separated list{values}."


def _answer(function: Function, schemas: _Schemas) -> Object:
    result = schemas.result(function)
    shapes = [result, schemas.page(function)] if function.paged else [result]
    if result.get("type") != "null":
        shapes.append({"type": "null"})
    narrowed = {"properties": {"result": {"anyOf": shapes} if len(shapes) > 1 else result}}
    return _json("The status of the call.", {"allOf": [{"$ref": REF.format(name="Status")}, narrowed]})


def _status_paths() -> Object:
    token = {"token": {"type": "string"}}
    news = {
        **token,
        "lastKnownStatusVersion": {"type": "integer", "default": -1},
        "millisecondsTimeout": {"type": "integer", "minimum": 0},
    }
    status = {"200": _json("The status.", {"$ref": REF.format(name="Status")})}
    metadata = {"200": _json("The functions.", {"$ref": REF.format(name="Metadata")})}
    refused = _refusals("401", "403", "404")
    poll = "Status of a process, once it is newer than the known one or the time is over."
    stop = "Ask a process to stop."
    return {
        "/api/get-status": {"post": _verb("get-status", poll, {**status, **refused}, news)},
        "/api/cancel-async": {"post": _verb("cancel-async", stop, {**status, **refused}, token)},
        "/api/get-metadata": {
            "get": _verb("get-metadata", "The functions and their arguments.", metadata),
            "post": _verb("post-metadata", "The functions and their arguments.", metadata),
        },
    }


def _verb(name: str, summary: str, responses: Object, fields: Object | None = None) -> Object:
    verb: Object = {"operationId": name, "summary": summary, "responses": responses}
    if fields:
        schema = {"type": "object", "required": ["token"], "properties": fields}
        verb["requestBody"] = {"required": True, "content": {FORM: {"schema": schema}}}
    return verb


def _download(instances: bool) -> Object:
    where = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]+:[0-9]+$"}}
    name = {"name": "instanceID", "in": "path", "required": True, "schema": {"type": "string"}}
    instance = [name] if instances else []
    headers = {"ETag": {"description": "SHA-256 of the bytes, in hex.", "schema": {"type": "string"}}}
    content = {"message/rfc822": {"schema": {"type": "string", "contentEncoding": "binary"}}}
    message = {"description": "The exact bytes of the message.", "headers": headers, "content": content}
    responses = {"200": message, **_refusals("401", "403", "404")}
    return {
        "operationId": "download", "summary": "A message, byte for byte.", "parameters": [*instance, where],
        "responses": responses,
    }  # fmt: skip


def _json(description: str, schema: Object) -> Object:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


REFUSALS = {
    "400": "The body cannot be read.",
    "401": "No or wrong credentials.",
    "403": "The user is no administrator or may not use the API.",
    "404": "There is no such function, process or message.",
}


def _responses() -> Object:
    return {f"Refused{code}": {"description": text} for code, text in REFUSALS.items()}


def _refusals(*codes: str) -> Object:
    return {code: {"$ref": f"#/components/responses/Refused{code}"} for code in codes}
