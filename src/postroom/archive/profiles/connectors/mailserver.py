"""What the connectors of mail servers share: the keys that say where and as whom, and how a connection is secured."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Final

from postroom.archive.profiles.common import TARGET, archive_name
from postroom.archive.profiles.connector import Context
from postroom.archive.profiles.details import Details, Key
from postroom.errors import Denied, Invalid, Unavailable

TIMEOUT_S: Final = 60


class Broken(Unavailable):
    """The connection ended, or what came is not the protocol: make another."""


class Refused(Denied):
    """The server said no; the connection can be used on."""


HOST: Final = Key("host", "Name or address of the mail server.", required=True, also=("server", "hostname"))
PORT: Final = Key("port", "Its port; that of the protocol when 0.", kind="number", default=0, maximum=65535)
USER: Final = Key("userName", "Who signs in.", also=("user",))
PASSWORD: Final = Key("password", "The password of `userName`.", kind="secret")
CREDENTIAL: Final = Key(
    "credentialID", "Number of a credential of the store, with `userName` and `password`, instead of these two.",
    kind="number", default=0,
)  # fmt: skip
ADDRESS: Final = Key("emailAddress", "Address of the mailbox, and name of its folder in the archive; else `userName`.")
TIMEOUT: Final = Key(
    "timeout", f"Seconds to wait for an answer; 0 = {TIMEOUT_S}.", kind="number", default=0, maximum=3600
)
TRUST: Final = Key("ignoreSSLPolicyErrors", "Take any certificate of the server.", kind="flag", default=False)
SUBTYPE: Final = Key("subType", "Taken, and without meaning here.", kind="number", default=0)


def protocol(name: str) -> Key:
    """The key `protocol`: in clear, with TLS after a command, or with TLS from the start."""
    values = (name, f"{name}-TLS", f"{name}-SSL")
    return Key("protocol", "`-TLS` asks for encryption after connecting, `-SSL` begins with it.",
               default=values[2], values=values)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mailbox is. `tls` is '' (none), 'TLS' (asked for after connecting) or 'SSL' (from the start)."""

    host: str
    port: int
    tls: str
    timeout_s: float
    trust: bool

    @property
    def context(self) -> ssl.SSLContext:
        """How its certificate is checked: by what the system trusts, or not at all."""
        context = ssl.create_default_context()
        if self.trust:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in where. `user` may be `anna*master`."""

    server: Server
    user: str
    password: str = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.user}@{self.server.host}:{self.server.port}"


def server(details: Details, plain_port: int, tls_port: int) -> Server:
    """The server of these details."""
    tls = details.text("protocol").partition("-")[2]
    return Server(
        host=details.text(HOST.name),
        port=details.number(PORT.name) or (tls_port if tls == "SSL" else plain_port),
        tls=tls,
        timeout_s=float(details.number(TIMEOUT.name) or TIMEOUT_S),
        trust=details.flag(TRUST.name),
    )


def check_login(details: Details) -> None:
    """Raises Invalid when nobody is named who signs in."""
    if not details.number(CREDENTIAL.name):
        for key in (USER, PASSWORD):
            if not details.text(key.name):
                raise Invalid(f"details.{key.name}", f"a text, or the number of a kept one in {CREDENTIAL.name}")


def login(details: Details, context: Context, at: Server) -> Login:
    """Who signs in. Raises Denied when the entry of the credentials store is not complete."""
    number = details.number(CREDENTIAL.name)
    if not number:
        return Login(at, details.text(USER.name), details.text(PASSWORD.name))
    return credential(context, number, at, details.text(USER.name))


def credential(context: Context, number: int, at: Server, user: str = "") -> Login:
    """An entry of the credentials store; `user` stands for a name that it does not have."""
    kept = context.credential(number)
    if kept.get(HOST.name) and kept[HOST.name].lower() != at.host.lower():
        raise Denied(f"The credentials {number} are for the mail server {kept[HOST.name]}, not for {at.host}.")
    user, password = kept.get(USER.name) or user, kept.get(PASSWORD.name)
    if not (user and password):
        raise Denied(f"The credentials {number} have no {USER.name} and {PASSWORD.name}.")
    return Login(at, user, password)


def mailbox_name(details: Details, login: Login) -> str:
    """What the mailbox is called: the name of its folder in the archive."""
    return details.text(ADDRESS.name) or login.user


def check_archive(details: Details) -> None:
    """Raises Invalid when the archive that is named is none."""
    if details.text(TARGET.name):
        archive_name(details)


def archive(details: Details, context: Context, mailbox: str) -> str:
    """The archive that receives: the one named, else that of the user with this address. Raises Invalid."""
    found = archive_name(details) if details.text(TARGET.name) else context.owner_of(mailbox)
    if not found:
        raise Invalid(f"details.{TARGET.name}", f"the name of an archive, as no user has the address {mailbox!r}")
    return found
