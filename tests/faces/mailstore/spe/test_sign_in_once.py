"""A link signs the service provider in to the console of one instance, once, while the instance lets it in."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.faces.mailstore.spe.conftest import Installation

from mailstore.errors import MailStoreCallError
from mailstore.spe import Client
from postroom.archive.instance.audit import SYSTEM, Filter


def use(browser: httpx2.Client, installation: Installation, link: str) -> httpx2.Response:
    """Follow the link and press its button."""
    parts = urlsplit(link)
    base = f"https://localhost:{installation.console_port}"
    page = browser.get(f"{base}{parts.path}?{parts.query}")
    assert page.status_code == 200
    [token] = parse_qs(parts.query)["token"]
    return browser.post(f"{base}{parts.path}", data={"token": token})


def browser(installation: Installation) -> httpx2.Client:
    made = installation.http()
    made.follow_redirects = True
    return made


def test_a_link_signs_in_once(client: Any, installation: Installation) -> None:
    installation.instance("elm")
    link = client.CreateClientOneTimeUrlForArchiveAdmin("elm")["result"]
    assert link.startswith(f"https://localhost:{installation.console_port}/i/elm/once?token=")
    with browser(installation) as first:
        page = use(first, installation, link)
        assert page.status_code == 200
        assert "$archiveadmin" in page.text
        assert installation.management.tenants.get("elm").active_sessions() == 1
        assert client.GetInstanceProcessLiveStatistics("elm")["result"]["activeSessions"] == 1
    with browser(installation) as second:
        again = use(second, installation, link)
        assert again.status_code == 403
        assert "used already" in again.text
    with installation.management.tenants.use("elm") as archive:
        rows = archive.instance.audit.entries(Filter(events=("UserLogin",)))
    assert [(row.ok, row.client) for row in rows] == [(False, "web"), (True, "web")]


def test_a_link_is_for_its_instance_alone(basic: Client, installation: Installation) -> None:
    for name in ("elm", "oak"):
        installation.instance(name)
    link = basic.CreateClientOneTimeUrlForArchiveAdmin("elm")["result"]
    with browser(installation) as other:
        assert use(other, installation, link.replace("/i/elm/", "/i/oak/")).status_code == 403
        assert use(other, installation, link).status_code == 200
        base = f"https://localhost:{installation.console_port}"
        assert "$archiveadmin" in other.get(f"{base}/i/elm/").text
        assert "$archiveadmin" not in other.get(f"{base}/i/oak/").text


def test_who_is_shut_out_gets_no_link_and_the_session_ends(basic: Client, installation: Installation) -> None:
    installation.instance("elm")
    link = basic.CreateClientOneTimeUrlForArchiveAdmin("elm")["result"]
    late = basic.CreateClientOneTimeUrlForArchiveAdmin("elm")["result"]
    with browser(installation) as browsing:
        assert use(browsing, installation, link).status_code == 200
        basic.SetArchiveAdminEnabled("elm", False)
        page = browsing.get(f"https://localhost:{installation.console_port}/i/elm/")
        assert page.status_code == 403
        assert use(browsing, installation, late).status_code == 403
    with pytest.raises(MailStoreCallError, match="does not let the service provider in"):
        basic.CreateClientOneTimeUrlForArchiveAdmin("elm")


def test_the_base_of_the_link_may_be_another_one(basic: Client, installation: Installation) -> None:
    installation.instance("elm")
    made = basic.CreateClientOneTimeUrlForArchiveAdmin("elm", "https://mail.example.com/i/elm/")["result"]
    assert re.fullmatch(r"https://mail\.example\.com/i/elm/once\?token=[\w-]{43}", made)
    for wrong in ("http://mail.example.com", "mail.example.com", "https://a@b/", "https://x/?a=b", "javascript:x"):
        with pytest.raises(MailStoreCallError, match="instanceUrl: expected"):
            basic.CreateClientOneTimeUrlForArchiveAdmin("elm", wrong)


def test_users_find_their_instance_by_its_alias(installation: Installation) -> None:
    installation.instance("elm", alias="elm-mail")
    base = f"https://localhost:{installation.console_port}"
    with browser(installation) as browsing:
        for name in ("elm", "elm-mail", "ELM-Mail"):
            assert browsing.get(f"{base}/i/{name}/").status_code == 200
        assert browsing.get(f"{base}/i/oak/").status_code == 404


def test_a_store_goes_to_another_instance(client: Any, installation: Installation) -> None:
    for name in ("elm", "oak"):
        installation.instance(name, let_in=False)
    number = client.CreateStore("elm", "old", "stores/old", requestedState="normal")["result"]
    done = client.TransferStores("elm", "oak", [str(number)])
    assert re.search(r"The instance oak has it as store \d+\.", done["logOutput"])
    assert "old" not in [row["name"] for row in client.GetStores("elm")["result"]]
    assert "old" in [row["name"] for row in client.GetStores("oak")["result"]]
    with pytest.raises(MailStoreCallError, match="takes the new mail"):
        client.TransferStores("elm", "oak", "1")
    for wrong in ("", "x", "1,-2"):
        with pytest.raises(MailStoreCallError, match="ids"):
            client.TransferStores("elm", "oak", wrong)


def test_a_user_of_the_same_name_elsewhere_gives_no_free_tries(installation: Installation) -> None:
    for name in ("elm", "oak"):
        installation.instance(name)
        with installation.management.tenants.use(name) as archive:
            archive.instance.users.create("anna", ["login"], SYSTEM, password=f"of {name}")
    with installation.http() as guesser:
        base = f"https://localhost:{installation.console_port}"

        def login(instance: str, password: str) -> int:
            data = {"username": "anna", "password": password}
            return guesser.post(f"{base}/i/{instance}/login", data=data).status_code

        told = []
        for _ in range(6):
            assert login("oak", "of oak") == 303
            told += [login("elm", "wrong"), login("ELM", "wrong")]
    assert told[0] == 400
    assert 429 in told
