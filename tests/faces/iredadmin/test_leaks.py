"""No password, hash, session or token anywhere but where it belongs: in the files and answers of a true server."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx2
import pytest
from tests.faults.accounts_load import PASSWORD, ROOT, server, session
from tests.ports import free_port

from postroom.accounts.accounts import Accounts
from postroom.accounts.model import AdminChange
from postroom.accounts.services.access import LOCAL
from postroom.home import Home
from postroom.settings import Settings

SECRETS = ("Plain-Secret-1", "Other-Secret-2", "Wrong-Secret-3", "Short3", "Local-Secret-4", "{PLAIN}Ready-Secret-5")
MAIL = "anna@one.test"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    home.settings_file.touch()
    return home


def test_secrets_are_in_no_log_no_answer_and_no_figure(home: Home) -> None:
    with Accounts(Settings(), home.path) as accounts:
        accounts.admins.create(LOCAL, ROOT, AdminChange(password=PASSWORD, global_admin=True))
        token = accounts.core.tokens.create(ROOT, "script", write=True)
    with server(home, free_port(), IREDADMIN_TOKENS="true", LOG_LEVEL="debug") as process, session(process) as http:
        answers = [*calls(http, token), *broken(http, home)]
        metrics = http.get(f"https://localhost:{process.port}/metrics")
        answers += [metrics, http.get(f"https://localhost:{process.port}/openapi.json"), http.get("/log")]
        cookie = http.cookies["iRedAdmin-SQLITE"]
    assert metrics.status_code == 200
    hidden = [*SECRETS, PASSWORD, token, cookie, *stored(home)]
    files = [path for path in home.path.rglob("*") if path.is_file() and "db" not in path.suffix]
    texts = {file: file.read_bytes().decode(errors="replace") for file in files}
    assert any("users.create" in told for told in texts.values())
    for file, told in texts.items():
        assert [secret for secret in hidden if secret in told] == [], file
    for answer in answers:
        told = answer.text + str([(k, v) for k, v in answer.headers.items() if k != "set-cookie"])
        assert [secret for secret in hidden if secret in told] == [], answer.url
    with sqlite3.connect(home.path / "accounts.db") as connection:
        log = str(connection.execute("SELECT * FROM log").fetchall())
    connection.close()
    assert [secret for secret in hidden if secret in log] == []


def calls(http: httpx2.Client, token: str) -> list[httpx2.Response]:
    """What goes right and what is refused, with a secret in each."""
    one, two, wrong, short, local, ready = SECRETS
    bearer = {"Authorization": f"Bearer {token}"}
    return [
        http.post("/login", data={"username": ROOT, "password": wrong}),
        http.post("/login", data={"username": wrong, "password": wrong}),
        http.post("/login", json={"username": ROOT, "password": [wrong]}),
        http.post("/domain/one.test"),
        http.post(f"/user/{MAIL}", data={"password": one}),
        http.post(f"/user/{MAIL}", data={"password": one}),
        http.put(f"/user/{MAIL}", data={"password": two}, headers=bearer),
        http.put(f"/user/{MAIL}", json={"password": short}, headers=bearer),
        http.put(f"/user/{MAIL}", data={"password_hash": "{NONE}" + wrong}),
        http.put(f"/user/{MAIL}", data={"password_hash": ready, "password": two}),
        http.put(f"/user/{MAIL}", data={"password": wrong * 100}),
        http.put("/user/eva@one.test", data={"password_hash": ready}),
        http.put(f"/user/{MAIL}", content=b'{"password": "' + wrong.encode(), headers=JSON),
        http.post(f"/verify_password/user/{MAIL}", data={"password": two}),
        http.post(f"/verify_password/user/{MAIL}", data={"password": wrong}),
        http.post("/admin/eva@far.test", data={"password": local}),
        http.put("/admin/eva@far.test", data={"password_hash": ready}),
        http.get("/domains", headers={"Authorization": f"Bearer {token}x"}),
        http.get(f"/user/{MAIL}"),
        http.get("/users/one.test"),
        http.get("/admin/eva@far.test"),
        http.get("/admins"),
        http.get(f"/user/{MAIL}", params={"password": wrong}),
    ]


def broken(http: httpx2.Client, home: Home) -> list[httpx2.Response]:
    """The database refuses: the error that the driver raises has the row in it."""
    change = "CREATE TRIGGER {0} BEFORE {1} ON mailbox BEGIN SELECT RAISE(ABORT, 'no'); END"
    with sqlite3.connect(home.path / "accounts.db") as connection:
        connection.execute(change.format("one", "INSERT"))
        connection.execute("ALTER TABLE mailbox RENAME COLUMN password TO elsewhere")
    connection.close()
    answers = [
        http.post("/user/eva@one.test", data={"password": SECRETS[0]}),
        http.put(f"/user/{MAIL}", data={"password": SECRETS[1]}),
        http.put(f"/user/{MAIL}", data={"password_hash": SECRETS[5]}),
        http.post("/login", data={"username": MAIL, "password": SECRETS[2]}),
    ]
    assert not any(answer.json()["_success"] for answer in answers)
    return answers


def stored(home: Home) -> list[str]:
    """The hashes of all, and what the tables have of sessions."""
    with sqlite3.connect(home.path / "accounts.db") as connection:
        hashes = connection.execute("SELECT elsewhere FROM mailbox UNION SELECT password FROM admin").fetchall()
        keys = connection.execute("SELECT session_id FROM sessions").fetchall()
    connection.close()
    found = [text for (text,) in (*hashes, *keys) if text]
    assert len(found) >= 4
    return found
