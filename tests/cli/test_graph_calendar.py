"""`postroom graph calendar …`: a calendar goes out as a file and comes in from one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run

ANNA = "anna@example.com"
FILE = """BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
UID:one\r
SUMMARY:Round\r
DTSTART;TZID=Europe/Berlin:20260302T090000\r
DTEND;TZID=Europe/Berlin:20260302T100000\r
RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:two\r
SUMMARY:Odd\r
DTSTART:20260302T090000Z\r
RRULE:FREQ=HOURLY\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.mark.usefixtures("home")
def test_a_calendar_comes_in_from_a_file_and_goes_out_as_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOUNT_PASSWORD", "Correct-Horse-7")
    assert run("account", "domain", "create", "example.com").code == 0
    assert run("account", "user", "create", ANNA).code == 0
    file, out = tmp_path / "in.ics", tmp_path / "out.ics"
    file.write_text(FILE, "utf-8", newline="")
    ended = run("graph", "calendar", "import", ANNA, str(file), "--json")
    assert (ended.code, ended.json["added"], ended.json["changed"]) == (1, 1, 0)
    assert "FREQ=HOURLY" in ended.json["failed"][0]
    assert run("graph", "calendar", "export", ANNA, str(out)).code == 0
    text = out.read_text("utf-8")
    assert text.count("BEGIN:VEVENT") == 1
    assert "UID:one" in text
    assert "RRULE:FREQ=WEEKLY" in text
    assert "DTSTART;TZID=Europe/Berlin:20260302T090000" in text
