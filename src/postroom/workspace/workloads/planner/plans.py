"""Plans, each owned by a group, and their details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.query.access import look_up
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.query.page import Page
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document, Doer, check_in
from postroom.workspace.workloads.planner import core, maps
from postroom.workspace.workloads.planner.core import Core
from postroom.workspace.workloads.planner.kinds import PLAN, PLAN_DETAILS

FIXED: Final = ("createdBy", "createdDateTime", "owner")
MOST_OF_GROUP: Final = 200
_NO_NAMES: Final = dict.fromkeys(maps.CATEGORIES)


class Plans:
    def __init__(self, base: Core) -> None:
        self._core = base

    def of_group(self, doer: Doer, group: str, options: Options = NONE) -> Page:
        check_in(self._core.groups, group, doer)
        with self._core.store.read() as unit:
            rows = [_shown(item) for item in unit.items.roots(group.lower(), PLAN)]
        return core.page(PLAN, rows, options)

    def of_user(self, doer: Doer, user: str, options: Options = NONE) -> Page:
        """Those of the groups that somebody is in, as far as the caller may see them."""
        groups = [one for one in self._core.groups.of(user) if doer.user in (None, user) or self._sees(doer, one)]
        with self._core.store.read() as unit:
            rows = [_shown(item) for group in groups for item in unit.items.roots(group, PLAN)]
        return core.page(PLAN, rows, options)

    def get(self, doer: Doer, plan: str, options: Options = NONE) -> Document:
        with self._core.store.read() as unit:
            item = self._core.found(unit, doer, PLAN, plan)
            document = _shown(item)
            if any(one.path.names[-1].lower() == "details" for one in options.expand):
                document["details"] = core.under(item, _details(unit, item))
        return core.shown(PLAN, document, options)

    def create(self, doer: Doer, given: Mapping[str, Any]) -> Document:
        """`owner` or `container` names the group. Raises Invalid, NotFound, Denied."""
        group = _owner(given)
        check_in(self._core.groups, group, doer)
        document = core.new(PLAN, given, (*FIXED, "container"))
        title = core.name(document.get("title"), "title")
        with self._core.store.write() as unit:
            if len(unit.items.roots(group, PLAN)) >= MOST_OF_GROUP:
                raise Invalid("owner", f"a group with fewer than {MOST_OF_GROUP} plans")
            made = unit.items.add(group, PLAN, None, {"title": title, "createdBy": doer.identity})
            unit.items.add(group, PLAN_DETAILS, made, {"sharedWith": {}, "categoryDescriptions": _NO_NAMES})
            return _shown(made)

    def update(self, doer: Doer, plan: str, given: Mapping[str, Any], if_match: str | None) -> Document:
        with self._core.store.write() as unit:
            item = self._core.changeable(unit, doer, PLAN, plan, if_match)
            document = core.changes(PLAN, given, _shown(item), FIXED, ("container",))
            if "title" in document:
                document["title"] = core.name(document["title"], "title")
            return _shown(unit.items.update(item, item.document | document))

    def delete(self, doer: Doer, plan: str, if_match: str | None) -> None:
        """With all that is in it."""
        with self._core.store.write() as unit:
            unit.items.remove(self._core.changeable(unit, doer, PLAN, plan, if_match))

    def details(self, doer: Doer, plan: str, options: Options = NONE) -> Document:
        with self._core.store.read() as unit:
            item = self._core.found(unit, doer, PLAN, plan)
            return core.shown(PLAN_DETAILS, core.under(item, _details(unit, item)), options)

    def update_details(self, doer: Doer, plan: str, given: Mapping[str, Any], if_match: str | None) -> Document:
        with self._core.store.write() as unit:
            item = self._core.found(unit, doer, PLAN, plan)
            details = _details(unit, item)
            core.check_seen(details, if_match)
            document = core.changes(PLAN_DETAILS, given, core.under(item, details), ())
            old = details.document
            if "sharedWith" in document:
                document["sharedWith"] = maps.shared_with(self._core.knows, old["sharedWith"], document["sharedWith"])
            if "categoryDescriptions" in document:
                named = document["categoryDescriptions"] or {}
                document["categoryDescriptions"] = old["categoryDescriptions"] | named
            return core.under(item, unit.items.update(details, old | document))

    def _sees(self, doer: Doer, group: str) -> bool:
        return doer.admin or (doer.user is not None and self._core.groups.is_in(group, doer.user))


def _shown(item: Item) -> Document:
    url = f"https://graph.microsoft.com/v1.0/groups/{item.mailbox}"
    container = {"containerId": item.mailbox, "type": "group", "url": url}
    return core.document(item, createdDateTime=core.created(item), owner=item.mailbox, container=container)


def _details(unit: Unit, plan: Item) -> Item:
    (found,) = unit.items.children(plan, PLAN_DETAILS)
    return found


def _owner(given: Mapping[str, Any]) -> str:
    """The group that is to own a plan. Raises Invalid."""
    owner, container = look_up(given, "owner"), look_up(given, "container")
    if isinstance(container, dict):
        url = look_up(container, "url")
        found = look_up(container, "containerId") or (
            url.rstrip("/").rpartition("/")[2] if isinstance(url, str) else ""
        )
        owner = owner or found
    if not isinstance(owner, str) or not maps.is_guid(owner):
        raise Invalid("owner", "the id of the group that the plan is of")
    return owner.lower()
