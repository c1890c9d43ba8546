"""How many sessions somebody may have."""

from __future__ import annotations

import pytest

from postroom.workspace.clock import now
from postroom.workspace.workbook.errors import TooMuch
from postroom.workspace.workloads.workbooks.sessions import Most, Session, Sessions


def test_sessions_with_a_copy_are_few_and_of_each_for_himself() -> None:
    ended: list[Session] = []
    sessions = Sessions(now, 60, ended.append, Most(sharing=2, copies=1))
    copy = sessions.create("book", "anna", persists=False)
    with pytest.raises(TooMuch, match="1 sessions that do not persist"):
        sessions.create("other", "anna", persists=False)
    for _ in range(2):
        sessions.create("book", "anna", persists=True)
    with pytest.raises(TooMuch, match="2 sessions that persist"):
        sessions.create("book", "anna", persists=True)
    sessions.create("book", "bert", persists=False)
    sessions.remove(copy)
    assert ended == [copy]
    sessions.create("other", "anna", persists=False)
