"""The two faces of the Management API as a server mounts them, and the instances that run behind them."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from mailstore.contract import SPE
from postroom import __version__
from postroom.archive.archive import Archive
from postroom.archive.management.instances import InstanceRow
from postroom.archive.management.management import Management
from postroom.faces.mailstore.processes import opened_work
from postroom.faces.mailstore.server import handlers as _server  # noqa: F401  importing them registers them
from postroom.faces.mailstore.server.actions import Actions
from postroom.faces.mailstore.server.call import Facts as InstanceFacts
from postroom.faces.mailstore.server.dispatch import Dispatch
from postroom.faces.mailstore.server.mount import four_numbers
from postroom.faces.mailstore.spe import handlers as _own  # noqa: F401
from postroom.faces.mailstore.spe import jobs
from postroom.faces.mailstore.spe.access import BasicAccess, SignIn
from postroom.faces.mailstore.spe.by_cookie import SESSION_NAME, SessionAccess, SessionApi
from postroom.faces.mailstore.spe.call import Facts
from postroom.faces.mailstore.spe.register import MANAGEMENT
from postroom.faces.mailstore.spe.routes import Api
from postroom.faces.mailstore.spe.sessions import CookieSessions
from postroom.settings import Web
from postroom.web.auth import is_loopback
from postroom.web.parts import Parts
from postroom.web.server import Listener
from postroom.web.sessions import Sessions
from postroom.work import Work


@dataclass(frozen=True, slots=True)
class Shared:
    """What both faces share."""

    management: Management
    work: Work
    dispatch: Dispatch
    sign_in: SignIn
    facts: Facts


class SpeFaces:
    """Mounts `basic`, then `session`. The management is the caller's to close, after the server."""

    def __init__(self, management: Management) -> None:
        self._management = management
        self._made: Shared | None = None

    def basic(self, parts: Parts) -> Listener:
        """The password with each request."""
        shared = self._shared(parts)
        api = Api(
            shared.management, shared.work, shared.dispatch, MANAGEMENT, BasicAccess(shared.sign_in), parts.threads,
            parts.settings, shared.facts,
        )  # fmt: skip
        return Listener(api.face(), parts.settings.spe.port)

    def session(self, parts: Parts) -> Listener | None:
        """Sessions by cookie, unless their port is none."""
        if parts.settings.spe.session_port < 0:
            return None
        shared, sessions = self._shared(parts), CookieSessions(parts.settings.spe.session_idle_s)
        api = SessionApi(
            shared.management, shared.work, shared.dispatch, MANAGEMENT, SessionAccess(shared.sign_in, sessions),
            parts.threads, parts.settings, shared.facts, SESSION_NAME,
        )  # fmt: skip
        api.sessions, api.sign_in = sessions, shared.sign_in
        return Listener(api.face(), parts.settings.spe.session_port)

    def _shared(self, parts: Parts) -> Shared:
        if self._made is None:
            self._made = _make(parts, self._management)
        return self._made


def _make(parts: Parts, management: Management) -> Shared:
    settings, sessions = parts.settings, Sessions()
    handlers = {**jobs.handlers(), **MANAGEMENT}
    dispatch = Dispatch(SPE, handlers, strict=settings.mailstore.strict_parameters)
    facts = Facts(
        version=four_numbers(__version__),
        machine_name=socket.gethostname(),
        home=parts.home.path,
        thumbprint=lambda: parts.certificate.thumbprint,
        sessions=sessions,
        host_name=_host_name(settings.web),
        console_port=lambda: parts.server.ports.get("console"),
    )
    management.introduce(parts.certificate.thumbprint)
    work = opened_work(parts, parts.home.spe_work_db, "postroom_spe_processes_running")
    _run_instances(parts, management, work, facts)
    return Shared(management, work, dispatch, SignIn(management, parts.back_off, sessions, parts.threads), facts)


def _host_name(web: Web) -> str:
    """A name that the certificate has: one that was set, else that of the machine, where others can come at all."""
    if web.names:
        return web.names[0]
    return "localhost" if is_loopback(web.host) else socket.gethostname()


def _run_instances(parts: Parts, management: Management, work: Work, facts: Facts) -> None:
    tenants, settings = management.tenants, parts.settings
    dispatch = Dispatch(jobs.functions(), jobs.handlers())

    def opened(row: InstanceRow, archive: Archive) -> None:
        own = instance_facts(facts)
        actions = Actions(jobs.InstanceApi(management, row.name, dispatch, settings, own))
        archive.scheduler.attach(work, actions.prepare)
        archive.profiles.server_side.attach(work)
        archive.scheduler.start()
        archive.profiles.server_side.start()

    tenants.on_open = opened
    parts.metrics.gauge("postroom_instances", "Instances.", lambda: len(tenants.all()))
    parts.metrics.gauge("postroom_instances_open", "Instances that are open.", lambda: len(tenants.open_ones()))
    parts.server.on_ready.append(tenants.start)
    # Before `Work` takes nothing any more: what is due now waits for the next server.
    parts.server.on_drain.insert(0, tenants.stop)


def instance_facts(facts: Facts) -> InstanceFacts:
    """What functions of an instance are told; listeners and sessions are the installation's affair."""
    return InstanceFacts(facts.version, facts.machine_name, facts.home, facts.thumbprint, dict[str, int], Sessions())
