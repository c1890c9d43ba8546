"""The journal is switched on and off like an API, and its mail is shown with its envelope."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run

from postroom import app
from postroom.archive.archive import Archive
from postroom.archive.journal.journal import Journal
from postroom.configuration import load
from postroom.home import Home


def test_it_is_enabled_and_tells_where_it_listens(run: Run, home: Home, tmp_path: Path) -> None:
    assert run("enable", "journal").code == 0
    run("--set", f"journal.lmtp_socket={tmp_path}/lmtp", "status")
    (found,) = [one for one in run("status", "--json").json["apis"] if one["name"] == "journal"]
    assert (found["enabled"], found["address"]) == (True, "127.0.0.1:2525")
    told = run("--set", f"journal.lmtp_socket={tmp_path}/lmtp", "status", "--json").json["apis"]
    (found,) = [one for one in told if one["name"] == "journal"]
    assert found["listeners"]["journal-lmtp-socket"] == f"{tmp_path}/lmtp"


def test_a_message_is_shown_with_its_envelope(run: Run, home: Home) -> None:
    assert run("enable", "journal").code == 0
    settings = load(home.settings_file)
    with app.engines(home, settings) as opened:
        assert isinstance(opened.archive, Archive)
        journal = Journal(opened.archive.stores, opened.archive.instance.users, settings.journal)
        journal.take("eve@elsewhere.test", ["x@elsewhere.test"], b"Subject: roof\r\n\r\n")
    assert "envelope:    from <eve@elsewhere.test> to x@elsewhere.test" in run("archive", "show", "1:1").out
