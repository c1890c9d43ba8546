from __future__ import annotations

from pathlib import Path

import pytest
from tests.workspace.workbook.desk import Desk, desk


@pytest.fixture
def book(tmp_path: Path) -> Desk:
    return desk(tmp_path)
