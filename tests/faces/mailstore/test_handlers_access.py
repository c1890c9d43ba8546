"""Who may call what: every built function for nobody, for users of each kind, and for administrators; and what those
who may call it get to see."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from tests.faces.mailstore.conftest import LONG_S, Whole, serving_whole

from mailstore.contract import SERVER, Function
from mailstore.errors import MailStoreHTTPError
from postroom.archive.instance.audit import SYSTEM, Filter
from postroom.archive.storage.writer import Incoming

BUILT = [function for function in SERVER.values() if function.built]
USERS = {
    "SearchMessages", "GetMessage", "GetIntegrityProof", "ExportMessages", "GetChildFolders", "GetFolderStatistics",
    "GetMessages",
}  # fmt: skip
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def served(tls: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Archives of anna and bob with two messages each; eve may sign in but not by this door, walt may not at all."""
    with serving_whole(tls, tmp_path_factory.mktemp("access")) as whole:
        users = whole.archive.instance.users
        users.create("anna", ("login", "export"), SYSTEM, password="secret", login_privileges=("api",))
        users.create("bob", ("login",), SYSTEM, password="secret")
        users.create("eve", ("login", "export"), SYSTEM, password="secret", login_privileges=("web", "imap"))
        users.create("walt", ("none",), SYSTEM, password="secret")
        for name in ("anna", "bob"):
            users.set_folder_privileges(name, name, ("read",), SYSTEM)
            for number in (1, 2):
                body = f"Subject: plans of {name} {number}\n\nsecret plans\n".encode()
                whole.archive.stores.add([Incoming(name, "Inbox/Old", "test:", f"{name}{number}", body)], {})
        assert whole.archive.wait_indexed(LONG_S)
        yield whole


@pytest.fixture(scope="module")
def http(served: Whole) -> Iterator[httpx2.Client]:
    verify = ssl.create_default_context(cafile=str(served.authority))
    url = f"https://127.0.0.1:{served.port}"
    with httpx2.Client(base_url=url, verify=verify, trust_env=False, timeout=LONG_S) as client:
        yield client


@pytest.fixture(scope="module")
def ask(served: Whole) -> Iterator[Ask]:
    """Calls a function as a user through the true client, and gives the last status."""
    clients: dict[str, Any] = {}

    def ask(user: str, name: str, **arguments: object) -> Any:
        if user not in clients:
            clients[user] = served.client(user, "changed" if user == "admin" else "secret")
        return getattr(clients[user], name)(**arguments)

    yield ask
    for client in clients.values():
        client.close()


def test_the_contract_opens_these_functions_to_users_and_no_other() -> None:
    assert {function.name for function in SERVER.values() if function.users} == USERS


@pytest.mark.parametrize("function", BUILT, ids=lambda function: function.name)
@pytest.mark.parametrize(("user", "code"), [(None, 401), ("walt", 403), ("eve", 403), ("anna", None), ("admin", 200)])
def test_who_may_call_a_function(http: httpx2.Client, function: Function, user: str | None, code: int | None) -> None:
    auth = httpx2.BasicAuth(user, "changed" if user == "admin" else "secret") if user else httpx2.Auth()
    # Without arguments nothing much is done, but whether it may be called is asked first.
    answer = http.post(f"/api/invoke/{function.name}", auth=auth)
    assert answer.status_code == (code or (200 if function.users else 403))
    if answer.status_code == 403:
        assert "privilege" in answer.json()["error"]["message"]


def test_a_refused_call_is_in_the_audit_log(served: Whole, http: httpx2.Client) -> None:
    http.post("/api/invoke/CompactMasterDatabase", auth=("anna", "secret"))
    entry = served.archive.instance.audit.entries(Filter(user="anna", events=("ApiCall",), ok=False), limit=1)[0]
    assert (entry.user, entry.target) == ("anna", "CompactMasterDatabase")


def numbers(served: Whole, archive: str) -> list[str]:
    admin = served.archive.instance.users.account(archive)
    return [str(row.id) for row in served.archive.list_messages(f"{archive}/Inbox/Old", admin)]


