"""`postroom doctor`: look for what would keep the server from working, and say what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Final

import typer

from postroom.cli.checks import CHECKS, Finding
from postroom.cli.checks_accounts import accounts
from postroom.cli.checks_graph import graph, outgoing
from postroom.cli.shell import FAILED, Shell, command
from postroom.home import Home
from postroom.settings import Settings

MARKS: Final = {"ok": "ok    ", "warning": "warn  ", "error": "ERROR "}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app)(doctor)


def doctor(shell: Shell) -> None:
    """Check home, permissions, disk, packages, ports, certificates, stores, databases of accounts, Graph.

    Exit code 1 when something is wrong."""
    shell.home.require()
    settings = shell.settings()
    findings = [
        finding for check in (*CHECKS, accounts, graph, outgoing) for finding in _run(check, shell.home, settings)
    ]
    shell.show(
        [asdict(finding) for finding in findings],
        *(f"{MARKS[finding.state]}{finding.check:13}{finding.message}" for finding in findings),
    )
    if any(finding.state == "error" for finding in findings):
        raise typer.Exit(FAILED)


def _run(check: Callable[[Home, Settings], Iterator[Finding]], home: Home, settings: Settings) -> Iterator[Finding]:
    """One check that cannot be made is a finding, and the others still run."""
    try:
        yield from check(home, settings)
    except OSError as error:
        yield Finding(check.__name__, "error", f"could not be checked: {error}.")
