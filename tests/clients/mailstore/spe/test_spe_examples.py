"""The example programs for the provider edition run, and show what they say."""

from __future__ import annotations

import re
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
from tests.faces.mailstore.conftest import tls as tls
from tests.faces.mailstore.spe.conftest import Installation
from tests.faces.mailstore.spe.conftest import installation as installation

from postroom import __version__
from postroom.archive.instance.audit import SYSTEM
from postroom.faces.mailstore.server.mount import four_numbers

THUMBPRINT = "AB" * 20
INSTANCE = "test01"


@pytest.fixture(params=["cookie", "basic"])
def arguments(request: pytest.FixtureRequest, installation: Installation) -> list[str]:
    """How to reach a true server, which has one instance with one user more than a new one."""
    installation.instance(INSTANCE)
    with installation.management.tenants.use(INSTANCE) as archive:
        archive.instance.users.create("anna", ("login",), SYSTEM, full_name="Anna Fox")
        archive.instance.users.set_addresses("anna", ("anna@example.com", "anna@example.org"), SYSTEM)
    port = installation.cookie_port if request.param == "cookie" else installation.port
    login = ["--port", str(port), "--password", "changed", "--session", request.param]
    return [*login, "--ca-file", str(installation.authority)]


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: capsys.readouterr().out


def test_sign_in(arguments: list[str], installation: Installation, out: Any) -> None:
    sign_in.main(arguments)
    assert out() == f"{installation.host} runs version {four_numbers(__version__)}.\nStill there.\n"


def test_users(arguments: list[str], out: Any) -> None:
    users.main([*arguments, INSTANCE])
    text = out()
    assert "userName    anna\nfullName    Anna Fox\nauthentication    integrated\n" in text
    assert text.endswith("\nanna@example.com, anna@example.org\n")


@pytest.mark.parametrize("way", verify.WAYS)
def test_verify(arguments: list[str], way: str, out: Any) -> None:
    verify.main([*arguments, INSTANCE, "--store", "1", "--way", way])
    lines = out().splitlines()
    assert "Verifying file group #1..." in lines
    assert "Finished. No errors have been found." in lines
    assert lines[-2:] == ["succeeded (100 %)", "The verification succeeded."]
    # What comes before the end depends on how fast it is; the first status of `each` is always the first answer.
    assert (lines[0] == "running") == (way == "each")


def test_cancel(arguments: list[str], installation: Installation, out: Any) -> None:
    with installation.management.tenants.use(INSTANCE) as archive, archive.stores.get(1).alone("a test holds it"):
        cancel.main([*arguments, INSTANCE, "--store", "1"])
    assert out().endswith("The verification was cancelled.\n")


def test_maintain(arguments: list[str], out: Any) -> None:
    maintain.main([*arguments, INSTANCE])
    assert re.fullmatch("Maintenance is running as process sa[0-9a-f]{32}.\nIt succeeded.\n", out())


def test_pretty(arguments: list[str], out: Any) -> None:
    pretty.main([*arguments, INSTANCE])
    text = out()
    assert "result\n    userName    admin\n    fullName    Administrator\n    authentication    integrated\n" in text
    assert "statusVersion    2\nstatusCode    succeeded\n" in text
    assert "error" not in text
    assert ("antiXsrfToken    " in text) == ("cookie" in arguments)


def test_raw_call(arguments: list[str], out: Any) -> None:
    raw_call.main([*arguments, "GetUserInfo", f"instanceID={INSTANCE}", "userName=anna"])
    assert "    userName    anna\n" in out()


def test_new_customer(arguments: list[str], installation: Installation, out: Any) -> None:
    folder = installation.outside / "instances"
    program = [*arguments, "acme", "--thumbprint", THUMBPRINT, "--new-password", "hunter2", "--folder", str(folder)]
    new_customer.main(program)
    assert out() == "acme: Archive of acme\ntest01: None\n"
    management = installation.management
    assert management.hosts.get("host1.example.com").base_directory == f"{folder}/customers"
    assert management.access_servers.get("host1.example.com").port == 8473
    names = {row.name: (row.full_name, row.address) for row in management.administrators.all()}
    assert names["anna"] == ("Anna Fox-Hill", None)
    assert names["bob"] == ("Bob Hill", "bob@example.com")
    assert management.administrators.authenticate("anna", "hunter2", SYSTEM)
    with management.tenants.use("acme") as archive:
        assert archive.directory == folder / "customers" / "acme"
        assert archive.instance.store_auto_create.get().interval == "yearly"
        assert archive.instance.compliance.get().retention_years == 10
        assert not archive.instance.service_provider.enabled
    with pytest.raises(SystemExit, match=r"'host1\.example\.com' exists already"):
        new_customer.main(program)


def test_all_users(arguments: list[str], installation: Installation, out: Any) -> None:
    installation.instance("two")
    all_users.main(arguments)
    assert out() == "test01: 3\ntwo: 2\n"


def test_later_names(arguments: list[str], out: Any) -> None:
    later_names.main([*arguments, INSTANCE])
    lines = out().splitlines()
    assert lines[:2] == ["3 users", "running, version 0"]
    assert re.fullmatch(r"succeeded, version \d+", lines[-1])


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
