"""The client against the server: what one writes the other keeps and gives back."""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from O365 import Account
from O365.category import CategoryColor
from O365.mailbox import AutoReplyStatus, ExternalAudience, MailBox
from O365.message import Flag, Message
from postroom.testing.local import LocalGraph, User, local_graph

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture(scope="module")
def people(graph: LocalGraph) -> dict[str, User]:
    return {name: graph.user(f"{name}@acme.test", name=name.title()) for name in ("anna", "bob")}


@pytest.fixture
def anna(graph: LocalGraph, people: dict[str, User]) -> Account:
    return graph.account(people["anna"])


@pytest.fixture
def bob(graph: LocalGraph, people: dict[str, User]) -> Account:
    return graph.account(people["bob"])


def find(mailbox: Any, subject: str) -> Message:
    found: Message = mailbox.get_messages(query=mailbox.q().equals("subject", subject))[0]
    return found


def test_a_message_arrives_with_all_that_it_had(anna: Account, bob: Account, people: dict[str, User]) -> None:
    message = anna.new_message()
    message.to.add(people["bob"].address)
    message.subject = "It's the roof"
    message.body_type = "text"
    message.body = "It leaks"
    message.importance = "high"
    message.add_message_header("X-Ticket", "7")
    message.attachments.add((io.BytesIO(b"wet"), "photo.jpg"))
    assert message.send()
    inbox = bob.mailbox().inbox_folder()
    arrived = find(inbox, "It's the roof")
    assert (arrived.sender.address, arrived.importance.value, arrived.is_read) == ("anna@acme.test", "high", False)
    assert arrived.get_body_text().strip() == "It leaks"
    assert arrived.attachments.download_attachments()
    assert [(one.name, one._bytes()) for one in arrived.attachments] == [("photo.jpg", b"wet")]
    whole = inbox.get_message(arrived.object_id, query=inbox.q().select("internet_message_headers"))
    assert whole is not None
    assert ("X-Ticket", "7") in [(header["name"], header["value"]) for header in whole.message_headers]


def test_large_attachments_are_sent_and_come_whole(anna: Account, bob: Account, people: dict[str, User]) -> None:
    content = os.urandom(7 * MIB)
    message = anna.new_message()
    message.to.add(people["bob"].address)
    message.subject = "Plans"
    message.attachments.add([(io.BytesIO(content), "plan.pdf"), (io.BytesIO(b"x"), "x.bin")])
    assert message.send()
    arrived = find(bob.mailbox(), "Plans")
    assert arrived.attachments.download_attachments()
    assert {one.name: one._bytes() for one in arrived.attachments} == {"plan.pdf": content, "x.bin": b"x"}


def test_attachments_of_a_draft_come_and_go(anna: Account) -> None:
    mailbox = anna.mailbox()
    draft = mailbox.new_message()
    draft.subject = "Changing"
    draft.attachments.add([(io.BytesIO(b"1"), "one"), (io.BytesIO(b"2"), "two")])
    assert draft.save_draft()
    draft.attachments.remove("one")
    draft.attachments.add((io.BytesIO(bytes(4 * MIB)), "three"))
    assert draft.save_draft()
    again = mailbox.get_message(draft.object_id, download_attachments=True)
    assert again is not None
    assert sorted((one.name or "", len(one._bytes())) for one in again.attachments) == [("three", 4 * MIB), ("two", 1)]


def test_a_message_travels_within_another_one(anna: Account, bob: Account, people: dict[str, User]) -> None:
    inner = anna.new_message()
    inner.subject, inner.body = "Evidence", "As I said"
    outer = anna.new_message()
    outer.to.add(people["bob"].address)
    outer.subject = "See inside"
    outer.attachments.add(inner)
    assert outer.send()
    arrived = find(bob.mailbox(), "See inside")
    assert arrived.attachments.download_attachments()
    assert arrived.attachments[0].attachment_type == "item"
    assert arrived.attachments.get_eml_as_object(arrived.attachments[0]).subject == "Evidence"
    content = arrived.attachments.get_mime_content(arrived.attachments[0])
    assert content is not None
    assert b"Evidence" in content


def test_an_answer_quotes_and_goes_back(anna: Account, bob: Account, people: dict[str, User]) -> None:
    question = anna.new_message()
    question.to.add(people["bob"].address)
    question.subject, question.body = "Monday?", "Will you come?"
    assert question.send()
    received = find(bob.mailbox(), "Monday?")
    reply = received.reply(to_all=False)
    assert reply is not None
    assert "anna@acme.test" in reply.to
    reply.body = "We will."
    assert reply.send()
    answer = find(anna.mailbox(), "RE: Monday?")
    text = answer.get_body_text()
    assert text.index("We will.") < text.index("Will you come?")
    assert answer.conversation_id == find(anna.mailbox().sent_folder(), "Monday?").conversation_id


