"""Client for Microsoft Graph, with Postroom's server or Microsoft's; names are imported when they are first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from O365._lazy import lazy
from O365._original import refuse_original

if TYPE_CHECKING:
    from O365.account import Account as Account
    from O365.connection import Connection as Connection
    from O365.connection import MSBusinessCentral365Protocol as MSBusinessCentral365Protocol
    from O365.connection import MSGraphProtocol as MSGraphProtocol
    from O365.connection import MSOffice365Protocol as MSOffice365Protocol
    from O365.connection import Protocol as Protocol
    from O365.message import Message as Message
    from O365.utils.token import EnvTokenBackend as EnvTokenBackend
    from O365.utils.token import FileSystemTokenBackend as FileSystemTokenBackend

_NAMES = {
    "Account": "O365.account",
    "Connection": "O365.connection",
    "EnvTokenBackend": "O365.utils.token",
    "FileSystemTokenBackend": "O365.utils.token",
    "MSBusinessCentral365Protocol": "O365.connection",
    "MSGraphProtocol": "O365.connection",
    "MSOffice365Protocol": "O365.connection",
    "Message": "O365.message",
    "Protocol": "O365.connection",
}
_MODULES = ("account", "calendar", "category", "connection", "message", "utils")

__all__ = [*_NAMES]
__getattr__, __dir__ = lazy(__name__, {**_NAMES, **dict.fromkeys(_MODULES, "")})

refuse_original()
