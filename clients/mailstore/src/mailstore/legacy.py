"""The conversations of the Management API of versions 6 and 7: bare results, and a URL for what takes long.

Answers become the same statuses as those of the Administration API. Source: reference of the MailStore APIs, 1.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mailstore import encode, flows
from mailstore.contract.shapes import Status
from mailstore.errors import MailStoreAnswerError, MailStoreBaseError
from mailstore.flows import Flow, Process, Request, Response

FIRST_VERSION = 1
SIMPLE_VERSION = 2
UNKNOWN = "The status was told before, or never was: the server drops it once it told the end."


def invoke(name: str, form: Mapping[str, str], _prefix: str = "") -> Flow[Status]:
    """Call a function: its outcome, or the first status of its process."""
    response = yield Request(f"/JSON/Invoke/{name}", form)
    if (message := _failure(response)) is not None:
        return _failed(message)
    answer = encode.decode(flows.check(response, "The server does not answer this API."))
    if isinstance(answer, dict) and answer.get("statusUrl"):
        token = str(answer.get("statusToken") or str(answer["statusUrl"]).rpartition("/")[2])
        return _status(token=token, statusVersion=FIRST_VERSION, statusCode="running", percentProgress=0)
    return _status(statusVersion=SIMPLE_VERSION, statusCode="succeeded", result=answer)


def poll(process: Process, wait_ms: int) -> Flow[Status]:
    """The status of a process after `wait_ms`: this API has no waiting on the server.

    The server tells each line of the log once, and the end once, so a poll is not repeated.
    """
    token = flows.token(process)
    version = FIRST_VERSION if isinstance(process, str) else process.get("statusVersion") or FIRST_VERSION
    response = yield Request(f"/JSON/Status/{token}", pause_ms=wait_ms)
    if (message := _failure(response)) is not None:
        return _failed(message or UNKNOWN, token=token, statusVersion=version + 1)
    answer = encode.decode(flows.check(response, UNKNOWN))
    if not isinstance(answer, dict) or "status" not in answer:
        raise MailStoreAnswerError("The answer is JSON but no status of a call.")
    return _told(answer, token, version + 1)


def cancel(_process: Process) -> Flow[Status]:
    """Raises MailStoreBaseError: this API cannot."""
    yield from ()  # a flow like the others
    raise MailStoreBaseError("The legacy API cannot cancel a call.")


def metadata() -> Flow[list[dict[str, Any]]]:
    """None: this API does not describe itself."""
    yield from ()  # a flow like the others
    return []


LEGACY = flows.Dialect(invoke, poll, cancel, metadata)


def _failure(response: Response) -> str | None:
    """What a failed call says: plain text with a 500."""
    if response.code != 500:
        return None
    return response.body.decode("utf-8-sig", "replace").strip() or response.reason


def _told(answer: Mapping[str, Any], token: str, version: int) -> Status:
    messages = [message for message in answer.get("messages") or () if isinstance(message, dict)]
    code = str(answer["status"])
    error = None
    if code == "failed":
        said = [str(message.get("text")) for message in messages if message.get("type") == "error"]
        error = {"message": said[-1] if said else "The call failed.", "details": ""}
    return _status(
        error=error,
        token=token,
        statusVersion=version,
        statusCode=code,
        percentProgress=answer.get("progressPercentage"),
        result=answer.get("result"),
        logOutput="".join(f"{message.get('text')}\r\n" for message in messages) or None,
    )


def _failed(message: str, **more: object) -> Status:
    error = {"message": message, "details": ""}
    return _status(**{"statusVersion": SIMPLE_VERSION, "statusCode": "failed", "error": error, **more})


def _status(**members: object) -> Status:
    return cast(Status, {**encode.EMPTY, **members})
