from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.faces.graph.errors import Refused
from postroom.faces.graph.handlers import core as _core  # noqa: F401  registers its handlers
from postroom.faces.graph.path import parse
from postroom.faces.graph.route import Route
from postroom.faces.graph.table import Found, Table


def route(key: str, method: str, path: str, returns: str = "") -> Route:
    return Route(key, method, path, returns)


TABLE = Table(
    [
        route("me", "GET", "{U}", "user"),
        route("users", "GET", "/users", "[user]"),
        route("users.delta", "GET", "/users/delta", "[user]"),
        route("messages", "GET", "{U}/messages", "[message]"),
        route("make", "POST", "{U}/messages", "message"),
        route("message", "GET", "{U}/messages/{message}", "message"),
        route("mime", "GET", "{U}/messages/{message}/$value", "raw"),
        route("move", "POST", "{U}/messages/{message}/move", "message"),
        route("delta", "GET", "{U}/messages/delta", "[message]"),
        route("settings", "GET", "{U}/mailboxSettings", "mailboxSettings"),
        route("in_folder", "GET", "{U}/mailFolders/{folder}/messages/{message}", "message"),
        route("attachment", "GET", "{U}/messages/{message}/attachments/{attachment}", "attachment"),
        route("memberOf", "GET", "{U}/memberOf", "[directoryObject]"),
        route("zones", "GET", "{U}/outlook/supportedTimeZones", "[timeZoneInformation]"),
        route("file", "GET", "/drives/{drive}/root/{:file}", "driveItem"),
        route("content", "GET", "/drives/{drive}/root/{:file}/content", "raw"),
    ]
)


def find(path: str, method: str = "GET") -> Found:
    return TABLE.find(method, parse("/v1.0" + path).segments)


@pytest.mark.parametrize(
    ("path", "key", "keys"),
    [
        ("/me", "me", ()),
        ("/users/x@y.z", "me", ()),
        ("/USERS", "users", ()),
        ("/users/delta", "users.delta", ()),
        ("/users/delta()", "users.delta", ()),
        ("/users('delta')", "me", ()),
        ("/me/MailFolders('inbox')/Messages('Ab=')", "in_folder", ("inbox", "Ab=")),
        ("/users/7/mailFolders/inbox/messages/Ab", "in_folder", ("inbox", "Ab")),
        ("/me/messages/delta", "delta", ()),
        ("/me/messages/microsoft.graph.delta()", "delta", ()),
        ("/me/messages/Delta(x)", "message", ("Delta(x)",)),
        ("/me/messages/x/$value", "mime", ("x",)),
        ("/me/messages/graph.cat", "message", ("graph.cat",)),
        ("/drives/d/root:/a/b.txt", "file", ("d", "a/b.txt")),
        ("/drives/d/root:/a/b.txt:/content", "content", ("d", "a/b.txt")),
    ],
)
def test_a_path_leads_to_its_route_and_keys(path: str, key: str, keys: tuple[str, ...]) -> None:
    found = find(path)
    assert (found.route.key, found.keys, found.rest) == (key, keys, ())


def test_the_user_of_a_path_is_no_key_of_the_handler() -> None:
    assert find("/me/messages/1").user is None
    assert find("/users/a%40b.c/messages/1").user == "a@b.c"
    assert find("/users('it''s')/messages/1").user == "it's"


@pytest.mark.parametrize(
    ("path", "cast", "keys"),
    [
        ("/me/memberOf/microsoft.graph.Group", "group", ()),
        ("/me/messages/1/attachments/2/graph.itemAttachment", "itemAttachment", ("1", "2")),
        ("/me/messages/microsoft.graph.eventMessage/1", "eventMessage", ("1",)),
    ],
)
def test_casts_are_told_beside_the_route(path: str, cast: str, keys: tuple[str, ...]) -> None:
    found = find(path)
    assert (found.cast, found.keys) == (cast, keys)


def test_arguments_of_functions_are_told_beside_the_route() -> None:
    found = find("/me/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')")
    assert (found.route.key, found.arguments) == ("zones", {"timezonestandard": "Iana"})


@pytest.mark.parametrize(
    ("path", "key", "rest"),
    [
        ("/users/$count", "users", ("$count",)),
        ("/me/messages/$count", "messages", ("$count",)),
        ("/me/memberOf/graph.group/$count", "memberOf", ("$count",)),
        ("/me/memberOf/$ref", "memberOf", ("$ref",)),
        ("/me/mailboxSettings/TimeZone", "settings", ("TimeZone",)),
        ("/me/messages/1/from/emailAddress/address", "message", ("from", "emailAddress", "address")),
        ("/me/messages/1/subject/$value", "message", ("subject", "$value")),
    ],
)
def test_counts_references_and_properties_follow_from_other_routes(path: str, key: str, rest: tuple[str, ...]) -> None:
    found = find(path)
    assert (found.route.key, found.rest) == (key, rest)


def test_another_method_is_405_and_names_those_there_are() -> None:
    with pytest.raises(Refused) as refused:
        find("/me/messages", "PATCH")
    assert (refused.value.status, refused.value.headers) == (405, {"Allow": "GET, POST"})
    assert find("/me/messages", "HEAD").route.key == "messages"


@pytest.mark.parametrize(
    ("path", "segment"),
    [
        ("/mee", "mee"),
        ("/me/messages/1/colour", "colour"),
        ("/me/messages/1/subject/x", "subject"),
        ("/me/$count", "$count"),
    ],
)
def test_a_path_that_leads_nowhere_is_400_and_names_the_segment(path: str, segment: str) -> None:
    with pytest.raises(Refused, match=rf"segment '{segment.replace('$', '.')}'") as refused:
        find(path)
    assert refused.value.status == 400


def test_two_routes_of_one_path_are_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="one path"):
        Table([route("a", "GET", "/users/{user}"), route("b", "GET", "{U}")])


NAMES = st.sampled_from(
    ["me", "users", "messages", "delta()", "$count", "$value", "('x')", "graph.user", "root:", "a:", "drives", "x(1)"]
)


@given(st.lists(NAMES, max_size=8), st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "BREW"]))
def test_any_path_is_found_or_refused_clearly(names: list[str], method: str) -> None:
    try:
        find("/" + "/".join(names), method)
    except Refused as error:
        assert error.status in (400, 405)  # noqa: PT017  some paths are found
