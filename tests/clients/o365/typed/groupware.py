"""Types of calendars, contacts and tasks, and of the async client."""

from __future__ import annotations

import datetime as dt
from typing import assert_type

from O365 import Account
from O365.aio import Account as AsyncAccount
from O365.aio import Listing
from O365.aio.calendar import Event as AsyncEvent
from O365.aio.message import Message as AsyncMessage
from O365.calendar import Calendar, Event, EventShowAs, Schedule
from O365.tasks import Folder, Task, ToDo


def calendars(account: Account) -> None:
    schedule = account.schedule()
    assert_type(schedule, Schedule)
    assert_type(schedule.get_default_calendar(), Calendar | None)
    event = schedule.new_event("Roof")
    assert_type(event.start, dt.datetime | None)
    assert_type(event.show_as, EventShowAs)
    assert_type(event.subject, str)
    assert_type(event.save(), bool)
    for one in schedule.get_events(include_recurring=False):
        assert_type(one, Event)


def tasks(account: Account) -> None:
    todo = account.tasks()
    assert_type(todo, ToDo)
    assert_type(todo.list_folders(), list[Folder])
    for task in todo.get_tasks():
        assert_type(task, Task)
        assert_type(task.due, dt.datetime | None)


async def awaited(account: AsyncAccount) -> None:
    messages = account.mailbox().get_messages()
    assert_type(messages, Listing[AsyncMessage])
    assert_type(await messages, list[AsyncMessage])
    async for message in messages:
        assert_type(await message.delete(), bool)
    calendar = await account.schedule().get_default_calendar()
    if calendar is not None:
        assert_type(await calendar.get_event("1"), AsyncEvent | None)
