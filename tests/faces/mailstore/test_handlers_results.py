"""Results of the functions on a whole archive: their shapes are those of the contract, and what they tell is so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.faces.mailstore.conftest import LONG_S, quick

from mailstore.contract import SERVER
from mailstore.contract.shapes import Page
from postroom import sample
from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM, Filter
from postroom.errors import Damaged, Denied, Invalid, NotFound, WrongState
from postroom.faces.mailstore.server.call import Call, Facts
from postroom.faces.mailstore.server.dispatch import HANDLERS, Dispatch
from postroom.web.sessions import Sessions
from postroom.work import Process

Invoke = Callable[..., Any]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    (tmp_path / "outside").mkdir()
    with Archive(tmp_path / "home", quick(tmp_path / "outside")) as archive:
        yield archive


@pytest.fixture
def invoke(archive: Archive, tmp_path: Path) -> Invoke:
    """Calls a function with texts for arguments, as an administrator or another user; gives its result as JSON.

    The result must have the keys of the contract's sample, and their types.
    """
    dispatch, settings = Dispatch(SERVER, HANDLERS, strict=True), quick(tmp_path / "outside")
    facts = Facts("0.1.0.0", "testhost", tmp_path, lambda: "00", dict, Sessions())

    def invoke(name: str, /, *, as_user: str = "admin", process: Process | None = None, **form: str) -> Any:
        function, account = dispatch.function(name), archive.instance.users.account(as_user)
        call = Call(archive, account, "127.0.0.1", process or Process(name, as_user), settings, facts)
        result = dispatch.handler(function)(call, **dispatch.arguments(function, form.items()))
        found = msgspec.json.decode(msgspec.json.encode(result))
        if function.result is None:
            assert found is None
        elif function.paged and "limit" in form:
            assert found.keys() == {"items", "next"}
            msgspec.convert(found, Page[function.result.type.__args__[0]])  # type: ignore[name-defined]
        else:
            msgspec.convert(found, function.result.type)
            assert same_keys(found, function.result.sample), found
        return found

    return invoke


def same_keys(found: Any, sample: Any) -> bool:
    """Whether objects have the keys of the sample's, also within; a list may be empty, details are free."""
    if isinstance(found, list) and isinstance(sample, list):
        return not found or not sample or same_keys(found[0], sample[0])
    if isinstance(found, dict) and isinstance(sample, dict):
        inner = found.keys() - {"details"}
        return found.keys() == sample.keys() and all(same_keys(found[key], sample[key]) for key in inner)
    return True


def lines(process: Process) -> str:
    return "\n".join(process.log_since(0))


@pytest.fixture
def filled(archive: Archive, invoke: Invoke, tmp_path: Path) -> Invoke:
    """With the bundled mail in the archive of anna, whom administrators may read."""
    source = tmp_path / "outside" / "sample.tar.xz"
    source.write_bytes(sample.path().read_bytes())
    invoke("SetComplianceConfiguration", config='{"adminEmailPreviewEnabled": true}')
    invoke("ImportMessages", path=str(source), archive="anna")
    assert archive.wait_indexed(LONG_S)
    return invoke


def test_results_have_the_shapes_of_the_contract(filled: Invoke, archive: Archive, tmp_path: Path) -> None:
    message = filled("SearchMessages", query="linux", limit="3", order="relevance")["messages"][0]
    for name, form in {
        "GetStores": {},
        "GetStoreIndexes": {"id": "1"},
        "GetChildFolders": {},
        "GetFolderStatistics": {},
        "GetMessages": {"folder": message["folder"]},
        "GetMessage": {"id": message["id"]},
        "GetIntegrityProof": {"id": message["id"]},
        "ExportMessages": {"path": "exports/one", "format": "eml", "ids": message["id"]},
        "CreateStore": {"requestedState": "normal"},
        "GetServiceConfiguration": {},
    }.items():
        filled(name, **form)


