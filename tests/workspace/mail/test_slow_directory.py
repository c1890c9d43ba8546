"""A directory that is slow holds up who asks it, and no other writer."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import pytest
from tests.workspace.mail.house import ANNA, BOB, Directory, House, SetClock, given, raw

from postroom.settings import Settings
from postroom.workspace.people import Person, Recipients
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.uploads import Uploads
from postroom.workspace.workloads.mail.mail import Mail
from postroom.workspace.workspace import KINDS

MOST_S = 20.0
Act = Callable[[House, str], object]
MIME = base64.b64encode(raw(to="bob@example.org").replace(b"carl@elsewhere.test", b"anna@example.org"))
COMMENT = {"comment": "Yes", "toRecipients": [{"emailAddress": {"address": "bob@example.org"}}]}


@dataclass
class Slow(Directory):
    """Takes so long for each answer that another writer comes in between, if it can."""

    write: Callable[[], object] | None = None
    asked: int = 0
    waited: int = 0

    def _answer_slowly(self) -> None:
        if self.write is None:
            return
        self.asked += 1
        other = threading.Thread(target=self.write)
        other.start()
        other.join(MOST_S)
        self.waited += other.is_alive()

    def find(self, name: str) -> Person | None:
        self._answer_slowly()
        return super().find(name)

    def recipients(self, address: str) -> Recipients | None:
        self._answer_slowly()
        return super().recipients(address)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def home(tmp_path: Path, slow: Slow) -> Iterator[House]:
    clock, settings = SetClock(), Settings()
    with Store(tmp_path / "workspace", KINDS, clock) as store:
        yield House(store, Mail(store, slow, clock, settings, Uploads(store)), slow, clock, settings)


@pytest.mark.parametrize(
    "act",
    [
        lambda home, one: home.mail.sending.send(ANNA.id, one),
        lambda home, one: home.mail.sending.send_new(ANNA.id, given()),
        lambda home, one: home.mail.sending.send_mime(ANNA.id, MIME),
        lambda home, one: home.mail.sending.answer(ANNA.id, one, "reply", COMMENT, UTC),
        lambda home, one: home.mail.sending.answer(ANNA.id, one, "forward", COMMENT, UTC),
        lambda home, one: home.mail.sending.create_answer(ANNA.id, one, "replyAll", {}),
        lambda home, one: home.mail.deliver("bob@example.org", ["bob@example.org"], raw()),
        lambda home, one: home.mail.messages.create(ANNA.id, None, given()),
        lambda home, one: home.mail.messages.create_from_mime(ANNA.id, None, MIME),
    ],
    ids=["send", "send_new", "send_mime", "reply", "forward", "draft", "deliver", "create", "create_mime"],
)
def test_writers_do_not_wait_for_the_directory(home: House, slow: Slow, act: Act) -> None:
    one, other = (home.mail.messages.create(ANNA.id, None, given())["id"] for _ in range(2))
    home.mail.folders.get(BOB.id, "inbox")
    slow.write = lambda: home.mail.messages.update(ANNA.id, other, {"categories": ["Red"]})
    act(home, one)
    assert slow.asked
    assert not slow.waited
