"""Administrators of the installation (Management API; reference shape: system administrator)."""

from __future__ import annotations

from typing import Any, Final

from postroom.archive.management.administrators import Administrator
from postroom.errors import Invalid
from postroom.faces.mailstore.spe.call import Call
from postroom.faces.mailstore.spe.register import given, implements, named

KEYS: Final = {"userName": "user_name", "fullName": "full_name", "emailAddress": "address", "mfaStatus": "mfa"}


@implements("GetSystemAdministrators")
def get_system_administrators(call: Call) -> list[dict[str, Any]]:
    return [_shown(row) for row in call.management.administrators.all()]


@implements("CreateSystemAdministrator")
def create_system_administrator(call: Call, config: Any, password: str) -> None:
    name, changes = _config(config)
    with named(KEYS):
        call.management.administrators.create(name, password, call.by, **changes)


@implements("SetSystemAdministratorConfiguration")
def set_system_administrator_configuration(call: Call, config: Any) -> None:
    name, changes = _config(config)
    with named(KEYS):
        call.management.administrators.update(name, changes, call.by)


@implements("SetSystemAdministratorPassword")
def set_system_administrator_password(call: Call, userName: str, password: str) -> None:
    call.management.administrators.set_password(userName, password, call.by)


@implements("DeleteSystemAdministrator")
def delete_system_administrator(call: Call, userName: str) -> None:
    call.management.administrators.delete(userName, call.by)


@implements("InitializeSystemAdministratorMFA")
def initialize_system_administrator_mfa(call: Call, userName: str) -> dict[str, str]:
    setup = call.management.administrators.initialise_mfa(userName, call.by)
    return {"secret": setup.secret, "uri": setup.uri}


@implements("DeactivateSystemAdministratorMFA")
def deactivate_system_administrator_mfa(call: Call, userName: str) -> None:
    call.management.administrators.deactivate_mfa(userName, call.by)


@implements("CreateSystemAdministratorAPIPassword")
def create_system_administrator_api_password(call: Call, userName: str) -> str:
    return call.management.administrators.new_api_password(userName, call.by)


def _config(config: Any) -> tuple[str, dict[str, object]]:
    """Who is meant, and the rest. The second factor has functions of its own: an answer of Get may be sent back."""
    changes = given(config, KEYS)
    changes.pop("mfa", None)
    name = changes.pop("user_name", None)
    if not isinstance(name, str):
        raise Invalid("userName", "the name of the administrator")
    return name, changes


def _shown(row: Administrator) -> dict[str, Any]:
    return {"userName": row.name, "fullName": row.full_name, "emailAddress": row.address, "mfaStatus": row.mfa}
