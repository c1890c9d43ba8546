"""How the management server sends mail (Management API; reference shape: SMTP settings)."""

from __future__ import annotations

from typing import Any

from postroom.faces.mailstore.server.documents import json_object, shown, update
from postroom.faces.mailstore.server.handlers.smtp import KEYS
from postroom.faces.mailstore.spe.call import Call
from postroom.faces.mailstore.spe.register import implements


@implements("GetSystemSmtpConfiguration")
def get_system_smtp_configuration(call: Call) -> dict[str, Any]:
    return {**shown(call.management.smtp, KEYS), "password": None}


@implements("SetSystemSmtpConfiguration")
def set_system_smtp_configuration(call: Call, config: Any) -> None:
    update(call, call.management.smtp, KEYS, json_object("config", config))


@implements("TestSystemSmtpConfiguration")
def test_system_smtp_configuration(call: Call) -> None:
    call.process.log(call.management.mailer.test(call.by))
