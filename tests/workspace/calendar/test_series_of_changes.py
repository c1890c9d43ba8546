from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.workspace.calendar.conftest import Mine

from postroom.errors import NotFound
from postroom.workspace.query.options import Options
from postroom.workspace.workloads.calendar import former, places, refs, spans, writing
from postroom.workspace.workloads.calendar.errors import CrossesNeighbour
from postroom.workspace.workloads.calendar.spans import Window
from postroom.workspace.workloads.items.wish import Wish

BEGIN = datetime(2024, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ALL = Wish(Options(top=1000))
DAILY = {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "numbered", "numberOfOccurrences": 12}}


def at(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.isoformat(), "timeZone": "UTC"}


def series(**more: Any) -> dict[str, Any]:
    return {"subject": "Round", "start": at(BEGIN), "end": at(BEGIN + HOUR), "recurrence": DAILY, **more}


def begins(mine: Mine, begin: datetime, end: datetime) -> list[datetime]:
    rows = mine.calendar.windows.view(mine.mailbox, None, Window(begin, end), ALL).rows
    return [datetime.fromisoformat(row["start"]["dateTime"][:19]).replace(tzinfo=UTC) for row in rows]


changes = st.lists(st.tuples(st.integers(0, 11), st.one_of(st.none(), st.integers(-30, 30))), max_size=8)
windows = st.tuples(st.integers(-48, 24 * 14), st.integers(0, 24 * 14))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes, windows)
def test_windows_show_what_was_moved_and_cancelled_as_a_list_of_all_would(
    mine: Mine, changed: list[tuple[int, int | None]], asked: tuple[int, int]
) -> None:
    made = mine.create(**series())
    ids = [row["id"] for row in mine.calendar.windows.instances(mine.mailbox, made["id"], _whole(), ALL).rows]
    model = {one: BEGIN + number * DAY for number, one in enumerate(ids)}
    for number, hours in changed:
        one = ids[number]
        if one not in model:
            with pytest.raises(NotFound):
                mine.calendar.events.get(mine.mailbox, one)
        elif hours is None:
            mine.calendar.events.delete(mine.mailbox, one)
            del model[one]
        else:
            _move(mine, model, ids, number, BEGIN + number * DAY + timedelta(hours=hours))
    begin = BEGIN + timedelta(hours=asked[0])
    end = begin + timedelta(hours=asked[1])
    expected = sorted(moment for moment in model.values() if moment < end and moment + HOUR > begin)
    assert begins(mine, begin, end) == expected
    mine.calendar.events.delete(mine.mailbox, made["id"])
    assert begins(mine, BEGIN - DAY, BEGIN + 20 * DAY) == []


def _whole() -> Window:
    return Window(BEGIN - 30 * DAY, BEGIN + 60 * DAY)


def _move(mine: Mine, model: dict[str, datetime], ids: list[str], number: int, to: datetime) -> None:
    """Between its neighbours it may go wherever it likes."""
    given_ = {"start": at(to), "end": at(to + HOUR)}
    before = [model[one] for one in ids[:number] if one in model]
    after = [model[one] for one in ids[number + 1 :] if one in model]
    if (before and to <= before[-1]) or (after and to >= after[0]):
        if to != model[ids[number]]:
            with pytest.raises(CrossesNeighbour):
                mine.calendar.events.update(mine.mailbox, ids[number], given_)
        return
    mine.calendar.events.update(mine.mailbox, ids[number], given_)
    model[ids[number]] = to


def test_hooks_hear_of_every_change_in_its_unit_and_can_undo_it(mine: Mine) -> None:
    made = mine.create(**series())
    instances = mine.calendar.windows.instances(mine.mailbox, made["id"], _whole(), ALL).rows
    first, second = (row["id"] for row in instances[:2])
    mine.calendar.events.update(mine.mailbox, first, {"subject": "Once"})
    mine.calendar.events.delete(mine.mailbox, second)
    mine.listener.refuses = True
    for attempt in (
        lambda: mine.create(**series(subject="Never")),
        lambda: mine.calendar.events.update(mine.mailbox, made["id"], {"subject": "Never"}),
        lambda: mine.calendar.events.delete(mine.mailbox, made["id"]),
    ):
        with pytest.raises(ValueError, match="refused"):
            attempt()
    assert [row["subject"] for row in mine.calendar.events.page(mine.mailbox, None).rows] == ["Round"]
    mine.listener.refuses = False
    mine.calendar.events.delete(mine.mailbox, made["id"])
    heard = [(one.what, one.ref.day is not None, sorted(one.changed)) for one in mine.listener.heard]
    assert heard[:3] == [("created", False, []), ("changed", True, ["subject"]), ("deleted", True, [])]
    assert heard[-1] == ("deleted", False, [])
    created, changed = mine.listener.heard[:2]
    assert created.before is None
    assert created.after is not None
    assert changed.before is not None
    assert (changed.before["subject"], (changed.after or {})["subject"]) == ("Round", "Once")


