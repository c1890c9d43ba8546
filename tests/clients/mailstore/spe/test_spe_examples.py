"""The example programs for the provider edition run, and show what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from examples.mailstore.spe import (
    all_users,
    cancel,
    connection,
    later_names,
    maintain,
    new_customer,
    pretty,
    raw_call,
    sign_in,
    users,
    verify,
)
from tests.clients.mailstore.fake_spe import Management

THUMBPRINT = "AB" * 20


@pytest.fixture(params=["cookie", "basic"])
def arguments(request: pytest.FixtureRequest, management: Management, common: dict[str, Any]) -> list[str]:
    port = management.cookie_port if request.param == "cookie" else management.port
    login = ["--port", str(port), "--password", management.password, "--session", request.param]
    return [*login, "--ca-file", str(common["ca_file"])]


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: capsys.readouterr().out


def test_sign_in(arguments: list[str], management: Management, out: Any) -> None:
    sign_in.main(arguments)
    assert out() == "FAKE runs version 9.0.\nStill there.\n"
    assert management.cookie is None
    assert len(management.calls("logout")) == (2 if "cookie" in arguments else 0)


def test_users(arguments: list[str], out: Any) -> None:
    users.main([*arguments, "test01"])
    text = out()
    assert "userName    anna\nfullName    anna\nauthentication    integrated\n" in text
    assert text.endswith("admin@example.com, admin@example.org, anna@example.com, anna@example.org\n")


@pytest.mark.parametrize("way", verify.WAYS)
def test_verify(arguments: list[str], way: str, out: Any) -> None:
    verify.main([*arguments, "test01", "--store", "38", "--way", way])
    lines = out().splitlines()
    assert "Verifying file group #38..." in lines
    assert lines[-3:] == [
        "Finished. No errors have been found.",
        "succeeded (100 %)",
        "The verification succeeded.",
    ]
    steps = [line for line in lines if line.startswith("running")]
    assert steps == {"each": ["running", "running (0 %)", "running (1 %)", "running (26 %)"]}.get(way, steps)
    assert len(steps) == {"each": 4, "polled": 3}.get(way, 0)


def test_cancel(arguments: list[str], out: Any) -> None:
    cancel.main([*arguments, "test01", "--store", "38"])
    text = out()
    assert "\nVerifying file group #38...\n" in text
    assert text.endswith("The verification was cancelled.\n")


def test_maintain(arguments: list[str], management: Management, out: Any) -> None:
    maintain.main([*arguments, "test01"])
    [token] = management.processes
    assert out() == f"Maintenance is running as process {token}.\nIt succeeded.\n"


def test_pretty(arguments: list[str], out: Any) -> None:
    pretty.main([*arguments, "test01"])
    text = out()
    assert "result\n    userName    admin\n    fullName    admin\n    authentication    integrated\n" in text
    assert "statusVersion    2\nstatusCode    succeeded\n" in text
    assert "error" not in text
    assert ("antiXsrfToken    " in text) == ("cookie" in arguments)


def test_raw_call(arguments: list[str], out: Any) -> None:
    raw_call.main([*arguments, "GetUserInfo", "instanceID=test01", "userName=anna"])
    assert "    userName    anna\n" in out()


def test_new_customer(arguments: list[str], management: Management, out: Any) -> None:
    program = [*arguments, "acme", "--thumbprint", THUMBPRINT, "--new-password", "hunter2"]
    new_customer.main(program)
    assert out() == "acme: Archive of acme\n"
    rows = management.rows
    assert rows["hosts"]["host1.example.com"]["baseDirectory"] == "/srv/instances/customers"
    assert rows["access"]["host1.example.com"]["port"] == 8473
    assert rows["admins"]["anna"]["fullName"] == "Anna Fox-Hill"
    assert rows["admins"]["bob"]["emailAddress"] == "bob@example.com"
    assert management.passwords == {"anna": "hunter2", "bob": "hunter2"}
    assert management.settings["acme", "index"] == {"extensions": ["txt", "html", "pdf", "docx"]}
    assert management.settings["acme", "autocreate"]["interval"] == "yearly"
    assert management.settings["acme", "compliance"]["globalRetentionTimeYears"] == 10
    with pytest.raises(SystemExit, match=r"'host1\.example\.com' exists already"):
        new_customer.main(program)


def test_all_users(arguments: list[str], management: Management, out: Any) -> None:
    management.users["two"] = []
    for name in management.users:
        management.rows["instances"][name] = {"instanceID": name}
    all_users.main(arguments)
    assert out() == "test01: 2\ntwo: 0\n"


def test_later_names(arguments: list[str], out: Any) -> None:
    later_names.main([*arguments, "test01"])
    assert out().splitlines() == ["2 users", *(f"running, version {n}" for n in (0, 5, 6, 7)), "succeeded, version 147"]


def test_port_of_the_session_is_what_examples_use_if_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILSTORE_PORT", "8463")
    assert connection.parser(None).parse_args([]).port == 8470
    monkeypatch.setenv("MAILSTORE_SPE_PORT", "8474")
    assert connection.parser(None).parse_args([]).port == 8474


def test_examples_tell_how_they_are_called(out: Any) -> None:
    with pytest.raises(SystemExit):
        cancel.main(["--help"])
    assert "instanceID of the customer" in out()


def test_every_example_is_tested() -> None:
    folder = Path(users.__file__).parent
    text = Path(__file__).read_text("utf-8")
    assert all(f"def test_{file.stem}(" in text for file in folder.glob("*.py") if file.stem != "connection")
