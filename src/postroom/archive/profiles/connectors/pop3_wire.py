"""One POP3 session: the few commands we need. poplib connects and signs in; what may be long we read ourselves, as it
keeps whole messages as lists of lines and takes no line over 2,048 bytes.
"""

from __future__ import annotations

import poplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from postroom.archive.body import Body, Spool
from postroom.archive.profiles.connectors.mailserver import Broken, Login, Refused, Server

LINE_BYTES: Final = 64 << 10
"""Read at a time; a longer line of a message comes in several reads."""
MOST_ROWS: Final = 2_000_000


class TooLarge(Exception):
    """A message has more bytes than we take; the session is of no more use."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"larger than archive.max_message_bytes ({most_bytes})")


class Connection:
    """Signed in; the mailbox is locked until the end. Methods raise Broken, Refused."""

    def __init__(self, login: Login) -> None:
        with _speaking(f"{login.server.host} gives no POP3 connection"):
            self._line = _connected(login.server)
        try:
            with _speaking(f"{login.server.host} takes no sign-in of {login.user}"):
                if login.server.tls == "TLS":
                    self._line.stls(login.server.context)
                self._line.user(login.user)
                self._line.pass_(login.password)
                self._pipelines = self._has("PIPELINING")
        except BaseException:
            self.drop()
            raise

    def _has(self, capability: str) -> bool:
        try:
            return capability in self._line.capa()
        except poplib.error_proto as error:
            if _said(error):
                return False
            raise

    def drop(self) -> None:
        """Close without a word: what was marked stays."""
        with suppress(OSError):
            self._line.close()

    def quit(self) -> None:
        """Say goodbye: only now is gone what was marked."""
        with _speaking("the mail was not removed"):
            self._line.quit()

    # What is there

    def sizes(self) -> dict[int, int]:
        """Bytes by message number, as the server counts them."""
        with _speaking("the messages are not listed"):
            return {int(row[0]): int(row[1]) for row in self._rows("LIST")}

    def uids(self) -> dict[int, str] | None:
        """Lasting ids by message number; None when the server has none."""
        try:
            with _speaking("the messages are not listed"):
                return {int(row[0]): row[1].decode("latin-1") for row in self._rows("UIDL")}
        except Refused:
            return None

    def _rows(self, command: str) -> Iterator[list[bytes]]:
        self._send(command)
        self._answer()
        for count, line in enumerate(self._lines()):
            if count > MOST_ROWS or not line.endswith(b"\n"):
                raise Broken("a list without end")
            yield line.split()

    # Messages

    def messages(self, numbers: Sequence[int], most_bytes: int) -> Iterator[Body | Refused]:
        """These, whole, in order, or why one is not sent. Raises TooLarge.

        What is not read to its end leaves the session of no more use.
        """
        return self._several([f"RETR {number}" for number in numbers], most_bytes)

    def heads(self, numbers: Sequence[int], most_bytes: int) -> Iterator[Body | Refused]:
        """Their headers."""
        return self._several([f"TOP {number} 0" for number in numbers], most_bytes)

    def _several(self, commands: Sequence[str], most_bytes: int) -> Iterator[Body | Refused]:
        if self._pipelines:
            with _speaking("the messages are not sent"):
                self._send("\r\n".join(commands))
        for command in commands:
            with _speaking("the message is not sent"):
                if not self._pipelines:
                    self._send(command)
                body = self._body(most_bytes)
            yield body

    def _body(self, most_bytes: int) -> Body | Refused:
        try:
            self._answer()
        except Refused as refusal:
            return refusal
        spool = Spool()
        for line in self._lines():
            spool.write(line)
            if spool.size > most_bytes:
                raise TooLarge(most_bytes)
        return spool.finish()

    def remove(self, number: int) -> None:
        """Mark a message; `quit` removes it."""
        with _speaking("the message is not removed"):
            self._send(f"DELE {number}")
            self._answer()

    # Lines

    def _send(self, command: str) -> None:
        self._line.sock.sendall(command.encode("ascii") + b"\r\n")

    def _answer(self) -> None:
        line = self._line.file.readline(LINE_BYTES)
        if line.startswith(b"-ERR"):
            raise Refused(line[4:].decode("utf-8", "replace").strip()[:300] or "refused")
        if not (line.startswith(b"+OK") and line.endswith(b"\n")):
            raise Broken(f"an answer that is none: {line[:100]!r}" if line else "the connection ended")

    def _lines(self) -> Iterator[bytes]:
        """Up to the dot alone, each with its end; a very long one in pieces."""
        read, start = self._line.file.readline, True
        while line := read(LINE_BYTES):
            if start and line[:1] == b".":
                if line in (b".\r\n", b".\n"):
                    return
                line = line[1:]
            start = line[-1:] == b"\n"
            if line:
                yield line
        raise Broken("the connection ended in the middle")


def _connected(server: Server) -> poplib.POP3:
    if server.tls == "SSL":
        return poplib.POP3_SSL(server.host, server.port, context=server.context, timeout=server.timeout_s)
    return poplib.POP3(server.host, server.port, timeout=server.timeout_s)


def _said(error: poplib.error_proto) -> str:
    """What the server said when it refused; '' when it broke."""
    text = error.args[0] if error.args else b""
    return (
        text[4:].decode("utf-8", "replace").strip() or "refused"
        if isinstance(text, bytes) and text[:4] == b"-ERR"
        else ""
    )


@contextmanager
def _speaking(what: str) -> Iterator[None]:
    try:
        yield
    except (Refused, Broken) as error:
        raise type(error)(f"{what}: {error}") from error
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"{what}: its certificate is not trusted ({error.verify_message})") from error
    except poplib.error_proto as error:
        if said := _said(error):
            raise Refused(f"{what}: {said[:300]}") from error
        raise Broken(f"{what}: {error}") from error
    except (OSError, ValueError, IndexError) as error:
        raise Broken(f"{what}: {getattr(error, 'strerror', None) or error}") from error
