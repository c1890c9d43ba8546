"""Peak memory of an import with its workers: below a bound, and flat in the number and the size of messages.

A sampler reads all processes of the tree every 50 ms. The bound is on the sum of their proportional set sizes (PSS):
pages that processes share count once, mapped files count as far as they are in memory. Flat must be what the
programs hold themselves (the anonymous part of it): pages of mapped index files come and go with merges, and the
kernel takes them back whenever it likes. The sum of the resident set sizes, which counts shared pages once per
process, stands beside both.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from benchmarks import corpus
from benchmarks.bench import ROOT, Bench, command
from benchmarks.claim import MIB, Bound, Claim
from benchmarks.corpus import Mail

EVERY_S: Final = 0.05
FLAT: Final = 1.2
"""What the peak may grow when there is five times the mail: allocators and merges are not exact."""
_LINE: Final = re.compile(rb"^(Pss|Pss_Anon|Rss): +(\d+) kB", re.MULTILINE)


class Memory(NamedTuple):
    """Bytes of all processes together: PSS, its anonymous part, RSS."""

    pss: int
    anonymous: int
    rss: int


def measure(bench: Bench) -> Claim:
    """MiB at the worst moment of importing everything, a fifth of it, and one large message."""
    part = corpus.part(bench.mail, max(1, bench.mail.messages // 5), bench.scratch / "part")
    large = corpus.large(bench.scratch / "large", bench.large_bytes)
    peaks = {name: _import(bench, mail) for name, mail in (("part", part), ("all", bench.mail), ("large", large))}
    worst = max(peak.pss for peak in peaks.values())
    growth = peaks["all"].anonymous / peaks["part"].anonymous
    return Claim(
        "memory",
        worst / MIB,
        "MiB",
        growth,
        Bound("value", "at most", 400.0),
        {
            "messages": {"part": part.messages, "all": bench.mail.messages, "large": 1},
            "large message MB": large.size_bytes / 1e6,
            **{
                f"{kind} MiB": {name: getattr(peak, kind) / MIB for name, peak in peaks.items()}
                for kind in Memory._fields
            },
        },
        {f"anonymous memory of all is at most {FLAT} times part": growth <= FLAT},
    )


def _import(bench: Bench, mail: Mail) -> Memory:
    home = bench.scratch / "home-memory"
    try:
        with subprocess.Popen(command("take", home, mail.root), cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            peak = watch(process)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args)
        return peak
    finally:
        shutil.rmtree(home, ignore_errors=True)


def watch(process: subprocess.Popen[bytes]) -> Memory:
    """The peaks of a process and all below it, until it ends."""
    root, peak = psutil.Process(process.pid), Memory(0, 0, 0)
    tick = threading.Event()
    while process.poll() is None:
        sizes = [Memory(0, 0, 0), *map(_sizes, _tree(root))]
        peak = Memory(*map(max, peak, map(sum, zip(*sizes, strict=True))))
        tick.wait(EVERY_S)
    return peak


def _tree(root: psutil.Process) -> list[int]:
    try:
        return [root.pid, *(child.pid for child in root.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def _sizes(pid: int) -> Memory:
    """One process; nothing when it just ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return Memory(0, 0, 0)
    found = {name: int(size) << 10 for name, size in _LINE.findall(text)}
    return Memory(found.get(b"Pss", 0), found.get(b"Pss_Anon", 0), found.get(b"Rss", 0))
