"""A small MailStore Server: users, compliance, stores to verify."""

# ruff: noqa: A002, N803  # names are the API's
from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from tests.clients.mailstore.wire import ApiError, Process, Step, Wire, split

from mailstore.contract import SERVER

NEWER = {
    "name": "GetWeather",
    "path": "api/weather/",
    "args": [
        {"name": "place", "type": "string", "nullable": False},
        {"name": "days", "type": "number", "nullable": True},
        {"name": "options", "type": "json", "nullable": True},
    ],
}


@dataclass
class Fake(Wire):
    """The server's state."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    compliance: dict[str, Any] = field(
        default_factory=lambda: {"globalRetentionTimeYears": 0, "legalHoldEnabled": False}
    )

    def metadata(self) -> list[Any]:
        return [*(f.metadata() for f in SERVER.values() if not f.ours), NEWER]

    def do_GetServerInfo(self) -> object:
        return {"version": "9.0.0.9702", "machineName": "FAKE"}

    def do_GetWeather(self, place: str, days: str = "", options: str = "{}") -> object:
        return {"place": place, "days": days, "options": json.loads(options)}

    def do_GetUsers(self) -> object:
        return [{k: u[k] for k in ("userName", "fullName", "distinguishedName")} for u in self.users.values()]

    def do_GetUserInfo(self, userName: str) -> object:
        if userName not in self.users:
            raise ApiError(f"There is no user '{userName}'.")
        return self.users[userName]

    def do_CreateUser(self, userName: str, privileges: str, fullName: str | None = None, **rest: str) -> None:
        if userName in self.users:
            raise ApiError(f"The user '{userName}' exists already.")
        self.users[userName] = {
            "userName": userName, "fullName": fullName, "distinguishedName": rest.get("distinguishedName"),
            "authentication": rest.get("authentication", "integrated"), "emailAddresses": [], "pop3UserNames": [],
            "privileges": split(privileges), "privilegesOnFolders": [],
        }  # fmt: skip

    def do_DeleteUser(self, userName: str) -> None:
        self.do_GetUserInfo(userName)
        del self.users[userName]

    def do_SetUserEmailAddresses(self, userName: str, emailAddresses: str = "") -> None:
        self.do_GetUserInfo(userName)
        self.users[userName]["emailAddresses"] = split(emailAddresses)

    def do_GetComplianceConfiguration(self) -> object:
        return self.compliance

    def do_SetComplianceConfiguration(self, config: str) -> None:
        self.compliance.update(json.loads(config))

    def do_VerifyStore(self, id: str, includeIndexes: str = "true") -> Process:
        assert includeIndexes in {"true", "false"}
        steps = [
            Step(3, 0, f"Verifying file group #{id}...\r\nCreating a list of messages to be verified...\r\n"),
            Step(9, 0, "  100 messages verified...\r\n"),
            Step(29, 50, "  200 messages verified...\r\n"),
            Step(30, 51, None),
            Step(147, None, "Finished. No errors have been found.\r\n", "succeeded"),
        ]
        token = hashlib.md5(str(len(self.processes)).encode()).hexdigest()
        return self.processes.setdefault(token, Process(token, steps))
