from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.errors import Cancelled, NotFound
from postroom.faces.mailstore.server import wire
from postroom.work import Process

KEYS = [
    *("error", "token", "statusVersion", "statusCode", "percentProgress", "statusText", "result", "logOutput"),
]


def sent(envelope: wire.Envelope) -> dict[str, object]:
    found: dict[str, object] = json.loads(wire.encode(envelope))
    assert list(found) == KEYS
    return found


def test_a_simple_call_ends_at_version_2_and_has_all_keys_in_order() -> None:
    assert sent(wire.succeeded({"n": 1})) == dict.fromkeys(KEYS) | {
        "statusVersion": 2,
        "statusCode": "succeeded",
        "result": {"n": 1},
    }


def test_a_failure_has_the_sentence_and_the_class() -> None:
    envelope = sent(wire.failed(NotFound("store", 7), ["Looking..."]))
    assert envelope["error"] == {"message": "There is no store 7.", "details": "NotFound"}
    assert (envelope["statusCode"], envelope["result"]) == ("failed", None)
    assert envelope["logOutput"] == "Looking...\r\n"


def test_a_cancelled_call_is_cancelled_not_failed() -> None:
    assert sent(wire.failed(Cancelled("Stopped.")))["statusCode"] == "cancelled"


def process(*lines: str) -> Process:
    process = Process("VerifyStore", "admin")
    for line in lines:
        process.log(line)
    return process


def test_the_first_answer_is_the_one_of_the_documentation() -> None:
    running = process("one", "two", "three")
    assert sent(wire.started(running)) == dict.fromkeys(KEYS) | {
        "token": running.token,
        "statusVersion": 3,
        "statusCode": "running",
        "percentProgress": 0,
        "logOutput": "one\r\ntwo\r\n",
    }
    assert sent(wire.status(running, 3))["logOutput"] == "three\r\n"


@pytest.mark.parametrize("lines", range(5))
def test_nothing_is_lost_between_the_first_answer_and_the_end(lines: int) -> None:
    ended = process(*(f"line {number}" for number in range(lines)))
    ended.finish("succeeded", result=1)
    first = sent(wire.started(ended))
    assert first["statusCode"] == "running"
    version = first["statusVersion"]
    assert isinstance(version, int)
    assert version < ended.state.version
    rest = sent(wire.status(ended, version))
    assert rest["statusCode"] == "succeeded"
    whole = f"{first['logOutput'] or ''}{rest['logOutput'] or ''}"
    assert whole == "".join(f"line {number}\r\n" for number in range(lines))


def test_a_token_can_be_null_at_the_end_as_in_the_oldest_documentation() -> None:
    ended = process()
    assert sent(wire.status(ended, 0, null_token_at_end=True))["token"] == ended.token
    ended.finish("succeeded")
    assert sent(wire.status(ended, 0))["token"] == ended.token
    assert sent(wire.status(ended, 0, null_token_at_end=True))["token"] is None


@given(
    st.recursive(
        st.text() | st.none() | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_text_of_a_mail_can_be_sent(value: object) -> None:
    json.loads(wire.encode(value).decode("utf-8"))


def test_half_surrogates_become_replacement_characters() -> None:
    assert json.loads(wire.encode({"a": ["x\udc80y"]})) == {"a": ["x�y"]}
