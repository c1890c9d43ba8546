"""Jobs by the API, on a whole archive: actions are calls of the API, made as their owner."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.faces.mailstore.conftest import LONG_S, Whole, serving_whole
from tests.faces.mailstore.test_handlers_results import same_keys

from mailstore.contract import SERVER
from mailstore.errors import MailStoreBaseError
from mailstore.server import Client
from postroom.archive.instance.audit import SYSTEM, Filter

ALWAYS = ("2020-01-01T00:00:00", "2100-01-01T00:00:00")


def strict(whole: Whole, user: str = "admin", password: str = "changed") -> Client:
    """A client that raises when the server refuses."""
    return Client(**whole.options(user, password), raiseOnError=True)


def made(client: Client, action: str, **more: Any) -> int:
    """The number of a new job."""
    schedule = more if more.keys() & {"date", "interval", "time"} else {"time": "03:00", **more}
    result: int = client.CreateJob(name="test", action=action, owner="admin", **schedule)["result"]
    return result


def jobs(client: Client) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = client.GetJobs()["result"]
    return result


def results(client: Client, **more: Any) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = client.GetJobResults(*ALWAYS, **more)["result"]
    return result


def ran(client: Client, job: int) -> dict[str, Any]:
    """The result of a job that is run now."""
    before = len(results(client, jobId=job))
    client.RunJobAsync(job)
    found = until(lambda: [run for run in results(client, jobId=job)[before:] if run["endTime"]])
    return dict(found[0])


def until(found: Callable[[], Any]) -> Any:
    end = time.monotonic() + LONG_S
    while not (value := found()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)
    return value


def refusal(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(MailStoreBaseError) as raised:
        call(**arguments)
    return str(raised.value)


def test_a_job_is_shown_as_the_contract_says(whole: Whole) -> None:
    with strict(whole) as client:
        job = made(client, "VerifyStores --includeindexes=false", timeZoneId="w. europe standard time",
                   time="2:30", dayOfWeek="sunday")  # fmt: skip
        shown = jobs(client)[0]
        assert same_keys(shown, SERVER["GetJobs"].result.sample[0])  # type: ignore[union-attr]
        assert shown["nextRun"].endswith("T02:30:00")
        del shown["nextRun"]
        assert shown == {
            "id": job, "name": "test", "action": "VerifyStores --includeindexes=false", "owner": "admin",
            "enabled": True, "timeZoneId": "W. Europe Standard Time",
            "schedule": {"date": None, "interval": None, "time": "02:30", "dayOfWeek": "Sunday", "dayOfMonth": None},
        }  # fmt: skip


def test_the_next_run_and_dates_are_told_in_the_zone_of_the_job(whole: Whole) -> None:
    with strict(whole) as client:
        job = made(client, "GetStores", timeZoneId="Asia/Tokyo", date="2040-01-01T09:00:00")
        assert jobs(client)[0]["nextRun"] == jobs(client)[0]["schedule"]["date"] == "2040-01-01T09:00:00"
        client.SetJobSchedule(job, timeZoneId="America/New_York", date="2040-01-01T00:00:00Z")
        assert jobs(client)[0]["nextRun"] == "2039-12-31T19:00:00"
        assert jobs(client)[0]["timeZoneId"] == "America/New_York"


def test_a_job_is_renamed_switched_and_deleted(whole: Whole) -> None:
    with strict(whole) as client:
        job = made(client, "GetStores", interval=260)
        client.RenameJob(job, "another")
        client.SetJobEnabled(job, "false")
        assert [jobs(client)[0][key] for key in ("name", "enabled", "nextRun")] == ["another", False, None]
        assert jobs(client)[0]["schedule"]["interval"] == 240
        client.SetJobEnabled(job, True)
        assert jobs(client)[0]["nextRun"] is not None
        client.DeleteJob(job)
        assert jobs(client) == []
        assert "no job" in refusal(client.RunJobAsync, id=job)


def test_a_run_prints_what_the_command_line_would(whole: Whole) -> None:
    with strict(whole) as client:
        job = made(client, "VerifyStores --includeIndexes=false")
        result = ran(client, job)
        assert same_keys(result, SERVER["GetJobResults"].result.sample[0])  # type: ignore[union-attr]
        assert (result["jobId"], result["jobName"], result["result"]) == (job, "test", "succeeded")
        assert result["output"].endswith("Finished. No errors have been found.\r\n")
        assert result["startTime"] <= result["endTime"] == result["completeTime"]
        assert ran(client, made(client, 'CreateUser --userName="Anna Fox" --privileges=none'))["output"] == ""
        assert '"userName":"Anna Fox"' in ran(client, made(client, "GetUsers"))["output"]


def test_a_function_that_fails_is_told_with_its_reason(whole: Whole) -> None:
    with strict(whole) as client:
        result = ran(client, made(client, "GetUserInfo --userName=nobody"))
        assert result["result"] == "completedWithErrors"
        assert result["output"] == "There is no user 'nobody'.\r\n"


def test_what_a_job_does_is_logged_as_done_by_its_owner_through_a_job(whole: Whole) -> None:
    with strict(whole) as client:
        whole.archive.instance.users.create("eve", ["admin"], SYSTEM, password="secret")
        job = client.CreateJob("test", "CreateUser --userName=anna --privileges=none", "eve", time="03:00")["result"]
        ran(client, job)
    entry = whole.archive.instance.audit.entries(Filter(events=("UserCreate",)))[0]
    assert (entry.user, entry.client, entry.address, entry.target) == ("eve", "job", None, "anna")


@pytest.mark.parametrize(
    ("action", "named"),
    [
        ("", "the name of a function"),
        ("Nonsense --id=1", "Nonsense"),
        ("RenewMasterKey", "RenewMasterKey"),
        ("VerifyStore", "id"),
        ("VerifyStore --id=one", "id: expected a whole number"),
        ("VerifyStore --id=1 --includeIndices=true", "includeIndices"),
        ("VerifyStore --id=1 --ID=2", "id"),
        ("VerifyStore 1", "1: expected an argument as --name=value"),
        ('RenameStore --id=1 --name="x', "a closing double quote"),
        ("SetUserPassword --userName=admin --password=hush", "password of SetUserPassword"),
        ("CreateUser --userName=x --privileges=none --password=hush", "password of CreateUser"),
    ],
)
def test_an_action_that_cannot_be_called_is_refused_by_name(whole: Whole, action: str, named: str) -> None:
    with strict(whole) as client:
        said = refusal(made, client=client, action=action)
        assert "action: expected a call that can be made: " in said
        assert named in said
        assert "hush" not in said
        assert jobs(client) == []


def test_users_without_the_privilege_have_no_jobs(whole: Whole) -> None:
    whole.archive.instance.users.create("anna", ["login"], SYSTEM, password="secret")
    with strict(whole) as client, strict(whole, "anna", "secret") as other:
        assert "owner" in refusal(client.CreateJob, name="x", action="GetStores", owner="anna", time="03:00")
        for call in (other.GetJobs, lambda: made(other, "GetStores")):
            assert "403" in refusal(call) or "privilege" in refusal(call)


def test_jobs_and_results_outlive_the_server(tls: Path, tmp_path: Path) -> None:
    with serving_whole(tls, tmp_path) as whole, strict(whole) as client:
        job = made(client, "GetServerInfo")
        first = ran(client, job)
    with serving_whole(tls, tmp_path) as whole, strict(whole) as client:
        assert [one["id"] for one in jobs(client)] == [job]
        assert results(client) == [first]
        assert ran(client, job)["id"] == first["id"] + 1
