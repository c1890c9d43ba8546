"""Workbook sessions, and what all parts of a workbook have in common."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from O365._attributes import Resource
from O365._component import ApiComponent
from O365._flows.paging import page_of

if TYPE_CHECKING:
    from O365._excel_range import Range

PERSISTENT_SESSION_INACTIVITY_MAX_AGE = 60 * 7
NON_PERSISTENT_SESSION_INACTIVITY_MAX_AGE = 60 * 5
"""Seconds after which the service may have forgotten a session."""
_ADDRESS = re.compile(r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!]+))!(?P<cells>.+)")


class FunctionException(Exception):
    """A function of the workbook has no value; the message is Excel's, as `#DIV/0!`."""


class WorkbookSession(ApiComponent):
    """Requests to one workbook that the service keeps open between them, which makes them fast.

    The service forgets a session that nobody uses: `persist` ones are made anew then; the changes of others are gone.
    """

    _endpoints: ClassVar[dict[str, str]] = {
        "create_session": "/createSession",
        "refresh_session": "/refreshSession",
        "close_session": "/closeSession",
    }

    def __init__(self, *, parent: Any = None, con: Any = None, persist: bool = True, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)
        self.persist = persist
        longest = PERSISTENT_SESSION_INACTIVITY_MAX_AGE if persist else NON_PERSISTENT_SESSION_INACTIVITY_MAX_AGE
        self.inactivity_limit = dt.timedelta(seconds=longest)
        self.session_id: str | None = None
        self.last_activity = dt.datetime.now()

    def __repr__(self) -> str:
        return f"Workbook Session: {self.session_id or 'Not set'}"

    def __bool__(self) -> bool:
        return self.session_id is not None

    def create_session(self) -> bool:
        """Begin a session. Raises RuntimeError when the service refuses it."""
        data = {self._cc("persistChanges"): self.persist}
        response = self.con.post(self._url("create_session"), data=data)
        found = response.json().get(self._cc("id")) if response else None
        if not found:
            raise RuntimeError("Could not create session as requested by the user.")
        self.session_id, self.last_activity = found, dt.datetime.now()
        return True

    def refresh_session(self) -> bool:
        """Have the service keep it for longer. False without a session."""
        return self._told_of("refresh_session")

    def close_session(self) -> bool:
        """End it; requests without a session follow. False without a session."""
        done = self._told_of("close_session")
        if done:
            self.session_id = None
        return done

    def prepare_request(self, kwargs: dict[str, Any]) -> None:
        """Name the session in the headers of a request.

        Raises RuntimeError for a session that is over with its changes.
        """
        if self.session_id is None:
            return
        if dt.datetime.now() - self.last_activity > self.inactivity_limit:
            if not self.persist:
                raise RuntimeError("A non Persistent Session is expired. For consistency reasons this is an error")
            self.create_session()
        kwargs["headers"] = {**(kwargs.get("headers") or {}), "workbook-session-id": self.session_id}
        self.last_activity = dt.datetime.now()

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", args, kwargs)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("post", args, kwargs)

    def put(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("put", args, kwargs)

    def patch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("patch", args, kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", args, kwargs)

    def _ask(self, verb: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        given = dict(kwargs)
        self.prepare_request(kwargs)
        try:
            response = getattr(self.con, verb)(*args, **kwargs)
        except OSError as error:
            if not self._is_forgotten(getattr(error, "response", None)):
                raise
        else:
            if not self._is_forgotten(response):
                return response
        # Nothing was done: the service knows the session no more, earlier than the clock here says.
        self.create_session()
        self.prepare_request(given)
        return getattr(self.con, verb)(*args, **given)

    def _is_forgotten(self, response: Any) -> bool:
        """Whether a request was refused for its session, and the session can be made anew without a loss."""
        if response is None or response.status_code not in {400, 404} or not (self.persist and self.session_id):
            return False
        return b"invalidsession" in getattr(response, "content", b"").lower()

    def _told_of(self, endpoint: str) -> bool:
        return self.session_id is not None and bool(self.post(self._url(endpoint)))

    def _url(self, endpoint: str) -> str:
        return self.build_url(self._endpoints[endpoint])


class Part(Resource):
    """A part of a workbook, which asks through the session of its parent, or the one that is given."""

    _place: ClassVar[str] = ""
    """Its URL below that of its parent, with `{id}`."""

    def __init__(self, parent: Any = None, session: WorkbookSession | None = None, **kwargs: Any) -> None:
        if parent is not None and session is not None:
            raise ValueError("Need a parent or a session but not both")
        self.session: Any = session if parent is None else parent.session
        given = {**kwargs}
        if parent is None:
            given.setdefault("protocol", getattr(session, "protocol", None))
            given.setdefault("main_resource", getattr(session, "main_resource", None))
        super().__init__(parent=parent, con=getattr(session, "con", None), **given)
        place = self._own_place(parent)  # which may choose another parent
        self.set_base_url(f"{self.main_resource}{place}")

    def _own_place(self, parent: Any) -> str:  # noqa: ARG002
        return self._place.format(id=key(self._told("id")))

    # Asking.

    def _row(self, kind: Any, response: Any) -> Any:
        """The object that an answer tells of; None when the service refuses."""
        return kind(parent=self, **{self._cloud_data_key: response.json()}) if response else None

    def _rows(self, kind: Any, url: str, params: dict[str, Any] | None = None) -> list[Any]:
        """All objects of a list, with those of further pages."""
        response = self.session.get(url, **({"params": params} if params else {}))
        found: list[Any] = []
        while response:
            page = page_of(response.json())
            found += [kind(parent=self, **{self._cloud_data_key: told}) for told in page.rows]
            if not page.next_link:
                break
            response = self.session.get(page.next_link)
        return found

    def _range(self, response: Any) -> Range | None:
        """The range that an answer tells of."""
        kind: type[Range] = self._range_kind()
        found: Range | None = self._row(kind, response)
        return found

    def _range_kind(self) -> Any:
        return getattr(self, "range_constructor")  # noqa: B009 - of those classes that have ranges

    def _get_range(self, endpoint: str, **params: Any) -> Range | None:
        return self._range(self.session.get(self._url(endpoint), **({"params": params} if params else {})))

    def _update(self, **changes: Any) -> bool:
        """Change what is given, and take what the service answers."""
        data = {self._cc(name): value for name, value in changes.items() if value is not None}
        response = self.session.patch(self.build_url(""), data=data)
        if not response:
            return False
        told = response.json()
        self._renew({**data, **(told or {})}, *data, *(told or {}))
        return True

    def _url(self, endpoint: str, **parts: Any) -> str:
        return self.build_url(self._endpoints[endpoint].format(**parts))


def workbook_of(place: str) -> str:
    """The part of a URL that is the workbook's."""
    head, mark, _ = place.rpartition("/workbook")
    return f"{head}{mark}" if mark else place


def key(name: object) -> str:
    """An id or a name within `('')`."""
    return quote(str(name).replace("'", "''"), safe="")


def split_address(address: str) -> tuple[str | None, str]:
    """Sheet and cells of `'My sheet'!A1:B2`; no sheet when there is none."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None, address
    quoted = found["quoted"]
    return (quoted.replace("''", "'") if quoted else found["plain"]), found["cells"]
