"""Which folders of an IMAP mailbox are archived, and what they are called in the archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from postroom.archive.profiles.connectors.imap_answers import Listed
from postroom.archive.profiles.details import Details, Key
from postroom.archive.sources import names

UNREAD: Final = Key("excludeUnRead", "Leave unread mail for a later run.", kind="flag", default=False)
INCLUDED: Final = Key(
    "includedFolders", "Only these folders and what is below them, as `Projects/2024`; all when none is named.",
    kind="list",
)  # fmt: skip
EXCLUDED: Final = Key("excludedFolders", "None of these folders, nor what is below them.", kind="list")
NO_AUTO_EXCLUDE: Final = Key(
    "disableAutoExcludeSourceFolders", "Take drafts, junk and trash too.", kind="flag", default=False
)
NO_SENT: Final = Key(
    "disableAutomaticDetectionOfSentFolders",
    "Leave the folder of sent mail its own name; otherwise it is `Sent` in the archive, whatever its language.",
    kind="flag", default=False,
)  # fmt: skip
KEYS: Final = (UNREAD, INCLUDED, EXCLUDED, NO_AUTO_EXCLUDE, NO_SENT)

SENT: Final = "Sent"
_UNUSABLE: Final = {"\\noselect", "\\nonexistent"}
_VIEWS: Final = {"\\flagged", "\\important"}
"""Folders that show what lies in others."""
_UNWANTED: Final = {"\\drafts", "\\junk", "\\trash"}
_UNWANTED_NAMES: Final = frozenset(
    {
        "drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze", "concepten",
        "junk", "junk e-mail", "junk-e-mail", "junk email", "spam", "spamverdacht", "bulk mail", "courrier indésirable",
        "trash", "deleted items", "deleted messages", "papierkorb", "gelöschte elemente", "gelöschte objekte",
        "corbeille", "papelera", "cestino", "prullenbak", "éléments supprimés",
    }
)  # fmt: skip
_SENT_NAMES: Final = frozenset(
    {
        "sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente", "gesendete objekte",
        "envoyés", "éléments envoyés", "enviados", "elementos enviados", "inviati", "posta inviata", "verzonden",
    }
)  # fmt: skip
_KEY_CHARS: Final = 400


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is read. `raw`: its name on the wire; `key`: in native ids and cursors; `path`: in the archive."""

    raw: bytes
    key: str
    path: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which folders, and what is read in them; `root` is the folder of the archive that all are below."""

    root: str
    included: tuple[str, ...]
    excluded: tuple[str, ...]
    unwanted: bool
    find_sent: bool
    unread: bool

    @classmethod
    def of(cls, details: Details, root: str) -> Choice:
        return cls(
            root=root,
            included=tuple(map(_plain, details.names(INCLUDED.name))),
            excluded=tuple(map(_plain, details.names(EXCLUDED.name))),
            unwanted=details.flag(NO_AUTO_EXCLUDE.name),
            find_sent=not details.flag(NO_SENT.name),
            unread=not details.flag(UNREAD.name),
        )

    def folders(self, listed: Iterable[Listed]) -> list[Folder]:
        """What is read, in the order of the names."""
        chosen = {one.raw: one for one in listed if self._wanted(one)}
        return [self._folder(one) for _, one in sorted(chosen.items())]

    def missing(self, listed: Sequence[Listed]) -> list[str]:
        """Folders that somebody named and that are not there."""
        there = [_plain("/".join(parts(one))) for one in listed]
        return [name for name in self.included if not any(_within(path, (name,)) for path in there)]

    def _wanted(self, one: Listed) -> bool:
        path = _plain("/".join(parts(one)))
        if one.flags & _UNUSABLE or _within(path, self.excluded):
            return False
        if self.included:
            return _within(path, self.included)
        if one.flags & _VIEWS:
            return False
        return self.unwanted or not (one.flags & _UNWANTED or _named(parts(one), _UNWANTED_NAMES))

    def _folder(self, one: Listed) -> Folder:
        components = parts(one)
        if self.find_sent and ("\\sent" in one.flags or _named(components, _SENT_NAMES)):
            components = [SENT]
        elif _plain(components[0]) == "inbox":
            components[0] = "Inbox"
        return Folder(one.raw, folder_key(one.raw), names.folder((self.root, *components)))


def folder_key(raw: bytes) -> str:
    """A folder in a native id; two folders never have the same."""
    text = names.native(raw.decode("utf-8", "surrogateescape"))
    if len(text) <= _KEY_CHARS:
        return text
    return f"{text[: _KEY_CHARS - 13]}~{hashlib.sha256(raw).hexdigest()[:12]}"


def parts(one: Listed) -> list[str]:
    """The components of a folder's name, as people read it."""
    name = one.raw.decode("utf-8", "surrogateescape")
    split = name.split(one.delimiter) if one.delimiter else [name]
    return [names.mutf7(part) for part in split if part] or [name]


def _named(components: list[str], known: frozenset[str]) -> bool:
    """By its name alone, at the top or in the inbox: deeper ones are somebody's own."""
    own = components[1:] if len(components) > 1 and _plain(components[0]) == "inbox" else components
    return len(own) == 1 and _plain(own[0]) in known


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def _plain(name: str) -> str:
    """For comparing what people write."""
    return name.strip("/").casefold()
