"""`postroom account mail-config` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from postroom import configuration
from postroom.cli import account_mail_config
from postroom.cli.shell import share_before
from postroom.home import Home


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    share_before(made)
    account_mail_config.register(made)
    return made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    made.settings_file.write_text("")
    monkeypatch.setenv("POSTROOM_HOME", str(made.path))
    return made


def test_all_files_are_printed_with_their_names(app: typer.Typer, home: Home) -> None:
    ended = CliRunner().invoke(app, ["mail-config"])
    assert ended.exit_code == 0
    assert "==> postfix/postroom/main.cf (root:root, 0644)\n" in ended.stdout
    assert f"dbpath = {home.path}/accounts.db\n" in ended.stdout


def test_json_has_the_text_of_each_file(app: typer.Typer, home: Home) -> None:
    ended = CliRunner().invoke(app, ["mail-config", "--json"])
    found = {file["name"]: file for file in json.loads(ended.stdout)}
    assert found["dovecot/postroom/users.conf.ext"]["mode"] == "0640"
    assert "driver = sqlite\n" in found["dovecot/postroom/users.conf.ext"]["text"]


def test_files_are_written_below_a_folder_that_they_name(app: typer.Typer, home: Home, tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    ended = CliRunner().invoke(app, ["mail-config", "--to", str(etc), "--mail-user", "mail:storage"])
    assert ended.stdout.splitlines()[0] == str(etc / "postfix/postroom/main.cf")
    assert f"proxy:sqlite:{etc}/postfix/postroom/aliases.cf" in (etc / "postfix/postroom/main.cf").read_text()
    main = (etc / "dovecot/postroom/dovecot.conf").read_text()
    assert "mail_uid = mail\nmail_gid = storage\n" in main


def test_settings_that_cannot_be_written_down_are_wrong_usage(app: typer.Typer, home: Home) -> None:
    configuration.change(home.settings_file, "accounts.backend", "postgresql")
    configuration.change(home.settings_file, "accounts.vmail_url", "postgresql://u:a%20b@db/vmail")
    ended = CliRunner().invoke(app, ["mail-config"])
    assert ended.exit_code == 2
    assert "accounts.vmail_url" in ended.stderr
    assert "a b" not in ended.stderr
