"""Words in sites, lists and items, for searches over all that somebody may see."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.workspace.workloads.items.doer import Document, Doer
from postroom.workspace.workloads.sites import views
from postroom.workspace.workloads.sites.core import Core
from postroom.workspace.workloads.sites.kinds import ITEM, LIBRARY, LIST
from postroom.workspace.workloads.sites.places import Site


class Searching:
    """Every word must be there, in any case, as a part of another word too."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def sites(self, doer: Doer, words: str) -> Iterator[Document]:
        return (views.of_site(site, doer.host) for site in self._core.places.all(doer) if has(site, words, doer))

    def lists(self, doer: Doer, words: str) -> Iterator[Document]:
        """By what they are called and described by."""
        for site in self._core.places.all(doer):
            with self._core.store.read() as unit:
                for above in unit.items.roots(site.web, LIST):
                    told = f"{above.document['displayName']} {above.document['description']}"
                    if not above.document["hidden"] and _all_in(words, told):
                        yield views.of_list_item(site, above, doer.host)

    def items(self, doer: Doer, words: str) -> Iterator[Document]:
        """By their values. Files of libraries are found as files."""
        for site in self._core.places.all(doer):
            with self._core.store.read() as unit:
                for above in unit.items.roots(site.web, LIST):
                    if above.document["hidden"] or above.document["template"] == LIBRARY:
                        continue
                    view = views.Items(unit, self._core.people, site, above, doer)
                    for item in unit.items.children(above, ITEM):
                        if _all_in(words, " ".join(map(str, item.document["fields"].values()))):
                            yield view.with_fields(item)


def has(site: Site, words: str, doer: Doer) -> bool:
    return _all_in(words, f"{site.title} {site.description} {site.path} {site.url(doer.host)}")


def _all_in(words: str, text: str) -> bool:
    low = text.lower()
    return all(word in low for word in words.lower().split())
