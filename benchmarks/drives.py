"""A large file up and down, against a raw copy through the same TLS stack.

The floor is a bare Starlette application on our own shell that writes the body of a PUT into a file and syncs it, and
sends that file for a GET: the same TLS, HTTP and client, and no drive behind them. Ours hashes three times (SHA-1,
SHA-256, quickXorHash) what comes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPSConnection
from itertools import count
from pathlib import Path
from ssl import create_default_context
from statistics import median
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim
from benchmarks.graph_children import serve
from benchmarks.graph_server import FEW_MAIL, Client, Running, graph, running

MIB: Final = 1 << 20
LARGE: Final = 128 * MIB
SMALL: Final = 2 * MIB
BLOCK: Final = MIB
PLACE: Final = "/v1.0/me/drive/root:/bench.bin"
UP: Final = Bound("ratio", "at most", 3.0, 1.5)
DOWN: Final = Bound("ratio", "at most", 2.0, 1.2)
_FOLDERS: Final = count(1)


class Wire:
    """One kept connection that sends and reads in large blocks."""

    def __init__(self, server: Running) -> None:
        context = create_default_context(cafile=server.facts["ca"])
        self._connection = HTTPSConnection(
            "localhost", server.facts["port"], timeout=120, context=context, blocksize=BLOCK
        )
        self._headers = {"Authorization": f"Bearer {server.facts['token']}", "Content-Type": "application/octet-stream"}

    def put(self, path: str, file: Path) -> bytes:
        with file.open("rb") as body:
            headers = {**self._headers, "Content-Length": str(file.stat().st_size)}
            self._connection.request("PUT", path, body, headers)
            answer = self._connection.getresponse()
            told = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"PUT {path}: {answer.status} {told[:500]!r}")
        return told

    def get(self, path: str) -> int:
        """How many bytes came."""
        self._connection.request("GET", path, headers={})
        answer, size, buffer = self._connection.getresponse(), 0, memoryview(bytearray(BLOCK))
        while read := answer.readinto(buffer):
            size += read
        if answer.status >= 300:
            raise RuntimeError(f"GET {path}: {answer.status}")
        return size

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each round: raw and ours. Both directions are measured with one start of the servers."""

    size: int
    up: Sequence[tuple[float, float]]
    down: Sequence[tuple[float, float]]
    whole: bool


_MEASURED: Final[dict[Path, Times]] = {}


def measure_upload(bench: Bench) -> Claim:
    """MB/s of a file in one PUT."""
    times = _times(bench)
    return _claim("files_upload", times, times.up, UP)


def measure_download(bench: Bench) -> Claim:
    """MB/s of that file by the URL of its download."""
    times = _times(bench)
    return _claim("files_download", times, times.down, DOWN)


def _claim(name: str, times: Times, rounds: Sequence[tuple[float, float]], bound: Bound) -> Claim:
    megabytes = times.size / 1e6
    return Claim(
        name,
        megabytes / median(own for _, own in rounds),
        "MB/s",
        median(own / least for least, own in rounds),
        bound,
        {
            "bytes": times.size,
            "MB/s": [megabytes / own for _, own in rounds],
            "raw MB/s": [megabytes / least for least, _ in rounds],
        },
        {"the file is whole": times.whole},
    )


def _times(bench: Bench) -> Times:
    if bench.scratch not in _MEASURED:
        _MEASURED[bench.scratch] = _measured(bench)
    return _MEASURED[bench.scratch]


def _measured(bench: Bench) -> Times:
    size = LARGE if bench.mail.messages >= FEW_MAIL else SMALL
    file = _file(bench, size)
    with ExitStack() as opened:
        server = opened.enter_context(graph(bench))
        floor = opened.enter_context(running("files_floor", _folder(bench)))
        ours, raw = opened.enter_context(closing(Wire(server))), opened.enter_context(closing(Wire(floor)))
        up, down = [], []
        whole = json.loads(ours.put(f"{PLACE}:/content", file))["size"] == size
        raw.put("/file", file)
        for _ in range(bench.repeat):
            up.append((_taken(raw.put, "/file", file), _taken(ours.put, f"{PLACE}:/content", file)))
            url = _download(server)
            whole = whole and ours.get(url) == size
            down.append((_taken(raw.get, "/file"), _taken(ours.get, url)))
    return Times(size, up, down, whole)


def _download(server: Running) -> str:
    with closing(Client(server)) as client:
        url: str = json.loads(client.call("GET", PLACE))["@microsoft.graph.downloadUrl"]
    return "/v1.0" + url.partition("/v1.0")[2]


def _taken(work: Any, *given: object) -> float:
    start = time.perf_counter()
    work(*given)
    return time.perf_counter() - start


def _file(bench: Bench, size: int) -> Path:
    path = bench.scratch / "bench.bin"
    if not path.exists():
        block = os.urandom(MIB)
        with path.open("wb") as file:
            for _ in range(size // MIB):
                file.write(block)
    return path


def _folder(bench: Bench) -> Path:
    folder = bench.scratch / f"files-floor-{next(_FOLDERS)}"
    folder.mkdir()
    return folder


def files_floor(folder: str) -> None:
    """What `child` runs as the floor."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import FileResponse, Response
    from starlette.routing import Route

    from postroom.home import Home
    from postroom.settings import Settings
    from postroom.web.parts import Parts
    from postroom.web.server import Listener
    from postroom.web.shell import Face

    kept = Path(folder) / "file"

    async def put(request: Request) -> Response:
        with kept.open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        return Response(b"{}")

    async def get(_: Request) -> Response:
        return FileResponse(kept)

    place = Home(Path(folder) / "home")
    place.create()
    parts = Parts.of(place, Settings())
    app = Starlette(routes=[Route("/file", put, methods=["PUT"]), Route("/file", get)])
    parts.server.bind([Listener(Face("floor", app, lambda _: Response(status_code=500)), 0)])
    with parts.server.background():
        serve(port=parts.server.ports["floor"], ca=str(place.tls / "ca.pem"), token="")
