"""The steps of the demo about accounts, through the iRedAdmin API over TLS, timed."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from typing import Final

from iredadmin import Client
from iredadmin.errors import AlreadyExists
from postroom.accounts.accounts import Accounts
from postroom.accounts.model import AdminChange
from postroom.accounts.services.access import LOCAL
from postroom.cli import local
from postroom.cli.account_password import generated
from postroom.errors import NotFound, WrongState
from postroom.home import Home
from postroom.settings import Settings

ADMIN: Final = "root@example.org"
DOMAIN: Final = "example.com"
USERS: Final = {f"anna@{DOMAIN}": "Anna Berg", f"bert@{DOMAIN}": "Bert Hill"}
PERIOD_S: Final = 3600
MESSAGES: Final = 100


class AccountsJourney:
    """From an empty directory to a domain with users and a limit, all read back. `note` takes what a step did."""

    def __init__(
        self, home: Home, settings: Settings, accounts: Accounts, note: Callable[[str, str, float], None]
    ) -> None:
        self._home, self._settings, self._accounts, self._note = home, settings, accounts, note

    def run(self) -> None:
        """All steps; a second run makes nothing new. Raises IRedAdminError for what the server refuses."""
        password = self._global_admin()
        url, ca_file = local.address(self._settings, "iredadmin"), local.authority(self._home, self._settings)
        with Client(f"{url}/iredadmin", ADMIN, password, ca_file=ca_file) as self._client:
            self._domain()
            self._users()
            self._throttle()
            self._read_back()
            self._client.logout()

    def _kept_password(self, who: str) -> str:
        """That of an earlier run, else a new one that the rules take."""
        made = generated(self._accounts.core.effective().password_rules)
        return local.kept_password(self._home, who) or local.keep_new_password(self._home, who, made)

    def _global_admin(self) -> str:
        """The first admin cannot be made through the API: whoever owns the home makes it."""
        begun, password = time.perf_counter(), self._kept_password(ADMIN)
        try:
            self._accounts.admins.get(LOCAL, ADMIN)
        except NotFound:
            self._accounts.admins.create(LOCAL, ADMIN, AdminChange(password=password, global_admin=True))
            self._note("global admin", f"{ADMIN}, password in {local.password_file(self._home, ADMIN)}", begun)
        return password

    def _domain(self) -> None:
        begun = time.perf_counter()
        try:
            self._client.domains.create(DOMAIN, name="The demo's domain", default_quota=1024)
        except AlreadyExists:
            self._note("domain", f"nothing new: {DOMAIN} is there", begun)
        else:
            self._note("domain", f"{DOMAIN}, 1024 MB for each mailbox", begun)

    def _users(self) -> None:
        begun = time.perf_counter()
        new = [mail for mail, name in USERS.items() if self._user(mail, name)]
        self._note("mail users", ", ".join(new) or f"nothing new: {len(USERS)} are there", begun)

    def _user(self, mail: str, name: str) -> bool:
        """Whether the user is new."""
        try:
            self._client.users.create(mail, name=name, password=self._kept_password(mail))
        except AlreadyExists:
            return False
        return True

    def _throttle(self) -> None:
        begun, mail = time.perf_counter(), next(iter(USERS))
        if self._is_limited(mail):
            self._note("throttle", f"nothing new: that of {mail} is set", begun)
            return
        self._client.throttle.set(mail, "outbound", period=PERIOD_S, max_msgs=MESSAGES)
        self._note("throttle", f"{mail} may send {MESSAGES} messages in {PERIOD_S} s", begun)

    def _is_limited(self, mail: str) -> bool:
        found = self._client.throttle.get(mail, "outbound")
        return (found.get("period"), found.get("max_msgs")) == (PERIOD_S, MESSAGES)

    def _read_back(self) -> None:
        """What the API answers is what was set. Raises WrongState where it is not."""
        begun, client = time.perf_counter(), self._client
        users = client.users.list(DOMAIN, email_only=True)
        there = DOMAIN in client.domains.list(name_only=True) and USERS.keys() <= set(users)
        if not (there and self._is_limited(next(iter(USERS)))):
            raise WrongState("What the iRedAdmin API answers is not what was set through it.")
        for mail in USERS:
            client.users.verify_password(mail, password=self._kept_password(mail))
        self._note("read back", f"domain, {len(users)} users with their passwords, throttle: as they were set", begun)

    def suggestions(self) -> list[str]:
        """Commands that work as they stand."""
        home, url = shlex.quote(local.short(self._home.path)), local.address(self._settings, "iredadmin")
        ca_file = f"--cacert {home}/tls/ca.pem"
        password = f'"password=$(cat {home}/passwords/{ADMIN})"'
        login = f"curl -s {ca_file} -b '' -d username={ADMIN} --data-urlencode {password} {url}/iredadmin/api/login"
        return [
            f"{local.program()} account user list {DOMAIN} --home {home}",
            f"{login} --next -s {ca_file} -b '' {url}/iredadmin/api/users/{DOMAIN}",
        ]
