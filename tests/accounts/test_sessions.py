"""Sessions of admins, on each engine."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select, text

from postroom.accounts import sessions
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredadmin
from postroom.accounts.sessions import Missing, Session, Sessions

ANNA, BOB = "anna@example.com", "bob@example.org"
IP, OTHER_IP = "192.0.2.1", "192.0.2.2"
START_S = 1_700_000_000.0
TIMEOUT_S = 1800.0


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now_s = START_S

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(databases: Databases, clock: Clock) -> Sessions:
    return Sessions(databases, TIMEOUT_S, clock=clock)


@contextmanager
def statements(databases: Databases) -> Iterator[list[str]]:
    """What is said to the database, transactions aside."""
    said: list[str] = []

    def note(*context: object) -> None:
        if str(context[2]).startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            said.append(str(context[2]))

    engine = databases.configured["iredadmin"].engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def rows(databases: Databases) -> dict[str, str]:
    """Key and data of all rows; the key without what CHAR fills up with."""
    with databases.read() as unit:
        query = select(iredadmin.sessions.c.session_id, iredadmin.sessions.c.data)
        return {row.session_id.strip(): row.data for row in unit.iredadmin.execute(query)}


def test_who_signed_in_is_found(kept: Sessions) -> None:
    session_id = kept.create(ANNA, IP)
    assert kept.find(session_id, IP) == Session(ANNA, IP, int(START_S), int(START_S))
    assert kept.find(session_id, IP)


def test_ids_are_random_hex_and_never_the_same(kept: Sessions) -> None:
    first, second = kept.create(ANNA, IP), kept.create(ANNA, IP)
    assert first != second
    assert len(bytes.fromhex(first)) == 32
    assert kept.find(first, IP)
    assert kept.find(second, IP)


def test_the_table_has_no_id_that_could_be_used(databases: Databases, kept: Sessions) -> None:
    session_id = kept.create(ANNA, IP)
    ((key, data),) = rows(databases).items()
    assert session_id not in key + data
    assert kept.find(key, IP) is Missing.UNKNOWN
    assert kept.find(key[:64], IP) is Missing.UNKNOWN


def test_a_session_ends_when_it_was_not_used_for_the_timeout(kept: Sessions, clock: Clock) -> None:
    session_id = kept.create(ANNA, IP)
    clock.now_s += TIMEOUT_S
    assert isinstance(kept.find(session_id, IP), Session)
    clock.now_s += TIMEOUT_S + 1
    assert kept.find(session_id, IP) is Missing.EXPIRED
    assert not kept.find(session_id, IP)


def test_a_session_in_use_goes_on(kept: Sessions, clock: Clock) -> None:
    session_id = kept.create(ANNA, IP)
    for _ in range(10):
        clock.now_s += TIMEOUT_S / 2
        assert isinstance(kept.find(session_id, IP), Session)


def test_a_session_is_of_one_address(kept: Sessions, clock: Clock) -> None:
    session_id = kept.create(ANNA, IP)
    assert kept.find(session_id, OTHER_IP) is Missing.OTHER_IP
    assert isinstance(kept.find(session_id, IP), Session)
    clock.now_s += 2 * TIMEOUT_S
    assert kept.find(session_id, OTHER_IP) is Missing.OTHER_IP


def test_use_from_another_address_does_not_keep_a_session_alive(kept: Sessions, clock: Clock) -> None:
    session_id = kept.create(ANNA, IP)
    clock.now_s += TIMEOUT_S / 2
    kept.find(session_id, OTHER_IP)
    clock.now_s += TIMEOUT_S / 2 + 1
    assert kept.find(session_id, IP) is Missing.EXPIRED


def test_the_address_may_change_when_that_is_allowed(databases: Databases, clock: Clock) -> None:
    lenient = Sessions(databases, TIMEOUT_S, ignore_change_ip=True, clock=clock)
    session_id = lenient.create(ANNA, IP)
    found = lenient.find(session_id, OTHER_IP)
    assert isinstance(found, Session)
    assert found.ip == IP


FORGED = (
    "", "0", "g" * 64, "0" * 63, "0" * 65, "0" * 64, "0" * 128, "A" * 64, "' OR '1'='1", "%", "_" * 64, "\x00" * 64,
    "0" * 64 + "\n", "\ud800", "0" * 1_000_000, "٣" * 64,
)  # fmt: skip


def test_forged_ids_are_unknown(databases: Databases, kept: Sessions) -> None:
    kept.create(ANNA, IP)
    for forged in FORGED:
        assert kept.find(forged, IP) is Missing.UNKNOWN
        kept.delete(forged)
    assert len(rows(databases)) == 1


def test_an_id_in_capitals_is_not_the_id(kept: Sessions) -> None:
    session_id = kept.create(ANNA, IP)
    while session_id.upper() == session_id:  # digits only
        session_id = kept.create(ANNA, IP)
    assert kept.find(session_id.upper(), IP) is Missing.UNKNOWN


def test_finding_is_one_select_and_writing_is_rare(databases: Databases, kept: Sessions, clock: Clock) -> None:
    session_id = kept.create(ANNA, IP)
    with statements(databases) as said:
        for _ in range(5):
            assert kept.find(session_id, IP)
    assert [words.split()[0] for words in said] == ["SELECT"] * 5
    with statements(databases) as said:
        for _ in range(3):
            clock.now_s += TIMEOUT_S / sessions.TOUCHES * 0.7
            kept.find(session_id, IP)
    assert [words.split()[0] for words in said] == ["SELECT", "SELECT", "UPDATE", "SELECT"]


def test_finding_uses_the_key_of_the_table(databases: Databases, kept: Sessions) -> None:
    session_id = kept.create(ANNA, IP)
    with statements(databases) as said:
        kept.find(session_id, IP)
    with databases.read() as unit:
        key = next(iter(rows(databases)))
        if databases.backend == "postgresql":
            unit.iredadmin.execute(text("SET LOCAL enable_seqscan = off"))  # else it reads a table of one row whole
        explain = {"sqlite": "EXPLAIN QUERY PLAN "}.get(databases.backend, "EXPLAIN ")
        plan = unit.iredadmin.exec_driver_sql(
            explain + said[0], {"key": key} if databases.backend != "sqlite" else (key,)
        )
        told = " ".join(str(value) for row in plan for value in row)
    wanted = {
        "sqlite": "SEARCH sessions USING INDEX",
        "postgresql": "Index Cond: (session_id =",
        "mariadb": "const PRIMARY",
    }
    assert wanted[databases.backend] in told


def test_signing_out_ends_one_session(kept: Sessions) -> None:
    first, second = kept.create(ANNA, IP), kept.create(ANNA, IP)
    kept.delete(first)
    kept.delete(first)
    assert kept.find(first, IP) is Missing.UNKNOWN
    assert isinstance(kept.find(second, IP), Session)


def test_all_sessions_of_an_address_end_at_once(kept: Sessions) -> None:
    own = [kept.create(ANNA, ip) for ip in (IP, OTHER_IP)]
    others = [kept.create(address, IP) for address in (BOB, "anna_@example.com", "x" + ANNA, "ann_@example.com")]
    kept.delete_of("ann_@example.com")  # LIKE would take it for anna@example.com
    assert [bool(kept.find(session, IP)) for session in others] == [True, True, True, False]
    assert kept.find(own[0], IP)
    kept.delete_of(ANNA)
    assert kept.find(own[0], IP) is Missing.UNKNOWN
    assert kept.find(own[1], OTHER_IP) is Missing.UNKNOWN
    assert [bool(kept.find(session, IP)) for session in others] == [True, True, True, False]


def test_all_sessions_of_a_domain_end_at_once(databases: Databases, kept: Sessions) -> None:
    anna, bob, other = kept.create(ANNA, IP), kept.create(BOB, IP), kept.create("x@example.com.example", IP)
    with databases.write() as unit:
        sessions.delete_of_domain(unit, "example.com")
    assert [bool(kept.find(session, IP)) for session in (anna, bob, other)] == [False, True, True]


def test_sessions_end_together_with_the_change_that_ends_them(databases: Databases, kept: Sessions) -> None:
    session_id = kept.create(ANNA, IP)

    def fail() -> None:
        with databases.write() as unit:
            sessions.delete_of(unit, ANNA)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert kept.find(session_id, IP)


def test_an_ended_session_is_not_brought_back_by_a_use_at_the_same_time(databases: Databases, clock: Clock) -> None:
    class EndedMeanwhile(Sessions):
        def _touch(self, session_id: str) -> None:
            self.delete_of(ANNA)
            super()._touch(session_id)

    kept = EndedMeanwhile(databases, TIMEOUT_S, clock=clock)
    session_id = kept.create(ANNA, IP)
    clock.now_s += TIMEOUT_S / 2
    assert kept.find(session_id, IP)
    assert kept.find(session_id, IP) is Missing.UNKNOWN
    assert rows(databases) == {}


def others(databases: Databases, **data_by_age: str) -> None:
    """Rows that a web panel left, by how many hours ago they were used (`h3`)."""
    with databases.write() as unit:
        for age, data in data_by_age.items():
            used = datetime.fromtimestamp(START_S, UTC) - timedelta(hours=int(age[1:]))
            row = {"session_id": f"{len(data):040x}", "atime": used, "data": data}
            unit.iredadmin.execute(insert(iredadmin.sessions), row)


PICKLED = base64.b64encode(pickle.dumps({"username": ANNA, "is_global_admin": True})).decode()


def test_expired_sessions_are_deleted_and_the_rest_stays(databases: Databases, kept: Sessions, clock: Clock) -> None:
    old = kept.create(ANNA, IP)
    clock.now_s += TIMEOUT_S + 1
    new = kept.create(BOB, IP)
    kept.expire()
    assert kept.find(old, IP) is Missing.UNKNOWN
    assert isinstance(kept.find(new, IP), Session)
    assert len(rows(databases)) == 1


def test_rows_of_other_programs_stay_until_they_are_surely_over(databases: Databases, kept: Sessions) -> None:
    ten = PICKLED + "a" * 10
    others(databases, h1=PICKLED, h10=ten, h100=PICKLED + "a" * 20)
    kept.expire()
    kept.delete_of(ANNA)
    assert set(rows(databases).values()) == {PICKLED, ten}


MALFORMED = (
    PICKLED,
    "",
    "[]",
    "null",
    '{"address": "anna@example.com", "ip": "192.0.2.1", "created": 1}',
    '{"postroom": 1}',
    '{"postroom": 1',
    '{"postroom": ' + "[" * 50_000,
    '{"postroom": 1, "address": 1, "ip": 2, "created": "x"}',
)


def test_whatever_a_row_has_it_opens_nothing_and_fails_nothing(databases: Databases, kept: Sessions) -> None:
    session_id = kept.create(ANNA, IP)
    for data in MALFORMED:
        with databases.write() as unit:
            unit.iredadmin.execute(iredadmin.sessions.update().values(data=data))
        assert kept.find(session_id, IP) is Missing.UNKNOWN
        kept.delete_of(ANNA)
        assert len(rows(databases)) == 1
