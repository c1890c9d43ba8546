from hypothesis import given
from hypothesis import strategies as st

from postroom.settings import Web
from postroom.web.backoff import BackOff


class Clock:
    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def back_off(clock: Clock, *, entries: int = 100) -> BackOff:
    return BackOff(Web(login_free_failures=2, login_delay_s=1.0, login_delay_most_s=10.0, login_entries=entries), clock)


def delays(back: BackOff, failures: int) -> list[float]:
    found = []
    for _ in range(failures):
        back.failed("anna", "192.0.2.1")
        found.append(back.delay_s("anna", "192.0.2.1"))
    return found


def test_the_first_failures_are_free_then_each_doubles_the_delay() -> None:
    assert delays(back_off(Clock()), 8) == [0, 0, 1, 2, 4, 8, 10, 10]


def test_time_and_success_end_the_delay() -> None:
    clock = Clock()
    back = back_off(clock)
    delays(back, 4)
    clock.s += 2
    assert back.delay_s("anna", "192.0.2.1") == 0
    back.succeeded("anna", "192.0.2.1")
    assert delays(back, 2) == [0, 0]


def test_failures_of_long_ago_are_forgotten() -> None:
    clock = Clock()
    back = back_off(clock)
    delays(back, 5)
    clock.s += 1000
    assert delays(back, 2) == [0, 0]


def test_others_and_other_addresses_do_not_wait() -> None:
    back = back_off(Clock())
    delays(back, 5)
    assert back.delay_s("bob", "192.0.2.1") == 0
    assert back.delay_s("anna", "192.0.2.2") == 0
    assert back.delay_s("ANNA", "192.0.2.1") > 0


def test_the_table_is_bounded_and_forgets_the_oldest() -> None:
    back = back_off(Clock(), entries=10)
    delays(back, 5)
    for number in range(10):
        back.failed(f"user{number}", "192.0.2.1")
    assert len(back._entries) == 10
    assert back.delay_s("anna", "192.0.2.1") == 0


@given(st.integers(1, 3000))
def test_no_number_of_failures_exceeds_the_longest_delay(failures: int) -> None:
    assert delays(back_off(Clock()), failures)[-1] <= 10


def test_the_addresses_of_one_ipv6_network_count_together() -> None:
    back = back_off(Clock())
    for number in range(5):
        back.failed("anna", f"2001:db8:0:1::{number}")
    assert back.delay_s("anna", "2001:db8:0:1:ffff::1") > 0
    assert back.delay_s("anna", "2001:db8:0:2::1") == 0
