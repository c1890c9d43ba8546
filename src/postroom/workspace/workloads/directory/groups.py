"""Groups: documents of their own, with members and owners as links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.workspace.schema.check import checked
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.directory.kinds import GROUP, GROUP_TYPE, OWNER, Document, id_of, key_of, whole

MEMBERS: Final = "members"
OWNERS: Final = "owners"
NEEDED: Final = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
READ_ONLY: Final = ("id", "createdDateTime", "deletedDateTime", "renewedDateTime", "mail", "proxyAddresses")
FIXED: Final = ("id", "createdDateTime", "deletedDateTime", "mail", "proxyAddresses")
MOST_BOUND: Final = 20
"""Members that one request may name."""


class Groups:
    """Units are the caller's; `domain` is that of addresses of groups that have mail."""

    def item(self, unit: Unit, group_id: str) -> Item:
        """Raises NotFound."""
        key = key_of(group_id)
        item = unit.items.find(key) if key else None
        if item is None or item.kind != GROUP:
            raise NotFound(GROUP, group_id)
        return item

    def documents(self, unit: Unit) -> Iterator[Document]:
        """All groups, complete."""
        return (document(item) for item in unit.items.all(OWNER, GROUP))

    def create(self, unit: Unit, given: Mapping[str, Any], domain: str) -> Item:
        """A new group without members. Raises Invalid, AlreadyExists."""
        new = checked(GROUP_TYPE, dict(given), read_only=READ_ONLY, partial=True)
        missing = [name for name in NEEDED if new.get(name) is None]
        if missing:
            raise Invalid(missing[0], "a value: a new group needs it")
        self._check_name(unit, new["mailNickname"], None)
        mail = f"{new['mailNickname']}@{domain}" if new["mailEnabled"] and domain else None
        return unit.items.add(OWNER, GROUP, None, {**new, "mail": mail}, key=uuid4().bytes)

    def change(self, unit: Unit, group_id: str, given: Mapping[str, Any]) -> Item:
        """Raises NotFound, Invalid, ReadOnly, AlreadyExists."""
        item = self.item(unit, group_id)
        check_fixed(given, document(item), FIXED)
        new = checked(GROUP_TYPE, dict(given), read_only=READ_ONLY, partial=True)
        if "mailNickname" in new:
            self._check_name(unit, new["mailNickname"], item.key)
        return unit.items.update(item, item.document | new)

    def _check_name(self, unit: Unit, nickname: object, own: bytes | None) -> None:
        if not isinstance(nickname, str) or not nickname or set(nickname) & set('@()\\[]";:<>, '):
            raise Invalid("mailNickname", "a local part of an address")
        for other in unit.items.all(OWNER, GROUP):
            if other.key != own and str(other.document.get("mailNickname", "")).lower() == nickname.lower():
                raise AlreadyExists("mailNickname", nickname)

    def linked(self, unit: Unit, group_id: str, name: str) -> list[str]:
        """Ids of members or owners."""
        return unit.links.targets(name, self.item(unit, group_id))

    def containing(self, unit: Unit, member_id: str, name: str = MEMBERS) -> list[Item]:
        """The groups whose member (or owner) this is."""
        return [item for item in unit.links.sources(name, member_id) if item.kind == GROUP]

    def containing_all(self, unit: Unit, member_id: str) -> list[Item]:
        """Those, and the groups in which they are, and so on; each once, near ones first."""
        found: dict[bytes, Item] = {}
        waiting = self.containing(unit, member_id)
        while waiting:
            item = waiting.pop(0)
            if item.key not in found:
                found[item.key] = item
                waiting += self.containing(unit, id_of(item.key))
        return list(found.values())

    def members_all(self, unit: Unit, group_id: str) -> list[str]:
        """Members, and members of groups that are members; each once."""
        found: dict[str, None] = {}
        waiting = self.linked(unit, group_id, MEMBERS)
        while waiting:
            member = waiting.pop(0)
            if member in found:
                continue
            found[member] = None
            key = key_of(member)
            item = unit.items.find(key) if key else None
            if item is not None and item.kind == GROUP:
                waiting += unit.links.targets(MEMBERS, item)
        found.pop(id_of(self.item(unit, group_id).key), None)
        return list(found)


def document(item: Item) -> Document:
    """All properties of a group."""
    known = {
        "id": id_of(item.key),
        "createdDateTime": moment(item.created_ms),
        "renewedDateTime": moment(item.created_ms),
    }
    return whole(GROUP_TYPE, {**item.document, **known})


def bound(given: Mapping[str, Any], name: str) -> Sequence[str]:
    """Ids out of `members@odata.bind`. Raises Invalid."""
    urls: object = next((value for key, value in given.items() if key.lower() == f"{name}@odata.bind"), [])
    if not isinstance(urls, list) or len(urls) > MOST_BOUND:
        raise Invalid(f"{name}@odata.bind", f"at most {MOST_BOUND} URLs")
    return [reference({"@odata.id": url}) for url in urls]


def reference(given: Mapping[str, Any]) -> str:
    """The id at the end of an `@odata.id`. Raises Invalid."""
    url = next((value for key, value in given.items() if key.lower() == "@odata.id"), None)
    if not isinstance(url, str):
        raise Invalid("@odata.id", "the URL of an object")
    last = url.rstrip("/").rpartition("/")[2]
    return last.partition("('")[2].removesuffix("')") if last.endswith("')") else last
