"""What needs no workload."""

from __future__ import annotations

from typing import Final

import msgspec

from postroom.faces.graph import batch, metadata
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.result import Raw, Result

JSON: Final = "application/json;odata.metadata=minimal"


@implements("core.service")
def service(call: Call) -> Result:
    """What there is at the root."""
    roots = [*((name, "EntitySet") for name in metadata.SETS), ("me", "Singleton")]
    value = [{"name": name, "kind": kind, "url": name} for name, kind in roots]
    return Raw(msgspec.json.encode({"@odata.context": call.url("$metadata"), "value": value}), JSON)


@implements("core.metadata")
def metadata_document(call: Call) -> Result:  # noqa: ARG001  it is the same for all
    """The types."""
    return Raw(metadata.document(), metadata.MEDIA_TYPE)


@implements("core.batch")
def batch_requests(call: Call) -> Result:
    """Each request of a batch by itself, with the token of the batch where it has none of its own."""
    if call.perform is None or call.incoming is None or call.incoming.batched:
        raise Refused(400, "BadRequest", "A batch cannot hold a batch.")
    settings = call.workspace.settings.graph
    parts = batch.read(call.body, settings.batch_requests)
    version = call.base_url.rpartition("/")[2]
    answers = batch.run(parts, call.incoming, version, call.perform, settings.batch_answer_bytes)
    return Raw(msgspec.json.encode(answers), JSON)
