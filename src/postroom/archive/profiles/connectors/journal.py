"""The journal mailbox of an Exchange, read by IMAP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from postroom.archive.journal.journal import UNASSIGNED, place
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.connectors import imap, mailserver
from postroom.archive.profiles.connectors.journal_source import Reports
from postroom.archive.profiles.details import Details, Key

FOLDER: Final = Key(
    "unassigned", "Folder for what belongs to nobody; `none` keeps it in the mailbox, as a problem.", default=UNASSIGNED
)


@dataclass(frozen=True, slots=True)
class ExchangeJournal:
    """One mailbox to which journal reports are sent."""

    name: str = "ExchangeJournal"
    keys: tuple[Key, ...] = (*imap.SERVER, *imap.SIGN_IN, imap.ADDRESS, FOLDER, *imap.READING)

    def check(self, details: Details) -> None:
        mailserver.check_login(details)
        place(_folder(details), f"details.{FOLDER.name}")

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[list[Target]]:
        login = mailserver.login(details, context, imap.imap_server(details))
        name = mailserver.mailbox_name(details, login)
        with closing(imap.source(login, details, context, name)) as mailbox:
            mailbox.connect()
            unassigned = place(_folder(details), f"details.{FOLDER.name}")
            yield [Target("", Reports(mailbox, context, unassigned))]


def _folder(details: Details) -> str:
    given = details.text(FOLDER.name)
    return "" if given.lower() == "none" else given


EXCHANGE: Final = ExchangeJournal()
