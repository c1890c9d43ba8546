"""Folders: what they count, what is copied with them, and those that are searches."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.workspace.mail.house import ANNA, House, raw, wish
from tests.workspace.mail.house import given as message

from postroom.errors import Invalid
from postroom.workspace.workloads.mail import places

MANY = 100_000
SEED = """WITH RECURSIVE one (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM one WHERE number < :many)
INSERT INTO item (mailbox, kind, parent, key, change, created_ms, modified_ms, document)
  SELECT :mailbox, 'message', :parent, randomblob(16), 0, 0, 0, '{"isRead": false}' FROM one"""
COLUMNS = "INSERT INTO message (item, mailbox, parent, is_read) SELECT number, mailbox, parent, number % 2 FROM item \
WHERE parent = :parent AND kind = 'message'"


def counts(house: House, name: str) -> tuple[int, int]:
    found = house.mail.folders.get(ANNA.id, name)
    return found["totalItemCount"], found["unreadItemCount"]


def counted(house: House, name: str) -> tuple[int, int]:
    """By hand."""
    rows = house.mail.messages.page(ANNA.id, name, wish(select="isRead", top="1000")).rows
    return len(rows), sum(not row["isRead"] for row in rows)


FOLDERS = ("inbox", "drafts", "deleteditems", "archive")
STEP = st.tuples(st.sampled_from(("deliver", "draft", "read", "move", "copy", "delete", "purge")), st.integers(0, 20))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=15))
def test_counts_are_right_whatever_is_done(house: House, steps: list[tuple[str, int]]) -> None:
    for what, number in steps:
        do(house, what, number)
    assert {name: counts(house, name) for name in FOLDERS} == {name: counted(house, name) for name in FOLDERS}


def do(house: House, what: str, number: int) -> None:
    messages = house.mail.messages
    if what == "deliver":
        house.mail.deliver("carl@elsewhere.test", [ANNA.address], raw(f"m{number}"))
        return
    if what == "draft":
        messages.create(ANNA.id, None, message())
        return
    rows = messages.page(ANNA.id, None, wish(select="isRead", top="1000")).rows
    if not rows:
        return
    row = rows[number % len(rows)]
    act: dict[str, Any] = {
        "read": lambda: messages.update(ANNA.id, row["id"], {"isRead": not row["isRead"]}),
        "move": lambda: messages.move(ANNA.id, row["id"], FOLDERS[number % 4]),
        "copy": lambda: messages.copy(ANNA.id, row["id"], FOLDERS[number % 4]),
        "delete": lambda: messages.delete(ANNA.id, row["id"]),
        "purge": lambda: messages.delete_permanently(ANNA.id, row["id"]),
    }
    act[what]()


def test_a_folder_with_100000_messages_counts_them_at_once(house: House) -> None:
    house.mail.folders.get(ANNA.id, "inbox")
    with house.store.write() as unit:
        inbox = places.known(unit, ANNA.id, "inbox")
        mailbox = unit.connection.execute("SELECT mailbox FROM item WHERE number = ?", (inbox.number,)).fetchone()[0]
        told = {"many": MANY, "mailbox": mailbox, "parent": inbox.number}
        unit.connection.execute(SEED, told)
        unit.connection.execute(COLUMNS, told)
    assert counts(house, "inbox") == (MANY, MANY // 2)
    with house.store.read() as unit:
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        # In thousands of steps of SQLite's machine, which do not hang on how busy this one is.
        unit.connection.set_progress_handler(step, 1000)
        try:
            assert places.counts(unit, inbox) == (MANY, MANY // 2)
        finally:
            unit.connection.set_progress_handler(None, 0)
    assert steps == 0


def test_a_copied_folder_has_all_that_is_in_it(house: House) -> None:
    top = house.mail.folders.create(ANNA.id, None, {"displayName": "House"})["id"]
    below = house.mail.folders.create(ANNA.id, top, {"displayName": "Roof"})["id"]
    house.mail.deliver("carl@elsewhere.test", [ANNA.address], raw("leak", body="It rains"))
    received = house.one(ANNA)
    house.mail.messages.move(ANNA.id, received["id"], below)
    draft = house.mail.messages.create(ANNA.id, top, message("plan"))
    file = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "plan.txt", "contentBytes": "cGxhbg=="}
    house.mail.attachments.add(ANNA.id, draft["id"], file)

    copied = house.mail.folders.copy(ANNA.id, top, "archive")
    assert copied["totalItemCount"] == 1
    (inner,) = house.mail.folders.page(ANNA.id, copied["id"]).rows
    assert (inner["displayName"], inner["totalItemCount"], inner["unreadItemCount"]) == ("Roof", 1, 1)
    leak, plan = house.one(ANNA, inner["id"]), house.one(ANNA, copied["id"], expand="attachments")
    assert house.mail.messages.mime(ANNA.id, leak["id"]) == raw("leak", body="It rains")
    assert [one["name"] for one in plan["attachments"]] == ["plan.txt"]
    assert len(house.mail.messages.page(ANNA.id, None, wish(search='"rains"')).rows) == 2

    house.mail.folders.delete(ANNA.id, top, permanently=True)
    assert house.names(ANNA, inner["id"]) == ["leak"]
    assert house.mail.attachments.content(ANNA.id, plan["id"], plan["attachments"][0]["id"])[1] == b"plan"


def test_a_search_folder_shows_and_counts_what_it_looks_for(house: House) -> None:
    top = house.mail.folders.create(ANNA.id, None, {"displayName": "House"})["id"]
    below = house.mail.folders.create(ANNA.id, top, {"displayName": "Roof"})["id"]
    for name, folder in (("roof one", top), ("roof two", below), ("cellar", top), ("roof three", "drafts")):
        house.mail.messages.create(ANNA.id, folder, message(name))
    search = {
        "@odata.type": "#microsoft.graph.mailSearchFolder",
        "displayName": "Roofs",
        "sourceFolderIds": [top],
        "filterQuery": "contains(subject, 'roof')",
    }
    made = house.mail.folders.create(ANNA.id, "searchfolders", {**search, "includeNestedFolders": True})
    assert (made["totalItemCount"], made["unreadItemCount"]) == (2, 0)
    assert sorted(house.names(ANNA, made["id"])) == ["roof one", "roof two"]
    first = house.one(ANNA, made["id"], filter="endswith(subject, 'two')")
    house.mail.messages.update(ANNA.id, first["id"], {"isRead": False})
    assert counts(house, made["id"]) == (2, 1)
    changed = house.mail.folders.update(ANNA.id, made["id"], {"includeNestedFolders": False})
    assert changed["totalItemCount"] == 1
    house.mail.folders.delete(ANNA.id, made["id"])
    assert len(house.mail.messages.page(ANNA.id, None).rows) == 4


@pytest.mark.parametrize("query", ["isRead eq 'x'", "bogus eq 1", "subject eq", "contains(isRead, 'x')"])
def test_a_search_folder_with_a_query_that_messages_do_not_have_is_refused(house: House, query: str) -> None:
    search = {
        "@odata.type": "#microsoft.graph.mailSearchFolder",
        "displayName": "x",
        "sourceFolderIds": ["inbox"],
        "filterQuery": query,
    }
    with pytest.raises(Invalid):
        house.mail.folders.create(ANNA.id, None, search)
