"""The client for asyncio: the classes of O365 with the same names, whose methods are awaited where they make requests.

    async with Account((client_id, secret), tenant_id=tenant) as account:
        async for message in account.mailbox().inbox_folder().get_messages(limit=None):
            print(message.subject)

A list is taken page by page with `async for`, or awaited as a whole. Attributes, and objects that make no requests, are
those of the plain client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from O365._lazy import lazy

if TYPE_CHECKING:
    from O365.aio._connecting import together as together
    from O365.aio._hand import send_many as send_many
    from O365.aio._twin import Listing as Listing
    from O365.aio.account import Account as Account
    from O365.aio.connection import Connection as Connection
    from O365.aio.message import Message as Message

_NAMES = {
    "Account": "O365.aio.account",
    "Connection": "O365.aio.connection",
    "Listing": "O365.aio._twin",
    "Message": "O365.aio.message",
    "send_many": "O365.aio._hand",
    "together": "O365.aio._connecting",
}

__all__ = [*_NAMES]
__getattr__, __dir__ = lazy(__name__, _NAMES)
