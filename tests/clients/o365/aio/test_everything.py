"""The async classes against the plain ones, and all of them against our server."""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib
import inspect
import io
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from O365.aio import Account, Listing, send_many, together
from O365.aio._registry import TWINS
from O365.aio._twin import Twin
from O365.aio.excel import WorkBook
from O365.utils import MemoryTokenBackend
from postroom.testing import LocalGraph, User

SURFACE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "surface.json").read_text())
LARGE = bytes(range(256)) * 17_000  # 4.3 MB: more than goes at once


@pytest.fixture(scope="module")
def anna(session_graph: LocalGraph) -> User:
    return session_graph.user("anna@async.example", name="Anna Berg")


@pytest.fixture
def account(session_graph: LocalGraph, anna: User) -> Account:
    return Account(
        (session_graph.app.id,),
        auth_flow_type="password",
        username=anna.address,
        password=anna.password,
        tenant_id=session_graph.tenant,
        authority=session_graph.authority,
        base_url=session_graph.base_url,
        verify_ssl=str(session_graph.ca_file),
        token_backend=MemoryTokenBackend(),
        main_resource="me",
        timezone="Europe/Berlin",
    )


def signed_in(account: Account, work: Any) -> None:
    async def whole() -> None:
        async with account:
            assert await account.authenticate()
            await work(account)

    asyncio.run(whole())


@pytest.mark.parametrize(
    "place", [f"{module}.{name}" for module in SURFACE for name in SURFACE[module].get("classes", {})]
)
def test_async_classes_have_the_methods_of_the_plain_ones(place: str) -> None:
    module, _, name = place.rpartition(".")
    plain = getattr(importlib.import_module(module), name)
    home = TWINS.get(f"{plain.__module__}.{plain.__qualname__}")
    if home is None:
        return
    twin = getattr(importlib.import_module(home), name)
    assert issubclass(twin, Twin)
    for method, text in SURFACE[module]["classes"][name].get("methods", {}).items():
        if text.startswith(("classmethod", "staticmethod")) or hasattr(
            importlib.import_module("O365.utils").ApiComponent, method
        ):
            continue
        ours, theirs = (list(inspect.signature(getattr(one, method)).parameters) for one in (twin, plain))
        assert ours == theirs, method


def test_what_makes_requests_is_awaited(account: Account) -> None:
    box = account.mailbox()
    assert inspect.iscoroutinefunction(box.get_message)
    assert isinstance(box.get_messages(), Listing)
    assert not inspect.iscoroutinefunction(box.inbox_folder)
    assert not inspect.iscoroutinefunction(account.schedule().new_event)


def test_mail(account: Account) -> None:
    async def work(account: Account) -> None:
        box = account.mailbox()

        async def draft(number: int) -> bool:
            message = account.new_message()
            message.subject, message.body = f"Draft {number:02}", "x"
            return await message.save_draft()

        assert all(await together([partial(draft, number) for number in range(12)]))
        drafts = box.drafts_folder()
        subjects = [one.subject async for one in drafts.get_messages(limit=None, order_by="subject", batch=5)]
        assert subjects == [f"Draft {number:02}" for number in range(12)]
        (first,) = await drafts.get_messages(limit=1, order_by="subject")
        first.attachments.add([(LARGE, "large.bin")])
        assert await first.save_draft()
        found = await box.get_message(first.object_id, download_attachments=True)
        assert found is not None
        assert [len(one) for one in found.attachments] == [len(LARGE)]
        assert await found.get_mime_content()
        folder = await box.create_child_folder("Kept")
        assert folder is not None
        assert await found.move(folder)
        assert await folder.refresh_folder()
        assert (folder.total_items_count, await folder.delete()) == (1, True)
        greetings = [account.new_message() for _ in range(3)]
        for greeting in greetings:
            greeting.to.add("anna@async.example")
        assert [answer.ok for answer in await send_many(account, greetings)] == [True] * 3
        user = await account.directory().get_user("anna@async.example")
        assert user is not None
        assert user.display_name == "Anna Berg"

    signed_in(account, work)


def test_calendar_contacts_and_tasks(account: Account) -> None:
    async def work(account: Account) -> None:
        calendar = await account.schedule().get_default_calendar()
        assert calendar is not None
        event = calendar.new_event("Roof")
        event.start = dt.datetime(2026, 5, 4, 10)
        event.recurrence.set_daily(1, occurrences=3)
        assert await event.save()
        days = [one.start.day async for one in calendar.get_events(start_recurring=dt.date(2026, 5, 1),
                                                                   end_recurring=dt.date(2026, 6, 1))]  # fmt: skip
        assert days == [4, 5, 6]
        assert await event.delete()
        contact = account.address_book().new_contact()
        contact.name = "George"
        contact.emails.add("george@best.example")
        assert await contact.save()
        assert await account.address_book().get_contact_by_email("george@best.example") == contact
        task = await account.tasks().new_task("Send it")
        assert await task.save()
        step = task.new_checklist_item("Print it")
        step.mark_checked()
        assert await step.save()
        assert [one.is_checked for one in await task.get_checklist_items()] == [True]

    signed_in(account, work)


def test_files(account: Account, tmp_path: Path) -> None:
    async def work(account: Account) -> None:
        drive = await account.storage().get_default_drive()
        assert drive is not None
        root: Any = await drive.get_root_folder()
        folder = await root.create_child_folder("Async")
        names = [f"{number}.txt" for number in range(8)]
        await together([partial(folder.upload_file, None, name, stream=io.BytesIO(name.encode())) for name in names])
        assert await folder.upload_file(None, "large.bin", stream=io.BytesIO(LARGE))
        assert sorted([item.name async for item in folder.get_items()]) == [*names, "large.bin"]
        await folder.download_contents(tmp_path / "copy")
        assert sorted(path.name for path in (tmp_path / "copy").rglob("*") if path.is_file()) == [*names, "large.bin"]
        assert next((tmp_path / "copy").rglob("large.bin")).read_bytes() == LARGE
        item: Any = await drive.get_item_by_path("/Async/0.txt")
        operation = await item.copy(name="copied.txt")
        shown = [state async for state in operation.check_status(0.01)]
        assert shown[-1] == ("completed", 100.0)
        assert (await operation.get_item()).name == "copied.txt"
        sheet = Workbook()
        sheet.worksheets[0].append(["slates", 35])
        sheet.save(tmp_path / "roof.xlsx")
        file = await folder.upload_file(tmp_path / "roof.xlsx")
        book = await WorkBook.open(file, persist=True)
        assert [one.name for one in await book.get_worksheets()] == ["Sheet"]
        page: Any = await book.get_worksheet("Sheet")
        cells = await page.get_range("A1:B1")
        assert cells.values == [["slates", 35]]
        cells.values = [["slates", 40]]
        assert await cells.update()
        looks = await cells.get_format()
        assert await looks.refresh()
        assert looks.font.bold is False
        assert await book.session.close_session()
        batch = account.batch()
        batch.get("me", "/me")
        answers = await batch.run()
        assert answers["me"].json()["displayName"] == "Anna Berg"

    signed_in(account, work)
