from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import httpx2
import pytest
from tests.faces.mailstore.conftest import LONG_S, SmallArchive

from mailstore.contract import SERVER
from postroom import settings as table
from postroom.app import Engines, build, engines, serve
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.errors import Unavailable, WrongState
from postroom.faces.mailstore.server.mount import four_numbers
from postroom.home import Home
from postroom.settings import Iredadmin, Mailstore, Policy, Settings, Web

ROOT = Path(__file__).resolve().parent.parent
ENABLED = Settings(mailstore=Mailstore(enabled=True, port=0), web=Web(stop_timeout_s=1.0))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def instance(home: Home) -> Instance:
    return Instance(home.archive / "instance.db", Passwords(table.Passwords(time_cost=1, memory_kib=8)))


@pytest.mark.parametrize(
    ("version", "shown"), [("0.1.0", "0.1.0.0"), ("1.2", "1.2.0.0"), ("2.0.1rc3", "2.0.1.0"), ("1.2.3.4.5", "1.2.3.4")]
)
def test_scripts_find_four_numbers_in_the_version(version: str, shown: str) -> None:
    assert four_numbers(version) == shown


def test_a_built_server_answers_and_describes_what_it_has(home: Home) -> None:
    with instance(home) as opened, build(home, ENABLED, Engines(SmallArchive(opened))).background() as server:
        context = ssl.create_default_context(cafile=str(home.tls / "ca.pem"))
        url = f"https://localhost:{server.ports['mailstore']}"
        with httpx2.Client(base_url=url, verify=context, auth=("admin", "admin"), trust_env=False) as client:
            assert client.post("/api/invoke/GetServerInfo").status_code == 200
            document = client.get("/openapi.json").json()
            assert "postroom_processes_running 0.0" in client.get("/metrics").text
    assert "/api/invoke/GetServerInfo" in document["paths"]
    assert {path for path in document["paths"] if path.removeprefix("/api/invoke/") in _later()} == set()


def _later() -> set[str]:
    return {name for name, function in SERVER.items() if not function.built}


def test_a_server_without_faces_is_refused_with_what_to_do(home: Home) -> None:
    with instance(home) as opened, pytest.raises(WrongState, match="postroom enable"):
        build(home, Settings(), Engines(SmallArchive(opened)))


def test_a_taken_port_names_its_setting(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, instance(home) as opened:
        settings = Settings(mailstore=Mailstore(enabled=True, port=taken.getsockname()[1]))
        with pytest.raises(Unavailable, match=r"mailstore\.port"):
            build(home, settings, Engines(SmallArchive(opened)))


def test_one_server_per_home(home: Home) -> None:
    with home.lock(), pytest.raises(Unavailable, match="in use by process"):
        serve(home, ENABLED, open_archive=_unused)


def _unused(directory: Path, settings: Settings) -> AbstractContextManager[SmallArchive]:
    raise AssertionError("opened although another server holds the home")


PROGRAM = """
import contextlib, sys
from pathlib import Path
from tests.test_app import ENABLED, Home, SmallArchive, instance, serve

@contextlib.contextmanager
def open_archive(directory, settings):
    with instance(home) as opened:
        yield SmallArchive(opened)
    print("archive closed")

home = Home(Path(sys.argv[1]))
serve(home, ENABLED, open_archive)
print("ended")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_in_order(home: Home, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(home.path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline().startswith("mailstore: https://127.0.0.1:")
        process.send_signal(number)
        rest, _ = process.communicate(timeout=LONG_S)
    assert rest.split("\n") == ["archive closed", "ended", ""]
    assert process.returncode == 0
    with instance(home) as opened:
        assert opened.users.get("admin").name == "admin"
        opened.users.set_full_name("admin", "nobody holds the database", SYSTEM)


def test_the_policy_service_runs_alone_and_beside_the_others(home: Home) -> None:
    for api in (True, False):
        settings = Settings(iredadmin=Iredadmin(enabled=api, port=0), policy=Policy(enabled=True, port=0))
        with engines(home, settings) as opened, build(home, settings, opened).background() as server:
            assert set(server.ports) == ({"iredadmin", "policy"} if api else {"policy"})
            with socket.create_connection(("127.0.0.1", server.ports["policy"]), timeout=10) as asking:
                asking.sendall(b"request=smtpd_access_policy\nprotocol_state=RCPT\nsender=a@b.test\n\n")
                assert asking.recv(100) == b"action=DUNNO\n\n"


def test_nothing_is_opened_that_no_enabled_api_needs(home: Home) -> None:
    settings = Settings(iredadmin=Iredadmin(enabled=True, port=0))
    with engines(home, settings, open_archive=_unused) as opened:
        assert opened.archive is None
    with engines(home, Settings()) as opened:
        assert (opened.archive, opened.accounts) == (None, None)
