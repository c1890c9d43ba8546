"""Functions on users, settings and the audit log, from form to answer, on a real instance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from mailstore.contract import SERVER
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import HANDLERS, Dispatch
from postroom.faces.mailstore.server.errors import ArgumentInvalid, ArgumentMissing
from postroom.faces.mailstore.server.handlers import audit, compliance, users
from postroom.settings import Passwords as Costs
from postroom.settings import Settings

MODULES = (audit, compliance, users)
Invoke = Callable[..., Any]


@dataclass
class SmallArchive:
    """The part of an archive that these functions use."""

    instance: Instance

    def archive_names(self) -> list[str]:
        return ["anna", "sales", "@catchall"]


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with Instance(tmp_path / "instance.db", Passwords(Costs(time_cost=1, memory_kib=1024))) as instance:
        yield instance


@pytest.fixture
def invoke(instance: Instance) -> Invoke:
    """Calls a function as the API does, texts for arguments, and gives what would be its JSON."""
    call = Call(
        cast(Any, SmallArchive(instance)), instance.users.account("admin"), "127.0.0.1",
        process=cast(Any, None), settings=Settings(), facts=cast(Any, None),
    )  # fmt: skip
    dispatch = Dispatch(SERVER, HANDLERS, strict=True)

    def invoke(name: str, **form: str) -> Any:
        function = dispatch.function(name)
        result = dispatch.handler(function)(call, **dispatch.arguments(function, form.items()))
        return msgspec.json.decode(msgspec.json.encode(result))

    return invoke


def test_handlers_have_the_parameters_of_the_contract() -> None:
    ours = {name: handler for name, handler in HANDLERS.items() if handler.__module__ in {m.__name__ for m in MODULES}}
    assert len(ours) == 21
    assert list(Dispatch({name: SERVER[name] for name in ours}, ours).faults()) == []


def test_a_user_is_created_described_and_deleted(invoke: Invoke) -> None:
    assert invoke("CreateUser", userName="anna", privileges="login, archive", fullName="Anna Fox") is None
    invoke("SetUserEmailAddresses", userName="anna", emailAddresses="anna@example.com,a.fox@example.com")
    invoke("SetUserDistinguishedName", userName="anna", distinguishedName="CN=Anna Fox")
    invoke("SetUserPrivilegesOnFolder", userName="anna", folder="anna", privileges="read")
    invoke("SetUserLoginPrivileges", userName="anna", loginPrivileges="windows,WEB,imap")
    assert invoke("GetUserInfo", userName="ANNA") == {
        "userName": "anna", "fullName": "Anna Fox", "distinguishedName": "CN=Anna Fox", "authentication": "integrated",
        "emailAddresses": ["anna@example.com", "a.fox@example.com"], "pop3UserNames": [],
        "privileges": ["login", "archive"], "privilegesOnFolders": [{"folder": "anna", "privileges": ["read"]}],
        "loginPrivileges": ["windows", "web", "imap"], "mfaStatus": "disabled",
    }  # fmt: skip
    row = {"userName": "anna", "fullName": "Anna Fox", "distinguishedName": "CN=Anna Fox", "mfaStatus": "disabled"}
    assert row in invoke("GetUsers")
    invoke("DeleteUser", userName="anna")
    assert [user["userName"] for user in invoke("GetUsers")] == ["admin"]
    with pytest.raises(NotFound):
        invoke("GetUserInfo", userName="anna")


def test_absent_arguments_remove_what_was_set(invoke: Invoke) -> None:
    invoke("CreateUser", userName="anna", privileges="none", fullName="Anna", distinguishedName="CN=Anna")
    invoke("SetUserEmailAddresses", userName="anna", emailAddresses="anna@example.com")
    invoke("SetUserPop3UserNames", userName="anna", pop3UserNames="anna,a.fox")
    assert invoke("GetUserInfo", userName="anna")["pop3UserNames"] == ["anna", "a.fox"]
    for function in ("FullName", "DistinguishedName", "EmailAddresses", "Pop3UserNames"):
        invoke(f"SetUser{function}", userName="anna")
    anna = invoke("GetUserInfo", userName="anna")
    assert (anna["fullName"], anna["distinguishedName"]) == (None, None)
    assert (anna["emailAddresses"], anna["pop3UserNames"], anna["privileges"]) == ([], [], [])


def test_an_empty_password_or_list_at_creation_is_none_given(invoke: Invoke, instance: Instance) -> None:
    invoke("CreateUser", userName="anna", privileges="login", password="", loginPrivileges="", authentication="")
    assert instance.users.authenticate("anna", "") is None
    assert len(invoke("GetUserInfo", userName="anna")["loginPrivileges"]) == 6


def test_rename_password_authentication_and_privileges_are_set(invoke: Invoke, instance: Instance) -> None:
    invoke("CreateUser", userName="anna", privileges="login", password="old")
    invoke("RenameUser", oldUserName="anna", newUserName="anne")
    invoke("SetUserPassword", userName="anne", password=" new ")
    assert instance.users.authenticate("anne", " new ")
    invoke("SetUserPrivileges", userName="anne", privileges="admin")
    invoke("SetUserAuthentication", userName="anne", authentication="directoryservices")
    anne = invoke("GetUserInfo", userName="anne")
    assert (anne["privileges"], anne["authentication"]) == (["admin"], "directoryServices")


def test_rights_on_all_archives_of_now_are_given_and_cleared(invoke: Invoke) -> None:
    invoke("CreateUser", userName="auditor", privileges="login,export")
    invoke("SetUserPrivilegesOnAllFolders", userName="auditor", privileges="read")
    folders = invoke("GetUserInfo", userName="auditor")["privilegesOnFolders"]
    assert folders == [{"folder": name, "privileges": ["read"]} for name in ("@catchall", "anna", "sales")]
    invoke("SetUserPrivilegesOnFolder", userName="auditor", folder="sales", privileges="none")
    assert len(invoke("GetUserInfo", userName="auditor")["privilegesOnFolders"]) == 2
    invoke("ClearUserPrivilegesOnFolders", userName="auditor")
    invoke("SetUserPrivilegesOnAllFolders", userName="auditor", privileges="none")
    assert invoke("GetUserInfo", userName="auditor")["privilegesOnFolders"] == []


def test_users_come_in_pages_when_a_limit_is_given(invoke: Invoke) -> None:
    for name in ("bob", "Carl", "anna"):
        invoke("CreateUser", userName=name, privileges="none")
    first = invoke("GetUsers", limit="3")
    assert [row["userName"] for row in first["items"]] == ["admin", "anna", "bob"]
    last = invoke("GetUsers", limit="3", after=first["next"])
    assert ([row["userName"] for row in last["items"]], last["next"]) == (["Carl"], None)
    assert invoke("GetUsers", limit="4")["next"] is None


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"userName": "anna"}, ArgumentMissing),
        ({"userName": "anna", "privileges": "root"}, ArgumentInvalid),
        ({"userName": "anna", "privileges": ""}, Invalid),
        ({"userName": "anna", "privileges": "none,login"}, Invalid),
        ({"userName": "a/b", "privileges": "none"}, Invalid),
        ({"userName": "ADMIN", "privileges": "none"}, AlreadyExists),
    ],
)
def test_a_bad_call_creates_nobody(invoke: Invoke, form: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        invoke("CreateUser", **form)
    assert len(invoke("GetUsers")) == 1


def test_the_caller_cannot_delete_themselves(invoke: Invoke) -> None:
    with pytest.raises(WrongState):
        invoke("DeleteUser", userName="Admin")


def test_the_answer_of_get_is_a_template_for_set(invoke: Invoke) -> None:
    for document in ("Compliance", "StoreAutoCreate"):
        config = invoke(f"Get{document}Configuration")
        assert set(config) == set(SERVER[f"Get{document}Configuration"].result.sample)  # type: ignore[union-attr]
        invoke(f"Set{document}Configuration", config=msgspec.json.encode(config).decode())
        assert invoke(f"Get{document}Configuration") == config


def test_keys_left_out_or_null_keep_their_value(invoke: Invoke) -> None:
    invoke("SetComplianceConfiguration", config='{"globalRetentionTimeYears": 10, "legalHoldEnabled": true}')
    invoke(
        "SetComplianceConfiguration", config='{"legalHoldEnabled": null, "logSuccessfulUserActivities": "UserLogin"}'
    )
    assert invoke("GetComplianceConfiguration") == {
        "globalRetentionTimeYears": 10, "adminEmailPreviewEnabled": False, "legalHoldEnabled": True,
        "logSuccessfulUserActivities": ["UserLogin"],
    }  # fmt: skip


def test_null_takes_a_threshold_away(invoke: Invoke) -> None:
    invoke("SetStoreAutoCreateConfiguration", config='{"numberOfMessagesThreshold": null, "sizeThreshold": 4096}')
    assert invoke("GetStoreAutoCreateConfiguration") == {
        "enabled": True, "interval": "none", "sizeThreshold": 4096, "numberOfMessagesThreshold": None,
        "baseDirectory": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("function", "config", "named"),
    [
        ("SetComplianceConfiguration", '{"globalRetentionTimeYears": "10"}', "globalRetentionTimeYears"),
        ("SetComplianceConfiguration", '{"legalHold": true}', "legalHold"),
        ("SetComplianceConfiguration", '{"retention_years": 1}', "retention_years"),
        ("SetComplianceConfiguration", '{"logSuccessfulUserActivities": ["X"]}', "logSuccessfulUserActivities"),
        ("SetComplianceConfiguration", "[]", "config"),
        ("SetStoreAutoCreateConfiguration", '{"interval": "daily"}', "interval"),
        ("SetStoreAutoCreateConfiguration", '{"sizeThreshold": 0}', "sizeThreshold"),
        ("SetStoreAutoCreateConfiguration", "null", "config"),
    ],
)
def test_a_bad_key_or_value_is_named_as_the_caller_knows_it(
    invoke: Invoke, function: str, config: str, named: str
) -> None:
    with pytest.raises(Invalid) as caught:
        invoke(function, config=config)
    assert caught.value.field == named


def test_the_audit_log_is_read_in_pages_newest_first(invoke: Invoke) -> None:
    for name in ("bob", "carl"):
        invoke("CreateUser", userName=name, privileges="none")
    first = invoke("GetAuditLog", limit="2", event="UserCreate")
    assert [(row["target"], row["userName"], row["client"]) for row in first["items"]] == [
        ("carl", "admin", "api"), ("bob", "admin", "api"),
    ]  # fmt: skip
    assert set(first["items"][0]) == set(SERVER["GetAuditLog"].result.sample["items"][0])  # type: ignore[union-attr]
    rest = invoke("GetAuditLog", limit="1", event="UserCreate", after=first["next"])
    assert ([row["target"] for row in rest["items"]], rest["next"]) == (["admin"], None)


def test_the_audit_log_is_filtered_by_user_and_time(invoke: Invoke, instance: Instance) -> None:
    invoke("CreateUser", userName="Bob", privileges="none")
    instance.users.authenticate("bob", "wrong")
    (failed,) = invoke("GetAuditLog", userName="BOB")["items"]
    assert (failed["event"], failed["ok"]) == ("UserLogin", False)
    since = failed["time"]
    assert failed in invoke("GetAuditLog", fromIncluding=since)["items"]
    assert failed not in invoke("GetAuditLog", toExcluding=since)["items"]
    assert invoke("GetAuditLog", fromIncluding="2000-01-01T00:00:00+02:00", toExcluding="2001-01-01")["items"] == []
    for form in ({"fromIncluding": "yesterday"}, {"after": "x"}, {"after": "-1"}, {"event": "Nonsense"}):
        with pytest.raises(Invalid):
            invoke("GetAuditLog", **form)
