"""The facade of sites: what faces and the command line call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from postroom.errors import Denied, NotFound
from postroom.workspace.people import People
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.doer import Document, Doer, Groups
from postroom.workspace.workloads.sites import views
from postroom.workspace.workloads.sites.core import Core
from postroom.workspace.workloads.sites.items import Items
from postroom.workspace.workloads.sites.kinds import SITE_TYPE
from postroom.workspace.workloads.sites.library import Drives, NoDrives
from postroom.workspace.workloads.sites.lists import Lists
from postroom.workspace.workloads.sites.places import At, Places, Site
from postroom.workspace.workloads.sites.searching import Searching, has

PAGE = 200
MOST = 1000
EVERYTHING = "*"


class Sites:
    """All methods take who asks first. Raise NotFound; Denied for who may not."""

    def __init__(self, store: Store, people: People, groups: Groups, tenant: str, drives: Drives | None = None) -> None:
        self.places = Places(store, groups, tenant)
        self._core = core = Core(store, people, self.places, drives or NoDrives())
        self.lists = Lists(core)
        self.items = Items(core)
        self.searching = Searching(core)

    def get(self, doer: Doer, at: At, options: Options = NONE) -> Document:
        return _shown(self.places.find(at, doer), doer, options)

    def search(self, doer: Doer, options: Options = NONE) -> Page:
        """By words in what a site is called or described by; `*`, and no search, are all."""
        words = (options.search or EVERYTHING).strip().strip('"').lower()
        found = (site for site in self.places.all(doer) if words == EVERYTHING or has(site, words.rstrip("*"), doer))
        return self._page(found, doer, options)

    def subsites(self, doer: Doer, at: At, options: Options = NONE) -> Page:
        return self._page(self.places.below(self.places.find(at, doer), doer), doer, options)

    def reaches(self, web: str, doer: Doer) -> bool:
        """Whether somebody may use what is in a site."""
        try:
            self.places.find(At(web), doer)
        except (NotFound, Denied):
            return False
        return True

    def drive(self, doer: Doer, at: At, library: str | None = None) -> tuple[Site, str]:
        """The site, and the id of the drive that has the files of a library; empty for the drive of the site."""
        site = self._core.site(at, doer)
        return site, self.lists.drive_id(site, library) if library else ""

    def permissions(self, doer: Doer, at: At) -> Page:
        """Who may do what: the group of a site, else everybody in the tenant."""
        site = self.places.find(at, doer)
        who = {"id": site.group, "displayName": site.title} if site.group else {"displayName": "Everyone"}
        row = {"id": site.group or "everyone", "roles": ["write"], "grantedToV2": {"group": who}}
        return Page([row])

    def _page(self, sites: Iterable[Site], doer: Doer, options: Options) -> Page:
        rows = [views.of_site(site, doer.host) | {"sharepointIds": views.site_ids(site, doer.host)} for site in sites]
        page = page_of(rows, replace(options, search=None), SITE_TYPE, PAGE, MOST)
        if options.select:
            return page
        shown = [{name: value for name, value in row.items() if name != "sharepointIds"} for row in page.rows]
        return Page(shown, page.cursor, page.count)


def _shown(site: Site, doer: Doer, options: Options) -> Document:
    document = views.of_site(site, doer.host)
    if options.select:
        document["sharepointIds"] = views.site_ids(site, doer.host)
    return project(document, replace(options, filter=None), SITE_TYPE)
