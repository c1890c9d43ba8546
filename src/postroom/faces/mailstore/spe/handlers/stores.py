"""Functions on stores whose parameters are other ones than the Server's (Management API; reference 3.4)."""

from __future__ import annotations

from postroom.archive.transfer import transfer
from postroom.errors import Invalid
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.handlers import stores as server
from postroom.faces.mailstore.spe.call import Call as ManagementCall
from postroom.faces.mailstore.spe.register import implements, implements_instance


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


@implements("TransferStores")
def transfer_stores(call: ManagementCall, instanceID: str, targetInstanceID: str, ids: tuple[str, ...]) -> None:
    """The stores with all that is in them; the log tells their numbers in the other instance."""
    if not ids or not all(text.isascii() and text.isdigit() for text in ids):
        raise Invalid("ids", "numbers of stores, separated by commas")
    numbers = [int(text) for text in ids]
    tenants, process = call.management.tenants, call.process
    with tenants.use(instanceID, process) as source, tenants.use(targetInstanceID, process) as target:
        for number in transfer(source, target, numbers, call.by, process):
            process.log(f"The instance {targetInstanceID} has it as store {number}.")
