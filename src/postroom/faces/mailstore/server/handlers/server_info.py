"""Server and session functions, and those about the server's surroundings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypedDict
from zoneinfo import ZoneInfo, available_timezones

from tzlocal import get_localzone_name
from tzlocal.windows_tz import win_tz

from postroom.archive.automation.zones import LOCAL
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements

# What the original calls "no limit".
UNLIMITED = 2**31 - 1
LISTENER_NAMES = {"mailstore": "AdministrationApi", "console": "WebAccess"}


class ServerInfo(TypedDict):
    version: str
    machineName: str


class ActiveSession(TypedDict):
    userName: str
    client: str
    clientAddress: str
    machineName: str | None
    loginTime: str
    lastActivity: str


class TimeZone(TypedDict):
    id: str
    displayName: str


@implements("GetServerInfo")
def get_server_info(call: Call) -> ServerInfo:
    return {"version": call.facts.version, "machineName": call.facts.machine_name}


@implements("GetActiveSessions")
def get_active_sessions(call: Call) -> list[ActiveSession]:
    """Of the API and of the console. Times are UTC."""
    rows = [(s.user, s.client, s.address, s.login_s, s.last_s) for s in call.facts.sessions.active()]
    rows += [
        (s.user, "web", s.address or "", s.made_ms / 1000, s.used_ms / 1000)
        for s in call.archive.instance.sessions.active()
    ]
    return [
        {
            "userName": user,
            "client": client,
            "clientAddress": address,
            "machineName": None,
            "loginTime": _time(login_s),
            "lastActivity": _time(last_s),
        }
        for user, client, address, login_s, last_s in sorted(rows, key=lambda row: row[-1])
    ]


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@implements("GetServiceConfiguration")
def get_service_configuration(call: Call) -> dict[str, object]:
    listeners = [
        {"name": LISTENER_NAMES.get(name, name), "enabled": True, "ipAddress": call.settings.web.host, "port": port}
        for name, port in call.facts.listeners().items()
    ]
    return {
        "baseDirectory": str(call.facts.home),
        "debugLog": call.settings.log.level == "debug",
        "auditLogLocation": "integrated",
        "serverCertificate": {"thumbprint": call.facts.thumbprint()},
        "vssWriterEnabled": False,
        "listeners": listeners,
    }


@implements("GetLicenseInformation")
def get_license_information(call: Call) -> dict[str, object]:
    """There is no licence to buy: no limits, no dates."""
    return {
        "licensedTo": call.facts.machine_name,
        "productVersion": call.facts.version,
        "maxNamedUsers": UNLIMITED,
        "namedUsers": len(call.archive.instance.users.all()),
        "validFrom": None,
        "validTo": None,
        "supportExpirationDate": None,
        "licenseType": "open",
    }


@implements("GetTimeZones")
def get_time_zones(call: Call) -> list[TimeZone]:  # noqa: ARG001  each handler is given the call
    """The IANA zones, the Windows names of the same (CLDR, as tzlocal has it), and `$Local`; by standard offset."""
    return list(_zones())


@cache
def _zones() -> tuple[TimeZone, ...]:
    local = get_localzone_name() or "UTC"
    # "localtime" is what some systems call their own zone's file.
    names = {zone: zone for zone in available_timezones() - {"localtime"}} | win_tz
    rows = sorted((_offset(zone), name) for name, zone in names.items())
    zones = [_zone(name, name, offset) for offset, name in rows]
    return _zone(LOCAL, f"Local time of the server ({local})", _offset(local)), *zones


def _zone(identifier: str, name: str, offset: timedelta) -> TimeZone:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return {"id": identifier, "displayName": f"(UTC{sign}{hours:02}:{rest:02}) {name}"}


def _offset(zone: str) -> timedelta:
    """From UTC, daylight saving time left out."""
    now = datetime.now(ZoneInfo(zone))
    return (now.utcoffset() or timedelta()) - (now.dst() or timedelta())
