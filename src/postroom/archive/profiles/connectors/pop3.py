"""Mail from POP3 servers: one mailbox and its archive, or one mailbox with the mail of many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from postroom.archive.profiles.common import DELETE, TARGET
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.connectors import mailserver
from postroom.archive.profiles.connectors.mailserver_people import Shared
from postroom.archive.profiles.connectors.pop3_source import Pop3Source
from postroom.archive.profiles.details import Details, Key
from postroom.archive.sources import names

PLAIN_PORT: Final = 110
TLS_PORT: Final = 995
INBOX: Final = "Inbox"

KEYS: Final = (
    mailserver.HOST, mailserver.protocol("POP3"), mailserver.PORT, mailserver.USER, mailserver.PASSWORD,
    mailserver.CREDENTIAL, mailserver.ADDRESS, mailserver.TIMEOUT, mailserver.TRUST, mailserver.SUBTYPE, DELETE,
)  # fmt: skip


@contextmanager
def opened(details: Details, context: Context) -> Iterator[Pop3Source]:
    """The mailbox of these details. Raises Denied, Unavailable when it cannot be opened."""
    login = mailserver.login(details, context, mailserver.server(details, PLAIN_PORT, TLS_PORT))
    folder = names.folder((mailserver.mailbox_name(details, login), INBOX))
    source = Pop3Source(login, folder, context.settings.archive.max_message_bytes, context.note, context.stop)
    with closing(source):
        source.connect()
        yield source


@dataclass(frozen=True, slots=True)
class Single:
    """One mailbox, and the archive that receives it."""

    name: str = "POP3"
    keys: tuple[Key, ...] = (*KEYS, TARGET)

    def check(self, details: Details) -> None:
        mailserver.check_login(details)
        mailserver.check_archive(details)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[list[Target]]:
        at = mailserver.login(details, context, mailserver.server(details, PLAIN_PORT, TLS_PORT))
        archive = mailserver.archive(details, context, mailserver.mailbox_name(details, at))
        with opened(details, context) as mailbox:
            yield [Target(archive, mailbox)]


@dataclass(frozen=True, slots=True)
class Multidrop:
    """One mailbox in which mail of many people lies."""

    name: str = "POP3Multidrop"
    keys: tuple[Key, ...] = KEYS

    def check(self, details: Details) -> None:
        mailserver.check_login(details)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[list[Target]]:
        with opened(details, context) as mailbox:
            yield [Target("", Shared(mailbox, context.owner_of))]


SINGLE: Final = Single()
MULTIDROP: Final = Multidrop()
