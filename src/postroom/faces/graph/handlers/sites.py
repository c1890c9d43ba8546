"""SharePoint: sites, lists, items."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from postroom.errors import Invalid
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.handlers.doing import doer
from postroom.faces.graph.handlers.files_calls import at as file_at
from postroom.faces.graph.handlers.files_calls import files, look
from postroom.faces.graph.handlers.sites_calls import at, drive_at, sites
from postroom.faces.graph.result import Created, Delta, Many, Nothing, One, Result
from postroom.workspace.query.options import Options
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Place
from postroom.workspace.workloads.sites.kinds import number_of
from postroom.workspace.workloads.sites.places import At

LENIENT: Final = ("honornonindexedquerieswarningmayfailrandomly", "allowthrottleablequeries")
"""Preferences that allow a filter by columns without an index."""


@implements("sites.search", "sites.all")
def search(call: Call) -> Result:
    return Many(sites(call).search(doer(call), call.options))


@implements("sites.get")
def site(call: Call) -> Result:
    return One(sites(call).get(doer(call), at(call), call.options))


@implements("sites.by_path")
def by_path(call: Call) -> Result:
    path, start = call.argument("path"), at(call)
    if path is None:
        raise Invalid("path", "the path of a site, as sites/yard")
    below = "/".join(part.strip("/") for part in (start.path, path) if part.strip("/"))
    return One(sites(call).get(doer(call), At(start.name, below), call.options))


@implements("sites.subsites")
def subsites(call: Call) -> Result:
    return Many(sites(call).subsites(doer(call), at(call), call.options))


@implements("sites.permissions")
def permissions(call: Call) -> Result:
    return Many(sites(call).permissions(doer(call), at(call)))


@implements("sites.drives")
def drives(call: Call) -> Result:
    return Many(call.workspace.files.drives(look(call), drive_at(call)))


@implements("sites.columns")
def site_columns(call: Call) -> Result:
    return Many(sites(call).lists.columns(doer(call), at(call), None, call.options))


@implements("sites.column")
def site_column(call: Call, column: str) -> Result:
    return One(sites(call).lists.column(doer(call), at(call), None, column, call.options))


@implements("sites.content_types")
def site_content_types(call: Call) -> Result:
    return Many(sites(call).lists.content_types(doer(call), at(call), None, call.options))


@implements("sites.content_type")
def site_content_type(call: Call, type: str) -> Result:  # noqa: A002  the path's word
    return One(sites(call).lists.content_type(doer(call), at(call), None, type, call.options))


@implements("sites.lists")
def lists(call: Call) -> Result:
    return Many(sites(call).lists.page(doer(call), at(call), call.options))


@implements("sites.lists.create")
def create_list(call: Call) -> Result:
    return Created(sites(call).lists.create(doer(call), at(call), call.document))


@implements("sites.lists.get")
def one_list(call: Call, list: str) -> Result:  # noqa: A002
    return One(sites(call).lists.get(doer(call), at(call), list, call.options))


@implements("sites.lists.change")
def change_list(call: Call, list: str) -> Result:  # noqa: A002
    return One(sites(call).lists.update(doer(call), at(call), list, call.document, call.if_match))


@implements("sites.lists.delete")
def delete_list(call: Call, list: str) -> Result:  # noqa: A002
    sites(call).lists.delete(doer(call), at(call), list, call.if_match)
    return Nothing()


@implements("sites.lists.columns")
def columns(call: Call, list: str) -> Result:  # noqa: A002
    return Many(sites(call).lists.columns(doer(call), at(call), list, call.options))


@implements("sites.lists.add_column")
def add_column(call: Call, list: str) -> Result:  # noqa: A002
    return Created(sites(call).lists.add_column(doer(call), at(call), list, call.document))


@implements("sites.lists.column")
def column(call: Call, list: str, column: str) -> Result:  # noqa: A002
    return One(sites(call).lists.column(doer(call), at(call), list, column, call.options))


@implements("sites.lists.change_column")
def change_column(call: Call, list: str, column: str) -> Result:  # noqa: A002
    return One(sites(call).lists.change_column(doer(call), at(call), list, column, call.document))


@implements("sites.lists.remove_column")
def remove_column(call: Call, list: str, column: str) -> Result:  # noqa: A002
    sites(call).lists.remove_column(doer(call), at(call), list, column)
    return Nothing()


@implements("sites.lists.content_types")
def content_types(call: Call, list: str) -> Result:  # noqa: A002
    return Many(sites(call).lists.content_types(doer(call), at(call), list, call.options))


@implements("sites.lists.content_type")
def content_type(call: Call, list: str, type: str) -> Result:  # noqa: A002
    return One(sites(call).lists.content_type(doer(call), at(call), list, type, call.options))


@implements("sites.items")
def items(call: Call, list: str) -> Result:  # noqa: A002
    strict = call.workspace.settings.graph.strict_queries and call.prefer.others.isdisjoint(LENIENT)
    return Many(sites(call).items.page(doer(call), at(call), list, call.options, indexed_only=strict))


@implements("sites.items.create")
def create_item(call: Call, list: str) -> Result:  # noqa: A002
    return Created(sites(call).items.create(doer(call), at(call), list, call.document))


@implements("sites.items.delta")
def items_delta(call: Call, list: str) -> Result:  # noqa: A002
    rows, delta = sites(call).items.delta(doer(call), at(call), list, call.options)
    gone = [{"id": str(number_of(one.key)), "deleted": {"state": "deleted"}} for one in delta.removed]
    return Delta([*rows, *gone], delta.token if delta.more else None, None if delta.more else delta.token)


@implements("sites.items.get")
def item(call: Call, list: str, item: str) -> Result:  # noqa: A002
    return One(sites(call).items.get(doer(call), at(call), list, item, call.options))


@implements("sites.items.change")
def change_item(call: Call, list: str, item: str) -> Result:  # noqa: A002
    return One(sites(call).items.update(doer(call), at(call), list, item, call.document, call.if_match))


@implements("sites.items.delete")
def delete_item(call: Call, list: str, item: str) -> Result:  # noqa: A002
    sites(call).items.delete(doer(call), at(call), list, item, call.if_match)
    return Nothing()


@implements("sites.items.fields")
def fields(call: Call, list: str, item: str) -> Result:  # noqa: A002
    return One(sites(call).items.fields(doer(call), at(call), list, item, call.options))


@implements("sites.items.change_fields")
def change_fields(call: Call, list: str, item: str) -> Result:  # noqa: A002
    return One(sites(call).items.update_fields(doer(call), at(call), list, item, call.document, call.if_match))


@implements("sites.items.file")
def file_of_item(call: Call, list: str, item: str) -> Result:  # noqa: A002
    key = sites(call).items.file_key(doer(call), at(call), list, item)
    where = replace(drive_at(call, list), steps=(("item", ids.immutable(Place(0, key, 0))),))
    return One(call.workspace.files.folders.get(look(call), where))


def _of_file(call: Call) -> tuple[At, str, str]:
    """What a file of the path is in its site: library and number. Raises NotFound, Denied."""
    found = files(call).folders.get(look(replace(call, options=Options())), file_at(call))
    drive, key = found["parentReference"]["driveId"], ids.parse(found["id"]).key
    return sites(call).items.of_file(doer(call), drive, key)


@implements("sites.file_item")
def item_of_file(call: Call) -> Result:
    return One(sites(call).items.get(doer(call), *_of_file(call), call.options))


@implements("sites.file_fields")
def fields_of_file(call: Call) -> Result:
    return One(sites(call).items.fields(doer(call), *_of_file(call), call.options))


@implements("sites.change_file_fields")
def change_fields_of_file(call: Call) -> Result:
    return One(sites(call).items.update_fields(doer(call), *_of_file(call), call.document, call.if_match))


@implements("sites.items.versions")
def versions(call: Call, list: str, item: str) -> Result:  # noqa: A002
    return Many(sites(call).items.versions(doer(call), at(call), list, item, call.options))


@implements("sites.items.version")
def version(call: Call, list: str, item: str, version: str) -> Result:  # noqa: A002
    return One(sites(call).items.version(doer(call), at(call), list, item, version, call.options))


@implements("sites.items.restore")
def restore(call: Call, list: str, item: str, version: str) -> Result:  # noqa: A002
    sites(call).items.restore(doer(call), at(call), list, item, version)
    return Nothing()
