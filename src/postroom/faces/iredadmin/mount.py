"""The face of the iRedAdmin-Pro API as a server mounts it."""

from __future__ import annotations

from functools import partial

from iredadmin.contract import ROUTES
from iredadmin.openapi import document
from postroom.accounts.accounts import Accounts
from postroom.faces.iredadmin import handlers as _handlers  # noqa: F401  importing them registers them
from postroom.faces.iredadmin.access import Access
from postroom.faces.iredadmin.dispatch import HANDLERS, Dispatch
from postroom.faces.iredadmin.routes import Api
from postroom.recent import Recent
from postroom.web.parts import Parts
from postroom.web.server import Listener


def mount(parts: Parts, accounts: Accounts) -> Listener:
    """The accounts are the caller's to close, after the server."""
    settings = parts.settings
    dispatch = Dispatch(ROUTES, HANDLERS)
    access = Access(accounts, settings, parts.back_off, Recent(lambda: accounts.core.rights_version))
    parts.server.hourly.append(accounts.sessions.expire)
    api = Api(accounts, dispatch, access, parts.threads, settings, partial(document, dispatch.routes()))
    return Listener(api.face(), settings.iredadmin.port)
