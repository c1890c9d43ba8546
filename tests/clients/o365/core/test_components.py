"""Components, protocols, the account's factories, and what importing costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.clients.o365.core.conftest import CLIENT, SECRET
from tests.clients.o365.core.doubles import MockConnection, Thing

from O365 import Account, MSBusinessCentral365Protocol, MSGraphProtocol, MSOffice365Protocol, Protocol
from O365._original import original_in
from O365.connection import DEFAULT_SCOPES
from O365.utils import ApiComponent, MemoryTokenBackend

GRAPH = MSGraphProtocol(timezone="UTC")


def account(**options: Any) -> Account:
    return Account((CLIENT, SECRET), **{"token_backend": MemoryTokenBackend(), **options})


# Resources.


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ("me", "/me"),
        (None, "/me"),
        ("", ""),
        ("ada@acme.test", "/users/ada@acme.test"),
        ("users/ada@acme.test", "/users/ada@acme.test"),
        ("ada@acme.test/calendar", "/users/ada@acme.test/calendar"),
        ("user:ada@acme.test", "/users/ada@acme.test"),
        ("group:1", "/groups/1"),
        ("site:host,1,2", "/sites/host,1,2"),
        ("drives/b!x:y", "/drives/b!x:y"),
        ("team:1", "/team:1"),
    ],
)
def test_resources_are_paths(resource: str | None, path: str) -> None:
    component = ApiComponent(protocol=GRAPH, main_resource=resource)
    assert component.build_url("/messages") == f"https://graph.microsoft.com/v1.0{path}/messages"


def test_a_component_may_go_on_with_another_resource() -> None:
    component = ApiComponent(protocol=GRAPH)
    component.set_base_url("bob@acme.test")
    assert component.main_resource == "users/bob@acme.test"
    assert component.build_url("/x").endswith("/users/bob@acme.test/x")
    assert component.build_base_url("me") == "https://graph.microsoft.com/v1.0/me"


def test_a_component_takes_everything_from_its_parent_or_from_its_keywords() -> None:
    con = MockConnection()
    parent = Thing(con=con, protocol=GRAPH, main_resource="bob@acme.test")
    child = Thing(parent=parent)
    assert (child.con, child.protocol, child.main_resource) == (con, GRAPH, "users/bob@acme.test")
    assert Thing(parent=parent, main_resource="me").main_resource == "me"
    with pytest.raises(ValueError, match="not both"):
        Thing(parent=parent, con=con)
    with pytest.raises(ValueError, match="Protocol"):
        Thing(con=con)


def test_a_component_of_a_program_works_as_the_readme_shows() -> None:
    class CustomClass(ApiComponent):
        _endpoints = {"my_url_key": "/customendpoint"}  # noqa: RUF012 - as programs write it

        def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
            self.con = parent.con if parent else con
            protocol = parent.protocol if parent else kwargs.get("protocol")
            super().__init__(protocol=protocol, main_resource=parent.main_resource if parent else "me")

        def do_some_stuff(self) -> Any:
            return self.con.get(self.build_url(self._endpoints["my_url_key"]), params={"param1": "p"}).json()

    con = MockConnection([{"done": True}, {"done": True}])
    assert CustomClass(con=con, protocol=GRAPH).do_some_stuff() == {"done": True}
    parent = Thing(con=con, protocol=GRAPH, main_resource="bob@acme.test")
    assert CustomClass(parent=parent).do_some_stuff() == {"done": True}
    assert con.urls == [
        "https://graph.microsoft.com/v1.0/me/customendpoint",
        "https://graph.microsoft.com/v1.0/users/bob@acme.test/customendpoint",
    ]
    assert con.params == [{"param1": "p"}] * 2


# Protocols.


def test_protocols_know_where_they_lie() -> None:
    assert MSGraphProtocol(api_version="beta").service_url == "https://graph.microsoft.com/beta/"
    assert MSOffice365Protocol().service_url == "https://outlook.office.com/api/v2.0/"
    central = "https://api.businesscentral.dynamics.com"
    assert MSBusinessCentral365Protocol().service_url == f"{central}/v1.0/api/v1.0/"
    assert MSBusinessCentral365Protocol(environment="prod").service_url == f"{central}/v2.0/prod/api/v1.0/"
    assert Protocol(protocol_url="https://x.test/", api_version="v3").service_url == "https://x.test/v3/"
    with pytest.raises(ValueError, match="base_url"):
        Protocol()


@pytest.mark.parametrize("url", ["https://localhost:8443/v1.0/", "https://localhost:8443/v1.0"])
def test_a_protocol_may_lie_elsewhere(url: str) -> None:
    protocol = MSGraphProtocol(base_url=url)
    assert protocol.service_url == "https://localhost:8443/v1.0/"
    assert protocol.prefix_scope("Mail.Read") == "https://graph.microsoft.com/Mail.Read"
    assert account(base_url=url).mailbox().build_url("") == "https://localhost:8443/v1.0/me"


def test_the_scopes_of_national_clouds_are_their_own() -> None:
    protocol = MSGraphProtocol(base_url="https://microsoftgraph.chinacloudapi.cn/v1.0/")
    assert protocol.prefix_scope(".default") == "https://microsoftgraph.chinacloudapi.cn/.default"


def test_a_subclass_may_lie_elsewhere_as_before() -> None:
    class Local(MSGraphProtocol):
        _protocol_url = "https://local.test/graph/"

    assert Local().service_url == "https://local.test/graph/v1.0/"


@pytest.mark.parametrize(
    ("given", "scopes"),
    [
        ("message_all", ["Mail.ReadWrite", "Mail.Send"]),
        ("message all", ["Mail.ReadWrite", "Mail.Send"]),
        (["basic", "users", "basic"], ["User.Read", "User.ReadBasic.All"]),
        (("https://graph.microsoft.com/Mail.Read",), ["Mail.Read"]),
        (["Custom.Scope"], ["Custom.Scope"]),
        ("sharepoint_dl", ["Sites.ReadWrite.All"]),
    ],
)
def test_helpers_are_replaced_by_scopes(given: Any, scopes: list[str]) -> None:
    assert GRAPH.get_scopes_for(given) == [f"https://graph.microsoft.com/{scope}" for scope in scopes]


def test_scopes_of_open_id_take_no_prefix() -> None:
    assert GRAPH.get_scopes_for(["offline_access", "openid"]) == ["offline_access", "openid"]
    everything = {scope for scopes in DEFAULT_SCOPES.values() for scope in scopes}
    assert sorted(GRAPH.get_scopes_for(None)) == sorted(map(GRAPH.prefix_scope, everything))
    with pytest.raises(ValueError, match="scopes"):
        GRAPH.get_scopes_for(3)  # type: ignore[arg-type]


def test_scopes_of_outlook_are_its_own() -> None:
    assert MSOffice365Protocol().get_scopes_for("mailbox") == ["https://outlook.office.com/Mail.Read"]


def test_protocols_know_their_words() -> None:
    assert GRAPH.get_service_keyword("message_type") == "microsoft.graph.message"
    assert GRAPH.get_service_keyword("item_attachment_type") == "#microsoft.graph.itemAttachment"
    assert GRAPH.get_service_keyword("nothing") is None
    outlook = MSOffice365Protocol(timezone="UTC")
    assert outlook.get_service_keyword("file_attachment_type") == "#Microsoft.OutlookServices.FileAttachment"
    assert outlook.get_service_keyword("prefer_timezone_header") == 'outlook.timezone="UTC"'
    assert (GRAPH.convert_case("is_read"), outlook.convert_case("is_read")) == ("isRead", "IsRead")
    assert Protocol(protocol_url="https://x/", api_version="1").convert_case("is_read") == "is_read"
    assert Protocol.to_api_case("isRead") == "is_read"


# The account.


def test_resources_of_an_account() -> None:
    assert account().mailbox().main_resource == "me"
    assert account(main_resource="bob@acme.test").mailbox().main_resource == "users/bob@acme.test"
    assert account().mailbox("ada@acme.test").main_resource == "users/ada@acme.test"
    protocol = MSGraphProtocol(default_resource="shared@acme.test")
    assert account(protocol=protocol).mailbox().main_resource == "users/shared@acme.test"
    assert account().new_message().main_resource == "me"


def test_an_app_has_no_me() -> None:
    app = account(auth_flow_type="credentials", tenant_id="t")
    assert app.mailbox().build_url("/messages") == "https://graph.microsoft.com/v1.0/messages"


def test_the_address_book_of_the_organisation_is_its_directory() -> None:
    for name in ("gal", "directory"):
        assert account().address_book(address_book=name).build_url("") == "https://graph.microsoft.com/v1.0/users"
    assert account().directory().main_resource == "users"
    with pytest.raises(RuntimeError, match="address_book"):
        account().address_book(address_book="other")


def test_what_only_graph_has_is_refused_to_other_protocols() -> None:
    outlook = account(protocol=MSOffice365Protocol)
    for name in ("storage", "sharepoint", "planner", "teams", "groups"):
        with pytest.raises(RuntimeError, match=name):
            getattr(outlook, name)()


def test_an_account_says_who_it_is() -> None:
    assert repr(account()) == f"Account Client Id: {CLIENT}"
    assert account().connection is not None


def test_a_base_url_beside_a_protocol_that_is_made_is_refused() -> None:
    with pytest.raises(ValueError, match="base_url"):
        account(protocol=GRAPH, base_url="https://x.test/")


# Importing.


def run(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_importing_the_package_loads_nothing_of_it() -> None:
    loaded = run("import O365, sys, json; print(json.dumps([m for m in sys.modules]))")
    assert not {"requests", "msal", "bs4", "dateutil", "tzlocal", "O365.connection"} & set(loaded)


def test_the_account_loads_what_sends_and_signs_in_when_it_is_needed() -> None:
    loaded = run("from O365 import Account; import sys, json; print(json.dumps([m for m in sys.modules]))")
    assert not {"requests", "urllib3", "msal", "bs4", "dateutil", "O365.message", "O365.mailbox"} & set(loaded)


def test_an_expired_token_is_an_http_error_of_requests() -> None:
    from requests.exceptions import HTTPError

    from O365.connection import TokenExpiredError

    assert issubclass(TokenExpiredError, HTTPError)


def test_all_exported_names_can_be_imported() -> None:
    import O365
    import O365.utils

    for package in (O365, O365.utils):
        for name in package.__all__:
            assert getattr(package, name) is not None
        assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = O365.nothing


def test_the_original_beside_ours_is_found_and_refused(tmp_path: Path) -> None:
    assert original_in([str(tmp_path), str(tmp_path / "missing")]) is None
    (tmp_path / "postroom_o365-0.1.0.dist-info").mkdir()
    assert original_in([str(tmp_path)]) is None
    (tmp_path / "O365-2.1.10.dist-info").mkdir()
    assert original_in([str(tmp_path)]) == str(tmp_path)
    code = f"import sys; sys.path.append({str(tmp_path)!r}); import O365"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "pip uninstall o365 postroom-o365" in done.stderr
