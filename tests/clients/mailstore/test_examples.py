"""The example programs run, against the server that `serve` makes, and show what they say."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import pytest
from examples.mailstore import errors, functions, older_api, server_info, users, verify_store
from tests.clients.mailstore.fake import Fake
from tests.faces.mailstore.conftest import Whole, serving_whole
from tests.faces.mailstore.conftest import tls as tls
from tests.faces.mailstore.conftest import whole as whole

from postroom import __version__
from postroom.archive.instance.audit import SYSTEM
from postroom.faces.mailstore.server.mount import four_numbers


def arguments_for(whole: Whole) -> list[str]:
    return ["--port", str(whole.port), "--password", "changed", "--ca-file", str(whole.authority)]


@pytest.fixture
def arguments(whole: Whole) -> list[str]:
    return arguments_for(whole)


def test_server_info(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    server_info.main(arguments)
    assert capsys.readouterr().out.endswith(f"{platform.node()} runs version {four_numbers(__version__)}.\n")


def test_functions(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    functions.main(arguments)
    out = capsys.readouterr().out
    assert "VerifyStore(id: number, includeIndexes?: bool)\n" in out
    assert "newer than this client" not in out


def test_functions_of_a_newer_server(fake: Fake, options: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    functions.main(["--port", str(fake.port), "--password", fake.password, "--ca-file", str(options["ca_file"])])
    out = capsys.readouterr().out
    assert "GetWeather(place: string, days?: number, options?: json)   (newer than this client)\n" in out


@pytest.mark.parametrize("more", [[], ["--wait"]])
def test_verify_store(arguments: list[str], more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    verify_store.main([*arguments, *more])
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "Verifying file group #1..."
    assert out[-2:] == ["Finished. No errors have been found.", "The verification succeeded."]
    assert len(out) == len(set(out))  # each status brings what is new in the log, no more


def test_errors(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    errors.main(arguments)
    out = capsys.readouterr().out
    assert "The call failed: There is no user 'a-name-nobody-has'.\n" in out
    assert "The same as an exception: There is no user" in out
    assert "The server refused: 401" in out


def test_errors_without_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    errors.main(["--port", "9"])
    assert "No answer: https://127.0.0.1:9: " in capsys.readouterr().out


def test_users(arguments: list[str], whole: Whole, capsys: pytest.CaptureFixture[str]) -> None:
    known = whole.archive.instance.users
    known.create("anna", ("login",), SYSTEM)
    known.set_addresses("anna", ("anna@example.com", "a@example.com"), SYSTEM)
    known.create("bob", ("login",), SYSTEM)
    users.main(arguments)
    assert sorted(capsys.readouterr().out.splitlines()) == [
        "admin: -", "anna: anna@example.com, a@example.com", "bob: -",
    ]  # fmt: skip


def test_older_api(tls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving_whole(tls, tmp_path, legacy=True) as whole:
        login = arguments_for(whole)
        older_api.main(login)
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "admin: admin"
        assert lines[-2:] == ["Finished. No errors have been found.", "succeeded"]
        with pytest.raises(SystemExit, match="nobody"):
            older_api.main([*login, "--about", "nobody"])


def test_every_example_is_tested() -> None:
    folder = Path(users.__file__).parent
    text = Path(__file__).read_text("utf-8")
    assert all(f"def test_{file.stem}(" in text for file in folder.glob("*.py") if file.stem != "connection")