def test_a_store_tells_its_state_places_and_sizes(filled: Invoke, archive: Archive) -> None:
    store = filled("GetStores")[0]
    place = archive.directory / "stores" / "1"
    assert (store["state"], store["requestedState"], store["error"]) == ("current", "current", None)
    assert (store["databasePath"], store["contentPath"]) == (str(place), str(place / "packs"))
    assert store["statisticsCount"] == 490
    assert store["statisticsSize"] == filled("GetFolderStatistics")[0]["size"] > 0
    assert filled("GetStores", includeSize="false")[0]["statisticsSize"] is None
    filled("SetStoreRequestedState", id="1", requestedState="disabled")
    closed = filled("GetStores")[0]
    assert (closed["state"], closed["statisticsCount"], closed["searchIndexesNeedRebuild"]) == ("disabled", None, False)


def test_lists_are_paged_without_gap_or_repetition(filled: Invoke) -> None:
    folder = filled("SearchMessages", query="linux", limit="1")["messages"][0]["folder"]
    whole = [row["id"] for row in filled("GetMessages", folder=folder)]
    paged, after = list[str](), dict[str, str]()
    while True:
        page = filled("GetMessages", folder=folder, limit="7", **after)
        paged += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert paged == whole
    assert filled("GetMessages") == []


def test_old_names_of_store_types_are_taken_and_databases_refused(invoke: Invoke) -> None:
    for number, name in enumerate(("FileSystemStandard", "FileSystemAdvanced", "filesystemflat", "FileSystemInternal")):
        assert invoke("CreateStore", type=name) == number + 2
    for name in ("SQLServer", "PostgreSQL"):
        with pytest.raises(Invalid, match="keeps stores in files"):
            invoke("CreateStore", type=name)
    with pytest.raises(Invalid, match="serverName"):
        invoke("CreateStore", serverName="sql.example.com")
    assert [store["type"] for store in invoke("GetStores")] == ["FileSystemInternal"] * 5


def test_content_and_index_may_only_lie_within_the_store(invoke: Invoke) -> None:
    assert invoke("CreateStore", databasePath="stores/a", contentPath="stores/a/Content", indexPath="stores/a/Index")
    with pytest.raises(Invalid, match="contentPath"):
        invoke("CreateStore", databasePath="stores/b", contentPath="stores/elsewhere")
    with pytest.raises(Invalid, match="indexPath"):
        invoke("CreateStore", indexPath="stores/b/Index")


