"""A whole mail server: Postroom's API, Postfix, Dovecot and the policy service on the accounts of one back end.

Accounts are made through the API alone; mail goes in by SMTP and is read by IMAP.
"""

from __future__ import annotations

import imaplib
import itertools
import os
import pwd
import re
import shutil
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage, Message
from functools import cache
from pathlib import Path
from typing import Any

from tests.accounts.services import dovecot, postfix
from tests.accounts.services.dovecot import Dovecot
from tests.accounts.services.postfix import Postfix
from tests.accounts.services.process import scratch, wait_until
from tests.accounts.services.smtp_sink import Sink, sink
from tests.ports import free_port

from iredadmin.client import Client
from postroom import app
from postroom.accounts.accounts import Accounts
from postroom.accounts.mailconfig.files import files, write
from postroom.accounts.mailconfig.places import Places
from postroom.accounts.model import AdminChange
from postroom.accounts.services.access import LOCAL
from postroom.home import Home
from postroom.settings import Accounts as AccountsSettings
from postroom.settings import Iredadmin, Policy, Settings, Web
from postroom.web.tls import Certificate

ADMIN = "root@admins.test"
PASSWORD = "Secret-1234"
SQL = ("sqlite", "postgresql")
"""The back ends on which all is tested; MariaDB has a file of its own."""
STRANGER = "127.0.0.2"
"""Where mail from the world comes from; 127.0.0.1 is trusted, as on any mail server."""
MAIL_USER, MAIL_GROUP = "nobody", "nogroup"
DRIVERS = {"sqlite": "sqlite", "postgresql": "pgsql", "mariadb": "mysql", "ldap": "ldap"}


@dataclass(frozen=True)
class Sent:
    """A message that was taken: the id in Postfix's queue, and the recipients that were refused, with the reason."""

    queue_id: str
    refused: dict[str, str]


class Refused(Exception):
    """No recipient was taken, or the message was not; the text begins with the code."""


@dataclass
class MailServer:
    """Everything runs; `api` is a client that is signed in as a global admin."""

    kind: str
    accounts: Accounts
    api: Client
    postfix: Postfix
    dovecot: Dovecot
    world: Sink
    """What leaves for domains that are not here."""
    elsewhere: Sink
    """Another server that mail is relayed to on request."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # Accounts

    def domain(self, **given: Any) -> str:
        """A new domain."""
        name = f"d{next(self._numbers)}.test"
        self.api.domains.create(name, **given)
        return name

    def user(self, local: str, domain: str, **given: Any) -> str:
        """A new user."""
        address = f"{local}@{domain}"
        self.api.users.create(address, password=PASSWORD, **given)
        return address

    def word(self) -> str:
        """One that was not used before."""
        return f"word{next(self._numbers)}"

    def subject(self) -> str:
        """One that no other message has."""
        return f"Message {next(self._numbers)}"

    # Mail

    def send(
        self, *recipients: str, sender: str = "bob@world.example", subject: str = "", size: int = 100,
        source: str = STRANGER, login: str | None = None,
    ) -> Sent:  # fmt: skip
        """Hand a message to Postfix and wait until it has left the queue. Raises Refused."""
        sent = self.submit(*recipients, sender=sender, subject=subject, size=size, source=source, login=login)
        wait_until(lambda: f"{sent.queue_id}: removed" in self.postfix.mail_log, f"{sent.queue_id} is delivered")
        return sent

    def submit(
        self, *recipients: str, sender: str, subject: str, size: int = 100, source: str = STRANGER,
        login: str | None = None,
    ) -> Sent:  # fmt: skip
        """The same without waiting. With `login` through the port for users, with TLS."""
        with self.smtp(source, login) as client:
            message = _message(sender, recipients, subject, size)
            code, text = client.mail(sender)
            if code != 250:
                raise Refused(_told(code, text))
            refused = {}
            for recipient in recipients:
                code, text = client.rcpt(recipient)
                if code != 250:
                    refused[recipient] = _told(code, text)
            if len(refused) == len(recipients):
                raise Refused(next(iter(refused.values())))
            code, text = client.data(message)
            if code != 250:
                raise Refused(_told(code, text))
            return Sent(text.decode().rpartition(" ")[2], refused)

    @contextmanager
    def smtp(self, source: str, login: str | None) -> Iterator[smtplib.SMTP]:
        port = self.postfix.submission if login else self.postfix.smtp
        with smtplib.SMTP("127.0.0.1", port, source_address=(source, 0), timeout=30) as client:
            client.ehlo("client.test")
            if login:
                client.starttls(context=unverified())
                client.ehlo("client.test")
                client.login(login, PASSWORD)
            yield client

    def subjects(self, address: str, password: str = PASSWORD) -> list[str]:
        """Of all messages in the inbox, read by IMAP over TLS."""
        return [message["Subject"] for message in self.messages(address, password)]

    def messages(self, address: str, password: str = PASSWORD) -> list[Message]:
        with self.imap(address, password) as imap:
            imap.select("INBOX", readonly=True)
            _, found = imap.fetch("1:*", "(BODY.PEEK[])") if _count(imap) else ("OK", [])
            return [message_from_bytes(part[1]) for part in found if isinstance(part, tuple)]

    @contextmanager
    def imap(
        self, address: str, password: str = PASSWORD, *, tls: bool = True, source: str = STRANGER
    ) -> Iterator[imaplib.IMAP4]:
        """Signed in. Raises imaplib.IMAP4.error for who may not."""
        client: imaplib.IMAP4 = (
            _TlsImap(self.dovecot.ports.imaps, source) if tls else _Imap(self.dovecot.ports.imap, source)
        )
        try:
            client.login(address, password)
            yield client
        finally:
            client.shutdown() if client.state == "LOGOUT" else client.logout()

    def may_sign_in(self, address: str, password: str = PASSWORD, *, tls: bool = True, source: str = STRANGER) -> bool:
        """By IMAP."""
        try:
            with self.imap(address, password, tls=tls, source=source):
                return True
        except imaplib.IMAP4.error:
            return False


@cache
def unverified() -> ssl.SSLContext:
    """Names of the tests' certificate are not what is tested."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class _Imap(imaplib.IMAP4):
    def __init__(self, port: int, source: str) -> None:
        self._source = source
        super().__init__("127.0.0.1", port, timeout=30)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout, source_address=(self._source, 0))


