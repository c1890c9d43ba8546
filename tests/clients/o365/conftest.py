"""One server for all tests of the client that can share it: each has users of its own."""

from __future__ import annotations

from postroom.testing import session_graph as session_graph
