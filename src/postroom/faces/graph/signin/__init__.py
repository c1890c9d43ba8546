"""Signing in over HTTP: OAuth's endpoints as Microsoft's clients know them, and the pages for users."""
