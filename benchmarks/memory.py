"""Peak memory of an import with its workers: below a bound, and flat in the number and the size of messages.

A sampler reads all processes of the tree every 50 ms. The claim is on the sum of their proportional set sizes (PSS):
pages that processes share count once, mapped files count as far as they are in memory. The sum of the resident set
sizes, which counts shared pages once per process, stands beside it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from benchmarks import corpus
from benchmarks.bench import ROOT, Bench, command
from benchmarks.claim import MIB, Bound, Claim
from benchmarks.corpus import Mail

EVERY_S: Final = 0.05
FLAT: Final = 1.2
"""What the peak may grow when there is five times the mail: allocators and merges are not exact."""
_LINE: Final = re.compile(rb"^(Rss|Pss): +(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Peak:
    """Most memory at one moment, in bytes: PSS and RSS of the whole tree; how many samples were taken."""

    pss: int
    rss: int
    samples: int


def measure(bench: Bench) -> Claim:
    """MiB at the worst moment of importing everything, a fifth of it, and one large message."""
    part = corpus.part(bench.mail, max(1, bench.mail.messages // 5), bench.scratch / "part")
    large = corpus.large(bench.scratch / "large", bench.large_bytes)
    peaks = {name: _import(bench, mail) for name, mail in (("part", part), ("all", bench.mail), ("large", large))}
    worst = max(peak.pss for peak in peaks.values())
    growth = peaks["all"].pss / peaks["part"].pss
    return Claim(
        "memory",
        worst / MIB,
        "MiB",
        growth,
        Bound("value", "at most", 400.0),
        {
            "messages": {"part": part.messages, "all": bench.mail.messages, "large": 1},
            "large message MB": large.size_bytes / 1e6,
            "PSS MiB": {name: peak.pss / MIB for name, peak in peaks.items()},
            "RSS MiB": {name: peak.rss / MIB for name, peak in peaks.items()},
            "samples": {name: peak.samples for name, peak in peaks.items()},
        },
        {f"all is at most {FLAT} times part": growth <= FLAT},
    )


def _import(bench: Bench, mail: Mail) -> Peak:
    home = bench.scratch / "home-memory"
    try:
        with subprocess.Popen(command("take", home, mail.root), cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            peak = watch(process)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args)
        return peak
    finally:
        shutil.rmtree(home, ignore_errors=True)


def watch(process: subprocess.Popen[bytes]) -> Peak:
    """The peak of a process and all below it, until it ends."""
    root, pss, rss, samples = psutil.Process(process.pid), 0, 0, 0
    tick = threading.Event()
    while process.poll() is None:
        sizes = [_sizes(pid) for pid in _tree(root)]
        pss, rss = max(pss, sum(size[0] for size in sizes)), max(rss, sum(size[1] for size in sizes))
        samples += 1
        tick.wait(EVERY_S)
    return Peak(pss, rss, samples)


def _tree(root: psutil.Process) -> list[int]:
    try:
        return [root.pid, *(child.pid for child in root.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def _sizes(pid: int) -> tuple[int, int]:
    """PSS and RSS in bytes; nothing for a process that just ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    found = {name: int(size) << 10 for name, size in _LINE.findall(text)}
    return found.get(b"Pss", 0), found.get(b"Rss", 0)
