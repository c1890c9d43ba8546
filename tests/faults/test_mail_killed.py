"""`postroom serve` is killed while many LMTP sessions deliver: what got 250 is there once, byte for byte."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import threading
from pathlib import Path

from postroom import app
from postroom.accounts.model import DomainChange, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.home import Home
from postroom.settings import Settings, Smtp
from postroom.workspace.query.request import parse_options
from postroom.workspace.workloads.items.wish import Wish

ANNA = "anna@example.com"
SESSIONS, TURNS, ENOUGH = 8, 3, 25
SETTINGS = Settings(smtp=Smtp(enabled=True, lmtp_port=0))
ENVIRONMENT = {"POSTROOM_SMTP_ENABLED": "true", "POSTROOM_SMTP_LMTP_PORT": "0"}


def message(name: str) -> bytes:
    return f"From: c@elsewhere.test\r\nTo: {ANNA}\r\nSubject: {name}\r\n\r\n".encode() + b"\xff \xfc\r\n" * 50


def deliver(port: int, name: str, acknowledged: list[str], enough: threading.Event) -> None:
    number = 0
    try:
        with smtplib.LMTP("127.0.0.1", port, timeout=60) as client:
            while True:
                one = f"{name}-{number}"
                client.sendmail("c@elsewhere.test", [ANNA], message(one))
                acknowledged.append(one)
                number += 1
                if len(acknowledged) >= ENOUGH:
                    enough.set()
    except (OSError, smtplib.SMTPException):
        return  # the server is dead


def turn(home: Path, number: int) -> list[str]:
    command: list[str | Path] = [Path(sys.executable).with_name("postroom"), "serve", "--home", home]
    acknowledged: list[str] = []
    enough = threading.Event()
    with subprocess.Popen(command, env=os.environ | ENVIRONMENT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = int(server.stdout.readline().rpartition(":")[2])
        names = [f"{number}-{one}" for one in range(SESSIONS)]
        sessions = [threading.Thread(target=deliver, args=(port, one, acknowledged, enough)) for one in names]
        for session in sessions:
            session.start()
        reached = enough.wait(120)
        server.kill()
        for session in sessions:
            session.join()
    assert reached
    return acknowledged


def test_what_got_250_by_lmtp_is_there_once_and_byte_for_byte(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    home.settings_file.touch()
    with app.engines(home, SETTINGS) as opened:
        assert opened.accounts
        opened.accounts.domains.create(LOCAL, "example.com", DomainChange())
        opened.accounts.users.create(LOCAL, ANNA, UserChange(password="Secret-1234"))
    acknowledged = [one for number in range(TURNS) for one in turn(home.path, number)]
    with app.engines(home, SETTINGS) as opened:
        assert opened.workspace
        assert opened.accounts
        found = opened.accounts.mailboxes.find(ANNA)
        assert found
        wish = Wish(parse_options([("$select", "subject"), ("$top", "1000")]))
        rows = opened.workspace.mail.messages.page(found.id, "inbox", wish).rows
        there = {row["subject"]: opened.workspace.mail.messages.mime(found.id, row["id"]) for row in rows}
        assert len(there) == len(rows) <= len(acknowledged) + SESSIONS * TURNS
        assert set(acknowledged) <= set(there)
        assert all(content == message(name) for name, content in there.items())
