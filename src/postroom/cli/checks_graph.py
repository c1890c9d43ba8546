"""The checks of `postroom doctor` about Graph and the mail it sends: certificate, apps, faults, smarthost."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from postroom.cli.checks import Finding
from postroom.errors import PostroomError
from postroom.home import Home
from postroom.settings import Settings

CHECK: Final = "graph"
FIRST_APP: Final = "postroom graph app create NAME"


def graph(home: Home, settings: Settings) -> Iterator[Finding]:
    """What Graph needs besides accounts. A user whose mailbox was never used has none yet, which is in order."""
    if not settings.graph.enabled:
        return
    yield from _names(settings)
    yield from _apps(home)
    yield from _faults(settings.graph.faults_file)


def outgoing(_: Home, settings: Settings) -> Iterator[Finding]:
    """Mail to others has a way."""
    if not (settings.graph.enabled or settings.smtp.enabled):
        return
    own = settings.outgoing
    if own.smarthost:
        yield Finding("outgoing", "ok", f"mail to others goes to {own.smarthost} port {own.port}")
    else:
        told = "there is no smarthost: mail to other domains comes back. Name a mail server in outgoing.smarthost."
        yield Finding("outgoing", "warning", told)


def _names(settings: Settings) -> Iterator[Finding]:
    """The certificate is for the names under which clients come."""
    from postroom.web.tls import ALWAYS, MICROSOFT

    host, given = urlsplit(settings.graph.base_url).hostname, settings.web.tls_certificate
    if given is not None:
        yield from _names_of(given, [*(MICROSOFT if settings.graph.proxy else ()), *([host] if host else ())])
    elif host and host not in (*ALWAYS, socket.gethostname(), *settings.web.names):
        told = f"graph.base_url names {host}, for which the certificate is not made"
        yield Finding(CHECK, "error", f"{told}. Add it to web.names and start the server again.")


def _names_of(file: Path, wanted: Sequence[str]) -> Iterator[Finding]:
    missing = [name for name in wanted if not _covered(name, _names_in(file))]
    if missing:
        told = f"{file} is not for {', '.join(missing)}, where clients look for Graph"
        yield Finding(CHECK, "error", f"{told}. Add the names to it, or leave web.tls_certificate empty.")
    elif wanted:
        yield Finding(CHECK, "ok", f"{file.name} is for {', '.join(wanted)}")


def _names_in(file: Path) -> set[str]:
    """Names and addresses in the first certificate of a file. What cannot be read is told by another check."""
    from cryptography.x509 import DNSName, ExtensionNotFound, IPAddress, SubjectAlternativeName
    from cryptography.x509 import load_pem_x509_certificates as load

    try:
        found = load(file.read_bytes())[0].extensions.get_extension_for_class(SubjectAlternativeName).value
    except (ValueError, ExtensionNotFound):
        return set()
    names = {name.lower() for name in found.get_values_for_type(DNSName)}
    return names | {str(address) for address in found.get_values_for_type(IPAddress)}


def _covered(name: str, names: Collection[str]) -> bool:
    """A star stands for one label, the first."""
    return bool({name.lower(), f"*.{name.lower().partition('.')[2]}"} & set(names))


def _apps(home: Home) -> Iterator[Finding]:
    from postroom.workspace.clock import now
    from postroom.workspace.signin.apps import Apps
    from postroom.workspace.signin.database import Database
    from postroom.workspace.signin.signin import FILE

    file, found = home.workspace / FILE, 0
    if file.exists():
        try:
            database = Database(file)
            try:
                found = len(Apps(database, now).list())
            finally:
                database.close()
        except PostroomError as error:
            yield Finding(CHECK, "error", str(error))
            return
    if found:
        yield Finding(CHECK, "ok", f"{found} {'app is' if found == 1 else 'apps are'} registered")
    else:
        yield Finding(CHECK, "warning", f"no app is registered: no program can sign in. Register one: `{FIRST_APP}`.")


def _faults(file: Path | None) -> Iterator[Finding]:
    from postroom.faces.graph.throttle import Faults

    if file is None:
        return
    if not file.exists():
        yield Finding(CHECK, "ok", f"{file}, which graph.faults_file names, is not there: no request fails by a rule")
        return
    try:
        Faults(file)
    except PostroomError as error:
        yield Finding(CHECK, "error", str(error))
    else:
        yield Finding(CHECK, "warning", f"{file} makes requests fail. It is for tests: clear graph.faults_file else.")
