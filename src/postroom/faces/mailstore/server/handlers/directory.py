"""Directory services (Administration API; reference shape: directory services configuration, sync result)."""

from __future__ import annotations

from typing import Any

from postroom.archive.directories.sync import Synced
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements
from postroom.faces.mailstore.server.documents import json_object


@implements("GetDirectoryServicesConfiguration")
def get_directory_services_configuration(call: Call) -> dict[str, Any]:
    return call.archive.directories.configuration.shown()


@implements("SetDirectoryServicesConfiguration")
def set_directory_services_configuration(call: Call, config: Any) -> None:
    call.archive.directories.configuration.update(json_object("config", config), call.by)


@implements("SyncUsersWithDirectoryServices")
def sync_users_with_directory_services(call: Call, dryRun: bool | None = None) -> dict[str, Any]:
    return _told(call.archive.directories.sync(call.by, call.process, dry=dryRun is True))


def _told(synced: Synced) -> dict[str, Any]:
    return {
        "dryRun": synced.dry,
        "created": list(synced.created),
        "updated": [
            {"userName": change.person.name, "changes": [name for name in change.changes if name != "userName"]}
            for change in synced.changed
            if change.linked or set(change.changes) - {"userName"}
        ],
        "renamed": [{"userName": change.old_name, "newUserName": change.person.name} for change in synced.renamed],
        "deleted": list(synced.deleted),
        "ignored": [{"userName": row.name, "reason": row.reason} for row in synced.ignored],
    }
