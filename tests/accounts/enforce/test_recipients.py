"""The memory of recipients: bounded, and gone after a while."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postroom.accounts.enforce.recipients import Recipients


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_recipients_come_back_in_order_and_once() -> None:
    known = Recipients()
    for name in ("b", "a", "b"):
        known.add("1.2", name)
    assert (known.of("1.2"), known.of("1.3"), len(known)) == (("b", "a"), (), 2)


def test_without_an_instance_nothing_is_noted() -> None:
    known = Recipients()
    known.add("", "anna@example.com")
    known.add("1.2", "")
    assert (known.of(""), len(known)) == ((), 0)


def test_a_message_is_forgotten_after_its_time() -> None:
    clock = Clock()
    known = Recipients(keep_s=10, monotonic=clock)
    known.add("old", "a")
    clock.now = 6
    known.add("kept", "b")
    known.add("kept", "c")
    clock.now = 11
    assert (known.of("old"), known.of("kept"), len(known)) == ((), ("b", "c"), 2)


@given(st.lists(st.tuples(st.sampled_from("12345"), st.sampled_from("abcdefgh"))), st.integers(1, 6))
def test_however_many_come_no_more_are_held(added: list[tuple[str, str]], most: int) -> None:
    known = Recipients(most=most)
    for instance, recipient in added:
        known.add(instance, recipient)
        assert len(known) <= most
    assert len(known) == sum(len(known.of(instance)) for instance in "12345")
