"""Browsers in which somebody is signed in, tokens of forms, and a file that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.workspace.signin.conftest import House
from tests.workspace.signin.known import ANNA, Known

from postroom.errors import Damaged, Unavailable
from postroom.workspace.signin.errors import BadForm
from postroom.workspace.signin.signin import Signin


def test_a_session_lasts_until_its_end_or_that_of_its_user(house: House) -> None:
    sessions = house.signin.sessions
    first, second = sessions.create(ANNA.id), sessions.create(ANNA.id)
    found = sessions.find(first)
    assert found is not None
    assert found.user_id == ANNA.id
    sessions.end(first)
    assert sessions.find(first) is None
    assert sessions.find(second) is not None
    sessions.end_of(ANNA.id)
    assert sessions.find(second) is None
    third = sessions.create(ANNA.id)
    house.clock.on(hours=24)
    assert sessions.find(third) is None


def test_a_session_is_in_no_file(house: House, tmp_path: Path) -> None:
    text = house.signin.sessions.create(ANNA.id).encode()
    assert not [file for file in (tmp_path / "workspace").iterdir() if file.is_file() and text in file.read_bytes()]


def test_the_token_of_a_form_is_for_one_browser_one_purpose_and_an_hour(house: House) -> None:
    forms = house.signin.forms
    token = forms.token("browser", "login", "then")
    forms.check(token, "browser", "login", "then")
    for browser, purpose in (
        ("other", ("login", "then")), ("browser", ("login", "else")), ("browser", ("loginthen",)),
        ("browser", ("login", "the", "n")), ("", ("login", "then")),
    ):  # fmt: skip
        with pytest.raises(BadForm):
            forms.check(token, browser, *purpose)
    house.clock.on(hours=1, seconds=1)
    with pytest.raises(BadForm):
        forms.check(token, "browser", "login", "then")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.text(max_size=60), browser=st.text(max_size=10))
def test_no_other_text_is_the_token_of_a_form(house: House, token: str, browser: str) -> None:
    with pytest.raises(BadForm):
        house.signin.forms.check(token, browser, "login")


def test_a_closed_engine_and_a_damaged_file_are_told_as_such(tmp_path: Path) -> None:
    signin = Signin(tmp_path, Known())
    signin.apps.create("App")
    signin.close()
    with pytest.raises(Unavailable):
        signin.apps.list()
    for name in ("signin.db", "signin.db-wal"):
        (tmp_path / name).write_bytes(b"no database at all, but some text" * 100)
    with pytest.raises(Damaged):
        Signin(tmp_path, Known())
