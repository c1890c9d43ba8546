"""Files and folders, their content and versions."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.handlers.files_calls import (
    BEHAVIOR,
    arrived,
    at,
    files,
    look,
    own,
    parameter,
    path_of,
    redeem,
)
from postroom.faces.graph.result import Created, Many, Nothing, One, Raw, Redirect, Result
from postroom.workspace.query.page import Page
from postroom.workspace.workloads.files.contents import behavior_of
from postroom.workspace.workloads.files.core import GROUP, At

_SAFE: Final = re.compile(r"[^\w .()-]", re.ASCII)


@implements("files.drive")
def drive(call: Call) -> Result:
    return One(files(call).drive(look(call), at(call)))


@implements("files.mine")
def my_drives(call: Call) -> Result:
    if call.caller.user_id is None:
        return Many(Page([], None, 0))
    return Many(files(call).drives(look(call), own(call)))


@implements("files.of_user")
def drives_of_user(call: Call) -> Result:
    return Many(files(call).drives(look(call), At(call.mailbox)))


@implements("files.of_group")
def drives_of_group(call: Call, group: str) -> Result:
    return Many(files(call).drives(look(call), At(group.lower(), GROUP)))


@implements("files.item")
def item(call: Call) -> Result:
    if (share := dict(call.place).get("share")) is not None:
        redeem(call, share)
    return One(files(call).folders.get(look(call), at(call)))


@implements("files.change")
def change(call: Call) -> Result:
    return One(files(call).folders.update(look(call), at(call), call.document))


@implements("files.delete")
def delete(call: Call) -> Result:
    files(call).folders.delete(look(call), at(call))
    return Nothing()


@implements("files.delete_permanently")
def delete_permanently(call: Call) -> Result:
    files(call).folders.delete_permanently(look(call), at(call))
    return Nothing()


@implements("files.restore")
def restore(call: Call) -> Result:
    return One(files(call).folders.restore(look(call), at(call), call.document))


@implements("files.children")
def children(call: Call) -> Result:
    return Many(files(call).folders.children(look(call), at(call)))


@implements("files.create")
def create(call: Call) -> Result:
    given = dict(call.document)
    if (asked := parameter(call, BEHAVIOR)) is not None:
        given.setdefault(BEHAVIOR, asked)
    made = files(call).folders.create(look(call), at(call), given)
    return Created(made, path_of(made))


@implements("files.content")
def content(call: Call) -> Result:
    """Bytes in another format there are none, but for what has that format."""
    wanted = call.parameters.get("format", "")
    return Redirect(files(call).contents.url(look(call), at(call), wanted.lower()))


@implements("files.put")
def put(call: Call) -> Result:
    behavior = behavior_of(parameter(call, BEHAVIOR), "replace")
    with arrived(call) as content:
        made, new = files(call).contents.put(look(call), at(call), content, behavior, call.if_none_match)
    return Created(made, path_of(made)) if new else One(made)


@implements("files.versions")
def versions(call: Call) -> Result:
    return Many(files(call).versions.page(look(call), at(call)))


@implements("files.version")
def version(call: Call, version: str) -> Result:
    return One(files(call).versions.get(look(call), at(call), version))


@implements("files.version_content")
def version_content(call: Call, version: str) -> Result:
    return Redirect(files(call).versions.url(look(call), at(call), version))


@implements("files.restore_version")
def restore_version(call: Call, version: str) -> Result:
    files(call).versions.restore(look(call), at(call), version)
    return Nothing()


@implements("files.delete_version")
def delete_version(call: Call, version: str) -> Result:
    files(call).versions.delete(look(call), at(call), version)
    return Nothing()


@implements("files.download")
def download(call: Call, token: str) -> Result:
    found = files(call).contents.by_token(token)
    if call.if_none_match == found.etag:
        return Nothing(304, {"ETag": found.etag})
    # No page of ours: what somebody uploaded must not run in a browser as if it came from here.
    plain = _SAFE.sub("_", found.name)
    headers = {
        "ETag": found.etag,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
    return Raw(found.content, found.media_type, headers, ranges=True)
