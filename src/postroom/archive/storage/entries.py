"""The JSON inside entries and commit records, typed (docs/format.md §3.1, §3.3, §4)."""

from __future__ import annotations

import msgspec

from postroom.archive.storage.recipe import Recipe


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Whom a message came from and went to by the mail system's account, as far as its archive may know.

    `f`: sender, '' for the null sender; `t`: recipients; `o`: others named with them: lists, who forwarded it, on
    whose behalf it was sent; `p`: what was wrong with the journal report it came in.
    """

    f: str
    t: tuple[str, ...] = ()
    o: tuple[str, ...] = ()
    p: str = ""


class MessageMeta(msgspec.Struct, omit_defaults=True, gc=False):
    """Meta of a message entry: number, archive, folder, source, native id, received, archived, size, recipe, and the
    envelope of journaled mail."""

    n: int
    a: str
    f: str
    s: str
    k: str
    r: int | None
    t: int
    z: int
    p: Recipe | None = None
    v: Envelope | None = None


class _Event(msgspec.Struct, tag_field="e", omit_defaults=True):
    """Base of journal events."""


class Again(_Event, tag="message"):
    """Content `h` is now also message `n`."""

    n: int
    h: str
    a: str
    f: str
    s: str
    k: str
    r: int | None
    t: int
    v: Envelope | None = None


class Occurrence(_Event, tag="occurrence"):
    """Message `n` was met again."""

    n: int
    f: str
    s: str
    k: str
    r: int | None
    t: int
    v: Envelope | None = None


class Move(_Event, tag="move"):
    """Folder `source` became `target`, with all below it.

    Message `split[i]` became two; the one in the target archive has the number `next` + i.
    """

    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    next: int
    by: str
    t: int
    split: list[int] = []


class Delete(_Event, tag="delete"):
    """Messages left their archive."""

    n: list[int]
    by: str
    reason: str
    t: int


class Restore(_Event, tag="restore"):
    """Deleted messages came back."""

    n: list[int]
    by: str
    t: int


class Prune(_Event, tag="prune"):
    """Empty folders were removed."""

    folders: list[str]
    by: str
    t: int


class Name(_Event, tag="name"):
    """The store's display name."""

    name: str
    by: str
    t: int


class Note(_Event, tag="note"):
    """Something to be remembered; changes nothing."""

    text: str
    by: str
    t: int


Event = Again | Occurrence | Move | Delete | Restore | Prune | Name | Note


class CommitRecord(msgspec.Struct):
    """What ends a batch."""

    batch: int
    t: int
    first: int
    leaves: int
    root: str
    prev: str
    chain: str
    cursors: dict[str, str]


_encoder = msgspec.json.Encoder()
encode = _encoder.encode
decode_message = msgspec.json.Decoder(MessageMeta).decode
decode_envelope = msgspec.json.Decoder(Envelope).decode
decode_commit = msgspec.json.Decoder(CommitRecord).decode
_decode_event = msgspec.json.Decoder(Event).decode


class _Kind(msgspec.Struct):
    e: str


_decode_kind = msgspec.json.Decoder(_Kind).decode
KNOWN_EVENTS = {"message", "occurrence", "move", "delete", "restore", "prune", "name", "note"}


def decode_event(meta: bytes) -> Event | None:
    """The journal event; None when a newer writer wrote a kind this version does not know.

    Raises msgspec.DecodeError when the bytes are no event at all.
    """
    return _decode_event(meta) if _decode_kind(meta).e in KNOWN_EVENTS else None
