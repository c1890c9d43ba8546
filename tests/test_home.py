"""The home: where things lie, and that one server holds it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from postroom.errors import NotFound, Unavailable
from postroom.home import Home

HOLD = """
import sys
from pathlib import Path
from postroom.home import Home
with Home(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_home_is_what_was_given_then_the_environment_then_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Home.of(Path("a"), {"POSTROOM_HOME": "/b"}).path == tmp_path / "a"
    assert Home.of(None, {"POSTROOM_HOME": "/b"}).path == Path("/b")
    assert Home.of(None, {"POSTROOM_HOME": ""}).path == tmp_path / "postroom-data"


def test_a_new_home_is_closed_to_others_whatever_the_umask(tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "home")
    before = os.umask(0)
    try:
        home.create()
    finally:
        os.umask(before)
    made = [home.path, home.tls, home.log, home.archive]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700] * 4


def test_creating_again_keeps_what_is_there_and_closes_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    (home.archive / "instance.db").write_text("x")
    home.path.chmod(0o755)
    home.create()
    assert (home.archive / "instance.db").read_text() == "x"
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_without_a_home_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="postroom init"):
        Home(tmp_path / "none").require()


def test_a_second_server_is_told_the_process_of_the_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.lock(), pytest.raises(Unavailable, match=f"in use by process {os.getpid()}"), home.lock():
        pass
    with home.lock():
        assert home.holder() == os.getpid()


def test_nobody_holds_a_home_that_was_let_go_or_never_held(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.holder() is None
    with home.lock():
        pass
    assert home.holder() is None


def test_a_killed_server_leaves_the_home_free(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert Home(tmp_path).holder() == holder.pid
        with pytest.raises(Unavailable, match=f"process {holder.pid}"), Home(tmp_path).lock():
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with Home(tmp_path).lock():
        assert Home(tmp_path).holder() == os.getpid()
