"""The example programs run, and show what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from examples.mailstore import errors, functions, older_api, server_info, users, verify_store
from tests.clients.mailstore.fake import Fake
from tests.faces.mailstore.conftest import serving_whole

from postroom.web.tls import Certificate


@pytest.fixture
def arguments(fake: Fake, options: dict[str, Any]) -> list[str]:
    return ["--port", str(fake.port), "--password", fake.password, "--ca-file", str(options["ca_file"])]


def test_server_info(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    server_info.main(arguments)
    assert capsys.readouterr().out.endswith("FAKE runs version 9.0.0.9702.\n")


def test_functions(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    functions.main(arguments)
    out = capsys.readouterr().out
    assert "VerifyStore(id: number, includeIndexes?: bool)\n" in out
    assert "GetWeather(place: string, days?: number, options?: json)   (newer than this client)\n" in out


@pytest.mark.parametrize("more", [[], ["--wait"]])
def test_verify_store(arguments: list[str], more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    verify_store.main([*arguments, *more])
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "Verifying file group #1..."
    assert out[-2:] == ["Finished. No errors have been found.", "The verification succeeded."]


def test_errors(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    errors.main(arguments)
    out = capsys.readouterr().out
    assert "The call failed: There is no user 'a-name-nobody-has'.\n" in out
    assert "The same as an exception: There is no user" in out
    assert "The server refused: 401" in out


def test_errors_without_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    errors.main(["--port", "9"])
    assert "No answer: https://127.0.0.1:9: " in capsys.readouterr().out


def test_users(arguments: list[str], fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    fake.do_CreateUser("anna", "login")
    fake.do_SetUserEmailAddresses("anna", "anna@example.com,a@example.com")
    fake.do_CreateUser("bob", "login")
    users.main(arguments)
    assert capsys.readouterr().out == "anna: anna@example.com, a@example.com\nbob: -\n"


def test_older_api(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certificate = tmp_path / "tls"
    certificate.mkdir()
    Certificate(certificate)
    with serving_whole(certificate, tmp_path, legacy=True) as whole:
        login = ["--host", "localhost", "--port", str(whole.port), "--password", "changed"]
        login += ["--ca-file", str(whole.authority)]
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