def test_lists_and_search_show_users_their_archives_alone(served: Whole, ask: Ask) -> None:
    tree = ask("anna", "GetChildFolders")["result"]
    assert [archive["name"] for archive in tree] == ["anna"]
    assert tree[0]["childFolders"][0]["childFolders"][0]["folder"] == "anna/Inbox/Old"
    assert [row["folder"] for row in ask("anna", "GetFolderStatistics")["result"]] == ["anna"]
    found = ask("anna", "SearchMessages", query="secret plans")["result"]
    assert (found["total"], {row["folder"] for row in found["messages"]}) == (2, {"anna/Inbox/Old"})
    assert ask("anna", "SearchMessages", query="subject:bob or folder:bob")["result"]["total"] == 0
    assert [row["id"] for row in ask("anna", "GetMessages", folder="anna/Inbox/Old")["result"]] == numbers(
        served, "anna"
    )


@pytest.mark.parametrize("user", ["anna", "admin"])
def test_mail_of_others_is_refused(served: Whole, ask: Ask, http: httpx2.Client, user: str) -> None:
    other = numbers(served, "bob")[0]
    target = str(served.outside / f"refused-{user}")
    for name, arguments in (
        ("GetMessage", {"id": other}),
        ("GetIntegrityProof", {"id": other}),
        ("GetMessages", {"folder": "bob/Inbox/Old"}),
        ("GetChildFolders", {"folder": "bob"}),
        ("SearchMessages", {"query": "", "folder": "bob"}),
        ("ExportMessages", {"path": target, "format": "eml", "ids": other}),
        ("ExportMessages", {"path": target, "format": "eml", "folder": "bob"}),
    ):
        status = ask(user, name, **arguments)
        assert (status["statusCode"], status["error"]["details"]) == ("failed", "Denied"), (name, status)
    auth = (user, "changed" if user == "admin" else "secret")
    assert http.get(f"/api/message/{other}", auth=auth).status_code == 403


def test_whether_a_folder_of_others_exists_is_not_told(ask: Ask) -> None:
    there = ask("anna", "GetMessages", folder="bob/Inbox")["error"]["message"]
    absent = ask("anna", "GetMessages", folder="bob/Nothing")["error"]["message"]
    assert there == absent


def test_an_export_of_everything_holds_what_the_user_may_read(served: Whole, ask: Ask) -> None:
    target = served.outside / "all-of-anna"
    assert ask("anna", "ExportMessages", path=str(target), format="eml")["result"]["messages"] == 2
    assert {file.relative_to(target).parts[0] for file in target.rglob("*.eml")} == {"anna"}


def test_exporting_needs_its_privilege(served: Whole, ask: Ask) -> None:
    status = ask("bob", "ExportMessages", path=str(served.outside / "bob"), format="eml")
    assert "'export'" in status["error"]["message"]
    assert not (served.outside / "bob").exists()


def test_administrators_see_the_names_of_archives_until_preview_is_on(served: Whole, ask: Ask) -> None:
    tree = ask("admin", "GetChildFolders")["result"]
    assert tree == [{"name": name, "folder": name, "childFolders": []} for name in ("anna", "bob")]
    assert ask("admin", "SearchMessages", query="")["result"]["total"] == 0
    assert [row["count"] for row in ask("admin", "GetFolderStatistics")["result"]] == [2, 2]
    served.archive.instance.compliance.update({"admin_may_read": True}, SYSTEM)
    try:
        assert ask("admin", "GetChildFolders", maxLevels=2)["result"][1]["childFolders"] == [
            {"name": "Inbox", "folder": "bob/Inbox", "childFolders": []}
        ]
        assert ask("admin", "SearchMessages", query="")["result"]["total"] == 4
    finally:
        served.archive.instance.compliance.update({"admin_may_read": False}, SYSTEM)


def test_a_process_is_its_callers_alone(served: Whole, ask: Ask) -> None:
    with served.archive.stores.get(1).alone("the test holds it"):
        started = ask("admin", "VerifyStore", id=1, autoHandleToken=False)
        with served.client("anna", "secret") as anna, pytest.raises(MailStoreHTTPError, match="process"):
            anna.GetStatus(started)
        with served.client() as admin:
            admin.CancelAsync(started)
