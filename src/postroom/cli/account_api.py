"""The calls of the iRedAdmin API as the command line makes them: inside this process, or to a server.

Both are the `Resources` of our client, so that each command is written once: `api.users.create(…)`. Inside it is the
API without HTTP, as whoever owns the home; both raise the errors of `postroom.errors`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import msgspec

from iredadmin import Client, encode, errors
from iredadmin._methods import Resources
from iredadmin.contract import DRY_RUN, ROUTES, Route
from postroom.accounts.accounts import Accounts
from postroom.accounts.services.access import LOCAL
from postroom.cli.account_options import option_of
from postroom.errors import AlreadyExists, Invalid, NotFound, PostroomError, Unavailable, WrongState
from postroom.faces.iredadmin import given, wire
from postroom.faces.iredadmin import handlers as _handlers  # noqa: F401  importing them registers them
from postroom.faces.iredadmin.call import Call, Names, Rows
from postroom.faces.iredadmin.dispatch import HANDLERS, Dispatch
from postroom.faces.iredadmin.errors import ArgumentInvalid
from postroom.settings import Settings


class ServerRefused(PostroomError):
    """A server refused or failed the call; the sentence has the server's own words."""


class Inside(Resources):
    """The API on an opened engine, without a server. Raises what the engine raises."""

    def __init__(self, accounts: Accounts, settings: Settings) -> None:
        super().__init__()
        self._accounts, self._settings = accounts, settings
        self._dispatch = Dispatch(ROUTES, HANDLERS)

    def _call(self, key: str, places: tuple[object, ...], arguments: Mapping[str, object]) -> Any:
        found = self._perform(key, places, arguments)
        match found:
            case Names():
                return found.names[: found.limit]
            case Rows():
                shown = {row.name: _plain(row.profile, found) for row in found.rows}
                return shown if found.keyed else list(shown.values())
        return msgspec.to_builtins(found)

    def _rows(
        self, key: str, places: tuple[object, ...], arguments: Mapping[str, object], page_size: int
    ) -> Iterator[Any]:
        after: str | None = None
        while True:
            found = self._perform(key, places, {**arguments, "limit": page_size, "after": after})
            rows = list(found.rows)  # one more than asked for when there is a rest
            yield from (_plain(row.profile, found) for row in rows[:page_size])
            if len(rows) <= page_size:
                return
            after = rows[page_size - 1].name

    def _perform(self, key: str, places: tuple[object, ...], arguments: Mapping[str, object]) -> Any:
        route = ROUTES[key]
        ldap = self._accounts.core.backend.kind == "ldap"
        if route.backends == "LDAP" and not ldap:
            raise WrongState("This is for accounts in LDAP only.")
        for place, name in zip(route.places, places, strict=True):
            if "/" in str(name):
                raise Invalid(place.name, "a name without a slash: the API has no path for it")
        with _arguments_named(route):
            found = self._dispatch.find(route.method, unquote(encode.path(route, places)))
            values = given.read(route, encode.form((*route.params, DRY_RUN), arguments).items(), ldap=ldap)
            by = LOCAL.trying() if values.get(DRY_RUN.name) else LOCAL
            return self._dispatch.call(found, Call(self._accounts, by, self._settings), values)


def _plain(profile: Mapping[str, Any], rows: Rows) -> Any:
    return msgspec.to_builtins(wire.visible(profile, rows.hidden))


@contextmanager
def _arguments_named(route: Route) -> Iterator[None]:
    """A parameter of the API that cannot be used, under the name of its option."""
    try:
        yield
    except ArgumentInvalid as error:
        raise Invalid(option_of(route, error.parameter), error.expected) from error


class Remote(Client):
    """A server, ours or another."""

    def _call(self, key: str, places: tuple[object, ...], arguments: Mapping[str, object]) -> Any:
        with _told(key, places):
            return super()._call(key, places, arguments)

    def _rows(
        self, key: str, places: tuple[object, ...], arguments: Mapping[str, object], page_size: int
    ) -> Iterator[Any]:
        with _told(key, places):
            yield from super()._rows(key, places, arguments, page_size)


@contextmanager
def _told(key: str, places: tuple[object, ...]) -> Iterator[None]:
    try:
        yield
    except (errors.ConnectionFailed, errors.AnswerError) as error:
        # The client names its arguments; here it is an option.
        raise Unavailable(_sentence(str(error).replace("as ca_file, or verify=False", "as --ca-file"))) from error
    except errors.NotSupported as error:
        raise ServerRefused(_sentence(str(error))) from error
    except errors.CallFailed as error:
        raise _in_our_words(error, NOUNS.get(ROUTES[key].resource, "account"), places) from error


NOUNS = {"domains": "domain", "users": "user", "admins": "admin", "aliases": "alias", "maillists": "mailing list"}


def _in_our_words(error: errors.CallFailed, noun: str, places: tuple[object, ...]) -> PostroomError:
    match error:
        case errors.AlreadyExists():
            return AlreadyExists(noun, places[-1])  # of two places the last is the new address
        case errors.NotFound() if not isinstance(error, errors.InvalidInput):
            return NotFound(noun, places[0])
    sentence = _sentence(f"The server refuses {error.method} {error.path}: {error.message}")
    return Unavailable(sentence) if isinstance(error, errors.Unavailable) else ServerRefused(sentence)


def _sentence(text: str) -> str:
    return text.rstrip(".") + "."
