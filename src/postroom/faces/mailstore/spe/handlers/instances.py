"""Instances as a whole (Management API; reference shape: instance)."""

from __future__ import annotations

import os
from typing import Any, Final

from postroom.archive.management.instances import InstanceRow
from postroom.archive.management.tenant import Tenant
from postroom.errors import Invalid
from postroom.faces.mailstore.spe.call import Call
from postroom.faces.mailstore.spe.register import given, implements, named

KEYS: Final = {
    "instanceID": "instance_ID",
    "alias": "alias",
    "displayName": "display_name",
    "instanceHost": "host",
    "startMode": "start_mode",
    "baseDirectory": "directory",
    "debugLogEnabled": "debug_log",
    "imapServerConnectionLogEnabled": "imap_log",
    "vssWriterEnabled": "snapshots",
    "vssWriterExcludeIndexes": "snapshots_without_indexes",
    "maxMessages": "most_messages",
    "maxBytes": "most_bytes",
}
STATES: Final = {"freezing": "running"}
"""What the API has no word for."""


@implements("GetInstances")
def get_instances(call: Call, instanceFilter: str) -> list[dict[str, Any]]:
    tenants = {tenant.row.key: tenant for tenant in call.management.tenants.all()}
    rows = call.management.instances.matching(instanceFilter)
    # One that is being made, or was just deleted, is in one of the two only.
    return [_state(row, tenants[row.key]) for row in rows if row.key in tenants]


@implements("CreateInstance")
def create_instance(call: Call, config: Any) -> None:
    name, facts = _config(config)
    with named(KEYS):
        row = call.management.create_instance(name, facts, call.by)
    if error := call.management.tenants.get(row.name).error:
        call.process.log(f"The instance is there, but could not be started: {error}")


@implements("GetInstanceConfiguration")
def get_instance_configuration(call: Call, instanceID: str) -> dict[str, Any]:
    row = call.management.instances.get(instanceID)
    return {
        "instanceID": row.name,
        "alias": row.alias,
        "displayName": row.display_name,
        "instanceHost": row.host,
        "startMode": row.start_mode,
        "baseDirectory": str(row.directory),
        "debugLogEnabled": row.debug_log,
        "imapServerConnectionLogEnabled": row.imap_log,
        "vssWriterEnabled": row.snapshots,
        "vssWriterExcludeIndexes": row.snapshots_without_indexes,
        "maxMessages": row.most_messages,
        "maxBytes": row.most_bytes,
    }


@implements("SetInstanceConfiguration")
def set_instance_configuration(call: Call, config: Any) -> None:
    name, facts = _config(config)
    with named(KEYS):
        call.management.update_instance(name, facts, call.by)


@implements("StartInstances")
def start_instances(call: Call, instanceFilter: str) -> None:
    call.management.start(instanceFilter, call.by, call.process)


@implements("StopInstances")
def stop_instances(call: Call, instanceFilter: str) -> None:
    call.management.stop(instanceFilter, call.by, call.process)


@implements("RestartInstances")
def restart_instances(call: Call, instanceFilter: str) -> None:
    call.management.restart(instanceFilter, call.by, call.process)


@implements("FreezeInstances")
def freeze_instances(call: Call, instanceFilter: str) -> None:
    call.management.freeze(instanceFilter, call.by, call.process)


@implements("ThawInstances")
def thaw_instances(call: Call, instanceFilter: str) -> None:
    call.management.thaw(instanceFilter, call.by, call.process)


@implements("DeleteInstances")
def delete_instances(call: Call, instanceFilter: str) -> None:
    call.management.delete(instanceFilter, call.by, call.process)


def _config(config: Any) -> tuple[str, dict[str, object]]:
    facts = given(config, KEYS)
    name = facts.pop("instance_ID", None)
    if not isinstance(name, str):
        raise Invalid("instanceID", "the name of the instance")
    return name, facts


def _state(row: InstanceRow, tenant: Tenant) -> dict[str, Any]:
    runs = tenant.state in ("running", "freezing", "frozen", "stopping")
    return {
        "instanceID": row.name,
        "alias": row.alias,
        "displayName": row.display_name,
        "instanceHost": row.host,
        "status": STATES.get(tenant.state, tenant.state),
        "startStopError": tenant.error,
        # All instances live in the process of the server.
        "processID": os.getpid() if runs else None,
    }
