"""Second factors and app passwords of users (Administration API, users; app passwords by name are Postroom's)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements


@implements("InitializeMFA")
def initialize_mfa(call: Call, userName: str) -> dict[str, str]:
    """A new secret. The user confirms it with a code at the next sign-in to the console."""
    setup = call.archive.instance.second_factors.initialise(userName, call.by)
    call.archive.instance.sessions.end_all(userName)
    return {"secret": setup.secret, "uri": setup.uri}


@implements("DisableMFA")
def disable_mfa(call: Call, userName: str) -> None:
    call.archive.instance.second_factors.disable(userName, call.by)


@implements("CreateAppPassword")
def create_app_password(call: Call, userName: str, name: str) -> str:
    return call.archive.instance.users.app_passwords.create(userName, name, call.by)


@implements("GetAppPasswords")
def get_app_passwords(call: Call, userName: str) -> list[dict[str, Any]]:
    return [
        {"id": row.id, "name": row.name, "created": _time(row.made_ms), "lastUsed": _time(row.used_ms)}
        for row in call.archive.instance.users.app_passwords.all(userName)
    ]


@implements("DeleteAppPassword")
def delete_app_password(call: Call, userName: str, id: int) -> None:
    call.archive.instance.users.app_passwords.delete(userName, id, call.by)


@implements("DeleteAppPasswords")
def delete_app_passwords(call: Call, userName: str) -> None:
    call.archive.instance.users.app_passwords.delete_all(userName, call.by)


def _time(time_ms: int | None) -> str | None:
    return None if time_ms is None else datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
