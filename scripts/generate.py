"""Writes the generated files of the project; with `--check` writes nothing and fails when one is stale.

To add a file add a row to GENERATED: its path from the project root and the function that gives its text.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from scripts.generate_client import FILES as CLIENT_FILES
from scripts.generate_iredadmin import FILES as IREDADMIN_FILES
from scripts.generate_o365_aio import FILES as O365_AIO_FILES
from scripts.graph_page import FILES as GRAPH_FILES
from scripts.o365_page import FILES as O365_FILES
from scripts.settings_page import settings_page

ROOT = Path(__file__).resolve().parent.parent

GENERATED: list[tuple[str, Callable[[], str]]] = [
    ("docs/settings.md", settings_page),
    *CLIENT_FILES,
    *IREDADMIN_FILES,
    *GRAPH_FILES,
    *O365_FILES,
    *O365_AIO_FILES,
]


def stale() -> list[tuple[Path, str]]:
    """The files that differ from what their functions give, with the right text."""
    wanted = [(ROOT / name, function()) for name, function in GENERATED]
    return [(path, text) for path, text in wanted if not path.exists() or path.read_text("utf-8") != text]


def main(arguments: list[str]) -> int:
    check = arguments == ["--check"]
    if arguments and not check:
        print("usage: python -m scripts.generate [--check]", file=sys.stderr)
        return 2
    for path, text in stale():
        print(f"{path.relative_to(ROOT)}: {'stale, run `make docs`' if check else 'written'}")
        if check:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 1 if check and stale() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
