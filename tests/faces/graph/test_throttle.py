from __future__ import annotations

import os
from pathlib import Path

import pytest

from postroom.errors import Invalid
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.throttle import Faults, Limits
from postroom.settings import Graph


class Time:
    """A clock that a test turns."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def enter(limits: Limits, app: str = "a", mailbox: str = "m") -> None:
    with limits.within(app, mailbox, "outlook"):
        pass


def test_without_limits_nobody_waits() -> None:
    limits = Limits(Graph())
    for _ in range(1000):
        enter(limits)


def test_one_request_too_many_waits_until_the_window_ends() -> None:
    time = Time()
    limits = Limits(Graph(limit_requests=2, limit_window_s=10), time)
    enter(limits)
    time.now += 3.5
    enter(limits)
    with pytest.raises(Refused) as refused:
        enter(limits)
    assert (refused.value.status, refused.value.code) == (429, "ApplicationThrottled")
    assert refused.value.headers == {"Retry-After": "7"}
    time.now += 6.5
    enter(limits)


def test_each_app_and_mailbox_has_limits_of_its_own() -> None:
    limits = Limits(Graph(limit_requests=1))
    for app, mailbox in (("a", "m"), ("a", "n"), ("b", "m")):
        enter(limits, app, mailbox)
    with pytest.raises(Refused):
        enter(limits)


def test_requests_at_once_are_counted_while_they_run() -> None:
    limits = Limits(Graph(limit_concurrent=1))
    with limits.within("a", "m", "files"), pytest.raises(Refused) as refused:
        enter(limits)
    assert refused.value.status == 429
    enter(limits)


RULES = """
[[rule]]
path = "/me/messages*"
method = "get"
after = 1
times = 2
status = 503
retry_after_s = 4

[[rule]]
path = "/groups"
status = 504
"""


def statuses(faults: Faults, path: str, times: int, method: str = "GET") -> list[int]:
    found = []
    for _ in range(times):
        try:
            faults.meet(method, path)
            found.append(200)
        except Refused as error:
            found.append(error.status)
    return found


def test_rules_make_paths_fail_as_often_as_they_say(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULES)
    faults = Faults(file)
    assert statuses(faults, "/Me/Messages/x", 4) == [200, 503, 503, 200]
    assert statuses(faults, "/me/messages", 1, "POST") == [200]
    with pytest.raises(Refused) as refused:
        faults.meet("GET", "/groups")
    assert (refused.value.status, refused.value.headers) == (504, {"Retry-After": "1"})


def test_rules_begin_anew_when_their_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULES)
    faults = Faults(file)
    assert statuses(faults, "/groups", 2) == [504, 200]
    os.utime(file, ns=(1, 1))
    assert statuses(faults, "/groups", 2) == [504, 200]
    file.write_text("no rules")
    assert statuses(faults, "/groups", 1) == [200], "the rules of before go on"


def test_a_file_of_rules_may_come_and_go(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    faults = Faults(file)
    assert statuses(faults, "/groups", 1) == [200]
    file.write_text(RULES)
    assert statuses(faults, "/groups", 2) == [504, 200]
    file.write_text(RULES + "\n")
    file.unlink()
    assert statuses(faults, "/groups", 1) == [200]


@pytest.mark.parametrize("text", ["[[rule]]\n", "[[rule]]\npath = 1", "x", "[[rule]]\npath = '/'\nwords = 3"])
def test_rules_that_cannot_be_used_are_told_at_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text)
    with pytest.raises(Invalid, match="faults_file"):
        Faults(file)
