"""`postroom serve` is killed while many servers journal; they send again what they heard no answer for.

All of it is there, in every archive or in none, once, byte for byte, with its envelope.
"""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from postroom import app
from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.storage.entries import Envelope
from postroom.archive.verify.verify import check_catalogue, check_packs
from postroom.home import Home
from postroom.settings import Journal, Passwords, Settings

PEOPLE = ("anna", "bob", "carl")
SENDER = "anna@example.com"
RECIPIENTS = ["bob@example.com", "carl@example.com", "x@elsewhere.test"]
SESSIONS, TURNS, ENOUGH = 8, 3, 30
SETTINGS = Settings(journal=Journal(enabled=True, smtp_port=0), passwords=Passwords(time_cost=1, memory_kib=1024))
ENVIRONMENT = {"POSTROOM_JOURNAL_ENABLED": "true", "POSTROOM_JOURNAL_SMTP_PORT": "0"}


def message(name: str) -> bytes:
    return f"From: {SENDER}\r\nTo: list@example.com\r\nSubject: {name}\r\n\r\n".encode() + b"\xff \xfc\r\n" * 50


@dataclass
class Sender:
    """A mail server with a queue: what was not acknowledged goes first the next time."""

    name: str
    acknowledged: list[str] = field(default_factory=list)
    waiting: str = ""

    def deliver(self, port: int, told: threading.Semaphore) -> None:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
                while True:
                    self.waiting = self.waiting or f"{self.name}-{len(self.acknowledged)}"
                    client.sendmail(SENDER, RECIPIENTS, message(self.waiting))
                    self.acknowledged.append(self.waiting)
                    self.waiting = ""
                    told.release()
        except (OSError, smtplib.SMTPException):
            return  # the server is dead

    @property
    def sent(self) -> set[str]:
        return {*self.acknowledged, self.waiting} - {""}


def turn(home: Path, senders: list[Sender]) -> None:
    """Serve until enough was acknowledged, then kill."""
    command: list[str | Path] = [Path(sys.executable).with_name("postroom"), "serve", "--home", home]
    told = threading.Semaphore(0)
    with subprocess.Popen(command, env=os.environ | ENVIRONMENT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = int(server.stdout.readline().rpartition(":")[2])
        sessions = [threading.Thread(target=one.deliver, args=(port, told)) for one in senders]
        for session in sessions:
            session.start()
        reached = all(told.acquire(timeout=60) for _ in range(ENOUGH))
        server.kill()
        for session in sessions:
            session.join()
    assert reached


def kept(archive: Archive, folder: str) -> Iterator[tuple[bytes, tuple[Envelope, ...]]]:
    for row in archive.messages.in_folder(folder):
        yield bytes(archive.messages.open(row.id)), archive.messages.detail(row.id).envelopes


def test_journaled_mail_is_in_all_archives_once_whatever_was_killed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    home.settings_file.touch()
    with app.engines(home, SETTINGS) as opened:
        assert isinstance(opened.archive, Archive)
        for name in PEOPLE:
            opened.archive.instance.users.create(name, ("login",), SYSTEM)
            opened.archive.instance.users.set_addresses(name, [f"{name}@example.com"], SYSTEM)
    senders = [Sender(f"s{number}") for number in range(SESSIONS)]
    for _ in range(TURNS):
        turn(home.path, senders)
    acknowledged = {message(name) for one in senders for name in one.acknowledged}
    sent = {message(name) for one in senders for name in one.sent}
    with app.engines(home, SETTINGS) as opened:
        assert isinstance(opened.archive, Archive)
        whole = (Envelope(SENDER, tuple(RECIPIENTS)),)
        expected = {"anna/Journal Outgoing": whole} | {
            f"{name}/Journal Incoming": (Envelope(SENDER, (f"{name}@example.com",)),) for name in ("bob", "carl")
        }
        found = {folder: list(kept(opened.archive, folder)) for folder in expected}
        for folder, envelopes in expected.items():
            bodies = [body for body, _ in found[folder]]
            assert len(bodies) == len(set(bodies))
            assert acknowledged <= set(bodies) <= sent
            assert {told for _, told in found[folder]} == {envelopes}
        assert len({frozenset(body for body, _ in rows) for rows in found.values()}) == 1, "in every archive or in none"
        assert len(opened.archive.stores.totals()) == len(PEOPLE)
        directory = opened.archive.stores.current().directory
    faults = [*check_packs(directory, lambda _a, _b: None), *check_catalogue(directory)]
    assert [str(fault) for fault in faults] == []
