"""Whatever a source does between and within runs, all it ever had for good is archived once, and nothing is silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import given as examples
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.archive.instances import settings
from tests.archive.profiles.scripted import (
    AskedMailbox,
    EmptiedMailbox,
    Mailbox,
    Scripted,
    given,
    mail,
    process,
    registered,
)

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.connector import Target
from postroom.errors import Cancelled, Unavailable

# One run: how many letters came before it, which are odd in it, at which step it breaks and how.
STEPS = st.tuples(
    st.integers(0, 5), st.sets(st.integers(1, 25), max_size=4), st.integers(1, 30),
    st.sampled_from(["", "", "unavailable", "fault", "cancel"]),
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, Scripted]]:
    """One archive for all examples, each of which has a mailbox of its own."""
    with pytest.MonkeyPatch.context() as patch:
        scripted = registered(patch)
        with Archive(tmp_path_factory.mktemp("house") / "home", settings(commit_messages=3)) as archive:
            yield archive, scripted


NUMBERS = count(1)


@dataclass
class Mail:
    """A mailbox, its profile, and the archive it goes to."""

    archive: Archive
    box: Mailbox
    profile: int
    name: str
    came: int = 0

    def receive(self, new: int) -> None:
        self.box.items += [str(number) for number in range(self.came + 1, self.came + new + 1)]
        self.came += new

    def stored(self) -> Counter[bytes]:
        store = self.archive.stores.current().store
        folder = store.catalogue.folder(f"{self.name}/Inbox")
        numbers = store.catalogue.folder_messages(folder.id) if folder else []
        return Counter(bytes(store.open(number)) for number in numbers)

    def run(self, place: int, how: str) -> None:
        cancelled, met, before = process(), 0, self.stored()

        def step(_item: str) -> None:
            nonlocal met
            met += 1
            if met == place and how == "unavailable":
                raise Unavailable("No answer.")
            if met == place and how == "fault":
                raise KeyError("a fault of ours")
            if met == place and how == "cancel":
                cancelled.cancel()

        self.box.step = step
        odd = {one for one in set(self.box.bad) & set(self.box.items) if mail(int(one)) not in before}
        try:
            run = self.archive.profiles.run(self.profile, SYSTEM, cancelled)
        except Cancelled:
            return
        # A run is never silently complete.
        broken = met >= place and how in ("unavailable", "fault")
        assert (run.result == "succeeded") == (not broken and not odd)

    def judge(self) -> None:
        """Nothing twice; what is not stored is in the source still."""
        stored = self.stored()
        assert max(stored.values(), default=1) == 1
        missing = {str(number) for number in range(1, self.came + 1) if mail(number) not in stored}
        assert missing <= set(self.box.items)
        assert {owed.native_id for owed in self.archive.profiles.owed(self.profile)} <= missing


@pytest.mark.parametrize("kind", [Mailbox, AskedMailbox, EmptiedMailbox])
@hypothesis_settings(max_examples=10)
@examples(steps=st.lists(STEPS, min_size=1, max_size=4))
def test_everything_is_archived_once_or_named(
    house: tuple[Archive, Scripted], kind: type[Mailbox], steps: list[tuple[int, set[int], int, str]]
) -> None:
    archive, scripted = house
    name = f"user{next(NUMBERS)}"
    rule = "immediately" if kind is EmptiedMailbox else "never"
    one = Mail(archive, kind(name, []), archive.profiles.create(given(deleteInMailbox=rule), SYSTEM), name)
    scripted.targets = [Target(name, one.box)]
    for new, bad, place, how in (*steps, (0, set[int](), 0, "")):
        one.receive(new)
        one.box.bad = {str(number): "odd" for number in bad}
        one.run(place, how)
        one.judge()
    assert archive.profiles.owed(one.profile) == []
    assert one.stored() == Counter(mail(number) for number in range(1, one.came + 1))
    assert len(one.box.items) == (0 if kind is EmptiedMailbox else one.came)
