"""Arguments on their way to the wire, whatever they hold."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clients.iredadmin.fake import match

from iredadmin import encode
from iredadmin.contract import DRY_RUN, ROUTES, Param
from iredadmin.core import roots

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
LOCAL = ANYTHING.filter(lambda text: "@" not in text)
DOMAIN = st.from_regex(r"[a-z0-9-]{1,10}\.[a-z]{2,6}", fullmatch=True)
MAIL = st.builds("{}@{}".format, LOCAL, DOMAIN)
WORD = ANYTHING.filter(lambda text: "," not in text and text.strip())


def params(key: str) -> dict[str, Param]:
    return {param.name: param for param in ROUTES[key].params}


@given(MAIL)
def test_every_address_is_one_segment_of_the_path_and_is_read_back(mail: str) -> None:
    path = encode.path(ROUTES["users.change_email"], (mail, mail))
    assert path.count("/") == 4
    _, user, first, verb, second = path.split("/")
    assert (user, unquote(first), verb, unquote(second)) == ("user", mail, "change_email", mail)
    assert "+" not in path
    # The HTTP library must not tidy it up.
    assert httpx2.URL(f"https://h/api{path}").raw_path == f"/api{path}".encode()


@given(st.one_of(st.just("global"), DOMAIN, MAIL), st.sampled_from(["inbound", "outbound"]))
def test_scoped_paths_are_matched_to_the_same_account(account: str, direction: str) -> None:
    route = ROUTES["throttle.set"]
    assert match(route, encode.path(route, (account, direction))) == [account, direction]


@given(ANYTHING)
def test_texts_are_read_back(text: str) -> None:
    form = encode.form(params("users.update").values(), {"name": text})
    assert parse_qs(urlencode(form), keep_blank_values=True, encoding="utf-8") == {"name": [text]}


@given(st.lists(WORD, max_size=6))
def test_lists_are_read_back(words: list[str]) -> None:
    for given_words in (words, tuple(words), iter(words)):
        form = encode.form(params("users.update").values(), {"forwarding": given_words})
        assert form == {"forwarding": ",".join(words)}


@given(st.integers(), st.booleans())
def test_numbers_and_flags(number: int, flag: bool) -> None:
    form = encode.form(params("users.update").values(), {"quota": number, "isGlobalAdmin": flag})
    assert form == {"quota": str(number), "isGlobalAdmin": "yes" if flag else "no"}


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("quota", "12", TypeError),
        ("quota", True, TypeError),
        ("quota", 1.5, TypeError),
        ("isGlobalAdmin", "yes", TypeError),
        ("isGlobalAdmin", 1, TypeError),
        ("name", b"bytes", TypeError),
        ("name", True, TypeError),
        ("name", ["a"], TypeError),
        ("forwarding", b"bytes", TypeError),
        ("forwarding", {"a": 1}, TypeError),
        ("forwarding", 5, TypeError),
        ("forwarding", [None], TypeError),
        ("forwarding", ["a,b"], ValueError),
        ("forwarding", ["a", " "], ValueError),
    ],
)
def test_values_without_a_form_on_the_wire_are_refused_by_name(name: str, value: object, error: type) -> None:
    with pytest.raises(error, match=f"^{name}: "):
        encode.form(params("users.update").values(), {name: value})


def test_refusals_do_not_repeat_a_secret() -> None:
    with pytest.raises(TypeError) as caught:
        encode.form(params("users.update").values(), {"password": b"Secret-1234"})
    assert "Secret" not in str(caught.value)


def test_empty_lists_are_sent_where_they_mean_something() -> None:
    rows = params("users.update").values()
    assert encode.form(rows, {"aliases": [], "addAlias": []}) == {"aliases": ""}
    assert encode.form(params("wblist.add").values(), {"addresses": []}) == {"addresses": ""}


@pytest.mark.parametrize("place", [5, None, True, b"example.com"])
def test_places_take_text_only(place: Any) -> None:
    with pytest.raises(TypeError, match="domain"):
        encode.path(ROUTES["domains.get"], (place,))


@pytest.mark.parametrize("days", ["7", 7.0, True])
def test_days_are_a_whole_number(days: Any) -> None:
    with pytest.raises(TypeError, match="days"):
        encode.path(ROUTES["users.delete_keeping"], ("a@example.com", days))
    assert encode.path(ROUTES["users.delete_keeping"], ("a@example.com", 7)).endswith("/7")


def test_every_parameter_of_every_call_has_a_form() -> None:
    samples: dict[str, object] = {"text": "x", "number": 1, "flag": True, "status": "active", "list": ["x"]}
    for route in ROUTES.values():
        rows = (*route.params, DRY_RUN)
        form = encode.form(rows, {param.name: True if param.presence else samples[param.kind] for param in rows})
        assert form.keys() == {param.name for param in rows}


@given(DOMAIN, st.lists(st.sampled_from(["iredadmin", "panel", ""]), max_size=3), st.sampled_from(["", "/", "//"]))
def test_url_of_the_api_is_the_same_however_it_is_given(host: str, parts: list[str], end: str) -> None:
    prefix = "".join(f"/{part}" for part in parts)
    found = roots(f"https://{host}{prefix}{end}")
    assert found[-1].endswith("/api")
    assert "//" not in found[-1].removeprefix("https://")
    assert all(roots(root) == (root,) for root in found)
