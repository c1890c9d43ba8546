"""How this face says each error: status, code and message of Graph, by the family of the route.

Source: Microsoft Graph, error responses and the error codes of Outlook, directory and OneDrive. Which code stands for
what is our choice where no document says it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from postroom import errors
from postroom.errors import PostroomError
from postroom.faces.graph.route import Family
from postroom.workspace.errors import TooLarge, TooOld, UnknownProperty
from postroom.workspace.query.errors import NotOffered, Unfit, UnknownOption
from postroom.workspace.store.fixed import ReadOnly


class Refused(PostroomError):
    """This face itself refuses a request."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.code, self.headers = status, code, dict(headers or {})
        super().__init__(message)


class Wire(NamedTuple):
    status: int
    code: str
    message: str
    headers: Mapping[str, str] = {}


class Row(NamedTuple):
    """`codes` by family; `message` makes the sentence."""

    status: int
    codes: Mapping[Family, str]
    message: Callable[[Any, Family], str] = lambda error, _: str(error)


def codes(outlook: str, directory: str, files: str, core: str = "BadRequest") -> Mapping[Family, str]:
    return {"outlook": outlook, "directory": directory, "files": files, "core": core}


NOT_FOUND: Final = codes("ErrorItemNotFound", "Request_ResourceNotFound", "itemNotFound", "ResourceNotFound")
NOT_FOUND_KINDS: Final[Mapping[str, str]] = {"photo": "ImageNotFound"}
"""Codes of things that have one of their own in every family."""
PLEASE_REPEAT: Final = {"Retry-After": "5"}


def _missing(error: errors.NotFound, family: Family) -> str:
    if error.kind == "photo":
        return "The photo wasn't found."
    if family == "directory":
        return (
            f"Resource '{error.name}' does not exist or one of its queried reference-property objects are not present."
        )
    if family == "files":
        return "The resource could not be found."
    return f"The specified object was not found in the store. {error}"


def _invalid(error: errors.Invalid, _: Family) -> str:
    return "Id is malformed." if error.field == "id" else str(error)


WIRE: Final[dict[type[PostroomError], Row]] = {
    PostroomError: Row(500, codes("ErrorInternalServerError", "InternalServerError", "generalException",
                                  "InternalServerError"), lambda *_: "Something broke; the server's log tells more."),
    errors.NotFound: Row(404, NOT_FOUND, _missing),
    errors.AlreadyExists: Row(409, codes("ErrorFolderExists", "Request_MultipleObjectsWithSameKeyValue",
                                         "nameAlreadyExists", "Conflict")),
    errors.Invalid: Row(400, codes("ErrorInvalidRequest", "Request_BadRequest", "invalidRequest"), _invalid),
    errors.Denied: Row(403, codes("ErrorAccessDenied", "Authorization_RequestDenied", "accessDenied", "Forbidden")),
    errors.WrongState: Row(400, codes("ErrorInvalidRequest", "Request_BadRequest", "invalidRequest")),
    errors.Damaged: Row(500, codes("ErrorInternalServerError", "InternalServerError", "generalException",
                                   "InternalServerError"), lambda *_: "What is stored is damaged; the log tells more."),
    errors.Unavailable: Row(503, codes("ErrorServerBusy", "serviceNotAvailable", "serviceNotAvailable",
                                       "serviceNotAvailable")),
    errors.NoSpace: Row(507, codes("ErrorQuotaExceeded", "quotaLimitReached", "quotaLimitReached",
                                   "quotaLimitReached"), lambda *_: "The server's disk is full."),
    errors.Cancelled: Row(503, codes("ErrorServerBusy", "serviceNotAvailable", "serviceNotAvailable",
                                     "serviceNotAvailable")),
    TooOld: Row(410, codes("SyncStateNotFound", "SyncStateNotFound", "resyncRequired")),
    UnknownProperty: Row(
        400, codes("RequestBodyRead", "Request_BadRequest", "invalidRequest"),
        lambda error, _: f"The property '{error.name}' does not exist on type 'microsoft.graph.{error.type_name}'. "
                         "Make sure to only use property names that are defined by the type.",
    ),
    TooLarge: Row(413, codes("ErrorMessageSizeExceeded", "RequestEntityTooLarge", "invalidRequest")),
    ReadOnly: Row(400, codes("ErrorInvalidPropertySet", "Request_BadRequest", "invalidRequest")),
    Unfit: Row(400, codes("ErrorInvalidUrlQueryFilter", "BadRequest", "invalidRequest")),
    UnknownOption: Row(400, codes("BadRequest", "BadRequest", "invalidRequest")),
    NotOffered: Row(501, codes("NotImplemented", "NotImplemented", "notSupported", "NotImplemented")),
}  # fmt: skip
"""The nearest class counts. A workload's face may add classes of its own."""

_OPTION_CODES: Final = codes("RequestBroker--ParseUri", "BadRequest", "invalidRequest")
"""Of query options that cannot be used."""


def wire(error: PostroomError, family: Family) -> Wire:
    """Status, code and message."""
    if isinstance(error, Refused):
        return Wire(error.status, error.code, str(error), error.headers)
    if isinstance(error, errors.AlreadyExists) and family == "directory":
        return Wire(400, "Request_BadRequest", _taken(error))
    row = next(WIRE[cls] for cls in type(error).__mro__ if cls in WIRE)
    headers = PLEASE_REPEAT if row.status == 503 else {}
    return Wire(row.status, _code(error, row, family), row.message(error, family), headers)


def _taken(error: errors.AlreadyExists) -> str:
    """The directory says with 400 what others say with 409. `kind` names the property."""
    if error.kind == "reference":
        return "One or more added object references already exist for the following modified properties."
    return f"Another object with the same value for property {error.kind} already exists."


def _code(error: PostroomError, row: Row, family: Family) -> str:
    if isinstance(error, errors.NotFound):
        if family == "outlook" and error.kind == "user":
            return "ErrorInvalidUser"
        return NOT_FOUND_KINDS.get(error.kind, row.codes[family])
    if type(error) is errors.Invalid:
        if error.field.startswith("$"):
            return _OPTION_CODES[family]
        if error.field == "id" and family == "outlook":
            return "ErrorInvalidIdMalformed"
    return row.codes[family]


def body(told: Wire, request_id: str, client_request_id: str, now: datetime) -> dict[str, Any]:
    """The JSON of an error."""
    inner = {
        "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": request_id,
        "client-request-id": client_request_id,
    }
    return {"error": {"code": told.code, "message": told.message, "innerError": inner}}
