"""Search over several workloads at once."""

from __future__ import annotations

from typing import Final

from postroom.faces.graph.route import Route
from postroom.faces.graph.routes import files, mail, sites

SCOPES: Final = tuple(dict.fromkeys((*mail.READ, *files.READ, *sites.READ)))
ROUTES: Final = (
    Route("search.query", "POST", "/search/query", "[searchResponse]", delegated=SCOPES, family="core", takes="json",
          context="Collection(microsoft.graph.searchResponse)", source="Microsoft Graph v1.0, search",
          doc="Messages, files, sites, lists and their items by words, as far as the token may read them."),
)  # fmt: skip
