"""Client for the iRedAdmin-Pro RESTful API: `iredadmin.Client`, and `iredadmin.aio.Client` for asyncio.

Modules are loaded when first used, so that `iredadmin.contract` alone stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iredadmin import aio, contract, errors, openapi
    from iredadmin.client import Client
    from iredadmin.errors import AnswerError, CallFailed, ConnectionFailed, IRedAdminError

__all__ = [
    "AnswerError",
    "CallFailed",
    "Client",
    "ConnectionFailed",
    "IRedAdminError",
    "aio",
    "contract",
    "errors",
    "openapi",
]
_HOMES = {
    "Client": "client",
    **dict.fromkeys(("AnswerError", "CallFailed", "ConnectionFailed", "IRedAdminError"), "errors"),
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"iredadmin.{_HOMES[name]}"), name)
    if name in __all__:
        return import_module(f"iredadmin.{name}")
    raise AttributeError(f"module 'iredadmin' has no attribute {name!r}")
