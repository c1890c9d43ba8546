"""What a handler gets beside the keys of its path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, overload

from postroom.faces.graph.errors import Refused
from postroom.faces.graph.message import Answer, Incoming
from postroom.faces.graph.path import Segment
from postroom.faces.graph.prefer import NO_PREFERENCE, Prefer
from postroom.faces.graph.route import Route
from postroom.settings import Web
from postroom.web.backoff import BackOff
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.signin.caller import Caller
from postroom.workspace.workspace import Workspace

T = TypeVar("T")
API_NAME: Final = "graph"
NOBODY: Final = Caller("", None, frozenset(), frozenset(), "")
"""Who calls a route that needs no token."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, its token checked.

    `mailbox` is the UUID of the user in the path, empty where it has none. `headers` have names in lower case.
    `arguments` are those of a function, `parameters` those of the query that are no query options: both by names in
    lower case. `cast` is the type at the end of the path: `members/microsoft.graph.user`.
    """

    workspace: Workspace
    caller: Caller
    route: Route
    base_url: str
    """`https://host/v1.0`, as the client sees it."""
    path: str
    """What stands behind it in the request, percent codes and all."""
    mailbox: str = ""
    options: Options = NONE
    body: Any = None
    """JSON as it was sent, bytes, or a file that the face closes; None when there was none."""
    media_type: str = ""
    prefer: Prefer = NO_PREFERENCE
    headers: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    cast: str | None = None
    place: tuple[tuple[str, str], ...] = ()
    """Keys of what stands for a base of the route, see `Found.place`."""
    tail: tuple[Segment, ...] = ()
    """What stands where the route has `{*name}`."""
    incoming: Incoming | None = None
    perform: Callable[[Incoming], Answer] | None = None
    """Another request with the same connection, for batches."""
    back_off: BackOff = field(default_factory=lambda: BackOff(Web()))

    @property
    def document(self) -> dict[str, Any]:
        """The body as an object. Raises Refused when it is something else; no body is an empty one."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise Refused(400, "BadRequest", "The body must be a JSON object.")
        return self.body

    @property
    def content(self) -> bytes:
        """The body as bytes, for routes that take any content."""
        return self.body if isinstance(self.body, bytes) else b""

    @property
    def is_mime(self) -> bool:
        return self.media_type == "text/plain"

    def given(self, name: str, default: Any = None) -> Any:
        """A parameter of an action; its name counts without its case."""
        return next((value for key, value in self.document.items() if key.lower() == name.lower()), default)

    @overload
    def argument(self, name: str) -> str | None: ...
    @overload
    def argument(self, name: str, default: str) -> str: ...
    def argument(self, name: str, default: str | None = None) -> str | None:
        """An argument of a function, or the parameter of the query with its name."""
        key = name.lower()
        return self.arguments.get(key, self.parameters.get(key, default))

    @property
    def if_match(self) -> str | None:
        return self.headers.get("if-match")

    @property
    def if_none_match(self) -> str | None:
        return self.headers.get("if-none-match")

    @property
    def eventual(self) -> bool:
        """Whether `ConsistencyLevel: eventual` was said."""
        return self.headers.get("consistencylevel", "").lower() == "eventual"

    def url(self, path: str) -> str:
        """An absolute URL of this server, for a path behind the version."""
        return f"{self.base_url}/{path.lstrip('/')}"
