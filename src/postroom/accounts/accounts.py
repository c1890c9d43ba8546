"""Accounts: what faces and the command line call."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from postroom import settings
from postroom.accounts import log
from postroom.accounts.backends import open_backend
from postroom.accounts.database.connect import Databases
from postroom.accounts.directory import Account
from postroom.accounts.identities import Identities
from postroom.accounts.model import Page
from postroom.accounts.services import access
from postroom.accounts.services.access import Caller
from postroom.accounts.services.admins import Admins
from postroom.accounts.services.core import Core
from postroom.accounts.services.domains import Domains
from postroom.accounts.services.groups import MAIL_LIST, Aliases, Groups
from postroom.accounts.services.mailboxes import Mailboxes
from postroom.accounts.services.policy_settings import PolicySettings
from postroom.accounts.services.signing_in import SigningIn
from postroom.accounts.services.users import Users
from postroom.accounts.sessions import Sessions
from postroom.accounts.tokens import Tokens


class Accounts:
    """The directory of one home. SQLite's file is made with its tables; other databases are first opened when asked.

    Close it, or use it in a `with`. Safe to use from threads.
    """

    def __init__(self, all_settings: settings.Settings, home: Path, core: Core | None = None) -> None:
        self.settings = all_settings
        if core is None:
            databases = Databases.open(all_settings.accounts, home)
            backend = open_backend(all_settings.accounts, databases)
            tokens, identities = Tokens(home / "tokens.db"), Identities(home / "identities.db")
            core = Core(databases, backend, all_settings, tokens, identities)
        self.core = core
        self.domains = Domains(core)
        self.admins = Admins(core)
        self.users = Users(core)
        self.aliases = Aliases(core)
        self.maillists = Groups(core, MAIL_LIST)
        self.policies = PolicySettings(core)
        self.mailboxes = Mailboxes(core)
        self.signing_in = SigningIn(core)
        web = all_settings.iredadmin
        self.sessions = Sessions(
            core.databases, timeout_s=web.session_timeout_s, ignore_change_ip=web.session_ignore_change_ip
        )

    def log(self, by: Caller, *, domain: str = "", admin: str = "", event: str = "", page: Page) -> list[log.Entry]:
        """The admin log, newest first; a domain admin sees what concerns the domains they manage."""
        if domain:
            access.needs_domain(by, domain)
        among = None if by.global_admin else by.domains
        with self.core.look(by) as look:
            return log.entries(look.unit, log.Filters(admin, domain, "", event, among), page)

    def ldif(self, by: Caller, kind: Account, name: str) -> str:
        """The entry of an account as LDIF, without what answers hide; LDAP only, else WrongState."""
        hidden = self.settings.iredadmin.hidden_user_profiles
        if kind == "admin":
            hidden = self.settings.iredadmin.hidden_admin_profiles
            access.needs_global(by)
        elif "@" in name:
            access.needs_account(by, name)
        else:
            access.needs_domain(by, name)
        with self.core.look(by) as look:
            return look.directory.ldif(kind, name, without=hidden)

    def close(self) -> None:
        """Close all connections."""
        self.core.backend.close()
        self.core.identities.close()
        self.core.tokens.close()
        self.core.databases.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
