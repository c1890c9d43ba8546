"""What `child` runs for the benchmarks of Graph: a full inbox, its server, and the floors."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

CHANGES: Final[Mapping[str, Mapping[str, Any]]] = {
    "graph": {"enabled": True, "port": 0, "proxy": True, "proxy_port": 0, "faults_file": None},
    "smtp": {"enabled": True, "lmtp_port": 0},
}


def graph_fill(home: str, count: str) -> dict[str, object]:
    """A home with two users, and so many messages in the inbox of the first."""
    from benchmarks.graph_server import ADDRESS, FRIEND, PASSWORD
    from postroom.testing import local_graph

    with local_graph(Path(home), CHANGES) as graph:
        anna = graph.user(ADDRESS, name="Anna", password=PASSWORD)
        graph.user(FRIEND, name="Bert", password=PASSWORD)
        for number in range(int(count)):
            graph.deliver(message(number), anna)
    return {"messages": int(count)}


def message(number: int) -> bytes:
    """Of the usual kind: HTML and text, some recipients, every tenth with a small attachment."""
    made = EmailMessage()
    made["From"] = f"Colleague {number % 97} <colleague{number % 97}@elsewhere.example>"
    made["To"] = "Anna <anna@example.com>, Bert <bert@example.com>"
    made["Cc"] = f"team{number % 7}@elsewhere.example"
    made["Subject"] = f"Report {number} on what is to be done this week"
    made["Date"] = f"Mon, 05 Jan 2026 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0000"
    made["Message-ID"] = f"<{number}@elsewhere.example>"
    text = f"Dear all, this is report {number}.\n" + "There is work to be done, and this says which.\n" * 20
    made.set_content(text)
    made.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
    if number % 10 == 0:
        made.add_attachment(b"%PDF-1.4 " + b"x" * 3000, maintype="application", subtype="pdf", filename="report.pdf")
    return made.as_bytes()


def graph_serve(home: str) -> None:
    """Serves a filled home; tells its ports, app and a token of the first user."""
    from benchmarks.graph_server import ADDRESS, PASSWORD
    from postroom.testing import User, local_graph

    with local_graph(Path(home), CHANGES) as graph:
        found = graph.accounts.mailboxes.find(ADDRESS)
        assert found is not None
        account = graph.account(User(found.id, found.address, PASSWORD))
        token = account.con.token_backend.get_access_token(username=account.con.username)
        assert token is not None
        serve(
            port=graph.server.ports["graph"],
            lmtp=graph.server.ports["lmtp"],
            proxy=graph.server.ports["graph-proxy"],
            ca=str(graph.ca_file),
            app=graph.app.id,
            secret=graph.secret,
            tenant=graph.tenant,
            token=token["secret"],
        )


def graph_floor(home: str, content: str) -> None:
    """The bytes of a file as the answer to everything, by Starlette on our shell."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from postroom.home import Home
    from postroom.settings import Settings
    from postroom.web.parts import Parts
    from postroom.web.server import Listener
    from postroom.web.shell import Face

    told = Path(content).read_bytes()

    async def answer(request: Request) -> Response:
        await request.body()
        return Response(told, media_type="application/json")

    place = Home(Path(home))
    place.create()
    parts = Parts.of(place, Settings())
    app = Starlette(routes=[Route("/{rest:path}", answer, methods=["GET", "POST"])])
    parts.server.bind([Listener(Face("floor", app, lambda _: Response(status_code=500)), 0)])
    with parts.server.background():
        serve(port=parts.server.ports["floor"], ca=str(place.tls / "ca.pem"), token="")


def lmtp_floor(folder: str) -> None:
    """aiosmtpd with a handler that writes each message into a file and syncs it."""
    from aiosmtpd.lmtp import LMTP
    from aiosmtpd.smtp import SMTP, Envelope, Session

    Path(folder).mkdir()

    class Lmtp(LMTP):
        line_length_limit = 1 << 20  # real mail has such lines

    class Handler:
        number = 0

        async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
            self.number += 1
            content = envelope.original_content
            assert isinstance(content, bytes)
            with (Path(folder) / str(self.number)).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            return "250 OK"

    async def listen() -> None:
        loop, handler = asyncio.get_running_loop(), Handler()
        server = await loop.create_server(lambda: Lmtp(handler, hostname="localhost", loop=loop), "127.0.0.1", 0)
        async with server:
            await asyncio.to_thread(serve, lmtp=server.sockets[0].getsockname()[1])

    asyncio.run(listen())


def serve(**facts: object) -> None:
    """Tells the facts, and waits until the standard input ends."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