def test_flags_categories_and_reading_are_kept(anna: Account, graph: LocalGraph, people: dict[str, User]) -> None:
    graph.deliver(b"Subject: Keep\r\n\r\nx", people["anna"])
    mailbox = anna.mailbox()
    message = find(mailbox, "Keep")
    due = dt.datetime(2030, 5, 5, 8)
    message.flag.set_flagged(start_date=dt.datetime(2030, 5, 4, 8), due_date=due)
    message.add_category("House")
    message.importance = "low"
    assert message.save_message()
    assert message.mark_as_read()
    again = mailbox.get_message(message.object_id)
    assert again is not None
    assert (again.flag.status, again.categories, again.is_read) == (Flag.Flagged, ["House"], True)
    assert again.importance.value == "low"
    assert again.flag.due_date == due.replace(tzinfo=anna.protocol.timezone)


def test_a_list_goes_over_its_pages(anna: Account, graph: LocalGraph, people: dict[str, User]) -> None:
    for number in range(23):
        graph.deliver(f"Subject: Page {number:02}\r\n\r\nx".encode(), people["anna"])
    inbox = anna.mailbox().inbox_folder()
    query = inbox.q().startswith("subject", "Page ")
    subjects = [message.subject for message in inbox.get_messages(limit=None, query=query, batch=5)]
    assert sorted(subjects) == [f"Page {number:02}" for number in range(23)]
    some = inbox.get_messages(limit=12, query=query, order_by="subject", batch=5)
    assert [message.subject for message in some[10:]] == ["Page 10", "Page 11"]


def test_folders_are_made_moved_copied_and_removed(anna: Account, graph: LocalGraph, people: dict[str, User]) -> None:
    mailbox = anna.mailbox()
    work, play = mailbox.create_child_folder("O'Brien"), mailbox.create_child_folder("Play")
    assert work is not None
    assert play is not None
    assert mailbox.get_folder(folder_name="O'Brien") == work
    graph.deliver(b"Subject: Move me\r\n\r\nx", people["anna"])
    message = find(mailbox.inbox_folder(), "Move me")
    assert message.move(work)
    assert find(work, "Move me") == message
    copied = work.copy_folder(play)
    assert copied is not None
    assert [one.subject for one in copied.get_messages()] == ["Move me"]
    assert copied.update_folder_name("Copy")
    assert work.move_folder(play)
    assert work.parent == play
    assert {folder.folder_id for folder in play.get_folders()} == {work.folder_id, copied.folder_id}
    assert work.update_folder_name("Work")
    assert work.refresh_folder()
    assert (work.name, work.total_items_count) == ("Work", 1)
    assert copied.delete()
    assert [folder.name for folder in play.get_folders()] == ["Work"]


def test_a_message_as_it_travelled(anna: Account, graph: LocalGraph, people: dict[str, User], tmp_path: Path) -> None:
    graph.deliver(b"Subject: As it was\r\nX-Odd:   kept\r\n\r\nx\r\n", people["anna"])
    assert find(anna.mailbox(), "As it was").save_as_eml(tmp_path / "mail")
    assert b"X-Odd:   kept\r\n" in (tmp_path / "mail.eml").read_bytes()


def test_settings_are_kept(anna: Account) -> None:
    mailbox: MailBox = anna.mailbox()
    settings = mailbox.get_settings()
    settings.timezone = "Pacific Standard Time"
    settings.workinghours = {
        "daysOfWeek": ["monday", "friday"],
        "startTime": "09:00:00.0000000",
        "endTime": "15:00:00.0000000",
        "timeZone": {"name": "Pacific Standard Time"},
    }
    assert settings.save()
    start, end = dt.datetime(2030, 3, 3, 9), dt.datetime(2030, 3, 4, 9)
    assert mailbox.set_automatic_reply("Internal", "External", start, end, ExternalAudience.CONTACTSONLY)
    again = mailbox.get_settings()
    assert again.timezone == "Pacific Standard Time"
    assert again.workinghours["daysOfWeek"] == ["monday", "friday"]
    replies = again.automaticrepliessettings
    assert (replies.status, replies.external_audience) == (AutoReplyStatus.SCHEDULED, ExternalAudience.CONTACTSONLY)
    assert replies.scheduled_startdatetime == start.replace(tzinfo=anna.protocol.timezone)
    assert mailbox.set_disable_reply()
    assert mailbox.get_settings().automaticrepliessettings.status is AutoReplyStatus.DISABLED


def test_categories_are_kept(anna: Account) -> None:
    categories = anna.outlook_categories()
    made = categories.create_category("Offers")
    assert made is not None
    assert made.color is not None
    assert made.update_color("dark green")
    assert categories.create_category("Plain", color=None) is not None
    colors = {one.name: one.color for one in categories.get_categories()}
    assert (colors["Offers"], colors["Plain"]) == (CategoryColor.DARKGREEN, None)
    assert made.delete()
    assert "Offers" not in {one.name for one in categories.get_categories()}


def test_people_are_found_in_the_directory(anna: Account, people: dict[str, User]) -> None:
    directory = anna.directory()
    query = directory.new_query("display_name")
    query.startswith("Bo")
    assert [user.mail for user in directory.get_users(query=query)] == [people["bob"].address]
    bob = directory.get_user(people["bob"].address)
    assert bob is not None
    assert bob.object_id == people["bob"].id
    assert bob.get_profile_photo() is None
    me = anna.directory(resource="me").get_current_user()
    assert me is not None
    assert me.mail == people["anna"].address
