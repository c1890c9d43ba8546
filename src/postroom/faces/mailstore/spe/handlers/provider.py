"""The service provider in an instance: its access, and what it may see without (Management API; reference 3.3)."""

from __future__ import annotations

import os
import threading
import time
from typing import Any, Final
from urllib.parse import quote, urlsplit

from postroom.archive.instance.service_provider import NAME, SHUT_OUT
from postroom.archive.management import statistics
from postroom.archive.management.statistics import MIB
from postroom.errors import Denied, Invalid, PostroomError, WrongState
from postroom.faces.mailstore.spe.call import Call
from postroom.faces.mailstore.spe.register import implements

LOAD: Final = statistics.Load()


@implements("GetArchiveAdminEnabled")
def get_archive_admin_enabled(call: Call, instanceID: str) -> bool:
    with call.management.tenants.use(instanceID) as archive:
        return archive.instance.service_provider.enabled


@implements("SetArchiveAdminEnabled")
def set_archive_admin_enabled(call: Call, instanceID: str, enabled: bool) -> None:
    with call.management.tenants.use(instanceID) as archive:
        archive.instance.service_provider.let_in(enabled, call.by)


@implements("CreateClientOneTimeUrlForArchiveAdmin")
def create_client_one_time_url_for_archive_admin(call: Call, instanceID: str, instanceUrl: str | None = None) -> str:
    """Whoever has the link within some minutes is signed in to the console, once."""
    row = call.management.instances.get(instanceID)
    base = _console(call, row.name) if not instanceUrl else _checked_url(instanceUrl)
    with call.management.tenants.use(row.name) as archive:
        if not archive.instance.service_provider.enabled:
            raise Denied(SHUT_OUT.format(row.name))
        token = archive.instance.one_time.create(NAME, call.by)
    return f"{base}/once?token={quote(token)}"


def _console(call: Call, instance: str) -> str:
    port = call.facts.console_port()
    if port is None:
        raise WrongState("The console is off, which the link would lead to. Enable it: `postroom enable console`.")
    return f"https://{call.facts.host_name}:{port}/i/{quote(instance, safe='')}"


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc or parts.query or parts.fragment or "@" in parts.netloc:
        raise Invalid("instanceUrl", "the URL of the console of the instance, like https://mail.example.com/i/elm")
    return url.rstrip("/")


@implements("GetInstanceStatistics")
def get_instance_statistics(call: Call, instanceID: str) -> dict[str, int]:
    """Sizes are those of the files; a store that is not open counts no messages."""
    with call.management.tenants.use(instanceID) as archive:
        for sentence in archive.stores.not_counted():
            call.process.log(sentence)
        found = statistics.sizes(archive)
    size = found.database + found.content + found.index
    return {
        "numberOfMessages": found.messages,
        "totalSizeMB": _mib(size),
        "databaseSizeMB": _mib(found.database),
        "contentSizeMB": _mib(found.content),
        "indexSizeMB": _mib(found.index),
    }


@implements("GetInstanceProcessLiveStatistics")
def get_instance_process_live_statistics(call: Call, instanceID: str) -> dict[str, Any]:
    """All instances live in one process: processor, memory, threads and files are its; the rest is the instance's."""
    tenant = call.management.tenants.get(instanceID)
    resident, private = statistics.memory_bytes()
    return {
        "processID": os.getpid(),
        "cpuUsagePercent": LOAD.cpu_percent(),
        "workingSetMB": _mib(resident),
        "privateMemoryMB": _mib(private),
        "threads": threading.active_count(),
        "handles": statistics.open_files(),
        "uptimeSeconds": int(time.monotonic() - tenant.opened_s) if tenant.is_open else 0,
        "activeSessions": tenant.active_sessions(),
        "runningProfiles": tenant.running_profiles(),
        "runningCalls": tenant.uses,
    }


@implements("CanRunArchiveProfiles")
def can_run_archive_profiles(call: Call, instanceID: str) -> bool:
    """Whether mail could be stored just now; the log says why not."""
    try:
        with call.management.tenants.use(instanceID) as archive:
            archive.stores.check_writable()
    except PostroomError as error:
        call.management.tenants.get(instanceID)  # one that is not there is an error
        call.process.log(str(error))
        return False
    return True


def _mib(size: int) -> int:
    return -(-size // MIB)
