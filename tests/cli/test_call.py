"""`postroom call` against a real server over TLS."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.cli.conftest import Run, serving

from postroom.cli import local
from postroom.home import Home


@pytest.fixture
def server(home: Home) -> Iterator[int]:
    with serving(home) as port:
        yield port


def test_the_result_is_json_and_nothing_else_is_printed(run: Run, server: int) -> None:
    ended = run("call", "GetUsers")
    assert (ended.code, ended.err) == (0, "")
    assert [user["userName"] for user in ended.json] == ["admin"]
    assert "\n" not in run("call", "--json", "GetUsers").out.rstrip("\n")


def test_a_function_without_result_prints_nothing(run: Run, server: int) -> None:
    ended = run("call", "SetUserFullName", "--userName=admin", "--fullName=Anna Berg")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert run("call", "GetUserInfo", "--userName=admin").json["fullName"] == "Anna Berg"


def test_the_log_of_a_process_comes_on_standard_error(run: Run, server: int) -> None:
    ended = run("call", "VerifyStore", "--id=1")
    assert (ended.code, ended.out) == (0, "")
    assert "Finished. No errors have been found." in ended.err


def test_a_call_that_fails_ends_with_1_and_the_reason(run: Run, server: int) -> None:
    ended = run("call", "GetUserInfo", "--userName=nobody")
    assert (ended.code, ended.out, ended.err) == (1, "", "Error: There is no user 'nobody'.\n")
    assert json.loads(run("call", "--json", "GetUserInfo", "--userName=nobody").err)["error"] == "CallFailed"


def test_arguments_may_have_the_names_of_options(run: Run, server: int) -> None:
    secret = "a long new secret"
    assert run("call", "SetUserPassword", "--userName=admin", f"--password={secret}").code == 0
    refused = run("call", "GetUsers")
    assert (refused.code, refused.err) == (1, "Error: User name or password is wrong.\n")
    assert run("call", "--password", secret, "GetUsers").code == 0


def test_the_password_comes_from_the_environment_or_the_home(
    run: Run, server: int, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = local.keep_new_password(home, "admin")
    assert local.password_file(home, "admin").stat().st_mode & 0o077 == 0
    assert run("call", "--password", "admin", "SetUserPassword", "--userName=admin", f"--password={kept}").code == 0
    assert run("call", "GetUsers").code == 0
    monkeypatch.setenv("MAILSTORE_PASSWORD", "wrong")
    assert run("call", "GetUsers").code == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["GetUserz"], "the nearest is GetUsers"),
        (["GetUserInfo", "--user=admin"], "the nearest is userName"),
        (["GetUserInfo"], "also --userName"),
        (["GetUserInfo", "admin"], "--name=value"),
        (["GetUsers", "--frobnicate=1"], "an argument of GetUsers"),
    ],
)
def test_wrong_usage_ends_with_2_and_names_what_is_right(run: Run, server: int, words: list[str], told: str) -> None:
    ended = run("call", *words)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


def test_names_may_be_typed_in_any_case(run: Run, server: int) -> None:
    assert run("call", "getuserinfo", "--username=admin").json["userName"] == "admin"


def test_what_a_function_takes_is_told(run: Run, server: int) -> None:
    shown = run("call", "GetUserInfo", "--help")
    assert shown.code == 0
    assert "--userName" in shown.out


def test_a_server_that_is_not_trusted_is_refused(run: Run, server: int) -> None:
    ended = run("call", "--host", "127.0.0.1", "--port", str(server), "GetUsers")
    assert ended.code == 1
    assert "certificate is not trusted" in ended.err
    assert run("call", "--host", "127.0.0.1", "--port", str(server), "--insecure", "GetUsers").code == 0


def test_without_a_server_it_says_how_to_start_one(run: Run, home: Home) -> None:
    ended = run("call", "GetUsers")
    assert (ended.code, ended.err) == (
        1, f"Error: No server runs on the home {home.path}. Start it with `postroom serve`.\n",
    )  # fmt: skip
