"""Every function with every argument missing, empty, of the wrong type, too long, hostile: it is refused in words that
name the argument, shows nothing of the inside, and changes nothing. The cases come from the contract."""

from __future__ import annotations

import json
import ssl
import unicodedata
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.faces.mailstore.conftest import LONG_S, Whole, serving_whole

from mailstore.contract import SERVER, Function, Param
from postroom.archive.automation.calendar import schedule_of
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.profiles import Given
from postroom.archive.storage.writer import Incoming
from postroom.faces.mailstore.server.dispatch import HANDLERS, Dispatch
from postroom.faces.mailstore.server.errors import ArgumentInvalid, ArgumentUnknown

BUILT = [function for function in SERVER.values() if function.built]
WITH_ARGUMENTS = [function for function in BUILT if function.params]

PROFILE = (
    '{"name": "x", "owner": "admin", "type": "I", "connector": "EML",'
    ' "details": {"path": "nowhere", "targetUserFolder": "anna"}}'
)
GOOD: dict[str, dict[str, str]] = {
    "CreateUser": {"userName": "zoe", "privileges": "login"},
    "CreateStore": {"name": "third"},
    "AttachStore": {"name": "third", "databasePath": "loose"},
    "RenameUser": {"oldUserName": "anna", "newUserName": "anne"},
    "SetUserAuthentication": {"userName": "anna", "authentication": "integrated"},
    "SetUserPassword": {"userName": "anna", "password": "new"},
    "SetUserPrivileges": {"userName": "anna", "privileges": "login"},
    "SetUserLoginPrivileges": {"userName": "anna", "loginPrivileges": "web"},
    "SetUserPrivilegesOnFolder": {"userName": "anna", "folder": "anna", "privileges": "read"},
    "SetUserPrivilegesOnAllFolders": {"userName": "anna", "privileges": "read"},
    "SetComplianceConfiguration": {"config": "{}"},
    "SetStoreAutoCreateConfiguration": {"config": "{}"},
    "SetSmtpSettings": {"settings": "{}"},
    "CreateCredential": {"name": "x", "type": "imap", "settings": '{"userName": "a", "password": "b"}'},
    "SetCredentialSettings": {"id": "1", "settings": "{}"},
    "CreateAppPassword": {"userName": "anna", "name": "x"},
    "SetIndexConfiguration": {"config": "{}"},
    "SetServiceCertificate": {"thumbprint": "00"},
    "SendStatusReport": {"timespan": "today", "timeZoneId": "UTC", "recipients": "admin@example.com"},
    "RenameStore": {"id": "2", "name": "other"},
    "SetStoreProperties": {"id": "4", "databasePath": "loose"},
    "SetStoreRequestedState": {"id": "2", "requestedState": "disabled"},
    "MergeStore": {"id": "1", "sourceId": "2"},
    "RebuildStoreIndex": {"id": "1", "folder": "anna"},
    "MoveFolder": {"fromFolder": "anna/Inbox", "toFolder": "anna/Letters"},
    "DeleteMessage": {"id": "1:1", "reason": "torture"},
    "GetMessage": {"id": "1:1"},
    "GetMessages": {"folder": "anna/Inbox"},
    "GetIntegrityProof": {"id": "1:1"},
    "SearchMessages": {"query": "hello"},
    "ExportMessages": {"path": "exports/x", "format": "eml"},
    "ImportMessages": {"path": "exports/y", "archive": "anna"},
    "CreateBackup": {"path": "backups/x"},
    "SetDirectoryServicesConfiguration": {"config": "{}"},
    "GetProfiles": {"raw": "true"},
    "CreateProfile": {"properties": PROFILE, "raw": "true"},
    "RunTemporaryProfile": {"properties": PROFILE, "raw": "true"},
    "SetProfile": {"id": "1", "properties": "{}"},
    "SetProfileServerSideExecution": {"id": "1", "automatic": "false"},
    "GetWorkerResults": {
        "fromIncluding": "2026-01-01T00:00:00",
        "toExcluding": "2027-01-01T00:00:00",
        "timeZoneID": "UTC",
    },
    "SetRetentionPolicies": {"config": "[]"},
    "CreateHold": {"name": "x", "query": "hello", "reason": "torture"},
    "EndHold": {"id": "1", "reason": "torture"},
    "CreateJob": {"name": "x", "action": "GetStores", "owner": "admin", "timeZoneId": "$Local", "time": "03:00"},
    "RenameJob": {"id": "1", "name": "other"},
    "SetJobEnabled": {"id": "1", "enabled": "false"},
    "SetJobSchedule": {"id": "1", "timeZoneId": "UTC", "interval": "5"},
    "GetJobResults": {
        "fromIncluding": "2026-01-01T00:00:00",
        "toExcluding": "2027-01-01T00:00:00",
        "timeZoneId": "UTC",
    },
}
"""Arguments with which a function would do its work; others have a user or a store as their only required argument."""

