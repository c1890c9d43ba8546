"""The command line, run in this process as a user types it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.cli.conftest import Ended, Run
from tests.ports import free_port

from postroom import __version__
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.instance.instance import Instance
from postroom.cli.commands import FILES, of_file
from postroom.home import Home


def findings(ended: Ended) -> dict[str, str]:
    return {finding["check"]: finding["state"] for finding in ended.json}


def test_init_makes_a_home_once_and_keeps_it_after(run: Run, home: Home) -> None:
    home.settings_file.write_text("# mine\n")
    assert run("init", "--json").json == {"home": str(home.path), "created": False}
    assert home.settings_file.read_text() == "# mine\n"
    assert home.settings_file.stat().st_mode & 0o077 == 0


def test_the_version_is_told_without_a_home(run: Run) -> None:
    assert run("--version").out == f"Postroom {__version__}\n"


def test_a_command_brings_in_its_own_file_only() -> None:
    told = "import sys; from postroom.cli import main; sys.argv = ['postroom', {!r}, '--help']; main()"
    program = "import atexit, sys; atexit.register(lambda: print(sorted(sys.modules), file=sys.stderr)); " + told
    ended = subprocess.run([sys.executable, "-c", program.format("status")], capture_output=True, text=True, check=True)
    assert "'postroom.cli.status'" in ended.stderr
    assert "'postroom.cli.account'" not in ended.stderr


def test_the_table_names_the_commands_that_the_files_have() -> None:
    files = dict.fromkeys(FILES.values())
    assert list(FILES) == [name for file in files for name in of_file(file)]
    assert [FILES[name] for name in FILES] == [file for file in files for _ in of_file(file)]


def test_a_command_that_nobody_has_is_told_with_the_nearest(run: Run) -> None:
    ended = run("acount")
    assert ended.code == 2
    assert "Did you mean 'account'?" in ended.err


def test_the_help_lists_all_commands_in_their_order(run: Run) -> None:
    shown = run("--help").out.partition("Commands")[2]
    found = [line.split()[1] for line in shown.splitlines() if line.startswith("│ ") and line[2] != " "]
    assert found == list(FILES)


def test_enable_and_disable_switch_an_api(run: Run, home: Home) -> None:
    assert run("enable", "mailstore").code == 0
    assert run("status", "--json").json["apis"][0]["enabled"] is True
    assert run("disable", "mailstore").code == 0
    assert run("status", "--json").json["apis"][0]["enabled"] is False


def test_enable_tells_that_a_running_server_must_be_restarted(run: Run, home: Home) -> None:
    with home.lock():
        ended = run("enable", "mailstore")
    assert f"process {os.getpid()}) must be restarted" in ended.out


def test_enable_tells_every_address_of_an_api(run: Run, home: Home) -> None:
    assert "It will answer on https://127.0.0.1:8474 and https://127.0.0.1:8470.\n" in run("enable", "spe").out


def test_enable_names_the_apis_there_are(run: Run, home: Home) -> None:
    ended = run("enable", "imap")
    told = "Error: api: expected one of mailstore, console, spe, iredadmin, policy, graph, smtp, journal.\n"
    assert (ended.code, ended.out, ended.err) == (2, "", told)


def test_status_tells_process_addresses_and_home(run: Run, home: Home) -> None:
    with home.lock():
        told = run("status", "--set", "web.host=::1", "--json").json
    assert told["process"] == os.getpid()
    assert told["home"] == str(home.path)
    assert {api["name"]: api["address"] for api in told["apis"]} == {
        "mailstore": "https://[::1]:8463",
        "console": "https://[::1]:8462",
        "spe": "https://[::1]:8474",
        "iredadmin": "https://[::1]:8464",
        "policy": "127.0.0.1:7777",
        "graph": "https://[::1]:8443",
        "smtp": "127.0.0.1:2424",
        "journal": "127.0.0.1:2525",
    }
    assert not any(api["enabled"] for api in told["apis"])
    assert "not running" in run("status").out


def test_shared_options_may_stand_before_or_behind_the_command(run: Run, home: Home, tmp_path: Path) -> None:
    other = str(tmp_path / "other")
    assert run("--home", other, "init", "--json").json["home"] == other
    assert run("--json", "status", "--home", other).json["home"] == other
    told = run("--set", "mailstore.port=1", "--json", "status", "--set", "mailstore.enabled=yes").json
    assert (told["apis"][0]["enabled"], told["apis"][0]["address"]) == (True, "https://127.0.0.1:1")


@pytest.mark.parametrize("command", ["status", "doctor", "serve", "enable mailstore"])
def test_without_a_home_one_sentence_says_what_to_do(run: Run, command: str, tmp_path: Path) -> None:
    ended = run(*command.split())
    assert ended.code == 1
    assert ended.err == (
        f"Error: There is no home at {tmp_path / 'home'}. Make one with `postroom init`, or name another with --home.\n"
    )


def test_with_json_the_error_is_json_too(run: Run) -> None:
    ended = run("status", "--json")
    assert ended.out == ""
    assert json.loads(ended.err)["error"] == "NoHome"


@pytest.mark.parametrize("arguments", ["frobnicate", "status --nonsense", "enable", "status --set a=b"])
def test_wrong_usage_ends_with_2(run: Run, home: Home, arguments: str) -> None:
    assert run(*arguments.split()).code == 2


def test_a_setting_that_cannot_be_used_ends_every_command_with_its_name(run: Run, home: Home) -> None:
    home.settings_file.write_text("[web]\nhots = 1\n")
    ended = run("status")
    assert ended.code == 2
    assert "web.hots" in ended.err
    assert "nearest is web.host" in ended.err


def test_what_the_operating_system_refuses_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = run("init", "--home", str(tmp_path / "file" / "home"))
    assert (ended.code, ended.err) == (1, f"Error: Not a directory: {tmp_path / 'file' / 'home'}.\n")


def test_every_command_has_help(run: Run) -> None:
    shown = run("--help").out
    for name in ("init", "enable", "disable", "serve", "status", "doctor"):
        assert name in shown
        ended = run(name, "--help")
        assert ended.code == 0
        assert all(option in ended.out for option in ("--home", "--set", "--json"))


def test_serve_starts_the_server_on_this_home(run: Run, home: Home) -> None:
    with home.lock():
        ended = run("serve")
    assert ended.code == 1
    assert f"in use by process {os.getpid()}" in ended.err


def test_doctor_finds_nothing_wrong_with_a_new_home(run: Run, home: Home) -> None:
    ended = run("doctor", "--json", "--set", "mailstore.enabled=true", "--set", f"mailstore.port={free_port()}")
    assert ended.code == 0
    assert findings(ended) | {"disk": "ok"} == dict.fromkeys(
        ("permissions", "disk", "packages", "ports", "certificates", "stores"), "ok"
    )


def test_doctor_warns_when_no_api_is_on(run: Run, home: Home) -> None:
    ended = run("doctor")
    assert ended.code == 0
    assert all(f"postroom enable {api}" in ended.out for api in ("mailstore", "iredadmin", "graph"))


def test_doctor_sees_a_home_open_to_others(run: Run, home: Home) -> None:
    home.path.chmod(0o750)
    ended = run("doctor", "--json")
    assert (ended.code, findings(ended)["permissions"]) == (1, "error")


def test_doctor_sees_that_the_home_is_somebody_elses(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: home.path.stat().st_uid + 1)
    assert findings(run("doctor", "--json"))["permissions"] == "warning"


def test_doctor_sees_a_port_that_is_taken(run: Run, home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("doctor", "--set", "mailstore.enabled=true", "--set", f"mailstore.port={port}")
        assert ended.code == 1
        assert f"port {port}: Address already in use" in ended.out
        with home.lock():
            ended = run("doctor", "--set", "mailstore.enabled=true", "--set", f"mailstore.port={port}")
        assert f"port {port} answers" in ended.out


def test_doctor_sees_a_running_server_that_does_not_answer(run: Run, home: Home) -> None:
    with home.lock():
        ended = run("doctor", "--set", "mailstore.enabled=true", "--set", f"mailstore.port={free_port()}")
    assert ended.code == 1
    assert "does not answer" in ended.out


@pytest.mark.parametrize(("days", "state"), [(-1, "error"), (3, "warning"), (300, "ok")])
def test_doctor_reads_when_certificates_end(run: Run, home: Home, days: int, state: str) -> None:
    (home.tls / "server.pem").write_bytes(certificate(datetime.now(UTC) + timedelta(days=days)))
    ended = run("doctor", "--json")
    assert findings(ended)["certificates"] == state
    assert ended.code == (1 if state == "error" else 0)


def test_doctor_reports_a_certificate_that_is_none(run: Run, home: Home) -> None:
    (home.tls / "server.pem").write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    assert findings(run("doctor", "--json"))["certificates"] == "error"


def certificate(ends: datetime) -> bytes:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(ends - timedelta(days=400)).not_valid_after(ends)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_doctor_names_a_store_that_does_not_open(run: Run, home: Home) -> None:
    with Instance(home.archive / "instance.db") as instance:
        instance.stores.add("Old mail", "stores/1", "normal", SYSTEM)
    ended = run("doctor")
    assert ended.code == 1
    assert "Old mail: " in ended.out
