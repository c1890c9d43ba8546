"""What happens to mail that arrives, and attachments that come in ranges."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from tests.workspace.mail.house import ANNA, BOB, House, given, raw

from postroom.errors import NotFound
from postroom.workspace.delivery import outgoing
from postroom.workspace.store import boot
from postroom.workspace.store.blobs import Blob
from postroom.workspace.workloads.items.errors import RangeRefused
from postroom.workspace.workloads.items.uploads import Uploads
from postroom.workspace.workloads.mail.mail import Mail


def waiting(house: House) -> list[tuple[str, str]]:
    """Senders and recipients of what is to be sent."""
    with house.store.read() as unit:
        return [(row.sender, row.recipient) for row in outgoing.due(unit, 100)]


def again(house: House) -> Mail:
    """Mail as another process has it."""
    return Mail(house.store, house.people, house.clock, house.settings, Uploads(house.store))


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that tells one run of the machine from another."""
    file = tmp_path / "boot"
    file.write_text("one\n")
    monkeypatch.setattr(boot, "BOOT_ID", file)
    return file


def growing(tmp_path: Path) -> Path:
    """Where files are that come in ranges."""
    return tmp_path / "workspace" / "blobs" / "growing"


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
    later = again(house)
    assert later.uploads.put(token, 6, 9, b"678").missing == ((0, 2),)
    assert later.uploads.put(token, 0, 9, b"012").missing == ()
    (found,) = later.attachments.page(ANNA.id, draft).rows
    assert base64.b64decode(found["contentBytes"]) == b"012345678"


@pytest.mark.parametrize("order", list(permutations([0, 3, 6])))
def test_an_attachment_is_what_was_sent_in_whichever_order(house: House, tmp_path: Path, order: list[int]) -> None:
    draft = house.mail.messages.create(ANNA.id, None, given())["id"]
    token = house.mail.uploads.begin(ANNA.id, draft, {"name": "f.bin", "size": 9}).token
    for begin in order:
        house.mail.uploads.put(token, begin, 9, b"012345678"[begin : begin + 3])
    (found,) = house.mail.attachments.page(ANNA.id, draft).rows
    assert base64.b64decode(found["contentBytes"]) == b"012345678"
    assert list(growing(tmp_path).iterdir()) == []


def test_a_last_range_whose_unit_failed_may_come_again_with_other_bytes(house: House, tmp_path: Path) -> None:
    """The first file has the name of its content by then, and somebody else may use it under that."""
    draft = house.mail.messages.create(ANNA.id, None, given())["id"]
    token = house.mail.uploads.begin(ANNA.id, draft, {"name": "f.bin", "size": 6}).token
    house.mail.uploads.put(token, 0, 6, b"012")
    (file,) = growing(tmp_path).iterdir()
    with growing(tmp_path).joinpath(file.name).open("r+b") as opened:
        opened.write(b"012xyz")
    first = Blob(hashlib.sha256(b"012xyz").hexdigest(), 6)
    house.store.blobs.adopt(file, first)
    assert house.mail.uploads.put(token, 3, 6, b"345").missing == ()
    (found,) = house.mail.attachments.page(ANNA.id, draft).rows
    assert base64.b64decode(found["contentBytes"]) == b"012345"
    assert house.store.blobs.read(first.hash) == b"012xyz"


def test_what_a_power_cut_took_is_missing_and_may_come_again(house: House, tmp_path: Path, runs: Path) -> None:
    mail = again(house)
    draft = mail.messages.create(ANNA.id, None, given())["id"]
    token = mail.uploads.begin(ANNA.id, draft, {"name": "f.bin", "size": 9}).token
    mail.uploads.put(token, 0, 9, b"012")
    mail.uploads.put(token, 3, 9, b"345")
    assert again(house).uploads.state(token).missing == ((6, 8),)
    (file,) = growing(tmp_path).iterdir()
    file.write_bytes(b"")
    runs.write_text("another\n")
    later = again(house)
    assert later.uploads.state(token).missing == ((0, 8),)
    assert later.uploads.put(token, 3, 9, b"345678").missing == ((0, 2),)
    assert later.uploads.put(token, 0, 9, b"012").missing == ()
    (found,) = later.attachments.page(ANNA.id, draft).rows
    assert base64.b64decode(found["contentBytes"]) == b"012345678"


@pytest.mark.parametrize(("run", "steps"), [("one", ["sync", "link"]), (None, ["sync", "sync", "sync", "link"])])
def test_ranges_are_synced_before_the_file_gets_its_name(
    house: House, monkeypatch: pytest.MonkeyPatch, runs: Path, run: str | None, steps: list[str]
) -> None:
    """With the last one; where nobody tells one run of the machine from another, each."""
    if run is None:
        runs.unlink()
    mail, done = again(house), list[str]()

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            done.append(name)
            return real(*args)

        return call

    monkeypatch.setattr(os, "fdatasync", noted("sync", os.fdatasync))
    monkeypatch.setattr(Path, "hardlink_to", noted("link", Path.hardlink_to))
    draft = mail.messages.create(ANNA.id, None, given())["id"]
    token = mail.uploads.begin(ANNA.id, draft, {"name": "f.bin", "size": 9}).token
    for begin in (0, 3):
        mail.uploads.put(token, begin, 9, b"xyz")
    assert done == steps[:-2]
    mail.uploads.put(token, 6, 9, b"xyz")
    assert done == steps


def test_ranges_of_a_message_that_went_are_removed(house: House, tmp_path: Path) -> None:
    draft = house.mail.messages.create(ANNA.id, None, given())["id"]
    token = house.mail.uploads.begin(ANNA.id, draft, {"name": "f.bin", "size": 9}).token
    house.mail.uploads.put(token, 0, 9, b"012")
    house.mail.uploads.tend()
    assert len(list(growing(tmp_path).iterdir())) == 1
    house.mail.messages.delete_permanently(ANNA.id, draft)
    house.mail.uploads.tend()
    assert list(growing(tmp_path).iterdir()) == []


def test_one_range_that_comes_several_times_at_once_counts_once(house: House) -> None:
    draft = house.mail.messages.create(ANNA.id, None, given())["id"]
    token = house.mail.uploads.begin(ANNA.id, draft, {"name": "f.bin", "size": 9}).token

    def put(_: int) -> bool:
        try:
            house.mail.uploads.put(token, 0, 9, b"012")
        except RangeRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(put, range(4))) == 1


def test_a_session_ends_and_leaves_nothing(house: House, tmp_path: Path) -> None:
    draft = house.mail.messages.create(ANNA.id, None, given())["id"]
    token = house.mail.uploads.begin(ANNA.id, draft, {"name": "f.bin", "size": 9}).token
    house.mail.uploads.put(token, 0, 9, b"012")
    house.clock.go_on(days=8)
    with pytest.raises(NotFound):
        house.mail.uploads.state(token)
    assert len(list(growing(tmp_path).iterdir())) == 1
    assert house.mail.uploads.tend() == 1
    assert list(growing(tmp_path).iterdir()) == []
    assert house.store.sweep(older_than_s=-1) == 0
