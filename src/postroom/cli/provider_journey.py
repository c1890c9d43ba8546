"""The steps of the demo about a service provider, who has an instance for a customer, and about a script for the older
Management API. All over TLS, timed."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import mailstore
from mailstore.errors import MailStoreHTTPError
from postroom.cli import local
from postroom.cli.accounts_journey import USERS
from postroom.errors import WrongState
from postroom.home import Home
from postroom.settings import Settings

if TYPE_CHECKING:
    from mailstore.spe import Client

ADMIN: Final = "admin"
KEPT_AS: Final = "spe-admin"
"""Where the password of the installation's administrator is kept: its name is that of a user of the archive."""
INSTANCE: Final = "customer1"
USER: Final = next(iter(USERS))


class ProviderJourney:
    """From an installation without customers to one whose mail is archived. `profile` gives the properties of a profile
    for a mailbox, `note` takes what a step did."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        profile: Callable[[str], dict[str, Any]],
        note: Callable[[str, str, float], None],
    ) -> None:
        self._home, self._settings, self._profile, self._note = home, settings, profile, note

    def run(self, reader: str) -> None:
        """All steps; a second run makes nothing new. `reader` is a user of the archive, whom the older API shows.

        Raises MailStoreBaseError for what the server refuses.
        """
        password = self._admin_password()
        with self._client(password) as self._spe:
            self._instance()
            self._archive()
            self._verify()
        self._older(reader)

    def _client(self, password: str) -> Client:
        return mailstore.spe.Client(
            ADMIN,
            password,
            local.host(self._settings),
            self._settings.spe.session_port,
            session="cookie",
            logLevel=0,
            ca_file=local.authority(self._home, self._settings),
            raiseOnError=True,
        )

    # The steps

    def _admin_password(self) -> str:
        """The administrator's own password; the one every installation starts with is changed first."""
        begun = time.perf_counter()
        kept = local.kept_password(self._home, KEPT_AS)
        if kept and self._accepted(kept):
            return kept
        password = kept or local.keep_new_password(self._home, KEPT_AS)
        with self._client(local.FIRST_PASSWORD) as client:
            client.SetSystemAdministratorPassword(ADMIN, password)
        file = local.password_file(self._home, KEPT_AS)
        self._note("SPE password", f"{ADMIN} of the installation has a strong one, in {file}", begun)
        return password

    def _accepted(self, password: str) -> bool:
        try:
            with self._client(password) as client:
                client.Ping()
        except MailStoreHTTPError as error:
            if error.code != 401:
                raise
            return False
        return True

    def _instance(self) -> None:
        begun, spe = time.perf_counter(), self._spe
        if spe.GetInstances(INSTANCE)["result"]:
            self._note("SPE instance", f"nothing new: {INSTANCE} is there", begun)
            return
        host = spe.GetInstanceHosts("*")["result"][0]["serverName"]
        spe.CreateInstance({"instanceID": INSTANCE, "instanceHost": host, "startMode": "automatic"})
        spe.SetArchiveAdminEnabled(INSTANCE, True)
        spe.CreateUser(INSTANCE, USER, "login")
        spe.SetUserEmailAddresses(INSTANCE, USER, USER)
        (row,) = spe.GetInstances(INSTANCE)["result"]
        self._note("SPE instance", f"{INSTANCE} on {host} is {row['status']}, with the user {USER}", begun)

    def _archive(self) -> None:
        """What the customer's archive fetches is in no other instance."""
        begun = time.perf_counter()
        run = self._spe.RunTemporaryProfile(INSTANCE, self._profile(USER))["result"]
        if run["result"] != "succeeded":
            raise WrongState(f"The profile of {INSTANCE} ended with {run['result']!r}.")
        told = f"{run['itemsArchived']} new messages" if run["itemsArchived"] else "nothing new"
        self._note("SPE profile", f"{told} of {USER}, fetched from Graph into {INSTANCE}", begun)

    def _verify(self) -> None:
        begun = time.perf_counter()
        log = _last_line(self._spe.VerifyStore(INSTANCE, 1))
        self._note("SPE verify", f"{INSTANCE}, store 1: {log}", begun)

    def _older(self, reader: str) -> None:
        begun = time.perf_counter()
        password = local.kept_password(self._home, ADMIN) or ""
        with mailstore.server.Client(
            ADMIN,
            password,
            local.host(self._settings),
            self._settings.mailstore.port,
            logLevel=0,
            ca_file=local.authority(self._home, self._settings),
            api="legacy",
        ) as client:
            user = client.GetUserInfo(reader)["result"]
        told = f"{user['userName']} is {user['fullName']}, as /JSON/Invoke/GetUserInfo has it"
        self._note("older API", told, begun)

    def suggestions(self) -> list[str]:
        """Commands that work as they stand."""
        home, url = shlex.quote(local.short(self._home.path)), local.address(self._settings, "spe")
        login = f'"{ADMIN}:$(cat {home}/passwords/{KEPT_AS})"'
        call = f"{url}/api/invoke/GetInstances -d instanceFilter=%2A"
        return [f"curl -s --cacert {home}/tls/ca.pem --user {login} {call}"]


def _last_line(status: Mapping[str, Any]) -> str:
    lines = (status["logOutput"] or "").strip().splitlines()
    return lines[-1].strip() if lines else "done"
