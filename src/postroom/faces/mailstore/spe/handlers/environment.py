"""The installation and its state (Management API; reference shapes: environment and statistics, service status)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from postroom.archive.management import statistics
from postroom.archive.management.servers import Server
from postroom.faces.mailstore.spe.call import Call
from postroom.faces.mailstore.spe.register import implements

MOST_MESSAGES: Final = 1000
LEAST_FREE: Final = 0.05
"""Of a disk; with less it is nearly full."""


@implements("Ping")
def ping(call: Call) -> None:
    """The call itself keeps the session."""


@implements("GetEnvironmentInfo")
def get_environment_info(call: Call) -> dict[str, Any]:
    return {
        "version": call.facts.version,
        "webClientVersion": call.facts.version,
        "copyright": "The Postroom developers",
        # There is no licence to buy; the owner of the machine has it.
        "licenseeName": call.facts.machine_name,
        "licenseeID": 1,
        "serverName": call.facts.machine_name,
        "userName": call.administrator.name,
        "username": call.administrator.name,
        "systemProperties": {
            "operatingSystem": statistics.operating_system(),
            "processors": statistics.processors(),
            "totalPhysicalMemory": statistics.physical_memory_bytes(),
        },
    }


@implements("GetServiceStatus")
def get_service_status(call: Call) -> dict[str, Any]:
    online = {"state": "online", "version": call.facts.version, "error": None}
    management = call.management

    def roles(servers: list[Server]) -> list[dict[str, Any]]:
        return [{"serverName": server.name, **online} for server in servers]

    return {
        "environmentInfo": get_environment_info(call),
        "messages": [*_messages(call)][:MOST_MESSAGES],
        "managementServer": {"serverName": call.facts.machine_name, **online},
        "instanceHosts": roles(management.hosts.matching()),
        "clientAccessServers": roles(management.access_servers.matching()),
    }


def _messages(call: Call) -> Iterator[dict[str, Any]]:
    for administrator in call.management.administrators.all():
        if administrator.default_password:
            text = f"The administrator {administrator.name} has the password that everybody knows. Change it."
            yield _message("warning", text, administrator.name)
    yield from _of_mail(call)
    for place, free in call.management.places.free():
        if free < LEAST_FREE:
            yield _message("warning", f"The disk of {place} has {100 * free:.1f} % left.", str(place))
    for tenant in call.management.tenants.all():
        for kind, text in tenant.remarks():
            yield _message(kind, text, tenant.row.name)


def _of_mail(call: Call) -> Iterator[dict[str, Any]]:
    smtp = call.management.smtp.get()
    if not smtp.host:
        yield _message("information", "The management server has no mail settings.", "smtp")
    elif smtp.protocol == "SMTP":
        yield _message("warning", f"Mail goes to {smtp.host} without encryption.", "smtp")
    if smtp.host and smtp.any_certificate:
        yield _message("warning", f"Mail goes to {smtp.host} whatever certificate it shows.", "smtp")


def _message(kind: str, text: str, tag: str | None) -> dict[str, Any]:
    return {"type": kind, "text": text, "tag": tag}


@implements("CreateLicenseRequest")
def create_license_request(call: Call) -> str:
    """There is nothing to request; a script gets a text all the same, which says so."""
    return f"Postroom {call.facts.version} on {call.facts.machine_name}: this product needs no licence.\r\n"


@implements("ReloadBranding")
def reload_branding(call: Call) -> None:
    call.process.log("There are no branding files: the pages look the same for all instances.")
