"""How fast a profile archives a mailbox of a Graph, against only fetching the same messages.

The floor is one kept connection that GETs the bytes of each message whose id it knows, and throws them away: no lists,
no folders, nothing stored. Both ask the same server, in turn, each time with an archive that has none of it.
"""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim, Rounds
from benchmarks.graph_server import Running, graph, messages

_ARCHIVES: Final = count(1)


def measure(bench: Bench) -> Claim:
    """Messages per second from the start of a run to its end."""
    runs: list[dict[str, Any]] = []
    with graph(bench) as server:
        facts = bench.scratch / "profile-graph.json"
        facts.write_text(json.dumps(server.facts))

        def ours() -> float:
            runs.append(bench.child("profile_graph", bench.scratch / f"profile-graph-{next(_ARCHIVES)}", facts))
            return float(runs[-1]["s"])

        before = server.cpu_s()
        rounds = Rounds.of(bench.repeat, lambda: bench.seconds("profile_graph_floor", facts), ours)
        used = _used(server, before)
    wanted = messages(bench)
    return Claim(
        "profile_graph",
        wanted / sorted(rounds.ours_s)[len(rounds.ours_s) // 2],
        "messages/s",
        rounds.ratio(),
        Bound("ratio", "at least", 0.5, 0.8),
        {
            "messages": wanted,
            **rounds.detail("GETs of the bytes"),
            "client's processor s": [run["cpu_s"] for run in runs],
            "server's processor s": used,
            "peak MiB": max(run["peak_mib"] for run in runs),
        },
        {"all messages came": all(run["archived"] == wanted for run in runs)},
    )


def _used(server: Running, before: float) -> float:
    return server.cpu_s() - before


def profile_graph(home: str, facts_file: str) -> dict[str, object]:
    """In a process of its own: a fresh archive, and one run of a profile."""
    import resource
    import time

    from postroom.archive.archive import Archive
    from postroom.archive.instance.audit import SYSTEM
    from postroom.archive.profiles.profiles import Given
    from postroom.settings import Archive as ArchiveSettings
    from postroom.settings import Settings
    from postroom.work import Process

    details = _details(json.loads(Path(facts_file).read_text()))
    settings = Settings(archive=ArchiveSettings(allowed_paths=("/",)))
    with Archive(Path(home), settings) as archive:
        number = archive.profiles.create(Given("bench", "admin", "I", "Microsoft365", details), SYSTEM)
        start, cpu = time.perf_counter(), time.process_time()
        run = archive.profiles.run(number, SYSTEM, Process("bench", "admin"))
        taken, used = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"s": taken, "cpu_s": used, "archived": run.archived, "peak_mib": peak}


def _details(facts: dict[str, Any]) -> dict[str, object]:
    from benchmarks.graph_server import ADDRESS

    origin = f"https://localhost:{facts['port']}"
    return {
        "tenant": facts["tenant"],
        "applicationId": facts["app"],
        "clientSecret": facts["secret"],
        "graphUrl": f"{origin}/v1.0/",
        "authorityUrl": origin,
        "caFile": facts["ca"],
        "emailAddress": ADDRESS,
        "targetUserFolder": "bench",
    }


def profile_graph_floor(facts_file: str) -> dict[str, object]:
    """The bytes of all messages in the inbox; finding their ids is not counted."""
    import time
    from http.client import HTTPSConnection
    from ssl import create_default_context

    facts = json.loads(Path(facts_file).read_text())
    context = create_default_context(cafile=facts["ca"])
    connection = HTTPSConnection("localhost", facts["port"], timeout=60, context=context)
    headers = {"Authorization": f"Bearer {facts['token']}", "Prefer": 'IdType="ImmutableId"'}

    def get(path: str) -> bytes:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().read()

    ids: list[str] = []
    path = "/v1.0/me/mailFolders/inbox/messages?$select=id&$top=999"
    while path:
        page = json.loads(get(path))
        ids += [row["id"] for row in page["value"]]
        path = page.get("@odata.nextLink", "").removeprefix(f"https://localhost:{facts['port']}")
    start = time.perf_counter()
    size = sum(len(get(f"/v1.0/me/messages/{one}/$value")) for one in ids)
    return {"s": time.perf_counter() - start, "messages": len(ids), "bytes": size}
