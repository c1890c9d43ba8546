"""What needs no workload."""

from __future__ import annotations

from typing import Final

from postroom.faces.graph.route import ANYBODY, Route

ROUTES: Final = (
    Route(
        "core.service", "GET", "/", returns="raw", family="core", open=True,
        doc="The service document: what there is at the root.", source="OData 4.0 JSON, service document",
    ),
    Route(
        "core.metadata", "GET", "/$metadata", returns="raw", family="core", open=True,
        doc="The types, as CSDL.", source="OData 4.0 CSDL",
    ),
    Route(
        "core.batch", "POST", "/$batch", returns="raw", family="core", takes="json",
        delegated=ANYBODY, application=ANYBODY,
        doc="Up to 20 requests in one.", source="Microsoft Graph, JSON batching",
    ),
)  # fmt: skip
