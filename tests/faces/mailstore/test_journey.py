"""The whole way through the API: the true clients over TLS, a true server, a true archive."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from inspect import isawaitable
from pathlib import Path
from typing import Any

import pytest
from tests.faces.mailstore.conftest import LONG_S, Whole, quick

from mailstore.aio import ServerClient
from mailstore.server import Client
from postroom import sample
from postroom.archive.archive import Archive
from postroom.archive.backup import restore_backup
from postroom.archive.offline import verify_offline
from postroom.archive.storage import ledger

MESSAGES = 490


class Blocking:
    """The async client with the calls of the sync one."""

    def __init__(self, **options: Any) -> None:
        self._runner, self._client = asyncio.Runner(), ServerClient(**options)

    def close(self) -> None:
        self._runner.run(self._client.close())
        self._runner.close()

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._client, name)

        async def awaited(*values: Any, **arguments: Any) -> Any:
            made = member(*values, **arguments)
            return await made if isawaitable(made) else made

        return lambda *values, **arguments: self._runner.run(awaited(*values, **arguments))


Connect = Callable[..., Any]


@pytest.fixture(params=[Client, Blocking], ids=["sync", "async"])
def connect(whole: Whole, request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Makes a client of either kind for a user."""
    made = []

    def connect(user: str = "admin", password: str = "changed") -> Any:
        made.append(request.param(**whole.options(user, password)))
        return made[-1]

    yield connect
    for client in made:
        client.close()


@pytest.fixture
def admin(connect: Connect) -> Any:
    return connect()


def done(status: dict[str, Any]) -> Any:
    assert status["error"] is None, status
    assert status["statusCode"] == "succeeded"
    return status["result"]


def refused(status: dict[str, Any], words: str) -> None:
    assert status["statusCode"] == "failed"
    assert words in status["error"]["message"]


@pytest.fixture
def filled(whole: Whole, admin: Any) -> Any:
    """An archive of the user anna with the bundled mail, searchable."""
    done(admin.CreateUser("anna", "login,export", password="secret", loginPrivileges="api"))
    done(admin.SetUserPrivilegesOnFolder("anna", "anna", "read"))
    source = whole.outside / "sample.tar.xz"
    source.write_bytes(sample.path().read_bytes())
    result = done(admin.ImportMessages(str(source), "anna"))
    assert result == {"messages": MESSAGES, "stored": MESSAGES, "known": 0, "failed": 0, "bytes": result["bytes"]}
    assert whole.archive.wait_indexed(LONG_S)
    return admin


def originals() -> set[str]:
    """SHA-256 of every message of the bundled mail."""
    with tarfile.open(sample.path()) as packed:
        files = (packed.extractfile(member) for member in packed.getmembers() if member.isfile())
        return {hashlib.sha256(file.read()).hexdigest() for file in files if file}


def test_mail_goes_in_is_found_and_comes_out_as_it_was(whole: Whole, filled: Any, connect: Connect) -> None:
    anna, known = connect("anna", "secret"), originals()
    page = done(anna.SearchMessages("linux", limit=2))
    assert page["complete"] is True
    assert page["total"] > 2
    again = done(anna.SearchMessages("linux", limit=1000, after=page["next"]))
    assert len(page["messages"]) + len(again["messages"]) == page["total"]
    hit = page["messages"][0]
    assert hit["folder"].startswith("anna/")
    message = done(anna.GetMessage(hit["id"]))
    assert message["sha256"] in known
    assert message["subject"] == hit["subject"]
    assert hit["folder"] in message["folders"]
    assert {"name": "Subject", "value": message["subject"]} in message["headers"]
    file = whole.outside / "one.eml"
    anna.download(hit["id"], file)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == message["sha256"]
    assert str(file.stat().st_size) == str(message["size"])
    proof = ledger.Proof.from_document(done(anna.GetIntegrityProof(hit["id"])))
    ledger.verify(proof, bytes.fromhex(message["sha256"]))


@pytest.mark.parametrize("form", ["eml", "mbox", "zip"])
def test_an_export_is_checked_by_the_offline_verifier(whole: Whole, filled: Any, connect: Connect, form: str) -> None:
    anna, target = connect("anna", "secret"), whole.outside / f"out-{form}"
    result = done(anna.ExportMessages(str(target), form, query="linux"))
    assert result["messages"] == done(anna.SearchMessages("linux"))["total"]
    assert result["path"] == str(target)
    check = [sys.executable, str(Path(verify_offline.__file__)), str(target)]
    assert subprocess.run(check, capture_output=True, check=False).returncode == 0
    refused(anna.ExportMessages(str(target), form, query="linux"), "hoose a new target")


