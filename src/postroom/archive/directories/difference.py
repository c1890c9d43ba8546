"""What has to change so that users are what a directory tells: a pure function of both.

A user belongs to the directory when `directoryServices` checks the password. Others were made by hand: they keep their
names and addresses, whatever the directory says. An entry is the user with its key, else with its distinguished name,
else with its name, else with its primary address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from postroom.archive.directories.model import Configuration, Ignored, Person
from postroom.archive.directories.sound import is_untouched, sound
from postroom.archive.instance.identifiers import name_key
from postroom.archive.instance.user_rows import User

DIRECTORY: Final = "directoryServices"


@dataclass(frozen=True, slots=True)
class Member:
    """A user as the instance has it now. `key`: of the entry that it was, None when it was none of this directory."""

    user: User
    key: str | None = None

    @property
    def by_hand(self) -> bool:
        return self.user.authentication != DIRECTORY or is_untouched(self.user.name)


@dataclass(frozen=True, slots=True)
class Change:
    """What one user becomes. `changes` names the differences as the API does; `linked`: the key is new for the user.
    `staying`: those of the user's addresses that stay, None when all do."""

    old_name: str
    person: Person
    changes: tuple[str, ...]
    linked: bool
    staying: tuple[str, ...] | None = None

    @property
    def renames(self) -> bool:
        return self.old_name != self.person.name


@dataclass(frozen=True, slots=True)
class Difference:
    """`created` and `changed` hold persons with checked names and addresses. In what order they are applied is left to
    whoever does it."""

    created: tuple[Person, ...] = ()
    changed: tuple[Change, ...] = ()
    deleted: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()


@dataclass(slots=True)
class _Matching:
    """Both sides while they are compared."""

    members: Sequence[Member]
    pairs: dict[str, tuple[Member, Person]] = field(default_factory=dict)
    """By the name of the user."""
    ignored: list[Ignored] = field(default_factory=list)

    @property
    def left_alone(self) -> dict[str, User]:
        """Entries whose users are left alone now."""
        return {member.key: member.user for member in self.members if member.key and member.by_hand}

    def ignore(self, name: str, reason: str) -> None:
        self.ignored.append(Ignored(name[:255], reason))


def difference(
    people: Iterable[Person], members: Sequence[Member], configuration: Configuration, most_percent: int, by: str = ""
) -> Difference:
    """`most_percent`: of the directory's users so many may be deleted, one at least; more would mean that the
    directory does not tell all, and none is. `by`: who asks, and is never deleted."""
    work = _Matching(members)
    read = sound(people, configuration, work.ignored.append)
    left_alone = work.left_alone
    created = [person for person in _match(read.people, work) if _is_new(person, left_alone, work)]
    deleted = _deleted(work, configuration, most_percent, read.names, by)
    changed, created = _named(created, set(deleted), work)
    changed, created = _addressed(changed, created, set(deleted), work)
    told = tuple(_change(old, person) for old, person in changed)
    return Difference(
        tuple(created), tuple(change for change in told if change.changes or change.linked), tuple(deleted),
        tuple(work.ignored),
    )  # fmt: skip


# Who is who


def _match(people: Sequence[Person], work: _Matching) -> list[Person]:
    """Pair entries with users, the surest way first; what is left."""
    ours = [member for member in work.members if not member.by_hand]
    rest = list(people)
    ways = (
        (lambda member: [member.key], lambda person: person.key),
        (lambda member: [_dn(member.user.distinguished_name)], lambda person: _dn(person.distinguished_name)),
        (lambda member: [name_key(member.user.name)], lambda person: name_key(person.name)),
        (
            lambda member: [name_key(address) for address in member.user.addresses],
            lambda person: name_key(person.addresses[0]) if person.addresses else None,
        ),
    )
    for of_member, of_person in ways:
        known = {
            value: member
            for member in ours
            if member.user.name not in work.pairs
            for value in of_member(member)
            if value
        }
        left = []
        for person in rest:
            member = known.pop(of_person(person) or "", None)
            if member is None or member.user.name in work.pairs:
                left.append(person)
            else:
                work.pairs[member.user.name] = member, person
        rest = left
    return rest


def _dn(name: str | None) -> str:
    return name_key(",".join(part.strip() for part in name.split(","))) if name else ""


def _is_new(person: Person, left_alone: dict[str, User], work: _Matching) -> bool:
    """Whether an entry that is no user yet becomes one."""
    if (kept := left_alone.get(person.key)) is not None:
        work.ignore(person.name, f"is the user {kept.name!r}, whose password the archive checks itself")
    elif person.disabled:
        work.ignore(person.name, "the account is disabled in the directory")
    elif not person.addresses:
        work.ignore(person.name, "no address")
    else:
        return True
    return False


# Names


