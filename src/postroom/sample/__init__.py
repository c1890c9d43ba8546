"""Some hundred real messages that come with the program; see README.md beside this file for their origin."""

from __future__ import annotations

from pathlib import Path


def path() -> Path:
    """The bundled mail: a tar of EML in folders, which `archive.sources.open_source` reads."""
    return Path(__file__).with_name("sample.tar.xz")
