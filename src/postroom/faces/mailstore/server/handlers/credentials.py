"""Credentials (Administration API, credentials; reference shape: credential). Secrets go in and never come out."""

from __future__ import annotations

from typing import Any

from postroom.archive.instance.credentials import Credential
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements


@implements("GetCredentials")
def get_credentials(call: Call) -> list[dict[str, Any]]:
    return [_shown(credential) for credential in call.archive.instance.credentials.all()]


@implements("CreateCredential")
def create_credential(call: Call, name: str, type: str, settings: Any) -> int:
    return call.archive.instance.credentials.create(name, type, settings, call.by)


@implements("DeleteCredential")
def delete_credential(call: Call, id: int) -> None:
    call.archive.instance.credentials.delete(id, call.by)


@implements("GetCredentialSettings")
def get_credential_settings(call: Call, id: int) -> dict[str, str | None]:
    """All settings of the type: what is not set is null, and so is what is secret."""
    return dict(call.archive.instance.credentials.get(id).settings)


@implements("SetCredentialSettings")
def set_credential_settings(call: Call, id: int, settings: Any) -> None:
    call.archive.instance.credentials.update(id, settings, call.by)


def _shown(credential: Credential) -> dict[str, Any]:
    return {
        "id": credential.id,
        "name": credential.name,
        "type": credential.type,
        "createdBy": credential.created_by,
        "settings": dict(credential.settings),
    }
