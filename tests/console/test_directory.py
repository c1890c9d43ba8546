"""Signing in to the console with a password that a mail server knows."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from tests.archive.directories import silent
from tests.archive.directories.test_imap import sasl
from tests.console.conftest import Served, sign_in, title
from tests.ports import free_port

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM


@pytest.fixture
def by_mail_server(archive: Archive) -> Iterator[Archive]:
    """Anna's password is checked by a mail server, which knows it."""
    archive.instance.users.set_authentication("anna", "directoryServices", SYSTEM)
    with silent.talking(sasl(("anna", "of the mail server"))) as (port, _):
        place = {"host": "127.0.0.1", "port": port, "protocol": "IMAP"}
        archive.directories.configuration.update({"type": "imap", **place}, SYSTEM)
        yield archive
    archive.directories.configuration.update({"type": "none"}, SYSTEM)


def test_the_password_of_the_directory_signs_in(browser: httpx2.Client, by_mail_server: Archive) -> None:
    assert sign_in(browser, password="word").status_code == 400
    assert sign_in(browser, password="").status_code == 400
    assert sign_in(browser, password="of the mail server").status_code == 200


def test_a_second_factor_is_asked_for_all_the_same(browser: httpx2.Client, by_mail_server: Archive) -> None:
    by_mail_server.instance.second_factors.initialise("anna", SYSTEM)
    answer = sign_in(browser, password="of the mail server")
    assert title(answer) != title(sign_in(browser, password="word"))
    assert 'name="code"' in answer.text


def test_a_directory_that_is_away_is_no_wrong_password(
    served: Served, browser: httpx2.Client, by_mail_server: Archive
) -> None:
    by_mail_server.directories.configuration.update({"port": free_port()}, SYSTEM)
    answer = sign_in(browser, password="of the mail server")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
