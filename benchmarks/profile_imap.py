"""A profile that archives a mailbox of a local Dovecot, against mbsync, which copies the same mailbox into a Maildir.

mbsync is told not to sync its files, which makes it many times faster; ours syncs each batch, as it always does. Both
write to the same disk. The mailbox is read once by mbsync before anything is timed, so that Dovecot knows the sizes.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.accounts.services.process import program
from tests.archive.profiles.dovecot import PASSWORD, Dovecot, dovecot

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim, Rounds
from postroom.web.tls import Certificate

USER: Final = "bench"

MBSYNC: Final = """
FSync {fsync}

IMAPAccount bench
Host 127.0.0.1
Port {port}
User bench
Pass {password}
SSLType None
AuthMechs LOGIN

IMAPStore there
Account bench

MaildirStore here
Path {out}/
Inbox {out}/INBOX
SubFolders Verbatim

Channel all
Far :there:
Near :here:
Patterns *
Create Near
Sync Pull
SyncState *
"""


def measure(bench: Bench) -> Claim:
    """Messages per second until the run of the profile has ended: all are durable; the index follows."""
    mbsync = program("mbsync")
    results: list[dict[str, Any]] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=bench.scratch)))
        Certificate(folder)
        server = stack.enter_context(dovecot(folder / "server.pem"))
        server.fill(USER, (Path(path).read_bytes() for path in bench.mail.files()))

        def copied(fsync: str = "no") -> float:
            return _mbsync(mbsync, server, folder / "out", fsync, bench.mail.messages)

        def ours() -> float:
            home = bench.fresh_home()
            results.append(bench.child("profile_imap", home, Path(str(server.imap))))
            shutil.rmtree(home)
            return float(results[-1]["s"])

        copied()
        rounds = Rounds.of(bench.repeat, copied, ours)
        synced_s = copied("yes")
    last = results[-1]
    return Claim(
        "profile_imap",
        bench.mail.messages / median(rounds.ours_s),
        "messages/s",
        rounds.ratio(),
        Bound("ratio", "at least", 0.5, 1.0),
        {
            "messages": bench.mail.messages,
            "MB": bench.mail.size_bytes / 1e6,
            **rounds.detail("mbsync without fsync"),
            "mbsync as it comes, seconds": synced_s,
            "searchable after seconds": [result["searchable_s"] for result in results],
            "peak MiB": last["peak_mib"],
        },
        {
            "the run has no problem": all(result["result"] == "succeeded" for result in results),
            "every message is stored or known": last["archived"] + last["skipped"] == bench.mail.messages,
        },
    )


def _mbsync(path: Path, server: Dovecot, out: Path, fsync: str, messages: int) -> float:
    """Seconds that it takes to copy all messages."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    configuration = out.parent / "mbsyncrc"
    configuration.write_text(MBSYNC.format(port=server.imap, password=PASSWORD, out=out, fsync=fsync))
    configuration.chmod(0o600)
    start = time.perf_counter()
    # It warns that the password goes over loopback in clear.
    subprocess.run([path, "-q", "-c", configuration, "all"], check=True, capture_output=True)
    taken_s = time.perf_counter() - start
    copied = sum(1 for inside in ("cur", "new") for _ in (out / "INBOX" / inside).iterdir())
    if copied != messages:
        raise SystemExit(f"mbsync copied {copied} of {messages} messages")
    return taken_s


def profile_imap(home: str, port: str) -> dict[str, object]:
    """In a process of its own: a new home, a profile, and its run."""
    import resource

    from postroom.archive.archive import Archive
    from postroom.archive.instance.audit import SYSTEM
    from postroom.archive.profiles.profiles import Given
    from postroom.home import Home
    from postroom.settings import Settings
    from postroom.work import Process

    Home(Path(home)).create()
    details = {
        "host": "127.0.0.1", "port": int(port), "protocol": "IMAP", "userName": USER, "password": PASSWORD,
        "targetUserFolder": USER,
    }  # fmt: skip
    with Archive(Home(Path(home)).archive, Settings()) as archive:
        number = archive.profiles.create(Given("bench", "admin", "I", "IMAP", details), SYSTEM)
        start = time.perf_counter()
        run = archive.profiles.run(number, SYSTEM, Process("RunProfile", "admin"))
        taken_s = time.perf_counter() - start
        archive.wait_indexed()
        return {
            "s": taken_s,
            "searchable_s": time.perf_counter() - start,
            "result": run.result,
            "archived": run.archived,
            "skipped": run.skipped,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
