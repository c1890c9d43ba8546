"""What is installed on demand, and what to do when it is missing."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

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
