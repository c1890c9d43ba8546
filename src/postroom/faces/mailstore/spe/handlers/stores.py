"""Functions on stores whose parameters are other ones than the Server's (Management API; reference 3.4)."""

from __future__ import annotations

from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.handlers import stores as server
from postroom.faces.mailstore.spe.register import implements_instance


@implements_instance("CreateStore")
def create_store(
    call: Call,
    name: str,
    databasePath: str,
    contentPath: str | None = None,
    indexPath: str | None = None,
    requestedState: str | None = None,
) -> int:
    return server.create_store(
        call, name, None, None, databasePath, contentPath, indexPath, requestedState=requestedState
    )


@implements_instance("AttachStore")
def attach_store(
    call: Call,
    name: str,
    databasePath: str,
    contentPath: str | None = None,
    indexPath: str | None = None,
    requestedState: str | None = None,
) -> int:
    return server.attach_store(
        call, name, None, None, databasePath, contentPath, indexPath, requestedState=requestedState
    )


@implements_instance("SetStorePath")
def set_store_path(
    call: Call, id: int, databasePath: str, contentPath: str | None = None, indexPath: str | None = None
) -> None:
    server.set_store_properties(call, id, None, None, databasePath, contentPath, indexPath)
