"""The account: credentials, protocol and resource in one object, and everything that can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from O365._component import ApiComponent
from O365._names import ME_RESOURCE as ME_RESOURCE
from O365._signin import FLOWS
from O365.connection import OF_PROTOCOLS, Connection, MSGraphProtocol, Protocol
from O365.utils.consent import consent_input_token, report

if TYPE_CHECKING:
    from O365.batch import Batch
    from O365.calendar import Schedule
    from O365.category import Categories
    from O365.directory import Directory, User
    from O365.drive import Storage
    from O365.groups import Groups
    from O365.mailbox import MailBox
    from O365.message import Message
    from O365.subscriptions import Subscriptions
    from O365.tasks import ToDo

OF_APPS = frozenset({"credentials", "password"})
"""Flows without a "me": the resource is named with each call."""


class Account:
    """The way in.

    Keywords beyond the named ones go to the connection (`authority`, `verify_ssl`, `token_backend`, `timeout`, …) or to
    the protocol (`base_url`, `timezone`, `api_version`). `scopes` are those that `authenticate` asks for by default.
    """

    connection_constructor: type[Connection] = Connection

    def __init__(
        self,
        credentials: str | tuple[Any, ...],
        *,
        username: str | None = None,
        protocol: Protocol | type[Protocol] | None = None,
        main_resource: str | None = None,
        **kwargs: Any,
    ) -> None:
        scopes = kwargs.pop("scopes", None)
        flow = kwargs.get("auth_flow_type", "authorization")
        if flow not in FLOWS:
            raise ValueError(f'"auth_flow_type" must be one of {", ".join(FLOWS)}, not {flow!r}')
        protocol = MSGraphProtocol if protocol is None else protocol
        if isinstance(protocol, type):
            protocol = protocol(default_resource=main_resource, **kwargs)
        elif kwargs.get("base_url"):
            raise ValueError("base_url: give it to the protocol, or give the class of the protocol")
        if not isinstance(protocol, Protocol):
            raise ValueError("'protocol' must be a subclass of Protocol")  # noqa: TRY004 - documented
        self.protocol = protocol
        for name in OF_PROTOCOLS:
            kwargs.pop(name, None)
        if flow in OF_APPS and protocol.default_resource == ME_RESOURCE:
            protocol.default_resource = ""
        self.con = self.connection_constructor(credentials, username=username, **kwargs)
        self.con._default_scope = protocol.prefix_scope(".default")
        self.con.scopes = None if scopes is None else protocol.get_scopes_for(scopes)
        self.main_resource = protocol.default_resource if main_resource is None else main_resource

    def __repr__(self) -> str:
        return f"Account Client Id: {self.con.auth[0]}" if self.con.auth else "Unidentified Account"

    @property
    def connection(self) -> Connection:
        return self.con

    @property
    def username(self) -> str | None:
        """Whose tokens are used."""
        return self.con.username

    @username.setter
    def username(self, username: str | None) -> None:
        self.con.username = username

    # Signing in.

    @property
    def is_authenticated(self) -> bool:
        """Whether there are tokens that hold, or can be renewed; nobody is asked."""
        backend = self.con.token_backend
        if not backend.has_data and not self.con.load_token_from_backend():
            return False
        return self._holds(self.con.username)

    def authenticate(
        self,
        *,
        requested_scopes: list[str] | None = None,
        redirect_uri: str | None = None,
        handle_consent: Callable[..., Any] = consent_input_token,
        **kwargs: Any,
    ) -> bool:
        """Sign in; whether that worked. `scopes` is the name that earlier versions have for `requested_scopes`.

        `handle_consent` gets the URL of the sign-in page and returns the URL that the browser came back to.
        """
        scopes = requested_scopes if requested_scopes is not None else kwargs.pop("scopes", None)
        kwargs.pop("scopes", None)
        if self.con.auth_flow_type in OF_APPS:
            return self.request_token(None, requested_scopes=scopes, **kwargs)
        url, flow = self.get_authorization_url(scopes, redirect_uri=redirect_uri, **kwargs)
        answer = handle_consent(url)
        if not answer:
            print("Authentication Flow aborted.")  # noqa: T201 - a console dialogue
            return False
        return report(self.request_token(answer, flow=flow, **kwargs))

    def get_authorization_url(
        self, requested_scopes: list[str] | None, redirect_uri: str | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """The URL of the sign-in page, and the sign-in that began; see Connection. No scopes: those of the account,
        and those of every helper when it has none."""
        if requested_scopes is None and self.con.scopes:
            scopes = self.con.scopes
        else:
            scopes = self.protocol.get_scopes_for(requested_scopes)
        return self.con.get_authorization_url(scopes, redirect_uri=redirect_uri, **kwargs)

    def request_token(
        self,
        authorization_url: str | None,
        *,
        flow: dict[str, Any] | str | None = None,
        requested_scopes: list[str] | None = None,
        store_token: bool = True,
        **kwargs: Any,
    ) -> bool:
        """Get tokens; see Connection. An app gets what its administrator consented to: its only scope is `.default`."""
        if self.con.auth_flow_type in OF_APPS:
            requested_scopes = self._scopes_of_app(requested_scopes)
        elif requested_scopes is not None and "redirect_uri" not in kwargs and "state" not in kwargs:
            raise ValueError("Scopes are asked for with get_authorization_url in this auth flow")
        else:
            requested_scopes = None  # earlier versions repeat them with the state
        return self.con.request_token(
            authorization_url, flow=flow, requested_scopes=requested_scopes, store_token=store_token, **kwargs
        )

    def get_authenticated_usernames(self) -> list[str]:
        """The users whose tokens hold, or can be renewed."""
        names = [account.get("username") for account in self.con.token_backend.get_all_accounts()]
        return [name for name in names if name and self._holds(name)]

    def get_current_user_data(self) -> User | None:
        """The user who signed in; None in flows without one."""
        if self.con.auth_flow_type in OF_APPS:
            return None
        from O365.directory import Directory

        found: User | None = Directory(parent=self, main_resource=ME_RESOURCE).get_current_user()
        return found

    def _holds(self, username: str | None) -> bool:
        backend = self.con.token_backend
        return backend.token_is_long_lived(username=username) or not backend.token_is_expired(username=username)

    def _scopes_of_app(self, requested: list[str] | None) -> list[str]:
        default = self.protocol.prefix_scope(".default")
        asked = self.con.scopes if requested is None else requested
        scopes = self.protocol.get_scopes_for(asked) if asked else [default]
        if self.con.auth_flow_type == "credentials" and scopes != [default]:
            raise ValueError(f'Auth flow type "credentials" only takes the scope {default}')
        return scopes

    # What can be done.

    def new_message(self, resource: str | None = None) -> Message:
        """A message that is not sent yet."""
        found: Message = self._made("O365.message", "Message", resource)
        return found

    def mailbox(self, resource: str | None = None) -> MailBox:
        found: MailBox = self._made("O365.mailbox", "MailBox", resource)
        return found

    def address_book(self, *, resource: str | None = None, address_book: str = "personal") -> Any:
        """The contacts of a user, or (`gal`, `directory`) the users of the organisation."""
        if address_book == "personal":
            return self._made("O365.address_book", "AddressBook", resource, name="Personal Address Book")
        if address_book in {"gal", "directory"}:
            return self.directory(resource)
        raise RuntimeError('address_book must be either "personal" or "gal" (also "directory")')

    def directory(self, resource: str | None = None) -> Directory:
        """The users of the organisation."""
        found: Directory = self._made("O365.directory", "Directory", resource or "users")
        return found

    def schedule(self, *, resource: str | None = None) -> Schedule:
        """The calendars."""
        found: Schedule = self._made("O365.calendar", "Schedule", resource)
        return found

    def storage(self, *, resource: str | None = None) -> Storage:
        """The drives."""
        self._graph_only("storage")
        found: Storage = self._made("O365.drive", "Storage", resource)
        return found

    def sharepoint(self, *, resource: str = "") -> Any:
        self._graph_only("sharepoint")
        return self._made("O365.sharepoint", "Sharepoint", resource)

    def planner(self, *, resource: str = "") -> Any:
        self._graph_only("planner")
        return self._made("O365.planner", "Planner", resource)

    def tasks(self, *, resource: str = "") -> ToDo:
        """The lists of Microsoft To Do."""
        found: ToDo = self._made("O365.tasks", "ToDo", resource or None)
        return found

    def teams(self, *, resource: str = "") -> Any:
        self._graph_only("teams")
        return self._made("O365.teams", "Teams", resource)

    def outlook_categories(self, *, resource: str = "") -> Categories:
        found: Categories = self._made("O365.category", "Categories", resource or None)
        return found

    def groups(self, *, resource: str = "") -> Groups:
        self._graph_only("groups")
        found: Groups = self._made("O365.groups", "Groups", resource)
        return found

    def subscriptions(self, *, resource: str = "") -> Subscriptions:
        found: Subscriptions = self._made("O365.subscriptions", "Subscriptions", resource or None)
        return found

    def batch(self) -> Batch:
        """Calls to be made with few requests."""
        found: Batch = self._made("O365.batch", "Batch", None)
        return found

    def _made(self, module: str, kind: str, resource: str | None, **options: Any) -> Any:
        """An object of the API. Its module is loaded now: most programs need few of them."""
        made: type[ApiComponent] = getattr(import_module(module), kind)
        return made(parent=self, main_resource=resource, **options)

    def _graph_only(self, what: str) -> None:
        if not isinstance(self.protocol, MSGraphProtocol):
            raise RuntimeError(f"{what}: only Microsoft Graph (MSGraphProtocol) has this")  # noqa: TRY004 - documented
