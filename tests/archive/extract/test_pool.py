"""The pool: order, and what becomes of messages that hang, crash, eat memory or cannot be loaded."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from tests.archive.extract import loaders, makers
from tests.archive.extract.makers import attached, mail, text

from postroom.archive.body import Body
from postroom.archive.extract import Extracted, ExtractPool, Limits, TextDb
from postroom.errors import Cancelled, Invalid, Unavailable

LIMITS = Limits(time_s=1.0, memory_bytes=400 << 20)
PATIENT = replace(LIMITS, time_s=30.0)
"""Where the time is not the point."""


def message(number: int) -> bytes:
    return b"Subject: %d\n\nbody" % number


def poison(deed: bytes) -> bytes:
    return mail(text("body"), attached("poison.txt", deed, "text/plain"), subject="poison")


def pool(
    load: Callable[[Sequence[bytes]], Iterable[Body]] = loaders.poisoned,
    *,
    workers: int = 1,
    idle_s: float = 60.0,
    limits: Limits = LIMITS,
) -> ExtractPool[bytes]:
    return ExtractPool(load, workers=workers, limits=limits, idle_s=idle_s)


def subjects(results: Iterable[list[Extracted]]) -> list[list[str]]:
    return [[found.subject for found in batch] for batch in results]


def children() -> list[psutil.Process]:
    """Running workers; other tests of this process may have servers running."""
    found = (child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE)
    return [child for child in found if "postroom.archive.extract.worker" in " ".join(child.cmdline())]


def test_results_come_in_the_order_of_their_batches() -> None:
    batches = [[message(10 * batch + number) for number in range(batch % 4)] for batch in range(20)]
    with pool(loaders.plain, workers=2) as workers:
        assert subjects(workers.map(batches)) == [
            [str(10 * batch + number) for number in range(batch % 4)] for batch in range(20)
        ]


def test_no_more_batches_are_taken_than_two_per_worker() -> None:
    taken = 0

    def batches() -> Iterator[list[bytes]]:
        nonlocal taken
        for taken in range(1, 50):
            yield [message(taken)]

    with pool(loaders.plain) as workers:
        results = workers.map(batches())
        next(results)
        assert taken <= 2
        results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("deed", "reason"),
    [(b"spin", "time limit"), (b"crash", "crash (SIGABRT)"), (b"exit", "worker ended")],
)
def test_a_message_that_ends_its_worker_loses_its_attachments_and_nobody_else_anything(
    deed: bytes, reason: str
) -> None:
    batch = [message(1), message(2), poison(deed), message(4)]
    began = time.monotonic()
    with pool() as workers:
        found = list(workers.map([batch, [message(5)]]))
    assert subjects(found) == [["1", "2", "poison", "4"], ["5"]]
    bad = found[0][2]
    assert (bad.body, bad.problems) == ("body", (f"attachments not read: {reason}",))
    assert [(a.filename, a.size, a.problem) for a in bad.attachments] == [("poison.txt", len(deed), "not read")]
    assert not any(other.problems for batch in found for other in batch if other is not bad)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(("deed", "reason"), [(b"spin", "time limit"), (b"crash", "crash (SIGABRT)")])
def test_a_message_that_ends_the_parser_is_read_as_one_text(deed: bytes, reason: str) -> None:
    bad = b"Subject: bad\n\nThe dog barks: " + deed
    with pool(loaders.unparsable) as workers:
        found = next(workers.map([[message(1), bad, message(3)]]))
    assert [one.subject for one in found] == ["1", "bad", "3"]
    assert found[1].body == f"The dog barks: {deed.decode()}"
    assert found[1].problems == (f"structure and attachments not read: {reason}",)


def test_a_memory_hog_is_stopped_within_its_limit() -> None:
    # On a busy machine the time limit would come first.
    with pool(limits=replace(LIMITS, time_s=60)) as workers:
        found = next(workers.map([[message(1), poison(b"hog"), message(3)]]))
    assert [one.subject for one in found] == ["1", "poison", "3"]
    assert found[1].attachments[0].problem == "memory limit"


def test_a_message_whose_loading_hangs_is_given_up_and_named() -> None:
    with pool(loaders.stuck) as workers:
        found = next(workers.map([[message(1), b"stuck", message(3)]]))
    assert [one.subject for one in found] == ["1", "", "3"]
    assert found[1].problems == ("extraction failed: time limit",)


def test_a_message_that_cannot_be_loaded_for_good_is_named_and_passed_over() -> None:
    with pool(loaders.damaged) as workers:
        found = next(workers.map([[message(1), b"damaged", message(3), b"damaged"]]))
    assert [one.subject for one in found] == ["1", "", "3", ""]
    assert found[1].problems == ("could not be read: Record 7 of pack 1 is damaged.",)


def test_a_store_that_is_locked_ends_the_call_and_the_pool_goes_on() -> None:
    with pool(loaders.damaged) as workers:
        with pytest.raises(Unavailable, match="locked"):
            list(workers.map([[message(1), b"locked"]]))
        assert subjects(workers.map([[message(2)]])) == [["2"]]


def test_a_full_disk_is_no_fault_of_the_message() -> None:
    with pool() as workers, pytest.raises(Unavailable, match="No space"):
        list(workers.map([[message(1), poison(b"full")]]))


def test_no_worker_runs_before_the_first_batch_nor_after_close() -> None:
    before = len(children())
    workers = pool(loaders.plain, workers=2)
    assert len(children()) == before
    list(workers.map([[message(1)]]))
    assert len(children()) == before + 1
    workers.close()
    assert len(children()) == before


def test_an_idle_worker_ends_and_another_takes_its_place() -> None:
    before = len(children())
    with pool(loaders.plain, idle_s=0.05) as workers:
        assert subjects(workers.map([[message(1)]])) == [["1"]]
        for child in children()[before:]:
            child.wait(10)
        assert subjects(workers.map([[message(2)]])) == [["2"]]


def test_close_stops_what_is_running() -> None:
    workers = ExtractPool(loaders.poisoned, workers=1, limits=Limits(time_s=300))
    problems: list[BaseException] = []

    def use() -> None:
        try:
            list(workers.map([[poison(b"spin")]]))
        except Cancelled as error:
            problems.append(error)

    user = threading.Thread(target=use)
    user.start()
    while not children():
        user.join(0.01)
    workers.close()
    user.join(20)
    assert len(problems) == 1


def test_a_closed_pool_says_so() -> None:
    workers = pool()
    workers.close()
    with pytest.raises(Cancelled):
        next(workers.map([[message(1)]]))


def test_a_worker_that_cannot_start_is_an_error_and_no_endless_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.archive.extract.pool._COMMAND", "raise SystemExit('no such module')")
    with pool() as workers, pytest.raises(Unavailable, match="no such module"):
        next(workers.map([[message(1)]]))


def test_references_that_cannot_be_sent_are_an_error_and_no_endless_loop() -> None:
    with ExtractPool(loaders.plain, workers=1, limits=LIMITS) as workers, pytest.raises(Unavailable):
        next(workers.map([[loaders.Unreadable()]]))  # type: ignore[list-item]


def test_workers_do_not_see_the_secrets_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTROOM_ADMIN_PASSWORD", "secret")
    with ExtractPool(loaders.environment, workers=1, limits=LIMITS) as workers:
        assert next(workers.map([["POSTROOM_ADMIN_PASSWORD"]]))[0].body == "unset"


def test_a_pool_needs_a_worker() -> None:
    with pytest.raises(Invalid):
        pool(workers=0)


def test_text_of_a_document_is_kept_once_and_taken_from_there(tmp_path: Path) -> None:
    raw = mail(attached("a.docx", makers.docx("dear words")))
    cache = TextDb(tmp_path / "text.db")
    with ExtractPool(loaders.plain, workers=1, limits=PATIENT, cache=cache) as workers:
        first = next(workers.map([[raw]]))[0].attachments[0]
        cache.put(first.digest, "not replaced")
        assert cache.get(first.digest) == first.text
        assert next(workers.map([[raw]]))[0].attachments[0] == first
    cache.close()


def test_what_is_in_the_cache_is_not_read_again(tmp_path: Path) -> None:
    raw = mail(attached("a.docx", makers.docx("read words")))
    cache = TextDb(tmp_path / "text.db")
    with ExtractPool(loaders.plain, workers=1, limits=PATIENT) as workers:
        digest = next(workers.map([[raw]]))[0].attachments[0].digest
    cache.put(digest, "kept words")
    with ExtractPool(loaders.plain, workers=1, limits=PATIENT, cache=cache) as workers:
        assert next(workers.map([[raw]]))[0].attachments[0].text == "kept words"
    cache.close()


CONFINED = """
import ctypes, os, signal, socket, sys
from postroom.archive.extract.model import Limits
from postroom.archive.extract.worker import confine
if ctypes.CDLL(None).syscall(444, None, 0, 1) < 6:
    sys.exit(77)
confine(Limits())
for act in (
    lambda: os.kill(os.getppid(), 0),
    lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),
    lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5),
):
    try:
        act()
    except OSError:
        continue
    sys.exit(1)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock is of Linux")
def test_a_worker_cannot_signal_start_or_call_anybody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
        done = subprocess.run([sys.executable, "-c", CONFINED, port], check=False, timeout=60)
    if done.returncode == 77:
        pytest.skip("the kernel is older than 6.12")
    assert done.returncode == 0
