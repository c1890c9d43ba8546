"""Who reaches files, what was shared, thumbnails, search, changes."""

from __future__ import annotations

from dataclasses import replace

from postroom.errors import Invalid
from postroom.faces.graph import result
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.handlers.files_calls import at, files, look, redeem
from postroom.faces.graph.result import Created, Document, Many, Nothing, One, Redirect, Result
from postroom.workspace.errors import TooOld
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.workloads.files.core import At
from postroom.workspace.workloads.items.wish import PLAIN


@implements("files.permissions")
def permissions(call: Call) -> Result:
    return Many(files(call).permissions.page(look(call), at(call)))


@implements("files.permission")
def permission(call: Call, permission: str) -> Result:
    return One(files(call).permissions.get(look(call), at(call), permission))


@implements("files.change_permission")
def change_permission(call: Call, permission: str) -> Result:
    return One(files(call).permissions.update(look(call), at(call), permission, call.document))


@implements("files.delete_permission")
def delete_permission(call: Call, permission: str) -> Result:
    files(call).permissions.delete(look(call), at(call), permission)
    return Nothing()


@implements("files.link")
def link(call: Call) -> Result:
    made, new = files(call).permissions.create_link(look(call), at(call), call.document)
    place = call.path.rpartition("/")[0]
    return Created(made, f"{place}/permissions/{made['id']}") if new else One(made, status=200)


@implements("files.invite")
def invite(call: Call) -> Result:
    made = files(call).permissions.invite(look(call), at(call), call.document)
    return Many(Page(made))


@implements("files.share")
def share(call: Call, share: str) -> Result:
    redeem(call, share)
    # The options are about what is answered, not about the item behind it.
    whole = replace(look(call), wish=PLAIN)
    item = files(call).folders.get(whole, At(steps=(("share", share),)))
    owner = item.get("shared", {}).get("owner")
    shown: Document = {"id": share, "name": item["name"], "owner": owner, "webUrl": item["webUrl"]}
    if call.options.expand:
        shown["driveItem"] = item
    return One(project(shown, call.options, SCHEMA.entity("sharedDriveItem")))


@implements("files.share_permission")
def share_permission(call: Call, share: str) -> Result:
    return One(files(call).permissions.of_share(look(call), share))


@implements("files.grant")
def grant(call: Call, share: str) -> Result:
    return Many(Page(files(call).permissions.grant(look(call), share, call.document)))


@implements("files.with_me")
def with_me(call: Call) -> Result:
    return Many(files(call).shared.with_me(look(call), at(call)))


@implements("files.recent")
def recent(call: Call) -> Result:
    return Many(files(call).shared.recent(look(call), at(call)))


@implements("files.following")
def following(call: Call) -> Result:
    return Many(files(call).shared.following(look(call), at(call)))


@implements("files.follow")
def follow(call: Call) -> Result:
    return One(files(call).shared.follow(look(call), at(call)))


@implements("files.unfollow")
def unfollow(call: Call) -> Result:
    files(call).shared.unfollow(look(call), at(call))
    return Nothing()


@implements("files.thumbnails")
def thumbnails(call: Call) -> Result:
    return Many(files(call).thumbnails.sets(look(call), at(call)))


@implements("files.thumbnail_set")
def thumbnail_set(call: Call, set: str) -> Result:  # noqa: A002  a place of the path
    return One(files(call).thumbnails.set(look(call), at(call), set))


@implements("files.thumbnail")
def thumbnail(call: Call, set: str, size: str) -> Result:  # noqa: A002
    return One(files(call).thumbnails.one(look(call), at(call), set, size))


@implements("files.thumbnail_content")
def thumbnail_content(call: Call, set: str, size: str) -> Result:  # noqa: A002
    return Redirect(str(files(call).thumbnails.one(look(call), at(call), set, size)["url"]))


@implements("files.search", "files.search_drive")
def search(call: Call) -> Result:
    text = call.argument("q")
    if text is None:
        raise Invalid("q", "the words to look for")
    return Many(files(call).search.page(look(call), at(call), text))


@implements("files.delta", "files.delta_drive")
def delta(call: Call) -> Result:
    """The token of a link counts before one that stands in the path."""
    token = call.options.delta or call.options.cursor or call.parameters.get("token") or call.argument("token")
    try:
        found = files(call).deltas.since(look(call), at(call), token or None)
    except TooOld as error:
        anew = call.url(call.path.partition("(")[0])
        raise Refused(410, "resyncRequired", str(error), {"Location": anew}) from error
    return result.Delta(found.rows, found.token if found.more else None, None if found.more else found.token)


@implements("files.check_out")
def check_out(call: Call) -> Result:
    files(call).locking.check_out(look(call), at(call))
    return Nothing()


@implements("files.check_in")
def check_in(call: Call) -> Result:
    files(call).locking.check_in(look(call), at(call), call.given("comment"))
    return Nothing()


@implements("files.discard")
def discard(call: Call) -> Result:
    files(call).locking.discard(look(call), at(call))
    return Nothing()


@implements("files.preview")
def preview(call: Call) -> Result:
    return One({"getUrl": files(call).contents.url(look(call), at(call)), "postUrl": None, "postParameters": None})
