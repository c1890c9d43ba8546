"""How a command reaches the server of its own home: address, authority, passwords kept beside the settings."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where something listens. `name` is what a starting server calls it, `setting` chooses the port."""

    name: str
    host: str
    port: int
    setting: str
    scheme: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def places(settings: Settings, service: str) -> list[Place]:
    """Where a service that is on listens, what is asked most first. Mail may come by a socket file alone: then none."""
    if service in ("smtp", "journal"):
        mail, before = (settings.smtp, "") if service == "smtp" else (settings.journal, "journal-")
        found = [Place(f"{before}lmtp", mail.host, mail.lmtp_port, f"{service}.lmtp_port")]
        found += [Place(f"{before}smtp", mail.host, mail.smtp_port, f"{service}.smtp_port")]
        return [place for place in found if place.port >= 0]
    if service == "policy":
        return [Place(service, settings.policy.host, settings.policy.port, "policy.port")]
    found = [Place(service, settings.web.host, getattr(settings, service).port, f"{service}.port", "https://")]
    if service == "spe" and settings.spe.session_port >= 0:
        found += [Place("spe-session", settings.web.host, settings.spe.session_port, "spe.session_port", "https://")]
    if service == "graph" and settings.graph.proxy:
        found += [Place("graph-proxy", "127.0.0.1", settings.graph.proxy_port, "graph.proxy_port", "http://")]
    return found


def listening(settings: Settings, service: str) -> dict[str, str]:
    """The same as texts by name, with the socket file of LMTP."""
    found = {place.name: str(place) for place in places(settings, service)}
    for name, section, socket in (
        ("lmtp-socket", "smtp", settings.smtp.lmtp_socket),
        ("journal-lmtp-socket", "journal", settings.journal.lmtp_socket),
    ):
        if section == service and socket is not None:
            found[name] = str(socket)
    return found


def address(settings: Settings, service: str) -> str:
    """Where a service that is on listens first of all: the URL of an API."""
    return next(iter(listening(settings, service).values()), "")


def authority(home: Home, settings: Settings) -> Path | None:
    """Whom a client must trust: our own authority; None for those the machine trusts anyway."""
    own, chosen = home.tls / "ca.pem", home.tls / "service.pem"
    return own if settings.web.tls_certificate is None and own.exists() and not chosen.exists() else None


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
