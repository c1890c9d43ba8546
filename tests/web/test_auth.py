import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.web.auth import Credentials, from_other_site, is_loopback, names_this_machine, parse_basic


def basic(raw: bytes) -> str:
    return "Basic " + base64.b64encode(raw).decode()


@given(st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])), st.text(st.characters(codec="utf-8")))
def test_what_a_client_sends_is_what_is_read(user: str, password: str) -> None:
    assert parse_basic(basic(f"{user}:{password}".encode())) == Credentials(user, password)


@given(st.text())
def test_no_header_breaks_it(header: str) -> None:
    parse_basic(header)
    parse_basic(f"Basic {header}")


def test_latin_1_of_old_clients_is_understood() -> None:
    assert parse_basic(basic("müller:geheim".encode("latin-1"))) == Credentials("müller", "geheim")


@pytest.mark.parametrize("header", [None, "", "Basic", "Basic ?", "Bearer abc", basic(b"no colon")])
def test_what_is_no_credentials_is_none(header: str | None) -> None:
    assert parse_basic(header) is None


def test_credentials_do_not_show_the_password() -> None:
    assert "geheim" not in repr(Credentials("anna", "geheim"))
    assert "geheim" not in f"{Credentials('anna', 'geheim')}"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_loopback(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["", "192.0.2.1", "::", "0.0.0.0", "fe80::1%eth0", "::ffff:192.0.2.1", "localhost"])
def test_others_are_not(address: str) -> None:
    assert not is_loopback(address)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8463", "127.0.0.1", "127.0.0.1:8463"])
def test_these_host_names_are_this_machine(host: str) -> None:
    assert names_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [None, "", "evil.example", "localhost.evil.example", "localhost:8463:evil", "127.0.0.1.evil.example", "[::1]"],
)
def test_these_are_not(host: str | None) -> None:
    assert not names_this_machine(host)


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"host": "mail:8463"}, False),
        ({"host": "mail:8463", "origin": "https://mail:8463", "sec-fetch-site": "same-origin"}, False),
        ({"host": "mail:8463", "sec-fetch-site": "none"}, False),
        ({"host": "mail:8463", "origin": "https://evil.example"}, True),
        ({"host": "mail:8463", "origin": "http://mail:8463"}, True),
        ({"host": "mail:8463", "origin": "null"}, True),
        ({"host": "mail:8463", "sec-fetch-site": "cross-site"}, True),
        ({"host": "mail:8463", "sec-fetch-site": "same-site"}, True),
        ({"origin": "https://evil.example"}, True),
    ],
)
def test_a_browser_tells_when_a_page_of_another_site_asks(headers: dict[str, str], *, foreign: bool) -> None:
    assert from_other_site(headers) == foreign
