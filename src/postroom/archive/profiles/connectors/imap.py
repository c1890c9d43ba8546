"""Mail from IMAP servers: one mailbox, many mailboxes with an archive each, or one mailbox with the mail of many."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from postroom.archive.profiles.common import DELETE, TARGET
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.connectors import imap_folders, mailserver
from postroom.archive.profiles.connectors.imap_folders import Choice
from postroom.archive.profiles.connectors.imap_session import Session
from postroom.archive.profiles.connectors.imap_source import ImapSource
from postroom.archive.profiles.connectors.mailserver import Login, Server
from postroom.archive.profiles.connectors.mailserver_people import SharedAsked
from postroom.archive.profiles.connectors.parts import Shut
from postroom.archive.profiles.details import Details, Key
from postroom.archive.sources import names
from postroom.errors import Denied, Invalid, Unavailable

PLAIN_PORT: Final = 143
TLS_PORT: Final = 993

SERVER: Final = (
    mailserver.HOST, mailserver.protocol("IMAP"), mailserver.PORT, mailserver.TIMEOUT, mailserver.TRUST,
    mailserver.SUBTYPE,
)  # fmt: skip
SIGN_IN: Final = (mailserver.USER, mailserver.PASSWORD, mailserver.CREDENTIAL)
ADDRESS: Final = mailserver.ADDRESS
READING: Final = (*imap_folders.KEYS, DELETE)

MAILBOXES: Final = Key(
    "mailboxes",
    "Who signs in, each as `login` or `login=archive`; without the archive that of the user with this name or address. "
    "With a master user all users of this archive when none is named.",
    kind="list",
)
PASSWORDS: Final = Key("passwords", "Passwords of `mailboxes`, a line `login:password` for each.", kind="block")
SEPARATOR: Final = Key("masterSeparator", "Between mailbox and master user when that one signs in.", default="*")


def imap_server(details: Details) -> Server:
    return mailserver.server(details, PLAIN_PORT, TLS_PORT)


def source(login: Login, details: Details, context: Context, root: str) -> ImapSource:
    """The mailbox of who signs in, with its folders below `root` in the archive."""
    return ImapSource(
        Session(login, context.stop),
        Choice.of(details, root),
        names.native(f"imap:{login.name}"),
        context.settings.archive.max_message_bytes,
        context.note,
    )


@dataclass(frozen=True, slots=True)
class Single:
    """One mailbox, and the archive that receives it."""

    name: str = "IMAP"
    keys: tuple[Key, ...] = (*SERVER, *SIGN_IN, ADDRESS, TARGET, *READING)

    def check(self, details: Details) -> None:
        mailserver.check_login(details)
        mailserver.check_archive(details)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[list[Target]]:
        login = mailserver.login(details, context, imap_server(details))
        name = mailserver.mailbox_name(details, login)
        archive = mailserver.archive(details, context, name)
        with closing(source(login, details, context, name)) as mailbox:
            mailbox.connect()
            yield [Target(archive, mailbox)]


@dataclass(frozen=True, slots=True)
class Multidrop:
    """One mailbox in which mail of many people lies."""

    name: str = "IMAPMultidrop"
    keys: tuple[Key, ...] = (*SERVER, *SIGN_IN, ADDRESS, *READING)

    def check(self, details: Details) -> None:
        mailserver.check_login(details)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[list[Target]]:
        login = mailserver.login(details, context, imap_server(details))
        with closing(source(login, details, context, mailserver.mailbox_name(details, login))) as mailbox:
            mailbox.connect()
            yield [Target("", SharedAsked(mailbox, context.owner_of))]


@dataclass(frozen=True, slots=True)
class Batch:
    """Many mailboxes of one server; who signs in is each of them, or a master user for all (`userName`)."""

    name: str = "IMAPBatch"
    keys: tuple[Key, ...] = (*SERVER, *SIGN_IN, MAILBOXES, PASSWORDS, SEPARATOR, *READING)

    def check(self, details: Details) -> None:
        named, known = mailboxes(details), passwords(details)
        if has_master(details):
            mailserver.check_login(details)
            return
        if not named:
            raise Invalid(f"details.{MAILBOXES.name}", "who signs in, or a master user in userName and password")
        for login, _ in named:
            if login not in known:
                raise Invalid(f"details.{PASSWORDS.name}", f"a line for {login!r} too")

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[Iterator[Target]]:
        logins = self._logins(details, context)
        with closing(self._targets(logins, details, context)) as targets:
            yield targets

    def _targets(
        self, logins: list[tuple[str, str, Login]], details: Details, context: Context
    ) -> Generator[Target, None, None]:
        for each in logins:
            context.stop()
            yield from self._target(*each, details, context)

    def _logins(self, details: Details, context: Context) -> list[tuple[str, str, Login]]:
        """Mailbox, the archive that is named for it ('' for none), and who signs in."""
        at, known = imap_server(details), passwords(details)
        named = mailboxes(details) or [(next(iter(has), name), name) for name, has in context.archives()]
        if not has_master(details):
            return [(box, archive, Login(at, box, known[box])) for box, archive in named]
        master, separator = mailserver.login(details, context, at), details.text(SEPARATOR.name)
        return [(box, archive, Login(at, f"{box}{separator}{master.user}", master.password)) for box, archive in named]

    def _target(self, box: str, archive: str, login: Login, details: Details, context: Context) -> Iterator[Target]:
        """Connected while its turn is."""
        archive = archive or context.owner_of(box) or _user_named(box, context)
        if not archive:
            yield Target(box, Shut(names.native(f"imap:{login.name}"), f"no user has the name or address {box!r}"))
            return
        with closing(source(login, details, context, box)) as mailbox:
            try:
                mailbox.connect()
            except (Unavailable, Denied) as error:
                yield Target(archive, Shut(mailbox.name, str(error)))
            else:
                yield Target(archive, mailbox)


def has_master(details: Details) -> bool:
    """Whether one user signs in for all."""
    return bool(details.text(mailserver.USER.name) or details.number(mailserver.CREDENTIAL.name))


def mailboxes(details: Details) -> list[tuple[str, str]]:
    """Who signs in, and the archive named for each; '' for none. Raises Invalid."""
    found = [(login.strip(), to.strip()) for login, _, to in (row.partition("=") for row in details.names("mailboxes"))]
    if any(not login or "/" in archive for login, archive in found):
        raise Invalid(f"details.{MAILBOXES.name}", "login or login=archive")
    return found


def passwords(details: Details) -> dict[str, str]:
    """By login. Raises Invalid."""
    lines = [line for line in details.text(PASSWORDS.name).splitlines() if line.strip()]
    found = {login.strip(): password for login, _, password in (line.partition(":") for line in lines)}
    if not all(login and password for login, password in found.items()):
        raise Invalid(f"details.{PASSWORDS.name}", "lines like login:password")
    return found


def _user_named(name: str, context: Context) -> str:
    return next((user for user, _ in context.archives() if user.casefold() == name.casefold()), "")


SINGLE: Final = Single()
MULTIDROP: Final = Multidrop()
BATCH: Final = Batch()
