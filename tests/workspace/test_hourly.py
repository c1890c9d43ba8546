"""What the workspace does every hour."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.workspace.mail.house import ANNA, Directory, SetClock, given, wish

from postroom.settings import Graph, Settings
from postroom.workspace import workspace as module
from postroom.workspace.errors import TooOld
from postroom.workspace.workspace import Workspace


def test_changes_are_remembered_for_some_days_and_older_tokens_are_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PRUNED", 3)
    clock = SetClock()
    with Workspace(tmp_path / "workspace", Directory(), Settings(graph=Graph(changes_days=30)), clock) as space:
        messages = space.mail.messages
        old = messages.delta(ANNA.id, "drafts")[1].token
        for number in range(8):
            messages.create(ANNA.id, None, given(str(number)))
        clock.go_on(days=29)
        space.tend()
        assert len(messages.delta(ANNA.id, "drafts", wish(deltatoken=old))[0]) == 8
        young = messages.delta(ANNA.id, "drafts", wish(deltatoken=old))[1].token
        messages.create(ANNA.id, None, given("young"))
        clock.go_on(days=2)
        space.tend()
        with pytest.raises(TooOld):
            messages.delta(ANNA.id, "drafts", wish(deltatoken=old))
        rows, _ = messages.delta(ANNA.id, "drafts", wish(deltatoken=young))
        assert [row["subject"] for row in rows] == ["young"]
