"""Mail settings (Administration API; reference shape: SMTP settings). The password goes in and never comes out."""

from __future__ import annotations

from typing import Any, Final

from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements
from postroom.faces.mailstore.server.documents import json_object, shown, update

KEYS: Final = {
    "hostname": "host",
    "port": "port",
    "protocol": "protocol",
    "ignoreSslPolicyErrors": "any_certificate",
    "authenticationRequired": "signs_in",
    "username": "user",
    "password": "password",
    "fromDisplayName": "from_name",
    "fromEmailAddress": "from_address",
    "recipientEmailAddress": "recipient",
}


@implements("GetSmtpSettings")
def get_smtp_settings(call: Call) -> dict[str, Any]:
    return {**shown(call.archive.instance.smtp, KEYS), "password": None}


@implements("SetSmtpSettings")
def set_smtp_settings(call: Call, settings: Any) -> None:
    update(call, call.archive.instance.smtp, KEYS, json_object("settings", settings))


@implements("TestSmtpSettings")
def test_smtp_settings(call: Call) -> None:
    call.process.log(call.archive.mailer.test(call.by))
