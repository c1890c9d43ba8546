"""`postroom archive …` on a home that no server holds."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from postroom.archive.instance.audit import Filter
from postroom.archive.instance.instance import Instance
from postroom.archive.offline import verify_offline
from postroom.home import Home


@pytest.fixture
def anna(run: Run, home: Home, mail: Path) -> Home:
    """A home whose archive `anna` holds the mail."""
    assert run("archive", "import", str(mail), "--archive", "anna").code == 0
    return home


def catalogue(home: Home) -> Path:
    return home.archive / "stores" / "1" / "catalog.db"


def test_import_stores_what_is_new_and_says_when_nothing_is(run: Run, home: Home, mail: Path) -> None:
    first = run("archive", "import", str(mail), "--archive", "anna", "--json").json
    assert (first["messages"], first["stored"], first["known"], first["failed"]) == (3, 3, 0, 0)
    assert run("archive", "import", str(mail), "--archive", "anna").out.startswith("Nothing new")


def test_import_names_what_it_cannot_read_and_ends_with_1(run: Run, home: Home, mail: Path) -> None:
    (mail / "4.eml").write_bytes(b"")
    ended = run("archive", "import", str(mail), "--archive", "anna")
    assert ended.code == 1
    assert "3 new messages" in ended.out
    assert "4.eml" in ended.out


def test_import_of_nothing_is_an_error(run: Run, home: Home, tmp_path: Path) -> None:
    ended = run("archive", "import", str(tmp_path / "missing"), "--archive", "anna")
    assert ended.code in (1, 2)
    assert "missing" in ended.err


def test_search_finds_at_once_what_was_imported(run: Run, anna: Home) -> None:
    page = run("archive", "search", "subject:lunch", "--json").json
    assert (page["total"], page["complete"]) == (2, True)
    shown = run("archive", "search", "roof", "--limit", "1").out
    assert "3 found, 1 shown." in shown
    assert "--after" in shown


def test_search_as_a_user_shows_only_what_the_user_may_read(run: Run, anna: Home) -> None:
    assert run("archive", "search", "roof", "--user", "admin", "--json").json["total"] == 0
    assert run("archive", "search", "roof", "--user", "nobody").code == 1


def test_a_query_that_cannot_be_read_is_wrong_usage(run: Run, anna: Home) -> None:
    ended = run("archive", "search", '"unclosed')
    assert ended.code == 2
    assert "query" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["search", "roof", "--limit", "0"], "limit: expected a whole number from 1 to 1000."),
        (["search", "roof", "--order", "size"], "order: expected one of date, relevance."),
        (["export", "--to", "out", "--format", "pdf"], "format: expected one of eml, mbox, zip."),
        (["call", "VerifyStore", "--id=x"], "id: expected a whole number, at least 1."),
    ],
)
def test_a_value_that_cannot_be_used_is_wrong_usage(run: Run, anna: Home, words: list[str], told: str) -> None:
    ended = run("archive", *words)
    assert (ended.code, ended.err) == (2, f"Error: {told}\n")


def test_show_tells_what_is_in_a_message(run: Run, anna: Home) -> None:
    found = run("archive", "search", "subject:offer", "--json").json["messages"][0]["id"]
    shown = run("archive", "show", found).out
    assert "Offer for the roof" in shown
    assert "The roof will cost 1 euro." in shown
    assert run("archive", "show", "1:999").code == 1


def test_show_raw_gives_the_exact_bytes(run: Run, anna: Home, mail: Path) -> None:
    found = run("archive", "search", "subject:offer", "--json").json["messages"][0]["id"]
    program = [sys.executable, "-c", "from postroom.cli import main; main()"]
    got = subprocess.run(
        [*program, "archive", "show", found, "--raw", "--home", str(anna.path)], stdout=subprocess.PIPE, check=True
    )
    assert got.stdout == (mail / "1.eml").read_bytes()


def test_what_a_terminal_would_obey_is_not_printed(run: Run, home: Home, tmp_path: Path) -> None:
    (tmp_path / "evil.eml").write_bytes(b"Subject: \x1b]0;owned\x07\r\nFrom: a@example.com\r\n\r\n\x1b[2Jhello\r\n")
    run("archive", "import", str(tmp_path / "evil.eml"), "--archive", "anna")
    shown = run("archive", "show", "1:1").out + run("archive", "search", "hello").out
    assert "hello" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


@pytest.mark.parametrize("form", ["eml", "mbox", "zip"])
def test_export_writes_what_a_query_finds_with_proofs(run: Run, anna: Home, tmp_path: Path, form: str) -> None:
    target = tmp_path / "out"
    ended = run("archive", "export", "--query", "lunch", "--to", str(target), "--format", form, "--json")
    assert ended.json["messages"] == 2
    check = [sys.executable, verify_offline.__file__, str(target)]
    assert subprocess.run(check, stdout=subprocess.PIPE, check=False).returncode == 0


def test_export_of_ids_gives_the_bytes_of_the_source(run: Run, anna: Home, tmp_path: Path, mail: Path) -> None:
    ended = run("archive", "export", "1:1", "1:2", "--to", str(tmp_path / "out"))
    assert ended.code == 0
    files = sorted((tmp_path / "out").rglob("*.eml"))
    sources = [file.read_bytes() for file in mail.iterdir()]
    assert len(files) == 2
    assert all(file.read_bytes() in sources for file in files)


def test_verify_says_that_all_is_well_and_names_what_is_not(run: Run, anna: Home) -> None:
    assert run("archive", "verify").code == 0
    assert run("archive", "verify", "1", "--json").json == {"faults": 0}
    pack = next((anna.archive / "stores" / "1" / "packs").iterdir())
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    ended = run("archive", "verify", "1")
    assert ended.code == 1
    assert "pack 1" in ended.err


def test_a_file_is_found_in_the_archive_or_is_not(run: Run, anna: Home, mail: Path) -> None:
    ended = run("archive", "verify-file", str(mail / "1.eml"))
    assert ended.code == 0
    assert "archived unchanged" in ended.out
    (mail / "2.eml").write_bytes((mail / "2.eml").read_bytes() + b" ")
    ended = run("archive", "verify-file", str(mail / "1.eml"), str(mail / "2.eml"))
    assert ended.code == 1
    assert "2.eml: NOT in the archive" in ended.out


def test_a_proof_is_of_the_message_it_was_asked_for(run: Run, anna: Home, mail: Path, tmp_path: Path) -> None:
    shown = run("archive", "proof", "1:1")
    digests = {hashlib.sha256(file.read_bytes()).hexdigest() for file in mail.iterdir()}
    assert shown.code == 0
    assert any(digest in shown.out for digest in digests)
    assert run("archive", "proof", "1:1", "--to", str(tmp_path / "proof.json")).code == 0
    assert json.loads((tmp_path / "proof.json").read_text()) == shown.json


def test_lists_of_stores_and_archives(run: Run, anna: Home) -> None:
    assert [row["statisticsCount"] for row in run("archive", "stores", "--json").json] == [3]
    assert run("archive", "archives", "--json").json[0]["folder"] == "anna"
    assert "anna" in run("archive", "archives").out


def test_recover_makes_the_catalogue_again_from_the_packs(run: Run, anna: Home) -> None:
    ended = run("archive", "recover", "1", "--json")
    assert ended.json == {"store": 1, "messages": 3}
    assert catalogue(anna).with_name("catalog.db.old").exists()
    assert run("archive", "stores", "--json").json[0]["requestedState"] == "current"
    assert run("archive", "verify").code == 0


def test_a_lost_catalogue_costs_nothing(run: Run, anna: Home) -> None:
    for file in catalogue(anna).parent.glob("catalog.db*"):
        file.unlink()
    assert run("archive", "search", "roof", "--json").json["total"] == 3
    assert run("archive", "verify").code == 0


def test_a_damaged_catalogue_is_recovered(run: Run, anna: Home) -> None:
    catalogue(anna).write_bytes(b"this is no database" * 1000)
    assert run("archive", "stores", "--json").json[0]["error"]
    assert run("archive", "recover", "1", "--json").json["messages"] == 3
    assert run("archive", "search", "roof", "--json").json["total"] == 3


def test_who_searches_or_exports_without_a_store_that_is_damaged_is_told(run: Run, anna: Home, tmp_path: Path) -> None:
    catalogue(anna).write_bytes(b"this is no database" * 1000)
    ended = run("archive", "search", "roof")
    assert (ended.code, "Not everything was searched" in ended.out) == (1, True)
    assert "Store 1 cannot be searched: catalog.db is damaged" in ended.err
    assert run("archive", "search", "roof", "--json").json["complete"] is False
    for of_what in (["--query", "roof"], ["--folder", "anna"], []):
        assert run("archive", "export", *of_what, "--to", str(tmp_path / "out")).code == 1


def test_a_store_that_is_not_open_is_named_where_archives_are_counted(run: Run, anna: Home) -> None:
    made = {"name": "second", "requestedState": "disabled"}
    assert run("archive", "call", "CreateStore", *(f"--{name}={value}" for name, value in made.items())).code == 0
    ended = run("archive", "archives")
    assert (ended.code, "anna" in ended.out) == (0, True)
    assert ended.err == "Store 2 is not counted: it is disabled\n"
    catalogue(anna).write_bytes(b"this is no database" * 1000)
    for words in ([], ["--json"]):
        ended = run("archive", "archives", *words)
        assert ended.code == 1
        assert "Store 1 is not counted: catalog.db is damaged" in ended.err
        assert "Store 2 is not counted" in ended.err
    assert ended.json == []


def test_a_backup_restores_into_a_new_home(run: Run, anna: Home, tmp_path: Path) -> None:
    copy, other = str(tmp_path / "copy"), str(tmp_path / "other")
    assert run("archive", "backup", copy).code == 0
    assert run("archive", "backup", copy).code == 0
    assert run("archive", "restore", copy, "--home", other).code == 0
    assert run("archive", "search", "roof", "--json", "--home", other).json["total"] == 3
    assert run("archive", "verify", "--home", other).code == 0
    assert run("archive", "restore", copy, "--home", other).code == 1
    assert run("archive", "restore", str(tmp_path), "--home", str(tmp_path / "third")).code == 1
    assert not (tmp_path / "third").exists()


def test_compact_runs_over_all_stores(run: Run, anna: Home) -> None:
    assert run("archive", "compact", "--json").json == {"compacted": [1]}


def test_while_a_server_holds_the_home_the_equal_call_is_named(run: Run, anna: Home) -> None:
    with anna.lock():
        ended = run("archive", "verify", "1")
    assert ended.code == 1
    assert f"process {os.getpid()}" in ended.err
    assert "postroom call VerifyStore --id=1 --includeIndexes=true" in ended.err


def test_what_is_done_here_is_in_the_audit_log_with_the_person(run: Run, anna: Home) -> None:
    run("archive", "verify", "1")
    with Instance(anna.archive / "instance.db") as instance:
        entries = list(instance.audit.entries(Filter(events=["StoreVerify", "MessageImport"])))
    assert {entry.client for entry in entries} == {"cli"}
    assert all(entry.user.startswith("$local:") for entry in entries)
    assert len(entries) == 2


def test_shared_options_may_stand_before_the_group_in_it_and_behind(run: Run, anna: Home, tmp_path: Path) -> None:
    home = ["--home", str(anna.path)]
    for words in ([*home, "archive", "stores"], ["archive", *home, "stores"], ["archive", "stores", *home]):
        assert run(*words, "--json").code == 0


def test_any_function_runs_without_server_and_password(run: Run, anna: Home) -> None:
    assert run("archive", "call", "SetUserPassword", "--userName=admin", "--password=long and new").code == 0
    assert run("archive", "call", "getuserinfo", "--username=admin").json["userName"] == "admin"
    assert "--userName" in run("archive", "call", "GetUserInfo", "--help").out
    assert run("archive", "call", "GetUserz").code == 2
    assert run("archive", "call", "GetUserInfo", "--userName=nobody").code == 1


def test_stores_are_attached_again_when_the_instance_is_lost(run: Run, anna: Home) -> None:
    for file in anna.archive.glob("instance.db*"):
        file.unlink()
    assert run("archive", "search", "roof", "--json").json["total"] == 0
    attached = run(
        "archive", "call", "AttachStore", "--name=old", "--type=FileSystemInternal", "--databasePath=stores/1"
    )
    assert attached.code == 0
    assert run("archive", "search", "roof", "--json").json["total"] == 3
