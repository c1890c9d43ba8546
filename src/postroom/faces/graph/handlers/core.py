"""What needs no workload."""

from __future__ import annotations

from typing import Final

import msgspec

from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.result import Raw, Result

JSON: Final = "application/json;odata.metadata=minimal"
ROOTS: Final = (("users", "EntitySet"), ("groups", "EntitySet"), ("domains", "EntitySet"), ("me", "Singleton"))


@implements("core.service")
def service(call: Call) -> Result:
    """What there is at the root."""
    value = [{"name": name, "kind": kind, "url": name} for name, kind in ROOTS]
    return Raw(msgspec.json.encode({"@odata.context": call.url("$metadata"), "value": value}), JSON)
