"""Clients for the MailStore management APIs.

`mailstore.server.Client` for MailStore Server, `mailstore.spe.Client` for the Service Provider Edition,
`mailstore.aio.ServerClient` and `SPEClient` for asyncio, `mailstore.mgmt` with the names of the library of 2018.

Modules are loaded when first used, so that `mailstore.contract` alone stays light.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailstore import aio, contract, errors, mgmt, openapi, pretty, server, spe

__all__ = ["aio", "contract", "errors", "mgmt", "openapi", "pretty", "server", "spe"]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"mailstore.{name}")
    raise AttributeError(f"module 'mailstore' has no attribute {name!r}")
