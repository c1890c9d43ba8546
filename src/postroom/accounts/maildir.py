"""Where mailboxes lie: the folder of a user, in the three parts that the tables keep.

The mailbox itself is a folder below it (`mailbox_folder`). Source: iRedMail's convention for maildir paths.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postroom.accounts.addresses import domain_of, local_of
from postroom.errors import Invalid
from postroom.settings import Accounts

MAX_CHARS: Final = 255
"""Width of the columns; `deleted_mailboxes` has the whole path in one."""
HASH_FOLDERS: Final = 3
_FOLDER: Final = re.compile(r"[\w.-]+(?:/[\w.-]+)*", re.ASCII)
_DOTS: Final = str.maketrans("-:", "..")
_FORMAT: Final = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """`/var/vmail`, `vmail1`, `example.com/a/n/n/anna-2026.01.31.12.00.00/`."""

    base: str
    node: str
    maildir: str

    @property
    def path(self) -> str:
        return f"{self.base}/{self.node}/{self.maildir}"


def place(address: str, accounts: Accounts, now: datetime) -> Place:
    """The folder of a new user. Raises Invalid when the address can be none."""
    user, domain = local_of(address), domain_of(address)
    base, _, node = accounts.storage_base_directory.rstrip("/").rpartition("/")
    folder = f"{user}-{_stamp(now)}" if accounts.maildir_append_timestamp else user
    parts = [*_of_domain(domain, accounts), *(_of_user(user) if accounts.maildir_hashed else ()), folder]
    return _checked(Place(base, node, "".join(f"{part.lower()}/" for part in parts)), parts, "mail")


def _stamp(moment: datetime) -> str:
    return moment.isoformat(".", "seconds")[:19].translate(_DOTS)


def split(path: str, field: str = "maildir") -> Place:
    """An absolute path that somebody chose, in lower case; joined it is the same path. Raises Invalid(field)."""
    parts = [part for part in path.strip().lower().split("/") if part]
    if not path.strip().startswith("/") or len(parts) < 3:
        raise _not_a_path(field)
    # As in `/var/vmail/vmail1/...`; where the cuts are makes no difference to readers.
    head = 2 if len(parts) > 3 else 1
    base = "".join(f"/{part}" for part in parts[:head])
    return _checked(Place(base, parts[head], "".join(f"{part}/" for part in parts[head + 1 :])), parts, field)


def folder(text: str, field: str = "mailbox_folder") -> str:
    """The folder of a mailbox in a user's home; its case counts. Raises Invalid(field)."""
    if not _FOLDER.fullmatch(text) or ".." in text.split("/"):
        raise Invalid(field, "a folder below the user's home, of letters, digits, `.`, `_` and `-`")
    return text


def mailbox_format(text: str, field: str = "mailbox_format") -> str:
    """A format as Dovecot names it. Readers put a `:` and a path behind it. Raises Invalid(field)."""
    if not _FORMAT.fullmatch(text):
        raise Invalid(field, "the name of a format such as maildir or mdbox")
    return text


def _of_domain(domain: str, accounts: Accounts) -> list[str]:
    if not accounts.maildir_prepend_domain:
        return []
    if not accounts.maildir_domain_hashed:
        return [domain]
    label = domain.partition(".")[0]
    return [label[:1], label[1:2] if label[1:2].isalnum() else "_", domain]


def _of_user(user: str) -> str:
    return user[:HASH_FOLDERS].ljust(HASH_FOLDERS, "_").replace(".", "_").replace("~", "_")


def _checked(found: Place, parts: list[str], field: str) -> Place:
    # LDAP's homeDirectory is ASCII. A slash in a local part would lead into the folder of somebody else.
    if any(part in (".", "..") or "/" in part or not part.isascii() or not part.isprintable() for part in parts):
        raise _not_a_path(field)
    if len(found.path) > MAX_CHARS:
        raise Invalid(field, f"a path of at most {MAX_CHARS} characters, not {found.path}")
    return found


def _not_a_path(field: str) -> Invalid:
    return Invalid(field, "what makes an absolute path of at least three folders: ASCII, and none of them '.' or '..'")