DEAD: dict[str, dict[str, str]] = {
    "CreateUser": {"userName": "zoe", "privileges": "admin,login", "authentication": "nonsense"},
    "CreateStore": {"type": "PostgreSQL"},
    "AttachStore": {"name": "third", "databasePath": "nowhere"},
    "SetStoreProperties": {"id": "999", "databasePath": "nowhere"},
    "RenameUser": {"oldUserName": "nobody", "newUserName": "anne"},
    "MoveFolder": {"fromFolder": "nowhere", "toFolder": "else"},
    "ExportMessages": {"path": "exports/x", "format": "eml", "ids": "999:1"},
    "ImportMessages": {"path": "exports/nowhere", "archive": "anna"},
    "CreateHold": {"name": "", "query": "(", "reason": ""},
    "CreateCredential": {"name": "x", "type": "imap", "settings": "{}"},
    "CreateJob": {"name": "x", "action": "Nothing", "owner": "nobody", "timeZoneId": "UTC", "interval": "7"},
}
"""Arguments that lead nowhere, so that nothing changes even if the hostile one among them is taken as it is."""

HOSTILE = (
    "'", '"', ";", "--", "%", "*", "?", "'; DROP TABLE user; --", '" OR ""="', "a\0b", "a\r\nb", "../x", "..\\x",
    "${jndi:ldap://x}", "<script>", "{{7*7}}", "\u202egpj", "e\u0301\u0327", "\U0001f4a9", "\uffff", "None", "null",
    "-1",
)  # fmt: skip
WRONG: dict[str, tuple[str, ...]] = {
    "number": ("abc", "1.5", "1e3", "0x1", "\uff11", "9" * 19, "null", "[]", "1;2", "'"),
    "bool": ("yes", "2", "nil", "truefalse", "'"),
    "json": ("{", "1", "[]", '"x"', "null", '{"unknown": 1}', "{'a': 1}", "[" * 5000),
}
PATHS = (
    "../x", "a/../../x", "stores/../stores/9", "..", ".", "/", "/etc", "/etc/passwd", "/proc/self/mem", "..\\x",
    "C:\\x",
    "~/x", "~root/x", "a\0b", "a\nb", "instance.db", "instance.db-wal", "secrets.key", "stores", "stores/1",
    "stores/1/packs/x", "n" * 300, "d/" * 3000 + "x",
)  # fmt: skip
FOLDERS = (
    "",
    "..",
    "../x",
    "anna/../x",
    "anna//x",
    "/anna",
    "anna/",
    "anna/ x",
    "a\0b",
    "a\r\nb",
    "n" * 300,
    "d/" * 99 + "x",
)
MESSAGES = (
    "",
    "x",
    "1",
    "1:",
    ":1",
    "1:1:1",
    "-1:1",
    "1:99999999999999999999",
    "\u0661:\u0661",
    "1:1' or '1",
    "1:1\0",
    "0:0",
)
NAMES = ("", ".", "..", "a/b", "a\\b", "a\0b", "a\nb", "\u202ex", "a\u200bb", "n" * 300)

