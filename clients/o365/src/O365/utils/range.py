"""Column labels of worksheets: A … Z, AA …"""

from __future__ import annotations

CAPITALIZED_ASCII_CODE = ord("A")
CAPITALIZED_WINDOW = 26


def index_to_col_char(index: int) -> str:
    """0 → A, 25 → Z: one letter of a label."""
    return chr(CAPITALIZED_ASCII_CODE + index)


def col_index_to_label(col_index: int) -> str:
    """0 → A, 25 → Z, 26 → AA. Raises ValueError for a negative index."""
    if col_index < 0:
        raise ValueError(f"col_index: expected 0 or more, not {col_index}")
    label, rest = "", col_index + 1
    while rest:
        rest, letter = divmod(rest - 1, CAPITALIZED_WINDOW)
        label = index_to_col_char(letter) + label
    return label
