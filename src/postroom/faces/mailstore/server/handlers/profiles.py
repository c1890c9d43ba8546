"""Functions on profiles and their runs (Administration API, profiles and runs; reference shapes: profile, worker
result, report). SetProfile, GetProfileProblems and CheckProfile are our own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any, Final

from postroom.archive.automation.calendar import local_text, moment_of, to_ms, wall_time
from postroom.archive.automation.zones import LOCAL, zone_of
from postroom.archive.profiles.completeness import Day, lines
from postroom.archive.profiles.profiles import Execution, Given, Profile
from postroom.archive.profiles.results import Owed, Run
from postroom.errors import Invalid
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements
from postroom.faces.mailstore.server.documents import json_object

EXECUTION: Final = "serverSideExecution"
KEYS: Final = ("name", "owner", "type", "connector", "details", EXECUTION)
INTERRUPTED: Final = "threadAbort"
"""What the original calls the end of a run that its program was not alive to see."""


@implements("GetProfiles")
def get_profiles(call: Call, raw: bool) -> list[dict[str, Any]]:
    _check_raw(raw)
    return [_shown(profile) for profile in call.archive.profiles.all()]


@implements("CreateProfile")
def create_profile(call: Call, properties: Any, raw: bool) -> int:
    _check_raw(raw)
    return call.archive.profiles.create(_given(call, properties), call.by)


@implements("SetProfile")
def set_profile(call: Call, id: int, properties: Any) -> None:
    changes = _known(properties, (*KEYS, "id", "version"))
    if changes.pop("id", id) != id:
        raise Invalid("properties.id", f"{id}, the profile that is changed, or nothing")
    execution = _execution(changes.pop(EXECUTION)) if changes.get(EXECUTION) is not None else None
    call.archive.profiles.change(id, changes, execution, call.by)


@implements("DeleteProfile")
def delete_profile(call: Call, id: int) -> None:
    call.archive.profiles.delete(id, call.by)


@implements("RunProfile")
def run_profile(call: Call, id: int) -> dict[str, Any]:
    return _result(call, call.archive.profiles.run(id, call.by, call.process), LOCAL)


@implements("RunTemporaryProfile")
def run_temporary_profile(call: Call, properties: Any, raw: bool) -> dict[str, Any]:
    _check_raw(raw)
    return _result(call, call.archive.profiles.run_once(_given(call, properties), call.by, call.process), LOCAL)


@implements("SetProfileServerSideExecution")
def set_profile_server_side_execution(
    call: Call,
    id: int,
    automatic: bool,
    automaticPauseBetweenExecutions: int | None = None,
    automaticMaintenanceWindows: str | None = None,
) -> None:
    execution = Execution(automatic, automaticPauseBetweenExecutions, automaticMaintenanceWindows)
    call.archive.profiles.set_execution(id, execution, call.by)


@implements("GetWorkerResults")
def get_worker_results(
    call: Call,
    fromIncluding: str,
    toExcluding: str,
    timeZoneID: str,
    profileID: int | None = None,
    userName: str | None = None,
) -> list[dict[str, Any]]:
    """However many there are: it is the caller who says how long the period is."""
    zone = zone_of(timeZoneID)
    since, until = (
        to_ms(moment_of(wall_time(field, text, zone), zone))
        for field, text in (("fromIncluding", fromIncluding), ("toExcluding", toExcluding))
    )
    runs = call.archive.profiles.runs(since, until, profileID, userName or None)
    return [_result(call, run, timeZoneID, zone) for run in runs]


@implements("GetWorkerResultReport")
def get_worker_result_report(call: Call, id: int) -> dict[str, Any]:
    return {"id": id, "report": call.archive.profiles.report(id)}


@implements("GetProfileProblems")
def get_profile_problems(call: Call, id: int) -> list[dict[str, Any]]:
    return [_owed(owed) for owed in call.archive.profiles.owed(id)]


@implements("CheckProfile")
def check_profile(call: Call, id: int, timeZoneID: str | None = None) -> dict[str, Any]:
    """What is missing is a line of the log each."""
    found = call.archive.profiles.check(id, zone_of(timeZoneID or LOCAL), call.by, call.process)
    for line in lines(found):
        call.process.log(line)
    return {
        "complete": found.complete,
        "days": [_day(day) for day in found.days],
        "unread": [{"mailbox": mailbox, "reason": reason} for mailbox, reason in found.failed],
    }


def _day(day: Day) -> dict[str, Any]:
    return {
        "mailbox": day.mailbox,
        "day": None if day.day is None else day.day.isoformat(),
        "source": day.source,
        "archived": day.archived,
        "indexed": day.indexed,
        "missing": day.missing,
        "reasons": [{"item": one.native_id, "folder": one.folder, "reason": one.reason} for one in day.reasons],
    }


def _check_raw(raw: bool) -> None:
    if not raw:
        raise Invalid("raw", "true: profiles are only known in this form")


def _known(properties: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    given = json_object("properties", properties)
    if unknown := sorted(given.keys() - set(keys)):
        raise Invalid(f"properties.{unknown[0][:100]}", f"one of the keys {', '.join(keys)}")
    return given


def _given(call: Call, properties: Any) -> Given:
    """A new profile. Without an owner it is the caller's."""
    given = _known(properties, (*KEYS, "id", "version"))
    for name in ("id", "version"):
        if given.get(name) is not None:
            raise Invalid(f"properties.{name}", "nothing: a new profile gets it from the server")
    words = {name: _text(given, name) for name in ("name", "type", "connector")}
    owner = _text(given, "owner") if given.get("owner") is not None else call.user
    execution = Execution() if given.get(EXECUTION) is None else _execution(given[EXECUTION])
    return Given(**words, owner=owner, details=given.get("details"), execution=execution)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"properties.{name}", "a text")
    return value.strip()


