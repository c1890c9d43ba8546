"""One database, used by many threads, that survives being killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.archive.instance.audit import Actor, Filter
from postroom.archive.instance.compliance import Compliance, StoreAutoCreate
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.privileges import Rules
from postroom.errors import AlreadyExists, Damaged, Invalid, NotFound, Unavailable
from postroom.settings import Passwords as Costs

ADMIN = Actor("admin", "api")
CHEAP = Passwords(Costs(time_cost=1, memory_kib=1024))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "default" / "instance.db"


@pytest.fixture
def instance(path: Path) -> Iterator[Instance]:
    with Instance(path, CHEAP) as instance:
        yield instance


def reopened(path: Path) -> Instance:
    return Instance(path, CHEAP)


def test_only_the_owner_may_read_the_file(instance: Instance, path: Path) -> None:
    assert {f.stat().st_mode & 0o077 for f in path.parent.iterdir()} == {0}


def test_a_closed_instance_says_so(path: Path) -> None:
    instance = reopened(path)
    instance.close()
    with pytest.raises(Unavailable, match="closed"):
        instance.users.all()
    with pytest.raises(Unavailable, match="closed"):
        instance.users.set_full_name("admin", "x", ADMIN)


def test_a_file_that_is_no_database_is_reported_as_damaged(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(Damaged, match=r"instance\.db"):
        reopened(path)


def test_a_place_where_nothing_can_be_written_is_unavailable_and_may_be_tried_again(instance: Instance) -> None:
    instance.users._database._writer.execute("PRAGMA query_only = ON")
    with pytest.raises(Unavailable, match="cannot be read or written"):
        instance.users.set_full_name("admin", "Anna", ADMIN)
    instance.users._database._writer.execute("PRAGMA query_only = OFF")
    instance.users.set_full_name("admin", "Anna", ADMIN)
    assert instance.users.get("admin").full_name == "Anna"


# Settings


def test_compliance_begins_strict_about_privacy_and_without_holds(instance: Instance) -> None:
    assert instance.rules == Rules(admin_may_read=False, legal_hold=False, retention_years=0)
    assert "UserLogin" in instance.compliance.get().logged_successes


def test_a_change_keeps_what_it_does_not_name_and_outlives_a_restart(path: Path) -> None:
    with reopened(path) as instance:
        instance.compliance.update({"retention_years": 10, "logged_successes": "UserLogin, MessageView,"}, ADMIN)
        instance.compliance.update({"legal_hold": True}, ADMIN)
        instance.store_auto_create.update({"size_threshold_mb": 5, "messages_threshold": None}, ADMIN)
    with reopened(path) as instance:
        assert instance.compliance.get() == Compliance(10, False, True, ("MessageView", "UserLogin"))
        assert instance.store_auto_create.get() == StoreAutoCreate(True, "none", 5, None, None)
        assert instance.rules == Rules(legal_hold=True, retention_years=10)


def test_a_change_is_logged_with_what_it_was(instance: Instance) -> None:
    instance.compliance.update({"legal_hold": True, "retention_years": 0}, ADMIN)
    instance.compliance.update({"legal_hold": True}, ADMIN)
    (entry,) = instance.audit.entries(Filter(events=["ComplianceUpdate"]))
    assert (entry.user, entry.details) == ("admin", {"legal_hold": {"before": False, "now": True}})


def test_the_selection_of_logged_successes_holds_at_once(instance: Instance) -> None:
    instance.compliance.update({"logged_successes": []}, ADMIN)
    assert instance.users.authenticate("admin", "admin", ADMIN)
    assert instance.audit.entries(Filter(events=["UserLogin"])) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("retention_years", -1), ("retention_years", True), ("retention_years", "10"), ("retention_years", 1001),
        ("retention_years", 1.5), ("legal_hold", 1), ("legal_hold", None), ("admin_may_read", "true"),
        ("logged_successes", ["Nonsense"]), ("logged_successes", [1]), ("logged_successes", None),
        ("nonsense", True),
    ],
)  # fmt: skip
def test_a_bad_value_changes_nothing_and_is_named(instance: Instance, field: str, value: object) -> None:
    before = instance.compliance.get()
    with pytest.raises(Invalid) as caught:
        instance.compliance.update({"legal_hold": True, field: value}, ADMIN)
    assert caught.value.field == field
    assert instance.compliance.get() == before
    assert instance.audit.entries(Filter(events=["ComplianceUpdate"])) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("interval", "daily"), ("interval", None), ("size_threshold_mb", 0), ("messages_threshold", "5"),
     ("base_directory", 5), ("base_directory", "a\0b"), ("enabled", None)],
)  # fmt: skip
def test_a_bad_auto_create_setting_is_named(instance: Instance, field: str, value: object) -> None:
    with pytest.raises(Invalid) as caught:
        instance.store_auto_create.update({field: value}, ADMIN)
    assert caught.value.field == field


# Stores


def test_stores_are_remembered_by_id(path: Path) -> None:
    with reopened(path) as instance:
        first = instance.stores.add("2026-01", "stores/1", "current", ADMIN)
        assert (first.id, first.name, first.path, first.requested_state) == (1, "2026-01", "stores/1", "current")
        instance.stores.rename(1, "old", ADMIN)
        instance.stores.set_path(1, "/else", ADMIN)
        instance.stores.set_requested_state(1, "disabled", ADMIN)
    with reopened(path) as instance:
        (row,) = instance.stores.all()
        assert (row.name, row.path, row.requested_state) == ("old", "/else", "disabled")
        assert instance.stores.get(1) == row
        assert instance.stores.current() is None
        assert {e.event for e in instance.audit.entries(Filter(user="admin"))} == {"StoreCreate", "StoreUpdate"}


def test_one_store_at_most_is_current(instance: Instance) -> None:
    for name in ("a", "b"):
        instance.stores.add(name, f"stores/{name}", "current", ADMIN)
    assert [store.requested_state for store in instance.stores.all()] == ["normal", "current"]
    instance.stores.set_requested_state(1, "current", ADMIN)
    assert [store.requested_state for store in instance.stores.all()] == ["current", "normal"]
    assert instance.stores.current() == instance.stores.get(1)


def test_the_id_of_a_detached_store_is_never_used_again(instance: Instance) -> None:
    instance.stores.add("a", "stores/a", "normal", ADMIN)
    instance.stores.remove(1, ADMIN)
    assert instance.stores.add("a", "stores/a", "normal", ADMIN, attached=True).id == 2
    with pytest.raises(NotFound):
        instance.stores.get(1)


def test_two_stores_share_neither_name_nor_place(instance: Instance) -> None:
    instance.stores.add("a", "stores/a", "normal", ADMIN)
    with pytest.raises(AlreadyExists, match="name 'A'"):
        instance.stores.add("A", "stores/b", "normal", ADMIN)
    with pytest.raises(AlreadyExists, match="path"):
        instance.stores.add("b", "stores/a", "normal", ADMIN)
    for name, state in (("b", "broken"), ("a/b", "normal"), ("", "normal")):
        with pytest.raises(Invalid):
            instance.stores.add(name, "stores/b", state, ADMIN)
    instance.stores.rename(1, "A", ADMIN)
    assert [store.name for store in instance.stores.all()] == ["A"]


# Threads and crashes


def test_many_threads_write_and_read_at_once(instance: Instance) -> None:
    problems: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for number in range(20):
                name = f"user-{worker}-{number}"
                instance.users.create(name, ["login"], ADMIN)
                instance.users.set_addresses(name, [f"{name}@example.com"], ADMIN)
                assert instance.users.get(name).primary_address == f"{name}@example.com"
                assert len(instance.users.all()) > number
        except BaseException as problem:  # noqa: BLE001  # a thread's error must reach the test
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(instance.users.all()) == 121
    assert instance.audit.verify().events == 241


def test_two_threads_cannot_take_the_last_two_administrators(instance: Instance) -> None:
    instance.users.create("anna", ["admin"], ADMIN, password="x")
    start, refused = threading.Barrier(2), []

    def resign(name: str) -> None:
        start.wait()
        try:
            instance.users.set_privileges(name, ["login"], Actor(name))
        except Exception as problem:  # noqa: BLE001
            refused.append(problem)

    threads = [threading.Thread(target=resign, args=(name,)) for name in ("admin", "anna")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert sum(user.account.is_admin for user in instance.users.all()) == 1


WRITER = """
import sys
from pathlib import Path
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.settings import Passwords as Costs

