"""The client of a MailStore Server, and of Postroom's face that speaks its Administration API.

    import mailstore

    with mailstore.server.Client(password="...", host="archive.example.com") as client:
        for user in client.GetUsers()["result"]:
            print(user["userName"])

Every call answers with the status as a dict, also when it failed; HTTP and connection errors raise.
"""

# ruff: noqa: N803  # names are the API's
from __future__ import annotations

from os import PathLike

import httpx2

from mailstore import flows
from mailstore._methods import ServerMethods
from mailstore.client import SyncClient
from mailstore.contract import SERVER
from mailstore.core import Api, Callback
from mailstore.download import Target, message_path, sink


class Client(SyncClient, ServerMethods):
    """One server, one user.

    `autoHandleToken`: calls that start a process return when it has ended; otherwise with its first status, for
    HandleToken and its like. `waitTime`: milliseconds that the server may wait for news before it repeats a status.
    `callbackStatus` (or `callback`): called with every status of a process that is waited for; an int in this place
    is the log level, as in the tutorial's order. `logLevel` (printed), `fileLogLevel` (to `logFile`): 0 none, 1 error,
    2 warning, 3 info, 4 debug.
    `ca_file`: authority that signed the server's certificate; `ignoreInvalidSSLCerts`: accept any.
    `raiseOnError`: a failed or cancelled call raises MailStoreCallError. `timeout`: seconds to wait for an answer,
    beyond `waitTime`; None = as long as it takes. `api`: "legacy" speaks to servers of versions 6 and 7
    (`waitTime` is then the pause between two looks at a process). `transport`: an httpx2 transport, for proxies and
    tests.
    """

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
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        super().__init__(
            username, password, host, port, autoHandleToken, waitTime,
            callback if callbackStatus is None else callbackStatus, logLevel, fileLogLevel,
            ignoreInvalidSSLCerts=ignoreInvalidSSLCerts, ca_file=ca_file, raiseOnError=raiseOnError, timeout=timeout,
            api=api, transport=transport,
        )  # fmt: skip

    def download(self, id: str, file: Target) -> int:  # noqa: A002
        """Fetch a message byte for byte into a path or an open binary file; how many bytes. Postroom only."""
        url = message_path(id)
        self._log.info("GET %s", url)
        try:
            with self._http.stream("GET", url, timeout=self._timeouts()) as answer:
                if answer.status_code != 200:
                    answer.read()
                    flows.check(self._received(answer), f"There is no message {id}.")
                with sink(file) as target:
                    for chunk in answer.iter_bytes(1 << 16):
                        target.write(chunk)
                    return target.finish(answer.headers.get("etag"))
        except httpx2.TransportError as error:
            raise self._broken(error) from error
