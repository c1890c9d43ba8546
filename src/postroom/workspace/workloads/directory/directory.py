"""The directory: users, groups, and what is between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from postroom.errors import AlreadyExists, Denied, Invalid, NotFound
from postroom.settings import Graph
from postroom.workspace.people import Acting, People, Person, PersonChange, Registrar
from postroom.workspace.query.access import look_up
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.types import SCHEMA, EntityType
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.directory import accounts, groups, guests, noticing, people, tenant
from postroom.workspace.workloads.directory.groups import MEMBERS, OWNERS, Groups
from postroom.workspace.workloads.directory.kinds import GROUP, GROUP_TYPE, OWNER, USER, USER_TYPE, Document, id_of
from postroom.workspace.workloads.directory.noticing import Noticing
from postroom.workspace.workloads.directory.objects import (
    MANAGER,
    OBJECT_TYPE,
    Objects,
    by_default,
    shown,
    type_of,
)
from postroom.workspace.workloads.directory.people import Users
from postroom.workspace.workloads.items import photos

NICKNAME: Final = "mailNickname"
MOST_IDS: Final = 1000
MOST_CHECKED: Final = 20


class Changed(NamedTuple):
    """A page of changes. While `more`, the token leads to the next page; then to what comes later."""

    rows: list[Document]
    token: str
    more: bool


class Directory:
    """Methods take ids, or for users addresses too, and raise NotFound for what there is not."""

    def __init__(
        self, store: Store, people: People, settings: Graph, tenant: str, registrar: Registrar | None = None
    ) -> None:
        """Without a registrar accounts are only read."""
        self._store, self._settings, self._tenant, self._people = store, settings, tenant, people
        self.everybody = everybody = guests.Everybody(store, people)
        """Guests too."""
        self._registrar, self._noticing = registrar, Noticing(store, people)
        self._users, self._groups = Users(everybody), Groups()
        self._objects = Objects(everybody, self._users, self._groups)

    # Users

    def users(self, options: Options) -> Page:
        """Everybody."""
        with self._store.read() as unit:
            rows = self._objects.expanded(unit, self._users.documents(unit), options)
            return self._page(rows, shown(options), USER_TYPE)

    def user(self, name: str, options: Options) -> Document:
        with self._store.read() as unit:
            (row,) = self._objects.expanded(unit, [self._users.document(unit, name)], options)
        return project(row, shown(options), USER_TYPE, always=())

    def create_user(self, by: Acting, given: Mapping[str, Any]) -> Document:
        """An account, and what is kept beside it. Raises Invalid, PasswordRefused, AlreadyExists, Denied."""
        change, kept = accounts.new(given, self._spelt)
        accounts.check_acting(by, change, None, self._settings.admins)
        person = self._accounts().create(by, change.address or "", replace(change, address=None))
        if kept:
            with self._store.write() as unit:
                self._users.keep(unit, person, kept)
        return self.user(person.id, NONE)

    def change_user(self, by: Acting, name: str, given: Mapping[str, Any]) -> Document:
        """The user as it is then. Raises Invalid, PasswordRefused, AlreadyExists, Denied."""
        person = self._users.person(name)
        new = self._users.given(person, given)
        if person.guest:
            return self._change_guest(by, person, new)
        change, kept = accounts.split(new, self._spelt)
        accounts.check_acting(by, change, person, self._settings.admins)
        if change != PersonChange():
            person = self._accounts().change(by, person, change)
        with self._store.write() as unit:
            # What was kept here of it before accounts could be changed.
            self._users.drop(unit, person, new.keys() & accounts.NAMES.keys())
            changed = self._users.keep(unit, person, kept)
        return project(changed, shown(NONE), USER_TYPE, always=())

    def delete_user(self, by: Acting, name: str) -> None:
        """The account, and what is kept beside it. The mail stays for whoever looks after the server."""
        person = self._users.person(name)
        accounts.check_acting(by, PersonChange(active=False), person, self._settings.admins)
        if not person.guest:
            self._accounts().delete(by, person)
        with self._store.write() as unit:
            self._users.remove(unit, person)

    def change_password(self, by: Acting, name: str, password: str) -> None:
        """Of oneself, once somebody has proved to know the old one. Raises PasswordRefused, Denied."""
        self._accounts().change(by, self._users.person(name), PersonChange(password=password))

    def invite(self, values: Mapping[str, Any]) -> tuple[Document, Document | None]:
        """A guest from elsewhere: the invitation, and the mail that is to tell of it. Raises Invalid."""
        invitation = guests.given(values, self._people)
        domain = tenant.default_domain(self._people)
        with self._store.write() as unit:
            guest = guests.invite(unit, invitation, domain)
        mail = guests.message(invitation) if invitation.get("sendInvitationMessage") else None
        return guests.answer(invitation, guest), mail

    def users_changed(self, options: Options) -> Changed:
        """All users, then those that changed since the token in the options, here or in accounts.

        Raises Invalid for a `$filter` by something else than ids.
        """
        wanted = noticing.ids_in(options.filter)
        if options.cursor is None:
            self._noticing.notice()
        listing = Listing(OWNER, (USER,), None, options=replace(options, filter=None),
                          default_page=self._settings.page_rows, most=self._settings.page_rows_most)  # fmt: skip
        with self._store.read() as unit:
            token = options.delta or options.cursor
            found = unit.changes.since(listing, token, carried=None if wanted is None else {"ids": wanted})
            rows = [(item, self.everybody.find(_id(item))) for item in found.items]
        there = [
            project(people.document(person, item.document), replace(shown(found.options), expand=()), USER_TYPE)
            for item, person in rows
            if person is not None
        ]
        # Whoever came and went meanwhile was never told.
        gone = [_id(item) for item, person in rows if person is None and item.number not in found.created]
        gone += [id_of(change.key) for change in found.removed]
        told, wanted = [*there, *(_removed(USER, one) for one in gone)], found.carried.get("ids")
        return Changed([row for row in told if wanted is None or row["id"] in wanted], found.token, found.more)

    def notice(self) -> None:
        """Have changes of accounts told to who subscribed to them; to be called now and then."""
        self._noticing.notice()

    def manager(self, name: str, options: Options) -> Document:
        with self._store.read() as unit:
            found = self._objects.manager(unit, name)
        if found is None:
            raise NotFound(MANAGER, MANAGER)
        return project(found, shown(options), USER_TYPE, always=())

    def set_manager(self, name: str, manager: str) -> None:
        """Raises Invalid for oneself."""
        boss, person = self._users.person(manager), self._users.person(name)
        if boss.id == person.id:
            raise Invalid(MANAGER, "somebody else")
        with self._store.write() as unit:
            item = self._users.item(unit, person)
            self._unlink_all(unit, MANAGER, item)
            unit.links.link(MANAGER, item, boss.id)
            unit.items.touch(item)

    def remove_manager(self, name: str) -> None:
        with self._store.write() as unit:
            item = self._users.item(unit, self._users.person(name))
            if not self._unlink_all(unit, MANAGER, item):
                raise NotFound(MANAGER, MANAGER)
            unit.items.touch(item)

    def direct_reports(self, name: str, options: Options) -> Page:
        person = self._users.person(name)
        with self._store.read() as unit:
            ids = [id_of(item.key) for item in unit.links.sources(MANAGER, person.id)]
            return self._list(unit, ids, options)

    def people_near(self, name: str, options: Options) -> Page:
        """Whom this user may write to, by name."""
        own = self._users.person(name).id
        with self._store.read() as unit:
            others = [user for user in self._users.documents(unit) if user["id"] != own and user["accountEnabled"]]
        rows = (people.as_contact(user, len(others) - rank) for rank, user in enumerate(others))
        return self._page(rows, options, SCHEMA.entity("person"))

    # Photos

    def photo(self, owner: str) -> Document:
        """What is told of the picture of a user or a group."""
        with self._store.read() as unit:
            return photos.document(self._objects.kept(unit, owner))

    def photo_content(self, owner: str, size: str | None = None) -> photos.Photo:
        """The picture, as it came whatever the size."""
        if size is not None:
            photos.check_size(size)
        with self._store.read() as unit:
            return photos.read(unit, self._objects.kept(unit, owner))

    def set_photo(self, owner: str, content: bytes) -> None:
        """Raises Invalid for what is no picture, TooLarge."""
        with self._store.write() as unit:
            item = self._objects.kept(unit, owner) or self._users.item(unit, self._users.person(owner))
            photos.keep(unit, item, content)

    def remove_photo(self, owner: str) -> None:
        with self._store.write() as unit:
            photos.remove(unit, self._objects.kept(unit, owner))

    # Groups

    def groups(self, options: Options) -> Page:
        with self._store.read() as unit:
            rows = self._objects.expanded(unit, self._groups.documents(unit), options)
            return self._page(rows, options, GROUP_TYPE)

    def groups_changed(self, options: Options) -> Changed:
        """All groups, then those that changed since the token in the options, with their members."""
        listing = Listing(OWNER, (GROUP,), None, options=options, default_page=self._settings.page_rows,
                          most=self._settings.page_rows_most, view=groups.document)  # fmt: skip
        with self._store.read() as unit:
            found = unit.changes.since(listing, options.delta or options.cursor)
            rows = [self._changed(unit, item, found.options) for item in found.items]
        gone = [_removed(GROUP, id_of(change.key)) for change in found.removed]
        return Changed([*rows, *gone], found.token, found.more)

    def group(self, group_id: str, options: Options) -> Document:
        with self._store.read() as unit:
            document = groups.document(self._groups.item(unit, group_id))
            (row,) = self._objects.expanded(unit, [document], options)
        return project(row, options, GROUP_TYPE, always=())

    def create_group(self, given: Mapping[str, Any], creator: str | None) -> Document:
        """Whoever makes it owns it, if nobody else is named. Raises Invalid, AlreadyExists."""
        members, owners = groups.bound(given, MEMBERS), groups.bound(given, OWNERS)
        domain = tenant.default_domain(self._people)
        self._check_address(given, domain)
        with self._store.write() as unit:
            item = self._groups.create(unit, given, domain)
            self._link_all(unit, MEMBERS, item, members)
            self._link_all(unit, OWNERS, item, owners or ([creator] if creator else []))
            return groups.document(item)

    def change_group(self, group_id: str, given: Mapping[str, Any]) -> Document:
        """Raises Invalid, AlreadyExists."""
        members = groups.bound(given, MEMBERS)
        if look_up(given, NICKNAME) is not None:
            self._check_address(given, tenant.default_domain(self._people))
        with self._store.write() as unit:
            item = self._groups.change(unit, group_id, given)
            self._link_all(unit, MEMBERS, item, members)
            return groups.document(item)

    def _check_address(self, given: Mapping[str, Any], domain: str) -> None:
        """Mail to a group goes to nobody else. Raises AlreadyExists for an address of a user."""
        nickname = look_up(given, NICKNAME)
        if isinstance(nickname, str) and self._people.find(f"{nickname}@{domain}") is not None:
            raise AlreadyExists(NICKNAME, nickname)

    def delete_group(self, group_id: str) -> None:
        with self._store.write() as unit:
            item = self._groups.item(unit, group_id)
            unit.links.forget(id_of(item.key))
            unit.items.remove(item)
            # What the group owns lies in the mailbox of its id: plans, lists, files.
            for owned in unit.items.roots(id_of(item.key)):
                unit.items.remove(owned)

    def members(self, group_id: str, name: str, options: Options, cast: str | None) -> Page:
        """`name` is MEMBERS or OWNERS."""
        with self._store.read() as unit:
            return self._list(unit, self._groups.linked(unit, group_id, name), options, cast)

    def owns(self, group_id: str, user_id: str) -> bool:
        """Whether this user owns the group. Raises NotFound for the group."""
        with self._store.read() as unit:
            return user_id in self._groups.linked(unit, group_id, OWNERS)

    def all_members(self, group_id: str, options: Options, cast: str | None) -> Page:
        """Members of groups among the members too."""
        with self._store.read() as unit:
            return self._list(unit, self._groups.members_all(unit, group_id), options, cast)

    def add(self, group_id: str, name: str, object_id: str) -> None:
        """A member or an owner. Raises AlreadyExists, Invalid for a group in itself."""
        with self._store.write() as unit:
            item = self._groups.item(unit, group_id)
            self._link_all(unit, name, item, [object_id])
            unit.items.touch(item)

    def remove(self, group_id: str, name: str, object_id: str) -> None:
        with self._store.write() as unit:
            item = self._groups.item(unit, group_id)
            # Somebody who is gone from the directory can still be taken out, by id.
            found = self._objects.find(unit, object_id)
            if not unit.links.unlink(name, item, str(found["id"]) if found else object_id.lower()):
                raise NotFound(name.removesuffix("s"), object_id)
            unit.items.touch(item)

    # What is between them

    def member_of(self, object_id: str, options: Options, cast: str | None) -> Page:
        with self._store.read() as unit:
            items = self._groups.containing(unit, self._objects.get(unit, object_id)["id"])
            return self._list(unit, map(_id, items), options, cast)

    def all_member_of(self, object_id: str, options: Options, cast: str | None) -> Page:
        """The groups in which those are, too."""
        with self._store.read() as unit:
            items = self._groups.containing_all(unit, self._objects.get(unit, object_id)["id"])
            return self._list(unit, map(_id, items), options, cast)

    def owned(self, object_id: str, options: Options, cast: str | None) -> Page:
        with self._store.read() as unit:
            items = self._groups.containing(unit, self._objects.get(unit, object_id)["id"], OWNERS)
            return self._list(unit, map(_id, items), options, cast)

    def group_ids(self, object_id: str, *, security_only: bool = False) -> list[str]:
        """Ids of all groups that this is in."""
        with self._store.read() as unit:
            items = self._groups.containing_all(unit, self._objects.get(unit, object_id)["id"])
        return [_id(item) for item in items if not security_only or item.document.get("securityEnabled")]

    def check_groups(self, object_id: str, asked: object) -> list[str]:
        """Those of these groups that this is in. Raises Invalid."""
        wanted = {text.lower() for text in _texts(asked, "groupIds", MOST_CHECKED)}
        return [found for found in self.group_ids(object_id) if found in wanted]

    def one(self, object_id: str, options: Options) -> Document:
        """A user or a group, with its type."""
        with self._store.read() as unit:
            found = self._objects.get(unit, object_id)
        return project(found, options, type_of(found), always=()) if options.select else by_default(found)

    def by_ids(self, ids: object, types: object) -> Page:
        """Those that there are, of these types if any are given. Raises Invalid."""
        wanted = {text.lower() for text in _texts(types or [], "types", MOST_IDS)}
        with self._store.read() as unit:
            found = self._objects.all(unit, _texts(ids, "ids", MOST_IDS))
        every = not wanted or OBJECT_TYPE.name.lower() in wanted
        return Page([by_default(row) for row in found if every or type_of(row).name in wanted])

    # The tenant

    def organizations(self, options: Options) -> Page:
        rows = [tenant.organization(self._people, self._tenant)]
        return self._page(rows, options, SCHEMA.entity("organization"))

    def organization(self, tenant_id: str, options: Options) -> Document:
        if tenant_id.lower() != self._tenant:
            raise NotFound("organization", tenant_id)
        found = tenant.organization(self._people, self._tenant)
        return project(found, options, SCHEMA.entity("organization"), always=())

    def domains(self, options: Options) -> Page:
        return self._page(tenant.domains(self._people), options, SCHEMA.entity("domain"))

    def domain(self, name: str, options: Options) -> Document:
        found = next((row for row in tenant.domains(self._people) if row["id"] == name.lower()), None)
        if found is None:
            raise NotFound("domain", name)
        return project(found, options, SCHEMA.entity("domain"), always=())

    # Inside

    def _accounts(self) -> Registrar:
        if self._registrar is None:
            raise Denied("Accounts are changed where they are managed, and not here.")
        return self._registrar

    def _change_guest(self, by: Acting, person: Person, new: Document) -> Document:
        accounts.check_acting(by, PersonChange(active=False), person, self._settings.admins)
        refused = [name for name in new if name in accounts.KNOWN]
        if refused:
            raise Denied(f"{refused[0]} of a guest is not changed.")
        with self._store.write() as unit:
            changed = self._users.keep(unit, person, new)
        return project(changed, shown(NONE), USER_TYPE, always=())

    def _spelt(self, address: str) -> str:
        return self._accounts().address(address)

    def _page(self, rows: Iterable[Document], options: Options, kind: EntityType) -> Page:
        if options.top is not None and options.top > self._settings.page_rows_most:
            raise Invalid("$top", f"at most {self._settings.page_rows_most}")
        return page_of(rows, options, kind, self._settings.page_rows, self._settings.page_rows_most, always=())

    def _list(self, unit: Unit, ids: Iterable[str], options: Options, cast: str | None = None) -> Page:
        """Users and groups, each with its type; those who are gone are left out."""
        kind = SCHEMA.entity(cast) if cast in (USER, GROUP) else OBJECT_TYPE
        page = self._page(self._objects.all(unit, ids, cast), options, kind)
        return page if options.select else Page([by_default(row) for row in page.rows], page.cursor, page.count)

    def _changed(self, unit: Unit, item: Item, options: Options) -> Document:
        shown = project(groups.document(item), replace(options, expand=()), GROUP_TYPE)
        members = self._objects.all(unit, unit.links.targets(MEMBERS, item))
        names = {path.names[0].lower() for path in options.select}
        if names and MEMBERS not in names:
            return shown
        listed = [{"@odata.type": row["@odata.type"], "id": row["id"]} for row in members]
        return {name: value for name, value in shown.items() if name != MEMBERS} | {"members@delta": listed}

    def _link_all(self, unit: Unit, name: str, item: Item, ids: Iterable[str]) -> None:
        for one in ids:
            found = self._objects.get(unit, one)
            if found["id"] == _id(item):
                raise Invalid(name, "another object than the group itself")
            if not unit.links.link(name, item, found["id"]):
                raise AlreadyExists("reference", one)

    def _unlink_all(self, unit: Unit, name: str, item: Item) -> bool:
        before = unit.links.targets(name, item)
        for target in before:
            unit.links.unlink(name, item, target)
        return bool(before)


def _removed(kind: str, object_id: str) -> Document:
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": object_id, "@removed": {"reason": "deleted"}}


def _id(item: Item) -> str:
    return id_of(item.key)


def _texts(given: object, field: str, most: int) -> list[str]:
    if not isinstance(given, list) or len(given) > most or not all(isinstance(one, str) for one in given):
        raise Invalid(field, f"a list of at most {most} texts")
    return given