def _execution(given: object) -> Execution:
    if not isinstance(given, dict):
        raise Invalid(f"properties.{EXECUTION}", "an object")
    keys = ("automatic", "automaticPauseBetweenExecutions", "automaticMaintenanceWindows")
    if unknown := sorted(map(str, given.keys() - set(keys))):
        raise Invalid(f"properties.{EXECUTION}.{unknown[0][:100]}", f"one of the keys {', '.join(keys)}")
    automatic, pause, windows = (given.get(key) for key in keys)
    if not isinstance(automatic, bool | None):
        raise Invalid(keys[0], "true or false")
    if isinstance(pause, bool) or not isinstance(pause, int | None):
        raise Invalid(keys[1], "a whole number of seconds")
    if not isinstance(windows, str | None):
        raise Invalid(keys[2], "a text")
    return Execution(automatic is True, pause, windows)


def _shown(profile: Profile) -> dict[str, Any]:
    execution = profile.execution
    return {
        "id": profile.id,
        "version": profile.version,
        "name": profile.name,
        "owner": profile.owner,
        "type": profile.type,
        "connector": profile.connector,
        "details": dict(profile.details),
        EXECUTION: {
            "automatic": execution.automatic,
            "automaticPauseBetweenExecutions": execution.pause_s,
            "automaticMaintenanceWindows": execution.windows,
        },
    }


def _result(call: Call, run: Run, zone_name: str, zone: tzinfo | None = None) -> dict[str, Any]:
    zone = zone or zone_of(zone_name)
    ended = None if run.ended_ms is None else local_text(run.ended_ms, zone)
    return {
        "id": run.id,
        "startTime": local_text(run.started_ms, zone),
        "completeTime": ended,
        "endTime": ended,
        "timeZoneID": zone_name,
        "userName": run.owner,
        "profileID": run.profile,
        "profileName": run.name,
        "machineName": call.facts.machine_name,
        "result": INTERRUPTED if run.result == "interrupted" else run.result,
        "itemsArchived": run.archived,
        "itemsFailed": run.failed,
        "itemsSkipped": run.skipped,
        "itemsRemoved": run.removed,
    }


def _owed(owed: Owed) -> dict[str, Any]:
    return {
        "source": owed.source,
        "item": owed.native_id,
        "folder": owed.folder,
        "reason": owed.reason,
        "firstTime": local_text(owed.first_ms, UTC),
        "lastTime": local_text(owed.last_ms, UTC),
        "attempts": owed.times,
    }
