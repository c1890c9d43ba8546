"""The functions that are computed. Importing a module registers them."""

from __future__ import annotations

from postroom.workspace.workbook.calc.functions import (
    aggregates,
    conditions,
    dates,
    finance,
    information,
    logic,
    lookup,
    numeric,
    text,
)

__all__ = [
    "aggregates",
    "conditions",
    "dates",
    "finance",
    "information",
    "logic",
    "lookup",
    "numeric",
    "text",
]
