"""Files of Dovecot 2.3: how it finds users, keeps their mail, counts it, and serves Postfix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from postroom.accounts.mailconfig import templates
from postroom.accounts.mailconfig.places import ConfigFile, Places
from postroom.accounts.mailconfig.sources import Database, Directory, Source
from postroom.settings import Settings

_ITS_OWN_COUNT: Final = """
# Nothing is written down about mailboxes: there is no database for it.
plugin {
  quota = count:user
  quota_vsizes = yes
}
"""


def files(source: Source, settings: Settings, places: Places) -> Iterator[ConfigFile]:
    """Those of one back end."""
    owner = f"root:{places.dovecot_group}"
    counts = source.counts if isinstance(source, Directory) else source
    users = _of_directory(source) if isinstance(source, Directory) else _of_database(source)
    yield ConfigFile("dovecot/postroom/dovecot.conf", _main(source, counts, settings, places), 0o644, "root:root")
    yield ConfigFile("dovecot/postroom/users.conf.ext", users, 0o640, owner)
    if counts is not None:
        for name in ("used-quota.conf.ext", "last-login.conf.ext"):
            text = templates.filled(templates.text(name), {"connect": _connect(counts)})
            yield ConfigFile(f"dovecot/postroom/{name}", text, 0o640, owner)


def _main(source: Source, counts: Database | None, settings: Settings, places: Places) -> str:
    values = {
        "etc": str(places.etc),
        "queue": str(places.queue),
        "mail_user": places.mail_user,
        "mail_group": places.mail_group,
        "quota_port": str(places.quota_port),
        "delimiters": settings.accounts.recipient_delimiters,
        "driver": "ldap" if isinstance(source, Directory) else "sql",
        "dict_driver": counts.dialect if counts else "",
        # Postfix gives up all further groups of its user, and so the file is its group's. Dovecot's own users join it.
        "group": f"\n  extra_groups = {places.postfix_group}" if _is_file(counts) else "",
        "last_login": " last_login" if counts else "",
        "lda_key": "  plugin {\n    last_login_key = last-login/lda/%u/%d\n  }" if counts else "",
    }
    counting = templates.text("dovecot-dict.conf") if counts else _ITS_OWN_COUNT.lstrip()
    return templates.filled(f"{templates.text('dovecot.conf')}\n{counting}", values)


def _is_file(database: Database | None) -> bool:
    return database is not None and database.dialect == "sqlite"


def _of_database(database: Database) -> str:
    found = templates.queries("dovecot.sql", database.dialect)
    lines = {name: " \\\n  ".join(line.strip() for line in _joined(query.lines)) for name, query in found.items()}
    values = {"driver": database.dialect, "connect": _connect(database), **lines}
    return templates.filled(templates.text("users-sql.conf.ext"), values)


def _joined(lines: tuple[str, ...]) -> Iterator[str]:
    """Lines of a query; Dovecot joins them again where a backslash ends one."""
    yield from (line for line in lines if line.strip())


def _connect(database: Database) -> str:
    if database.dialect == "sqlite":
        return database.name
    parts = {
        "host": database.host,
        "port": str(database.port),
        "dbname": database.name,
        "user": database.user,
        "password": database.password,
    }
    return " ".join(f"{name}={value}" for name, value in parts.items() if value)


def _of_directory(directory: Directory) -> str:
    condition = "".join(templates.searches("dovecot.ldap", {})["user"].filter)
    tls = [
        *(["tls = yes"] if directory.starttls else []),
        *([f"tls_ca_cert_file = {directory.ca_file}"] if directory.ca_file else []),
        *(["tls_require_cert = demand"] if directory.starttls or directory.uri.startswith("ldaps:") else []),
    ]
    values = {
        "uri": directory.uri,
        "tls": "\n".join(tls),
        "dn": directory.dn,
        "password": directory.password,
        "domains": directory.domains,
        "filter": condition,
    }
    return templates.filled(templates.text("users-ldap.conf.ext"), values)
