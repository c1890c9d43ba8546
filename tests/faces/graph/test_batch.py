from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest

from postroom.faces.graph import batch
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.message import Answer, Incoming


def part(part_id: str, **more: Any) -> dict[str, Any]:
    return {"id": part_id, "method": "GET", "url": f"/{part_id}", **more}


def run(
    *parts: dict[str, Any], answers: dict[str, Answer] | None = None, most: int = 1 << 20
) -> tuple[dict[str, Any], list[Incoming]]:
    """The responses by id, and what was performed."""
    performed: list[Incoming] = []

    def perform(incoming: Incoming) -> Answer:
        performed.append(incoming)
        return (answers or {}).get(incoming.path.rpartition("/")[2], Answer(200, {"path": incoming.path}))

    outer = Incoming("POST", "/beta/$batch", headers={"authorization": "Bearer outer"}, origin="https://here:1")
    read = batch.read({"requests": list(parts)}, 20)
    responses = msgspec.json.decode(msgspec.json.encode(batch.run(read, outer, "beta", perform, most)))["responses"]
    return {response["id"]: response for response in responses}, performed


def test_each_request_is_performed_below_the_version_of_the_batch() -> None:
    responses, performed = run(part("1", url="/me?$top=3"), part("2", url="users", headers={"Authorization": "own"}))
    assert [(one.path, one.query) for one in performed] == [("/beta/me", "$top=3"), ("/beta/users", "")]
    assert [one.headers["authorization"] for one in performed] == ["Bearer outer", "own"]
    assert all(one.origin == "https://here:1" and one.batched for one in performed)
    assert responses["1"]["body"] == {"path": "/beta/me"}


def test_what_depends_on_another_comes_after_it() -> None:
    _, performed = run(part("a", dependsOn=["B", "c"]), part("b", dependsOn=["c"]), part("c"))
    assert [one.path for one in performed] == ["/beta/c", "/beta/b", "/beta/a"]


def test_what_depends_on_a_failure_is_not_performed() -> None:
    failed = {"a": Answer(404, {"error": {}})}
    responses, performed = run(part("a"), part("b", dependsOn=["a"]), part("c", dependsOn=["b"]), answers=failed)
    assert [one.path for one in performed] == ["/beta/a"]
    assert [responses[one]["status"] for one in "abc"] == [404, 424, 424]
    assert responses["c"]["body"]["error"]["code"] == "FailedDependency"


def test_bodies_are_json_or_base64() -> None:
    json_type, bytes_type = {"Content-Type": "application/json"}, {"content-type": "image/png"}
    sent = base64.b64encode(b"\x00\xff").decode()
    _, performed = run(
        part("1", method="POST", body={"a": 1}, headers=json_type),
        part("2", method="PUT", body=sent, headers=bytes_type),
        part("3", method="POST", body=sent, headers={"Content-Type": "text/plain"}),
    )
    assert [one.body for one in performed] == [b'{"a":1}', b"\x00\xff", sent.encode()]


def test_answers_without_a_body_have_none_and_bytes_come_as_base64() -> None:
    answers = {"1": Answer(204), "2": Answer(200, b"\xff", media_type="image/png"),
               "3": Answer(200, b"12", media_type="text/plain")}  # fmt: skip
    responses, _ = run(part("1"), part("2"), part("3"), answers=answers)
    assert "body" not in responses["1"]
    assert responses["2"] == {"id": "2", "status": 200, "headers": {"Content-Type": "image/png"}, "body": "/w=="}
    assert responses["3"]["body"] == "12"


def test_a_body_that_is_no_base64_is_an_error_of_its_request_only() -> None:
    responses, _ = run(part("1", method="PUT", body="?", headers={"content-type": "image/png"}), part("2"))
    assert [responses[one]["status"] for one in "12"] == [400, 200]


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ([part("1"), part("1")], "id"),
        ([part("a"), part("A")], "id"),
        ([part("")], "id"),
        ([part(str(number)) for number in range(21)], "20"),
        ([part("1", dependsOn=["2"])], "'2'"),
        ([part("1", dependsOn=["2"]), part("2", dependsOn=["1"])], "itself"),
        ([part("1", method="BREW")], "BREW"),
        ([part("1", method="POST", body={})], "Content-Type"),
        ([part("1", url="https://elsewhere.test/me")], "relative"),
        ([{"id": "1"}], "method"),
        ("text", "payload"),
    ],
)
def test_a_batch_that_cannot_be_used_is_refused_whole(parts: Any, word: str) -> None:
    with pytest.raises(Refused, match=word) as refused:
        batch.read({"requests": parts}, 20)
    assert refused.value.status == 400


def test_reading_ends_where_answers_are_large_enough() -> None:
    large = {one: Answer(200, {"x": "y" * 400}) for one in "abcd"}
    json_type = {"Content-Type": "application/json"}
    changed = part("d", method="PATCH", body={}, headers=json_type)
    responses, performed = run(part("a"), part("b"), part("c"), changed, answers=large, most=1000)
    assert {one: responses[one]["status"] for one in "abcd"} == {"a": 200, "b": 200, "c": 429, "d": 200}
    assert responses["c"]["headers"]["Retry-After"] == "1"
    # What changes something is answered whatever it takes: nobody could repeat it.
    assert [one.path for one in performed] == ["/beta/a", "/beta/b", "/beta/c", "/beta/d"]


def test_after_an_answer_without_room_nothing_more_is_read() -> None:
    answers = {"a": Answer(200, b"x" * 600), "b": Answer(200, b"x" * 600)}
    responses, performed = run(part("a"), part("b"), part("c"), part("d", dependsOn=["b"]), answers=answers, most=1000)
    assert [responses[one]["status"] for one in "abcd"] == [200, 429, 429, 424]
    assert [one.path for one in performed] == ["/beta/a", "/beta/b"]


def test_an_answer_too_large_for_any_batch_leaves_room_for_others() -> None:
    responses, _ = run(part("a"), part("b"), answers={"a": Answer(200, b"x" * 1000)}, most=1000)
    assert [responses[one]["status"] for one in "ab"] == [413, 200]
