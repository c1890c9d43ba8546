"""Functions that an instance has as a MailStore Server has them, on the archive of the instance that is named."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from tests.faces.mailstore.conftest import LONG_S
from tests.faces.mailstore.spe.conftest import Installation
from tests.faces.mailstore.spe.test_access import take_in

from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.mgmt import SPEClient
from mailstore.spe import Client
from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM


def test_users_of_one_instance_are_not_those_of_another(client: Any, installation: Installation) -> None:
    for name in ("elm", "oak"):
        installation.instance(name)
    client.CreateUser("elm", "anna", "login,export", fullName="Anna Fox", password="hunter2")
    client.SetUserEmailAddresses("elm", "anna", ["anna@example.com", "a.fox@example.com"])
    info = client.GetUserInfo("elm", "anna")["result"]
    assert (info["fullName"], info["emailAddresses"]) == ("Anna Fox", ["anna@example.com", "a.fox@example.com"])
    assert [row["userName"] for row in client.GetUsers("oak")["result"]] == ["$archiveadmin", "admin"]
    with pytest.raises(MailStoreCallError, match="There is no user 'anna'"):
        client.GetUserInfo("oak", "anna")


def test_stores_are_made_moved_and_attached_with_the_names_of_old_and_new_versions(
    basic: Client, installation: Installation
) -> None:
    installation.instance("elm", let_in=False)
    first = basic.CreateStore("elm", "second", "stores/second")["result"]
    old = basic.CallMethod("CreateStore", {"instanceID": "elm", "name": "third", "path": "stores/third"})["result"]
    rows = {row["id"]: row for row in basic.GetStores("elm")["result"]}
    assert (rows[first]["requestedState"], rows[old]["requestedState"]) == ("normal", "current")
    assert rows[old]["databasePath"].endswith("/elm/stores/third")
    basic.DetachStore("elm", first)
    folder = installation.home.instances / "elm" / "stores"
    (folder / "second").rename(folder / "moved")
    again = basic.AttachStore("elm", "second", "stores/moved")["result"]
    basic.SetStoreRequestedState("elm", again, "disabled")
    (folder / "moved").rename(folder / "settled")
    basic.SetStorePath("elm", again, "stores/settled")
    basic.SetStoreRequestedState("elm", again, "normal")
    [row] = [row for row in basic.GetStores("elm")["result"] if row["id"] == again]
    assert (row["state"], row["databasePath"]) == ("normal", str(folder / "settled"))
    with pytest.raises(MailStoreCallError, match="Missing API argument databasePath"):
        basic.CallMethod("CreateStore", {"instanceID": "elm", "name": "x"})


def test_mail_of_an_instance_is_found_in_it_and_in_no_other(client: Any, installation: Installation) -> None:
    for name in ("elm", "oak"):
        installation.instance(name)
        client.SetComplianceConfiguration2(name, adminEmailPreviewEnabled=True)
    take_in(client, installation, "elm")
    assert client.SearchMessages("elm", "roof")["result"]["total"] == 1
    assert client.SearchMessages("oak", "roof")["result"]["total"] == 0
    assert client.GetFolderStatistics("elm")["result"][0]["count"] == 1
    assert client.GetInstanceStatistics("elm")["result"]["numberOfMessages"] == 1
    assert client.GetInstanceStatistics("oak")["result"]["numberOfMessages"] == 0


def test_a_long_call_begins_at_version_0_and_tells_the_rest_when_asked(client: Any, installation: Installation) -> None:
    installation.instance("elm", let_in=False)
    started = client.VerifyStore("elm", 1, autoHandleToken=False)
    assert started["token"].startswith("sa")
    assert len(started["token"]) == 34
    assert (started["statusVersion"], started["percentProgress"], started["logOutput"]) == (0, None, None)
    ended = client.HandleToken(started)
    assert ended["statusCode"] == "succeeded"
    assert ended["token"] == started["token"]
    assert ended["logOutput"].startswith("Verifying file group #1...\r\n")
    with pytest.raises(MailStoreHTTPError, match="404"):
        client.GetStatus({**started, "token": "sa" + "0" * 32})


def test_a_token_of_another_administrator_is_none(basic: Client, installation: Installation) -> None:
    installation.instance("elm", let_in=False)
    started = basic.VerifyStore("elm", 1, autoHandleToken=False)
    basic.CreateSystemAdministrator2("bob", password="hunter2")
    with Client(**installation.options("bob", "hunter2")) as bob, pytest.raises(MailStoreHTTPError, match="404"):
        bob.GetStatus(started)


def test_a_stop_cancels_long_calls_and_waits_for_their_end(basic: Client, installation: Installation) -> None:
    installation.instance("elm", let_in=False)
    with installation.management.tenants.use("elm") as archive:
        mount = archive.stores.get(1)
        with mount.alone("a test holds it"):
            waiting = basic.VerifyStore("elm", 1, autoHandleToken=False)
            again = basic.MaintainFileSystemDatabases("elm", autoHandleToken=False)
            stop = basic.StopInstances("elm", autoHandleToken=False)
            tenant = installation.management.tenants.get("elm")
            until(lambda: tenant.state == "stopping")
    assert basic.HandleToken(stop)["statusCode"] == "succeeded"
    with installation.client() as client:
        assert [client.HandleToken(call)["statusCode"] for call in (waiting, again)] == ["cancelled", "cancelled"]
    assert not tenant.is_open


def until(done: Any) -> None:
    end = time.monotonic() + LONG_S
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_job_of_an_instance_calls_its_functions_without_the_instance(client: Any, installation: Installation) -> None:
    installation.instance("elm")
    action = "VerifyStores --includeIndexes=false"
    number = client.CreateJob("elm", "Verify", action, "$archiveadmin", "UTC", time="02:30")["result"]
    client.RunJobAsync("elm", number)

    def ended() -> bool:
        rows = client.GetJobResults("elm", "2000-01-01T00:00:00", "2100-01-01T00:00:00", "UTC")["result"]
        return bool(rows) and rows[0]["result"] != "running"

    until(ended)
    [row] = client.GetJobResults("elm", "2000-01-01T00:00:00", "2100-01-01T00:00:00", "UTC")["result"]
    assert row["result"] == "succeeded"
    assert "No errors have been found" in row["output"]
    with pytest.raises(MailStoreCallError, match="action"):
        client.CreateJob("elm", "x", "StopInstances --instanceFilter=*", "$archiveadmin", "UTC", time="02:30")
    with pytest.raises(MailStoreCallError, match="action"):
        client.CreateJob("elm", "x", "GetUsers --instanceID=oak", "$archiveadmin", "UTC", time="02:30")


def test_settings_are_those_of_the_instance(client: Any, installation: Installation) -> None:
    for name in ("elm", "oak"):
        installation.instance(name)
    client.SetComplianceConfiguration2("elm", globalRetentionTimeYears=10)
    assert client.GetComplianceConfiguration("elm")["result"]["globalRetentionTimeYears"] == 10
    assert client.GetComplianceConfiguration("oak")["result"]["globalRetentionTimeYears"] == 0
    policy = {
        "name": "All", "enabled": True, "period": 1, "periodInterval": "day", "referenceDateType": "ArchiveDate",
        "delete": True, "searchCriteria": None,
    }  # fmt: skip
    client.SetRetentionPolicies("elm", [policy])
    assert len(client.GetRetentionPolicies("elm")["result"]) == 1
    assert client.GetRetentionPolicies("oak")["result"] == []


def test_later_names_do_the_same(installation: Installation) -> None:
    installation.instance("elm")
    options = {key: value for key, value in installation.options().items() if key != "waitTime"}
    with SPEClient(**options, raiseOnError=True) as client:
        client.instanceID = "elm"
        client.CreateUser("anna", "login")
        assert "anna" in [row["userName"] for row in client.call("GetUsers")["result"]]
        assert [*client.YieldStatus(client.VerifyStores(autoHandleToken=False))][-1]["statusCode"] == "succeeded"


def test_an_archive_moved_in_from_a_server_is_an_instance(basic: Client, installation: Installation) -> None:
    folder = installation.outside / "moved"
    with Archive(folder, installation.management.settings) as archive:
        archive.instance.users.create("anna", ("login",), SYSTEM)
    basic.CreateInstance({"instanceID": "elm", "instanceHost": installation.host, "baseDirectory": str(folder)})
    basic.SetArchiveAdminEnabled("elm", True)
    assert "anna" in [row["userName"] for row in basic.GetUsers("elm")["result"]]
    other = installation.outside / "other"
    other.mkdir()
    (other / "letter.txt").write_text("x")
    with pytest.raises(MailStoreCallError, match="baseDirectory: expected a new or empty folder"):
        basic.CreateInstance({"instanceID": "oak", "instanceHost": installation.host, "baseDirectory": str(other)})
    assert Path(other / "letter.txt").exists()


def test_nothing_of_one_instance_lies_in_the_folder_of_another(basic: Client, installation: Installation) -> None:
    for name in ("elm", "oak"):
        installation.instance(name, directory=str(installation.outside / name))
    there = str(installation.outside / "oak" / "stores" / "9")
    with pytest.raises(MailStoreCallError, match="databasePath: expected a path that is not in the folder of another"):
        basic.CreateStore("elm", "x", there)
    with pytest.raises(MailStoreCallError, match="path: expected a path that is not in the folder of another"):
        basic.ExportMessages("elm", there, "eml", folder="anna")
    with pytest.raises(MailStoreCallError, match="not in the folder of another"):
        basic.ImportMessages("elm", str(installation.outside / "oak"), "anna")
