"""What happens to mail that arrives, and attachments that come in ranges."""

from __future__ import annotations

import base64

import pytest
from tests.workspace.mail.house import ANNA, BOB, House, given, raw

from postroom.errors import NotFound
from postroom.workspace.delivery import outgoing
from postroom.workspace.workloads.mail.errors import RangeRefused
from postroom.workspace.workloads.mail.mail import Mail


def waiting(house: House) -> list[tuple[str, str]]:
    """Senders and recipients of what is to be sent."""
    with house.store.read() as unit:
        return [(row.sender, row.recipient) for row in outgoing.due(unit, 100)]


def test_rules_sort_mark_copy_and_pass_on(house: House) -> None:
    actions = {
        "moveToFolder": "archive",
        "copyToFolder": "drafts",
        "markAsRead": True,
        "assignCategories": ["Red"],
        "redirectTo": [{"emailAddress": {"address": "x@elsewhere.test"}}],
        "forwardTo": [{"emailAddress": {"address": "y@elsewhere.test"}}],
    }
    rule = {"displayName": "r", "conditions": {"subjectContains": ["roof"]}, "actions": actions}
    house.mail.rules.create(ANNA.id, "inbox", rule)
    house.mail.deliver("carl@elsewhere.test", ["anna@example.org"], raw())
    house.mail.deliver("carl@elsewhere.test", ["anna@example.org"], raw("Other"))
    found = house.one(ANNA, "archive")
    assert (found["isRead"], found["categories"]) == (True, ["Red"])
    assert house.names(ANNA, "drafts") == ["Roof"]
    assert house.names(ANNA) == ["Other"]
    assert waiting(house) == [("carl@elsewhere.test", "x@elsewhere.test"), ("anna@example.org", "y@elsewhere.test")]


def test_nobody_passes_a_message_on_twice(house: House) -> None:
    rule = {"displayName": "r", "actions": {"redirectTo": [{"emailAddress": {"address": "bob@example.org"}}]}}
    house.mail.rules.create(ANNA.id, "inbox", rule)
    house.mail.deliver("", ["anna@example.org"], raw(X_Postroom_Forwarded_By="anna@example.org"))
    assert waiting(house) == []


def test_each_sender_gets_one_automatic_reply(house: House) -> None:
    reply = {"status": "alwaysEnabled", "externalAudience": "all", "externalReplyMessage": "Away"}
    house.mail.settings.update(BOB.id, {"automaticRepliesSetting": reply})
    for name in ("one", "two"):
        house.mail.deliver("carl@elsewhere.test", ["bob@example.org"], raw(name, to="bob@example.org"))
    house.mail.deliver("eve@elsewhere.test", ["bob@example.org"], raw("three", to="bob@example.org"))
    assert waiting(house) == [("", "carl@elsewhere.test"), ("", "eve@elsewhere.test")]


def answered(house: House) -> list[str]:
    """The senders that are remembered."""
    with house.store.read() as unit:
        return [row["sender"] for row in unit.connection.execute("SELECT sender FROM replied ORDER BY sender")]


def test_who_was_answered_is_forgotten_when_the_time_of_the_reply_is_over(house: House) -> None:
    times = {f"scheduled{name}DateTime": {"dateTime": f"2026-0{month}-01T00:00:00", "timeZone": "UTC"}
             for name, month in (("Start", 1), ("End", 3))}  # fmt: skip
    reply = {"status": "scheduled", "externalAudience": "all", "externalReplyMessage": "Away", **times}
    house.mail.settings.update(BOB.id, {"automaticRepliesSetting": reply})
    house.mail.deliver("carl@elsewhere.test", ["bob@example.org"], raw(to="bob@example.org"))
    house.clock.go_on(days=28)
    house.mail.tend()
    assert answered(house) == ["carl@elsewhere.test"]
    house.clock.go_on(days=1)
    house.mail.tend()
    assert answered(house) == []
    house.mail.deliver("carl@elsewhere.test", ["bob@example.org"], raw("later", to="bob@example.org"))
    assert waiting(house) == [("", "carl@elsewhere.test")]


def test_who_was_answered_by_a_reply_without_an_end_is_remembered_for_a_year(house: House) -> None:
    reply = {"status": "alwaysEnabled", "externalAudience": "all", "externalReplyMessage": "Away"}
    house.mail.settings.update(BOB.id, {"automaticRepliesSetting": reply})
    house.mail.deliver("carl@elsewhere.test", ["bob@example.org"], raw(to="bob@example.org"))
    house.clock.go_on(days=364)
    house.mail.tend()
    house.mail.deliver("carl@elsewhere.test", ["bob@example.org"], raw("again", to="bob@example.org"))
    assert waiting(house) == [("", "carl@elsewhere.test")]
    house.clock.go_on(days=2)
    house.mail.tend()
    assert answered(house) == []


def test_junk_goes_to_junk(house: House) -> None:
    house.mail.deliver("", ["anna@example.org"], raw(X_Spam_Flag="YES"))
    assert house.names(ANNA, "junkemail") == ["Roof"]


def test_ranges_may_come_in_any_order_and_after_a_restart(house: House) -> None:
    draft = house.mail.messages.create(ANNA.id, None, given())["id"]
    token = house.mail.uploads.begin(ANNA.id, draft, {"name": "f.bin", "size": 9}).token
    assert house.mail.uploads.put(token, 3, 9, b"345").missing == ((0, 2), (6, 8))
    with pytest.raises(RangeRefused):
        house.mail.uploads.put(token, 2, 9, b"23")
    later = Mail(house.store, house.people, house.clock, house.settings)
    assert later.uploads.put(token, 6, 9, b"678").missing == ((0, 2),)
    assert later.uploads.put(token, 0, 9, b"012").missing == ()
    (found,) = later.attachments.page(ANNA.id, draft).rows
    assert base64.b64decode(found["contentBytes"]) == b"012345678"


def test_a_session_ends_and_leaves_nothing(house: House) -> None:
    draft = house.mail.messages.create(ANNA.id, None, given())["id"]
    token = house.mail.uploads.begin(ANNA.id, draft, {"name": "f.bin", "size": 9}).token
    house.mail.uploads.put(token, 0, 9, b"012")
    house.clock.go_on(days=8)
    with pytest.raises(NotFound):
        house.mail.uploads.state(token)
    assert house.mail.uploads.tend() == 1
    assert house.store.sweep(older_than_s=-1) == 1
