"""What becomes of memory that was freed."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from postroom.web.memory import keep_freed

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

if sys.argv[1] == "kept":
    assert keep_freed()
def request():
    return [bytearray(b"x") * 4_000_000 for _ in range(4)]  # what is read, joined, cut and written

request()  # the first one needs memory
before = faults()
for _ in range(10):
    request()
print(faults() - before)
"""
PAGES = 10 * 4 * 4_000_000 // 4096


def faults(how: str) -> int:
    """How often the program needed a page of memory from the system."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, how], stdout=subprocess.PIPE, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not that of GNU")
def test_freed_memory_serves_the_next_request() -> None:
    assert faults("kept") < PAGES / 5
    assert faults("given back") > PAGES / 2
