"""The conversation of a batch: twenty calls with a request, again those that the service had no time for."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from O365._flows.retry import LONGEST_WAIT_S, REFUSED_UNSEEN, REPEATABLE, retry_after
from O365._flows.steps import Flow, Request, Wait
from O365._names import RETRIES_BACKOFF_FACTOR, RETRIES_STATUS_LIST

MOST_CALLS = 20
MOST_BYTES = 3_500_000
"""The service takes 4 MB at once."""
DEPENDENCY_FAILED = 424


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a batch."""

    name: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Any
    after: tuple[str, ...]


Answers = dict[str, dict[str, Any]]


def conversation(url: str, calls: Sequence[Call], retries: int) -> Flow[Answers]:
    """The answers by name. Calls are made in their order as far as one waits for another."""
    answers: Answers = {}
    for waiting in _portions(calls):
        for number in range(retries + 1):
            answers |= yield from _round(url, waiting, answers)
            again = _again(waiting, answers)
            wait = _pause((answers[call.name] for call in again), number)
            if not again or number == retries or wait > LONGEST_WAIT_S:
                break
            for call in again:
                del answers[call.name]
            waiting = again
            yield Wait(wait)
    return answers


def _portions(calls: Sequence[Call]) -> Iterator[list[Call]]:
    """What fits into one request. One call that does not goes alone: the service may take more than we know."""
    portion: list[Call] = []
    size = 0
    for call in calls:
        own = 0 if call.body is None else len(json.dumps(call.body, default=str))
        if portion and (len(portion) == MOST_CALLS or size + own > MOST_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(call)
        size += own
    if portion:
        yield portion


def _round(url: str, calls: Sequence[Call], known: Answers) -> Flow[Answers]:
    """One request, for those calls whose predecessors did not fail in an earlier one."""
    found: Answers = {}
    due: list[Call] = []
    for call in calls:
        if any(_failed(name, known, found) for name in call.after):
            found[call.name] = _dependency_failed()
        else:
            due.append(call)
    if not due:
        return found
    ids = {call.name.lower(): str(number) for number, call in enumerate(due, 1)}
    response = yield Request("post", url, {"data": {"requests": [_request(call, ids) for call in due]}})
    told = {str(one.get("id")): one for one in response.json().get("responses") or ()}
    for call in due:
        found[call.name] = told.get(ids[call.name.lower()]) or _missing(response)
    return found


def _request(call: Call, ids: Mapping[str, str]) -> dict[str, Any]:
    """Who has answered in an earlier request is not waited for."""
    found: dict[str, Any] = {"id": ids[call.name.lower()], "method": call.method, "url": call.url}
    if call.headers:
        found["headers"] = dict(call.headers)
    if call.body is not None:
        found["body"] = call.body
    if after := [ids[name.lower()] for name in call.after if name.lower() in ids]:
        found["dependsOn"] = after
    return found


def _failed(name: str, *places: Answers) -> bool:
    for answers in places:
        for known, answer in answers.items():
            if known.lower() == name.lower():
                return int(answer["status"]) >= 400
    return False


def _again(calls: Sequence[Call], answers: Answers) -> list[Call]:
    """The calls that a busy service refused, and those that only failed because they wait for one of them."""
    again: dict[str, Call] = {}
    for call in calls:
        status = int(answers[call.name]["status"])
        busy = status in REFUSED_UNSEEN or (status in RETRIES_STATUS_LIST and call.method.lower() in REPEATABLE)
        waits = status == DEPENDENCY_FAILED and any(name.lower() in again for name in call.after)
        if busy or waits:
            again[call.name.lower()] = call
    return list(again.values())


def _pause(answers: Iterator[Mapping[str, Any]], number: int) -> float:
    """The longest that one of them names."""
    now = dt.datetime.now(dt.UTC)
    named = [retry_after({"Retry-After": _header(one, "retry-after")}, now) for one in answers]
    told = [seconds for seconds in named if seconds is not None]
    return max(told) if told else RETRIES_BACKOFF_FACTOR * 2.0**number


def _header(answer: Mapping[str, Any], name: str) -> str:
    headers = answer.get("headers") or {}
    return next((str(value) for key, value in headers.items() if key.lower() == name), "")


def _dependency_failed() -> dict[str, Any]:
    error = {"code": "FailedDependency", "message": "A call that this one waits for failed."}
    return {"status": DEPENDENCY_FAILED, "body": {"error": error}}


def _missing(response: Any) -> dict[str, Any]:
    """Of a request that failed as a whole, on a connection that does not raise."""
    status = response.status_code if response.status_code >= 400 else 502
    return {"status": status, "body": {"error": {"code": "noAnswer", "message": "The service did not answer it."}}}
