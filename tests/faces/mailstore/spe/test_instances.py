"""Instances through the API: made, started, stopped, frozen, deleted, each with its own archive."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.faces.mailstore.spe.conftest import Installation

from mailstore.errors import MailStoreCallError
from mailstore.spe import Client


def states(client: Any) -> dict[str, str]:
    return {row["instanceID"]: row["status"] for row in client.GetInstances("*")["result"]}


def test_an_instance_is_made_and_has_an_archive_of_its_own(client: Any, installation: Installation) -> None:
    config = {"instanceID": "elm", "instanceHost": installation.host, "startMode": "automatic", "alias": "elm-mail"}
    client.CreateInstance(config)
    [row] = client.GetInstances("*")["result"]
    assert row["instanceHost"] == installation.host
    assert (row["status"], row["alias"], row["startStopError"]) == ("running", "elm-mail", None)
    assert row["processID"]
    [store] = client.GetStores("elm")["result"]
    assert Path(store["databasePath"]).is_relative_to(installation.home.instances / "elm")


def test_the_configuration_comes_back_and_can_be_sent_back(basic: Client, installation: Installation) -> None:
    installation.instance("elm")
    kept = basic.GetInstanceConfiguration("elm")["result"]
    assert kept["baseDirectory"] == str(installation.home.instances / "elm")
    assert kept["startMode"] == "automatic"
    basic.SetInstanceConfiguration({**kept, "displayName": "Elm Street", "vssWriterEnabled": "true"})
    assert basic.GetInstanceConfiguration("elm")["result"] == {
        **kept,
        "displayName": "Elm Street",
        "vssWriterEnabled": True,
    }


def test_the_replacement_method_makes_one_as_the_tutorial_does(basic: Client, installation: Installation) -> None:
    folder = installation.outside / "customers" / "elm"
    basic.CreateInstance2("elm", installation.host, "manual", str(folder), displayName="Elm")
    assert states(basic) == {"elm": "stopped"}
    assert not folder.exists()
    basic.StartInstances("elm")
    assert (folder / "instance.db").exists()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"instanceID": "a/b"}, "instanceID"),
        ({"instanceID": "default"}, "instanceID"),
        ({"instanceID": ""}, "instanceID"),
        ({"instanceID": 5}, "instanceID"),
        ({"instanceHost": 5}, "instanceHost"),
        ({"startMode": "sometimes"}, "startMode"),
        ({"baseDirectory": "/etc"}, "baseDirectory"),
        ({"baseDirectory": "../x"}, "baseDirectory"),
        ({"baseDirectory": "default/x"}, "baseDirectory"),
        ({"debugLogEnabled": "maybe"}, "debugLogEnabled"),
        ({"maxMessages": -1}, "maxMessages"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_what_is_wrong_is_named_as_in_the_api(
    basic: Client, installation: Installation, change: dict[str, object], named: str
) -> None:
    with pytest.raises(MailStoreCallError, match=f"{named}: expected"):
        basic.CreateInstance({"instanceID": "elm", "instanceHost": installation.host, **change})
    assert states(basic) == {}


def test_names_and_folders_are_taken_once(basic: Client, installation: Installation) -> None:
    installation.instance("elm", alias="tree")
    for name in ("elm", "ELM", "tree"):
        with pytest.raises(MailStoreCallError, match="exists already"):
            basic.CreateInstance({"instanceID": name, "instanceHost": installation.host})
    with pytest.raises(MailStoreCallError, match="apart from that of another instance"):
        basic.CreateInstance({"instanceID": "oak", "instanceHost": installation.host, "baseDirectory": "elm/stores"})
    with pytest.raises(MailStoreCallError, match="There is no instance host 'nowhere'"):
        basic.CreateInstance({"instanceID": "oak", "instanceHost": "nowhere"})


def test_start_stop_and_restart_by_filter(client: Any, installation: Installation) -> None:
    for name in ("elm", "elder", "oak"):
        installation.instance(name)
    stopped = client.StopInstances("EL*")
    assert stopped["logOutput"] == "elder: stopped.\r\nelm: stopped.\r\n"
    assert states(client) == {"elder": "stopped", "elm": "stopped", "oak": "running"}
    with pytest.raises(MailStoreCallError, match="does not run"):
        client.GetStores("elm")
    client.StartInstances("elm, elder")
    client.RestartInstances("?ak")
    assert set(states(client).values()) == {"running"}
    assert client.GetInstances("e*")["result"][1]["instanceID"] == "elm"
    assert client.GetInstances("none")["result"] == []
    with pytest.raises(MailStoreCallError, match="There is no instance 'none'"):
        client.StopInstances("none")


def test_one_that_cannot_be_opened_has_its_error_and_others_go_on(basic: Client, installation: Installation) -> None:
    for name in ("elm", "oak"):
        installation.instance(name)
    basic.StopInstances("*")
    (installation.home.instances / "elm" / "instance.db").write_bytes(b"no database" * 1000)
    with pytest.raises(MailStoreCallError, match="1 of 2 instances were not started: elm"):
        basic.StartInstances("*")
    rows = {row["instanceID"]: row for row in basic.GetInstances("*")["result"]}
    assert (rows["elm"]["status"], rows["oak"]["status"]) == ("failed", "running")
    assert "damaged" in rows["elm"]["startStopError"]
    messages = basic.GetServiceStatus()["result"]["messages"]
    assert [row["tag"] for row in messages if row["type"] == "error"] == ["elm"]


def test_one_that_is_disabled_is_not_started(basic: Client, installation: Installation) -> None:
    basic.CreateInstance({"instanceID": "elm", "instanceHost": installation.host, "startMode": "disabled"})
    with pytest.raises(MailStoreCallError, match="not started"):
        basic.StartInstances("*")
    basic.SetInstanceConfiguration({"instanceID": "elm", "startMode": "manual"})
    basic.StartInstances("*")
    assert states(basic) == {"elm": "running"}


def test_frozen_ones_stay_as_they_are_until_they_are_thawed(client: Any, installation: Installation) -> None:
    installation.instance("elm")
    client.GetStores("elm")
    client.FreezeInstances("*")
    assert states(client) == {"elm": "frozen"}
    folder = installation.home.instances / "elm"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert not [path for path in before if path.name.endswith(("-wal", "-shm"))]
    with pytest.raises(MailStoreCallError, match="is frozen for a snapshot"):
        client.GetUsers("elm")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    client.ThawInstances("*")
    assert len(client.GetUsers("elm")["result"]) == 2


def test_a_snapshot_of_a_frozen_one_is_an_instance(basic: Client, installation: Installation, tmp_path: Path) -> None:
    installation.instance("elm")
    basic.CreateUser("elm", "anna", "login")
    basic.FreezeInstances("elm")
    shutil.copytree(installation.home.instances / "elm", installation.outside / "copy")
    basic.ThawInstances("elm")
    basic.CreateInstance(
        {"instanceID": "copy", "instanceHost": installation.host, "baseDirectory": str(installation.outside / "copy")}
    )
    assert "anna" in [row["userName"] for row in basic.GetUsers("copy")["result"]]


def test_only_what_is_stopped_is_deleted_and_its_files_stay(basic: Client, installation: Installation) -> None:
    installation.instance("elm")
    with pytest.raises(MailStoreCallError, match="not deleted"):
        basic.DeleteInstances("elm")
    basic.StopInstances("elm")
    basic.DeleteInstances("elm")
    assert states(basic) == {}
    assert (installation.home.instances / "elm" / "instance.db").exists()
    with pytest.raises(MailStoreCallError, match="There is no instance 'elm'"):
        basic.GetStores("elm")
    # What was deleted can be taken up again.
    installation.instance("elm")
    assert basic.GetStores("elm")["result"]


def test_the_folder_of_an_instance_cannot_be_changed(basic: Client, installation: Installation) -> None:
    installation.instance("elm")
    with pytest.raises(MailStoreCallError, match="cannot be changed"):
        basic.SetInstanceConfiguration(json.dumps({"instanceID": "elm", "baseDirectory": "elsewhere"}))


def test_a_quota_stops_mail_but_not_what_is_there(basic: Client, installation: Installation) -> None:
    installation.instance("elm", most_messages=2)
    mail = installation.home.instances / "elm" / "in"
    mail.mkdir()
    for number in range(5):
        text = f"From: a@example.com\r\nSubject: m{number}\r\nMessage-ID: <{number}@x>\r\n\r\nx\r\n"
        (mail / f"{number}.eml").write_bytes(text.encode())
    basic.ImportMessages("elm", str(mail), "anna")
    assert basic.CanRunArchiveProfiles("elm")["result"] is False
    (mail / "6.eml").write_bytes(b"From: b@example.com\r\nSubject: late\r\n\r\nx\r\n")
    with pytest.raises(MailStoreCallError, match="quota of 2 messages is used up"):
        basic.ImportMessages("elm", str(mail), "anna")
    basic.SetInstanceConfiguration({"instanceID": "elm", "maxMessages": None})
    assert basic.ImportMessages("elm", str(mail), "anna")["result"]["stored"] == 1
    assert basic.CanRunArchiveProfiles("elm")["result"] is True
