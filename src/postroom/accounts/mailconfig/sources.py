"""Where readers find accounts: a database or a directory, taken from the settings.

What readers are given may be an account of the database or directory that can do less than ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import URL

from postroom.accounts.database.engine import parsed
from postroom.accounts.mailconfig.templates import Dialect
from postroom.errors import Invalid
from postroom.settings import Accounts

_DIALECTS: Final[dict[str, Dialect]] = {"sqlite": "sqlite", "postgresql": "pgsql", "mysql": "mysql"}
_PORTS: Final[dict[Dialect, int]] = {"pgsql": 5432, "mysql": 3306}


@dataclass(frozen=True, slots=True)
class Database:
    """One database. `host` is empty with SQLite, where `name` is the file."""

    dialect: Dialect
    name: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Directory:
    """An LDAP directory, and the database beside it in which Dovecot counts, if there is one."""

    uri: str
    suffix: str
    dn: str
    password: str = field(repr=False)
    starttls: bool
    ca_file: str
    counts: Database | None

    @property
    def domains(self) -> str:
        """The entry above all domains."""
        return f"o=domains,{self.suffix}"


Source = Database | Directory


def source(accounts: Accounts, home: Path) -> Source:
    """Where the configured back end keeps accounts. Raises Invalid for what readers cannot be told."""
    if accounts.backend == "sqlite":
        return Database("sqlite", str((accounts.sqlite_file or home / "accounts.db").absolute()))
    if accounts.backend == "ldap":
        return _directory(accounts)
    setting: Literal["mail_server_url", "vmail_url"] = "mail_server_url" if accounts.mail_server_url else "vmail_url"
    return _database(setting, accounts.mail_server_url or accounts.vmail_url)


def _directory(accounts: Accounts) -> Directory:
    url = accounts.mail_server_url or accounts.iredadmin_url
    setting = "mail_server_url" if accounts.mail_server_url else "iredadmin_url"
    reader = bool(accounts.ldap_reader_password)
    dn = accounts.ldap_reader_dn or f"cn=vmail,{accounts.ldap_suffix}"
    writer = accounts.ldap_bind_dn or f"cn=vmailadmin,{accounts.ldap_suffix}"
    return Directory(
        uri=accounts.ldap_uri,
        suffix=accounts.ldap_suffix,
        dn=dn if reader else writer,
        password=_line("ldap_reader_password", accounts.ldap_reader_password or accounts.ldap_bind_password),
        starttls=accounts.ldap_starttls,
        ca_file=str(accounts.ldap_ca_file or ""),
        counts=_database(setting, url) if url else None,
    )


def _database(setting: str, text: str) -> Database:
    url = parsed(setting, text)
    dialect = _DIALECTS[url.get_backend_name()]
    if dialect == "sqlite":
        return Database(dialect, str(Path(url.database or "").absolute()))
    return Database(
        dialect,
        _word(setting, url.database or ""),
        _host(url, dialect),
        url.port or _PORTS[dialect],
        _word(setting, url.username or ""),
        _word(setting, str(url.password or "")),
    )


def _host(url: URL, dialect: Dialect) -> str:
    socket = url.query.get("host" if dialect == "pgsql" else "unix_socket", "")
    return url.host or (socket if isinstance(socket, str) else "") or "127.0.0.1"


def _line(setting: str, text: str) -> str:
    """What can be all of a value: neither Postfix nor Dovecot has a way to write every sign."""
    if text != text.strip() or not text.isprintable() or any(sign in "'\"\\#" for sign in text):
        raise Invalid(f"accounts.{setting}", "without quotes, backslashes and #, as Dovecot cannot read them")
    return text


def _word(setting: str, text: str) -> str:
    """What is one of several values on a line of Dovecot."""
    if any(sign.isspace() for sign in text):
        raise Invalid(f"accounts.{setting}", "without spaces, as Dovecot cannot read them")
    return _line(setting, text)
