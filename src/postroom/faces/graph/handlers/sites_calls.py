"""What handlers of sites and of their drives share: which site a path names."""

from __future__ import annotations

from postroom.errors import NotFound
from postroom.faces.graph.call import Call
from postroom.faces.graph.handlers.doing import doer
from postroom.workspace.workloads.files.core import GROUP, SITE
from postroom.workspace.workloads.files.core import At as DriveAt
from postroom.workspace.workloads.sites.places import At
from postroom.workspace.workloads.sites.sites import Sites


def sites(call: Call) -> Sites:
    return call.workspace.sites


def at(call: Call) -> At:
    """The site of the path. Raises NotFound."""
    place = dict(call.place)
    name = place.get("site", "")
    if "group" not in place:
        return At(name, place.get("site_path", ""))
    own = sites(call).places.of_group(place["group"], doer(call))
    if name.lower() not in ("root", own.web) and name.rpartition(",")[2].lower() != own.web:
        raise NotFound("site", name)
    return At(own.web, place.get("site_path", ""))


def web_of(call: Call) -> str:
    """The mailbox of the site of the path. Raises NotFound, Denied."""
    return sites(call).places.find(at(call), doer(call)).web


def drive_at(call: Call, library: str | None = None) -> DriveAt:
    """The drive of the site of the path, or of a library of it. Raises NotFound, Denied."""
    place = dict(call.place)
    site, drive = sites(call).drive(doer(call), at(call), library or place.get("list"))
    kind = GROUP if site.group == site.web else SITE
    return DriveAt(site.web, kind, drive or place.get("drive", ""))
