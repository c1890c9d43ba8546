"""The async clients: the same conversations as the sync ones, awaited.

`ServerClient` takes the arguments of `mailstore.server.Client`, `SPEClient` those of `mailstore.spe.Client`; use them
with `async with`, or await `close()`.
"""

# ruff: noqa: N803, N815  # names are the API's
from __future__ import annotations

from collections.abc import Coroutine
from os import PathLike
from typing import Any

import httpx2

from mailstore import flows
from mailstore._methods_aio import ServerMethods
from mailstore._methods_spe_aio import SPEMethods
from mailstore.client_aio import AsyncClient
from mailstore.contract import SERVER, SPE
from mailstore.contract.shapes import Status
from mailstore.core import Api, Callback
from mailstore.download import Target, message_path, sink
from mailstore.flows import Flow
from mailstore.instances import SignIn
from mailstore.instances import session as sign_in
from mailstore.replacements import Replacements


class ServerClient(AsyncClient, ServerMethods):
    """The async client of a MailStore Server; arguments as for `mailstore.server.Client`."""

    functions = SERVER

    def __init__(
        self,
        username: str = "admin",
        password: str = "admin",  # noqa: S107  # the product's own first password
        host: str = "127.0.0.1",
        port: int = 8463,
        autoHandleToken: bool = True,
        waitTime: int = 1000,
        callbackStatus: Callback | int | None = None,
        logLevel: int | None = None,
        fileLogLevel: int = 0,
        *,
        ignoreInvalidSSLCerts: bool = False,
        ca_file: str | PathLike[str] | None = None,
        callback: Callback | None = None,
        raiseOnError: bool = False,
        timeout: float | None = None,
        api: Api = "administration",
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(
            username, password, host, port, autoHandleToken, waitTime,
            callback if callbackStatus is None else callbackStatus, logLevel, fileLogLevel,
            ignoreInvalidSSLCerts=ignoreInvalidSSLCerts, ca_file=ca_file, raiseOnError=raiseOnError, timeout=timeout,
            api=api, transport=transport,
        )  # fmt: skip

    async def download(self, id: str, file: Target) -> int:  # noqa: A002
        """Fetch a message byte for byte into a path or an open binary file; how many bytes. Postroom only."""
        url = message_path(id)
        self._log.info("GET %s", url)
        try:
            async with self._http.stream("GET", url, timeout=self._timeouts()) as answer:
                if answer.status_code != 200:
                    await answer.aread()
                    flows.check(self._received(answer), f"There is no message {id}.")
                with sink(file) as target:
                    async for chunk in answer.aiter_bytes(1 << 16):
                        target.write(chunk)
                    return target.finish(answer.headers.get("etag"))
        except httpx2.TransportError as error:
            raise self._broken(error) from error


class SPEClient(Replacements[Coroutine[Any, Any, Status]], AsyncClient, SPEMethods):
    """The async client of a management server; arguments as for `mailstore.spe.Client`."""

    functions = SPE
    instanceID: str | None

    def __init__(
        self,
        username: str = "admin",
        password: str = "admin",  # noqa: S107  # the product's own first password
        host: str = "",
        port: int = 8470,
        autoHandleToken: bool = True,
        waitTime: int = 2000,
        logLevel: int = 2,
        fileLogLevel: int = 0,
        *,
        instanceID: str | None = None,
        session: SignIn = "auto",
        ignoreInvalidSSLCerts: bool = False,
        ca_file: str | PathLike[str] | None = None,
        callbackStatus: Callback | None = None,
        callback: Callback | None = None,
        raiseOnError: bool = False,
        timeout: float | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(
            username, password, host, port, autoHandleToken, waitTime,
            callback if callbackStatus is None else callbackStatus, logLevel, fileLogLevel,
            ignoreInvalidSSLCerts=ignoreInvalidSSLCerts, ca_file=ca_file, raiseOnError=raiseOnError, timeout=timeout,
            session=sign_in(session, port, username, password), transport=transport,
        )  # fmt: skip
        self.instanceID = instanceID

    def _give(self, flow: Flow[Status]) -> Coroutine[Any, Any, Status]:
        return self._run(flow)
