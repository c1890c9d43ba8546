"""What is installed on demand, and what to do when it is missing."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from postroom.errors import WrongState


def require_o365() -> None:
    """Raises WrongState unless the package O365 is ours: the original has the same name."""
    try:
        version("postroom-o365")
    except PackageNotFoundError as error:
        raise WrongState(
            "This needs our O365 client, which is not installed: pip install 'postroom[o365]'. "
            "It takes the place of the original O365; an environment can have one of them."
        ) from error


def require_pst() -> None:
    """Raises WrongState without the library that reads PSTs, of which there is not one for each Python."""
    if find_spec("pypff") is None:
        raise WrongState("Reading PSTs needs the package libpff-python: pip install libpff-python.")
