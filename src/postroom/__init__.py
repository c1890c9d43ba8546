"""Postroom: the server. Engines (archive, accounts, workspace) below, faces that speak foreign APIs above."""

from importlib.metadata import version

__version__ = version("postroom")
