"""Mail servers keep what a full or failing disk cannot take, and send it again when it can."""

from __future__ import annotations

import errno
import os
import random
import smtplib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.faults.workload import faults

from postroom.archive.journal.journal import Journal
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming, Receipt
from postroom.faces.journal.server import JournalServer
from postroom.settings import Journal as JournalSettings
from postroom.settings import Web
from postroom.web.backoff import BackOff

ANNA = "anna@example.org"
SETTINGS = JournalSettings(smtp_port=0)


class OnePerson:
    """Anna, as the users of an instance."""

    def owner_of(self, address: str) -> str | None:
        return "anna" if address == ANNA else None

    def domains(self) -> frozenset[str]:
        return frozenset({"example.org"})


class OneStore:
    """One store as those of an instance."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, items: Sequence[Incoming], cursors: Mapping[str, str]) -> list[Receipt]:
        return self.store.add(items, cursors)

    def knows(self, source: str, native_id: str) -> bool:
        return self.store.catalogue.knows(source, native_id)


def message(number: int) -> bytes:
    return f"Subject: {number}\r\n\r\n{random.Random(number).randbytes(30_000).hex()}\r\n".encode()


@contextmanager
def sending(store: Store) -> Iterator[Callable[[int], int]]:
    """Sends message `number` and gives the code of the answer."""
    server = JournalServer(
        SETTINGS, Journal(OneStore(store), OnePerson(), SETTINGS), BackOff(Web()), most_bytes=1 << 20
    )
    server.start()

    def send(number: int) -> int:
        try:
            client.sendmail("eve@elsewhere.test", [ANNA], message(number))
        except smtplib.SMTPDataError as refused:
            return refused.smtp_code
        return 250

    try:
        with smtplib.SMTP("127.0.0.1", server.ports["smtp"], timeout=60) as client:
            yield send
    finally:
        server.stop()


def kept(store: Store) -> list[bytes]:
    return sorted(bytes(store.open(row.number)[:]) for row in store.catalogue.all_messages())


def test_a_full_disk_is_a_452_and_nothing_that_got_250_is_lost(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(6_500_000))
    create_store(small_disk / "store")
    with Store(small_disk / "store") as store, sending(store) as send:
        codes = {number: send(number) for number in range(60)}
        taken = [number for number, code in codes.items() if code == 250]
        assert set(codes.values()) == {250, 452}
        assert kept(store) == sorted(map(message, taken))
        assert faults(store.directory) == []
        ballast.unlink()
        # What was answered with 250 is sent once more, too: the answer may have been lost.
        assert {send(number) for number in codes} == {250}
        assert kept(store) == sorted(map(message, codes))
    assert faults(small_disk / "store") == []


def test_after_a_failed_sync_mail_waits_until_the_store_was_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_store(tmp_path / "store")

    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with Store(tmp_path / "store") as store, sending(store) as send:
        assert send(1) == 250
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", fail)
            assert send(2) == 451
        assert (send(3), send(1)) == (451, 250), "what is there already needs no writing"
    with Store(tmp_path / "store") as store, sending(store) as send:
        assert [send(number) for number in (1, 2, 3)] == [250] * 3
        assert kept(store) == sorted(map(message, (1, 2, 3)))
    assert faults(tmp_path / "store") == []
