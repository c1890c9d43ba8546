"""The next page of a list is asked for while a program works on this one."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from requests.exceptions import HTTPError
from tests.clients.o365.core.conftest import Make
from tests.clients.o365.core.fake import Answer, Seen, Server, error

from O365 import Account
from O365._ahead import LEAST
from O365._paging import listed

PATH = "/v1.0/me/things"
EARLY = LEAST // 10
DEADLINE_S = 30.0


def pages(server: Server, count: int, size: int = LEAST) -> None:
    """A list of so many pages, whose rows are numbers."""

    def page(seen: Seen) -> Answer:
        number = int(seen.query["page"])
        rows = list(range(number * size, (number + 1) * size))
        more = {"@odata.nextLink": link(server, number + 1)} if number + 1 < count else {}
        return Answer(body={"value": rows, **more})

    server.pages[PATH] = page


def link(server: Server, number: int) -> str:
    return f"{server.base_url}me/things?page={number}"


def found(account: Account, server: Server, *, limit: int | None = None) -> Any:
    """The list with its first page; what was asked for until then is forgotten."""
    items = listed(account.mailbox(), link(server, 0), limit=limit, batch=LEAST, always=True)
    server.seen.clear()
    return items


def asked(server: Server, count: int) -> int:
    """How many pages were asked for, once they are `count`."""
    until = time.monotonic() + DEADLINE_S
    while len(server.calls(PATH)) < count and time.monotonic() < until:
        threading.Event().wait(0.01)
    return len(server.calls(PATH))


def over() -> None:
    """Wait until nothing is on its way."""
    for thread in threading.enumerate():
        if thread.name == "o365-page":
            thread.join(DEADLINE_S)


def test_the_next_page_is_on_its_way_when_a_tenth_of_this_one_was_taken(account: Account, server: Server) -> None:
    pages(server, 3)
    items = found(account, server)
    for _ in range(EARLY - 1):
        next(items)
    over()
    assert server.calls(PATH) == []
    next(items)
    assert asked(server, 1) == 1


def test_each_page_is_asked_for_once(account: Account, server: Server) -> None:
    pages(server, 4)
    items = found(account, server)
    assert list(items) == list(range(4 * LEAST))
    assert items[: 4 * LEAST] == list(range(4 * LEAST))
    assert [seen.query["page"] for seen in server.calls(PATH)] == ["1", "2", "3"]


def test_an_index_takes_the_page_that_is_on_its_way(account: Account, server: Server) -> None:
    pages(server, 2)
    items = found(account, server)
    for _ in range(EARLY):
        next(items)
    assert items[LEAST] == LEAST
    assert list(items) == list(range(EARLY, 2 * LEAST))
    assert len(server.calls(PATH)) == 1


def test_no_page_is_asked_for_beyond_the_limit(account: Account, server: Server) -> None:
    pages(server, 3)
    assert len(list(found(account, server, limit=LEAST))) == LEAST
    over()
    assert server.calls(PATH) == []
    assert len(list(found(account, server, limit=LEAST + 1))) == LEAST + 1
    over()
    assert [seen.query["page"] for seen in server.calls(PATH)] == ["1"]


def test_short_pages_are_asked_for_when_they_are_wanted(account: Account, server: Server) -> None:
    pages(server, 2, LEAST - 1)
    items = found(account, server)
    for _ in range(LEAST - 1):
        next(items)
    over()
    assert server.calls(PATH) == []


def test_who_makes_requests_meanwhile_gets_pages_when_they_are_wanted(account: Account, server: Server) -> None:
    pages(server, 2)
    items = found(account, server)
    account.con.get(f"{server.base_url}me/other")
    for _ in range(LEAST):
        next(items)
    over()
    assert server.calls(PATH) == []
    assert next(items) == LEAST


def test_with_a_delay_between_requests_nothing_is_asked_ahead(make: Make, server: Server) -> None:
    account = make(requests_delay=1)
    assert account.authenticate(scopes=["basic"], handle_consent=server.consent)
    pages(server, 2)
    items = found(account, server)
    for _ in range(LEAST):
        next(items)
    over()
    assert server.calls(PATH) == []


def test_an_error_comes_where_the_page_is_wanted(account: Account, server: Server) -> None:
    pages(server, 2)
    items = found(account, server)
    server.queue(PATH, error(404, "ErrorItemNotFound", "It is gone."))
    for _ in range(LEAST):
        next(items)
    with pytest.raises(HTTPError, match="It is gone"):
        next(items)
    assert next(items) == LEAST  # asked for again, as without looking ahead


def test_a_busy_server_and_a_refused_token_are_for_the_thread_that_wants_the_page(
    account: Account, server: Server
) -> None:
    pages(server, 2)
    items = found(account, server)
    server.queue(PATH, error(429, "TooManyRequests", "Later.", **{"Retry-After": "0"}))
    server.queue(PATH, error(401, "InvalidAuthenticationToken", "Another one."))
    renewed = len(server.token_calls)
    for _ in range(LEAST):
        next(items)
    over()
    assert (len(server.calls(PATH)), len(server.token_calls)) == (1, renewed)
    assert list(items) == list(range(LEAST, 2 * LEAST))
    assert (len(server.calls(PATH)), len(server.token_calls)) == (3, renewed + 1)
