"""The methods with single values in place of a JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.mailstore.fake_spe import Management

from mailstore.errors import MailStoreAnswerError

Make = Callable[..., Any]
SERVER = ("host1", 8472, "AB" * 20)


@pytest.fixture
def client(make: Make) -> Any:
    return make(raiseOnError=True)


def sent(management: Management) -> dict[str, Any]:
    """The last call's fields, JSON as objects."""
    fields = management.last.fields
    return {name: json.loads(text) if name == "config" else text for name, text in fields.items()}


def test_compliance_is_changed_in_part(client: Any, management: Management) -> None:
    client.SetComplianceConfiguration2("test01", legalHoldEnabled=True, logSuccessfulUserActivities=("UserLogin",))
    assert management.settings["test01", "compliance"] == {
        "globalRetentionTimeYears": 10,
        "adminEmailPreviewEnabled": False,
        "legalHoldEnabled": True,
        "logSuccessfulUserActivities": ["UserLogin"],
    }
    client.SetComplianceConfiguration2("test01", 0, True, False, [])
    assert management.settings["test01", "compliance"] == {
        "globalRetentionTimeYears": 0,
        "adminEmailPreviewEnabled": True,
        "legalHoldEnabled": False,
        "logSuccessfulUserActivities": [],
    }


def test_compliance_that_cannot_be_read_is_not_written(
    make: Make, management: Management, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make()
    assert client.SetComplianceConfiguration2(None, 6)["error"]["message"] == "Missing API argument instanceID."
    monkeypatch.setattr(management, "do_GetComplianceConfiguration", lambda instanceID: None)  # noqa: N803
    with pytest.raises(MailStoreAnswerError, match="no object"):
        client.SetComplianceConfiguration2("test01", 6)
    assert management.calls("SetComplianceConfiguration") == []


def test_index_takes_a_list_or_text(client: Any, management: Management) -> None:
    client.SetIndexConfiguration2("test01", ("pdf", "docx"))
    assert management.settings["test01", "index"] == {"extensions": ["pdf", "docx"]}
    client.SetIndexConfiguration2("test01", "pdf docx")
    assert management.settings["test01", "index"] == {"extensions": "pdf docx"}


def test_stores_are_made_by_the_defaults_of_the_tutorial(client: Any, management: Management) -> None:
    client.SetStoreAutoCreateConfiguration2("test01")
    assert management.settings["test01", "autocreate"] == {
        "enabled": True, "interval": "none", "sizeThreshold": None, "numberOfMessagesThreshold": 500000,
        "baseDirectory": None,
    }  # fmt: skip


def test_instance_may_be_the_clients(make: Make, management: Management) -> None:
    client = make(instanceID="test01")
    client.SetIndexConfiguration2(extensions=["txt"])
    client.SetStoreAutoCreateConfiguration2(enabled=False)
    client.SetComplianceConfiguration2(globalRetentionTimeYears=6)
    assert {instance for instance, _ in management.settings} == {"test01"}
    assert len(management.settings) == 3


def test_roles_are_created_and_changed(client: Any, management: Management) -> None:
    row = {"serverName": "host1", "port": 8472, "serverCertificate": {"thumbprint": "AB" * 20}}
    client.CreateClientAccessServer2(*SERVER)
    client.CreateInstanceHost2(*SERVER, "/srv")
    assert management.rows["access"] == {"host1": row}
    assert management.rows["hosts"] == {"host1": {**row, "baseDirectory": "/srv"}}
    client.UpdateClientAccessServerConfiguration2("host1", 1, "CD")
    client.UpdateInstanceHostConfiguration2("host1", 2, "CD", "/data")
    assert management.rows["access"]["host1"]["port"] == 1
    assert management.rows["hosts"]["host1"]["baseDirectory"] == "/data"
    client.SetClientAccessServerConfiguration2("host1", 3, "CD")
    client.SetInstanceHostConfiguration2("host1", 4, "CD", "/data")
    assert (management.rows["access"]["host1"]["port"], management.rows["hosts"]["host1"]["port"]) == (3, 4)


def test_instance_is_created_as_the_tutorial_does(client: Any, management: Management) -> None:
    client.CreateInstance2("acme", "host1", "automatic", "/srv/acme", displayName="Acme Ltd", vssWriterEnabled=True)
    assert sent(management) == {
        "config": {
            "instanceID": "acme", "alias": None, "displayName": "Acme Ltd", "instanceHost": "host1",
            "startMode": "automatic", "baseDirectory": "/srv/acme", "debugLogEnabled": "false",
            "vssWriterEnabled": True,
        },
    }  # fmt: skip


def test_administrator_is_created_with_a_password_and_renamed(client: Any, management: Management) -> None:
    client.CreateSystemAdministrator2("bob", "Bob Hill", "hunter2")
    assert management.passwords == {"bob": "hunter2"}
    assert management.rows["admins"]["bob"] == {"userName": "bob", "fullName": "Bob Hill"}
    client.UpdateSystemAdministratorConfiguration2("bob", "Robert Hill")
    assert management.rows["admins"]["bob"]["fullName"] == "Robert Hill"
    client.SetSystemAdministratorConfiguration2("bob")
    assert sent(management) == {"config": {"userName": "bob", "fullName": None}}


def test_what_is_refused_is_told(make: Make) -> None:
    assert make().UpdateInstanceHostConfiguration2(*SERVER, "/srv")["error"]["message"] == "'host1' is unknown."
    assert make().CreateSystemAdministrator2("bob")["error"]["message"] == "Missing API argument password."
