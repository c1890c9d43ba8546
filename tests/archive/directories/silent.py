"""Servers that take a connection and then answer nothing, or one byte now and then."""

from __future__ import annotations

import socket
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
    answer: Callable[[str], str | None], greeting: str = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello"
) -> Iterator[tuple[int, list[str]]]:
    """A mail server that says what `answer` makes of each line, and the lines that it got; None closes."""
    lines: list[str] = []

    def serve(connection: socket.socket, ended: threading.Event) -> None:
        connection.settimeout(20)
        with connection.makefile("rwb") as file:
            file.write(f"{greeting}\r\n".encode())
            file.flush()
            while (line := file.readline().decode().rstrip("\r\n")) and not ended.is_set():
                lines.append(line)
                said = answer(line)
                if said is None:
                    return
                file.write(f"{said}\r\n".encode())
                file.flush()

    with listening(serve) as port:
        yield port, lines
