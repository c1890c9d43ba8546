"""A server of the accounts API that is killed again and again, and clients who know what they were promised.

Each client changes domains of its own, so that it knows what every one of its calls does. What was acknowledged must be
there; the one call that was cut may have happened or not, but never by half.
"""

from __future__ import annotations

import copy
import os
import random
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import select
from tests.accounts.backends.sql import invariants

from postroom.accounts.addresses import domain_of
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredadmin, iredapd
from postroom.home import Home

PASSWORD = "Secret-1234"
ROOT = "root@postroom.test"
FAR = "far@elsewhere.test"
START_S = 60
DOMAINS, USERS = 3, 6


@dataclass
class State:
    """What there is: domains with their name and quota, users with theirs, as a client or the tables have it."""

    domains: dict[str, tuple[str, int]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: int = 0
    """Rows of the log."""

    def of(self, domain: str) -> list[str]:
        return sorted(user for user in self.users if domain_of(user) == domain)


@dataclass(frozen=True)
class Op:
    """One call, what it does, and what a repeat may say when it was done before it was cut."""

    method: str
    path: str
    form: dict[str, Any]
    apply: Callable[[State], None]
    done_before: str = ""


# The calls


def create_domain(name: str, number: int) -> Op:
    def apply(state: State) -> None:
        state.domains[name] = (f"Domain {number}", 0)

    return Op("POST", f"/domain/{name}", {"name": f"Domain {number}"}, apply, "ALREADY_EXISTS")


def change_domain(name: str, number: int) -> Op:
    def apply(state: State) -> None:
        state.domains[name] = (f"Domain {number}", number)

    return Op("PUT", f"/domain/{name}", {"name": f"Domain {number}", "quota": number}, apply)


def delete_domain(name: str) -> Op:
    def apply(state: State) -> None:
        for user in state.of(name):
            del state.users[user]
        del state.domains[name]

    return Op("DELETE", f"/domain/{name}/keep_mailbox_days/7", {}, apply)


def create_user(mail: str, number: int) -> Op:
    def apply(state: State) -> None:
        state.users[mail] = {"name": f"User {number}", "on": 1, "to": {mail}, "also": {f"also-{mail}"}, "most": None}

    form = {"name": f"User {number}", "password": PASSWORD, "quota": 1, "aliases": f"also-{mail}"}
    return Op("POST", f"/user/{mail}", form, apply, "ALREADY_EXISTS")


def change_user(mail: str, number: int, friend: str) -> Op:
    on = number % 4 != 0

    def apply(state: State) -> None:
        also = {f"also-{mail}", f"more-{number}-{mail}"}
        state.users[mail] |= {"name": f"User {number}", "on": int(on), "to": {mail, friend, FAR}, "also": also}

    form = {
        "name": f"User {number}",
        "accountStatus": "active" if on else "disabled",
        "forwarding": f"{mail},{friend},{FAR}",
        "aliases": f"also-{mail},more-{number}-{mail}",
    }
    return Op("PUT", f"/user/{mail}", form, apply)


def rename_user(mail: str, new: str) -> Op:
    def apply(state: State) -> None:
        state.users[new] = state.users.pop(mail)
        for user in state.users.values():
            user["to"] = {new if to == mail else to for to in user["to"]}

    return Op("POST", f"/user/{mail}/change_email/{new}", {}, apply, "NO_SUCH_ACCOUNT")


def delete_user(mail: str) -> Op:
    def apply(state: State) -> None:
        del state.users[mail]
        for other, user in state.users.items():
            user["to"] = user["to"] - {mail} or {other}

    return Op("DELETE", f"/user/{mail}/keep_mailbox_days/7", {}, apply)


def set_throttle(mail: str, number: int) -> Op:
    def apply(state: State) -> None:
        state.users[mail]["most"] = number

    return Op("POST", f"/throttle/{mail}/outbound", {"period": 60, "max_msgs": number}, apply)


def next_op(state: State, client: int, number: int, chance: random.Random) -> Op:
    """Something that can be done in this state."""
    mine = [f"c{client}-{n}.test" for n in range(DOMAINS)]
    domain = chance.choice(mine)
    if domain not in state.domains:
        return create_domain(domain, number)
    users = state.of(domain)
    mail = f"u{number}@{domain}"
    if len(users) < 2:
        return create_user(mail, number)
    some, friend = chance.sample(users, 2)
    wanted = chance.choices(
        [
            create_user(mail, number) if len(users) < USERS else delete_user(some),
            change_user(some, number, friend),
            rename_user(some, mail),
            delete_user(some),
            set_throttle(some, number),
            change_domain(domain, number),
            delete_domain(domain),
        ],
        weights=[8, 8, 4, 3, 3, 2, 1],
    )
    return wanted[0]


# The server


class ServerProcess:
    """`postroom serve` on one home with one face; it keeps its port when it is started again."""

    def __init__(self, home: Home, port: int, face: str = "iredadmin", **settings: str) -> None:
        self.home, self.port, self.face, self.running = home, port, face, None
        name = face.upper()
        given = {f"{name}_ENABLED": "true", f"{name}_PORT": str(port), "WEB_LOGIN_DELAY_S": "0"}
        self._environment = os.environ | {f"POSTROOM_{name}": value for name, value in (given | settings).items()}

    running: subprocess.Popen[str] | None

    def start(self) -> None:
        command: list[str | Path] = [Path(sys.executable).with_name("postroom"), "serve", "--home", self.home.path]
        self.running = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.running.stdout
        # It says so when it answers.
        assert self.running.stdout.readline().startswith(f"{self.face}: ")

    def kill(self) -> None:
        assert self.running
        assert self.running.stdout
        self.running.kill()
        self.running.wait(START_S)
        self.running.stdout.close()
        self.running = None


@contextmanager
def server(home: Home, port: int, face: str = "iredadmin", **settings: str) -> Iterator[ServerProcess]:
    process = ServerProcess(home, port, face, **settings)
    try:
        process.start()
        yield process
    finally:
        if process.running:
            process.kill()


# The clients


class Client(threading.Thread):
    """Calls until the server is gone; then `cut` is the call that it got no answer to."""

    def __init__(self, number: int, state: State, chance: random.Random, session: httpx2.Client) -> None:
        super().__init__()
        self.number, self.state, self._chance, self._http = number, state, chance, session
        self.cut: Op | None = None
        self.wrong: str = ""
        self.calls = 0

    def run(self) -> None:
        while not self.wrong:
            self.calls += 1
            op = next_op(self.state, self.number, self._chance.randrange(1, 10**9), self._chance)
            try:
                answer = call(self._http, op)
            except (httpx2.TransportError, OSError):
                self.cut = op
                return
            if answer["_success"] is not True:
                self.wrong = f"{op.method} {op.path} {op.form}: {answer}"
                return
            op.apply(self.state)
            self.state.changes += 1


def call(http: httpx2.Client, op: Op) -> dict[str, Any]:
    given = {"data": op.form} if op.form or op.method != "DELETE" else {}
    return dict(http.request(op.method, op.path, **given).json())  # type: ignore[arg-type]


@contextmanager
def session(process: ServerProcess) -> Iterator[httpx2.Client]:
    """A client that is signed in; its session outlives the server."""
    context = ssl.create_default_context(cafile=str(process.home.tls / "ca.pem"))
    url = f"https://localhost:{process.port}/iredadmin/api"
    with httpx2.Client(base_url=url, verify=context, trust_env=False, timeout=30) as http:
        assert http.post("/login", data={"username": ROOT, "password": PASSWORD}).json() == {"_success": True}
        yield http


# What the tables say


def observed(databases: Databases, client: int) -> State:
    """The part of one client."""
    with databases.read() as unit:
        tables = invariants.read(unit.vmail)
        throttle = unit.iredapd.execute(select(iredapd.throttle.c.account, iredapd.throttle.c.max_msgs)).all()
        log = unit.iredadmin.execute(select(iredadmin.log.c.domain).where(iredadmin.log.c.event != "login")).scalars()
        state = State(changes=sum(_is_of(client, name) for name in log))
    for row in tables["domain"]:
        if _is_of(client, row["domain"]):
            state.domains[row["domain"]] = (row["description"], row["maxquota"])
    most = {row.account: row.max_msgs for row in throttle}
    for row in tables["mailbox"]:
        if _is_of(client, row["domain"]):
            user = row["username"]
            to = {each["forwarding"] for each in tables["forwardings"] if each["address"] == user}
            also = {e["address"] for e in tables["forwardings"] if e["forwarding"] == user and e["is_alias"]}
            facts = {"name": row["name"], "on": row["active"], "to": to, "also": also, "most": most.get(user)}
            state.users[user] = facts
    return state


def _is_of(client: int, domain: str) -> bool:
    return domain.startswith(f"c{client}-")


def after(state: State, op: Op) -> State:
    then = copy.deepcopy(state)
    op.apply(then)
    then.changes += 1
    return then


def faults(databases: Databases, states: list[State]) -> list[str]:
    """What does not hold, of the file and of its rows, when nothing is under way."""
    known = {name for state in states for name in (*state.users, *state.domains)}
    with databases.read() as unit:
        damage = [str(row[0]) for row in unit.vmail.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        damage += [f"refers to nothing: {row}" for row in unit.vmail.exec_driver_sql("PRAGMA foreign_key_check")]
        accounts = unit.iredapd.execute(select(iredapd.throttle.c.account)).scalars()
        damage += [f"throttle of nobody: {name}" for name in accounts if name not in known and name != "@."]
        named = {row["forwarding"] for row in invariants.read(unit.vmail)["forwardings"]}
        gone = named - known - {FAR}
        return damage + invariants.broken(unit.vmail, gone)
