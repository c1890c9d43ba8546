"""`python -m benchmarks`: run the benchmarks, print a line of JSON for each claim; 1 when one does not hold."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import (
    accounts,
    calendar,
    corpus,
    disk,
    drives,
    graph,
    graph_store,
    ingest,
    instances,
    journal,
    memory,
    o365,
    policy,
    profile_graph,
    profile_imap,
    reingest,
    retention,
    search,
    verify,
    workbooks,
)
from benchmarks.bench import Bench
from benchmarks.claim import Claim

CLAIMS: dict[str, Callable[[Bench], Claim]] = {
    "ingest": ingest.measure,
    "disk": disk.measure,
    "verify": verify.measure,
    "reingest": reingest.measure,
    "search": search.measure,
    "memory": memory.measure,
    "retention": retention.measure,
    "instances": instances.measure,
    "accounts_create": accounts.measure_create,
    "accounts_get": accounts.measure_get,
    "accounts_list": accounts.measure_list,
    "policy": policy.measure,
    "profile_graph": profile_graph.measure,
    "profile_imap": profile_imap.measure,
    "journal": journal.measure,
    "graph_store": graph_store.measure,
    "calendar_view": calendar.measure,
    "graph_get": graph.measure_get,
    "graph_page": graph.measure_page,
    "graph_batch": graph.measure_batch,
    "graph_lmtp": graph.measure_lmtp,
    "files_upload": drives.measure_upload,
    "files_download": drives.measure_download,
    "workbook_range": workbooks.measure,
    "o365_import": o365.measure_import,
    "o365_memory": o365.measure_memory,
    "o365_list": o365.measure_list,
    "o365_list_no_delay": partial(o365.measure_list, no_delay=True),
    "o365_files": o365.measure_files,
    "o365_files_no_delay": partial(o365.measure_files, no_delay=True),
    "o365_send": o365.measure_send,
    "o365_send_no_delay": partial(o365.measure_send, no_delay=True),
    "o365_attach": o365.measure_attach,
    "o365_attach_no_delay": partial(o365.measure_attach, no_delay=True),
    "o365_all": o365.measure_all,
    "o365_all_no_delay": partial(o365.measure_all, no_delay=True),
}

FEWEST_MESSAGES = 5_000
"""With fewer, starting programs counts more than working: times are shown, and nothing is judged."""


def main(arguments: list[str]) -> int:
    """Run what was asked for."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="postroom-bench-", dir=options.scratch) as scratch:
        mail = corpus.make(options.corpus, Path(scratch), options.messages)
        print(f"{mail.messages} messages, {mail.size_bytes / 1e6:.1f} MB, from {mail.origin}", file=sys.stderr)
        bench = Bench(mail, Path(scratch), options.repeat, options.large_mb << 20)
        held, judged = True, mail.messages >= FEWEST_MESSAGES
        if not judged:
            told = f"Too little mail to judge: fewer than {FEWEST_MESSAGES:,} messages. Give more with CORPUS=folder."
            print(told, file=sys.stderr)
        for name in options.only or CLAIMS:
            claim = CLAIMS[name](bench)
            print(claim.line(judged=judged), flush=True)
            held &= claim.holds
    return 0 if held or not judged else 1


def _options(arguments: list[str]) -> argparse.Namespace:
    given = os.environ.get("CORPUS")
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path(given) if given else None, help="folder with mail")
    parser.add_argument("--only", action="append", choices=CLAIMS, help="this claim only; may be repeated")
    parser.add_argument("--messages", type=int, help="take so many messages, evenly from all")
    parser.add_argument("--repeat", type=int, default=3, help="how often each time is taken (3)")
    parser.add_argument("--large-mb", type=int, default=200, help="size of the large message in MiB (200)")
    parser.add_argument("--scratch", type=Path, help="where to work; a folder on the disk to be measured")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    # An exception, so that the scratch folder goes also when somebody ends the run.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
