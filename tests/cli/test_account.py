"""`postroom account …` on the home's own accounts."""

from __future__ import annotations

import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.cli.conftest import Ended, Run

from postroom import configuration
from postroom.accounts import schemes
from postroom.home import Home

PROGRAM = Path(sys.executable).with_name("postroom")
PASSWORD = "Correct-Horse-7"
ADMIN = "root@example.org"


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for databases that the fixtures below made once, and copy then."""
    return tmp_path_factory.mktemp("kept")


def made(run: Run, home: Home, kept: Path, *arguments: str) -> None:
    """The home's accounts as this command leaves them."""
    database = home.path / "accounts.db"
    if not kept.exists():
        assert run("account", *arguments).code == 0
        shutil.copy(database, kept)
    shutil.copy(kept, database)


@pytest.fixture
def account(run: Run, home: Home, kept: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`postroom account …` on a home with a domain; new passwords come from the environment."""
    for name in [name for name in os.environ if name.startswith(("IREDADMIN_", "ACCOUNT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ACCOUNT_PASSWORD", PASSWORD)
    made(run, home, kept / "domain.db", "domain", "create", "example.com", "--name", "Example")

    def call(*arguments: str) -> Ended:
        return run("account", *arguments)

    return call


@pytest.fixture
def anna(account: Run, run: Run, home: Home, kept: Path) -> Run:
    """The same with a user."""
    made(run, home, kept / "user.db", "user", "create", "anna@example.com", "--name", "Anna Berg", "--quota", "100")
    return account


def kept_hash(home: Home, table: str, name: str) -> str:
    with closing(sqlite3.connect(home.path / "accounts.db")) as database:
        (found,) = database.execute(f"SELECT password FROM {table} WHERE username = ?", (name,)).fetchone()
    return str(found)


# The first admin


def test_the_first_global_admin_is_made_on_a_fresh_home(account: Run, home: Home) -> None:
    assert account("admin", "create", ADMIN, "--global").out == f"The admin {ADMIN} was created.\n"
    assert account("admin", "show", ADMIN, "--json").json["managed_domains"] == ["ALL"]
    assert "everything" in account("admin", "list").out
    assert schemes.verify(kept_hash(home, "admin", ADMIN), PASSWORD)


def test_an_admin_within_a_hosted_domain_is_refused(account: Run) -> None:
    ended = account("admin", "create", "root@example.com", "--global")
    assert (ended.code, "outside the domains" in ended.err) == (2, True)


def test_without_a_home_one_sentence_says_what_to_do(run: Run) -> None:
    ended = run("account", "domain", "list")
    assert (ended.code, "postroom init" in ended.err) == (1, True)


# Daily work


def test_a_user_is_made_shown_listed_and_changed(anna: Run) -> None:
    shown = anna("user", "show", "Anna@EXAMPLE.com", "--json").json
    assert (shown["name"], shown["quota"], shown["active"]) == ("Anna Berg", 100, 1)
    assert anna("user", "update", "anna@example.com", "--quota", "200", "--account-status", "disabled").code == 0
    shown = anna("user", "show", "anna@example.com", "--json").json
    assert (shown["quota"], shown["active"]) == (200, 0)
    listed = anna("user", "list", "example.com").out
    assert all(word in listed for word in ("anna@example.com", "Anna Berg", "200", "disabled", "1 in all."))


def test_lists_are_given_with_commas_or_repeated_and_emptied(anna: Run) -> None:
    everyone = ["anna@example.com", "b@example.org", "c@example.org"]
    anna("user", "update", "anna@example.com", "--forwarding", ",".join(everyone[:2]), "--forwarding", everyone[2])
    assert anna("user", "show", "anna@example.com", "--json").json["forwardings"] == everyone
    anna("user", "update", "anna@example.com", "--remove-forwarding", everyone[1])
    assert anna("user", "show", "anna@example.com", "--json").json["forwardings"] == [everyone[0], everyone[2]]
    anna("user", "update", "anna@example.com", "--forwarding", "")
    assert anna("user", "show", "anna@example.com", "--json").json["forwardings"] == [everyone[0]]


def test_an_update_of_nothing_is_wrong_usage(anna: Run) -> None:
    assert anna("user", "update", "anna@example.com").code == 2


def test_a_user_is_renamed_and_deleted(anna: Run) -> None:
    renamed = anna("user", "rename", "anna@example.com", "eva@example.com", "--json").json
    assert renamed == {
        "user": "anna@example.com", "done": "renamed", "dry_run": False, "to": "eva@example.com",
    }  # fmt: skip
    assert anna("user", "delete", "eva@example.com", "--keep-days", "30", "--yes").code == 0
    assert anna("user", "list", "example.com", "--json").json == []
    assert anna("user", "list", "example.com").out == "There is none.\n"


def test_deleting_what_is_not_there_is_an_error(anna: Run) -> None:
    ended = anna("user", "delete", "ana@example.com", "--yes")
    assert (ended.code, ended.err) == (1, "Error: There is no user 'ana@example.com'.\n")


@pytest.mark.parametrize(
    "words",
    [("user", "delete", "anna@example.com"), ("domain", "delete", "example.com"), ("throttle", "remove", "global")],
)
def test_nothing_is_deleted_where_nobody_can_be_asked(anna: Run, words: tuple[str, ...]) -> None:
    ended = anna(*words)
    assert ended.code == 1
    assert "--yes" in ended.err
    assert anna("user", "list", "example.com", "--email-only", "--json").json == ["anna@example.com"]


def test_a_dry_run_changes_nothing_and_refuses_what_would_fail(anna: Run) -> None:
    assert anna("user", "create", "bert@example.com", "--dry-run", "--json").json["dry_run"] is True
    assert "dry run" in anna("domain", "delete", "example.com", "--dry-run").out
    assert anna("user", "create", "anna@example.com", "--dry-run").code == 1
    assert anna("user", "list", "example.com", "--email-only").out == "anna@example.com\n"


def test_aliases_domains_and_who_manages_them(anna: Run) -> None:
    assert anna("alias", "create", "all@example.com", "--members", "anna@example.com,x@example.org").code == 0
    assert anna("alias", "update", "all@example.com", "--remove-member", "x@example.org").code == 0
    assert anna("alias", "show", "all@example.com", "--json").json["members"] == ["anna@example.com"]
    assert anna("alias", "rename", "all@example.com", "team@example.com").code == 0
    assert "team@example.com" in anna("alias", "list", "example.com").out
    assert anna("domain", "admins", "example.com", "--add", "anna@example.com", "--json").json == ["anna@example.com"]
    assert "domains" in anna("user", "list", "example.com").out
    assert anna("domain", "admins", "example.com", "--nobody").out == "Only global admins manage it.\n"
    assert anna("domain", "update", "example.com", "--catchall", "anna@example.com", "--is-backupmx").code == 0
    shown = anna("domain", "show", "example.com").out
    assert "catchall" in shown
    assert anna("domain", "delete", "example.com", "--yes").code == 0
    assert anna("domain", "list", "--name-only", "--json").json == []


def test_a_list_that_is_cut_says_so_and_a_search_narrows_it(account: Run) -> None:
    for name in ("a", "ab", "b"):
        account("alias", "create", f"{name}@example.com", "--members", "x@example.org")
    assert "2 shown, there are more" in account("alias", "list", "example.com", "--limit", "2").out
    found = account("alias", "list", "example.com", "--search", "a@", "--email-only", "--json").json
    assert found == ["a@example.com"]
    assert account("alias", "list", "example.com", "--email-only", "--limit", "1").out == "a@example.com\n"


def test_throttles_are_set_shown_and_removed(anna: Run) -> None:
    assert "Nothing is set" in anna("throttle", "show", "global").out
    done = anna("throttle", "set", "anna@example.com", "outbound", "--period", "60", "--max-msgs", "3", "--json")
    assert done.json == {
        "account": "anna@example.com", "directions": ["outbound"], "done": "set", "dry_run": False,
    }  # fmt: skip
    shown = anna("throttle", "show", "anna@example.com", "--json").json
    assert (shown["outbound"]["max_msgs"], shown["inbound"]) == (3, {})
    assert "inherited" in anna("throttle", "show", "anna@example.com", "outbound").out
    assert anna("throttle", "remove", "anna@example.com", "--yes").code == 0
    assert anna("throttle", "show", "anna@example.com", "outbound", "--json").json == {"outbound": {}}


def test_a_throttle_needs_a_period_and_a_direction(account: Run) -> None:
    assert account("throttle", "set", "global", "outbound", "--max-msgs", "3").code == 2
    assert account("throttle", "set", "global", "sideways", "--period", "3").code == 2


def test_the_log_has_what_was_done_newest_first(anna: Run) -> None:
    entries = anna("log", "--json").json
    assert [entry["message"] for entry in entries] == [
        "Create mail user: anna@example.com.",
        "Create domain: example.com.",
    ]
    assert {entry["admin"] for entry in entries} == {"postroom"}
    assert anna("log", "--event", "delete").out == "There is none.\n"
    assert len(anna("log", "--limit", "1", "--json").json) == 1


def test_it_works_while_a_server_holds_the_home(anna: Run, home: Home) -> None:
    with home.lock():
        assert anna("user", "update", "anna@example.com", "--name", "A").code == 0


# Tokens


def test_a_token_is_shown_once_and_revoked(account: Run, home: Home) -> None:
    account("admin", "create", ADMIN, "--global")
    made = account("token", "create", ADMIN, "--name", "backup", "--domain", "example.com", "--days", "7", "--json")
    token = made.json["token"]
    assert token.startswith("pr_")
    listed = account("token", "list").out + account("token", "list", "--json").out
    assert token not in listed
    (row,) = account("token", "list", "--admin", ADMIN, "--json").json
    assert (row["name"], row["domains"], row["write"]) == ("backup", ["example.com"], False)
    assert account("token", "revoke", str(row["id"])).code == 1
    assert account("token", "revoke", str(row["id"]), "--yes").code == 0
    assert account("token", "list").out == "There is none.\n"
    assert account("token", "revoke", "1", "--yes").code == 1


def test_a_token_tells_when_the_server_would_not_take_it(account: Run, home: Home) -> None:
    account("admin", "create", ADMIN, "--global")
    assert "iredadmin.tokens" in account("token", "create", ADMIN, "--name", "a").out
    configuration.change(home.settings_file, "iredadmin.tokens", "true")
    assert "iredadmin.tokens" not in account("token", "create", ADMIN, "--name", "b").out


def test_a_token_is_for_admins(anna: Run) -> None:
    assert (
        anna("token", "create", "anna@example.com", "--name", "x").err
        == "Error: There is no admin 'anna@example.com'.\n"
    )


# Passwords


def test_a_new_password_comes_from_a_file_or_standard_input(anna: Run, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes(b"Another-1 with spaces \r\nsecond line\n")
    assert anna("user", "password", "anna@example.com", "--password-file", str(file)).code == 0
    assert schemes.verify(kept_hash(home, "mailbox", "anna@example.com"), "Another-1 with spaces ")


def test_a_ready_hash_is_stored(anna: Run, home: Home) -> None:
    ready = schemes.hash(PASSWORD, "SSHA")
    assert anna("user", "password", "anna@example.com", "--password-hash", ready).code == 0
    assert kept_hash(home, "mailbox", "anna@example.com") == ready


def test_a_generated_password_is_printed_and_fits_the_rules_of_the_domain(anna: Run, home: Home) -> None:
    anna("domain", "update", "example.com", "--min-password-length", "30", "--max-password-length", "30")
    made = anna("user", "password", "anna@example.com", "--generate", "--json").json["password"]
    assert len(made) == 30
    assert schemes.verify(kept_hash(home, "mailbox", "anna@example.com"), made)
    assert "Password: " in anna("user", "create", "bert@example.com", "--generate").out


@pytest.mark.parametrize(
    "settings",
    [
        ("password_min_length=1", "password_max_length=5"),
        ("password_special_characters=§#",),
        ("password_has_special_char=false", "password_special_characters="),
        ("password_min_length=60",),
    ],
)
def test_a_generated_password_fits_the_rules_of_the_settings(account: Run, settings: tuple[str, ...]) -> None:
    options = [word for setting in settings for word in ("--set", f"accounts.{setting}")]
    ended = account("user", "create", "anna@example.com", "--generate", *options)
    assert ended.code == 0, ended.err


def test_rules_that_no_password_fits_are_told(account: Run) -> None:
    ended = account("user", "create", "a@example.com", "--generate", "--set", "accounts.password_max_length=2")
    assert (ended.code, "No password could be made" in ended.err) == (1, True)


def test_a_weak_password_is_refused_with_all_reasons_and_not_printed(
    account: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOUNT_PASSWORD", "sesame")
    ended = account("user", "create", "anna@example.com")
    assert ended.code == 2
    assert all(word in ended.err for word in ("8 characters", "a capital letter", "a digit"))
    assert "sesame" not in ended.out + ended.err


def test_one_way_to_give_a_password_is_enough(account: Run, tmp_path: Path) -> None:
    ended = account("user", "create", "a@example.com", "--generate", "--password-file", str(tmp_path / "file"))
    assert ended.code == 2


def test_without_a_terminal_nobody_is_asked_for_a_password(account: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCOUNT_PASSWORD")
    ended = account("user", "create", "anna@example.com")
    assert ended.code == 1
    assert all(way in ended.err for way in ("--password-file", "ACCOUNT_PASSWORD", "--generate"))


def typed(home: Home, *answers: str, words: tuple[str, ...]) -> tuple[int, str]:
    """A command at a terminal of its own, with what somebody types there; the exit code, and what was seen."""
    master, slave = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("POSTROOM_", "ACCOUNT_"))}
    program = [str(PROGRAM), "account", *words, "--home", str(home.path)]
    running = subprocess.Popen(program, stdin=slave, stdout=slave, stderr=slave, env=kept, start_new_session=True)
    os.close(slave)
    seen = asked = b""
    waiting = list(answers)
    with suppress(OSError):  # the other end is closed
        while piece := os.read(master, 4096):
            seen += piece
            asked += piece
            # One at a time: asking throws away what was typed before.
            if waiting and asked.endswith(b": "):
                os.write(master, waiting.pop(0).encode() + b"\n")
                asked = b""
    code = running.wait(60)
    os.close(master)
    return code, seen.decode()


def test_a_password_is_asked_for_without_echo(account: Run, home: Home) -> None:
    code, seen = typed(home, PASSWORD, PASSWORD, words=("user", "create", "anna@example.com"))
    assert code == 0, seen
    assert "Password of anna@example.com" in seen
    assert PASSWORD not in seen
    assert schemes.verify(kept_hash(home, "mailbox", "anna@example.com"), PASSWORD)


def test_a_deletion_is_asked_for_and_no_is_no(anna: Run, home: Home) -> None:
    code, seen = typed(home, "n", words=("user", "delete", "anna@example.com"))
    assert (code, "Delete the user anna@example.com?" in seen) == (1, True)
    assert anna("user", "show", "anna@example.com").code == 0
    assert typed(home, "y", words=("user", "delete", "anna@example.com"))[0] == 0
    assert anna("user", "show", "anna@example.com").code == 1


# Bad input


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("user", "show", "anna"), "mail: expected an address"),
        (("user", "show", "a' OR 1=1 --@example.com"), "mail: expected an address"),
        (("user", "show", "a/b@example.com"), "mail: expected a name without a slash"),
        (("domain", "show", "nodots"), "domain: expected a domain"),
        (
            ("user", "update", "anna@example.com", "--quota", "-1"),
            "--quota: expected a whole number from 0 to 8796093022207.",
        ),
        (("user", "update", "anna@example.com", "--account-status", "x"), "--account-status: expected"),
        (
            ("user", "update", "anna@example.com", "--forwarding", "a@b.cd", "--add-forwarding", "a@b.cd"),
            "--forwarding: expected either",
        ),
        (("user", "create", "x@example.com", "--password-hash", "{NONE}x"), "{SSHA512}"),
        (("alias", "create", "x@example.com", "--access-policy", "all"), "--access-policy: expected one of"),
        (("log", "--event", "x", "--limit", "0"), "--limit"),
    ],
)
def test_a_value_that_cannot_be_used_is_wrong_usage_and_named(anna: Run, words: tuple[str, ...], told: str) -> None:
    ended = anna(*words)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


@pytest.mark.parametrize(
    "words",
    [("user", "list", "nowhere.test"), ("alias", "show", "x@example.com"), ("user", "create", "anna@example.com")],
)
def test_what_is_refused_ends_with_1(anna: Run, words: tuple[str, ...]) -> None:
    ended = anna(*words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Error: ")


def test_with_json_an_error_is_json_too(anna: Run) -> None:
    ended = anna("user", "create", "anna@example.com", "--json")
    assert json.loads(ended.err) == {
        "error": "AlreadyExists", "message": "The user 'anna@example.com' exists already.",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["'; DROP TABLE mailbox; --", '"%_\\', "[bold]x[/bold]", "*)(mail=*"])
def test_a_name_with_any_characters_is_kept_and_shown_as_it_is(anna: Run, name: str) -> None:
    assert anna("user", "update", "anna@example.com", "--name", name).code == 0
    assert anna("user", "show", "anna@example.com", "--json").json["name"] == name
    assert name in anna("user", "list", "example.com").out


def test_what_a_terminal_would_obey_is_shown_as_an_escape(anna: Run, home: Home) -> None:
    with closing(sqlite3.connect(home.path / "accounts.db")) as database, database:
        database.execute("UPDATE mailbox SET name = ?", ("\x1b]0;owned\x07\u202ename",))
    shown = anna("user", "show", "anna@example.com").out + anna("user", "list", "example.com").out
    shown += anna("user", "list", "example.com", "--json").out
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "\\u001b]0;owned\\u0007" in shown


# Tables


def test_init_db_says_what_it_made_and_makes_it_once(run: Run, home: Home) -> None:
    first = run("account", "init-db", "--json").json
    assert first == [f"Made {home.path / 'accounts.db'} with all tables."]
    assert run("account", "init-db").out == "Nothing is missing.\n"
    with closing(sqlite3.connect(home.path / "accounts.db")) as database:
        database.execute("DROP TABLE throttle")
    assert "Made the table iredapd.throttle." in run("account", "init-db").out


def test_init_db_prints_the_schema_of_ldap_without_a_server(run: Run) -> None:
    assert run("account", "init-db", "--schema").out.startswith("dn: cn=postroom,cn=schema,cn=config\n")


def test_init_db_without_a_database_names_the_settings(run: Run, home: Home) -> None:
    ended = run("account", "init-db", "--set", "accounts.backend=postgresql")
    assert (ended.code, "accounts.vmail_url" in ended.err) == (1, True)


def test_help_has_the_brackets_of_the_reference(run: Run) -> None:
    assert "`[host]:port`" in run("account", "domain", "update", "--help").out


@pytest.mark.parametrize("group", ["", "domain", "user", "alias", "admin", "throttle", "token"])
def test_every_group_has_help(run: Run, group: str) -> None:
    shown = run("account", *([group] if group else []), "--help")
    assert shown.code == 0
    assert "Usage: postroom account" in shown.out
