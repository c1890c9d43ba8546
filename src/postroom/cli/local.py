"""How a command reaches the server of its own home: address, authority, passwords kept beside the settings."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from postroom.home import Home
from postroom.settings import Settings
from postroom.work.command_text import Command

if TYPE_CHECKING:
    from mailstore.server import Client

FIRST_PASSWORD = "admin"  # noqa: S105  that of the first user, until it is changed


def host(settings: Settings) -> str:
    """The address at which this machine reaches its own server."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.web.host, settings.web.host)  # noqa: S104  compared


def address(settings: Settings, service: str) -> str:
    """Where an API that is on listens; the policy service is no web server and has a host of its own."""
    own = getattr(settings, service)
    listens = own.host if service == "policy" else settings.web.host
    quoted = f"[{listens}]" if ":" in listens else listens
    return f"{quoted}:{own.port}" if service == "policy" else f"https://{quoted}:{own.port}"


def authority(home: Home, settings: Settings) -> Path | None:
    """Whom a client must trust: our own authority; None for those the machine trusts anyway."""
    own = home.tls / "ca.pem"
    return own if settings.web.tls_certificate is None and own.exists() else None


def password_file(home: Home, user: str) -> Path:
    """Where the password of a user may be kept for commands on this machine."""
    return home.path / "passwords" / user.replace("/", "_")


def kept_password(home: Home, user: str) -> str | None:
    file = password_file(home, user)
    return file.read_text("utf-8").rstrip("\n") if file.is_file() else None


def keep_new_password(home: Home, user: str, password: str = "") -> str:
    """Keep a password, readable by the owner of the home only; without one a strong one is made."""
    file, password = password_file(home, user), password or secrets.token_urlsafe(18)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(password + "\n")
        opened.flush()
        os.fsync(descriptor)
    return password


def for_shell(command: Command) -> str:
    """A call as words of a shell."""
    words = (f"--{name}={value}" for name, value in command.arguments.items())
    return shlex.join([command.function, *words])


def program() -> str:
    """How this program was started, so that lines for a shell can be copied."""
    started = Path(sys.argv[0])
    return short(started.absolute()) if started.name == "postroom" and started.parent != Path() else "postroom"


def short(path: Path) -> str:
    """Seen from the working directory, where it is below that."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def client(home: Home, settings: Settings, user: str, password: str) -> Client:
    """A client of the server of this home. Failed calls raise."""
    import mailstore

    return mailstore.server.Client(
        user,
        password,
        host(settings),
        settings.mailstore.port,
        logLevel=0,
        ca_file=authority(home, settings),
        raiseOnError=True,
    )