instance = Instance(Path(sys.argv[1]), Passwords(Costs(time_cost=1, memory_kib=1024)))
for number in range(10**9):
    name = f"user-{number}"
    instance.users.create(name, ["login"], Actor("admin"))
    instance.users.set_addresses(name, [f"{name}@example.com", f"{number}@example.com"], Actor("admin"))
    instance.users.set_folder_privileges(name, name, ["read"], Actor("admin"))
    print(name, flush=True)
"""


@pytest.mark.parametrize("after", [1, 25, 60])
def test_a_kill_at_any_moment_loses_nothing_acknowledged_and_leaves_nothing_half(path: Path, after: int) -> None:
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        acknowledged = [process.stdout.readline().strip() for _ in range(after)]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.read().splitlines()[:-1]
    with reopened(path) as instance:
        kept = {user.name: user for user in instance.users.all()}
        assert len(acknowledged) >= after - 1
        for name in acknowledged:
            assert kept[name].addresses == (f"{name}@example.com", f"{name[5:]}@example.com")
            assert kept[name].folders == ((name, ("read",)),)
        assert {len(user.addresses) for user in kept.values()} <= {0, 2}
        # Each change has its event, and each event its change.
        instance.audit.verify()
        created = instance.audit.entries(Filter(events=["UserCreate"]), limit=1000)
        assert {entry.target for entry in created} == set(kept)
        given = instance.audit.entries(Filter(events=["UserSetPrivilegesOnFolder"]), limit=1000)
        assert {entry.target for entry in given} == {user.name for user in kept.values() if user.folders}
