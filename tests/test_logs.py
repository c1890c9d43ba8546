"""Logs: facts as JSON, secrets nowhere."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom import logs
from postroom.settings import Log

log = logging.getLogger("postroom.test")


class Sink:
    """The two outputs of the configured logging."""

    def __init__(self, directory: Path, settings: Log) -> None:
        self.directory, self.stream = directory, io.StringIO()
        logs.configure(directory, settings, self.stream)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.directory / logs.FILE_NAME).read_text("utf-8").splitlines()]

    @property
    def text(self) -> str:
        return self.stream.getvalue() + (self.directory / logs.FILE_NAME).read_text("utf-8")


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    root.handlers = []
    yield Sink(tmp_path, Log())
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)


def test_a_line_holds_time_level_logger_message_facts_and_request(sink: Sink) -> None:
    token = logs.request_id.set("r-1")
    log.info("stored %d messages", 3, extra={"user": "ann", "count": 3})
    logs.request_id.reset(token)
    (line,) = sink.lines
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "postroom.test",
        "message": "stored 3 messages",
        "user": "ann",
        "count": 3,
        "request": "r-1",
    }
    assert sink.stream.getvalue() == "stored 3 messages user=ann count=3 request=r-1\n"


def test_outside_of_a_request_no_id_is_written(sink: Sink) -> None:
    log.info("started")
    assert "request" not in sink.lines[0]


def test_a_traceback_goes_to_the_file_only(sink: Sink) -> None:
    try:
        int("password=hunter2")
    except ValueError:
        log.exception("failed")
    assert "ValueError" in sink.lines[0]["error"]
    assert "Traceback" not in sink.stream.getvalue()
    assert "hunter2" not in sink.text


@pytest.mark.parametrize(
    "name", ["password", "newPassword", "token", "access_token", "client_secret", "Authorization", "Set-Cookie"]
)
def test_facts_with_a_secret_name_are_blotted_out_at_any_depth(sink: Sink, name: str) -> None:
    secret = "hunter2"
    log.info("call", extra={name: secret, "arguments": {"user": "ann", name: [secret, {name: secret}]}})
    assert secret not in sink.text
    assert sink.lines[0]["arguments"]["user"] == "ann"


@pytest.mark.parametrize(
    "message",
    [
        "user=ann&password=hunter2&x=1",
        'body {"password": "hunter2"}',
        "Authorization: Basic hunter2",
        "authorization=Bearer hunter2",
        "connect with api_token = hunter2 now",
        "'secret': 'hunter2 and more'",
        r"{\"password\": \"hunter2\"}",
        "fetching https://ann:hunter2@mail.example/",
    ],
)
def test_secrets_written_into_a_message_are_blotted_out(sink: Sink, message: str) -> None:
    log.warning(message)
    log.warning("got %s", message)
    log.warning("fact", extra={"body": message})
    assert "hunter2" not in sink.text
    assert "and more" not in sink.text


def test_what_is_no_secret_stays(sink: Sink) -> None:
    log.info("ann@example.org moved 3 messages to a:b at https://mail.example:8463/api")
    assert sink.lines[0]["message"] == "ann@example.org moved 3 messages to a:b at https://mail.example:8463/api"


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["a-", "token", "token=", "token ", "token='", "://a:", "=", '"'])
def test_hostile_text_takes_no_long_time(piece: str) -> None:
    logs.scrub(piece * (1_000_000 // len(piece)))


def test_a_wrong_format_is_shown_not_raised(sink: Sink) -> None:
    log.info("%d messages", "three")
    assert sink.lines[0]["message"] == "%d messages ('three',)"


def test_a_line_break_from_outside_makes_no_second_line(sink: Sink) -> None:
    log.info("login of %s", "ann\nerror: forged")
    assert len(sink.lines) == 1
    assert sink.stream.getvalue().count("\n") == 1


def test_the_level_of_the_settings_holds(tmp_path: Path, sink: Sink) -> None:
    quiet = Sink(tmp_path / "other", Log(level="warning"))
    log.info("no")
    log.warning("yes")
    assert [line["message"] for line in quiet.lines] == ["yes"]


def test_old_files_are_let_go(tmp_path: Path, sink: Sink) -> None:
    small = Sink(tmp_path / "small", Log(file_bytes=1024, files=2))
    for number in range(100):
        log.info("line %d", number)
    assert len(list(small.directory.iterdir())) == 3


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_fact_can_be_written(fact: object) -> None:
    json.dumps(logs.clean(fact))


def test_a_file_that_cannot_be_written_costs_no_line_on_the_stream(
    tmp_path: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / logs.FILE_NAME).mkdir()
    log.warning("no room")
    assert "no room" in sink.stream.getvalue()
    assert capsys.readouterr().err == ""
