"""The status report tells what was counted, and warns of what is not as it should be."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.archive.automation.post_office import NOBODY, post_office
from tests.archive.instances import settings

from postroom.archive.archive import Archive
from postroom.archive.automation.calendar import schedule_of, to_ms
from postroom.archive.automation.report import Amount, Report, gathered, letter_of, send_report
from postroom.archive.automation.scheduler import Action
from postroom.archive.automation.spans import span_of
from postroom.archive.instance.audit import SYSTEM, Actor
from postroom.archive.instance.privileges import Account
from postroom.archive.retention.policies import Policy
from postroom.archive.storage.writer import Incoming
from postroom.errors import Invalid, WrongState
from postroom.settings import Work as WorkSettings
from postroom.work import Process, Work

WAIT_S = 60.0
BOB = Actor("bob", "api")
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
NOON = to_ms(datetime(2026, 11, 26, 12, tzinfo=UTC))
PRODUCT = {"product": "Postroom 0.1", "machine": "archive.example.com"}


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def archive(tmp_path: Path, clock: Clock) -> Iterator[Archive]:
    with Archive(tmp_path / "archive", settings(), clock=clock) as archive:
        yield archive


def add(archive: Archive, text: str) -> int:
    """Archive a message; its size."""
    body = f"Subject: {text}\n\n{text}\n".encode()
    archive.stores.add([Incoming("anna", "Inbox", "test:", text, body)], {})
    assert archive.wait_indexed(WAIT_S)
    return len(body)


def report(archive: Archive, clock: Clock, name: str = "today") -> Report:
    return gathered(archive, span_of(name, ZoneInfo("UTC"), clock.now), **PRODUCT)


def test_messages_are_counted_in_all_and_in_the_span(archive: Archive, clock: Clock) -> None:
    old = add(archive, "old")
    clock.now = NOON + DAY_MS
    new = add(archive, "something new")
    clock.now += HOUR_MS
    today, yesterday = report(archive, clock), report(archive, clock, "yesterday")
    assert today.total == yesterday.total == Amount(2, old + new)
    assert (today.archived, yesterday.archived) == (Amount(1, new), Amount(1, old))
    assert (today.since, today.until, today.zone) == ("2026-11-27T00:00:00", "2026-11-27T13:00:00", "UTC")


def test_deleted_messages_are_counted_no_more(archive: Archive, clock: Clock) -> None:
    add(archive, "gone")
    mount = archive.stores.current()
    mount.store.delete([1], "admin", "test")
    clock.now += 1
    told = report(archive, clock)
    assert (told.total, told.archived) == (Amount(0, 0), Amount(0, 0))


def test_users_compliance_policies_and_holds(archive: Archive, clock: Clock) -> None:
    archive.instance.users.create("anna", ("login",), SYSTEM, password="word")
    archive.instance.compliance.update({"retention_years": 6, "legal_hold": True}, SYSTEM)
    policies = [Policy("one", 1, "year"), Policy("two", 1, "year", deletes=True)]
    archive.retention.policies.replace([*policies, Policy("off", 1, "year", deletes=True, enabled=False)], SYSTEM)
    archive.retention.holds.create("Case 7", "from:anna", "court", SYSTEM)
    ended = archive.retention.holds.create("Case 6", "from:bob", "court", SYSTEM)
    archive.retention.holds.end(ended.id, "over", SYSTEM)
    told = report(archive, clock)
    assert (told.users, told.administrators) == (2, 1)
    assert (told.compliance.retention_years, told.compliance.legal_hold) == (6, True)
    assert (told.policies.total, told.policies.enabled, told.policies.deleting) == (3, 2, 1)
    assert told.holds == ("Case 7",)
    text = letter_of(told).text
    assert "6 years" in text
    assert "(Case 7)" in text


def test_a_sound_archive_has_no_warnings(archive: Archive, clock: Clock) -> None:
    add(archive, "x")
    told = report(archive, clock)
    assert told.warnings == ()
    assert "No warnings." in letter_of(told).text
    assert letter_of(told).subject.endswith("today, no warnings")


def test_stores_that_are_shut_or_broken_are_warned_of_and_not_counted(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    size = add(archive, "x")
    archive.stores.create("closed", None, "disabled", SYSTEM)
    broken = archive.stores.create("broken", None, "normal", SYSTEM)
    archive.stores.set_state(broken.row.id, "disabled", SYSTEM)
    (broken.directory / "STORE").write_bytes(b"nonsense")
    archive.stores.set_state(broken.row.id, "normal", SYSTEM)
    archive.stores.set_state(1, "normal", SYSTEM)
    told = report(archive, clock)
    assert [store.state for store in told.stores] == ["normal", "disabled", "error"]
    assert [store.amount for store in told.stores] == [Amount(1, size), None, None]
    assert told.warnings[0] == "No store takes new mail: none is current."
    assert told.warnings[1] == "Store 2 is not counted: it is disabled"
    assert told.warnings[2].startswith("Store 3 is not counted: ")
    assert len(told.warnings) == 3
    assert letter_of(told).subject.endswith("3 warnings")
    assert "not counted" in letter_of(told).text


def test_what_waits_for_the_index_is_warned_of(archive: Archive, clock: Clock) -> None:
    add(archive, "x")
    mount = archive.stores.current()
    mount.select_index(selected=True)
    with mount.indexer.paused():
        archive.stores.add([Incoming("anna", "Inbox", "test:", "y", b"Subject: y\n\ny\n")], {})
        told = report(archive, clock)
    assert "Store 1 has 1 messages that wait for the index; search does not show them yet." in told.warnings
    assert "The index of store 1 is marked to be rebuilt." in told.warnings


@pytest.fixture
def jobs(archive: Archive, tmp_path: Path) -> Iterator[Archive]:
    """With a scheduler that knows two actions: `good` and `bad`."""

    def prepare(text: str, owner: Account) -> Action:
        def call(process: Process) -> None:
            if text == "bad":
                raise WrongState("It is out of order.")

        return Action(text, call)

    work = Work(tmp_path / "work.db", WorkSettings())
    archive.scheduler.attach(work, prepare)
    yield archive
    work.close(WAIT_S)


def run(archive: Archive, clock: Clock, job: int) -> None:
    """Run a job now and wait for its end."""
    archive.scheduler.run_now(job, SYSTEM)
    end = time.monotonic() + WAIT_S
    while any(one.ended_ms is None for one in archive.scheduler.results(0, clock.now + 1, job)):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_jobs_are_told_with_runs_of_the_span_and_their_last_result(jobs: Archive, clock: Clock) -> None:
    schedule = schedule_of(UTC, time="23:00")
    good, bad, gone, idle = (
        jobs.scheduler.create(name, action, "admin", "UTC", schedule, SYSTEM)
        for name, action in (("Good", "good"), ("Bad", "bad"), ("Gone", "good"), ("Idle", "good"))
    )
    clock.now = NOON - DAY_MS
    run(jobs, clock, bad)
    clock.now = NOON
    for job in (good, good, bad, gone):
        run(jobs, clock, job)
        clock.now += 1000
    jobs.scheduler.delete(gone, SYSTEM)
    jobs.scheduler.set_enabled(idle, False, SYSTEM)
    told = report(jobs, clock)
    rows = [(job.name, job.succeeded, job.others, job.last, job.last_result) for job in told.jobs]
    assert rows == [
        ("Good", 2, 0, "2026-11-26T12:00:01", "succeeded"),
        ("Bad", 0, 1, "2026-11-26T12:00:02", "completedWithErrors"),
        ("Idle", 0, 0, None, None),
        ("Gone (deleted)", 1, 0, "2026-11-26T12:00:03", "succeeded"),
    ]
    assert told.jobs[0].next == "2026-11-26T23:00:00"
    assert told.warnings == ("The job 'Bad' had 1 runs that did not succeed.",)
    text = letter_of(told).text
    assert "- Good: succeeded 2, not 0, running 0\n  last 2026-11-26T12:00:01, succeeded; owner admin; next" in text
    assert "- Idle: succeeded 0, not 0, running 0\n  did not run in this time; owner admin; switched off\n" in text


def test_a_job_without_owner_is_warned_of(jobs: Archive, clock: Clock) -> None:
    jobs.instance.users.create("bob", ("admin",), SYSTEM, password="word")
    jobs.scheduler.create("Orphan", "good", "bob", "UTC", schedule_of(UTC, time="23:00"), SYSTEM)
    jobs.instance.users.delete("bob", SYSTEM)
    told = report(jobs, clock)
    assert told.warnings == ("The job 'Orphan' cannot run: there is no user 'bob' any more.",)
    assert told.jobs[0].owner == "bob (no user any more)"


def test_runs_that_are_no_longer_kept_are_not_told_as_none(tmp_path: Path, clock: Clock) -> None:
    with Archive(tmp_path / "archive", settings(results_days=20), clock=clock) as archive:
        archive.scheduler.attach(Work(tmp_path / "work.db", WorkSettings()), lambda text, _: Action(text, print))
        archive.scheduler.create("Good", "good", "admin", "UTC", schedule_of(UTC, time="23:00"), SYSTEM)
        assert report(archive, clock).warnings == ()
        assert "older than 20 days" in report(archive, clock, "lastmonth").warnings[0]


def told_mail(archive: Archive, port: int) -> None:
    given = {"host": "127.0.0.1", "port": port, "protocol": "SMTP", "from_address": "archive@example.com"}
    archive.instance.smtp.update(given, SYSTEM)


def sent(archive: Archive, clock: Clock, *recipients: str) -> None:
    send_report(archive, span_of("today", ZoneInfo("UTC"), clock.now), recipients, BOB, **PRODUCT)


def test_it_is_mailed_as_text_and_html_once_to_each(archive: Archive, clock: Clock) -> None:
    archive.stores.rename(1, "a <b> & \u00fc", SYSTEM)
    with post_office() as office:
        told_mail(archive, office.port)
        sent(archive, clock, "anna@example.com", "carl@example.org", "anna@example.com")
    assert office.got[0][2] == ["anna@example.com", "carl@example.org"]
    mail = office.only()
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert "a <b> & \u00fc: current, 0 messages (0 bytes)" in text.get_content()
    assert html is not None
    assert "a &lt;b&gt; &amp; \u00fc" in html.get_content()
    assert "<b>" not in html.get_content()
    (row,) = [row for row in archive.instance.audit.entries() if row.event == "StatusReportSend"]
    assert (row.ok, row.user, row.target) == (True, "bob", "anna@example.com, carl@example.org")


def test_a_report_that_could_not_be_sent_is_in_the_audit_log(archive: Archive, clock: Clock) -> None:
    with post_office() as office:
        told_mail(archive, office.port)
        with pytest.raises(WrongState, match="every recipient"):
            sent(archive, clock, NOBODY)
    (row,) = [row for row in archive.instance.audit.entries() if row.event == "StatusReportSend"]
    assert not row.ok


@pytest.mark.parametrize(
    "recipients", [(), ("x",), ("a@b", ""), ("a@b\nBcc: c@d",), tuple(f"{n}@b" for n in range(101))]
)
def test_recipients_that_are_none_or_too_many_are_refused(
    archive: Archive, clock: Clock, recipients: tuple[Any, ...]
) -> None:
    with pytest.raises(Invalid, match="recipients: expected"):
        sent(archive, clock, *recipients)
