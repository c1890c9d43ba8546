"""`postroom archive app-password` and `second-factor` on a home that no server holds."""

from __future__ import annotations

from tests.cli.conftest import Run

from postroom.archive.instance.audit import Actor
from postroom.archive.instance.instance import Instance
from postroom.cli import local
from postroom.home import Home

DOOR = Actor("", "api")


def opens(home: Home, password: str) -> bool:
    with Instance(home.archive / "instance.db") as instance:
        return instance.users.authenticate("admin", password, DOOR) is not None


def test_an_app_password_is_made_shown_once_listed_and_deleted(run: Run, home: Home) -> None:
    made = run("archive", "app-password", "create", "admin", "Backup").out.split()[-1]
    assert opens(home, made)
    listed = run("archive", "app-password", "list", "admin")
    assert "Backup" in listed.out
    assert made not in listed.out
    (row,) = run("archive", "app-password", "list", "admin", "--json").json
    assert run("archive", "app-password", "delete", "admin", str(row["id"])).code == 0
    assert not opens(home, made)
    assert "There is none." in run("archive", "app-password", "list", "admin").out


def test_one_may_be_kept_for_calls_on_this_machine(run: Run, home: Home) -> None:
    told = run("archive", "app-password", "create", "admin", "This machine", "--keep")
    kept = local.kept_password(home, "admin")
    assert kept
    assert kept not in told.out
    assert opens(home, kept)
    assert local.password_file(home, "admin").stat().st_mode & 0o077 == 0


def test_all_are_deleted_only_when_that_is_said(run: Run, home: Home) -> None:
    made = [run("archive", "app-password", "create", "admin", name, "--json").json["password"] for name in "ab"]
    for words in ((), ("1", "--all")):
        assert run("archive", "app-password", "delete", "admin", *words).code == 2
    assert run("archive", "app-password", "delete", "admin", "--all").code == 0
    assert not any(opens(home, password) for password in made)


def test_a_second_factor_is_required_and_switched_off(run: Run, home: Home) -> None:
    assert run("archive", "app-password", "list", "admin").code == 0  # makes the archive
    assert opens(home, "admin")
    told = run("archive", "second-factor", "require", "admin")
    assert "otpauth://totp/" in told.out
    assert not opens(home, "admin")
    assert run("archive", "second-factor", "off", "admin").code == 0
    assert opens(home, "admin")


def test_nobody_is_named(run: Run, home: Home) -> None:
    for words in (("app-password", "list"), ("second-factor", "off"), ("second-factor", "require")):
        ended = run("archive", *words, "nobody")
        assert ended.code != 0
        assert "nobody" in ended.err
