"""Servers that take a connection and then answer nothing, or one byte now and then."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def listening(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """The port of a server on loopback; `serve` gets each connection in a thread, and an event that ends it."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        threads: list[threading.Thread] = []

        def accept() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    connection, _ = listener.accept()
                    threads.append(threading.Thread(target=one, args=(connection,)))
                    threads[-1].start()

        def one(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                serve(connection, ended)

        threads.append(threading.Thread(target=accept))
        threads[0].start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            ended.set()
            for thread in threads:
                thread.join()


def nothing(connection: socket.socket, ended: threading.Event) -> None:
    """Not a byte."""
    ended.wait()


def drops(connection: socket.socket, ended: threading.Event) -> None:
    """A byte of a long answer again and again: no wait for the next one is long."""
    connection.sendall(b"\x30\x84\x00\x10\x00\x00")
    while not ended.wait(0.02):
        connection.sendall(b"\x00")


@contextmanager
def talking(
    answer: Callable[[str], str | None],
    capabilities: str = "IMAP4rev1 AUTH=PLAIN",
    context: ssl.SSLContext | None = None,
) -> Iterator[tuple[int, list[str]]]:
    """A mail server that says what `answer` makes of each line, and the lines that it got; None closes."""
    lines: list[str] = []

    def serve(connection: socket.socket, ended: threading.Event) -> None:
        connection.settimeout(20)
        secured = context.wrap_socket(connection, server_side=True) if context else connection
        with secured, secured.makefile("rwb") as file:
            said: str | None = "* OK hello"
            while said is not None and not ended.is_set():
                file.write(f"{said}\r\n".encode())
                file.flush()
                line = file.readline().decode().rstrip("\r\n")
                lines.append(line)
                if line.endswith(" CAPABILITY"):
                    said = f"* CAPABILITY {capabilities}\r\n{line.partition(' ')[0]} OK done"
                else:
                    said = answer(line) if line else None

    with listening(serve) as port:
        yield port, lines
