from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.faces.graph.errors import Refused
from postroom.faces.graph.path import MOST_SEGMENTS, Segment, parse


def texts(raw: str) -> list[str]:
    """Each segment in short: a key in brackets, arguments in braces, a path behind a colon."""
    return [short(segment) for segment in parse("/v1.0" + raw).segments]


def short(segment: Segment) -> str:
    if segment.kind == "path":
        return f":{segment.text}"
    if segment.key is not None:
        return f"{segment.text}[{segment.key}]"
    if segment.arguments is not None:
        return f"{segment.text}{dict(segment.arguments)}"
    return f"<{segment.text}>" if segment.kind == "qualified" else segment.text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/me/messages", ["me", "messages"]),
        ("//me///messages/", ["me", "messages"]),
        ("/me/messages('AA=')", ["me", "messages[AA=]"]),
        ("/me/calendars(%27A%27%27B%27)", ["me", "calendars[A'B]"]),
        ("/users/x%40y.z/messages/a%2Fb", ["users", "x@y.z", "messages", "a/b"]),
        ("/users(id='7')", ["users[7]"]),
        ("/t/rows(3)", ["t", "rows[3]"]),
        ("/me/messages/delta()", ["me", "messages", "delta{}"]),
        ("/w/range(address='A1:B2')", ["w", "range{'address': 'A1:B2'}"]),
        ("/w/cell(row=0, Column=1)", ["w", "cell{'row': '0', 'column': '1'}"]),
        ("/w/usedRange(valuesOnly=null)", ["w", "usedRange{}"]),
        ("/r/search(q='it''s, (a) b')", ["r", "search{'q': \"it's, (a) b\"}"]),
        ("/s/getByPath(path='/sites/x')/lists", ["s", "getByPath{'path': '/sites/x'}", "lists"]),
        ("/me/z(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')", ["me", "z{'timezonestandard': 'Iana'}"]),
        ("/me/microsoft.graph.sendMail", ["me", "<sendMail>"]),
        ("/me/messages/microsoft.graph.delta()", ["me", "messages", "delta{}"]),
        ("/me/memberOf/graph.group/$count", ["me", "memberOf", "<group>", "$count"]),
        ("/t/rows/$/itemAt(index=3)", ["t", "rows", "itemAt{'index': '3'}"]),
        ("/d/root:/a%20b/c.txt", ["d", "root", ":a b/c.txt"]),
        ("/d/root:/a/b.txt:/content", ["d", "root", ":a/b.txt", "content"]),
        ("/d/items/root%3A%2Fa%20b%2Fc.txt%3A/content", ["d", "items", "root", ":a b/c.txt", "content"]),
        ("/d/items/7:/n (1).txt:/createUploadSession", ["d", "items", "7", ":n (1).txt", "createUploadSession"]),
        ("/d/items/7:/x:", ["d", "items", "7", ":x"]),
        ("/d/items/7:/", ["d", "items", "7"]),
        ("/sites/h.test:/sites/x:/lists", ["sites", "h.test", ":sites/x", "lists"]),
        ("/teams/t/channels/19:ab@thread.tacv2/messages", ["teams", "t", "channels", "19:ab@thread.tacv2", "messages"]),
        ("/d/children/report(1).txt", ["d", "children", "report(1).txt"]),
    ],
)
def test_a_path_is_cut_as_clients_of_graph_write_it(raw: str, expected: list[str]) -> None:
    assert texts(raw) == expected


def test_arguments_may_stand_in_the_query() -> None:
    for raw in ("/v1.0/fn(userId='@u')", "/v1.0/fn(userId=@u)"):
        assert parse(raw, {"@u": "'it''s'"}).segments[0].arguments == {"userid": "it's"}
    assert parse("/v1.0/fn(userId=@u)", {}).segments[0].arguments == {"userid": "@u"}


@pytest.mark.parametrize(
    "raw", ["/v1.0/%FF", "/v1.0/a%00b", "/v1.0" + "/a" * (MOST_SEGMENTS + 1), "/v1.0/a%3A%2Fb%3A" + "%2Fc" * 999]
)
def test_what_no_path_can_be_is_refused_with_400(raw: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(raw)
    assert refused.value.status == 400


@given(st.text())
def test_any_text_is_cut_or_refused(raw: str) -> None:
    try:
        parse(raw)
    except Refused as error:
        assert error.status == 400  # noqa: PT017  most texts are cut


@given(st.lists(st.sampled_from(["/", "'", "(", ")", "=", ":", "$", "%25", "%2F", "%3A", "a", "graph.", ",", "@"])))
def test_any_heap_of_what_paths_are_made_of_is_cut(pieces: list[str]) -> None:
    assert parse("/v1.0/" + "".join(pieces)).version == "v1.0"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_every_key_in_quotes_comes_through(key: str) -> None:
    raw = "/v1.0/me/messages('" + quote(key.replace("'", "''"), safe="") + "')"
    assert parse(raw).segments[1].key == key