MUST_REFUSE: dict[tuple[str, str], tuple[str, ...]] = {
    **{(name, "databasePath"): PATHS for name in ("CreateStore", "AttachStore", "SetStoreProperties")},
    **{(name, "path"): PATHS for name in ("ExportMessages", "ImportMessages", "CreateBackup")},
    **{(name, place): ("elsewhere", "/etc") for name in ("CreateStore", "AttachStore", "SetStoreProperties")
       for place in ("contentPath", "indexPath")},
    **{(name, "type"): ("SQLServer", "PostgreSQL") for name in ("CreateStore", "AttachStore", "SetStoreProperties")},
    **{(name, "id"): MESSAGES for name in ("GetMessage", "DeleteMessage", "GetIntegrityProof")},
    ("ExportMessages", "ids"): ("x", "1", "1:1,x", "1:1:1", "0:0"),
    ("MoveFolder", "toFolder"): FOLDERS,
    ("MoveFolder", "fromFolder"): FOLDERS,
    ("GetChildFolders", "folder"): FOLDERS[1:],
    ("GetMessages", "folder"): FOLDERS[1:],
    ("SearchMessages", "folder"): FOLDERS[1:],
    ("DeleteEmptyFolders", "folder"): FOLDERS[1:],
    ("ImportMessages", "archive"): (*FOLDERS, "a/b"),
    ("RebuildStoreIndex", "folder"): ("", "nobody", "anna/Inbox", "../x"),
    ("SetUserPrivilegesOnFolder", "folder"): ("", "a/b", "..", "a\\b", "a\0b", "n" * 300),
    ("CreateUser", "userName"): (*NAMES, "$x", "@x", "anna", "ANNA"),
    ("RenameUser", "newUserName"): (*NAMES, "$x", "@x", "admin"),
    ("CreateStore", "name"): (*NAMES[1:], "first", "FIRST"),
    ("AttachStore", "name"): (*NAMES, "first"),
    ("RenameStore", "name"): (*NAMES, "first"),
    ("SetUserEmailAddresses", "emailAddresses"): ("x", "a b@example.com", "@", "a@", "a@b\0", "<a@b>"),
    ("SearchMessages", "query"): ('"', "(", "a AND", "from:", "size:>x", "date:x", "x" * 5000, "*a"),
    ("SearchMessages", "after"): ("x", "d1", "r1", "d1.1.1.1", "d1.1.1' or 1", "d99999999999.1.1"),
    ("GetMessages", "after"): ("x", "1", "-1:1"),
    ("GetAuditLog", "after"): ("x", "-1", "1.5"),
    ("GetAuditLog", "fromIncluding"): ("x", "2026-13-01T00:00:00", "1e9"),
    ("GetAuditLog", "event"): ("Nonsense",),
    ("MergeStore", "sourceId"): ("1",),
    ("SetServiceCertificate", "path"): PATHS,
    ("CreateCredential", "name"): ("", " ", "a\0b", "a\nb", "first"),
    **{(name, "settings"): ('{"password": 1.5}', '{"password": ["x"]}', '{"password": "a\\nb"}', '{"userName": ""}')
       for name in ("CreateCredential", "SetCredentialSettings")},
    ("CreateAppPassword", "name"): ("", " ", "a\0b", "a\nb"),
    ("SetRetentionPolicies", "config"): ("[1]", "[{}]", '[{"name": "x"}]', "[[]]", "[null]"),
    ("CreateHold", "name"): ("", " ", "a\0b", "a\nb"),
    ("CreateHold", "query"): ("", '"', "(", "from:", "*a", "x" * 70, "x" * 5000),
    **{(name, "reason"): ("", " ", "a\0b") for name in ("CreateHold", "EndHold")},
    **{(name, "name"): ("", " ", "a\0b", "a\nb", "n" * 300) for name in ("CreateJob", "RenameJob")},
    **{(name, "timeZoneId"): ("", "Mars", "../UTC", "UTC\0", "localtime")
       for name in ("CreateJob", "SetJobSchedule", "GetJobResults", "SendStatusReport")},
    ("SendStatusReport", "recipients"): ("", ",", "x", "a b@example.com", "@", "a@", "a@b\0", "<a@b>", "a@b,x"),
    **{("CreateJob", form): values for form, values in {
        "action": ("", "Nonsense", "VerifyStore", "VerifyStore --id=x", "GetStores --x=1", 'GetStores "', "--id=1",
                   "SetUserPassword --userName=anna --password=x", "RecoverStore --id=2 --encryptionKey=x",
                   "get-status"),
        "owner": ("", "anna", "nobody", "$local:root"),
        "time": ("", "24:00", "12", "12:60", "noon", "-1:00", "12:00Z"),
        "date": ("2030-01-01T00:00:00",),
        "interval": ("5",),
    }.items()},
    **{("SetJobSchedule", form): values for form, values in {
        "interval": ("0", "7", "-5", "260000"),
        "date": ("2030-01-01T00:00:00",),
        "time": ("12:00",),
        "dayOfWeek": ("Monday",),
        "dayOfMonth": ("1", "Last"),
    }.items()},
    **{("GetJobResults", name): ("", "x", "2026-13-01T00:00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59-12:00")
       for name in ("fromIncluding", "toExcluding")},
}  # fmt: skip
"""What no function may take although it is text of the right length."""


