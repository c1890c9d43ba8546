"""The connectors there are, by type and name; each is a module that is loaded when a profile needs it."""

from __future__ import annotations

from importlib import import_module
from typing import Final, NamedTuple, cast

from postroom.archive.profiles.connector import Connector, Exporter
from postroom.archive.profiles.connectors.graph_names import INSTEAD, INSTEAD_OUT
from postroom.errors import Invalid

ARCHIVING: Final = "I"
EXPORT: Final = "E"


class Row(NamedTuple):
    """A connector: the type and name of its profiles, its module below `profiles`, and its name there."""

    type: str
    name: str
    module: str
    attribute: str


ALL: Final = (
    Row(ARCHIVING, "EML", "connectors.files", "EML"),
    Row(ARCHIVING, "MBOX", "connectors.files", "MBOX"),
    Row(ARCHIVING, "Maildir", "connectors.files", "MAILDIR"),
    Row(ARCHIVING, "Thunderbird", "connectors.files", "THUNDERBIRD"),
    Row(ARCHIVING, "PST", "connectors.outlook", "PST"),
    Row(ARCHIVING, "MSG", "connectors.outlook", "MSG"),
    Row(ARCHIVING, "IMAP", "connectors.imap", "SINGLE"),
    Row(ARCHIVING, "IMAPBatch", "connectors.imap", "BATCH"),
    Row(ARCHIVING, "IMAPMultidrop", "connectors.imap", "MULTIDROP"),
    Row(ARCHIVING, "POP3", "connectors.pop3", "SINGLE"),
    Row(ARCHIVING, "POP3Multidrop", "connectors.pop3", "MULTIDROP"),
    Row(ARCHIVING, "ExchangeJournal", "connectors.journal", "EXCHANGE"),
    Row(ARCHIVING, "Microsoft365", "connectors.graph", "MICROSOFT365"),
    Row(ARCHIVING, "Microsoft365Batch", "connectors.graph", "MICROSOFT365_BATCH"),
    Row(EXPORT, "EML", "exports.files", "EML"),
    Row(EXPORT, "MBOX", "exports.files", "MBOX"),
    Row(EXPORT, "IMAP", "exports.imap", "IMAP"),
    Row(EXPORT, "Microsoft365", "exports.graph", "MICROSOFT365"),
    Row(EXPORT, "SMTP", "exports.smtp", "SMTP"),
)


def archiving(name: str) -> Connector:
    """The connector of profiles of type I. Raises Invalid for a name that none has."""
    return cast(Connector, _load(ARCHIVING, name))


def export(name: str) -> Exporter:
    """The connector of profiles of type E. Raises Invalid for a name that none has."""
    return cast(Exporter, _load(EXPORT, name))


def checked_type(given: str) -> str:
    """`I` or `E`, in any case. Raises Invalid."""
    if given.upper() not in (ARCHIVING, EXPORT):
        raise Invalid("type", f"{ARCHIVING} (archiving) or {EXPORT} (export)")
    return given.upper()


def names(of_type: str) -> tuple[str, ...]:
    """Of all connectors of this type."""
    return tuple(row.name for row in ALL if row.type == of_type)


def _load(of_type: str, name: str) -> object:
    for row in ALL:
        if row.type == of_type and row.name.lower() == name.lower():
            return getattr(import_module(f"postroom.archive.profiles.{row.module}"), row.attribute)
    if of_type == ARCHIVING and name.lower() == "gateway":
        raise Invalid("connector", "no profile for it: mail servers send to the journal (`postroom enable journal`)")
    if other := (INSTEAD if of_type == ARCHIVING else INSTEAD_OUT).get(name.lower()):
        raise Invalid("connector", other)
    raise Invalid("connector", f"one of {', '.join(names(of_type))} for the type {of_type}")