def test_verify_compact_and_every_other_maintenance_end_well(whole: Whole, filled: Any) -> None:
    verified = filled.VerifyStore(1)
    done(verified)
    assert verified["logOutput"].split("\r\n") == [
        "Verifying file group #1...",
        "Creating a list of messages to be verified...",
        "490 messages are about to be verified.",
        "Verifying...",
        "  100 messages verified...",
        "  200 messages verified...",
        "  300 messages verified...",
        "  400 messages verified...",
        "  490 messages verified...",
        "Verifying the search index...",
        "Finished. No errors have been found.",
        "",
    ]
    done(filled.VerifyStores(False))
    for call in ("CompactStore", "RepairStoreDatabase", "UpgradeStore"):
        done(getattr(filled, call)(1))
    for call in ("CompactMasterDatabase", "MaintainFileSystemDatabases", "UpgradeStores", "RefreshAllStoreStatistics"):
        done(getattr(filled, call)())
    done(filled.RebuildStoreIndex(1, "anna"))
    done(filled.SelectAllStoreIndexesForRebuild())
    assert done(filled.GetStores())[0]["searchIndexesNeedRebuild"] is True
    done(filled.RebuildSelectedStoreIndexes())
    assert done(filled.GetStoreIndexes(1)) == [
        {"folder": "anna", "needsRebuild": False, "selectedForRebuild": False, "documents": MESSAGES, "error": None}
    ]
    done(filled.VerifyStore(1))


def test_a_legal_hold_keeps_every_message(filled: Any, whole: Whole) -> None:
    done(filled.SetComplianceConfiguration({"legalHoldEnabled": True, "adminEmailPreviewEnabled": True}))
    message = done(filled.SearchMessages("linux", limit=1))["messages"][0]["id"]
    refused(filled.DeleteMessage(message, "asked for"), "legal hold")
    refused(filled.CompactStore(1), "legal hold")
    done(filled.SetComplianceConfiguration({"legalHoldEnabled": False}))
    done(filled.DeleteMessage(message, "asked for"))
    refused(filled.GetMessage(message), "no message")
    assert whole.archive.wait_indexed(LONG_S)
    assert done(filled.GetFolderStatistics())[0]["count"] == MESSAGES - 1
    done(filled.CompactStore(1))
    done(filled.VerifyStore(1))


def test_stores_are_merged_detached_and_attached(filled: Any, whole: Whole) -> None:
    second = done(filled.CreateStore(name="second", databasePath="stores/second"))
    states = {store["id"]: store["state"] for store in done(filled.GetStores())}
    assert states == {1: "normal", second: "current"}
    done(filled.MergeStore(second, 1))
    counts = {store["id"]: store["statisticsCount"] for store in done(filled.GetStores())}
    assert counts == {1: MESSAGES, second: MESSAGES}
    place = done(filled.GetStores())[0]["databasePath"]
    done(filled.DetachStore(1))
    assert done(filled.GetFolderStatistics())[0]["count"] == MESSAGES
    back = done(filled.AttachStore("back again", databasePath=place))
    assert back not in (1, second)
    done(filled.SetStoreRequestedState(back, "writeProtected"))
    done(filled.VerifyStores())


def test_a_lost_catalogue_is_recovered_from_the_packs(filled: Any, whole: Whole) -> None:
    refused(filled.RecoverStore(1), "must be disabled")
    done(filled.SetStoreRequestedState(1, "disabled"))
    done(filled.RecreateRecoveryRecords(1))
    for file in Path(done(filled.GetStores())[0]["databasePath"]).glob("catalog.db*"):
        file.unlink()
    done(filled.RecoverStore(1))
    done(filled.SetStoreRequestedState(1, "current"))
    assert whole.archive.wait_indexed(LONG_S)
    done(filled.VerifyStore(1))
    assert done(filled.GetFolderStatistics())[0]["count"] == MESSAGES


def test_a_backup_is_an_archive_that_opens(filled: Any, whole: Whole, tmp_path: Path) -> None:
    target = whole.outside / "backup"
    done(filled.CreateBackup(str(target), True))
    done(filled.CreateBackup(str(target), True))
    restore_backup(target, tmp_path / "restored")
    with Archive(tmp_path / "restored", quick(whole.outside)) as restored:
        assert [(row.archive, row.messages) for row in restored.stores.totals()] == [("anna", MESSAGES)]
        assert restored.instance.users.authenticate("anna", "secret")


def test_a_long_call_is_followed_and_cancelled(filled: Any, whole: Whole) -> None:
    with whole.archive.stores.get(1).alone("the test holds it"):
        first = filled.VerifyStore(1, autoHandleToken=False)
        assert first["statusCode"] == "running"
        assert first["logOutput"].startswith("Verifying file group #1...\r\nCreating a list of messages")
        nulls = filled.CancelAsync(first)
        assert set(nulls.values()) == {None}
        last = filled.HandleToken(first)
    assert last["statusCode"] == "cancelled"
    assert last["logOutput"].startswith("Verifying file group #1...")
