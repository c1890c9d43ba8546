"""The face of the Administration API as a server mounts it."""

from __future__ import annotations

import re
import socket
from functools import partial

from mailstore.contract import SERVER
from mailstore.openapi import document
from postroom import __version__
from postroom.archive.automation.scheduler import Scheduler
from postroom.archive.profiles.service import Profiles
from postroom.faces.mailstore.legacy.routes import Legacy
from postroom.faces.mailstore.processes import opened_work
from postroom.faces.mailstore.server import handlers as _handlers  # noqa: F401  importing them registers them
from postroom.faces.mailstore.server.access import Access
from postroom.faces.mailstore.server.actions import Actions
from postroom.faces.mailstore.server.call import Archive, Facts
from postroom.faces.mailstore.server.dispatch import HANDLERS, Dispatch
from postroom.faces.mailstore.server.routes import Api
from postroom.web.parts import Parts
from postroom.web.server import Listener
from postroom.web.sessions import Sessions
from postroom.work import Work


def mount(parts: Parts, archive: Archive) -> Listener:
    """The face with its long-running calls. The archive is the caller's to close, after the server."""
    settings, server = parts.settings, parts.server
    sessions = Sessions()
    dispatch = Dispatch(SERVER, HANDLERS, strict=settings.mailstore.strict_parameters)
    access = Access(archive, parts.back_off, sessions, parts.threads)
    facts = Facts(
        version=four_numbers(__version__),
        machine_name=socket.gethostname(),
        home=parts.home.path,
        thumbprint=lambda: parts.certificate.thumbprint,
        listeners=lambda: server.ports,
        sessions=sessions,
        certificate=lambda: parts.certificate,
    )
    openapi = partial(document, dispatch.functions())
    work = opened_work(parts, parts.home.work_db, "postroom_processes_running")
    api = Api(archive, work, dispatch, access, parts.threads, settings, facts, openapi)
    _schedule(parts, archive.scheduler, work, Actions(api))
    _run_profiles(parts, archive.profiles, work)
    if settings.mailstore.legacy:
        api.more.extend(Legacy(api).routes())
    return Listener(api.face(), settings.mailstore.port)


def _schedule(parts: Parts, scheduler: Scheduler, work: Work, actions: Actions) -> None:
    scheduler.attach(work, actions.prepare)
    parts.server.on_ready.append(scheduler.start)
    parts.server.hourly.append(scheduler.expire)
    # Before `Work` takes nothing any more: a job that is due now waits for the next server.
    parts.server.on_drain.insert(0, scheduler.stop)


def _run_profiles(parts: Parts, profiles: Profiles, work: Work) -> None:
    side = profiles.server_side
    side.attach(work)
    parts.server.on_ready.append(side.start)
    parts.server.hourly.append(side.expire)
    parts.server.on_drain.insert(0, side.stop)
    overdue = "Profiles that the server should have run, and did not."
    parts.metrics.gauge("postroom_profiles_overdue", overdue, lambda: len(side.overdue()))


def four_numbers(version: str) -> str:
    """A version as the Administration API shows it: scripts split it into four."""
    numbers = re.findall(r"\d+", re.split(r"[^\d.]", version)[0])
    return ".".join([*numbers, "0", "0", "0"][:4])
