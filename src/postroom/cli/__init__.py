"""The command line: one file per command group, each imported light; engines are imported when a command runs.

A new group is a file with a function `register(app)`; `postroom.cli.commands` has its commands in a table.
"""

from __future__ import annotations


def main() -> None:
    """The program `postroom`. Exit codes: 0 done, 1 failed, 2 wrong usage or a value that cannot be used."""
    import os

    from postroom.cli.commands import app

    # What the archive and its libraries write is for its owner, also where it lies outside of the home.
    os.umask(0o077)
    app(prog_name="postroom")
