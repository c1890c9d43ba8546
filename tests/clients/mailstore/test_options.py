"""Arguments of the client, its log, and its pretty printer."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from tests.clients.mailstore.fake import Fake

from mailstore.aio import ServerClient
from mailstore.pretty import pretty, pretty_print
from mailstore.server import Client

SIGNATURES = {
    "GetWorkerResults": "fromIncluding, toExcluding, timeZoneID='$Local', profileID=None, userName=None",
    "GetProfiles": "raw=True",
    "CreateProfile": "properties, raw=True",
    "SyncUsersWithDirectoryServices": "dryRun=None",
    "RebuildStoreIndex": "id, folder",
    "DeleteMessage": "id, reason=None",
    "GetStores": "includeSize=True",
    "VerifyStore": "id, includeIndexes=True",
    "SetUserPrivilegesOnFolder": "userName, folder, privileges",
    "MergeStore": "id, sourceId",
    "MoveFolder": "fromFolder, toFolder",
}


def positional(function: Any) -> str:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return ", ".join(
        parameter.name if parameter.default is parameter.empty else f"{parameter.name}={parameter.default!r}"
        for parameter in parameters
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    )


@pytest.mark.parametrize("kind", [Client, ServerClient])
@pytest.mark.parametrize("name", SIGNATURES)
def test_methods_keep_the_order_of_the_first_client_library(kind: type, name: str) -> None:
    assert positional(getattr(kind, name)) == SIGNATURES[name]


@pytest.mark.parametrize("kind", [Client, ServerClient])
def test_client_keeps_the_order_and_defaults_of_the_first_client_library(kind: type) -> None:
    assert positional(kind.__init__) == (  # type: ignore[misc]
        "username='admin', password='admin', host='127.0.0.1', port=8463, autoHandleToken=True, waitTime=1000, "
        "callbackStatus=None, logLevel=None, fileLogLevel=0"
    )


@pytest.mark.parametrize(("host", "url"), [("", "https://127.0.0.1:8463"), ("::1", "https://[::1]:8463")])
def test_host_may_be_empty_or_ipv6(host: str, url: str) -> None:
    with Client(host=host) as client:
        assert client.base_url == url


def test_seventh_argument_may_be_the_log_level_as_in_the_tutorial(fake: Fake, options: dict[str, Any]) -> None:
    with Client("admin", fake.password, "127.0.0.1", fake.port, True, 1000, 0, 3) as client:
        assert client.logFile
        assert client.callbackStatus is None
        Path(client.logFile).unlink()


@pytest.mark.parametrize("level", [-1, 5])
def test_log_level_outside_the_range_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="0 to 4"):
        Client(logLevel=level)


def test_log_goes_to_standard_output_and_to_a_file_of_its_own(
    options: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Client(**options | {"logLevel": 2, "fileLogLevel": 4}) as client:
        client.CreateUser("anna", "login", password="hunter2")
        client.GetUserInfo("nobody")
    [file] = tmp_path.iterdir()
    assert file.name.startswith("MailStorePyLib")
    assert file.stat().st_mode & 0o077 == 0
    log = file.read_text("utf-8")
    assert "POST /api/invoke/GetUserInfo" in log
    assert "userName" in log
    printed = capsys.readouterr().out
    assert printed == "WARNING: GetUserInfo failed: There is no user 'nobody'.\n"
    for secret in ("hunter2", options["password"], "Basic "):
        assert secret not in log + printed


def test_client_does_not_show_its_password(options: dict[str, Any]) -> None:
    with Client(**options) as client:
        assert options["password"] not in repr(client)
        assert "127.0.0.1" in repr(client)


def test_pretty_form_indents_leaves_nulls_out_and_separates_objects(capsys: pytest.CaptureFixture[str]) -> None:
    status = {
        "error": None,
        "result": {"userName": "anna", "emailAddresses": ["a@x", "b@x"], "folders": [{"n": 1}, {"n": False}]},
        "logOutput": "one\r\ntwo\r\n",
        "statusCode": "succeeded",
    }
    expected = """\
result
    userName    anna
    emailAddresses
        a@x
        b@x
    folders
        n    1

        n    False
logOutput    one
    two
statusCode    succeeded"""
    assert pretty(status) == expected
    pretty_print(status)
    assert capsys.readouterr().out == expected + "\n"


@pytest.mark.parametrize(
    ("value", "text"), [("", ""), ([], ""), ({}, ""), ("x", "x"), ([1, [2]], "1\n2"), (None, "None")]
)
def test_pretty_form_takes_any_value(value: object, text: str) -> None:
    assert pretty(value) == text


def test_a_terminal_obeys_nothing_that_an_answer_holds(capsys: pytest.CaptureFixture[str]) -> None:
    pretty_print({"subject": "\x1b]0;title\x07 \u202eevil \x9b2J", "text": "Zoë\tschön\n家族"})
    assert (
        capsys.readouterr().out
        == "subject    \\u001b]0;title\\u0007 \\u202eevil \\u009b2J\ntext    Zoë\tschön\n    家族\n"
    )
