"""An LDAP server that says what a test makes up, byte by byte (RFC 4511): true servers do not lie on demand."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tests.archive.directories.silent import listening

_BIND, _SEARCH = 0x60, 0x63
_PAGES: Final = b"1.2.840.113556.1.4.319"


@dataclass(frozen=True)
class Search:
    """What was asked for; `cookie`: of the page before."""

    base: str
    attributes: tuple[str, ...]
    cookie: bytes


@dataclass(frozen=True)
class Answer:
    """Entries by name, then the end: its code, and the cookie of the next page. Without a code the connection drops."""

    entries: Mapping[str, Mapping[str, Iterable[str]]]
    code: int | None = 0
    cookie: bytes = b""


def tlv(tag: int, *parts: bytes) -> bytes:
    data = b"".join(parts)
    if len(data) < 128:
        return bytes([tag, len(data)]) + data
    size = len(data).to_bytes(4, "big")
    return bytes([tag, 0x84]) + size + data


def text(value: str | bytes) -> bytes:
    return tlv(0x04, value.encode() if isinstance(value, str) else value)


def number(value: int, tag: int = 0x02) -> bytes:
    return tlv(tag, value.to_bytes(4, "big"))


def result(tag: int, code: int) -> bytes:
    return tlv(tag, number(code, 0x0A), text(""), text(""))


def entry(dn: str, values: Mapping[str, Iterable[str]]) -> bytes:
    attributes = [tlv(0x30, text(name), tlv(0x31, *map(text, found))) for name, found in values.items()]
    return tlv(0x64, text(dn), tlv(0x30, *attributes))


def pages(cookie: bytes) -> bytes:
    return tlv(0xA0, tlv(0x30, text(_PAGES), text(tlv(0x30, number(0), text(cookie)))))


def parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element."""
    while data:
        size, begin = data[1], 2
        if size >= 128:
            begin += size - 128
            size = int.from_bytes(data[2:begin], "big")
        yield data[0], data[begin : begin + size]
        data = data[begin + size :]


def search(operation: bytes, rest: list[tuple[int, bytes]]) -> Search:
    asked = list(parts(operation))
    cookie = b""
    for tag, controls in rest:
        for _, control in parts(controls) if tag == 0xA0 else ():
            (_, kind), *values = parts(control)
            if kind == _PAGES:
                inner = next(parts(values[-1][1]))[1]
                cookie = list(parts(inner))[1][1]
    attributes = tuple(value.decode() for _, value in parts(asked[7][1]))
    return Search(asked[0][1].decode(), attributes, cookie)


@contextmanager
def scripted(answer: Callable[[Search], Answer]) -> Iterator[int]:
    """The port of a server that takes every bind, and answers searches so."""

    def serve(connection: socket.socket, ended: threading.Event) -> None:
        connection.settimeout(20)
        while (request := received(connection)) and not ended.is_set():
            (_, message), (tag, operation), *rest = parts(request)
            if tag == _BIND:
                connection.sendall(tlv(0x30, tlv(0x02, message), result(0x61, 0)))
            elif tag == _SEARCH:
                told = answer(search(operation, rest))
                for dn, values in told.entries.items():
                    connection.sendall(tlv(0x30, tlv(0x02, message), entry(dn, values)))
                if told.code is None:
                    return
                connection.sendall(tlv(0x30, tlv(0x02, message), result(0x65, told.code), pages(told.cookie)))
            else:
                return

    with listening(serve) as port:
        yield port


def received(connection: socket.socket) -> bytes:
    """The content of one message, empty at the end."""
    head = connection.recv(2)
    if len(head) < 2:
        return b""
    size = head[1]
    if size >= 128:
        size = int.from_bytes(connection.recv(size - 128), "big")
    data = b""
    while len(data) < size:
        data += connection.recv(size - len(data)) or b"\0" * size
    return data
