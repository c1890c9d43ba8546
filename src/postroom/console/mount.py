"""The console as a server mounts it."""

from __future__ import annotations

from postroom.console.app import Console, broken
from postroom.console.visit import Desk, Rooms
from postroom.web.parts import Parts
from postroom.web.server import Listener
from postroom.web.shell import Face

NAME = "console"


def mount(parts: Parts, rooms: Rooms) -> Listener:
    """`rooms` lends the archives, which are the caller's to close, after the server."""
    console = Console(Desk(rooms, parts.back_off), parts.threads)
    return Listener(Face(NAME, console, broken), parts.settings.console.port)
