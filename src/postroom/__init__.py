"""Postroom: the server. Engines (archive, accounts, workspace) below, faces that speak foreign APIs above."""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """The version, looked up when somebody asks: that takes 40 ms, and worker processes never ask."""
    if name == "__version__":
        from importlib.metadata import version

        return version("postroom")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
