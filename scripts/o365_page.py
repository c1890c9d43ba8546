"""The page docs/reference/o365.md: every public name of the original O365 2.1.10, all of which ours has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

SURFACE: Final = Path(__file__).resolve().parent.parent / "tests" / "clients" / "o365" / "surface.json"
MEMBERS: Final = ("methods", "properties", "class_attrs", "instance_attrs", "enum")

HEAD: Final = """# The O365 client

<!-- Written by scripts/o365_page.py from tests/clients/o365/surface.json and the package: run `make docs`. -->

Our package `O365` (distribution `postroom-o365`) has the public names of python-o365 2.1.10, so that programs run on it
unchanged; `tests/clients/o365/test_surface.py` compares names, signatures, properties and values. What differs on
purpose is listed there; what programs see of it:

* No fixed pause between requests (`requests_delay=0`); 429 and 503 are waited for as the server says, for every verb.
* `new_query("attribute")` and the chains of earlier versions work beside the query builder.
* Lists of messages iterate, index and slice, and go on over as many pages as are needed.
* Of pages of a hundred items and more the next one is asked for once a tenth of this one has been taken, unless the
  program made other requests since this page came. A program that stops within such a page may have asked for one more.
* `authority=` and `base_url=` name other services: a national cloud, a Postroom, a test server.
* Token files are written at once, readable by their owner only, and renewed by one process at a time.

It replaces the original and cannot be installed beside it.

All names are here. `O365.aio` has the classes again, for asyncio: [the guide](../guides/asyncio.md).
"""


def o365_page() -> str:
    modules: dict[str, Any] = json.loads(SURFACE.read_text("utf-8"))
    return HEAD + "".join(f"\n## {name}\n\n{''.join(_lines(table))}" for name, table in modules.items() if _any(table))


def _any(table: dict[str, Any]) -> bool:
    return any(table.get(kind) for kind in ("classes", "functions", "constants"))


def _lines(table: dict[str, Any]) -> Iterator[str]:
    for name, row in table.get("classes", {}).items():
        members = dict.fromkeys(member for kind in MEMBERS for member in row.get(kind) or ())
        listed = f": {', '.join(_shown(member) for member in members)}" if members else ""
        yield f"* class {_shown(name)}{listed}\n"
    for kind in ("functions", "constants"):
        if names := list(table.get(kind, {})):
            yield f"* {kind}: {', '.join(_shown(name) for name in names)}\n"


def _shown(name: str) -> str:
    return f"`{name}`"


FILES: Final = [("docs/reference/o365.md", o365_page)]
