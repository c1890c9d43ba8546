"""A small management server of the provider edition: Basic on one port, the cookie session on another."""

# ruff: noqa: A002, N803  # names are the API's
from __future__ import annotations

import base64
import hashlib
import json
import ssl
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.clients.mailstore.wire import ApiError, Handler, Process, Seen, Step, Wire, listening

from mailstore.contract import SPE

NEWER = {
    "name": "GetWeather",
    "args": [
        {"name": "instanceID", "type": "string", "nullable": False},
        {"name": "place", "type": "string", "nullable": False},
    ],
}
BEGUN = (
    "Verifying file group #{id}...\r\nCreating a list of messages to be verified...\r\n"
    "389 messages are about to be verified.\r\nVerifying...\r\n"
)
HALF = "  100 messages verified...\r\n"
REST = "  389 messages verified...\r\nFinished. No errors have been found.\r\n"


@dataclass
class Management(Wire):
    """The server's state: one session at a time, administrators, roles, instances with users and settings."""

    open_metadata: bool = False
    cookie: str | None = None
    xsrf: str = ""
    refuse_with: int = 403
    """What a request without a good session gets."""
    refuse_all: bool = False
    lose_logout: bool = False
    login_answer: bytes | None = None
    logins: int = 0
    count: int = 0
    users: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"test01": [user("admin"), user("anna")]})
    settings: dict[tuple[str, str], Any] = field(default_factory=dict)
    rows: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {"hosts": {}, "access": {}, "instances": {}, "admins": {"admin": {"userName": "admin"}}}
    )
    passwords: dict[str, str] = field(default_factory=dict)
    cookie_httpd: ThreadingHTTPServer | None = None

    def start(self, certificate: Path, key: Path) -> None:
        super().start(certificate, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        state = self

        class Bound(CookieHandler):
            server_state = state

        self.cookie_httpd = listening(context, Bound)

    def stop(self) -> None:
        super().stop()
        assert self.cookie_httpd
        self.cookie_httpd.shutdown()
        self.cookie_httpd.server_close()

    @property
    def cookie_port(self) -> int:
        assert self.cookie_httpd
        return int(self.cookie_httpd.server_address[1])

    def calls(self, name: str) -> list[Seen]:
        """The requests for a function, refused ones included."""
        return [seen for seen in self.seen if seen.path.endswith(f"/{name}")]

    def unique(self, size: int) -> bytes:
        self.count += 1
        return hashlib.sha512(str(self.count).encode()).digest()[:size]

    def metadata(self) -> list[Any]:
        return [*(function.metadata() for function in SPE.values()), NEWER]

    # functions

    def do_Ping(self) -> None: ...

    def do_GetEnvironmentInfo(self) -> object:
        return {"version": "9.0", "serverName": "FAKE", "licenseeName": "Acme", "userName": "admin"}

    def do_GetWeather(self, instanceID: str, place: str) -> object:
        return {"instanceID": instanceID, "place": place}

    def do_GetUsers(self, instanceID: str) -> object:
        if instanceID not in self.users:
            raise ApiError(f"There is no instance '{instanceID}'.")
        return [
            {key: row[key] for key in ("userName", "fullName", "distinguishedName")} for row in self.users[instanceID]
        ]

    def do_GetUserInfo(self, instanceID: str, userName: str) -> object:
        found = [row for row in self.users.get(instanceID, []) if row["userName"] == userName]
        if not found:
            raise ApiError(f"There is no user '{userName}'.")
        return found[0]

    def do_CreateSystemAdministrator(self, config: str, password: str) -> None:
        self.keep("admins", "userName", config, new=True)
        self.passwords[json.loads(config)["userName"]] = password

    def do_SetSystemAdministratorConfiguration(self, config: str) -> None:
        self.keep("admins", "userName", config, new=False)

    def do_CreateInstanceHost(self, config: str) -> None:
        self.keep("hosts", "serverName", config, new=True)

    def do_SetInstanceHostConfiguration(self, config: str) -> None:
        self.keep("hosts", "serverName", config, new=False)

    def do_CreateClientAccessServer(self, config: str) -> None:
        self.keep("access", "serverName", config, new=True)

    def do_SetClientAccessServerConfiguration(self, config: str) -> None:
        self.keep("access", "serverName", config, new=False)

    def do_CreateInstance(self, config: str) -> None:
        self.keep("instances", "instanceID", config, new=True)

    def do_GetInstances(self, instanceFilter: str) -> object:
        return [row for name, row in self.rows["instances"].items() if instanceFilter in {"*", name}]

    def keep(self, kind: str, key: str, config: str, *, new: bool) -> None:
        row = json.loads(config)
        if new == (row[key] in self.rows[kind]):
            raise ApiError(f"'{row[key]}' {'exists already' if new else 'is unknown'}.")
        self.rows[kind][row[key]] = {**self.rows[kind].get(row[key], {}), **row}

    def do_GetComplianceConfiguration(self, instanceID: str) -> object:
        default = {"globalRetentionTimeYears": 10, "adminEmailPreviewEnabled": False, "legalHoldEnabled": False}
        return self.settings.setdefault((instanceID, "compliance"), {**default, "logSuccessfulUserActivities": []})

    def do_SetComplianceConfiguration(self, instanceID: str, config: str) -> None:
        self.settings[instanceID, "compliance"] = json.loads(config)

    def do_SetIndexConfiguration(self, instanceID: str, config: str) -> None:
        self.settings[instanceID, "index"] = json.loads(config)

    def do_SetStoreAutoCreateConfiguration(self, instanceID: str, config: str) -> None:
        self.settings[instanceID, "autocreate"] = json.loads(config)

    def do_VerifyStore(self, instanceID: str, id: str, includeIndexes: str = "true") -> Process:
        assert instanceID
        assert includeIndexes in {"true", "false"}
        steps = [
            Step(0, None, None), Step(5, 0, BEGUN.format(id=id)), Step(6, 1, None), Step(7, 26, HALF),
            Step(147, 100, REST, "succeeded"),
        ]  # fmt: skip
        return self.process_of(steps)

    def do_MaintainFileSystemDatabases(self, instanceID: str) -> Process:
        assert instanceID
        return self.process_of([Step(0, None, None), Step(3, None, "Done.\r\n", "succeeded")])

    def do_GetFolderStatistics(self, instanceID: str) -> Process:
        return self.do_MaintainFileSystemDatabases(instanceID)

    def process_of(self, steps: list[Step]) -> Process:
        token = "sa" + self.unique(16).hex()
        return self.processes.setdefault(token, Process(token, steps))


def user(name: str) -> dict[str, Any]:
    return {
        "userName": name, "fullName": name, "distinguishedName": None, "authentication": "integrated",
        "emailAddresses": [f"{name}@example.com", f"{name}@example.org"],
    }  # fmt: skip


class CookieHandler(Handler):
    server_state: Management

    def serve(self, fields: dict[str, str]) -> None:
        fake = self.server_state
        seen = Seen(self.command, self.path, dict(self.headers), fields, self.client_address)
        fake.seen.append(seen)
        if self.path == "/login":
            return self.login(fields)
        asked = (self.headers.get("Cookie"), self.headers.get("X-AntiXsrfToken"))
        if fake.refuse_all or fake.cookie is None or asked != (f"MSWEB_MGM_AUTH={fake.cookie}", fake.xsrf):
            return self.send(fake.refuse_with, b"")
        fake.xsrf = base64.b64encode(fake.unique(33)).decode()
        if self.path == "/logout" and fake.lose_logout:
            self.close_connection = True
            return None
        if self.path == "/logout":
            fake.cookie = None
            return self.send(200, b"+OK")
        if self.path.endswith("get-status") and fake.drop_status:
            fake.drop_status -= 1
            self.close_connection = True
            return None
        return self.reply(seen)

    def login(self, fields: dict[str, str]) -> None:
        fake = self.server_state
        fake.logins += 1
        if fake.login_answer is not None:
            return self.send(200, fake.login_answer)
        if fields != {"u": "admin", "p": fake.password}:
            return self.send(200, b"-ERR")
        fake.cookie, fake.xsrf = fake.unique(20).hex() + "==", base64.b64encode(fake.unique(33)).decode()
        cookie = f"MSWEB_MGM_AUTH={fake.cookie};path=/;secure;HttpOnly"
        return self.send(200, f"+OK{fake.xsrf}".encode(), **{"Set-Cookie": cookie, "Content-Type": "text/plain"})

    def dressed(self, answer: Any) -> Any:
        if not isinstance(answer, dict):
            self.server_state.xsrf = self.headers["X-AntiXsrfToken"]  # a list has no place for a new one
            return answer
        first = {"error": answer["error"], "token": answer["token"], "antiXsrfToken": self.server_state.xsrf}
        return {**first, **answer}
