"""Which setting decides each limit, and what a message adds to which counter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postroom.accounts.enforce.limits import Charge, Counter, Limit, Limits, Setting, Tally, charges, limits
from postroom.accounts.enforce.who import candidates

ANNA = candidates("anna@example.com", "anna@example.com", "192.0.2.7")


def decided(*settings: Setting) -> Limits:
    return limits("outbound", ANNA, {(one.account, one.kind): one for one in settings})


def test_each_limit_comes_from_the_most_specific_setting_that_has_one() -> None:
    user = Setting(1, "anna@example.com", "outbound", 60, max_msgs=5)
    domain = Setting(2, "@example.com", "outbound", 3600, msg_size=1000, max_msgs=50)
    everybody = Setting(3, "@.", "outbound", 86400, msg_size=1, max_msgs=1, max_quota=10_000, max_rcpts=100)
    assert decided(everybody, domain, user) == Limits(
        msg_size=Limit(1000, domain, "anna@example.com"),
        max_rcpts=Limit(100, everybody, "anna@example.com"),
        max_msgs=Limit(5, user, "anna@example.com"),
        max_quota=Limit(10_000, everybody, "anna@example.com"),
    )


def test_zero_is_no_limit_and_ends_the_search() -> None:
    user = Setting(1, "anna@example.com", "outbound", 60, max_msgs=0)
    everybody = Setting(3, "@.", "outbound", 60, max_msgs=1, msg_size=7)
    found = decided(user, everybody)
    assert (found.max_msgs, found.msg_size) == (None, Limit(7, everybody, "anna@example.com"))


def test_a_setting_without_a_period_is_not_in_use() -> None:
    user = Setting(1, "anna@example.com", "outbound", 0, msg_size=1, max_msgs=0)
    everybody = Setting(3, "@.", "outbound", 60, max_msgs=9)
    assert decided(user, everybody) == Limits(None, None, Limit(9, everybody, "anna@example.com"), None)


def test_a_setting_of_another_kind_does_not_count() -> None:
    assert decided(Setting(1, "anna@example.com", "inbound", 60, max_msgs=1)).max_msgs is None


def test_the_window_ends_after_its_period_and_not_with_it() -> None:
    counter = Counter(1, 3, 0, init_time=1000)
    tallies = [Tally.of(counter, 60, now) for now in (1000, 1060, 1061)]
    assert [tally.over for tally in tallies] == [False, False, True]
    assert [tally.found_messages for tally in tallies] == [3, 3, 0]


def test_messages_may_reach_their_limit_and_bytes_may_cross_theirs_once() -> None:
    setting = Setting(1, "@.", "outbound", 60)

    def refused(messages: int, size_bytes: int) -> bool:
        charge = Charge(setting, "anna", messages=2, most_messages=5, most_bytes=100)
        return charge.refused(Tally.of(Counter(1, messages, size_bytes, 1000), 60, 1010))

    assert [refused(messages, 0) for messages in (2, 3, 4)] == [False, False, True]
    assert [refused(0, size) for size in (99, 100, 101)] == [False, False, True]


def test_recipients_that_share_a_counter_add_up_in_it() -> None:
    client = Setting(1, "@ip", "inbound", 60, max_msgs=10, max_quota=100)
    held = Limits(None, None, Limit(10, client, "192.0.2.7"), Limit(100, client, "192.0.2.7"))
    assert charges([(held, 1), (held, 1), (held, 1)]) == [Charge(client, "192.0.2.7", 3, 10, 100)]


values = st.sampled_from([-1, 0, 1, 2, 3])


@given(st.lists(st.tuples(st.sampled_from([0, 60]), values, values), min_size=len(ANNA), max_size=len(ANNA)))
def test_no_setting_changes_a_limit_it_leaves_to_others(rows: list[tuple[int, int, int]]) -> None:
    settings = [
        Setting(number, who.account, "outbound", period, msg_size=size, max_msgs=messages)
        for number, (who, (period, size, messages)) in enumerate(zip(ANNA, rows, strict=True))
    ]
    found = decided(*settings)
    for limit, index in ((found.msg_size, 1), (found.max_msgs, 2)):
        said = [row[index] for row in rows if row[0] > 0 and row[index] >= 0]
        assert (limit.most if limit else 0) == (said[0] if said else 0)
