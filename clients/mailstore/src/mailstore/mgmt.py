"""The clients with the names of the client library of 2018: `ServerClient` and `SPEClient`.

    from mailstore import mgmt

    client = mgmt.SPEClient(password="...", host="mgmt.example.com")
    client.instanceID = "customer1"
    print(client.GetUserInfo("anna")["result"])

They log to Python's logger `MGMTLogger`, print nothing, and call back with each status but the first of a process.
"""

# ruff: noqa: N802, N803, N815  # names are the API's
from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

import httpx2

from mailstore import encode, flows
from mailstore._methods import ServerMethods
from mailstore._methods_mgmt import SPEMethods
from mailstore.client import SyncClient
from mailstore.contract import SERVER, SPE, Function
from mailstore.contract.shapes import Status
from mailstore.core import Callback
from mailstore.instances import InstanceApart, SignIn
from mailstore.instances import session as sign_in
from mailstore.logs import LOGGER, open_shared_log


class _Management(SyncClient):
    """What both clients have beside the functions."""

    tells_first = False

    def _open_log(self, level: int, file_level: int) -> logging.Logger:  # noqa: ARG002  # there is no file here
        return open_shared_log(LOGGER, level)

    def call(
        self,
        method: str,
        arguments: Mapping[str, object] | None = None,
        invoke: bool = True,
        autoHandleToken: bool | None = None,
    ) -> Any:
        """Call any function with arguments by name: its status.

        With `invoke` False it is one of the API's own verbs, such as `get-metadata`: what it answers, unfollowed.
        """
        if not invoke:
            return self._run(flows.verb(method, encode.form(arguments or {}, {})))
        function = self._function(method)
        return self._run(self._flow(method, self._filled(function, arguments or {}), autoHandleToken, function))

    def _function(self, method: str) -> Function | None:
        return self.functions.get(method)

    def _filled(self, function: Function | None, arguments: Mapping[str, object]) -> dict[str, object]:  # noqa: ARG002
        return {**arguments}

    def YieldStatus(self, status: flows.Process, waitTime: int | None = None) -> Iterator[Status]:
        """Each status of a process as received, the given one first, until it has ended."""
        return self.HandleTokenIter(status, waitTime)


class ServerClient(_Management, ServerMethods):
    """A MailStore Server; arguments as for `mailstore.server.Client`."""

    functions = SERVER

    def __init__(
        self,
        username: str = "admin",
        password: str = "admin",  # noqa: S107  # the product's own first password
        host: str = "127.0.0.1",
        port: int = 8463,
        autoHandleToken: bool = True,
        waitTime: int = 1000,
        callback: Callback | None = None,
        logLevel: int = 2,
        *,
        ignoreInvalidSSLCerts: bool = False,
        ca_file: str | PathLike[str] | None = None,
        raiseOnError: bool = False,
        timeout: float | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        super().__init__(
            username, password, host, port, autoHandleToken, waitTime, callback, logLevel, 0,
            ignoreInvalidSSLCerts=ignoreInvalidSSLCerts, ca_file=ca_file, raiseOnError=raiseOnError, timeout=timeout,
            transport=transport,
        )  # fmt: skip


class SPEClient(InstanceApart, _Management, SPEMethods):
    """A management server of the Service Provider Edition; arguments as for `mailstore.spe.Client`.

    `instanceID`: added to every call of a function that is about an instance; one call can name another by keyword.
    """

    functions = SPE
    instanceID: str | None

    def __init__(
        self,
        username: str = "admin",
        password: str = "admin",  # noqa: S107  # the product's own first password
        host: str = "127.0.0.1",
        port: int = 8474,
        autoHandleToken: bool = True,
        waitTime: int = 1000,
        callback: Callback | None = None,
        logLevel: int = 2,
        *,
        ignoreInvalidSSLCerts: bool = False,
        instanceID: str | None = None,
        session: SignIn = "auto",
        ca_file: str | PathLike[str] | None = None,
        raiseOnError: bool = False,
        timeout: float | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        super().__init__(
            username, password, host, port, autoHandleToken, waitTime, callback, logLevel, 0,
            ignoreInvalidSSLCerts=ignoreInvalidSSLCerts, ca_file=ca_file, raiseOnError=raiseOnError, timeout=timeout,
            session=sign_in(session, port, username, password), transport=transport,
        )  # fmt: skip
        self.instanceID = instanceID

    def _function(self, method: str) -> Function | None:
        """Of a function newer than this library the server tells whether it is about an instance."""
        return self.functions.get(method) or self._known().get(method)

    def _filled(self, function: Function | None, arguments: Mapping[str, object]) -> dict[str, object]:
        return self._added(function, arguments)
