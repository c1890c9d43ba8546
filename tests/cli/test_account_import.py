"""`postroom account import`: many users from a CSV file."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.conftest import Ended, Run

from postroom.accounts import schemes
from postroom.cli.account_csv import BadRow, UserRow, read
from postroom.errors import Invalid
from postroom.home import Home

PASSWORD = "Correct-Horse-7"
HEADER = ["mail", "password", "name", "quota"]


@pytest.fixture
def domain(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A home with a domain."""
    for name in [name for name in os.environ if name.startswith("IREDADMIN_")]:
        monkeypatch.delenv(name)
    assert run("account", "domain", "create", "example.com").code == 0
    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "users.csv"


def write(file: Path, *rows: list[str], encoding: str = "utf-8") -> Path:
    with file.open("w", encoding=encoding, newline="") as opened:
        csv.writer(opened).writerows(rows)
    return file


def imported(run: Run, file: Path, *options: str) -> Ended:
    return run("account", "import", str(file), *options)


def user(run: Run, mail: str) -> dict[str, Any]:
    found: dict[str, Any] = run("account", "user", "show", mail, "--json").json
    return found


def users(run: Run) -> list[str]:
    found: list[str] = run("account", "user", "list", "example.com", "--email-only", "--json").json
    return found


def results(ended: Ended) -> dict[str, str]:
    return {row["mail"]: row["result"] for row in ended.json["rows"]}


# A thousand users


BAD = {
    100: ["nobody", PASSWORD, "", ""],
    200: ["u200@example.com", "weak", "", ""],
    300: ["u300@nowhere.test", PASSWORD, "", ""],
    400: ["u400@example.com", PASSWORD, "", "many"],
    500: ["u500@example.com", PASSWORD, "too few"],
    600: ["u1@example.com", PASSWORD, "again", ""],
}


def test_a_thousand_users_are_made_past_all_errors_and_none_of_them_again(
    domain: Run, home: Home, file: Path, tmp_path: Path
) -> None:
    rows = [BAD.get(n, [f"u{n}@example.com", PASSWORD, f"Näme {n}", str(n)]) for n in range(1, 1001)]
    write(file, HEADER, *rows, encoding="utf-8-sig")
    ended = imported(domain, file, "--report", str(tmp_path / "report.csv"))
    assert ended.code == 1
    assert ended.out.splitlines()[-1] == "994 created, 0 updated, 0 skipped, 6 failed."
    assert "Line 101, nobody: mail: expected an address such as anna@example.com." in ended.out
    assert "Line 601, u1@example.com: The address stands in line 2 already." in ended.out
    assert len(users(domain)) == 994
    assert (user(domain, "u7@example.com")["name"], user(domain, "u7@example.com")["quota"]) == ("Näme 7", 7)
    assert schemes.verify(password_of(home, "u999@example.com"), PASSWORD)

    report = (tmp_path / "report.csv").read_text("utf-8")
    lines = list(csv.DictReader(io.StringIO(report)))
    assert len(lines) == 1000
    assert {int(line["line"]) for line in lines if line["result"] == "failed"} == {n + 1 for n in BAD}
    assert PASSWORD not in report + ended.out + ended.err
    assert "weak" not in report + ended.out + ended.err

    again = imported(domain, file, "--json").json
    assert [again[result] for result in ("created", "updated", "skipped", "failed")] == [0, 0, 994, 6]


def password_of(home: Home, mail: str) -> str:
    with closing(sqlite3.connect(home.path / "accounts.db")) as database:
        (found,) = database.execute("SELECT password FROM mailbox WHERE username = ?", (mail,)).fetchone()
    return str(found)


# What happens to a row


def test_every_parameter_of_a_user_may_be_a_column(domain: Run, home: Home, file: Path) -> None:
    ready = schemes.hash(PASSWORD, "SSHA512")
    header = ["MAIL", "password_hash", "cn", "mailQuota", "preferredLanguage", "Aliases", "forwarding",
              "account-status", "employeeid", "removeService"]  # fmt: skip
    row = ["Anna@Example.com", ready, "Anna", "10", "de_DE", "a@example.com; b@example.com",
           "anna@example.com,x@example.org", "disabled", "17", "pop3"]  # fmt: skip
    assert imported(domain, write(file, header, row), "--json").json["created"] == 1
    found = user(domain, "anna@example.com")
    assert (found["name"], found["quota"], found["language"], found["employeeid"]) == ("Anna", 10, "de_DE", "17")
    assert found["aliases"] == ["a@example.com", "b@example.com"]
    assert found["forwardings"] == ["anna@example.com", "x@example.org"]
    assert (found["active"], found["enablepop3"]) == (0, 0)
    assert password_of(home, "anna@example.com") == ready


def test_a_user_who_exists_stays_or_is_changed_with_update(domain: Run, home: Home, file: Path) -> None:
    imported(domain, write(file, HEADER, ["anna@example.com", PASSWORD, "Anna", "10"]))
    write(file, HEADER, ["anna@example.com", "Another-Horse-8", "Eva", ""])
    assert results(imported(domain, file, "--json")) == {"anna@example.com": "skipped"}
    assert user(domain, "anna@example.com")["name"] == "Anna"
    assert results(imported(domain, file, "--update", "--json")) == {"anna@example.com": "updated"}
    found = user(domain, "anna@example.com")
    assert (found["name"], found["quota"]) == ("Eva", 10)
    assert schemes.verify(password_of(home, "anna@example.com"), "Another-Horse-8")


def test_an_address_that_is_something_else_is_a_failure(domain: Run, file: Path) -> None:
    domain("account", "alias", "create", "all@example.com", "--members", "x@example.org")
    ended = imported(domain, write(file, HEADER, ["all@example.com", PASSWORD, "", ""]), "--update", "--json")
    assert (ended.code, results(ended)) == (1, {"all@example.com": "failed"})


