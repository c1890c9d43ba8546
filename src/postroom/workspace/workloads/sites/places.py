"""Which sites there are: the root, those that an administrator made, and one for each group."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from postroom.errors import AlreadyExists, Denied, Invalid, NotFound
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.doer import Doer, Groups, sees_group
from postroom.workspace.workloads.sites.kinds import OWNER, SITE, id_of, key_of

MOST_PATH: Final = 200
COLLECTIONS: Final = ("sites", "teams")
"""First names of paths of sites that are collections; others are subsites of the root."""
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")
_ROOT: Final = "root site"


class At(NamedTuple):
    """How a request names a site: `root`, an id, or a host; then perhaps a path from there."""

    name: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """`web` is the id of what is in it. `path` is empty for the root; `parent` None for those that are collections.

    With a `group` only its members reach it, readers too unless `public`.
    """

    web: str
    collection: str
    path: str
    title: str
    description: str
    created: str
    modified: str
    parent: str | None = None
    group: str | None = None
    public: bool = False

    def id(self, host: str) -> str:
        return f"{host.partition(':')[0]},{self.collection},{self.web}"

    def url(self, host: str) -> str:
        return f"https://{host}/{self.path}".rstrip("/")


class Places:
    """Methods that find a site raise NotFound; Denied where the caller may not see it."""

    def __init__(self, store: Store, groups: Groups, tenant: str) -> None:
        self._store, self._groups = store, groups
        self._root = str(uuid5(NAMESPACE_URL, f"{_ROOT} {tenant}"))

    def find(self, at: At, doer: Doer) -> Site:
        found = self._named(at.name)
        if at.path:
            found = self._below(found, at.path.strip("/"))
        self.check_seen(found, doer)
        return found

    def of_group(self, group_id: str, doer: Doer) -> Site:
        found = _of_group(self._groups.group(group_id))
        self.check_seen(found, doer)
        return found

    def all(self, doer: Doer) -> Iterator[Site]:
        """Those that somebody may see, the root first."""
        if doer.user is None or doer.admin:
            return self.every()
        mine = frozenset(self._groups.of(doer.user))
        return (site for site in self.every() if site.group is None or site.public or site.group in mine)

    def below(self, site: Site, doer: Doer) -> Iterator[Site]:
        """Subsites."""
        return (one for one in self.all(doer) if one.parent == site.web)

    def sees(self, site: Site, doer: Doer) -> bool:
        return site.group is None or site.public or sees_group(self._groups, site.group, doer)

    def check_seen(self, site: Site, doer: Doer) -> None:
        if not self.sees(site, doer):
            raise Denied("Only members of its group may use this site.")

    def check_writes(self, site: Site, doer: Doer) -> None:
        """Raises Denied."""
        if site.group is not None and not sees_group(self._groups, site.group, doer):
            raise Denied("Only members of its group may change what is in this site.")

    def create(self, path: str, title: str, description: str = "", group: str | None = None) -> Site:
        """At a path: `sites/yard` is a collection, `sites/yard/plans` a subsite of it, `plans` one of the root.

        Raises Invalid, AlreadyExists; NotFound for the site above, or the group.
        """
        path = path.strip("/")
        if len(path) > MOST_PATH or not all(_NAME.fullmatch(name) for name in path.split("/")):
            raise Invalid("path", "names of letters, digits, dots, dashes, with slashes between, such as sites/yard")
        if any(site.path.lower() == path.lower() for site in self.every()):
            raise AlreadyExists(SITE, path)
        above = self._above(path)
        if group is not None:
            self._groups.group(group)
        elif above is not None:
            group = above.group
        document = {"path": path, "title": title, "description": description, "group": group,
                    "parent": above and above.web}  # fmt: skip
        with self._store.write() as unit:
            return self._stored(unit, unit.items.add(OWNER, SITE, None, document, key=uuid4().bytes))

    def delete(self, path: str) -> None:
        """A site that was made here, with its lists. Raises NotFound; Invalid for one with subsites."""
        path = path.strip("/")
        with self._store.write() as unit:
            item = next(
                (one for one in unit.items.all(OWNER, SITE) if one.document["path"].lower() == path.lower()), None
            )
            if item is None or not path:
                raise NotFound(SITE, path)
            if any(one.document["parent"] == id_of(item.key) for one in unit.items.all(OWNER, SITE)):
                raise Invalid("path", "a site without subsites: delete these first")
            for one in unit.items.roots(id_of(item.key)):
                unit.items.remove(one)
            unit.items.remove(item)

    def every(self) -> Iterator[Site]:
        """All there are, the root first, those of groups last."""
        self._prepare()
        with self._store.read() as unit:
            stored = [self._stored(unit, item) for item in unit.items.all(OWNER, SITE)]
        yield from stored
        yield from (_of_group(group) for group in self._groups.all())

    def _named(self, name: str) -> Site:
        parts = [part.strip() for part in name.split(",")]
        if name.lower() == "root":
            return self._by_web(self._root)
        if key_of(parts[-1]) is not None:
            return self._by_web(parts[-1].lower())
        # There is one host, whatever it is called: clients know it by a name of Microsoft's, or by ours.
        if len(parts) == 1 and ("." in name or name.partition(":")[0].lower() == "localhost"):
            return self._by_web(self._root)
        raise NotFound(SITE, name)

    def _by_web(self, web: str) -> Site:
        self._prepare()
        key = key_of(web)
        with self._store.read() as unit:
            item = unit.items.find(key) if key else None
            if item is not None and item.kind == SITE:
                return self._stored(unit, item)
        try:
            return _of_group(self._groups.group(web))
        except NotFound as error:
            raise NotFound(SITE, web) from error

    def _below(self, start: Site, path: str) -> Site:
        whole = f"{start.path}/{path}".strip("/").lower()
        found = next((site for site in self.every() if site.path.lower() == whole), None)
        if found is None:
            raise NotFound(SITE, path)
        return found

    def _above(self, path: str) -> Site | None:
        """What a new site lies in; None for a collection."""
        names = path.split("/")
        if names[0].lower() in COLLECTIONS and len(names) == 2:
            return None
        above = "/".join(names[:-1])
        return self._below(self._by_web(self._root), above) if above else self._by_web(self._root)

    def _prepare(self) -> None:
        """The root is there from the first time that somebody asks."""
        key = UUID(self._root).bytes
        with self._store.read() as unit:
            there = unit.items.find(key) is not None
        if not there:
            root = {"path": "", "title": "Communication site", "description": "", "group": None, "parent": None}
            with self._store.write() as unit:
                if unit.items.find(key) is None:
                    unit.items.add(OWNER, SITE, None, root, key=key)

    def _stored(self, unit: Unit, item: Item) -> Site:
        web, parent = id_of(item.key), item.document["parent"]
        collection = web
        while parent is not None:
            above = unit.items.find(UUID(parent).bytes)
            # The site of a group is not written down, and has nothing above it.
            collection, parent = parent, above.document["parent"] if above is not None and above.kind == SITE else None
        path, title, description = (str(item.document[name]) for name in ("path", "title", "description"))
        return Site(web, _collection(collection), path, title, description, moment(item.created_ms),
                    moment(item.modified_ms), item.document["parent"], item.document["group"])  # fmt: skip


def _of_group(group: dict[str, Any]) -> Site:
    web, created = str(group["id"]), str(group["createdDateTime"])
    public = str(group.get("visibility") or "").lower() == "public"
    path = f"sites/{group.get('mailNickname') or web}"
    return Site(web, _collection(web), path, str(group["displayName"]), str(group.get("description") or ""), created,
                created, None, web, public)  # fmt: skip


def _collection(web: str) -> str:
    return str(uuid5(UUID(web), "site collection"))
