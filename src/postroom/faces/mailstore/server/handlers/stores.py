"""Functions on archive stores (Administration API, stores; reference shape: store)."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Final

from postroom.archive.mount import Mount
from postroom.errors import Invalid
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements
from postroom.faces.mailstore.server.errors import ArgumentMissing

TYPE: Final = "FileSystemInternal"
SQL_TYPES: Final = ("SQLServer", "PostgreSQL")


@implements("GetStores")
def get_stores(call: Call, includeSize: bool | None = None) -> list[dict[str, Any]]:
    return [_shown(mount, with_size=includeSize is not False) for mount in call.archive.stores.all()]


def _shown(mount: Mount, *, with_size: bool) -> dict[str, Any]:
    """`statisticsCount` and `statisticsSize` (bytes of the messages) are null while the store is not open."""
    totals = mount.store.catalogue.totals() if mount.is_open else None
    return {
        "id": mount.row.id,
        "name": mount.row.name,
        "type": TYPE,
        "requestedState": mount.row.requested_state,
        "state": mount.state,
        "error": mount.error,
        "needsUpgrade": False,
        "searchIndexesNeedRebuild": mount.is_open and (mount.index_selected or bool(mount.indexer.error)),
        "databasePath": str(mount.directory),
        "contentPath": str(mount.directory / "packs"),
        "indexPath": str(mount.directory / "index"),
        "statisticsCount": None if totals is None else sum(row.messages for row in totals),
        "statisticsSize": None if totals is None or not with_size else sum(row.bytes for row in totals),
    }


@implements("CreateStore")
def create_store(
    call: Call,
    name: str | None = None,
    type: str | None = None,
    databaseName: str | None = None,
    databasePath: str | None = None,
    contentPath: str | None = None,
    indexPath: str | None = None,
    serverName: str | None = None,
    userName: str | None = None,
    password: str | None = None,
    requestedState: str | None = None,
) -> int:
    """The new store's id. A name or path that is not given is chosen as when stores are created by themselves."""
    _check_files(type, databaseName=databaseName, serverName=serverName, userName=userName, password=password)
    path = _place(databasePath, contentPath, indexPath)
    return call.archive.stores.create(name or None, path, requestedState or "current", call.by).row.id


@implements("AttachStore")
def attach_store(
    call: Call,
    name: str,
    type: str | None = None,
    databaseName: str | None = None,
    databasePath: str | None = None,
    contentPath: str | None = None,
    indexPath: str | None = None,
    serverName: str | None = None,
    userName: str | None = None,
    password: str | None = None,
    requestedState: str | None = None,
) -> int:
    """The id of the store here."""
    _check_files(type, databaseName=databaseName, serverName=serverName, userName=userName, password=password)
    path = _needed(_place(databasePath, contentPath, indexPath))
    return call.archive.stores.attach(name, path, requestedState or "normal", call.by).row.id


@implements("SetStoreProperties")
def set_store_properties(
    call: Call,
    id: int,
    type: str | None = None,
    databaseName: str | None = None,
    databasePath: str | None = None,
    contentPath: str | None = None,
    indexPath: str | None = None,
    serverName: str | None = None,
    userName: str | None = None,
    password: str | None = None,
) -> None:
    call.archive.stores.get(id)
    _check_files(type, databaseName=databaseName, serverName=serverName, userName=userName, password=password)
    call.archive.stores.set_path(id, _needed(_place(databasePath, contentPath, indexPath)), call.by)


def _check_files(type_: str | None, **sql: str | None) -> None:
    """Stores are folders: a type of old versions means the same, what only a store in a database has is refused."""
    if type_ in SQL_TYPES:
        raise Invalid("type", f"{TYPE}: this server keeps stores in files, not in {type_}")
    for name, value in sql.items():
        if value:
            raise Invalid(name, f"nothing: it is for stores in a database server, and a {TYPE} store has none")


def _place(path: str | None, content: str | None, index: str | None) -> str | None:
    """A store is one folder, so the other two paths may only lie within; how they are named there is its own affair."""
    for name, given in (("contentPath", content), ("indexPath", index)):
        if given and not (path and PurePosixPath(given).is_relative_to(path)):
            raise Invalid(name, "nothing, or a folder within databasePath: a store is one folder")
    return path or None


def _needed(path: str | None) -> str:
    if path is None:
        raise ArgumentMissing("databasePath")
    return path


@implements("DetachStore")
def detach_store(call: Call, id: int) -> None:
    call.archive.stores.detach(id, call.by)


@implements("RenameStore")
def rename_store(call: Call, id: int, name: str) -> None:
    call.archive.stores.rename(id, name, call.by)


@implements("SetStoreRequestedState")
def set_store_requested_state(call: Call, id: int, requestedState: str) -> None:
    call.archive.stores.set_state(id, requestedState, call.by)


@implements("RetryOpenStores")
def retry_open_stores(call: Call) -> None:
    call.archive.stores.retry_open()


@implements("CompactStore")
def compact_store(call: Call, id: int) -> None:
    call.archive.maintenance.compact(id, by=call.by, process=call.process)


@implements("CompactMasterDatabase")
def compact_master_database(call: Call) -> None:
    call.archive.maintenance.rewrite_master(by=call.by, process=call.process)


@implements("MaintainFileSystemDatabases")
def maintain_file_system_databases(call: Call) -> None:
    call.archive.maintenance.rewrite_databases(by=call.by, process=call.process)


@implements("MergeStore")
def merge_store(call: Call, id: int, sourceId: int) -> None:
    call.archive.maintenance.merge(id, sourceId, by=call.by, process=call.process)


@implements("RecoverStore")
def recover_store(
    call: Call,
    id: int,
    encryptionKey: str | None = None,
    recoverDeletedMessages: bool | None = None,
) -> None:
    if encryptionKey:
        raise Invalid("encryptionKey", "nothing: this store is not encrypted")
    restore = recoverDeletedMessages or False
    call.archive.maintenance.recover(id, restore_deleted=restore, by=call.by, process=call.process)


@implements("RecreateRecoveryRecords")
def recreate_recovery_records(call: Call, id: int) -> None:
    """The packs are the recovery records, written with every message: what is left to do is to check that they are
    enough."""
    call.archive.maintenance.check_recovery_records(id, by=call.by, process=call.process)


@implements("RepairStoreDatabase")
def repair_store_database(call: Call, id: int) -> None:
    call.archive.maintenance.repair(id, by=call.by, process=call.process)


@implements("UpgradeStore")
def upgrade_store(call: Call, id: int) -> None:
    call.archive.maintenance.upgrade([id], by=call.by, process=call.process)


@implements("UpgradeStores")
def upgrade_stores(call: Call) -> None:
    call.archive.maintenance.upgrade(None, by=call.by, process=call.process)


@implements("VerifyStore")
def verify_store(call: Call, id: int, includeIndexes: bool | None = None) -> None:
    call.archive.maintenance.verify(id, indexes=includeIndexes is not False, by=call.by, process=call.process)


@implements("VerifyStores")
def verify_stores(call: Call, includeIndexes: bool | None = None) -> None:
    call.archive.maintenance.verify_all(indexes=includeIndexes is not False, by=call.by, process=call.process)


@implements("RefreshAllStoreStatistics")
def refresh_all_store_statistics(call: Call) -> None:
    call.archive.maintenance.recount(by=call.by, process=call.process)
