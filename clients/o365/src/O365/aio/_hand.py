"""What accounts and connections do differently here: they are closed, and signing in may ask a coroutine."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self

from O365.account import Account
from O365.aio._bridge import spawn, wait_for
from O365.aio._connecting import AwaitingConnection
from O365.aio._twin import Twin, plain
from O365.batch import BatchAnswer
from O365.batch import send_many as _send_many
from O365.utils.consent import consent_input_token

Consent = Callable[[str], Any] | Callable[[str], Awaitable[Any]]


class AwaitingAccount(Account):
    """The plain account on a connection that waits without blocking."""

    connection_constructor = AwaitingConnection


class Closing(Twin):
    """`async with` closes its connections at the end."""

    def _connection(self) -> AwaitingConnection:
        found: AwaitingConnection = getattr(self._it, "con", self._it)
        return found

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections to the servers. The object can be used again, and opens others then."""
        await self._connection().aclose()


class ConnectionBase(Closing):
    @classmethod
    def _plain_class(cls) -> Callable[..., Any]:
        return AwaitingConnection


class AccountBase(Closing):
    @classmethod
    def _plain_class(cls) -> Callable[..., Any]:
        return AwaitingAccount

    async def authenticate(
        self,
        *,
        requested_scopes: list[str] | None = None,
        redirect_uri: str | None = None,
        handle_consent: Consent = consent_input_token,
        **kwargs: Any,
    ) -> bool:
        """Sign in; whether that worked. `handle_consent` may be a coroutine function; others are called in a thread."""
        return await spawn(
            self._it.authenticate,
            requested_scopes=requested_scopes,
            redirect_uri=redirect_uri,
            handle_consent=lambda url: wait_for(_consented(handle_consent, url)),
            **kwargs,
        )


async def send_many(account: Twin, messages: Iterable[Twin], *, save_to_sent_folder: bool = True) -> list[BatchAnswer]:
    """Send new messages, twenty with a request, as `O365.batch.send_many`."""
    return await spawn(_send_many, plain(account), plain(list(messages)), save_to_sent_folder=save_to_sent_folder)


async def _consented(handle: Consent, url: str) -> Any:
    if inspect.iscoroutinefunction(handle):
        return await handle(url)
    return await asyncio.to_thread(handle, url)
