"""A Microsoft Graph on this machine, for the tests of programs that use one: real mailboxes, real sign-in, real TLS.

with local_graph() as graph:
    anna = graph.user("anna@example.com")
    graph.deliver(b"Subject: Hello\\r\\n\\r\\nHello", anna)
    account = graph.account(anna)
    assert [message.subject for message in account.mailbox().inbox_folder().get_messages()] == ["Hello"]
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from postroom import app, extras, settings
from postroom.accounts.model import UNSET, DomainChange, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.errors import AlreadyExists
from postroom.home import Home
from postroom.web.server import Server
from postroom.workspace.signin.apps import App
from postroom.workspace.signin.consents import EVERYBODY
from postroom.workspace.signin.permissions import PERMISSIONS

if TYPE_CHECKING:
    from O365 import Account
    from postroom.accounts.accounts import Accounts
    from postroom.workspace.workspace import Workspace

NATIVE: Final = "https://login.microsoftonline.com/common/oauth2/nativeclient"
"""Where Microsoft's own clients come back to."""
LOOPBACK: Final = "http://localhost"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with a mailbox."""

    id: str
    address: str
    password: str


@dataclass(frozen=True, slots=True)
class LocalGraph:
    """A running server. `app` may do everything, with a user and without one; `secret` is its secret."""

    server: Server
    accounts: Accounts
    workspace: Workspace
    home: Path
    app: App
    secret: str
    faults_file: Path
    """Rules that make requests fail, empty at first: see "Testing programs" in docs/reference/graph.md."""

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.server.ports['graph']}"

    @property
    def base_url(self) -> str:
        """What stands for `https://graph.microsoft.com/v1.0/`."""
        return f"{self.origin}/v1.0/"

    @property
    def tenant(self) -> str:
        return self.workspace.signin.tenant

    @property
    def authority(self) -> str:
        """What stands for `https://login.microsoftonline.com/<tenant>`."""
        return f"{self.origin}/{self.tenant}"

    @property
    def ca_file(self) -> Path:
        """The certificate to trust: `REQUESTS_CA_BUNDLE`, `verify=`."""
        return Home(self.home).tls / "ca.pem"

    def user(self, address: str, *, name: str = "", password: str = "") -> User:
        """Make a user, and the domain where it is new; who is there already, in a home of before, gets this password.

        Without a password a good one is made up.
        """
        password = password or f"{secrets.token_urlsafe(12)}-1aA"
        with suppress(AlreadyExists):
            self.accounts.domains.create(LOCAL, address.rpartition("@")[2], DomainChange())
        try:
            self.accounts.users.create(LOCAL, address, UserChange(name=name, password=password))
        except AlreadyExists:
            self.accounts.users.update(LOCAL, address, UserChange(name=name or UNSET, password=password))
        found = self.accounts.mailboxes.find(address)
        if found is None:
            raise RuntimeError(f"{address} was made and is not there.")
        return User(found.id, found.address, password)

    def deliver(self, message: bytes, *to: User | str, sender: str = "sender@elsewhere.example") -> None:
        """Let a message arrive, as it would by SMTP."""
        recipients = [user if isinstance(user, str) else user.address for user in to]
        self.workspace.mail.deliver(sender, recipients, message)

    def account(self, user: User, **options: Any) -> Account:
        """Our O365, signed in as this user. `options` go to `Account`. Raises WrongState where it is not installed."""
        extras.require_o365()
        from O365 import Account
        from O365.utils import MemoryTokenBackend

        account = Account(
            (self.app.id,),
            auth_flow_type="password",
            username=user.address,
            password=user.password,
            tenant_id=self.tenant,
            authority=self.authority,
            base_url=self.base_url,
            main_resource="me",
            verify_ssl=str(self.ca_file),
            token_backend=MemoryTokenBackend(),
            **options,
        )
        # A proxy of the environment is for other machines.
        account.con.proxy = {"no_proxy": "localhost", **account.con.proxy}
        if not account.authenticate():
            raise RuntimeError(f"{user.address} could not sign in.")
        return account


@contextmanager
def local_graph(
    home: Path | None = None, changes: Mapping[str, Mapping[str, Any]] | None = None
) -> Iterator[LocalGraph]:
    """Serve on a free port of the loopback until the block ends; in a home of its own that is removed, unless given.

    `changes`: settings that differ, by section: `{"graph": {"strict_queries": True}}`.
    """
    with ExitStack() as opened:
        folder = home or Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="graph-")))
        place, faults_file = Home(folder), folder / "faults.toml"
        place.create()
        faults_file.write_text("")
        chosen = _settings(faults_file, changes or {})
        engines = opened.enter_context(app.engines(place, chosen))
        if engines.accounts is None or engines.workspace is None:
            raise RuntimeError("Graph was switched off.")
        server = app.build(place, chosen, engines)
        registered, secret = _register(engines.workspace)
        opened.enter_context(server.background())
        faults = chosen.graph.faults_file or faults_file
        yield LocalGraph(server, engines.accounts, engines.workspace, folder, registered, secret, faults)


def _settings(faults_file: Path, changes: Mapping[str, Mapping[str, Any]]) -> settings.Settings:
    own = settings.Graph(enabled=True, port=0, faults_file=faults_file, webhooks_inside=True)
    chosen = settings.Settings(graph=own)
    sections = {name: replace(getattr(chosen, name), **fields) for name, fields in changes.items()}
    return replace(chosen, **sections)


def _register(workspace: Workspace) -> tuple[App, str]:
    apps = workspace.signin.apps
    try:
        made = apps.create("Tests", public=True, redirects=(NATIVE, LOOPBACK))
    except AlreadyExists:
        made = apps.get("Tests")
    apps.grant_roles(made.id, [permission.name for permission in PERMISSIONS.values() if permission.alone])
    scopes: Sequence[str] = [permission.name for permission in PERMISSIONS.values() if permission.signed_in]
    workspace.signin.consents.allow(made.id, EVERYBODY, scopes)
    _, secret = apps.add_secret(made.id)
    return apps.get(made.id), secret