def test_a_damaged_pack_fails_the_verification_with_what_to_do(filled: Invoke, archive: Archive) -> None:
    pack = archive.stores.get(1).directory / "packs" / "00000001.pack"
    raw = bytearray(pack.read_bytes())
    raw[len(raw) // 2] ^= 1
    pack.write_bytes(raw)
    process = Process("VerifyStore", "admin")
    with pytest.raises(Damaged, match=r"found in the store .* \(id 1\); the log names them. Restore the packs"):
        filled("VerifyStore", id="1", process=process)
    assert "pack 1, record at" in lines(process)
    assert "; messages " in lines(process)
    assert lines(process).endswith("Finished. Errors have been found.")
    logged = archive.instance.audit.entries(Filter(events=("StoreVerify",)), limit=1)[0]
    assert (logged.ok, logged.details["id"]) == (False, 1)


def test_an_index_that_differs_from_its_store_is_found_and_mended(filled: Invoke, archive: Archive) -> None:
    index = archive.stores.get(1).indexer.index
    index.remove(7)
    index.commit(index.applied)
    process = Process("VerifyStore", "admin")
    with pytest.raises(Damaged, match="Rebuild its search index"):
        filled("VerifyStore", id="1", process=process)
    assert "index: message 7 is missing in the index" in lines(process)
    filled("VerifyStore", id="1", includeIndexes="false")
    filled("RebuildStoreIndex", id="1", folder="anna")
    filled("VerifyStore", id="1")


def test_wrong_statistics_are_counted_anew(filled: Invoke, archive: Archive) -> None:
    catalogue = archive.stores.get(1).store.catalogue
    catalogue.db.execute("UPDATE statistic SET messages = 7, bytes = 7")
    assert filled("GetFolderStatistics")[0]["count"] == 7
    process = Process("RefreshAllStoreStatistics", "admin")
    filled("RefreshAllStoreStatistics", process=process)
    assert filled("GetFolderStatistics")[0]["count"] == 490
    assert "anna: put right, 490 messages" in lines(process)
    filled("VerifyStore", id="1")


def test_a_write_protected_store_is_read_and_verified_but_not_changed(filled: Invoke, archive: Archive) -> None:
    filled("CreateStore", name="next")
    filled("SetStoreRequestedState", id="1", requestedState="writeProtected")
    message = filled("SearchMessages", query="linux", limit="1")["messages"][0]["id"]
    filled("GetMessage", id=message)
    filled("VerifyStore", id="1")
    filled("MergeStore", id="2", sourceId="1")
    for name, form in (
        ("DeleteMessage", {"id": message, "reason": "no"}),
        ("MoveFolder", {"fromFolder": "anna", "toFolder": "anne"}),
        ("CompactStore", {"id": "1"}),
        ("MergeStore", {"id": "1", "sourceId": "2"}),
    ):
        with pytest.raises(WrongState, match="write-protected"):
            filled(name, **form)
    filled("VerifyStores")


def test_a_disabled_store_is_closed_but_remembered(filled: Invoke) -> None:
    filled("SetStoreRequestedState", id="1", requestedState="disabled")
    assert filled("SearchMessages", query="")["total"] == 0
    assert filled("GetFolderStatistics") == []
    for name, form in (
        ("VerifyStore", {"id": "1"}),
        ("CompactStore", {"id": "1"}),
        ("GetMessage", {"id": "1:1"}),
        ("GetStoreIndexes", {"id": "1"}),
    ):
        with pytest.raises(WrongState, match="disabled"):
            filled(name, **form)
    process = Process("VerifyStores", "admin")
    filled("VerifyStores", process=process)
    assert lines(process) == "Store #1 is disabled and left out.\nFinished. No errors have been found."
    filled("RepairStoreDatabase", id="1")
    filled("SetStoreRequestedState", id="1", requestedState="current")
    assert filled("SearchMessages", query="")["total"] == 490


def test_deleted_messages_come_back_on_recovery_until_they_were_compacted(filled: Invoke, archive: Archive) -> None:
    for number in (1, 2):
        filled("DeleteMessage", id=f"1:{number}", reason="by mistake")
    filled("SetStoreRequestedState", id="1", requestedState="disabled")
    filled("RecoverStore", id="1", recoverDeletedMessages="true")
    filled("SetStoreRequestedState", id="1", requestedState="current")
    assert filled("GetFolderStatistics")[0]["count"] == 490
    filled("DeleteMessage", id="1:1")
    filled("CompactStore", id="1")
    filled("SetStoreRequestedState", id="1", requestedState="disabled")
    filled("RecoverStore", id="1", recoverDeletedMessages="true")
    filled("SetStoreRequestedState", id="1", requestedState="current")
    assert filled("GetFolderStatistics")[0]["count"] == 489


def test_retention_forbids_deleting_and_the_reason_is_logged_when_it_is_allowed(
    filled: Invoke, archive: Archive
) -> None:
    filled("SetComplianceConfiguration", config='{"globalRetentionTimeYears": 10}')
    with pytest.raises(Denied, match="must be kept until"):
        filled("DeleteMessage", id="1:1", reason="asked for")
    filled("SetComplianceConfiguration", config='{"globalRetentionTimeYears": 0}')
    filled("DeleteMessage", id="1:1", reason="asked for by anna")
    logged = archive.instance.audit.entries(Filter(events=("MessageDelete",)), limit=2)
    assert [(entry.ok, entry.details["reason"]) for entry in logged] == [
        (True, "asked for by anna"),
        (False, logged[1].details["reason"]),
    ]
    assert "must be kept" in logged[1].details["reason"]


def test_mail_comes_and_goes_only_where_it_may(filled: Invoke, tmp_path: Path) -> None:
    for path in (str(tmp_path / "elsewhere"), "/etc/passwd", "stores/1", "instance.db", "../x"):
        for name, form in (
            ("ImportMessages", {"archive": "anna"}),
            ("ExportMessages", {"format": "eml"}),
            ("CreateBackup", {}),
        ):
            with pytest.raises(Invalid, match="path"):
                filled(name, path=path, **form)
    assert not (tmp_path / "elsewhere").exists()


def test_an_import_names_what_it_could_not_read(invoke: Invoke, tmp_path: Path) -> None:
    box = tmp_path / "outside" / "mail"
    box.mkdir()
    (box / "good.eml").write_bytes(b"Subject: good\n\nyes\n")
    (box / "bad.zip").write_bytes(b"PK\x03\x04 no archive")
    process = Process("ImportMessages", "admin")
    result = invoke("ImportMessages", path=str(box), archive="anna", process=process)
    assert (result["stored"], result["failed"]) == (1, 1)
    assert "bad.zip" in lines(process)


def test_folders_are_moved_and_empty_ones_deleted(filled: Invoke) -> None:
    name = filled("GetChildFolders", folder="anna", maxLevels="1")[0]["folder"]
    filled("MoveFolder", fromFolder=name, toFolder="anna/Elsewhere/Deep")
    assert "anna/Elsewhere" in [row["folder"] for row in filled("GetChildFolders", folder="anna", maxLevels="1")]
    with pytest.raises(NotFound):
        filled("GetMessages", folder=name)
    filled("MoveFolder", fromFolder="anna/Elsewhere/Deep", toFolder="anna/Back")
    filled("DeleteEmptyFolders")
    assert "anna/Elsewhere" not in [row["folder"] for row in filled("GetChildFolders", folder="anna", maxLevels="1")]


def test_failed_stores_are_told_and_opened_again(filled: Invoke, archive: Archive) -> None:
    mount = archive.stores.get(1)
    mount.close()
    identity = mount.directory / "STORE"
    hidden = identity.rename(identity.with_name("HIDDEN"))
    mount.open()
    store = filled("GetStores")[0]
    assert (store["state"], store["requestedState"]) == ("error", "current")
    assert "There is no store" in store["error"]
    hidden.rename(identity)
    filled("RetryOpenStores")
    assert filled("GetStores")[0]["error"] is None


def test_every_change_of_a_store_is_audited(filled: Invoke, archive: Archive) -> None:
    filled("CreateStore", name="second")
    filled("RenameStore", id="2", name="zwei")
    filled("MergeStore", id="2", sourceId="1")
    filled("MaintainFileSystemDatabases")
    filled("UpgradeStores")
    filled("DetachStore", id="1")
    seen = [(entry.event, entry.ok) for entry in archive.instance.audit.entries(limit=1000)]
    for event in ("StoreCreate", "StoreUpdate", "StoreMerge", "StoreMaintain", "StoreDetach", "MessageImport"):
        assert (event, True) in seen


def test_system_may_do_all_this_without_an_address(archive: Archive) -> None:
    archive.maintenance.verify(1, indexes=True, by=SYSTEM, process=Process("VerifyStore", SYSTEM.name))


def test_statistics_name_the_stores_that_are_not_counted(filled: Invoke) -> None:
    process = Process("GetFolderStatistics", "admin")
    assert filled("GetFolderStatistics", process=process)[0]["count"] == 490
    assert lines(process) == ""
    filled("SetStoreRequestedState", id="1", requestedState="disabled")
    assert filled("GetFolderStatistics", process=process) == []
    assert lines(process) == "Store 1 is not counted: it is disabled"
