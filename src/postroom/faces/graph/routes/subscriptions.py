"""Subscriptions: who is told about changes. What a subscription needs hangs on its resource; the handler sees to it."""

from __future__ import annotations

from typing import Any, Final

from postroom.faces.graph.route import ANYBODY, ENTITY, LIST, Route

MANY: Final = "/subscriptions"
ONE: Final = "/subscriptions/{subscription}"


def _route(key: str, method: str, path: str, doc: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    return Route(f"subscriptions.{key}", method, path, returns, status, delegated=ANYBODY, application=ANYBODY,
                 family="core", doc=doc, source="Microsoft Graph v1.0, subscriptions", **more)  # fmt: skip


ROUTES: Final = (
    _route("list", "GET", MANY, "Those of the app, for its user.", "[subscription]", options=LIST, o365=True),
    _route("create", "POST", MANY, "Be told of changes; needs what reading the resource needs.", "subscription", 201,
           takes="json", o365=True),
    _route("get", "GET", ONE, "One subscription.", "subscription", options=ENTITY, o365=True),
    _route("change", "PATCH", ONE, "Renew it, or give it another URL.", "subscription", takes="json", o365=True),
    _route("delete", "DELETE", ONE, "End it.", status=204, o365=True),
    _route("reauthorize", "POST", f"{ONE}/reauthorize", "Answer to `reauthorizationRequired`.", status=204),
)  # fmt: skip
