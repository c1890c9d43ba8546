"""`postroom serve` is killed while programs upload and send: what was acknowledged is there, and is there once.

`FAULT_SECONDS` gives more time for random kills; `FAULTS=full` gives three minutes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx2
from tests.faults.accounts_load import server
from tests.faults.conftest import SEED
from tests.faults.graph_load import (
    RANGES,
    USER,
    Sender,
    Upload,
    Uploader,
    attached,
    prepared,
    program,
    put,
    sink,
    wait_until,
)
from tests.faults.test_crash import FULL, SECONDS
from tests.ports import free_port

from postroom.home import Home

CLIENTS = 3
MOST_KILLS = 100


def kills() -> Iterator[int]:
    """Numbers, as long as there is time; two in any case."""
    until = time.monotonic() + (180 if FULL else 4 * SECONDS)
    for number in range(MOST_KILLS):
        if number >= 2 and time.monotonic() > until:
            return
        yield number


def test_ranges_that_were_acknowledged_are_there_after_a_kill_and_make_one_attachment(tmp_path: Path) -> None:
    chance, home, port = random.Random(SEED), Home(tmp_path / "home"), free_port()
    token = prepared(home)
    uploads: list[list[Upload]] = [[] for _ in range(CLIENTS)]
    with server(home, port, "graph") as process, ExitStack() as opened:
        programs = [opened.enter_context(program(home, port, token)) for _ in range(CLIENTS)]
        for _ in kills():
            turn = [
                Uploader(http, random.Random(chance.random()), mine)
                for http, mine in zip(programs, uploads, strict=True)
            ]
            for one in turn:
                one.start()
            wait_until(partial(all_begun, turn))
            turn[0].join(chance.uniform(0.05, 1.0))
            process.kill()
            for one in turn:
                one.join()
                assert one.wrong == ""
            process.start()
            for one, http in zip(turn, programs, strict=True):
                resumed(http, one)
        for http, mine in zip(programs, uploads, strict=True):
            for upload in mine:
                finished(http, upload)
                assert attached(http, upload) == [upload.content]
        assert sum(map(len, uploads)) >= CLIENTS


def all_begun(turn: list[Uploader]) -> bool:
    """On a busy machine the server could be killed before."""
    return all(one.uploads or not one.is_alive() for one in turn)


def resumed(http: httpx2.Client, uploader: Uploader) -> None:
    """The server says what is missing: what it acknowledged is not, and the range that was cut may be or not."""
    for upload in uploader.uploads:
        if upload.done:
            continue
        with_cut = upload.kept | ({uploader.cut} if uploader.cut is not None else set())
        answer = http.get(upload.url)
        if answer.status_code == 404:
            assert len(with_cut) == RANGES
            upload.kept, upload.done = with_cut, True
            continue
        found = answer.json()["nextExpectedRanges"]
        assert found in (upload.expected(upload.kept), upload.expected(with_cut))
        assert attached(http, upload) == []
        if uploader.cut is not None and uploader.cut not in upload.kept and found == upload.expected(with_cut):
            # Two lists of gaps may begin alike: whether it is there, sending it again tells.
            again = put(http, upload, uploader.cut)
            assert again.status_code in (200, 201, 416)
            upload.kept = with_cut
            upload.done = again.status_code == 201


def finished(http: httpx2.Client, upload: Upload) -> None:
    for number in range(RANGES):
        if number not in upload.kept:
            assert put(http, upload, number).status_code in (200, 201)
            upload.kept.add(number)
    assert http.get(upload.url).status_code == 404


def test_what_was_accepted_for_sending_reaches_the_smarthost_once_after_a_kill(tmp_path: Path) -> None:
    """Only what a life of the server sent last may come twice: it may have died before it read, or noted, the 250."""
    chance, home, port = random.Random(SEED), Home(tmp_path / "home"), free_port()
    token = prepared(home)
    accepted, tried = [], []
    with sink() as (smarthost, smarthost_port), ExitStack() as opened:
        outgoing = {
            "OUTGOING_SMARTHOST": "127.0.0.1",
            "OUTGOING_PORT": str(smarthost_port),
            "OUTGOING_SECURITY": "none",
            "OUTGOING_RETRY_FIRST_S": "0.1",
        }
        process = opened.enter_context(server(home, port, "graph", **outgoing))
        programs = [opened.enter_context(program(home, port, token)) for _ in range(CLIENTS)]
        for number in kills():
            senders = [Sender(http, f"{number}-{client}") for client, http in enumerate(programs)]
            for one in senders:
                one.start()
            senders[0].join(chance.uniform(0.05, 1.0))
            process.kill()
            for one in senders:
                one.join()
                assert one.wrong == ""
                accepted += one.accepted
                tried += one.tried
            smarthost.next_life()
            process.start()
        wait_until(lambda: set(accepted) <= set(smarthost.got))
        assert set(smarthost.got) <= set(tried)
        assert twice(smarthost.lives) <= {life[-1] for life in smarthost.lives[:-1] if life}
        assert len(accepted) > 0
        copies = sent_items(programs[0])
        assert set(accepted) <= set(copies)
        assert len(copies) == len(set(copies))
        assert set(copies) >= set(smarthost.got)


def twice(lives: list[list[str]]) -> set[str]:
    """What came more than once."""
    got = [subject for life in lives for subject in life]
    return {subject for subject in got if got.count(subject) > 1}


def sent_items(http: httpx2.Client) -> list[str]:
    found: list[str] = []
    url: str | None = f"{USER}/mailFolders/sentitems/messages?$select=subject&$top=1000"
    while url is not None:
        page = http.get(url).json()
        found += [row["subject"] for row in page["value"]]
        url = page.get("@odata.nextLink")
    return found
