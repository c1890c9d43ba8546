"""The library that every site has: it is there from the first time that somebody asks for the lists."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.doer import Document, Doer
from postroom.workspace.workloads.sites.kinds import LIBRARY, LIST
from postroom.workspace.workloads.sites.places import Site

DOCUMENTS: Final = "Documents"


def default_key(site: Site) -> bytes:
    return uuid5(UUID(site.web), DOCUMENTS).bytes


def prepare(store: Store, site: Site, doer: Doer) -> None:
    key = default_key(site)
    with store.read() as unit:
        there = unit.items.find(key) is not None
    if not there:
        with store.write() as unit:
            if unit.items.find(key) is None:
                unit.items.add(site.web, LIST, None, _document(doer), key=key)


def _document(doer: Doer) -> Document:
    return {"displayName": DOCUMENTS, "name": f"Shared {DOCUMENTS}", "description": "", "template": LIBRARY,
            "hidden": False, "contentTypesEnabled": False, "createdBy": doer.identity, "_columns": []}  # fmt: skip
