"""Functions on search indexes (Administration API, search indexes; reference shape: index row).

The API has an index per store and archive; here a store has one, of which an archive is a part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postroom.archive import reindex
from postroom.archive.mount import Mount
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements
from postroom.faces.mailstore.server.documents import json_object, update

INDEXING_KEYS = {"extensions": "extensions"}


@implements("GetStoreIndexes")
def get_store_indexes(call: Call, id: int | None = None) -> list[dict[str, Any]]:
    stores = call.archive.stores
    mounts = [stores.get(id)] if id is not None else stores.all()
    return [row for mount in mounts if id is not None or mount.is_open for row in _rows(mount)]


def _rows(mount: Mount) -> Iterator[dict[str, Any]]:
    error = mount.indexer.error
    folders = mount.store.catalogue.folders().values()
    for name, archive in sorted((row.name, row.id) for row in folders if not row.parent):
        yield {
            "folder": name,
            "needsRebuild": mount.index_selected or bool(error),
            "selectedForRebuild": mount.index_selected,
            "documents": reindex.documents(mount, archive),
            "error": error or None,
        }


@implements("RebuildStoreIndex")
def rebuild_store_index(call: Call, id: int, folder: str) -> None:
    call.archive.maintenance.rebuild_index(id, folder, by=call.by, process=call.process)


@implements("SelectAllStoreIndexesForRebuild")
def select_all_store_indexes_for_rebuild(call: Call) -> None:
    call.archive.maintenance.select_indexes(by=call.by)


@implements("RebuildSelectedStoreIndexes")
def rebuild_selected_store_indexes(call: Call) -> None:
    call.archive.maintenance.rebuild_selected(by=call.by, process=call.process)


@implements("GetIndexConfiguration")
def get_index_configuration(call: Call) -> dict[str, Any]:
    return {"extensions": list(call.archive.instance.indexing.get().chosen)}


@implements("SetIndexConfiguration")
def set_index_configuration(call: Call, config: Any) -> None:
    """What is indexed from now on follows it. What is indexed already does not: the indexes are marked for that."""
    document, before = call.archive.instance.indexing, call.archive.instance.indexing.get()
    update(call, document, INDEXING_KEYS, json_object("config", config))
    now = document.get()
    if now == before:
        return
    if now.unreadable:
        call.process.log(f"Nothing here reads attachments of these types: {', '.join(now.unreadable)}.")
    call.archive.maintenance.select_indexes(by=call.by)
    call.process.log("The indexes there are do not follow by themselves: run RebuildSelectedStoreIndexes.")
