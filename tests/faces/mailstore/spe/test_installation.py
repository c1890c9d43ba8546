"""Functions of the installation: administrators, servers, folders, mail settings, what it tells of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.archive.automation.post_office import post_office
from tests.faces.mailstore.spe.conftest import Installation

from mailstore.contract.samples import SMTP
from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.spe import Client
from postroom.web.tls import Certificate

THUMBPRINT = "AB" * 20


def test_what_it_is(client: Any, installation: Installation) -> None:
    told = client.GetEnvironmentInfo()["result"]
    assert told["userName"] == told["username"] == "admin"
    assert told["serverName"] == installation.host
    assert told["systemProperties"]["totalPhysicalMemory"] > 1 << 20
    assert told["systemProperties"]["processors"]
    assert client.Ping()["result"] is None
    assert "needs no licence" in client.CreateLicenseRequest()["result"]
    assert "no branding files" in client.ReloadBranding()["logOutput"]


def test_what_needs_attention(client: Any, installation: Installation) -> None:
    client.CreateInstance({"instanceID": "elm", "instanceHost": installation.host})
    client.SelectAllStoreIndexesForRebuild("elm")
    client.SetSystemSmtpConfiguration({**SMTP, "protocol": "SMTP", "password": "x"})
    status = client.GetServiceStatus()["result"]
    assert {row["tag"]: row["type"] for row in status["messages"]} == {"smtp": "warning", "elm": "warning"}
    assert status["managementServer"]["state"] == "online"
    assert [row["serverName"] for row in status["instanceHosts"]] == [installation.host]
    client.SetSystemAdministratorPassword("admin", "admin")


def test_the_first_password_is_a_warning(installation: Installation) -> None:
    with installation.client(raiseOnError=True) as client:
        client.SetSystemAdministratorPassword("admin", "admin")
    with installation.client(password="admin", raiseOnError=True) as client:
        tags = [row["tag"] for row in client.GetServiceStatus()["result"]["messages"] if row["type"] == "warning"]
    assert tags == ["admin"]


def test_administrators(client: Any, installation: Installation) -> None:
    client.CreateSystemAdministrator2("anna", "Anna Fox", "hunter2")
    client.CreateSystemAdministrator({"userName": "bob", "emailAddress": "bob@example.com"}, "hunter3")
    rows = client.GetSystemAdministrators()["result"]
    assert [row["userName"] for row in rows] == ["admin", "anna", "bob"]
    assert rows[2]["emailAddress"] == "bob@example.com"
    client.SetSystemAdministratorConfiguration({**rows[1], "fullName": "Anna Fox-Hill"})
    assert client.GetSystemAdministrators()["result"][1]["fullName"] == "Anna Fox-Hill"
    client.SetSystemAdministratorPassword("bob", "new")
    with Client(**installation.options("bob", "new"), raiseOnError=True) as bob:
        bob.DeleteSystemAdministrator("anna")
        with pytest.raises(MailStoreCallError, match="Nobody can delete their own"):
            bob.DeleteSystemAdministrator("bob")
    client.DeleteSystemAdministrator("bob")
    with Client(**installation.options("bob", "new")) as bob, pytest.raises(MailStoreHTTPError, match="401"):
        bob.Ping()
    with pytest.raises(MailStoreCallError, match="There is no administrator 'bob'"):
        client.SetSystemAdministratorPassword("bob", "x")


@pytest.mark.parametrize(
    ("config", "password", "says"),
    [
        ({"userName": "admin"}, "x", "exists already"),
        ({"userName": "ADMIN"}, "x", "exists already"),
        ({"userName": "$anna"}, "x", "does not begin"),
        ({"userName": "anna"}, "", "password: expected"),
        ({"userName": "anna", "emailAddress": "x"}, "x", "emailAddress: expected addresses like"),
        ({"userName": "anna", "colour": "x"}, "x", "colour: expected"),
        ({"fullName": "anna"}, "x", "userName: expected"),
        ([], "x", "config: expected"),
    ],
)
def test_an_administrator_that_cannot_be_is_not_made(basic: Client, config: Any, password: str, says: str) -> None:
    with pytest.raises(MailStoreCallError, match=says):
        basic.CreateSystemAdministrator(config, password)
    assert len(basic.GetSystemAdministrators()["result"]) == 1


def test_servers(client: Any, installation: Installation) -> None:
    client.CreateInstanceHost2("host1.example.com", 8472, THUMBPRINT, str(installation.outside))
    client.CreateClientAccessServer2("mail.example.com", 443, THUMBPRINT.lower())
    client.UpdateInstanceHostConfiguration2("HOST1.example.com", 9000, THUMBPRINT, str(installation.outside / "x"))
    client.UpdateClientAccessServerConfiguration2("mail.example.com", 8473, THUMBPRINT)
    [row] = client.GetInstanceHosts("host1*")["result"]
    assert row == {
        "serverName": "host1.example.com", "port": 9000, "serverCertificate": {"thumbprint": THUMBPRINT},
        "baseDirectory": str(installation.outside / "x"),
    }  # fmt: skip
    [row] = client.GetClientAccessServers(True, "mail*")["result"]
    assert (row["port"], row["serviceStatus"]["state"]) == (8473, "online")
    assert "serviceStatus" not in client.GetClientAccessServers(False)["result"][0]
    assert client.GetInstanceHosts("none")["result"] == []
    with pytest.raises(MailStoreCallError, match="exists already"):
        client.CreateInstanceHost2("host1.example.com", 8472, THUMBPRINT, str(installation.outside))
    client.DeleteClientAccessServer("mail.example.com")
    client.DeleteInstanceHost("host1.example.com")
    assert len(client.GetInstanceHosts()["result"]) == 1


def test_instances_lie_where_their_host_keeps_them_and_hold_it(basic: Client, installation: Installation) -> None:
    basic.CreateInstanceHost2("host1", 8472, THUMBPRINT, str(installation.outside / "kept"))
    basic.CreateInstance({"instanceID": "elm", "instanceHost": "host1"})
    assert (installation.outside / "kept" / "elm" / "instance.db").exists()
    with pytest.raises(MailStoreCallError, match="has 1 instances"):
        basic.DeleteInstanceHost("host1")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"port": 0}, "port: expected"),
        ({"port": "8472"}, "port: expected"),
        ({"serverCertificate": {"thumbprint": "x"}}, "serverCertificate: expected"),
        ({"serverCertificate": None}, "serverCertificate: expected"),
        ({"serverName": "a b"}, "serverName: expected"),
        ({"baseDirectory": "/etc"}, "baseDirectory: expected"),
        ({"colour": 1}, "colour: expected"),
    ],
)
def test_a_server_that_cannot_be_is_not_made(basic: Client, change: dict[str, object], says: str) -> None:
    config = {"serverName": "host1", "port": 8472, "serverCertificate": {"thumbprint": THUMBPRINT}, **change}
    with pytest.raises(MailStoreCallError, match=says):
        basic.CreateInstanceHost(config)
    assert len(basic.GetInstanceHosts()["result"]) == 1


def test_pairing_makes_a_record_or_brings_it_up_to_date(basic: Client) -> None:
    for port in (8472, 9000):
        basic.PairWithManagementServer("InstanceHost", "host1", port, THUMBPRINT)
    assert [row["port"] for row in basic.GetInstanceHosts("host1")["result"]] == [9000]
    basic.PairWithManagementServer("ClientAccessServer", "host1", 8473, THUMBPRINT)
    assert len(basic.GetClientAccessServers(False, "host1")["result"]) == 1


def test_folders_of_a_host(client: Any, installation: Installation) -> None:
    host, outside = installation.host, installation.outside
    assert [row["path"] for row in client.GetDirectoriesOnInstanceHost(host)["result"]] == [
        str(installation.home.instances), str(outside),
    ]  # fmt: skip
    client.CreateDirectoryOnInstanceHost(host, str(outside / "a" / "b"))
    assert client.GetDirectoriesOnInstanceHost(host, str(outside / "a"))["result"] == [
        {"name": "b", "path": str(outside / "a" / "b")}
    ]
    with pytest.raises(MailStoreCallError, match="exists already"):
        client.CreateDirectoryOnInstanceHost(host, str(outside / "a"))
    for path in ("/etc", "/", str(outside / ".." / ".."), "~root"):
        with pytest.raises(MailStoreCallError, match="path: expected"):
            client.GetDirectoriesOnInstanceHost(host, path)
        with pytest.raises(MailStoreCallError, match="path: expected"):
            client.CreateDirectoryOnInstanceHost(host, path)
    with pytest.raises(MailStoreCallError, match="There is no folder"):
        client.GetDirectoriesOnInstanceHost(host, str(outside / "none"))
    with pytest.raises(MailStoreCallError, match="There is no instance host"):
        client.GetDirectoriesOnInstanceHost("other")


def test_links_in_a_circle_lead_nowhere(basic: Client, installation: Installation) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (installation.outside / name).symlink_to(installation.outside / other)
    with pytest.raises(MailStoreCallError, match="path: expected a path that can be followed"):
        basic.CreateDirectoryOnInstanceHost(installation.host, f"{installation.outside}/a/x")


def test_the_management_server_sends_mail_of_its_own(basic: Client, tmp_path: Path) -> None:
    certificate = Certificate(tmp_path / "post", ("localhost",))
    with post_office(certificate.context, "SMTP-TLS", signs_in=True) as office:
        told = {**SMTP, "hostname": "127.0.0.1", "port": office.port, "ignoreSslPolicyErrors": True}
        basic.SetSystemSmtpConfiguration({**told, "password": "Secret-1"})
        assert basic.GetSystemSmtpConfiguration()["result"] == told
        basic.TestSystemSmtpConfiguration()
    assert office.got[0][:3] == (True, True, ["admin@example.com"])
    with pytest.raises(MailStoreCallError, match="port: expected"):
        basic.SetSystemSmtpConfiguration({"port": 0})


def test_live_statistics_of_an_instance(client: Any, installation: Installation) -> None:
    installation.instance("elm", let_in=False)
    told = client.GetInstanceProcessLiveStatistics("elm")["result"]
    assert told["workingSetMB"] > 10
    assert told["threads"] > 1
    assert (told["runningProfiles"], told["runningCalls"]) == (0, 0)
    with pytest.raises(MailStoreCallError, match="There is no instance"):
        client.GetInstanceProcessLiveStatistics("oak")
