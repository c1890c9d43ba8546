"""Who calls, as an access token says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """A user through an app, or with `user_id` None an app by itself: then `roles` say what it may, else `scopes`."""

    app_id: str
    user_id: str | None
    scopes: frozenset[str]
    roles: frozenset[str]
    tenant: str
