"""All files for the configured back end, and how they are put into place."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterable
from pathlib import Path

from postroom.accounts.mailconfig import dovecot, postfix
from postroom.accounts.mailconfig.places import ConfigFile, Places
from postroom.accounts.mailconfig.sources import source
from postroom.errors import Unavailable
from postroom.settings import Settings


def files(settings: Settings, home: Path, places: Places | None = None) -> list[ConfigFile]:
    """Raises Invalid for settings with which Postfix and Dovecot cannot work.

    Files that only their owner and its group may read have passwords in them.
    """
    where = places or Places()
    found = source(settings.accounts, home)
    return [*postfix.files(found, settings, where), *dovecot.files(found, settings, where)]


def write(made: Iterable[ConfigFile], etc: Path) -> list[Path]:
    """Put the files below `etc`, where they replace those of the same names. Root gives them to their owners.

    Raises Unavailable.
    """
    try:
        return [_write(file, etc / file.name) for file in made]
    except OSError as error:
        raise Unavailable(f"{error.filename} cannot be written: {error.strerror}.") from error


def _write(file: ConfigFile, path: Path) -> Path:
    _make_folder(path.parent)
    # Beside the file and renamed: a reader sees the old one or the new one, and nobody a password with a wrong mode.
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(file.text)
        _give(opened.fileno(), file.owner)
        os.fchmod(opened.fileno(), file.mode)
    beside.rename(path)
    return path


def _make_folder(folder: Path) -> None:
    """One that others may enter, whatever the umask: there is nothing in it that they may read and should not."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def _give(descriptor: int, owner: str) -> None:
    """Where the users are not there yet, root keeps the file."""
    if os.geteuid() != 0:
        return
    user, _, group = owner.partition(":")
    try:
        os.fchown(descriptor, pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid)
    except KeyError:
        return