def _named(
    created: list[Person], deleted: set[str], work: _Matching
) -> tuple[list[tuple[Member, Person]], list[Person]]:
    """Give each name to one: users who keep theirs first, then those who are renamed, then new ones."""
    known = work.pairs.keys() | deleted
    others = (member.user for member in work.members if member.user.name not in known)
    taken = {name_key(user.name): user for user in others}
    changed: list[tuple[Member, Person]] = []
    renamed: list[tuple[Member, Person]] = []
    for member, person in work.pairs.values():
        same = name_key(member.user.name) == name_key(person.name)
        (changed if same else renamed).append((member, person))
    taken |= {name_key(person.name): member.user for member, person in changed}
    # Whoever cannot be renamed keeps a name that another one was to get: asked until nobody is refused.
    while refused := _refused(renamed, taken):
        renamed = [pair for pair in renamed if pair[0].user.name not in refused]
        for member, person, owner in refused.values():
            work.ignore(member.user.name, f"cannot be renamed to {person.name!r}, which {_is(owner)}")
            changed.append((member, replace(person, name=member.user.name)))
            taken[name_key(member.user.name)] = member.user
    taken |= {name_key(person.name): member.user for member, person in renamed}
    new = [person for person in created if _has_name(person, taken, work)]
    return changed + renamed, new


def _refused(renamed: list[tuple[Member, Person]], taken: dict[str, User]) -> dict[str, tuple[Member, Person, User]]:
    """Those whose new name another one has or gets, under the name they have now."""
    first, refused = dict(taken), {}
    for member, person in renamed:
        owner = first.setdefault(name_key(person.name), member.user)
        if owner is not member.user:
            refused[member.user.name] = member, person, owner
    return refused


def _has_name(person: Person, taken: dict[str, User], work: _Matching) -> bool:
    owner = taken.get(name_key(person.name))
    if owner is not None:
        work.ignore(person.name, f"the name {_is(owner)}")
        return False
    taken[name_key(person.name)] = _nobody(person.name)
    return True


def _is(owner: User) -> str:
    by_hand = owner.authentication != DIRECTORY
    hint = "made by hand; SetUserAuthentication makes it one of the directory"
    return f"is that of the user {owner.name!r}{', ' + hint if by_hand else ''}"


def _nobody(name: str) -> User:
    return User(name, None, None, DIRECTORY, (), (), (), (), (), default_password=False)


# Who goes


def _deleted(
    work: _Matching, configuration: Configuration, most_percent: int, there: frozenset[str], by: str
) -> list[str]:
    """Names of users whose entries vanished, if that can be believed. `there`: keys and names of all entries."""
    ours = [member for member in work.members if member.key is not None and not member.by_hand]
    missing = [member for member in ours if member.user.name not in work.pairs]
    gone = [member.user.name for member in missing if not {member.key, name_key(member.user.name)} & there]
    if not configuration.deletes:
        for name in gone:
            work.ignore(name, "not in the directory any more; deleteUsersAutomatically is off")
        return []
    most = max(1, len(ours) * most_percent // 100) if there else 0
    if len(gone) > most:
        why = f"{len(gone)} of {len(ours)} users are missing in the directory" if there else "it has no users at all"
        for name in gone:
            work.ignore(name, f"not deleted: {why}, and at most {most} are deleted at once")
        return []
    if name_key(by) in map(name_key, gone):
        work.ignore(by, "not deleted: nobody deletes their own user")
    return [name for name in gone if name_key(name) != name_key(by)]


# Addresses


def _addressed(
    changed: list[tuple[Member, Person]], created: list[Person], deleted: set[str], work: _Matching
) -> tuple[list[tuple[Member, Person]], list[Person]]:
    """Give each address to one: users of other kinds keep theirs, then whoever of the directory has it now."""
    owners: dict[str, str] = {}
    known = {member.user.name for member, _ in changed} | deleted
    for member in work.members:
        if member.user.name not in known:
            owners |= {name_key(address): member.user.name for address in member.user.addresses}
    for member, person in changed:
        mine = {name_key(address) for address in member.user.addresses}
        for address in person.addresses:
            if name_key(address) in mine:
                owners.setdefault(name_key(address), person.name)
    return (
        [(member, _with_addresses(person, owners, work)) for member, person in changed],
        [_with_addresses(person, owners, work) for person in created],
    )


def _with_addresses(person: Person, owners: dict[str, str], work: _Matching) -> Person:
    mine = []
    for address in person.addresses:
        owner = owners.setdefault(name_key(address), person.name)
        if owner == person.name:
            mine.append(address)
        else:
            work.ignore(person.name, f"the address {address} belongs to the user {owner!r}")
    return replace(person, addresses=tuple(mine))


def _change(member: Member, person: Person) -> Change:
    user = member.user
    dn = person.distinguished_name or user.distinguished_name
    told = {
        "userName": user.name != person.name,
        "fullName": user.full_name != person.full_name,
        "distinguishedName": user.distinguished_name != dn,
        "emailAddresses": user.addresses != person.addresses,
    }
    changes = tuple(name for name, differs in told.items() if differs)
    kept = set(map(name_key, person.addresses))
    staying = tuple(address for address in user.addresses if name_key(address) in kept)
    return Change(
        user.name, replace(person, distinguished_name=dn), changes, member.key != person.key,
        None if staying == user.addresses else staying,
    )  # fmt: skip
