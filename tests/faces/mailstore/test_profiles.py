"""Profiles by the API, on a whole archive: kept, changed, run by hand and by the server, asked what became of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.faces.mailstore.conftest import LONG_S, Whole, serving_whole
from tests.faces.mailstore.test_handlers_results import same_keys
from tests.faces.mailstore.test_jobs import ALWAYS, refusal, strict, until

from mailstore.contract import SERVER
from mailstore.server import Client
from postroom.archive.instance.audit import SYSTEM, Filter


def letters(folder: Path, count: int, *, first: int = 0) -> None:
    """EML files in two subfolders."""
    for number in range(first, first + count):
        path = folder / f"f{number % 2}" / f"{number}.eml"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"From: a@example.org\nDate: Mon, 1 Jan 2018 08:00:00 +0000\nSubject: letter {number}"
        path.write_bytes(f"{head}\n\nText {number}.\n".encode())


def properties(whole: Whole, **more: Any) -> dict[str, Any]:
    details = {"sourcePath": str(whole.outside), "targetUserFolder": "anna", **more.pop("details", {})}
    return {"name": "letters", "owner": "admin", "type": "I", "connector": "EML", "details": details, **more}


def profiles(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.GetProfiles()["result"]
    return found


def results(client: Client, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.GetWorkerResults(*ALWAYS, **more)["result"]
    return found


def count(client: Client, archive: str = "anna") -> int:
    return sum(row["count"] for row in client.GetFolderStatistics()["result"] if row["folder"] == archive)


def test_a_folder_of_messages_is_archived_once_over_repeated_runs(whole: Whole) -> None:
    letters(whole.outside, 5)
    with strict(whole) as client:
        number = client.CreateProfile(properties(whole))["result"]
        first = client.RunProfile(number)["result"]
        assert same_keys(first, SERVER["RunProfile"].result.sample)  # type: ignore[union-attr]
        assert (first["result"], first["itemsArchived"], first["itemsSkipped"]) == ("succeeded", 5, 0)
        letters(whole.outside, 2, first=5)
        again = client.RunProfile(number)["result"]
        assert (again["result"], again["itemsArchived"], again["itemsSkipped"]) == ("succeeded", 2, 5)
        assert count(client) == 7
        assert [run["id"] for run in results(client, profileID=number)] == [first["id"], again["id"]]
        report = client.GetWorkerResultReport(first["id"])["result"]
        assert report == {"id": first["id"], "report": "anna: 5 messages archived, 0 known, 0 failed.\r\n"}


def test_a_profile_is_shown_as_the_contract_says_and_changed_in_part(whole: Whole) -> None:
    with strict(whole) as client:
        number = client.CreateProfile(properties(whole))["result"]
        (shown,) = profiles(client)
        assert shown.keys() == SERVER["GetProfiles"].result.sample[0].keys()  # type: ignore[union-attr]
        assert shown["details"] == {"sourcePath": str(whole.outside), "targetUserFolder": "anna",
                                    "folderPerUser": False, "targetFolder": None,
                                    "deleteInMailbox": "never"}  # fmt: skip
        assert (shown["id"], shown["version"]) == (number, 1)
        client.SetProfile(number, {"name": "others", "details": {"targetFolder": "Imported"}, "version": 1})
        (changed,) = profiles(client)
        assert (changed["name"], changed["version"]) == ("others", 2)
        assert changed["details"] == {**shown["details"], "targetFolder": "Imported"}
        assert "version" in refusal(client.SetProfile, id=number, properties={"name": "x", "version": 1})
        client.SetProfile(number, {"serverSideExecution": {"automatic": True, "automaticPauseBetweenExecutions": 300}})
        assert profiles(client)[0]["serverSideExecution"] == {
            "automatic": True, "automaticPauseBetweenExecutions": 300, "automaticMaintenanceWindows": None,
        }  # fmt: skip
        # The result is there a moment before the run has ended, and what runs is not deleted.
        until(lambda: results(client) and not whole.archive.profiles.server_side.running())
        client.DeleteProfile(number)
        assert profiles(client) == []
        assert "no profile" in refusal(client.RunProfile, id=number)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"connector": "Nonsense"}, "connector: expected one of EML"),
        ({"type": "X"}, "type: expected I"),
        ({"type": ""}, "properties.type"),
        ({"owner": "nobody"}, "owner: expected the name of a user"),
        ({"name": ""}, "properties.name"),
        ({"id": 3}, "properties.id"),
        ({"colour": "red"}, "properties.colour"),
        ({"details": {"targetUserFolder": "a/b"}}, "details.targetUserFolder"),
        ({"details": {"sourcePath": None}}, "details.sourcePath"),
        ({"details": {"sourcePth": "x"}}, "details.sourcePth: expected a key of this connector, such as sourcePath"),
        ({"details": {"folderPerUser": "perhaps"}}, "details.folderPerUser: expected true or false"),
        ({"details": {"folderPerUser": "1"}}, "details.targetUserFolder"),
        ({"serverSideExecution": {"automatic": True}}, "automaticPauseBetweenExecutions"),
        ({"serverSideExecution": {"automatic": True, "automaticPauseBetweenExecutions": 60,
                                  "automaticMaintenanceWindows": "noon"}}, "automaticMaintenanceWindows"),
    ],
)  # fmt: skip
def test_a_profile_that_cannot_be_is_refused_by_its_key(whole: Whole, changes: dict[str, Any], named: str) -> None:
    with strict(whole) as client:
        given = properties(whole, **changes)
        assert named in refusal(client.CreateProfile, properties=given)
        assert named in refusal(client.RunTemporaryProfile, properties=given)
        assert profiles(client) == []


def test_only_the_raw_form_of_profiles_is_known(whole: Whole) -> None:
    with strict(whole) as client:
        assert "raw" in refusal(client.GetProfiles, raw=False)
        assert "raw" in refusal(client.CreateProfile, properties=properties(whole), raw=False)


def test_a_temporary_profile_leaves_a_result_and_no_profile(whole: Whole) -> None:
    letters(whole.outside, 3)
    with strict(whole) as client:
        ran = client.RunTemporaryProfile(properties(whole))["result"]
        assert (ran["result"], ran["profileID"], ran["itemsArchived"]) == ("succeeded", 0, 3)
        assert profiles(client) == []
        assert results(client) == [ran]


def test_what_cannot_be_read_makes_a_run_incomplete_until_it_arrives(whole: Whole) -> None:
    letters(whole.outside, 2)
    empty = whole.outside / "f0" / "empty.eml"
    empty.touch()
    with strict(whole) as client:
        number = client.CreateProfile(properties(whole))["result"]
        for attempt in (1, 2):
            ran = client.RunProfile(number)["result"]
            assert (ran["result"], ran["itemsFailed"]) == ("completedWithErrors", 1)
            (owed,) = client.GetProfileProblems(number)["result"]
            assert same_keys(owed, SERVER["GetProfileProblems"].result.sample[0])  # type: ignore[union-attr]
            assert (owed["reason"], owed["attempts"], owed["folder"]) == ("empty file", attempt, "f0")
        assert "empty file" in client.GetWorkerResultReport(ran["id"])["result"]["report"]
        empty.write_bytes(b"Subject: late\n\nText.\n")
        ran = client.RunProfile(number)["result"]
        assert (ran["result"], ran["itemsArchived"], count(client)) == ("succeeded", 1, 3)
        assert client.GetProfileProblems(number)["result"] == []


def test_a_folder_per_user_goes_to_the_archive_of_each(whole: Whole) -> None:
    for user, mails in (("anna", 2), ("bob", 3)):
        letters(whole.outside / user, mails)
    with strict(whole) as client:
        ran = client.RunTemporaryProfile(
            properties(whole, details={"targetUserFolder": None, "folderPerUser": "1", "targetFolder": "Old"})
        )["result"]
        assert (ran["result"], ran["itemsArchived"]) == ("succeeded", 5)
        assert (count(client), count(client, "bob")) == (2, 3)
        assert len(list(whole.archive.stores.holding("bob/Old/f1"))) == 1


def test_a_profile_acts_with_the_rights_of_its_owner(whole: Whole) -> None:
    letters(whole.outside, 1)
    users = whole.archive.instance.users
    users.create("bob", ["login"], SYSTEM)
    with strict(whole) as client:
        number = client.CreateProfile(properties(whole, owner="bob"))["result"]
        assert "privilege 'archive'" in refusal(client.RunProfile, id=number)
        users.set_privileges("bob", ["login", "archive"], SYSTEM)
        assert client.RunProfile(number)["result"]["result"] == "failed"
        assert "may not write to the archive 'anna'" in client.GetWorkerResultReport(2)["result"]["report"]
        users.set_folder_privileges("bob", "anna", ["write"], SYSTEM)
        assert client.RunProfile(number)["result"]["result"] == "succeeded"
        users.delete("bob", SYSTEM)
        assert "no user any more" in refusal(client.RunProfile, id=number)
        assert [run["result"] for run in results(client)] == ["failed", "failed", "succeeded", "failed"]
        assert [run["userName"] for run in results(client, userName="BOB")] == ["bob"] * 4
        assert results(client, userName="anna") == results(client, profileID=number + 1) == []


def test_a_path_that_is_not_there_or_not_allowed_ends_the_run_as_failed(whole: Whole, tmp_path: Path) -> None:
    with strict(whole) as client:
        for path, said in ((tmp_path / "elsewhere", "archive.allowed_paths"), (whole.outside / "no", "nothing at")):
            given = properties(whole, details={"sourcePath": str(path)})
            assert said in refusal(client.RunTemporaryProfile, properties=given)
        assert [run["result"] for run in results(client)] == ["failed", "failed"]
        assert "archive.allowed_paths" in client.GetWorkerResultReport(1)["result"]["report"]


def test_the_server_runs_a_profile_by_itself_and_again_after_the_pause(whole: Whole) -> None:
    letters(whole.outside, 1)
    with strict(whole) as client:
        number = client.CreateProfile(properties(whole))["result"]
        assert "Pause" in refusal(client.SetProfileServerSideExecution, id=number, automatic=True)
        client.SetProfileServerSideExecution(number, True, 1)
        until(lambda: count(client) == 1)
        letters(whole.outside, 1, first=1)
        until(lambda: count(client) == 2)
        client.SetProfileServerSideExecution(number, "false")
        assert profiles(client)[0]["serverSideExecution"]["automatic"] is False
    entry = whole.archive.instance.audit.entries(Filter(events=("ProfileRun",)))[-1]
    assert (entry.user, entry.client, entry.target) == ("admin", "profile", "letters")


def test_profiles_outlive_the_server(tls: Path, tmp_path: Path) -> None:
    with serving_whole(tls, tmp_path) as whole, strict(whole) as client:
        letters(whole.outside, 2)
        number = client.CreateProfile(properties(whole))["result"]
        first = client.RunProfile(number)["result"]
    with serving_whole(tls, tmp_path) as whole, strict(whole) as client:
        assert results(client) == [first]
        assert client.RunProfile(number)["result"]["itemsSkipped"] == 2


def test_runs_are_told_in_the_zone_asked_for(whole: Whole) -> None:
    with strict(whole) as client:
        client.RunTemporaryProfile(properties(whole))
        tokyo, utc = (results(client, timeZoneID=zone)[0] for zone in ("Asia/Tokyo", "UTC"))
        assert tokyo["timeZoneID"] == "Asia/Tokyo"
        assert tokyo["startTime"] > utc["startTime"]
        assert client.GetWorkerResults("2020-01-01T00:00:00", "2020-01-02T00:00:00")["result"] == []


def test_users_without_the_privilege_have_no_profiles(whole: Whole) -> None:
    whole.archive.instance.users.create("anna", ["login"], SYSTEM, password="secret")
    with strict(whole, "anna", "secret") as other:
        for call in (other.GetProfiles, lambda: other.CreateProfile(properties(whole))):
            assert "privilege admin" in refusal(call)


def test_a_check_tells_by_day_what_the_archive_does_not_have(whole: Whole) -> None:
    letters(whole.outside, 2)
    with strict(whole) as client:
        number = client.CreateProfile(properties(whole))["result"]
        client.RunProfile(number)
        whole.archive.wait_indexed()
        found = client.CheckProfile(number)["result"]
        assert (found["complete"], found["unread"]) == (True, [])
        assert sum(day["source"] for day in found["days"]) == 2
        letters(whole.outside, 1, first=2)
        status = client.CheckProfile(number, "UTC")
        missing = status["result"]["days"]
        assert same_keys(missing[0], SERVER["CheckProfile"].result.sample["days"][0])  # type: ignore[union-attr]
        assert [one["reason"] for day in missing for one in day["reasons"]] == [
            "not archived yet; the next run takes it"
        ]
        assert "f0/2.eml" in (status["logOutput"] or "")
        assert "no profile" in refusal(client.CheckProfile, id=number + 1)


@pytest.mark.parametrize("by", ["person", "policy"])
def test_what_was_deleted_and_erased_is_not_fetched_again(whole: Whole, by: str) -> None:
    letters(whole.outside, 2)
    with strict(whole) as client:
        client.SetComplianceConfiguration({"adminEmailPreviewEnabled": True})
        number = client.CreateProfile(properties(whole))["result"]
        client.RunProfile(number)
        assert whole.archive.wait_indexed(LONG_S)
        if by == "person":
            client.DeleteMessage("1:1", "by mistake")
            client.CompactStore(1)
        else:
            client.SetRetentionPolicies([
                {"name": "Letters", "period": 1, "periodInterval": "year", "referenceDateType": "MessageDate",
                 "delete": True, "searchCriteria": {"query": "letter"}},
            ])  # fmt: skip
            assert client.ProcessRetentionPolicies()["result"]["removed"] == 2
        left = count(client)
        assert left == (1 if by == "person" else 0)
        run = client.RunProfile(number)["result"]
        assert (run["result"], run["itemsArchived"], count(client)) == ("succeeded", 0, left)
        whole.archive.wait_indexed(LONG_S)
        reasons = [one["reason"] for day in client.CheckProfile(number)["result"]["days"] for one in day["reasons"]]
        assert reasons == ["deleted from the archive"] * (2 - left)
        # From elsewhere it may come: nobody said that nobody may have it.
        assert (
            client.RunTemporaryProfile(
                properties(whole, details={"sourcePath": str(whole.outside), "targetUserFolder": "bob"})
            )["result"]["itemsArchived"]
            == 2
        )


def test_an_export_profile_writes_files_and_adds_what_is_new(whole: Whole) -> None:
    letters(whole.outside / "in", 2)
    users = whole.archive.instance.users
    users.create("bob", ["export"], SYSTEM)
    users.set_folder_privileges("bob", "anna", ["read"], SYSTEM)
    with strict(whole) as client:
        client.RunTemporaryProfile(properties(whole, details={"sourcePath": str(whole.outside / "in")}))
        details = {"targetPath": str(whole.outside / "out"), "sourceFolder": "anna"}
        number = client.CreateProfile(
            {"name": "out", "owner": "bob", "type": "E", "connector": "eml", "details": details}
        )["result"]
        (shown,) = profiles(client)
        assert (shown["type"], shown["connector"], shown["details"]["updateExisting"]) == ("E", "EML", True)
        assert [client.RunProfile(number)["result"]["itemsArchived"] for _ in range(2)] == [2, 0]
        assert len(list((whole.outside / "out").rglob("*.eml"))) == 2
        assert "sourceFoldr" in refusal(client.SetProfile, id=number, properties={"details": {"sourceFoldr": "x"}})


def test_a_long_period_with_thousands_of_runs_is_answered_whole(whole: Whole) -> None:
    with whole.archive.instance.database.write() as connection:
        connection.executemany(
            "INSERT INTO profile_run (profile, name, owner, started_ms, ended_ms, result, log) "
            "VALUES (7, 'gone', ?, ?, ?, 'succeeded', '')",
            [(("Änne", "bob")[n % 2], 1_700_000_000_000 + n // 2, 1_700_000_000_000 + n) for n in range(6_500)],
        )
    with strict(whole) as client:
        runs = results(client)
        assert [run["id"] for run in runs] == list(range(1, 6_501))
        assert len(results(client, userName="änne")) == 3_250
