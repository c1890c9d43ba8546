"""Microsoft 365, or any Microsoft Graph, as a source of mail: one mailbox, or those of a tenant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from postroom.archive.profiles.common import TARGET
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.connectors import graph_people
from postroom.archive.profiles.connectors.graph_answers import Refused
from postroom.archive.profiles.connectors.graph_folders import Choice, segment
from postroom.archive.profiles.connectors.graph_keys import CONNECTIONS, READING, SERVICE, USER, check_service, login
from postroom.archive.profiles.connectors.graph_mailbox import MailboxSource, Reading
from postroom.archive.profiles.connectors.graph_messages import Rules
from postroom.archive.profiles.connectors.graph_people import Person, PersonRow, person_of
from postroom.archive.profiles.connectors.graph_session import Patience, Session, signed_in
from postroom.archive.profiles.connectors.parts import Shut
from postroom.archive.profiles.details import Details, Key
from postroom.archive.sources import names
from postroom.archive.storage.store import clean_path
from postroom.errors import Invalid

GROUPS: Final = Key("groups", "Only members of these groups, by id, address or name.", kind="list")
LICENSED: Final = Key("onlyLicensedUsers", "Only users with a licence.", kind="flag", default=True)
UNKNOWN: Final = Key(
    "skipUnknownUsers",
    "Leave out who has no archive here; else each is a problem of the run.",
    kind="flag",
    default=False,
)


@dataclass(frozen=True, slots=True)
class Microsoft365:
    """One mailbox; the application reads it by itself, or a user who signs in with a password."""

    patience: Patience = field(default_factory=Patience)
    name: str = "Microsoft365"
    keys: tuple[Key, ...] = (*SERVICE, *USER, TARGET, *READING)

    def check(self, details: Details) -> None:
        check_service(details, alone=False)
        if not (details.text("emailAddress") or details.text("userName") or details.number("credentialID")):
            raise Invalid("details.emailAddress", "the address of the mailbox")
        _check_archive(details)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[Iterable[Target]]:
        with _reading(details, context, self.patience) as (reading, user):
            address = details.text("emailAddress") or user
            if not address:
                raise Invalid("details.emailAddress", "the address of the mailbox")
            person = _mailbox(reading.session, address, own=address.lower() == user.lower())
            archive = details.text(TARGET.name) or _owner(person, context)
            if archive is None:
                raise Invalid(f"details.{TARGET.name}", f"an archive, as nobody here has the address {address}")
            yield [Target(archive, MailboxSource(reading, person.id, address.lower()))]


@dataclass(frozen=True, slots=True)
class Microsoft365Batch:
    """The mailboxes of a tenant, each into the archive of who has its address here."""

    patience: Patience = field(default_factory=Patience)
    name: str = "Microsoft365Batch"
    keys: tuple[Key, ...] = (*SERVICE, GROUPS, LICENSED, UNKNOWN, *READING)

    def check(self, details: Details) -> None:
        check_service(details, alone=True)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[Iterable[Target]]:
        with _reading(details, context, self.patience) as (reading, _):
            yield self._targets(reading, _people(reading.session, details), details.flag(UNKNOWN.name))

    def _targets(self, reading: Reading, people: list[Person], skip_unknown: bool) -> Iterator[Target]:
        reading.context.note(f"{len(people)} mailboxes are to be read.")
        for person in people:
            archive = _owner(person, reading.context)
            if archive is not None:
                yield Target(archive, MailboxSource(reading, person.id, person.name))
            elif skip_unknown:
                reading.context.note(f"{person.name}: nobody here has this address; left out.")
            else:
                reason = f"nobody here has the address {person.name}, so there is no archive for this mailbox"
                yield Target("", Shut(names.native("graph", person.id), reason))


@contextmanager
def _reading(details: Details, context: Context, patience: Patience) -> Iterator[tuple[Reading, str]]:
    """What mailboxes are read with, and who signed in ('' = the application)."""
    told, connections = login(details, context), details.number(CONNECTIONS.name)
    with signed_in(told, context, connections, patience) as session:
        pool = ThreadPoolExecutor(connections + 1, "graph")
        try:
            yield (
                Reading(session, context, pool, 2 * connections, _choice(details), _rules(details, context)),
                told.user,
            )
        finally:
            session.close()
            pool.shutdown(cancel_futures=True)


def _choice(details: Details) -> Choice:
    return Choice(
        included=details.names("includedFolders"),
        excluded=details.names("excludedFolders"),
        auto_exclude=not details.flag("disableAutoExcludeSourceFolders"),
        hidden=details.flag("includeHiddenFolders"),
    )


def _rules(details: Details, context: Context) -> Rules:
    return Rules(
        exclude_unread=details.flag("excludeUnRead"),
        include_drafts=details.flag("includeDrafts"),
        most_bytes=context.settings.archive.max_message_bytes,
    )


def _check_archive(details: Details) -> None:
    name = details.text(TARGET.name)
    if name and "/" in clean_path(f"details.{TARGET.name}", name):
        raise Invalid(f"details.{TARGET.name}", "the name of a first-level folder, usually a user's name")


def _mailbox(session: Session, address: str, *, own: bool) -> Person:
    """Whose mailbox an address is. Raises Invalid when the tenant has none."""
    found = session.json(f"{'me' if own else f'users/{segment(address)}'}?$select={graph_people.SELECT}", PersonRow)
    if not isinstance(found, Refused):
        return person_of(found)
    if found.status == 403:
        # Who may read mail need not see users: then the address is all we know.
        return Person(address.lower(), address, (address.lower(),), licensed=True)
    raise Invalid("details.emailAddress", f"a mailbox of the tenant; {found}")


def _owner(person: Person, context: Context) -> str | None:
    return next((owner for address in person.addresses if (owner := context.owner_of(address))), None)


def _people(session: Session, details: Details) -> list[Person]:
    groups = details.names(GROUPS.name)
    found = graph_people.members(session, groups) if groups else graph_people.everybody(session)
    return [person for person in found if person.licensed or not details.flag(LICENSED.name)]


MICROSOFT365: Final = Microsoft365()
MICROSOFT365_BATCH: Final = Microsoft365Batch()
