"""How much work one document may make: lambdas in one another and lists in functions multiply."""

from __future__ import annotations

from typing import Final

from postroom.errors import Invalid

MOST_STEPS: Final = 200_000


class Budget:
    """What is left for the document that is looked at."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MOST_STEPS

    def renew(self) -> None:
        self._left = MOST_STEPS

    def spend(self, steps: int = 1) -> None:
        """Raises Invalid when nothing is left."""
        self._left -= steps
        if self._left < 0:
            raise Invalid("$filter", "a condition that asks less of each element of a list")
