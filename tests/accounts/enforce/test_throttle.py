"""Throttles on the databases that iRedMail's services use, each on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text
from tests.accounts.enforce.conftest import CLIENT, FAR, Clock, Make, Server

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredapd
from postroom.accounts.database.tables.iredapd import MOST_TRACKED_BYTES, MOST_TRACKED_MESSAGES
from postroom.accounts.enforce.enforcement import enforcement
from postroom.accounts.enforce.limits import EXCEEDED, TOO_LARGE, TOO_MANY_RECIPIENTS
from postroom.accounts.enforce.request import END_OF_MESSAGE, RCPT, Request
from postroom.errors import Invalid
from postroom.settings import Accounts, Policy

ANNA = "anna@example.com"
DUNNO = "DUNNO"


def test_the_fourth_message_of_a_window_of_three_is_refused_and_not_counted(server: Server) -> None:
    tid = server.throttle(ANNA, max_msgs=3)
    assert [server.send() for _ in range(4)] == [DUNNO, DUNNO, DUNNO, EXCEEDED]
    assert server.counted(tid, ANNA) == (3, 3000, 1_700_000_000)


def test_a_window_begins_anew_when_its_period_is_over(server: Server) -> None:
    tid = server.throttle(ANNA, max_msgs=1, period=60)
    assert server.send() == DUNNO
    server.clock.now += 60
    assert server.send() == EXCEEDED
    server.clock.now += 1
    assert server.send(size=7) == DUNNO
    assert server.counted(tid, ANNA) == (1, 7, 1_700_000_061)


def test_the_window_begins_with_the_first_message_and_not_with_a_refused_one(server: Server) -> None:
    tid = server.throttle(ANNA, max_msgs=2)
    assert server.send(to=("a@far.example", "b@far.example", "c@far.example")) == EXCEEDED
    assert server.counted(tid, ANNA) == (0, 0, 0)
    server.clock.now += 30
    assert server.send() == DUNNO
    assert server.counted(tid, ANNA) == (1, 1000, 1_700_000_030)


def test_a_message_counts_as_its_recipients(server: Server) -> None:
    tid = server.throttle(ANNA, max_msgs=5)
    two = ("a@far.example", "b@far.example")
    assert [server.send(to=two) for _ in range(3)] == [DUNNO, DUNNO, EXCEEDED]
    assert server.counted(tid, ANNA) == (4, 2000, 1_700_000_000)
    assert server.send() == DUNNO


def test_the_message_that_crosses_the_quota_passes_and_the_next_does_not(server: Server) -> None:
    tid = server.throttle(ANNA, max_quota=1500)
    assert [server.send(size=1000) for _ in range(3)] == [DUNNO, DUNNO, EXCEEDED]
    assert server.counted(tid, ANNA) == (2, 2000, 1_700_000_000)


def test_size_and_recipients_of_one_message_need_no_counter(server: Server) -> None:
    tid = server.throttle(ANNA, msg_size=1000, max_rcpts=2)
    assert [server.send(size=size) for size in (1000, 1001)] == [DUNNO, TOO_LARGE]
    some = tuple(f"{name}@far.example" for name in "abc")
    assert [server.send(to=some[:count]) for count in (2, 3)] == [DUNNO, TOO_MANY_RECIPIENTS]
    assert server.counted(tid, ANNA) is None


def test_each_limit_is_inherited_for_itself(server: Server) -> None:
    user = server.throttle(ANNA, max_msgs=0, period=10)
    domain = server.throttle("@example.com", msg_size=500, max_msgs=1)
    everybody = server.throttle("@.", msg_size=1, max_msgs=1, max_quota=800, period=3600)
    assert server.send(size=501) == TOO_LARGE
    assert [server.send(size=500) for _ in range(3)] == [DUNNO, DUNNO, EXCEEDED]
    assert server.counted(everybody, ANNA) == (2, 1000, 1_700_000_000)
    assert (server.counted(user, ANNA), server.counted(domain, ANNA)) == (None, None)


def test_the_form_of_the_account_decides_and_not_the_priority_that_is_stored(server: Server) -> None:
    server.throttle("@.", max_msgs=9)
    server.throttle(ANNA, max_msgs=1)
    with server.databases.write() as unit:
        unit.iredapd.execute(text("UPDATE throttle SET priority = CASE account WHEN '@.' THEN 100 ELSE 0 END"))
    assert [server.send() for _ in range(2)] == [DUNNO, EXCEEDED]


def test_each_user_has_their_own_counter_for_a_setting_of_all(server: Server) -> None:
    tid = server.throttle("@example.com", max_msgs=1)
    assert [server.send(sender) for sender in (ANNA, "carl@example.com", ANNA)] == [DUNNO, DUNNO, EXCEEDED]
    assert server.counted(tid, "carl@example.com") == (1, 1000, 1_700_000_000)


def test_a_client_counts_by_its_address_and_a_pattern_as_one(server: Server) -> None:
    single = server.throttle("@ip", "external", max_msgs=2)
    together = server.throttle("198.51.100.*", "external", max_msgs=2)
    answers = [server.send(f"s{n}@far.example", ANNA, login=False) for n in range(3)]
    assert answers == [DUNNO, DUNNO, EXCEEDED]
    others = [server.send("s@far.example", ANNA, login=False, client=f"198.51.100.{n}") for n in range(3)]
    assert others == [DUNNO, DUNNO, EXCEEDED]
    assert server.counted(single, CLIENT) == (2, 2000, 1_700_000_000)
    assert server.counted(together, "198.51.100.*") == (2, 2000, 1_700_000_000)


def test_an_alias_domain_is_throttled_as_the_domain_it_stands_for(server: Server) -> None:
    tid = server.throttle("@example.com", max_msgs=2)
    answers = [server.send(sender) for sender in ("anna@alias.example", ANNA, "anna@alias.example")]
    assert answers == [DUNNO, DUNNO, EXCEEDED]
    assert server.counted(tid, ANNA) == (2, 2000, 1_700_000_000)


def test_who_signed_in_counts_and_not_the_address_they_write_as(server: Server) -> None:
    tid = server.throttle(ANNA, max_msgs=9)
    end = {"protocol_state": END_OF_MESSAGE, "recipient": FAR, "recipient_count": "1", "sasl_username": ANNA}
    assert server.checks.answer([Request.of({**end, "sender": "somebody@else.example"})]) == [DUNNO]
    assert server.counted(tid, ANNA) == (1, 0, 1_700_000_000)


@pytest.mark.parametrize(
    ("login", "client", "kind"),
    [
        (True, CLIENT, "outbound"),
        (False, "127.0.0.1", "outbound"),
        (False, "::1", "outbound"),
        (False, CLIENT, "external"),
    ],
)
def test_the_kind_follows_from_login_and_client(server: Server, login: bool, client: str, kind: str) -> None:
    ids = {kind: server.throttle("@.", kind, max_msgs=9) for kind in ("outbound", "external")}
    assert server.send("eve@far.example", "carl@other.example", login=login, client=client) == DUNNO
    found = {name for name, tid in ids.items() if server.counted(tid, "eve@far.example")}
    assert found == {kind}


def test_each_local_recipient_of_a_message_is_throttled(server: Server) -> None:
    tid = server.throttle("@.", "inbound", max_msgs=2)
    both = (ANNA, "carl@alias.example", "elsewhere@far2.example")
    assert server.send(FAR, both, login=False) == DUNNO
    assert server.send(FAR, "anna+news@example.com", login=False) == DUNNO
    assert server.send(FAR, both, login=False) == EXCEEDED
    counted = [server.counted(tid, who) for who in (ANNA, "carl@example.com", "elsewhere@far2.example")]
    assert counted == [(2, 2000, 1_700_000_000), (1, 1000, 1_700_000_000), None]


def test_authenticated_senders_are_not_throttled_inbound_unless_asked_for(make: Make) -> None:
    for skip, expected in ((True, None), (False, (1, 1000, 1_700_000_000))):
        server = make(skip_inbound_authenticated=skip)
        if skip:
            server.domain("example.com")
            tid = server.throttle("@.", "inbound", max_msgs=9)
        assert server.send("eve@far.example", ANNA) == DUNNO
        assert server.counted(tid, ANNA) == expected


def test_mail_within_a_domain_is_not_throttled_unless_asked_for(make: Make) -> None:
    server = make()
    tid = server.throttle(ANNA, max_msgs=2, msg_size=10)
    assert server.send(to="carl@example.com") == DUNNO
    assert server.send(to=("carl@example.com", FAR), size=10) == DUNNO
    assert server.counted(tid, ANNA) == (1, 10, 1_700_000_000)
    assert make(skip_same_domain=False).send(to="carl@example.com") == TOO_LARGE


def test_trusted_networks_are_not_throttled_when_asked_for(make: Make) -> None:
    server = make(skip_networks=True, networks=("192.0.2.0/24", "2001:db8::/32"))
    server.throttle("@.", msg_size=1)
    answers = [server.send(client=client) for client in (CLIENT, "2001:db8::9", "198.51.100.1", "unknown")]
    assert answers == [DUNNO, DUNNO, TOO_LARGE, TOO_LARGE]


def test_a_network_that_is_none_is_refused_at_the_start(databases: Databases) -> None:
    with pytest.raises(Invalid, match="networks"):
        enforcement(Policy(skip_networks=True, networks=("nowhere",)), Accounts(), databases)


def test_bounces_are_not_throttled_together(server: Server) -> None:
    server.throttle("@.", "external", max_msgs=1)
    assert [server.send("", ANNA, login=False) for _ in range(3)] == [DUNNO] * 3


def test_a_restart_keeps_counters_and_counts_by_number_what_it_did_not_see(server: Server) -> None:
    tid = server.throttle(ANNA, max_msgs=5)
    assert server.send() == DUNNO
    fresh = enforcement(Policy(), Accounts(), server.databases, clock=server.clock)
    end = {"protocol_state": END_OF_MESSAGE, "instance": "1.2.3", "recipient_count": "3", "sasl_username": ANNA}
    # It saw one recipient of three, of the sender's own domain.
    seen = {**end, "protocol_state": RCPT, "recipient": "carl@example.com"}
    assert fresh.answer([Request.of(seen)]) == [DUNNO]
    assert fresh.answer([Request.of({**end, "size": "10"})]) == [DUNNO]
    assert server.counted(tid, ANNA) == (3, 1010, 1_700_000_000)
    unseen = {**end, "instance": "9.9.9"}
    assert fresh.answer([Request.of(unseen)]) == [EXCEEDED]


def test_a_recipient_that_was_refused_later_is_not_counted(server: Server) -> None:
    tid = server.throttle(ANNA, max_msgs=9)
    common = {"instance": "1.2.3", "sasl_username": ANNA}
    for name in "abc":
        server.checks.answer([Request.of({"protocol_state": RCPT, "recipient": f"{name}@far.example", **common})])
    end = {"protocol_state": END_OF_MESSAGE, "recipient_count": "2", **common}
    assert server.checks.answer([Request.of(end)]) == [DUNNO]
    assert server.counted(tid, ANNA) == (2, 0, 1_700_000_000)


@pytest.mark.parametrize("apart", [0, 1])
def test_a_full_window_is_told_once_in_the_log(server: Server, caplog: pytest.LogCaptureFixture, apart: int) -> None:
    server.throttle(ANNA, max_msgs=1)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            for _ in range(4):
                server.send()
                server.clock.now += apart
            server.clock.now += 61
    told = [record for record in caplog.records if record.message == "A throttle is reached."]
    assert [vars(record)["who"] for record in told] == [ANNA, ANNA]


# Only the tables that iRedMail made in MariaDB have narrow columns.
@pytest.mark.parametrize("own_database_settings", ["mariadb"], indirect=True)
def test_counters_stop_where_their_columns_end(own_databases: Databases) -> None:
    with own_databases.write() as unit:
        for change in ("cur_msgs MEDIUMINT UNSIGNED", "cur_quota INT UNSIGNED"):
            unit.iredapd.execute(text(f"ALTER TABLE throttle_tracking MODIFY {change} NOT NULL DEFAULT 0"))
    clock = Clock()
    server = Server(own_databases, clock, enforcement(Policy(), Accounts(), own_databases, clock=clock))
    tid = server.throttle(ANNA, max_msgs=MOST_TRACKED_MESSAGES * 2, max_quota=MOST_TRACKED_BYTES * 4)
    assert [server.send(size=3_000_000_000) for _ in range(3)] == [DUNNO] * 3
    assert server.counted(tid, ANNA) == (3, MOST_TRACKED_BYTES, 1_700_000_000)


def test_counters_of_many_bytes_are_exact(server: Server) -> None:
    tid = server.throttle(ANNA, max_quota=2**50)
    assert [server.send(size=5_000_000_000) for _ in range(2)] == [DUNNO] * 2
    assert server.counted(tid, ANNA) == (2, 10_000_000_000, 1_700_000_000)


def test_many_recipients_are_throttled_in_one_go(server: Server) -> None:
    tid = server.throttle("@.", "inbound", max_msgs=1)
    many = tuple(f"u{number}@example.com" for number in range(450))
    assert server.send(FAR, many, login=False) == DUNNO
    assert server.send(FAR, many[449], login=False) == EXCEEDED
    assert server.counted(tid, "u0@example.com") == (1, 1000, 1_700_000_000)


@pytest.mark.parametrize("odd", ["' OR 1=1 --@example.com", "%@_.example", 'x"@example.com', "\\'@x", "@", "a" * 5000])
def test_odd_addresses_are_only_addresses(server: Server, odd: str) -> None:
    server.throttle("@.", max_msgs=1)
    assert [server.send(odd, FAR) for _ in range(2)] == [DUNNO, EXCEEDED]
    assert server.send(ANNA) == DUNNO


@pytest.mark.parametrize("limit", [0, 31])
def test_messages_at_the_same_time_lose_no_count(database_settings: Accounts, tmp_path: Path, limit: int) -> None:
    """Two servers over one set of databases, four threads each."""
    opened = [Databases.open(database_settings, tmp_path) for _ in range(2)]
    clock = Clock()
    servers = [Server(one, clock, enforcement(Policy(), Accounts(), one, clock=clock)) for one in opened]
    tid = servers[0].throttle("@example.com", max_msgs=limit or 1000)

    def some(number: int) -> list[str]:
        server = servers[number % 2]
        server.instances = iter(range(number * 1000, number * 1000 + 1000))
        return [server.send() for _ in range(8)]

    try:
        with ThreadPoolExecutor(8) as pool:
            answers = [answer for part in pool.map(some, range(8)) for answer in part]
        assert answers.count(DUNNO) == (limit or 64)
        assert servers[0].counted(tid, ANNA) == (limit or 64, 1000 * (limit or 64), 1_700_000_000)
    finally:
        for one in opened:
            one.close()


message = st.tuples(
    st.sampled_from(["anna", "carl"]),
    st.lists(st.sampled_from(["a@far.example", "b@far.example", "c@far.example"]), min_size=1, max_size=3, unique=True),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(message, min_size=1, max_size=8), st.integers(1, 6), st.integers(1, 9), st.randoms())
def test_whatever_the_interleaving_what_is_counted_is_what_was_accepted(
    make: Make, messages: list[tuple[str, list[str]]], limit: int, together: int, random: Random
) -> None:
    server = make()
    with server.databases.write() as unit:
        unit.iredapd.execute(delete(iredapd.throttle_tracking))
        unit.iredapd.execute(delete(iredapd.throttle))
    tid = server.throttle("@example.com", max_msgs=limit)
    accepted = {"anna": 0, "carl": 0}
    for batch in _batches(_interleaved(messages, random), together):
        for request, answer in zip(batch, server.checks.answer(batch), strict=True):
            if request.state == END_OF_MESSAGE and answer == DUNNO:
                accepted[request.sasl_username.partition("@")[0]] += request.recipient_count
    for name, count in accepted.items():
        counted = server.counted(tid, f"{name}@example.com")
        assert (counted[0] if counted else 0) == count <= limit


def _interleaved(messages: list[tuple[str, list[str]]], random: Random) -> list[Request]:
    """The requests of all messages, mixed; those of one message stay in order."""
    queues = []
    for number, (name, recipients) in enumerate(messages):
        common = {"instance": str(number + 1), "sasl_username": f"{name}@example.com"}
        asked = [{"protocol_state": RCPT, "recipient": one, **common} for one in recipients]
        asked.append({"protocol_state": END_OF_MESSAGE, "recipient_count": str(len(recipients)), **common})
        queues.append([Request.of(one) for one in asked])
    mixed = []
    while queues := [queue for queue in queues if queue]:
        mixed.append(random.choice(queues).pop(0))
    return mixed


def _batches(requests: list[Request], most: int) -> list[list[Request]]:
    return [requests[start : start + most] for start in range(0, len(requests), most)]
