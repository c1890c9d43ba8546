"""A private Dovecot with IMAP and POP3 on free ports of loopback: mailboxes are made by naming them."""

from __future__ import annotations

import imaplib
import os
import poplib
import pwd
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.accounts.services.dovecot import needs_root
from tests.accounts.services.process import Service, answers, missing, program, scratch
from tests.ports import free_port

PASSWORD = "Secret-1234"
MASTER, MASTER_PASSWORD = "archive", "Master-1234"
MAIL_USER = "nobody"

CONFIGURATION = """
protocols = imap pop3
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot-mail.log
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = no
auth_failure_delay = 0
auth_master_user_separator = *
shutdown_clients = yes
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
pop3_uidl_format = %g
passdb {{
  driver = static
  args = password={password}
}}
passdb {{
  driver = passwd-file
  master = yes
  args = scheme=PLAIN {folder}/masters
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    special_use = \\Drafts
  }}
  mailbox Gesendet {{
    special_use = \\Sent
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
  }}
}}
{more}
"""


class Dovecot(Service):
    """`name`s of mailboxes are free: each exists with `PASSWORD` as soon as somebody signs in."""

    def __init__(self, folder: Path, certificate: Path, more: str = "") -> None:
        self.imap, self.imaps, self.pop3, self.pop3s = (free_port() for _ in range(4))
        path = folder / "dovecot.conf"
        who = pwd.getpwnam(MAIL_USER)
        path.write_text(
            CONFIGURATION.format(
                folder=folder, certificate=certificate, password=PASSWORD, uid=who.pw_uid, gid=who.pw_gid, more=more,
                imap=self.imap, imaps=self.imaps, pop3=self.pop3, pop3s=self.pop3s,
            )
        )  # fmt: skip
        (folder / "masters").write_text(f"{MASTER}:{MASTER_PASSWORD}\n")
        (folder / "mail").mkdir()
        os.chown(folder / "mail", who.pw_uid, who.pw_gid)
        (folder / "dovecot-mail.log").touch()
        (folder / "dovecot-mail.log").chmod(0o666)
        super().__init__("dovecot", [program("dovecot"), "-F", "-c", path], folder=folder, ready=self._answers)

    def _answers(self) -> bool:
        return all(answers(port) for port in (self.imap, self.imaps, self.pop3))

    def maildir(self, user: str) -> Path:
        return self.folder / "mail" / user / "Maildir"

    @contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        """Signed in as another mail program."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=30) as client:
            client.login(user, PASSWORD)
            yield client

    def fill(self, user: str, bodies: Iterable[bytes]) -> None:
        """Many messages at once, past the server; line ends become its own."""
        inbox, who = self.maildir(user), pwd.getpwnam(MAIL_USER)
        for name in ("cur", "new", "tmp"):
            (inbox / name).mkdir(parents=True, exist_ok=True)
        for number, body in enumerate(bodies):
            (inbox / "cur" / f"{1_700_000_000 + number}.M{number}P1.host:2,S").write_bytes(body.replace(b"\r\n", b"\n"))
        for path in (inbox.parent, *inbox.parent.rglob("*")):
            os.chown(path, who.pw_uid, who.pw_gid)

    def put(self, user: str, *bodies: bytes, folder: str = "INBOX", date: str | None = None, flags: str = "") -> None:
        """Append messages; `folder` is made, and its name is as on the wire."""
        with self.client(user) as client:
            if folder != "INBOX":
                client.create(f'"{folder}"')
            for body in bodies:
                typ, said = client.append(f'"{folder}"', flags, date, body)
                assert typ == "OK", said

    def left(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The messages of a folder, whole."""
        with self.client(user) as client:
            typ, exists = client.select(f'"{folder}"', readonly=True)
            assert typ == "OK", exists
            found: list[Any] = client.fetch("1:*", "(BODY.PEEK[])")[1] if int(exists[0] or 0) else []
            return [part[1] for part in found if isinstance(part, tuple)]

    def flags(self, user: str, folder: str = "INBOX") -> list[tuple[bytes, ...]]:
        with self.client(user) as client:
            client.select(f'"{folder}"', readonly=True)
            _, found = client.fetch("1:*", "(FLAGS)")
            return [imaplib.ParseFlags(part) for part in found if isinstance(part, bytes)]

    def details(self, user: str, **more: Any) -> Mapping[str, object]:
        """What a profile for this mailbox has."""
        return {
            "host": "127.0.0.1", "port": self.imap, "protocol": "IMAP", "userName": user, "password": PASSWORD,
            **more,
        }  # fmt: skip

    def pop(self, user: str) -> poplib.POP3:
        client = poplib.POP3("127.0.0.1", self.pop3, timeout=30)
        client.user(user)
        client.pass_(PASSWORD)
        return client


def require() -> None:
    """Skip unless Dovecot is there and may be started."""
    program("dovecot")
    needs_root("Dovecot")
    for protocol in ("imap", "pop3"):
        if not Path(f"/usr/lib/dovecot/{protocol}").exists():
            missing(f"dovecot-{protocol}d")


@contextmanager
def dovecot(certificate: Path, more: str = "") -> Iterator[Dovecot]:
    """Started in memory, stopped afterwards."""
    require()
    with scratch("imap", in_memory=True) as folder:
        own = folder / "server.pem"
        shutil.copy(certificate, own)
        with Dovecot(folder, own, more) as server:
            yield server
