"""Sign-ins that have begun and wait for the user to come back, by their state."""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from typing import Any

FLOW_LIFETIME_S = 3600


def put_flow(flows: MutableMapping[str, Any], flow: Mapping[str, Any]) -> None:
    """Add a sign-in, and forget those that nobody finished."""
    now = time.time()
    for state in [state for state, (begun, _) in flows.items() if begun + FLOW_LIFETIME_S < now]:
        del flows[state]
    flows[flow["state"]] = [now, dict(flow)]


def take_flow(flows: MutableMapping[str, Any], state: str) -> dict[str, Any] | None:
    begun, flow = flows.pop(state, (0, None))
    return flow if begun + FLOW_LIFETIME_S >= time.time() else None
