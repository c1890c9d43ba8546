"""Casing, ranges, time zones, dates, recipients, trackers, enumerations."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clients.o365.core.doubles import MockConnection, Thing

from O365 import MSGraphProtocol
from O365._dates import utc_text
from O365.utils import (
    CaseEnum,
    HandleRecipientsMixin,
    ImportanceLevel,
    Recipient,
    Recipients,
    TrackerSet,
    col_index_to_label,
    get_iana_tz,
    get_windows_tz,
    to_camel_case,
    to_pascal_case,
    to_snake_case,
)
from O365.utils.decorators import action, deprecated, fluent
from O365.utils.windows_tz import IANA_TO_WIN, WIN_TO_IANA

BERLIN = ZoneInfo("Europe/Berlin")


def thing(zone: str = "Europe/Berlin") -> Thing:
    return Thing(con=MockConnection(), protocol=MSGraphProtocol(timezone=zone))


# Casing.


@pytest.mark.parametrize(
    ("given", "snake", "camel", "pascal"),
    [
        ("created_date_time", "created_date_time", "createdDateTime", "CreatedDateTime"),
        ("createdDateTime", "created_date_time", "createdDateTime", "CreatedDateTime"),
        ("HTML", "h_t_m_l", "hTML", "HTML"),
        ("formulas_r1_c1", "formulas_r1_c1", "formulasR1C1", "FormulasR1C1"),
        ("some text", "some_text", "someText", "SomeText"),
        ("a-b.c", "a_b_c", "aBC", "ABC"),
        ("", "", "", ""),
    ],
)
def test_names_change_their_casing(given: str, snake: str, camel: str, pascal: str) -> None:
    assert (to_snake_case(given), to_camel_case(given), to_pascal_case(given)) == (snake, camel, pascal)


@pytest.mark.parametrize(
    ("path", "cased"),
    [
        ("flag/flagStatus", "flag/flagStatus"),
        ("flag/flag_status", "flag/flagStatus"),
        ("@odata.type", "@odata.type"),
        ("microsoft.graph.event/start", "microsoft.graph.event/start"),
    ],
)
def test_paths_are_cased_by_their_segments(path: str, cased: str) -> None:
    assert to_camel_case(path) == cased


def test_options_behind_a_name_stay_as_they_are() -> None:
    text = "($filter=id eq 'SystemTime 0x3FEF' and a/b_c eq 1)"
    assert to_camel_case(f"single_value_properties{text}") == f"singleValueProperties{text}"


def test_columns_have_labels() -> None:
    labels = [col_index_to_label(index) for index in (0, 25, 26, 51, 52, 701, 702, 16383)]
    assert labels == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]
    with pytest.raises(ValueError, match="-1"):
        col_index_to_label(-1)


def test_values_of_case_enumerations_are_in_snake_case() -> None:
    class Color(CaseEnum):
        LightBlue = "lightBlue"

    assert Color.LightBlue.value == "light_blue"
    assert Color.from_value("lightBlue") is Color.LightBlue
    assert Color.from_value("light_blue") is Color.LightBlue
    assert Color.from_value("pink") is None
    assert Color.from_value(None) is None
    assert ImportanceLevel.from_value("High") is ImportanceLevel.High


# Decorators.


class Counter:
    def __init__(self) -> None:
        self.value = 0

    @fluent
    def add(self, number: int) -> None:
        self.value += number

    @action
    def added(self, number: int) -> None:
        self.value += number


def test_fluent_methods_return_their_object_and_actions_a_copy() -> None:
    counter = Counter()
    assert counter.add(1).add(2) is counter
    other = counter.added(4)
    assert (counter.value, other.value) == (3, 7)


def test_deprecated_functions_say_what_replaces_them() -> None:
    @deprecated("2.2", "new_one")
    def old_one(number: int) -> int:
        return number

    with pytest.warns(DeprecationWarning, match=r"old_one is deprecated since version 2\.2\. Use new_one instead"):
        assert old_one(3) == 3


# Time zones.


def test_every_windows_name_has_a_zone_that_exists_and_goes_back_to_it() -> None:
    for name, key in WIN_TO_IANA.items():
        zone = get_iana_tz(name)
        assert zone.key == key
        if name not in {"Kamchatka Standard Time", "Mid-Atlantic Standard Time"}:  # of the past
            assert get_windows_tz(zone) == name


def test_zones_that_the_original_mapped_to_wrong_or_missing_ones_are_the_usual_ones() -> None:
    usual = {
        "Pacific Standard Time": "America/Los_Angeles",
        "W. Europe Standard Time": "Europe/Berlin",
        "GMT Standard Time": "Europe/London",
        "Eastern Standard Time": "America/New_York",
        "Central Standard Time": "America/Chicago",
    }
    assert {name: get_iana_tz(name).key for name in usual} == usual
    assert get_iana_tz("Pacific").key == "America/Los_Angeles"


@pytest.mark.parametrize("key", ["America/Nuuk", "America/Ciudad_Juarez", "Pacific/Kanton", "Antarctica/Troll"])
def test_a_protocol_may_be_in_any_zone(key: str) -> None:
    protocol = MSGraphProtocol(timezone=key)
    name = IANA_TO_WIN.get(key, key)  # Graph takes IANA names as well
    assert protocol.get_service_keyword("prefer_timezone_header") == f'outlook.timezone="{name}"'


def test_names_of_no_zone_are_said_to_be_none() -> None:
    for unknown in (
        lambda: get_iana_tz("Nowhere"),
        lambda: get_windows_tz("No/Where"),
        lambda: MSGraphProtocol(timezone="X"),
    ):
        with pytest.raises(ZoneInfoNotFoundError):
            unknown()
    with pytest.raises(ValueError, match="timezone"):
        MSGraphProtocol(timezone=3)


def test_a_new_zone_of_a_protocol_changes_its_header() -> None:
    protocol = MSGraphProtocol(timezone="Europe/Berlin")
    protocol.timezone = "Asia/Tokyo"
    assert protocol.get_service_keyword("prefer_timezone_header") == 'outlook.timezone="Tokyo Standard Time"'


# Dates.


@pytest.mark.parametrize("text", ["2024-01-31T10:00:00Z", "2024-01-31T12:00:00+02:00", "2024-01-31T10:00:00.0000000Z"])
def test_plain_times_are_shown_in_the_zone_of_the_protocol(text: str) -> None:
    found = thing()._instant(text)
    assert found == dt.datetime(2024, 1, 31, 11, tzinfo=BERLIN)
    assert found is not None
    assert found.tzinfo == BERLIN


def test_a_missing_time_is_none() -> None:
    assert thing()._instant(None) is None
    for value in (None, "", {}, {"timeZone": "UTC"}, {"dateTime": "never", "timeZone": "UTC"}):
        assert thing()._parse_date_time_time_zone(value) is None
    assert thing()._instant("0001-01-01T00:00:00Z") == dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    assert thing("America/New_York")._instant("0001-01-01T00:00:00Z") is None


@pytest.mark.parametrize(
    ("value", "hour"),
    [
        ({"dateTime": "2024-01-31T10:00:00.0000000", "timeZone": "UTC"}, 11),
        ({"dateTime": "2024-01-31T02:00:00", "timeZone": "Pacific Standard Time"}, 11),
        ({"dateTime": "2024-01-31T10:00:00", "timeZone": "Europe/London"}, 11),
        ({"dateTime": "2024-01-31T11:00:00", "timeZone": "Nowhere Time"}, 11),
        ({"dateTime": "2024-01-31T10:00:00Z", "timeZone": "Tokyo Standard Time"}, 11),
        ({"DateTime": "2024-01-31T10:00:00", "TimeZone": "UTC"}, 11),
        ("2024-01-31T10:00:00Z", 11),
    ],
)
def test_pairs_of_a_time_and_a_zone_are_converted(value: Any, hour: int) -> None:
    assert thing()._parse_date_time_time_zone(value) == dt.datetime(2024, 1, 31, hour, tzinfo=BERLIN)


def test_all_day_values_keep_their_wall_clock() -> None:
    pair = {"dateTime": "2024-01-31T00:00:00.0000000", "timeZone": "UTC"}
    found = thing("Asia/Tokyo")._parse_date_time_time_zone(pair, is_all_day=True)
    assert found == dt.datetime(2024, 1, 31, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("value", "text", "zone"),
    [
        (dt.datetime(2024, 1, 31, 10, 0, 0, 5), "2024-01-31T10:00:00", "W. Europe Standard Time"),
        (dt.datetime(2024, 1, 31, 10, tzinfo=ZoneInfo("Asia/Tokyo")), "2024-01-31T10:00:00", "Tokyo Standard Time"),
        (dt.datetime(2024, 1, 31, 10, tzinfo=dt.UTC), "2024-01-31T10:00:00", "UTC"),
        (dt.datetime(2024, 1, 31, 10, tzinfo=dt.timezone(dt.timedelta(hours=3))), "2024-01-31T08:00:00",
         "W. Europe Standard Time"),
    ],
)  # fmt: skip
def test_times_are_sent_with_the_name_of_their_zone(value: dt.datetime, text: str, zone: str) -> None:
    assert thing()._build_date_time_time_zone(value) == {"dateTime": text, "timeZone": zone}


def test_the_hour_that_comes_twice_and_zones_without_an_exact_name_are_sent_in_utc() -> None:
    twice = dt.datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN)
    assert thing()._build_date_time_time_zone(twice)["timeZone"] == "W. Europe Standard Time"
    second = thing()._build_date_time_time_zone(twice.replace(fold=1))
    assert second == {"dateTime": "2024-10-27T01:30:00", "timeZone": "UTC"}
    vostok = dt.datetime(2024, 1, 1, 5, tzinfo=ZoneInfo("Antarctica/Vostok"))
    assert thing()._build_date_time_time_zone(vostok) == {"dateTime": "2024-01-01T00:00:00", "timeZone": "UTC"}


@given(
    st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2100, 1, 1)),
    st.sampled_from(sorted(set(IANA_TO_WIN) & available_timezones())),
)
def test_a_time_comes_back_as_the_same_instant(when: dt.datetime, key: str) -> None:
    component = thing(key)
    sent = when.replace(microsecond=0, tzinfo=dt.UTC)
    local = component._instant(utc_text(sent))
    assert local is not None
    again = component._parse_date_time_time_zone(component._build_date_time_time_zone(local))
    assert again is not None
    # In UTC, since Python finds times in the hour that comes twice equal to none of another zone.
    assert local.astimezone(dt.UTC) == again.astimezone(dt.UTC) == sent


# Recipients.


class Letter(HandleRecipientsMixin):
    def __init__(self) -> None:
        self._track_changes = TrackerSet(casing=to_camel_case)
        self._cc = to_camel_case


def test_recipients_are_added_in_every_form() -> None:
    letter = Letter()
    people = Recipients(parent=letter, field="to_recipients")
    people.add("a@x.test")
    people.add(Recipient("b@x.test", "B"))
    people.add(("C", "c@x.test"))
    people.add(["d@x.test", ("e@x.test", "e@x.test"), ("nobody", "")])
    people.add(None)
    assert [str(each) for each in people] == [
        "a@x.test", "B <b@x.test>", "C <c@x.test>", "d@x.test", "e@x.test <e@x.test>",
    ]  # fmt: skip
    assert (len(people), people[0].address, "c@x.test" in people, "z@x.test" in people) == (5, "a@x.test", True, False)
    assert letter._track_changes == {"toRecipients"}
    with pytest.raises(ValueError, match="recipients"):
        people.add(3)  # type: ignore[arg-type]


def test_recipients_are_removed_and_cleared() -> None:
    letter = Letter()
    people = Recipients(["a@x.test", "b@x.test", "c@x.test"], parent=letter, field="to")
    assert letter._track_changes == set()
    people.remove("z@x.test")
    assert letter._track_changes == set()
    people.remove(["a@x.test", "b@x.test"])
    assert [each.address for each in people] == ["c@x.test"]
    assert letter._track_changes == {"to"}
    people.clear()
    assert not people
    assert people.get_first_recipient_with_address() is None


def test_a_changed_recipient_is_a_change_of_its_parent() -> None:
    letter = Letter()
    people = Recipients(["a@x.test"], parent=letter, field="cc_recipients")
    people[0].name = "A"
    assert letter._track_changes == {"ccRecipients"}
    assert not Recipient()
    assert people.get_first_recipient_with_address() is people[0]


def test_untracked_lists_do_not_tell() -> None:
    letter = Letter()
    people = Recipients(parent=letter, field="to")
    people.untrack = True
    people.add("a@x.test")
    assert letter._track_changes == set()


def test_recipients_go_to_the_api_and_come_back() -> None:
    letter = Letter()
    wire = [{"emailAddress": {"address": "a@x.test", "name": "A"}}, {"emailAddress": {"address": "b@x.test"}}]
    people = letter._recipients_from_cloud(wire, field="to")
    assert letter._track_changes == set()
    assert [letter._recipient_to_cloud(each) for each in people] == wire
    assert letter._recipient_to_cloud(Recipient()) is None
    assert letter._recipients_from_cloud(None)._recipients == []


def test_tracked_keys_are_those_of_the_api() -> None:
    keys = TrackerSet(casing=to_camel_case)
    keys.add("is_read")
    keys.add("isRead")
    assert keys == {"isRead"}
    keys.remove("is_read")
    assert not keys
    keys.discard("is_read")