class _TlsImap(_Imap):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return unverified().wrap_socket(super()._create_socket(timeout), server_hostname="localhost")


def _count(imap: imaplib.IMAP4) -> int:
    _, found = imap.search(None, "ALL")
    return len(found[0].split())


def _told(code: int, text: bytes) -> str:
    return f"{code} {text.decode()}"


def _message(sender: str, recipients: tuple[str, ...], subject: str, size: int) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender or "<>", ", ".join(recipients), subject
    line = "The roof will cost a little more than we thought."
    message.set_content("\n".join([line] * max(1, size // len(line))))
    return message.as_bytes()


# Starting it


@contextmanager
def mail_server(accounts: AccountsSettings) -> Iterator[MailServer]:
    """Skips when something is not installed; all is stopped afterwards."""
    driver = DRIVERS[accounts.backend]
    postfix.require(driver)
    dovecot.require(driver)
    with ExitStack() as stack:
        folder = stack.enter_context(scratch("mail", in_memory=True))
        settings = _settings(accounts, folder)
        home = Home(folder / "home")
        home.create()
        Certificate(home.tls)
        engines = stack.enter_context(app.engines(home, settings))
        assert engines.accounts is not None
        engines.accounts.admins.create(LOCAL, ADMIN, AdminChange(password=PASSWORD, global_admin=True))
        server = stack.enter_context(app.build(home, settings, engines).background())
        url = f"https://localhost:{server.ports['iredadmin']}/iredadmin"
        api = stack.enter_context(Client(url, ADMIN, PASSWORD, ca_file=home.tls / "ca.pem"))
        world, elsewhere = stack.enter_context(sink()), stack.enter_context(sink())
        mta, store = _configured(settings, home, folder, world.port)
        stack.enter_context(store)
        stack.enter_context(mta)
        yield MailServer(accounts.backend, engines.accounts, api, mta, store, world, elsewhere)


def _settings(accounts: AccountsSettings, folder: Path) -> Settings:
    accounts = replace(
        accounts,
        storage_base_directory=str(folder / "vmail" / "vmail1"),
        mta_transport="lmtp:unix:private/dovecot-lmtp",
        sqlite_file=_shared_folder(folder) / "accounts.db" if accounts.backend == "sqlite" else None,
        verify_domain_ownership=False,
    )
    return Settings(
        web=Web(login_delay_s=0.0),
        accounts=accounts,
        iredadmin=Iredadmin(enabled=True, port=0),
        policy=Policy(enabled=True, port=free_port()),
    )


def _shared_folder(folder: Path) -> Path:
    """As the guide says: the group is Postfix's, and what is made in it is the group's."""
    shared = folder / "accounts"
    shared.mkdir()
    os.chown(shared, 0, pwd.getpwnam("postfix").pw_gid)
    shared.chmod(0o2770)
    return shared


def _configured(settings: Settings, home: Home, folder: Path, world: int) -> tuple[Postfix, Dovecot]:
    ports = dovecot.Ports.free()
    etc, certificate = folder / "etc", folder / "server.pem"
    shutil.copy(home.tls / "server.pem", certificate)
    (folder / "vmail").mkdir()
    shutil.chown(folder / "vmail", MAIL_USER, MAIL_GROUP)
    places = Places(
        etc=etc, queue=folder / "queue", mail_user=MAIL_USER, mail_group=MAIL_GROUP, quota_port=ports.quota_status,
        lda_options=f"-c {etc}/dovecot/dovecot.conf",
    )  # fmt: skip
    write(files(settings, home.path, places), etc)
    mta, store = Postfix(folder, world, certificate), Dovecot(folder, ports, certificate)
    store.configure()
    mta.configure()
    return mta, store


def first_code(text: str) -> str:
    """The code of a reply."""
    found = re.match(r"\d{3}", text)
    assert found
    return found[0]
