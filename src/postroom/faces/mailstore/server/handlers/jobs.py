"""Functions on jobs (Administration API, jobs; reference shapes: GetJobs, GetJobResults)."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

import msgspec

from postroom.archive.automation.calendar import local_text, moment_of, schedule_of, to_ms, wall_time
from postroom.archive.automation.jobs import Job
from postroom.archive.automation.results import Run
from postroom.archive.automation.zones import zone_of
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements


@implements("GetJobs")
def get_jobs(call: Call) -> list[dict[str, Any]]:
    return [_shown(job) for job in call.archive.scheduler.jobs()]


@implements("CreateJob")
def create_job(
    call: Call,
    name: str,
    action: str,
    owner: str,
    timeZoneId: str,
    date: str | None = None,
    interval: int | None = None,
    time: str | None = None,
    dayOfWeek: str | None = None,
    dayOfMonth: str | None = None,
) -> int:
    schedule = schedule_of(
        zone_of(timeZoneId), date=date, interval=interval, time=time, day_of_week=dayOfWeek, day_of_month=dayOfMonth
    )
    return call.archive.scheduler.create(name, action, owner, timeZoneId, schedule, call.by)


@implements("RenameJob")
def rename_job(call: Call, id: int, name: str) -> None:
    call.archive.scheduler.rename(id, name, call.by)


@implements("SetJobEnabled")
def set_job_enabled(call: Call, id: int, enabled: bool) -> None:
    call.archive.scheduler.set_enabled(id, enabled, call.by)


@implements("SetJobSchedule")
def set_job_schedule(
    call: Call,
    id: int,
    timeZoneId: str,
    date: str | None = None,
    interval: int | None = None,
    time: str | None = None,
    dayOfWeek: str | None = None,
    dayOfMonth: str | None = None,
) -> None:
    schedule = schedule_of(
        zone_of(timeZoneId), date=date, interval=interval, time=time, day_of_week=dayOfWeek, day_of_month=dayOfMonth
    )
    call.archive.scheduler.set_schedule(id, timeZoneId, schedule, call.by)


@implements("DeleteJob")
def delete_job(call: Call, id: int) -> None:
    call.archive.scheduler.delete(id, call.by)


@implements("RunJobAsync")
def run_job_async(call: Call, id: int) -> None:
    call.archive.scheduler.run_now(id, call.by)


@implements("CancelJobAsync")
def cancel_job_async(call: Call, id: int) -> None:
    call.archive.scheduler.cancel(id, call.by)


@implements("GetJobResults")
def get_job_results(
    call: Call, fromIncluding: str, toExcluding: str, timeZoneId: str, jobId: int | None = None
) -> list[dict[str, Any]]:
    """Runs that began in the period; one that goes on has the result "running" and no end."""
    zone = zone_of(timeZoneId)
    since, until = (
        to_ms(moment_of(wall_time(field, text, zone), zone))
        for field, text in (("fromIncluding", fromIncluding), ("toExcluding", toExcluding))
    )
    return [_result(run, zone) for run in call.archive.scheduler.results(since, until, jobId)]


def _shown(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "name": job.name,
        "action": job.action,
        "owner": job.owner,
        "enabled": job.enabled,
        "timeZoneId": job.zone,
        "schedule": msgspec.to_builtins(job.schedule),
        "nextRun": None if job.due_ms is None else local_text(job.due_ms, job.zone_info),
    }


def _result(run: Run, zone: tzinfo) -> dict[str, Any]:
    ended = None if run.ended_ms is None else local_text(run.ended_ms, zone)
    return {
        "id": run.id,
        "jobId": run.job,
        "jobName": run.name,
        "startTime": local_text(run.started_ms, zone),
        "endTime": ended,
        "completeTime": ended,
        "result": run.result,
        "output": run.output,
    }
