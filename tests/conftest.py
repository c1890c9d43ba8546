"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# How long one example takes says more about the machine's other work than about the code; pytest-timeout guards hangs.
settings.register_profile("postroom", deadline=None)
settings.load_profile("postroom")
