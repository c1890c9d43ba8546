"""The client of a management server of MailStore Service Provider Edition.

    import mailstore

    with mailstore.spe.Client(password="...", host="mgmt.example.com") as client:
        for user in client.GetUsers("customer1")["result"]:
            print(user["userName"])

Every call answers with the status as a dict, also when it failed; HTTP and connection errors raise.
"""

# ruff: noqa: N803, N815  # names are the API's
from __future__ import annotations

from os import PathLike

import httpx2

from mailstore._methods_spe import SPEMethods
from mailstore.client import SyncClient
from mailstore.contract import SPE
from mailstore.contract.shapes import Status
from mailstore.core import Callback
from mailstore.flows import Flow
from mailstore.instances import SignIn
from mailstore.instances import session as sign_in
from mailstore.replacements import Replacements


class Client(Replacements[Status], SyncClient, SPEMethods):
    """One management server, one of its system administrators.

    `autoHandleToken`, `waitTime` (milliseconds), `logLevel`, `fileLogLevel`, `callbackStatus` (or `callback`),
    `ca_file`, `ignoreInvalidSSLCerts`, `raiseOnError`, `timeout`, `transport`: as for `mailstore.server.Client`.
    `host`: empty means this machine. `session`: "cookie" signs in at the start of `with` or with the first call, and
    out at its end or with Logout, and sends one request at a time; "basic" sends the password with each request; "auto"
    is by cookie on port 8470. `instanceID`: the instance of calls that name none; may be changed at any time.
    """

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
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        super().__init__(
            username, password, host, port, autoHandleToken, waitTime,
            callback if callbackStatus is None else callbackStatus, logLevel, fileLogLevel,
            ignoreInvalidSSLCerts=ignoreInvalidSSLCerts, ca_file=ca_file, raiseOnError=raiseOnError, timeout=timeout,
            session=sign_in(session, port, username, password), transport=transport,
        )  # fmt: skip
        self.instanceID = instanceID

    def _give(self, flow: Flow[Status]) -> Status:
        return self._run(flow)
