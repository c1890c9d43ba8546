"""What the disk does to us, told as errors of ours; and making names survive power loss."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from postroom.errors import NoSpace, Unavailable

_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT))


@contextmanager
def file_errors(place: Path) -> Iterator[None]:
    """Raises NoSpace or Unavailable for an OSError. One of a connection is not about the disk and passes."""
    try:
        yield
    except (ConnectionError, TimeoutError):
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace(place) from error
        raise Unavailable(f"A file of {place} cannot be read or written just now ({error.strerror}).") from error


def sync_directory(directory: Path) -> None:
    """Make a create, rename or delete in this folder survive power loss."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
