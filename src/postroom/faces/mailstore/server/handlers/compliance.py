"""Documents of settings: compliance, and automatic creation of stores (Administration API; the Get answer is the
template of Set: unknown keys are refused, missing ones keep their value)."""

from __future__ import annotations

from typing import Any, Final

from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements
from postroom.faces.mailstore.server.documents import json_object, shown, update

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
    return shown(call.archive.instance.compliance, COMPLIANCE_KEYS)


@implements("SetComplianceConfiguration")
def set_compliance_configuration(call: Call, config: Any) -> None:
    # The tutorial's replacement method sends null for what its caller left out.
    given = json_object("config", config)
    kept = {key: value for key, value in given.items() if value is not None or key not in COMPLIANCE_KEYS}
    update(call, call.archive.instance.compliance, COMPLIANCE_KEYS, kept)


@implements("GetStoreAutoCreateConfiguration")
def get_store_auto_create_configuration(call: Call) -> dict[str, Any]:
    return shown(call.archive.instance.store_auto_create, AUTO_CREATE_KEYS)


@implements("SetStoreAutoCreateConfiguration")
def set_store_auto_create_configuration(call: Call, config: Any) -> None:
    given = json_object("config", config)
    base = given.get("baseDirectory")
    if isinstance(base, str) and base:
        # Now, and not when the first message finds the store full.
        call.archive.stores.checked_base(base, "baseDirectory")
    update(call, call.archive.instance.store_auto_create, AUTO_CREATE_KEYS, given)