@pytest.fixture(scope="module")
def served(tls: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """An archive with a user, two messages, three stores of which one is disabled, and a store that is not attached."""
    with serving_whole(tls, tmp_path_factory.mktemp("torture")) as whole:
        archive = whole.archive
        archive.instance.users.create("anna", ("login",), SYSTEM, password="secret")
        archive.instance.users.set_folder_privileges("admin", "anna", ("read", "delete"), SYSTEM)
        archive.instance.compliance.update({"admin_may_read": True}, SYSTEM)
        archive.stores.rename(1, "first", SYSTEM)
        for number in (1, 2):
            body = f"Subject: hello {number}\n\nhello\n".encode()
            archive.stores.add([Incoming("anna", "Inbox", "test:", str(number), body)], {})
        archive.stores.create("second", None, "normal", SYSTEM)
        archive.stores.create("loose", "loose", "normal", SYSTEM)
        archive.stores.detach(3, SYSTEM)
        archive.stores.create("closed", None, "disabled", SYSTEM)
        credential = {"userName": "a", "password": "b"}
        archive.instance.credentials.create("first", "imap", credential, SYSTEM)
        archive.instance.users.app_passwords.create("admin", "first", SYSTEM)
        schedule = schedule_of(UTC, date="2999-01-01T00:00:00")
        archive.scheduler.create("first", "GetStores", "admin", "UTC", schedule, SYSTEM)
        archive.profiles.create(Given("first", "admin", "I", "EML", {"path": "x", "targetUserFolder": "anna"}), SYSTEM)
        assert archive.wait_indexed(LONG_S)
        yield whole


@pytest.fixture(scope="module")
def client(served: Whole) -> Iterator[httpx2.Client]:
    url, verify = f"https://127.0.0.1:{served.port}", ssl.create_default_context(cafile=str(served.authority))
    with httpx2.Client(
        base_url=url, auth=("admin", "changed"), verify=verify, trust_env=False, timeout=LONG_S
    ) as client:
        yield client


def good(function: Function) -> dict[str, str]:
    base = {"userName": "anna", "id": "2", "archive": "anna"}
    return GOOD.get(function.name) or {param.name: base[param.name] for param in function.params if param.required}


def dead(function: Function) -> dict[str, str]:
    nowhere = {"userName": "nobody", "id": "999:1" if "Message" in function.name or "Proof" in function.name else "999"}
    return DEAD.get(function.name) or {**good(function), **{k: v for k, v in nowhere.items() if k in good(function)}}


def snapshot(whole: Whole) -> object:
    """Everything that can be seen of an instance but its log."""
    archive, root = whole.archive, whole.home.path.parent
    users = archive.instance.users.all()
    return (
        users,
        [archive.instance.users.account(user.name) for user in users],
        archive.instance.stores.all(),
        [(mount.row, mount.state, mount.error) for mount in archive.stores.all()],
        archive.instance.compliance.get(),
        archive.instance.store_auto_create.get(),
        archive.instance.smtp.get(),
        archive.instance.indexing.get(),
        archive.instance.credentials.all(),
        [archive.instance.users.app_passwords.all(user.name) for user in users],
        repr(archive.folders.tree()),
        archive.stores.totals(),
        archive.scheduler.jobs(),
        archive.profiles.all(),
        archive.directories.configuration.get(),
        (archive.retention.policies.all(), archive.retention.holds.all()),
        sorted(
            str(path)
            for path in root.rglob("*")
            if "index" not in path.parts and path.suffix not in {".db-wal", ".db-shm"}
        ),
    )


def call(client: httpx2.Client, name: str, form: dict[str, str]) -> dict[str, Any]:
    """The last envelope of a call, or what a refusal by HTTP says; nothing of the inside shows in any of them."""
    answer = client.post(f"/api/invoke/{name}", data=form)
    while True:
        assert answer.status_code in (200, 400), (name, form, answer.text)
        for inside in ("Traceback", 'File "', ".py", "sqlite", "internal error"):
            assert inside not in answer.text.lower(), (name, form, answer.text)
        envelope: dict[str, Any] = json.loads(answer.content.decode("utf-8-sig"))
        if envelope["statusCode"] != "running":
            return envelope
        form = {"token": envelope["token"], "lastKnownStatusVersion": str(envelope["statusVersion"])}
        answer = client.post("/api/get-status", data=form)


def refused_values(function: Function, param: Param) -> Iterator[str | None]:
    """Values of a parameter that no call may get away with; None = left out."""
    if param.required and param.default is None:
        yield None
        if param.type != "string":
            yield ""
    right = GOOD.get(function.name, {}).get(param.name)
    yield from (value for value in WRONG.get(param.type, ()) if value != right)
    if param.values:
        yield from ("nonsense", "'", *(("none,read",) if "none" in param.values else ()))
    if param.minimum is not None:
        yield str(param.minimum - 1)
    if param.maximum is not None:
        yield str(param.maximum + 1)
    yield "x" * (param.max_length + 1)
    yield from MUST_REFUSE.get((function.name, param.name), ())


def names_it(message: str, param: Param, value: str | None) -> bool:
    given = (value or "").strip()
    shown = [given[:80], repr(given)[1:40], *given.replace('"', " ").split(",")]
    said = message.lower()
    return param.name.lower() in said or "unknown" in said or any(text and text.lower() in said for text in shown)


@pytest.mark.parametrize("function", WITH_ARGUMENTS, ids=lambda function: function.name)
def test_bad_arguments_are_refused_by_name_and_change_nothing(
    served: Whole, client: httpx2.Client, function: Function
) -> None:
    before = snapshot(served)
    for param in function.params:
        for value in refused_values(function, param):
            form = {**good(function), param.name: value}
            envelope = call(client, function.name, {name: text for name, text in form.items() if text is not None})
            assert envelope["statusCode"] == "failed", (function.name, param.name, value)
            assert names_it(envelope["error"]["message"], param, value), (param.name, value, envelope)
    assert snapshot(served) == before


@pytest.mark.parametrize("function", WITH_ARGUMENTS, ids=lambda function: function.name)
def test_hostile_text_stays_text(served: Whole, client: httpx2.Client, function: Function) -> None:
    before = snapshot(served)
    for param in function.params:
        if (function.name, param.name) == ("CreateBackup", "path"):  # any sane name is a good one
            continue
        for value in HOSTILE:
            envelope = call(client, function.name, {**dead(function), param.name: value})
            assert envelope["statusCode"] in ("succeeded", "failed")
    assert snapshot(served) == before


@pytest.mark.parametrize("function", BUILT, ids=lambda function: function.name)
def test_unknown_and_repeated_arguments_are_told(function: Function) -> None:
    strict = Dispatch(SERVER, HANDLERS, strict=True)
    with pytest.raises(ArgumentUnknown, match="' OR 1=1"):
        strict.arguments(function, [("' OR 1=1", "x")])
    for param in function.params:
        with pytest.raises(ArgumentInvalid, match=param.name):
            strict.arguments(function, [(param.name, "1"), (param.name.upper(), "2")])


def test_a_user_has_one_name_however_it_is_written(client: httpx2.Client) -> None:
    composed, apart = "Zo\u00eb", unicodedata.normalize("NFD", "Zo\u00eb")
    assert call(client, "CreateUser", {"userName": composed, "privileges": "login"})["statusCode"] == "succeeded"
    for same in (apart, composed.upper(), composed.lower()):
        assert (
            "exists already" in call(client, "CreateUser", {"userName": same, "privileges": "none"})["error"]["message"]
        )
        assert call(client, "GetUserInfo", {"userName": same})["result"]["userName"] == composed
    assert call(client, "DeleteUser", {"userName": apart})["statusCode"] == "succeeded"
