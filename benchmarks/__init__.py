"""Measures every speed and size that Postroom claims, against a baseline in the same run: `make bench`."""
