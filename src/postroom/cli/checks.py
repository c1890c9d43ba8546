"""The checks of `postroom doctor`: functions from home and settings to findings. They change nothing."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from postroom.cli import local
from postroom.errors import PostroomError
from postroom.home import Home
from postroom.settings import GIB, Settings, rows

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

LOW_DISK_BYTES: Final = 2 * GIB
RENEW_BEFORE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; the message of a warning or an error says what to do."""

    check: str
    state: Literal["ok", "warning", "error"]
    message: str


def permissions(home: Home, _: Settings) -> Iterator[Finding]:
    """Mail and keys are nobody else's to read."""
    found = home.path.stat()
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        yield Finding("permissions", "error", f"{home.path} is open to others (mode {mode:o}). Run chmod 700 on it.")
    elif found.st_uid != os.geteuid():
        told = f"{home.path} is that of user id {found.st_uid}, who cannot read what you (user id {os.geteuid()}) write"
        yield Finding("permissions", "warning", f"{told}. Run postroom as its owner.")
    else:
        yield Finding("permissions", "ok", f"only its owner may read {home.path}")


def disk(home: Home, _: Settings) -> Iterator[Finding]:
    """Room on the disk of the home."""
    usage = shutil.disk_usage(home.path)
    told = f"{usage.free / GIB:.1f} GiB of {usage.total / GIB:.1f} GiB are free on the disk of the home"
    if usage.free < LOW_DISK_BYTES:
        yield Finding("disk", "warning", f"{told}. Make room: the archive stops taking mail when it is full.")
    else:
        yield Finding("disk", "ok", told)


def packages(_: Home, __: Settings) -> Iterator[Finding]:
    """Every Python package the server needs."""
    required = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in metadata.requires("postroom") or ()]
    missing = [name for name in required if not _installed(name)]
    if missing:
        names = ", ".join(missing)
        yield Finding("packages", "error", f"missing: {names}. Install the package postroom again.")
    else:
        yield Finding("packages", "ok", f"all {len(required)} are installed")


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def ports(home: Home, settings: Settings) -> Iterator[Finding]:
    """A running server listens on the port of each API that is on; before it runs, the port must be free."""
    running = home.holder() is not None
    sections = [row.section for row in rows() if row.name == "enabled"]
    enabled = [name for name in sections if getattr(settings, name).enabled]
    if not enabled:
        ways = ", ".join(f"`postroom enable {name}`" for name in sections)
        yield Finding("ports", "warning", f"no API is on. Switch one on: {ways}.")
    for place in (place for name in enabled for place in local.places(settings, name)):
        yield (_answers if running else _free)(place)


def _free(place: local.Place) -> Finding:
    name, host, port = place.name, place.host, place.port
    address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(address[0], address[1]) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address[4])
        except OSError as error:
            other = f"Stop what uses it, or choose another with --set {place.setting} or in postroom.toml."
            return Finding("ports", "error", f"{name}: {host} port {port}: {error.strerror}. {other}")
    return Finding("ports", "ok", f"{name}: {host} port {port} is free")


def _answers(place: local.Place) -> Finding:
    name, port = place.name, place.port
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(place.host, place.host)  # noqa: S104  compared, not bound
    try:
        socket.create_connection((target, port), timeout=3).close()
    except OSError as error:
        message = f"{name}: the server runs, but port {port} does not answer ({error}). Restart it; see its log."
        return Finding("ports", "error", message)
    return Finding("ports", "ok", f"{name}: port {port} answers")


def certificates(home: Home, settings: Settings) -> Iterator[Finding]:
    """Certificates that are there have not run out."""
    given = settings.web.tls_certificate
    found = [given] if given else sorted(home.tls.glob("*.pem"))
    files = [file for file in found if b"BEGIN CERTIFICATE" in file.read_bytes()]
    if not files:
        yield Finding("certificates", "ok", "none yet; the first start of the server makes them")
    for file in files:
        yield from _certificate(file)


def _certificate(file: Path) -> Iterator[Finding]:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        ends = min(_ends(certificate) for certificate in load_pem_x509_certificates(file.read_bytes()))
    except ValueError as error:
        yield Finding("certificates", "error", f"{file} cannot be read as PEM ({error}). Replace it.")
        return
    left, day = ends - datetime.now(UTC), f"{ends:%Y-%m-%d}"
    if left < timedelta(0):
        yield Finding("certificates", "error", f"{file} ran out on {day}. Replace it, or delete it when it is our own.")
    elif left < RENEW_BEFORE:
        yield Finding("certificates", "warning", f"{file} runs out on {day}. Replace it before.")
    else:
        yield Finding("certificates", "ok", f"{file.name} is good until {day}")


def _ends(certificate: Certificate) -> datetime:
    return certificate.not_valid_after_utc


def stores(home: Home, _: Settings) -> Iterator[Finding]:
    """Every store the instance should have open can be opened. Left to the server while one runs."""
    if home.holder() is not None:
        yield Finding("stores", "ok", "the running server has them; ask it with GetStores")
        return
    database = home.archive / "instance.db"
    if not database.exists():
        yield Finding("stores", "ok", "none yet")
        return
    yield from _stores(home, database)


def _stores(home: Home, database: Path) -> Iterator[Finding]:
    from postroom.archive.instance.instance import Instance

    try:
        with Instance(database) as instance:
            wanted = [store for store in instance.stores.all() if store.requested_state != "disabled"]
    except PostroomError as error:
        yield Finding("stores", "error", f"{database}: {error}")
        return
    for store in wanted:
        yield _store(store.name, home.archive / store.path)


def _store(name: str, directory: Path) -> Finding:
    from postroom.archive.storage.store import Store

    try:
        with Store(directory, read_only=True) as store:
            problem = store.problem
    except PostroomError as error:
        problem = str(error)
    if problem:
        return Finding("stores", "error", f"{name}: {problem} Try RecoverStore, or attach a copy.")
    return Finding("stores", "ok", f"{name} opens")


CHECKS: tuple[Callable[[Home, Settings], Iterator[Finding]], ...] = (
    permissions,
    disk,
    packages,
    ports,
    certificates,
    stores,
)
