"""SQLite's file is read by Postfix and written by others, none of them root: who needs which rights on it."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.accounts.services import postfix
from tests.accounts.services.process import run, scratch

from postroom.accounts.accounts import Accounts
from postroom.accounts.mailconfig.files import files, write
from postroom.accounts.mailconfig.places import Places
from postroom.accounts.model import DomainChange
from postroom.accounts.services.access import LOCAL
from postroom.settings import Accounts as AccountsSettings
from postroom.settings import Settings

WRITER = "daemon"
WRITE = """
import os, pwd, sqlite3, sys
file, user, group = sys.argv[1:]
os.setgroups([int(group)])
who = pwd.getpwnam(user)
os.setresgid(who.pw_gid, who.pw_gid, who.pw_gid)
os.setresuid(who.pw_uid, who.pw_uid, who.pw_uid)
with sqlite3.connect(file) as connection:
    connection.execute("UPDATE domain SET backupmx = 1")
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    postfix.require("sqlite")
    with scratch("shared") as made:
        yield made


@pytest.fixture
def share(folder: Path) -> Callable[[int], Path]:
    """A file with a domain, made in a folder of Postfix's group with this mode, and closed again."""

    def make(mode: int) -> Path:
        shared = folder / "accounts"
        shared.mkdir()
        os.chown(shared, 0, pwd.getpwnam("postfix").pw_gid)
        shared.chmod(mode)
        settings = Settings(accounts=AccountsSettings(sqlite_file=shared / "accounts.db"))
        with Accounts(settings, folder / "home") as accounts:
            accounts.domains.create(LOCAL, "example.com", DomainChange())
        write(files(settings, folder / "home", Places(etc=folder / "etc")), folder / "etc")
        (folder / "etc" / "postfix" / "main.cf").touch()
        return shared

    return make


def asked(folder: Path, table: str) -> str:
    """What Postfix finds, as its own user."""
    etc = folder / "etc" / "postfix"
    # Postfix gives up all groups of its user but the first.
    as_postfix = ["setpriv", "--reuid=postfix", "--regid=postfix", "--clear-groups", "--"]
    command = ["postmap", "-c", etc, "-q", "example.com", f"sqlite:{etc}/postroom/{table}.cf"]
    found = subprocess.run([str(word) for word in (*as_postfix, *command)], capture_output=True, text=True, check=False)
    return found.stdout.strip() or found.stderr


def test_postfix_and_a_writer_of_its_group_share_the_file_in_turn(folder: Path, share: Callable[[int], Path]) -> None:
    shared = share(0o2770)
    assert [file.name for file in shared.iterdir()] == ["accounts.db"]
    assert asked(folder, "virtual-domains") == "example.com"
    group = str(pwd.getpwnam("postfix").pw_gid)
    run([sys.executable, "-c", WRITE, shared / "accounts.db", WRITER, group])
    assert asked(folder, "relay-domains") == "example.com"
    assert asked(folder, "virtual-domains") == ""


def test_a_group_that_may_only_read_is_not_enough_once_nobody_else_is_connected(
    folder: Path, share: Callable[[int], Path]
) -> None:
    share(0o2750)
    assert "attempt to write a readonly database" in asked(folder, "virtual-domains")
