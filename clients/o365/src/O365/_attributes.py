"""Rows of the field tables: attributes that a resource reads from its JSON when a program asks for them.

The body of a resource's class is its table, a row each: the key in Graph, the kind of value, whether a program may set
it, when it is sent. Reading, setting, noting what was changed and writing JSON follow from the row. Nothing is read
before it is asked for: a page of a thousand messages costs little until somebody looks into them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

from O365._component import ApiComponent
from O365._dates import parse_instant
from O365._recipients import HandleRecipientsMixin, Recipients, TrackerSet

if TYPE_CHECKING:
    from O365.utils.utils import CaseEnum

T = TypeVar("T")
C = TypeVar("C", bound="CaseEnum")
Json = dict[str, Any]

ALWAYS, FILLED, KNOWN, ASKED, NEVER = "always", "filled", "known", "asked", "never"
"""When a row goes into the JSON of its object: always, when there is a value, once the service knows the object, only
when it is named, or not at all, because another row has its key."""


class Resource(ApiComponent):
    """An object of the service: what the service told of it, and what was read or set since."""

    _table: ClassVar[tuple[Row[Any], ...]] = ()
    """The rows, those of base classes first."""

    _eager: ClassVar[bool] = False
    """Whether the attributes are read at once, for programs that look at `vars()`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._table += tuple(row for row in vars(cls).values() if isinstance(row, Row))

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)
        self._cloud: Json = kwargs.get(self._cloud_data_key) or {}
        self._values: Json = {}
        self._track_changes = TrackerSet(casing=self.protocol.convert_case)
        if self._eager:
            self._show()

    def _show(self) -> None:
        if self._eager:
            for row in self._table:
                row.value(self)

    def _told(self, key: str) -> Any:
        """What the service told under a key; None when nothing."""
        found = self._cloud.get(key)  # rows have the names of Graph: mostly there is nothing to convert
        return self._cloud.get(self.protocol.convert_case(key)) if found is None else found

    def _renew(self, cloud: Json, *keys: str) -> None:
        """Take from a newer answer of the service what stands in it under `keys`."""
        fresh = {self._cc(key) for key in keys} & cloud.keys()
        self._cloud = {**self._cloud, **{key: cloud[key] for key in fresh}}
        for row in self._table:
            if self._cc(row.key) in fresh:
                row.forget(self)
        self._show()

    def _json(self, restrict_keys: Collection[str] | None, *, known: bool, without: str = "") -> Json:
        """The JSON of the rows: those of `restrict_keys` when there are any, else those that are due."""
        if restrict_keys:
            wanted = {self._cc(key) for key in restrict_keys}
            chosen = [row for row in self._table if row.sent != NEVER and self._cc(row.key) in wanted]
        else:
            chosen = [row for row in self._table if row.key != without and row.due(self, known=known)]
        return {self._cc(row.key): row.json(self) for row in chosen}


class Row(Generic[T]):
    """What all rows have: a key, and a value for what the service told, which is None when that is missing or null."""

    key: str
    sent: str = ASKED

    def due(self, resource: Any, *, known: bool) -> bool:
        """Whether it goes into the JSON of the whole object; what a program has set does."""
        if self.sent == FILLED and self.value(resource):
            return True
        return self.sent == ALWAYS or (self.sent == KNOWN and known) or self.is_set(resource)

    def is_set(self, resource: Any) -> bool:  # noqa: ARG002
        """Whether a program has set it since the service has seen the object."""
        return False

    def value(self, resource: Any) -> T:
        """What the attribute is now."""
        raise NotImplementedError

    def json(self, resource: Any) -> Any:
        """The value as JSON."""
        return self.value(resource)

    def forget(self, resource: Any) -> None:
        """Read anew what the service told."""
        raise NotImplementedError


class Attribute(Row[T]):
    """A value that a program may overwrite as it likes: that is not noted as a change."""

    def __init__(self, key: str, read: Callable[[Any, Any], T], *, sent: str = ASKED) -> None:
        self.key, self.read, self.sent, self.name = key, read, sent, key

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Attribute[T]: ...
    @overload
    def __get__(self, instance: Any, owner: type | None = None) -> T: ...
    def __get__(self, instance: Any, owner: type | None = None) -> Attribute[T] | T:
        if instance is None:
            return self
        told = instance._cloud.get(self.key)
        value = self.read(instance, instance._told(self.key) if told is None else told)
        # Python looks there first from now on, and `x.name = y` puts its value there.
        instance.__dict__[self.name] = value
        return value

    def value(self, resource: Any) -> T:
        found: T = getattr(resource, self.name)
        return found

    def forget(self, resource: Any) -> None:
        resource.__dict__.pop(self.name, None)


