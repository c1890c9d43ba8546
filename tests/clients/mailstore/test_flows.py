"""The conversations, without a server."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mailstore import flows

PIECE = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
GAPS = st.lists(st.tuples(st.integers(1, 40), PIECE, st.booleans()), min_size=1, max_size=8)


def response(body: object) -> flows.Response:
    return flows.Response("https://x/", 200, "OK", [], msgspec.json.encode(body))


def first(log: str | None) -> dict[str, Any]:
    return {"token": "t", "statusVersion": 0, "statusCode": "running", "logOutput": log, "error": None}


@given(PIECE, GAPS)
def test_log_is_whole_and_versions_are_handed_back_however_the_answers_come(
    begin: str | None, steps: list[tuple[int, str | None, bool]]
) -> None:
    version, answers = 0, iter(steps)

    def send(request: flows.Request) -> flows.Response:
        nonlocal version
        assert request.form == {"token": "t", "lastKnownStatusVersion": str(version), "millisecondsTimeout": "100"}
        gap, piece, with_token = next(answers)
        version += gap
        code = "running" if version < sum(gap for gap, _, _ in steps) else "succeeded"
        token = "t" if with_token else None
        return response(first(piece) | {"statusVersion": version, "token": token, "statusCode": code})

    last = flows.run(flows.follow(first(begin), 100), send)
    assert last["logOutput"] == ((begin or "") + "".join(piece or "" for _, piece, _ in steps) or None)
    assert last["token"] == "t"
    assert last["statusVersion"] == version


def test_version_known_is_kept_when_an_answer_lacks_it() -> None:
    flow = flows.follow(first(None) | {"statusVersion": 5}, 100)
    next(flow)
    assert flow.send(response(first(None) | {"statusVersion": None})).form["lastKnownStatusVersion"] == "5"


def test_process_that_has_ended_is_not_asked_again() -> None:
    flow = flows.follow(first("done") | {"statusCode": "failed"}, 100)
    assert flows.run(flow, lambda request: response({}))["statusCode"] == "failed"


def test_reading_may_take_as_long_as_the_server_was_told_to_wait() -> None:
    assert next(flows.poll("t", 5000)).wait_ms == 5000
    assert next(flows.invoke("GetUsers", {})).wait_ms == 0