def test_a_dry_run_tells_the_same_and_changes_nothing(domain: Run, file: Path) -> None:
    write(file, HEADER, ["anna@example.com", PASSWORD, "", ""], ["bert@example.com", "weak", "", ""])
    ended = imported(domain, file, "--dry-run", "--json")
    assert ended.code == 1
    assert results(ended) == {"anna@example.com": "created", "bert@example.com": "failed"}
    assert ended.json["dry_run"] is True
    assert users(domain) == []
    assert "nothing was changed" in imported(domain, file, "--dry-run").out


def test_a_user_for_whom_not_all_could_be_set_is_told_and_completed(domain: Run, file: Path) -> None:
    header = ["mail", "password", "telephoneNumber", "senderBcc"]
    write(file, header, ["anna@example.com", PASSWORD, "", "no address"])
    ended = imported(domain, file)
    assert ended.code == 1
    assert "was created, but not all was set" in ended.out
    write(file, header, ["anna@example.com", PASSWORD, "", "copy@example.org"])
    assert imported(domain, file, "--update").code == 0
    assert user(domain, "anna@example.com")["sender_bcc"] == "copy@example.org"


def test_a_file_without_a_password_fails_for_each_row(domain: Run, file: Path) -> None:
    ended = imported(domain, write(file, ["mail"], ["anna@example.com"]))
    assert (ended.code, "password" in ended.out) == (1, True)


def test_injections_and_control_characters_are_only_text(domain: Run, file: Path, tmp_path: Path) -> None:
    name = "'); DROP TABLE mailbox; --"
    rows = [["anna@example.com", PASSWORD, name, ""], ["\x1b[31m@example.com", PASSWORD, "", ""]]
    ended = imported(domain, write(file, HEADER, *rows), "--report", str(tmp_path / "report.csv"))
    assert user(domain, "anna@example.com")["name"] == name
    assert "\x1b" not in ended.out + (tmp_path / "report.csv").read_text()
    assert "\\u001b[31m" in ended.out


# The file


def test_a_cell_may_hold_commas_quotes_and_line_breaks(file: Path) -> None:
    file.write_bytes(b'mail,name\r\na@example.com,"Berg, ""Anna""\r\nMaria"\r\n\r\nb@example.com,Bert\n')
    first, second = read(file)
    assert isinstance(first, UserRow)
    assert first.create == {"name": 'Berg, "Anna"\r\nMaria'}
    assert (first.line, second.line) == (2, 5)


def test_a_row_that_is_no_csv_does_not_stop_the_others(file: Path) -> None:
    file.write_text('mail,name\na@example.com,"x"y\nb@example.com,Bert\n')
    bad, good = read(file)
    assert isinstance(bad, BadRow)
    assert (bad.line, good.mail) == (2, "b@example.com")


def test_spaces_of_a_password_count(file: Path) -> None:
    (row,) = read(write(file, ["mail", "password"], [" a@example.com ", " with space "]))
    assert isinstance(row, UserRow)
    assert row.create == {"password": " with space "}
    assert "space" not in repr(row)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "first row"),
        (b"name,quota\n", "mail"),
        (b"mail,qouta\n", "expected a known column; the nearest is quota."),
        (b"mail;password;name\n", "not semicolons"),
        (b"mail,zzzzzz\n", "one of mail"),
        (b"mail,name,cn\n", "each column once"),
        (b"mail,name\na@example.com,\xff\n", "UTF-8"),
        ("mail,name\n".encode("utf-16"), "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_wrong_usage_before_anything_is_done(
    domain: Run, file: Path, content: bytes, told: str
) -> None:
    file.write_bytes(content)
    ended = imported(domain, file)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


@pytest.mark.parametrize(
    ("header", "cell"),
    [("quota", "-1"), ("quota", "1e3"), ("quota", "١"), ("isGlobalAdmin", "perhaps"), ("accountStatus", "on")],
)
def test_a_cell_of_the_wrong_kind_names_its_column(file: Path, header: str, cell: str) -> None:
    (row,) = read(write(file, ["mail", header], ["a@example.com", cell]))
    assert isinstance(row, BadRow)
    assert str(row.error).startswith(f"{header}: expected ")


def test_a_password_and_a_hash_conflict(file: Path) -> None:
    (row,) = read(write(file, ["mail", "password", "password_hash"], ["a@example.com", "secret-1", "{SSHA}secret-2"]))
    assert isinstance(row, BadRow)
    assert "secret" not in str(row.error)


def test_the_file_may_come_on_standard_input(domain: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"mail,password\nanna@example.com,{PASSWORD}\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert domain("account", "import", "-").code == 0
    assert users(domain) == ["anna@example.com"]


def test_a_report_that_cannot_be_written_is_told_before_anything_is_done(
    domain: Run, file: Path, tmp_path: Path
) -> None:
    write(file, HEADER, ["anna@example.com", PASSWORD, "", ""])
    assert imported(domain, file, "--report", str(tmp_path / "missing" / "report.csv")).code == 1
    assert users(domain) == []


def test_a_file_that_is_not_there_is_one_sentence(domain: Run, tmp_path: Path) -> None:
    ended = imported(domain, tmp_path / "missing.csv")
    assert (ended.code, ended.err) == (1, f"Error: No such file or directory: {tmp_path / 'missing.csv'}.\n")


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6))
def test_whatever_the_file_holds_each_row_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    file = write(tmp_path_factory.mktemp("csv") / "users.csv", ["mail", "name", "quota"], *rows)
    found = read(file)
    assert len(found) == len([row for row in rows if any(cell.strip() for cell in row)])
    with pytest.raises(Invalid):
        read(write(file, ["name"], *rows))