def test_what_is_done_quietly_no_hook_hears_and_the_server_may_set_what_others_cannot(mine: Mine) -> None:
    core = mine.calendar.core
    places.prepare(core, mine.mailbox)
    boss = {"emailAddress": {"name": "Boss", "address": "boss@two.test"}}
    own = {"organizer": boss, "isOrganizer": False, "iCalUId": "some-uid@two.test"}
    with mine.store.write() as unit:
        above = places.calendar(unit, mine.mailbox, None)
        owner = core.owner(mine.mailbox)
        ref = writing.create(core, unit, owner, above, series(organizer=None), own=own, quiet=True)
        assert refs.by_uid(unit, mine.mailbox, "SOME-UID@two.test") == ref
        one = refs.by_uid(unit, mine.mailbox, "some-uid@two.test", BEGIN.date().toordinal())
        assert one is not None
        assert (one.begin, one.end, one.is_all_day) == (BEGIN, BEGIN + HOUR, False)
        changed = writing.change(core, unit, one, {}, own={"responseStatus": {"response": "accepted"}}, quiet=True)
        assert changed.document["responseStatus"]["response"] == "accepted"
        assert refs.again(unit, ref).document["responseStatus"]["response"] == "organizer"
        writing.remove(core, unit, ref, quiet=True)
        assert refs.by_uid(unit, mine.mailbox, "some-uid@two.test") is None
    assert ref.document["organizer"] == boss
    assert mine.listener.heard == []


def test_an_event_sent_back_as_it_was_read_changes_nothing_of_its_series(mine: Mine) -> None:
    zone = "W. Europe Standard Time"
    given_ = {"start": {**at(BEGIN), "timeZone": zone}, "end": {**at(BEGIN + HOUR), "timeZone": zone}}
    made = mine.create(**series(**given_))
    first = mine.calendar.windows.instances(mine.mailbox, made["id"], _whole(), ALL).rows[0]
    mine.calendar.events.delete(mine.mailbox, first["id"])
    again = mine.calendar.events.update(mine.mailbox, made["id"], {**made, "subject": "New"})
    assert again["originalStartTimeZone"] == zone
    assert again["recurrence"] == made["recurrence"]
    left = mine.calendar.windows.instances(mine.mailbox, made["id"], _whole(), ALL).rows
    assert len(left) == 11
    # An occurrence that is sent back goes on following its series but for what was changed.
    mine.calendar.events.update(mine.mailbox, left[0]["id"], {**left[0], "showAs": "free"})
    mine.calendar.events.update(mine.mailbox, made["id"], {"subject": "Newer", "showAs": "oof"})
    one = mine.calendar.events.get(mine.mailbox, left[0]["id"])
    assert (one["type"], one["subject"], one["showAs"], one["start"]) == (
        "exception",
        "Newer",
        "free",
        left[0]["start"],
    )


def test_a_window_reads_series_by_an_index_of_their_spans_and_no_more(mine: Mine) -> None:
    mine.create(**series())
    with mine.store.read() as unit:
        statement = spans._SPANS.format(spans._MAILBOX)
        plan = unit.connection.execute(f"EXPLAIN QUERY PLAN {statement}", (mine.mailbox, 0, 1)).fetchall()
        assert any("event_span_by_mailbox (mailbox=? AND last_us>?" in row["detail"] for row in plan)
        beyond = Window(BEGIN + 12 * DAY, BEGIN + 20 * DAY)
        assert spans.between(unit, mine.mailbox, beyond, 10) == []
        # The twelfth day is the last, and its span ends with it.
        last = unit.connection.execute("SELECT max(last_us) FROM event_span WHERE series IS NOT NULL").fetchone()[0]
        assert last <= int((BEGIN + 11 * DAY + HOUR).timestamp() * 1_000_000)


def test_series_of_old_are_forgotten_with_the_log(mine: Mine) -> None:
    made = mine.create(**series())
    mine.calendar.events.update(mine.mailbox, made["id"], {"recurrence": None})
    with mine.store.write() as unit:
        assert unit.connection.execute("SELECT count(*) FROM event_former").fetchone()[0] > 0
        unit.changes.prune(2**53)
        former.forget(unit)
        assert unit.connection.execute("SELECT count(*) FROM event_former").fetchone()[0] == 0
