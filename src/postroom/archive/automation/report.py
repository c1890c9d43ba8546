"""The status report: what the archive knows about itself, as facts, and mailed as text and HTML.

Only what was counted is in it. What could not be counted, and whatever is not as it should be, is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from postroom.archive.automation.calendar import local_text
from postroom.archive.automation.jobs import Job
from postroom.archive.automation.mailer import Letter
from postroom.archive.automation.results import Tally
from postroom.archive.automation.scheduler import DAY_MS
from postroom.archive.automation.spans import Span
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.compliance import Compliance
from postroom.archive.instance.smtp import mail_address
from postroom.archive.mount import Mount
from postroom.archive.profiles.profiles import Profile
from postroom.archive.profiles.results import Tally as ProfileTally
from postroom.errors import Invalid

if TYPE_CHECKING:
    from postroom.archive.archive import Archive

MOST_RECIPIENTS: Final = 100
UNITS: Final = ("KiB", "MiB", "GiB", "TiB")


class Amount(NamedTuple):
    """Messages, and the sum of their sizes in bytes."""

    messages: int
    bytes: int


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """`amount` None: the store is not open."""

    name: str
    state: str
    amount: Amount | None


@dataclass(frozen=True, slots=True)
class Policies:
    total: int
    enabled: int
    deleting: int


@dataclass(frozen=True, slots=True)
class JobFacts:
    """Of a job or a profile: runs that began in the span; `others` failed, ended with errors or were cancelled.
    `next` None: not by itself."""

    name: str
    enabled: bool
    owner: str
    succeeded: int
    others: int
    running: int
    last: str | None
    last_result: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """Times are texts in the zone of the report."""

    product: str
    machine: str
    span: str
    since: str
    until: str
    zone: str
    made: str
    users: int
    administrators: int
    stores: tuple[StoreFacts, ...]
    total: Amount
    archived: Amount
    compliance: Compliance
    event_types: int
    policies: Policies
    holds: tuple[str, ...]
    jobs: tuple[JobFacts, ...]
    profiles: tuple[JobFacts, ...]
    warnings: tuple[str, ...]


def gathered(archive: Archive, span: Span, product: str, machine: str) -> Report:
    """The facts of now, and of the span. `product`: its name and version."""
    now, mounts = archive.retention.clock(), archive.stores.all()
    users = archive.instance.users.all()
    compliance, policies = archive.instance.compliance.get(), archive.retention.policies.all()
    stores = tuple(_store(mount) for mount in mounts)
    jobs, profiles = _jobs(archive, span), _profiles(archive, span)
    return Report(
        product=product,
        machine=machine,
        span=span.name,
        since=local_text(span.since_ms, span.zone),
        until=local_text(span.until_ms, span.zone),
        zone=span.zone.key,
        made=local_text(now, span.zone),
        users=len(users),
        administrators=sum("admin" in user.privileges for user in users),
        stores=stores,
        total=_sum([store.amount for store in stores if store.amount]),
        archived=_sum([Amount(*m.store.catalogue.archived(span.since_ms, span.until_ms)) for m in mounts if m.is_open]),
        compliance=compliance,
        event_types=len({kind.name for kind in events.EVENTS.values() if kind.always} | {*compliance.logged_successes}),
        policies=Policies(
            len(policies), sum(p.enabled for p in policies), sum(p.enabled and p.deletes for p in policies)
        ),
        holds=tuple(hold.name for hold in archive.retention.holds.in_force()),
        jobs=jobs,
        profiles=profiles,
        warnings=(
            *_store_warnings(archive),
            *_job_warnings(archive, jobs, span, now),
            *_profile_warnings(archive, profiles, span),
        ),
    )


def letter_of(report: Report) -> Letter:
    """The report as a mail."""
    text, html = (_templates().get_template(f"report.{form}").render(r=report) for form in ("txt", "html"))
    state = f"{len(report.warnings)} warnings" if report.warnings else "no warnings"
    return Letter(f"Postroom on {report.machine}: status report, {report.span}, {state}", text, html)


def checked_recipients(addresses: Sequence[str]) -> list[str]:
    """Each once. Raises Invalid("recipients")."""
    known = list(dict.fromkeys(mail_address("recipients", address) for address in addresses))
    if not 1 <= len(known) <= MOST_RECIPIENTS:
        raise Invalid("recipients", f"from 1 to {MOST_RECIPIENTS} addresses, with commas")
    return known


def send_report(
    archive: Archive, span: Span, recipients: Sequence[str], by: Actor, *, product: str, machine: str
) -> None:
    """Mail the report. Raises Invalid, and what `Mailer.send` raises."""
    known = checked_recipients(recipients)
    with archive.instance.audit.recording(events.STATUS_REPORT, by, ", ".join(known), timespan=span.name):
        archive.mailer.send(letter_of(gathered(archive, span, product, machine)), known)


def _store(mount: Mount) -> StoreFacts:
    totals = mount.store.catalogue.totals() if mount.is_open else None
    return StoreFacts(
        mount.row.name,
        mount.state,
        None if totals is None else Amount(sum(row.messages for row in totals), sum(row.bytes for row in totals)),
    )


def _sum(amounts: Sequence[Amount]) -> Amount:
    return Amount(sum(amount.messages for amount in amounts), sum(amount.bytes for amount in amounts))


def _jobs(archive: Archive, span: Span) -> tuple[JobFacts, ...]:
    """The jobs there are, then those that ran in the span and are gone."""
    tallies = archive.scheduler.tallies(span.since_ms, span.until_ms)
    jobs = archive.scheduler.jobs()
    known = [_job(job, [tally for tally in tallies if tally.job == job.id], span) for job in jobs]
    gone = {tally.job: tally.name for tally in tallies} | {job.id: "" for job in jobs}
    lost = [
        _counted(f"{name} (deleted)", [tally for tally in tallies if tally.job == number], span)
        for number, name in gone.items()
        if name
    ]
    return (*known, *lost)


def _job(job: Job, tallies: Sequence[Tally], span: Span) -> JobFacts:
    due = None if job.due_ms is None else local_text(job.due_ms, span.zone)
    owner = f"{job.owner} (no user any more)" if job.orphaned else job.owner
    return _counted(job.name, tallies, span, enabled=job.enabled, owner=owner, due=due)


def _profiles(archive: Archive, span: Span) -> tuple[JobFacts, ...]:
    """The profiles there are, then those that ran in the span and are gone, and what was run once."""
    tallies = archive.profiles.tallies(span.since_ms, span.until_ms)
    profiles = {profile.id: profile for profile in archive.profiles.all()}
    gone = {tally.profile: f"{tally.name} (deleted)" for tally in tallies if tally.profile not in profiles}
    gone |= {0: "(run once)"} if 0 in gone else {}
    known = [_profile(one, [tally for tally in tallies if tally.profile == one.id], span) for one in profiles.values()]
    lost = [_counted(name, [tally for tally in tallies if tally.profile == one], span) for one, name in gone.items()]
    return (*known, *lost)


def _profile(profile: Profile, tallies: Sequence[ProfileTally], span: Span) -> JobFacts:
    due = None if profile.due_ms is None else local_text(profile.due_ms, span.zone)
    owner = f"{profile.owner} (no user any more)" if profile.orphaned else profile.owner
    return _counted(profile.name, tallies, span, enabled=profile.execution.automatic, owner=owner, due=due)


def _counted(
    name: str,
    tallies: Sequence[Tally] | Sequence[ProfileTally],
    span: Span,
    *,
    enabled: bool = False,
    owner: str = "",
    due: str | None = None,
) -> JobFacts:
    counts = {tally.result: tally.runs for tally in tallies}
    last = max(tallies, key=lambda tally: tally.last_ms, default=None)
    return JobFacts(
        name=name,
        enabled=enabled,
        owner=owner,
        succeeded=counts.pop("succeeded", 0),
        running=counts.pop("running", 0),
        others=sum(counts.values()),
        last=local_text(last.last_ms, span.zone) if last else None,
        last_result=last.result if last else None,
        next=due,
    )


def _store_warnings(archive: Archive) -> Iterator[str]:
    mounts = archive.stores.all()
    if not any(mount.row.requested_state == "current" for mount in mounts):
        yield "No store takes new mail: none is current."
    yield from archive.stores.not_counted()
    for mount in mounts:
        if mount.is_open:
            yield from _open_warnings(mount)


def _open_warnings(mount: Mount) -> Iterator[str]:
    name = f"Store {mount.row.id}"
    if mount.error:
        yield f"{name} takes no mail: {mount.error}"
    if mount.indexer.error:
        yield f"The index of {name.lower()} cannot be written: {mount.indexer.error}"
    if waiting := mount.indexer.pending:
        yield f"{name} has {waiting} messages that wait for the index; search does not show them yet."
    if mount.index_selected:
        yield f"The index of {name.lower()} is marked to be rebuilt."


def _job_warnings(archive: Archive, jobs: Sequence[JobFacts], span: Span, now: int) -> Iterator[str]:
    for job in jobs:
        if job.others:
            yield f"The job {job.name!r} had {job.others} runs that did not succeed."
    for orphan in (job for job in archive.scheduler.jobs() if job.enabled and job.orphaned):
        yield f"The job {orphan.name!r} cannot run: there is no user {orphan.owner!r} any more."
    days = archive.settings.archive.results_days
    if jobs and span.since_ms < now - days * DAY_MS:
        yield f"Runs of jobs that are older than {days} days are not counted: results are kept no longer."


def _profile_warnings(archive: Archive, profiles: Sequence[JobFacts], span: Span) -> Iterator[str]:
    for profile in profiles:
        if profile.others:
            yield f"The profile {profile.name!r} had {profile.others} runs that did not succeed."
    for late in archive.profiles.server_side.overdue():
        yield f"The profile {late.name!r} should have completed a run at {local_text(late.since_ms, span.zone)}."
    for orphan in (one for one in archive.profiles.all() if one.execution.automatic and one.orphaned):
        yield f"The profile {orphan.name!r} cannot run: there is no user {orphan.owner!r} any more."


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("postroom.archive.automation", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["size"] = _size
    return environment


def _size(number: int) -> str:
    """A size as people read it."""
    size, unit = float(number), "bytes"
    for larger in UNITS:
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{number} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
