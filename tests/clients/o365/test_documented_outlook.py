"""What the documentation of the original shows of contacts, calendars and tasks works as shown, on our server."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from examples.o365 import address_cards, asynchronous, meetings, to_do
from tests.clients.o365.guides import connecting

from O365 import Account
from O365.address_book import AddressBook
from O365.calendar import EventResponse, Schedule
from O365.tasks import ToDo
from O365.utils import MemoryTokenBackend
from postroom.testing import LocalGraph, User


@pytest.fixture(scope="module")
def anna(session_graph: LocalGraph) -> User:
    return session_graph.user("anna@outlook.example", name="Anna Berg")


@pytest.fixture(scope="module")
def bert(session_graph: LocalGraph) -> User:
    return session_graph.user("bert@outlook.example", name="Bert Berg")


@pytest.fixture(scope="module")
def account(session_graph: LocalGraph, anna: User) -> Account:
    return session_graph.account(anna, timezone="Europe/Berlin")


@pytest.fixture(scope="module")
def schedule(account: Account) -> Schedule:
    return account.schedule()


@pytest.fixture(scope="module")
def todo(account: Account) -> ToDo:
    return account.tasks()


# Contacts.


def test_contacts_of_a_folder_get_a_message(account: Account) -> None:
    address_book: AddressBook = account.address_book()
    made = address_book.create_child_folder("Work Contacts")
    assert made is not None
    for number in range(3):
        one = made.new_contact()
        one.name = f"Worker {number}"
        one.emails.add(f"worker{number}@outlook.example")
        assert one.save()

    contacts = address_book.get_contacts(limit=None)
    assert not [one for one in contacts if one.name.startswith("Worker")]
    work_contacts_folder = address_book.get_folder(folder_name="Work Contacts")
    assert work_contacts_folder is not None
    message_to_all_contacts_in_folder = work_contacts_folder.new_message()
    message_to_all_contacts_in_folder.subject = "Hallo!"
    message_to_all_contacts_in_folder.body = "George Best quote: I stopped drinking, but only while I was asleep."
    assert len(message_to_all_contacts_in_folder.to) == 3
    assert message_to_all_contacts_in_folder.send()

    child_folders = address_book.get_folders(25)
    assert [(folder.name, bool(folder.parent_id)) for folder in child_folders] == [("Work Contacts", True)]
    assert address_book.create_child_folder("new folder") is not None


def test_a_contact_of_an_address_book(account: Account) -> None:
    address_book = account.address_book()
    new_contact = address_book.new_contact()
    new_contact.name = "George Best"
    new_contact.job_title = "football player"
    new_contact.emails.add("george@best.example")
    assert new_contact.save()
    found = address_book.get_contact_by_email("george@best.example")
    assert found == new_contact
    assert found.job_title == "football player"
    message = new_contact.new_message()
    assert [one.address for one in message.to] == ["george@best.example"]
    assert new_contact.delete()
    assert address_book.get_contact_by_email("george@best.example") is None


def test_the_global_address_list(account: Account, anna: User) -> None:
    global_address_list = account.directory()
    assert repr(account.address_book(address_book="gal")) == repr(global_address_list)
    q = global_address_list.new_query("display_name")
    q.startswith("Anna")
    assert anna.address in [user.user_principal_name for user in global_address_list.get_users(query=q)]
    contact = global_address_list.get_user(anna.address)
    assert contact is not None
    assert contact.mail == anna.address


# Calendars.


def test_a_series_of_the_default_calendar(schedule: Schedule) -> None:
    calendar = schedule.get_default_calendar()
    assert calendar is not None
    new_event = calendar.new_event()
    new_event.subject = "Recruit George Best!"
    new_event.location = "England"
    new_event.start = dt.datetime(2019, 9, 5, 19, 45)
    assert new_event.start == dt.datetime(2019, 9, 5, 19, 45, tzinfo=schedule.protocol.timezone)
    new_event.recurrence.set_daily(1, end=dt.datetime(2019, 9, 10))
    new_event.remind_before_minutes = 45
    assert new_event.save()

    found = calendar.get_event(new_event.object_id)
    assert found is not None
    assert (found.location["displayName"], found.remind_before_minutes) == ("England", 45)
    days = found.get_occurrences(dt.datetime(2019, 9, 6), dt.datetime(2019, 9, 9, 19, 45))
    assert [f"{one.start:%d %H}" for one in days] == ["06 19", "07 19", "08 19"]


def test_events_of_a_calendar_are_answered(schedule: Schedule, session_graph: LocalGraph, bert: User) -> None:
    assert schedule.new_calendar("Birthdays") is not None
    calendar = schedule.get_calendar(calendar_name="Birthdays")
    assert calendar is not None
    calendar.name = "Football players birthdays"
    assert calendar.update()
    assert schedule.get_calendar(calendar_name="Football players birthdays") == calendar

    theirs = session_graph.account(bert, timezone="Europe/Berlin").schedule()
    for subject in ("George Best Birthday", "Another Birthday"):
        invitation = theirs.new_event(subject)
        invitation.start = dt.datetime(2018, 5, 22, 10)
        invitation.attendees.add("anna@outlook.example")
        assert invitation.save()

    q = calendar.new_query("start").greater_equal(dt.datetime(2018, 5, 20))
    q.chain("and").on_attribute("end").less_equal(dt.datetime(2018, 5, 24))
    birthdays = list(schedule.get_events(query=q, include_recurring=True))
    assert {event.subject for event in birthdays} == {"George Best Birthday", "Another Birthday"}
    for event in birthdays:
        if event.subject == "George Best Birthday":
            assert event.accept("I'll attend!")
        else:
            assert event.decline("No way I'm coming, I'll be in Spain", send_response=False)
    (kept,) = schedule.get_events(query=q)
    assert kept.response_status is not None
    assert kept.response_status.status is EventResponse.Accepted


def test_an_attachment_follows_a_saved_event(schedule: Schedule) -> None:
    event = schedule.new_event("Plan")
    event.start = dt.datetime(2026, 5, 5, 10)
    assert event.save()
    event.attachments.add([(b"x" * 3_500_000, "plan.bin"), (b"y", "note.txt")])
    assert event.save()
    (found,) = schedule.get_events(include_recurring=False, query="subject eq 'Plan'", download_attachments=True)
    assert sorted((one.name, one.size) for one in found.attachments)[1][0] == "plan.bin"
    assert found.delete()


# Tasks.


def test_a_task_of_the_default_list(todo: ToDo) -> None:
    folder = todo.get_default_folder()
    assert folder is not None
    new_task = folder.new_task()
    new_task.subject = "Send contract to George Best"
    new_task.due = dt.datetime(2020, 9, 25, 18, 30)
    assert new_task.save()
    new_task.mark_completed()
    assert new_task.save()
    found = folder.get_task(new_task.task_id)
    assert found is not None
    assert found.is_completed
    assert found.completed is not None


def test_lists_are_renamed_and_their_tasks_printed(todo: ToDo, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Defenders", "Strikers"):
        new_folder = todo.new_folder(name)
        assert new_folder is not None
        assert new_folder.new_task("Run").save()
    folder = todo.get_folder(folder_name="Strikers")
    assert folder is not None
    folder.name = "Forwards"
    assert folder.update()
    task_list = folder.get_tasks()
    for task in task_list:
        print(task)
        print()
    assert capsys.readouterr().out == "Task: (o) Run\n\n"


# Examples.


@pytest.fixture
def as_anna(session_graph: LocalGraph, anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for example in (address_cards, meetings, to_do):
        monkeypatch.setattr(example, "connect", connecting(session_graph, anna, timezone="Europe/Berlin"))


@pytest.mark.usefixtures("as_anna")
def test_the_examples(capsys: pytest.CaptureFixture[str], bert: User) -> None:
    def told(example: Any, *arguments: str) -> list[str]:
        example.main(list(arguments))
        return capsys.readouterr().out.splitlines()

    assert told(address_cards, "--name", "Pat Best", "--email", "pat@best.example") == [
        "Pat Best is in the address book now.", "Pat Best <pat@best.example>"]  # fmt: skip
    assert told(address_cards, "--name", "Pat Best", "--email", "pat@best.example")[0] == "Pat Best was there already."
    lines = told(meetings, "--with", bert.address, "--on", "2026-06-01")
    assert lines[0].startswith(f"{bert.address}: ")
    assert lines[1:] == [f"2026-06-{day:02} 10:00 Site meeting" for day in (1, 8, 15, 22)]
    assert told(to_do, "Roof", "Measure", "Buy slates") == ["Roof: Measure", "Roof: Buy slates", "Done: Measure"]


def test_the_async_example(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, session_graph: LocalGraph, anna: User
) -> None:
    who = {"auth_flow_type": "password", "username": anna.address, "password": anna.password, "main_resource": "me"}
    monkeypatch.setattr(asynchronous, "OPTIONS", {**who, "token_backend": MemoryTokenBackend()})
    monkeypatch.delenv("O365_CLIENT_SECRET", raising=False)
    places = ["--base-url", session_graph.base_url, "--authority", session_graph.authority]
    app = ["--client-id", session_graph.app.id, "--tenant", session_graph.tenant]
    asynchronous.main([*app, *places, "--ca-file", str(session_graph.ca_file)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Inbox: ")
    assert "Archive: empty" in lines
