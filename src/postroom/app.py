"""The one place that wires the parts together: engines, faces, HTTP shell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from postroom import __version__
from postroom.archive.instance import events
from postroom.archive.instance.audit import SYSTEM
from postroom.errors import WrongState
from postroom.faces.mailstore.server.call import Archive
from postroom.home import Home
from postroom.settings import Settings
from postroom.web import cores
from postroom.web.parts import Parts
from postroom.web.server import Listener, Server

if TYPE_CHECKING:
    from postroom.accounts.accounts import Accounts
    from postroom.archive.management.management import Management
    from postroom.filetexts import FileTexts
    from postroom.workspace.workspace import Workspace

# Engines and faces are imported when they are switched on: each loads libraries that the others do without.

OpenArchive = Callable[[Path, Settings], AbstractContextManager[Archive]]


def _open_archive(directory: Path, settings: Settings) -> AbstractContextManager[Archive]:
    from postroom.archive.archive import Archive as TrueArchive

    return TrueArchive(directory, settings)


def serve(home: Home, settings: Settings, open_archive: OpenArchive = _open_archive) -> None:
    """Run the server of this home until a signal ends it, and say on stdout where it listens.

    Raises Unavailable when the home or a port is in use, WrongState when no API is enabled, Invalid for a setting.
    """
    cores.keep_to(settings.web.cores)
    with home.lock(), engines(home, settings, open_archive) as opened:
        server = build(home, settings, opened)
        if opened.archive is not None:
            opened.archive.instance.audit.record(events.SERVER_START, SYSTEM, version=__version__)
        server.on_ready.append(partial(_announce, settings, server.ports))
        server.run()


def _announce(settings: Settings, ports: Mapping[str, int]) -> None:
    # The policy service is no web server, and has a host of its own; the proxy is for this machine.
    others = {"policy": (settings.policy.host, ""), "graph-proxy": ("127.0.0.1", "http://")}
    others |= dict.fromkeys(("lmtp", "smtp"), (settings.smtp.host, ""))
    others |= dict.fromkeys(("journal-lmtp", "journal-smtp"), (settings.journal.host, ""))
    for name, port in ports.items():
        host, scheme = others.get(name, (settings.web.host, "https://"))
        sys.stdout.write(f"{name}: {scheme}{f'[{host}]' if ':' in host else host}:{port}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Engines:
    """Those that the enabled faces need; None for the others."""

    archive: Archive | None = None
    accounts: Accounts | None = None
    workspace: Workspace | None = None
    management: Management | None = None


@contextmanager
def engines(home: Home, settings: Settings, open_archive: OpenArchive = _open_archive) -> Iterator[Engines]:
    """Open what the enabled faces need; closed when the block ends."""
    with ExitStack() as opened:
        archived = settings.mailstore.enabled or settings.journal.enabled
        # A console alone is that of the one archive; beside instances it may be theirs only.
        archived = archived or (settings.console.enabled and not settings.spe.enabled)
        archive = opened.enter_context(open_archive(home.archive, settings)) if archived else None
        accounts = opened.enter_context(_accounts(home, settings)) if needs_accounts(settings) else None
        workspace = None
        if archive is not None and accounts is not None:
            _lend(archive, accounts)
        if accounts is not None and (settings.graph.enabled or settings.smtp.enabled):
            texts = opened.enter_context(closing(_file_texts(settings)))
            workspace = opened.enter_context(_workspace(home, settings, accounts, texts))
        management = opened.enter_context(_management(home, settings)) if settings.spe.enabled else None
        yield Engines(archive, accounts, workspace, management)


def needs_accounts(settings: Settings) -> bool:
    """Whether this home has accounts that something uses."""
    return settings.iredadmin.enabled or settings.policy.enabled or settings.graph.enabled or settings.smtp.enabled


def _lend(archive: Archive, accounts: Accounts) -> None:
    from postroom.archive.archive import Archive as TrueArchive
    from postroom.directory import AccountsDirectory

    if isinstance(archive, TrueArchive):  # tests of faces have less
        people = AccountsDirectory(accounts)
        archive.directories.accounts = lambda: people


def _management(home: Home, settings: Settings) -> Management:
    from postroom.archive.management.management import Management

    return Management(home.instances, settings)


def _accounts(home: Home, settings: Settings) -> Accounts:
    from postroom.accounts.accounts import Accounts

    return Accounts(settings, home.path)


def _file_texts(settings: Settings) -> FileTexts:
    from postroom.filetexts import FileTexts

    return FileTexts(settings.archive)


def _workspace(home: Home, settings: Settings, accounts: Accounts, texts: FileTexts) -> Workspace:
    from postroom.people import AccountsPeople, AccountsRegistrar
    from postroom.workspace.workspace import Workspace

    people = AccountsPeople(accounts)
    registrar = AccountsRegistrar(accounts, people)
    return Workspace(home.workspace, people, settings, registrar=registrar, text_of=texts)


def build(home: Home, settings: Settings, opened: Engines) -> Server:
    """The server of the enabled faces, with its sockets open. The engines are the caller's to close, after it.

    Raises WrongState when no API is enabled, Unavailable when a port is taken.
    """
    mounts = list(_mounts(settings, opened))
    if not mounts:
        raise WrongState(
            "No API is enabled. Enable one: `postroom enable mailstore`, `postroom enable iredadmin` or "
            "`postroom enable graph`."
        )
    parts = Parts.of(home, settings)
    try:
        parts.server.bind([listener for mount in mounts if (listener := mount(parts)) is not None])
    except BaseException:
        parts.abandon()
        raise
    return parts.server


def _mounts(settings: Settings, opened: Engines) -> Iterator[Callable[[Parts], Listener | None]]:
    """What makes the enabled faces; the policy service has a listener of its own."""
    if opened.archive is not None and settings.mailstore.enabled:
        from postroom.faces.mailstore.server.mount import mount

        yield partial(mount, archive=opened.archive)
    if settings.console.enabled:
        yield partial(_mount_console, opened=opened)
    if opened.archive is not None and settings.journal.enabled:
        yield partial(_mount_journal, archive=opened.archive)
    if opened.management is not None:
        from postroom.faces.mailstore.spe.mount import SpeFaces

        faces = SpeFaces(opened.management)
        yield from (faces.basic, faces.session)
    if opened.accounts is not None and settings.iredadmin.enabled:
        from postroom.faces.iredadmin.mount import mount as mount_iredadmin

        yield partial(mount_iredadmin, accounts=opened.accounts)
    if opened.accounts is not None and settings.policy.enabled:
        from postroom.faces.policy.mount import mount as mount_policy

        yield partial(mount_policy, accounts=opened.accounts)
    if opened.workspace is not None and settings.graph.enabled:
        from postroom.faces.graph.mount import mount as mount_graph

        yield partial(mount_graph, workspace=opened.workspace)
    if opened.accounts is not None and opened.workspace is not None:
        yield partial(_tend_people, accounts=opened.accounts)
    if opened.workspace is not None:
        from postroom.faces.smtp.mount import mount as mount_smtp
        from postroom.faces.smtp.mount import mount_queue

        yield partial(mount_queue, workspace=opened.workspace)
        if settings.smtp.enabled:
            yield partial(mount_smtp, workspace=opened.workspace)


def _mount_console(parts: Parts, opened: Engines) -> Listener:
    from postroom.archive.archive import Archive as TrueArchive
    from postroom.console.mount import mount
    from postroom.console.visit import rooms_of

    assert opened.archive is None or isinstance(opened.archive, TrueArchive)
    others = opened.management.tenants.visit if opened.management is not None else None
    return mount(parts, rooms_of(opened.archive, others))


def _mount_journal(parts: Parts, archive: Archive) -> None:
    from postroom.archive.archive import Archive as TrueArchive
    from postroom.faces.journal.mount import mount

    assert isinstance(archive, TrueArchive)
    mount(parts, archive)


def _tend_people(parts: Parts, accounts: Accounts) -> None:
    parts.server.hourly.append(accounts.mailboxes.sweep)
