"""Documents of settings: compliance, and automatic creation of stores (Administration API; the Get answer is the
template of Set: unknown keys are refused, missing ones keep their value)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.archive.instance.compliance import Document
from postroom.errors import Invalid
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements

COMPLIANCE_KEYS: Final = {
    "globalRetentionTimeYears": "retention_years",
    "adminEmailPreviewEnabled": "admin_may_read",
    "legalHoldEnabled": "legal_hold",
    "logSuccessfulUserActivities": "logged_successes",
}
AUTO_CREATE_KEYS: Final = {
    "enabled": "enabled",
    "interval": "interval",
    "sizeThreshold": "size_threshold_mb",
    "numberOfMessagesThreshold": "messages_threshold",
    "baseDirectory": "base_directory",
}


@implements("GetComplianceConfiguration")
def get_compliance_configuration(call: Call) -> dict[str, Any]:
    return _shown(call.archive.instance.compliance, COMPLIANCE_KEYS)


@implements("SetComplianceConfiguration")
def set_compliance_configuration(call: Call, config: Any) -> None:
    # The tutorial's replacement method sends null for what its caller left out.
    given = _object(config)
    kept = {key: value for key, value in given.items() if value is not None or key not in COMPLIANCE_KEYS}
    _update(call, call.archive.instance.compliance, COMPLIANCE_KEYS, kept)


@implements("GetStoreAutoCreateConfiguration")
def get_store_auto_create_configuration(call: Call) -> dict[str, Any]:
    return _shown(call.archive.instance.store_auto_create, AUTO_CREATE_KEYS)


@implements("SetStoreAutoCreateConfiguration")
def set_store_auto_create_configuration(call: Call, config: Any) -> None:
    given = _object(config)
    base = given.get("baseDirectory")
    if isinstance(base, str) and base:
        # Now, and not when the first message finds the store full.
        call.archive.stores.checked_base(base, "baseDirectory")
    _update(call, call.archive.instance.store_auto_create, AUTO_CREATE_KEYS, given)


def _shown(document: Document[Any], keys: Mapping[str, str]) -> dict[str, Any]:
    value = document.get()
    return {key: getattr(value, field) for key, field in keys.items()}


def _update(call: Call, document: Document[Any], keys: Mapping[str, str], given: Mapping[str, object]) -> None:
    if unknown := sorted(given.keys() - keys.keys()):
        raise Invalid(unknown[0], f"one of the keys {', '.join(keys)}")
    changes = {keys[key]: value for key, value in given.items()}
    try:
        document.update(changes, call.by)
    except Invalid as error:
        # The caller knows the field under the API's name.
        name = next((key for key, field in keys.items() if field == error.field), error.field)
        raise Invalid(name, error.expected) from error


def _object(config: Any) -> dict[str, object]:
    if not isinstance(config, dict):
        raise Invalid("config", "a JSON object")
    return config
