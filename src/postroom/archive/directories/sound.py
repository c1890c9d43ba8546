"""What a directory says, made sound: persons with names and addresses that users can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from postroom.archive.directories.model import MOST_ADDRESSES, Configuration, Ignored, Person
from postroom.archive.instance.identifiers import checked_address, checked_text, checked_user_name, name_key
from postroom.archive.instance.users import FIRST_NAME
from postroom.errors import Invalid

Ignore = Callable[[Ignored], object]


@dataclass(frozen=True, slots=True)
class Sound:
    """`names`: keys and names of all entries, those too that cannot be users: who is one of them is not gone."""

    people: list[Person]
    names: frozenset[str]


def sound(people: Iterable[Person], configuration: Configuration, ignore: Ignore) -> Sound:
    """Each key once."""
    names: set[str] = set()
    seen: dict[str, Person] = {}
    for person in people:
        names |= {person.key, name_key(person.name)}
        if person.key in seen:
            ignore(_ignored(person, "the directory has this entry twice"))
        else:
            seen[person.key] = person
    return Sound(list(_checked_all(seen.values(), configuration, ignore)), frozenset(names))


def _checked_all(people: Iterable[Person], configuration: Configuration, ignore: Ignore) -> Iterator[Person]:
    for person in people:
        try:
            yield _checked(person, configuration, ignore)
        except Invalid as error:
            ignore(_ignored(person, str(error).removesuffix(".")))


def _checked(person: Person, configuration: Configuration, ignore: Ignore) -> Person:
    addresses = tuple(_addresses(person, ignore))
    name = person.name
    if configuration.by_address:
        if not addresses:
            raise Invalid("user name", "an e-mail address, by which users are named; the entry has none")
        name = addresses[0]
    name = checked_user_name(name.strip())
    if is_untouched(name):
        raise Invalid("user name", f"another one than {name!r}, which belongs to the archive itself")
    return replace(
        person, name=name, full_name=_text("full name", person.full_name), addresses=addresses,
        distinguished_name=_text("distinguished name", person.distinguished_name),
    )  # fmt: skip


def _text(what: str, text: str | None) -> str | None:
    return checked_text(what, " ".join((text or "").split()))


def _addresses(person: Person, ignore: Ignore) -> Iterator[str]:
    if len(person.addresses) > MOST_ADDRESSES:
        raise Invalid("e-mail addresses", f"at most {MOST_ADDRESSES}")
    seen: set[str] = set()
    for given in person.addresses:
        try:
            address = checked_address(given)
        except Invalid as error:
            ignore(_ignored(person, str(error).removesuffix(".")))
            continue
        if name_key(address) not in seen:
            seen.add(name_key(address))
            yield address


def _ignored(person: Person, reason: str) -> Ignored:
    return Ignored((person.name or person.distinguished_name or person.key)[:255], reason)


def is_untouched(name: str) -> bool:
    """Users of the archive itself: the first administrator, and those whose names begin with a dollar sign."""
    return name_key(name) == FIRST_NAME or name.startswith("$")
