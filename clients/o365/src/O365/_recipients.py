"""Who a message is for: one recipient, a list of them, and the set that remembers what was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, cast

from O365.utils.casing import to_camel_case


class Tracking(Protocol):
    """An object that remembers which of its keys were changed."""

    _track_changes: TrackerSet


class TrackerSet(set[str]):
    """The keys that were changed, as the API writes them."""

    def __init__(self, *args: Iterable[str], casing: Callable[[str], str] | None = None, **kwargs: Any) -> None:
        self.cc = casing or to_camel_case
        super().__init__(*args, **kwargs)

    def add(self, value: str) -> None:
        super().add(self.cc(value))

    def remove(self, value: str) -> None:
        super().remove(self.cc(value))

    def discard(self, value: object) -> None:
        super().discard(self.cc(value) if isinstance(value, str) else value)


class Recipient:
    """An address, perhaps with a name. A change marks `field` of `parent` as changed."""

    def __init__(
        self, address: str | None = None, name: str | None = None, parent: Any = None, field: str | None = None
    ) -> None:
        self._address = address or ""
        self._name = name or ""
        self._owner = _owner(parent)
        self._field = field

    def __bool__(self) -> bool:
        return bool(self.address)

    def __repr__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipient) and (self.address, self.name) == (other.address, other.name)

    def __hash__(self) -> int:
        return hash(self._address)

    @property
    def address(self) -> str:
        return self._address

    @address.setter
    def address(self, value: str) -> None:
        self._address = value
        self._track_changes()

    @property
    def name(self) -> str:
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self._name = value
        self._track_changes()

    def _track_changes(self) -> None:
        _track(self._owner, self._field)


Given: TypeAlias = "str | Recipient | tuple[str | None, str | None] | Iterable[Given] | None"
"""What users add: an address, a Recipient, (name, address), or several of these."""
Told: TypeAlias = "Sequence[Mapping[str, Any] | None]"


class Recipients:
    """A list of recipients. A change marks `field` of `parent`, unless `untrack` is set."""

    # Here and not in each of them: a message has four lists, most are never changed.
    _made: list[Recipient] | None = None
    _told: Told = ()
    untrack = False

    def __init__(self, recipients: Given = None, parent: Any = None, field: str | None = None) -> None:
        self._owner = _owner(parent)
        self._field = field
        if recipients:
            self.untrack = True
            self.add(recipients)
            self.untrack = False

    @property
    def _recipients(self) -> list[Recipient]:
        """Those that the service told of are made when somebody looks at them."""
        if self._told:
            owner, field, told, self._told = self._owner, self._field, self._told, ()
            self._made = [_recipient(one, owner.cc, owner, field) for one in told]
        elif self._made is None:
            self._made = []
        return self._made

    @_recipients.setter
    def _recipients(self, recipients: list[Recipient]) -> None:
        self._made, self._told = recipients, ()

    def __iter__(self) -> Iterator[Recipient]:
        return iter(self._recipients)

    def __getitem__(self, key: int) -> Recipient:
        return self._recipients[key]

    def __contains__(self, item: object) -> bool:
        address = item.address if isinstance(item, Recipient) else item
        return any(address == recipient.address for recipient in self._recipients)

    def __bool__(self) -> bool:
        return bool(self._told or self._made)

    def __len__(self) -> int:
        return len(self._told or self._made or ())

    def __repr__(self) -> str:
        return f"Recipients count: {len(self)}"

    def clear(self) -> None:
        """Remove all."""
        self._recipients = []
        self._track_changes()

    def add(self, recipients: Given) -> None:
        """Add what is given. Raises ValueError for what is no recipient; a pair without an address adds nothing."""
        if not recipients:
            return
        self._recipients.extend(self._understood(recipients))
        self._track_changes()

    def remove(self, address: str | Iterable[str]) -> None:
        """Remove the recipients with an address, or with one of several."""
        gone = {address} if isinstance(address, str) else set(address)
        kept = [recipient for recipient in self._recipients if recipient.address not in gone]
        if len(kept) != len(self._recipients):
            self._recipients = kept
            self._track_changes()

    def get_first_recipient_with_address(self) -> Recipient | None:
        """The first recipient that has an address."""
        return next((recipient for recipient in self._recipients if recipient.address), None)

    def _understood(self, given: Given) -> Iterator[Recipient]:
        if isinstance(given, str):
            yield Recipient(given, parent=self._owner, field=self._field)
        elif isinstance(given, Recipient):
            yield self._owned(given)
        elif isinstance(given, tuple) and len(given) == 2:
            # Also when both look like addresses: servers often name people by their address.
            name, address = cast(tuple[str | None, str | None], given)
            if address:
                yield Recipient(address, name, parent=self._owner, field=self._field)
        elif isinstance(given, Iterable) and not isinstance(given, bytes | Mapping):
            for one in given:
                yield from self._understood(one)
        else:
            raise ValueError(f"recipients: expected addresses, Recipients or (name, address) pairs, not {given!r}")

    def _owned(self, recipient: Recipient) -> Recipient:
        recipient._owner, recipient._field = self._owner, self._field
        return recipient

    def _track_changes(self) -> None:
        if not self.untrack:
            _track(self._owner, self._field)


class HandleRecipientsMixin:
    """Reading and writing recipients as the API has them: `{emailAddress: {address, name}}`."""

    _cc: Callable[[str], str]

    def _recipients_from_cloud(self, recipients: Iterable[Mapping[str, Any]] | None, field: str = "") -> Recipients:
        changes = getattr(self, "_track_changes", None)
        if type(changes) is TrackerSet and (recipients is None or type(recipients) is list):
            found = Recipients(None, changes, field)
            if recipients:
                found._told = recipients
            return found
        found = Recipients(parent=self, field=field)
        found._recipients = [self._recipient_from_cloud(one, field) for one in recipients or ()]
        return found

    def _recipient_from_cloud(self, recipient: Mapping[str, Any] | None, field: str = "") -> Recipient:
        return _recipient(recipient, self._cc, self, field)

    def _recipient_to_cloud(self, recipient: Recipient | None) -> dict[str, Any] | None:
        if not recipient:
            return None
        address = {self._cc("address"): recipient.address}
        if recipient.name:
            address[self._cc("name")] = recipient.name
        return {self._cc("emailAddress"): address}


def _recipient(told: Mapping[str, Any] | None, casing: Callable[[str], str], parent: Any, field: Any) -> Recipient:
    given = (told or {}).get("emailAddress")
    if given and "address" in given and "name" in given:  # as Graph writes it
        return Recipient(given["address"], given["name"], parent, field)
    given = _under(told or {}, "emailAddress", casing) or {}
    return Recipient(_under(given, "address", casing), _under(given, "name", casing), parent, field)


def _under(told: Mapping[str, Any], key: str, casing: Callable[[str], str]) -> Any:
    """What stands under a key of Graph, which other APIs write differently."""
    found = told.get(key)
    return told.get(casing(key)) if found is None else found


def _owner(parent: Any) -> Any:
    """Where changes are noted. The set itself, if there is one: an object that its recipients hold would stay in memory
    until Python looks for circles, and a list of messages would grow with each page."""
    if type(parent) is TrackerSet:
        return parent
    changes = getattr(parent, "_track_changes", None)
    return changes if isinstance(changes, TrackerSet) else parent


def _track(owner: Any, field: str | None) -> None:
    changes = owner if isinstance(owner, TrackerSet) else getattr(owner, "_track_changes", None)
    if field and changes is not None:
        changes.add(field)