class Field(property, Row[T]):
    """A property. With `accept`, which may raise ValueError, it can be set; that is noted as a change.

    `read` makes the value, once; without it, it is what the service told, or `missing`. `write` makes JSON of the
    value; without it the value is JSON.
    """

    def __init__(
        self,
        key: str,
        read: Callable[[Any, Any], T] | None,
        accept: Callable[[Any, Any], T] | None = None,
        *,
        missing: Any = None,
        write: Callable[[Any, T], Any] | None = None,
        sent: str = ASKED,
    ) -> None:
        self._get = _getter(key, read) if read is not None else _plain_getter(key, missing)
        super().__init__(self._get, self._change if accept else None, None, f"`{key}` of the service.")
        self.key, self.sent = key, sent
        self._accept, self._write = accept, write

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type | None = None) -> Field[T]: ...
        @overload
        def __get__(self, instance: Any, owner: type | None = None) -> T: ...
        def __get__(self, instance: Any, owner: type | None = None) -> Field[T] | T: ...

    def value(self, resource: Any) -> T:
        return self._get(resource)

    def _change(self, resource: Any, given: Any) -> None:
        assert self._accept is not None
        resource._values[self.key] = self._accept(resource, given)
        resource._track_changes.add(self.key)

    def is_set(self, resource: Any) -> bool:
        return self._accept is not None and resource._cc(self.key) in resource._track_changes

    def json(self, resource: Any) -> Any:
        value = self.value(resource)
        return value if self._write is None else self._write(resource, value)

    def forget(self, resource: Any) -> None:
        resource._values.pop(self.key, None)


# Lists ask for every field of every object: what a field needs is in a function of its own, with no further calls.


def _getter(key: str, read: Callable[[Any, Any], T]) -> Callable[[Any], T]:
    def get(resource: Any) -> T:
        values = resource._values
        if key not in values:
            told = resource._cloud.get(key)
            values[key] = read(resource, resource._told(key) if told is None else told)
        found: T = values[key]
        return found

    return get


def _plain_getter(key: str, missing: Any) -> Callable[[Any], Any]:
    def get(resource: Any) -> Any:
        values = resource._values
        if key in values:
            return values[key]
        told = resource._cloud.get(key)
        if told is None:
            told = resource._told(key)
        return missing if told is None else told

    return get


# The kinds of values.


def plain(key: str, missing: Any = None, *, sent: str = ASKED) -> Attribute[Any]:
    """Whatever JSON is there."""
    return Attribute(key, lambda _, told: missing if told is None else told, sent=sent)


def text(key: str, *, sent: str = ASKED) -> Attribute[str]:
    return plain(key, "", sent=sent)


def maybe_text(key: str, *, sent: str = ASKED) -> Attribute[str | None]:
    """A text, or None when the service did not tell."""
    return plain(key, sent=sent)


def maybe_texts(key: str) -> Attribute[list[str] | None]:
    """Several texts, or None when the service did not tell."""
    return plain(key)


def maybe_flag(key: str) -> Attribute[bool | None]:
    """True or false, or None when the service did not tell."""
    return plain(key)


def number(key: str) -> Attribute[int]:
    return plain(key, 0)


def instant(key: str) -> Attribute[dt.datetime | None]:
    return Attribute(key, _read_instant)


def text_field(key: str, *, settable: bool = False, sent: str = ASKED) -> Field[str]:
    return Field(key, None, (lambda _, given: given) if settable else None, missing="", sent=sent)


def plain_field(key: str, missing: Any = None, *, sent: str = ASKED) -> Field[Any]:
    return Field(key, None, missing=missing, sent=sent)


def flag_field(key: str, *, missing: bool = False, settable: bool = False, sent: str = ASKED) -> Field[bool]:
    """True or false; what is set is taken for one of them."""
    return Field(key, None, _flag if settable else None, missing=missing, sent=sent)


def unknown_flag_field(key: str, *, sent: str = ASKED) -> Field[bool | None]:
    """True or false, or None when the service did not tell; it can be set."""
    return Field(key, None, _flag, sent=sent)


def instant_field(key: str, *, sent: str = ASKED) -> Field[dt.datetime | None]:
    """A point in time: shown in the zone of the protocol, sent in UTC."""
    return Field(key, _read_instant, write=lambda _, when: when and when.astimezone(dt.UTC).isoformat(), sent=sent)


def choice_field(key: str, kind: type[C], missing: C, *, sent: str = ASKED) -> Field[C]:
    """A member of an enumeration; it can be set by its value too."""

    def accept(_: Any, given: Any) -> C:
        chosen = given if isinstance(given, kind) else kind.from_value(given) if isinstance(given, str) else None
        if chosen is None:
            raise ValueError(f"{key}: expected one of {', '.join(member.name for member in kind)}, not {given!r}")
        return chosen

    def read(_: Any, told: Any) -> C:
        return (kind.from_value(told) if told else None) or missing

    return Field(key, read, accept, write=lambda resource, chosen: resource._cc(chosen.value), sent=sent)


def recipients_field(key: str, *, sent: str = ALWAYS) -> Field[Recipients]:
    """A list of addresses, which notes its changes itself."""

    def read(resource: HandleRecipientsMixin, told: Any) -> Recipients:
        return resource._recipients_from_cloud(told, key)

    def write(resource: HandleRecipientsMixin, who: Recipients) -> list[Any]:
        return [resource._recipient_to_cloud(one) for one in who if one]

    return Field(key, read, write=write, sent=sent)


def _read_instant(resource: Any, told: Any) -> dt.datetime | None:
    return parse_instant(told, resource.protocol.timezone) if told else None


def _flag(_: Any, given: Any) -> bool:
    return bool(given)
