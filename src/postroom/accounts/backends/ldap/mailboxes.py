"""What Dovecot and we keep about mailboxes in SQL: with LDAP these tables are in `iredadmin`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, delete, exists, insert, select, update

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.ldap.store import Entry
from postroom.accounts.database.tables.iredadmin import (
    anyone_shares,
    deleted_mailboxes,
    last_login,
    share_folder,
    used_quota,
)
from postroom.accounts.model import Kept

_of: Final = bindparam("of", type_=used_quota.c.username.type)
_NAMES: Final = (
    used_quota.c.username,
    last_login.c.username,
    share_folder.c.from_user,
    share_folder.c.to_user,
    anyone_shares.c.from_user,
)
_FORGET: Final = tuple(delete(column.table).where(column == _of) for column in _NAMES)
_STORED: Final = select(used_quota.c.bytes, used_quota.c.messages).where(used_quota.c.username == _of)
_LOGINS: Final = select(last_login.c.imap, last_login.c.pop3).where(last_login.c.username == _of)
_KEPT: Final = select(
    exists().where(and_(deleted_mailboxes.c.username == _of, deleted_mailboxes.c.maildir == bindparam("maildir")))
)
_KEEP: Final = insert(deleted_mailboxes)


def stored(connection: Connection, address: str) -> tuple[int, int]:
    """Bytes and messages; 0 where Dovecot counted none yet."""
    row = connection.execute(_STORED, {"of": address}).first()
    return (int(row.bytes), int(row.messages)) if row is not None else (0, 0)


def last_seen(connection: Connection, address: str) -> str:
    """The last time mail was read, empty for never; deliveries do not count."""
    seconds = [second for row in connection.execute(_LOGINS, {"of": address}) for second in row if second]
    return datetime.fromtimestamp(max(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S") if seconds else ""


def keep(connection: Connection, users: Iterable[Entry], kept: Kept) -> None:
    """Note where the files of deleted mailboxes are, and until when they are kept; once for each folder."""
    for user in users:
        address, path = user.first("mail").lower(), folder(user)
        if connection.execute(_KEPT, {"of": address, "maildir": path}).scalar():
            continue
        size, messages = stored(connection, address)
        row = {
            "username": address,
            "domain": domain_of(address),
            "maildir": path,
            "bytes": size,
            "messages": messages,
            "admin": kept.admin,
            "delete_date": kept.until,
        }
        connection.execute(_KEEP, row)


def folder(user: Entry) -> str:
    """As Dovecot's home: in lower case. Entries of long ago have it in two attributes."""
    old = "/".join(filter(None, (user.first("storageBaseDirectory").rstrip("/"), user.first("mailMessageStore"))))
    return (user.first("homeDirectory") or old).lower()


def forget(connection: Connection, address: str) -> None:
    """Everything but the note of `keep`."""
    for statement in _FORGET:
        connection.execute(statement, {"of": address})


def rename(connection: Connection, address: str, new: str) -> None:
    """What was kept under the new address belonged to nobody."""
    forget(connection, new)
    for column in _NAMES:
        values: dict[Any, Any] = {column: new}
        if "domain" in column.table.c:
            values[column.table.c.domain] = domain_of(new)
        connection.execute(update(column.table).where(column == address).values(values))
