from hypothesis import given
from hypothesis import strategies as st

from postroom.work.log import Log


def filled(limit: int, lines: int) -> Log:
    log = Log(limit)
    for version in range(1, lines + 1):
        log.add(version, f"line {version}")
    return log


def test_a_short_log_is_kept_whole() -> None:
    assert filled(10, 10).since(0) == [f"line {number}" for number in range(1, 11)]


def test_a_long_log_keeps_both_ends_and_says_how_much_is_missing() -> None:
    assert filled(4, 100).since(0) == [
        *("line 1", "line 2", "(96 lines of this log were not kept)", "line 99", "line 100")
    ]


def test_a_reader_behind_the_gap_is_not_told_of_it() -> None:
    assert filled(4, 100).since(98) == ["line 99", "line 100"]


def test_leading_blanks_stay_and_line_breaks_go() -> None:
    log = Log(10)
    log.add(1, "  100 messages\r\nverified")
    assert log.since(0) == ["  100 messages verified"]


def test_a_line_is_cut_at_a_length_that_no_honest_line_has() -> None:
    log = Log(10)
    log.add(1, "x" * 100_000)
    assert len(log.since(0)[0]) == 4096


@given(st.integers(2, 20), st.lists(st.text(max_size=20), max_size=50), st.integers(0, 60), st.integers(0, 60))
def test_pieces_joined_are_the_whole(limit: int, lines: list[str], first: int, second: int) -> None:
    log = Log(limit)
    for version, line in enumerate(lines, 1):
        log.add(version, line)
    low, high = sorted((first, second))
    assert log.since(low, high) + log.since(high) == log.since(low)


@given(st.integers(2, 20), st.lists(st.text(max_size=20), max_size=50))
def test_a_log_read_back_is_the_same(limit: int, lines: list[str]) -> None:
    log = Log(limit)
    for version, line in enumerate(lines, 1):
        log.add(version, line)
    again = Log.load(log.dump(), limit)
    assert again.since(0) == log.since(0)
    assert again.dump() == log.dump()
