"""What the protocols say of themselves. Run by itself, without a server."""

from __future__ import annotations

import json
import sys
from typing import Any

import O365
from O365.connection import Protocol

HELPERS = ["mailbox", "message_all", "settings_all", "address_book_all_shared", "calendar_shared_all"]
NAMES = ["created_date_time", "createdDateTime", "to_recipients", "id", "from", "is_read", "flag"]
WORDS = ["message_type", "event_message_type", "file_attachment_type", "item_attachment_type", "prefer_timezone_header"]


def main() -> None:
    given = json.load(sys.stdin)
    seen = {}
    for name, options in given["made"]:
        made = getattr(O365.connection, name)(**{"timezone": "Europe/Berlin", **options})
        seen[f"{name} {sorted(options.items())}"] = told(made, [*HELPERS, *given["scopes"]])
    print(json.dumps({"seen": seen, "requests": []}))


def told(protocol: Any, scopes: list[str]) -> dict[str, Any]:
    assert isinstance(protocol, Protocol)
    return {
        "service_url": protocol.service_url,
        "protocol_url": protocol.protocol_url,
        "api_version": protocol.api_version,
        "prefix": protocol.protocol_scope_prefix,
        "resource": protocol.default_resource,
        "most": protocol.max_top_value,
        "timezone": str(protocol.timezone),
        "scopes": {scope: sorted(protocol.get_scopes_for(scope)) for scope in scopes},
        "several": sorted(protocol.get_scopes_for(["mailbox", "message_send"])),
        "prefixed": protocol.get_scopes_for(f"{protocol.protocol_scope_prefix}Mail.Read"),
        "names": [protocol.convert_case(name) for name in NAMES],
        "snake": protocol.to_api_case("createdDateTime"),
        "words": {word: protocol.get_service_keyword(word) for word in WORDS},
        "default casing": protocol.use_default_casing,
    }


if __name__ == "__main__":
    main()
