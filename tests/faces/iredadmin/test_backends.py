"""The API on every back end: the same script gives the same JSON on the three SQL databases, and works on OpenLDAP."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.accounts.services.fixtures import ENGINES, fresh
from tests.accounts.services.slapd_fixtures import fresh_ldap
from tests.faces.iredadmin.conftest import DOMAIN_ADMIN, GLOBAL, PASSWORD, Caller, World

from iredadmin.contract import ROUTES
from postroom.accounts.database import initialise
from postroom.accounts.database.connect import Databases
from postroom.faces.iredadmin import handlers as _handlers  # noqa: F401
from postroom.faces.iredadmin.dispatch import HANDLERS, Dispatch
from postroom.settings import Accounts

Make = Callable[..., World]
Call = tuple[str, str, dict[str, Any]]

SCRIPT: list[Call] = [
    ("GET", "/domains", {}),
    ("GET", "/domains", {"name_only": "yes"}),
    ("POST", "/domain/three.test", {"name": "Drei 'ß' 漢字 😀", "quota": 500, "defaultQuota": 10, "maxUserQuota": 50,
                                    "numberOfUsers": 5, "numberOfAliases": 2, "language": "de_DE",
                                    "senderBcc": "copies@one.test", "recipientBcc": "copies@elsewhere.test"}),
    ("POST", "/domain/Three.Test", {}),
    ("PUT", "/domain/three.test", {"catchall": "anna@three.test,x@elsewhere.test", "outboundRelay": "smtp:[192.0.2.1]",
                                   "aliasDomains": "drei.test,tres.test,one.test", "minPasswordLength": 9,
                                   "disableUserProfile": "bcc", "addService": "self-service"}),
    ("GET", "/domain/three.test", {}),
    ("POST", "/user/anna@three.test", {"name": "Änna", "password": PASSWORD, "aliases": "a1@three.test,a2@drei.test"}),
    ("POST", "/user/bob@three.test", {"password_hash": "{PLAIN}x", "quota": 20}),
    ("POST", "/user/bob2@three.test", {"password_hash": "{PLAIN}x", "quota": 20, "mailboxFormat": "mdbox"}),
    ("POST", "/user/eva@three.test", {"password": PASSWORD, "quota": 60}),
    ("POST", "/user/eva@three.test", {"password": "short"}),
    ("PUT", "/user/anna@three.test", {"gn": "Än", "sn": "O'Neill", "employeeid": "7", "language": "fr_FR",
                                      "forwarding": "anna@three.test,x@elsewhere.test",
                                      "senderBcc": "copies@elsewhere.test", "transport": "lmtp:inet:x:24",
                                      "removeService": "pop3,pop3secured", "isGlobalAdmin": "yes"}),
    ("GET", "/user/anna@three.test", {}),
    ("PUT", "/user/bob@three.test", {"accountStatus": "disabled"}),
    ("GET", "/user/bob@three.test", {}),
    ("GET", "/users/three.test", {}),
    ("GET", "/users/three.test", {"disabled_only": "yes", "email_only": "yes"}),
    ("GET", "/users/three.test", {"search": "OB", "limit": 1}),
    ("PUT", "/users/three.test", {"language": "it_IT", "accountStatus": "active"}),
    ("POST", "/alias/team@three.test", {"name": "Täm", "accessPolicy": "membersonly",
                                        "members": "anna@three.test,y@elsewhere.test"}),
    ("PUT", "/alias/team@three.test", {"addMember": "bob@three.test", "removeMember": "y@elsewhere.test"}),
    ("GET", "/alias/team@three.test", {}),
    ("GET", "/aliases/three.test", {}),
    ("POST", "/alias/team@three.test/change_email/crew@three.test", {}),
    ("POST", "/user/anna@three.test/change_email/ann@three.test", {}),
    ("GET", "/user/ann@three.test", {}),
    ("GET", "/domain/three.test", {}),
    ("GET", "/aliases/three.test", {"email_only": "yes"}),
    ("PUT", "/domain/admins/three.test", {"addAdmin": f"{DOMAIN_ADMIN},bob@three.test"}),
    ("GET", f"/user/{DOMAIN_ADMIN}", {}),
    ("PUT", "/domain/admins/three.test", {"removeAllAdmins": ""}),
    ("POST", "/admin/other@elsewhere.test", {"name": "Öther", "password": PASSWORD, "maxDomains": 2, "maxQuota": 3,
                                             "quotaUnit": "GB", "maxUsers": 4}),
    ("GET", "/admin/other@elsewhere.test", {}),
    ("GET", "/admins", {"email_only": "yes"}),
    ("POST", "/throttle/three.test/outbound", {"period": 60, "max_msgs": 3}),
    ("GET", "/throttle/three.test/outbound", {}),
    ("POST", "/greylisting/ann@three.test", {"status": "disable"}),
    ("POST", "/greylisting/three.test/whitelists", {"senders": "192.0.2.1,@elsewhere.test"}),
    ("GET", "/greylisting/three.test/whitelists", {}),
    ("GET", "/greylisting/all", {}),
    ("POST", "/wblist/inbound/blacklist/ann@three.test", {"addresses": "@bad.test,192.0.2.0/24"}),
    ("GET", "/wblist/inbound/blacklist/ann@three.test", {}),
    ("PUT", "/spampolicy/domain/three.test", {"spam_score": "6.25", "quarantine_spam": "yes"}),
    ("GET", "/spampolicy/domain/three.test", {}),
    ("PUT", "/domain/three.test", {"is_backupmx": "yes", "primarymx": "[192.0.2.9]:2525"}),
    ("GET", "/domain/three.test", {}),
    ("DELETE", "/user/bob@three.test/keep_mailbox_days/30", {}),
    ("DELETE", "/user/bob@three.test", {}),
    ("GET", "/user/bob@three.test", {}),
    ("DELETE", "/alias/crew@three.test", {}),
    ("DELETE", "/domain/three.test", {}),
    ("GET", "/domain/three.test", {}),
    ("GET", "/throttle/three.test/outbound", {}),
    ("GET", "/greylisting/all", {}),
    ("GET", "/log", {"limit": 100}),
]  # fmt: skip

REFUSED = {
    ("POST", "/domain/Three.Test"): "ALREADY_EXISTS",
    (
        "POST",
        "/user/eva@three.test",
    ): "PW_SHORTER_THAN_MIN_LENGTH,PW_NO_UPPERCASE,PW_NO_DIGIT_NUMBER,PW_NO_SPECIAL_CHAR",
    ("GET", "/user/bob@three.test"): "NO_SUCH_ACCOUNT",
    ("GET", "/domain/three.test"): "INVALID_DOMAIN_NAME",
    ("GET", "/throttle/three.test/outbound"): "INVALID_DOMAIN_NAME",
}
"""What the last call of this path answers when it is refused."""
FAILED = b'"_success":false'

_TIMES = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d{4}(\.\d\d){5}")
_IDS = re.compile(rb'"id":\d+|"_next":"\d+"')
NOT_IN_THE_SCRIPT = {
    # See test_read_back, test_sign_in and test_wire.
    "domains.delete_keeping", "domains.get_services", "domains.set_services", "domains.ownership", "domains.verify",
    "admins.update", "admins.delete", "admins.verify_password", "users.verify_password", "users.set_password",
    "users.set_all_passwords", "spam_policy.delete", "throttle.delete", "wblist.remove", "wblist.clear",
    "greylisting.get", "greylisting.delete", "greylisting.spf_domains", "greylisting.set_spf_domains", "session.login",
    "session.logout",
}  # fmt: skip


def answers(caller: Caller) -> list[bytes]:
    """What the script got, ids and times aside."""
    return [_IDS.sub(b"", _TIMES.sub(b"", caller.raw(*call).content)) for call in SCRIPT]


def on(make_world: Make, accounts: Accounts) -> World:
    # The tests' servers share two cores: a slow answer is none of a server that is away.
    return make_world(accounts=replace(accounts, connect_timeout_s=30.0))


def test_the_three_databases_answer_byte_for_byte_alike(
    make_world: Make, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    found = {}
    for engine in ENGINES:
        (tmp_path / engine).mkdir()
        world = on(make_world, fresh(engine, request, tmp_path / engine))
        found[engine] = answers(world.caller(GLOBAL))
    for call, *alike in zip(SCRIPT, *found.values(), strict=True):
        assert alike == [alike[0]] * len(ENGINES), call
    failed = {call[:2]: answer for call, answer in zip(SCRIPT, found["sqlite"], strict=True) if FAILED in answer}
    assert failed == {call: b'{"_success":false,"_msg":"%b"}' % code.encode() for call, code in REFUSED.items()}


def test_the_script_calls_what_the_api_has() -> None:
    dispatch = Dispatch(ROUTES, HANDLERS)
    called = {dispatch.find(method, path).route.key for method, path, _ in SCRIPT}
    everything = {key for key, route in ROUTES.items() if route.built and route.backends != "LDAP"}
    assert called | NOT_IN_THE_SCRIPT == everything


@pytest.mark.parametrize("engine", ENGINES)
def test_a_database_that_goes_away_and_comes_back(
    engine: str, make_world: Make, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if engine == "sqlite":
        return
    accounts = replace(fresh(engine, request, tmp_path), connect_timeout_s=2.0)
    root = make_world(accounts=accounts).caller(GLOBAL)
    server = request.getfixturevalue(f"{engine}_server")
    server.service.stop()
    try:
        assert root.refused("GET", "/domains") == "SERVER_DOWN"
        assert root.refused("PUT", "/user/plain@one.test", name="x") == "SERVER_DOWN"
    finally:
        server.service.start()
    assert root.done("GET", "/domains")
    root.done("PUT", "/user/plain@one.test", name="x")


# OpenLDAP


@pytest.fixture
def ldap(make_world: Make, request: pytest.FixtureRequest, tmp_path: Path) -> Caller:
    url = f"sqlite:///{tmp_path / 'rest.db'}"
    accounts = replace(fresh_ldap(request, tmp_path), iredapd_url=url, amavisd_url=url)
    databases = Databases.open(accounts, tmp_path)
    initialise.create(databases)
    databases.close()
    return on(make_world, accounts).caller(GLOBAL)


def test_the_script_goes_through_on_ldap_too(ldap: Caller) -> None:
    failed = {}
    for method, path, form in SCRIPT:
        answer = ldap.call(method, path, **form)
        if not answer["_success"]:
            failed[method, path] = answer["_msg"]
    assert failed == REFUSED


def test_on_ldap_profiles_are_attributes_with_lists_of_texts(ldap: Caller) -> None:
    user = ldap.done("GET", "/user/plain@one.test")
    assert user["mail"] == ["plain@one.test"]
    assert "userPassword" not in user
    assert (user["stored_bytes"], user["stored_messages"], user["last_login"]) == (0, 0, "")
    domain = ldap.done("GET", "/domain/one.test")
    assert domain["domainName"] == ["one.test"]
    assert isinstance(domain["accountSetting"], dict)
    assert set(ldap.done("GET", "/domains")) == {"one.test", "two.test"}
    assert set(ldap.done("GET", "/users/one.test")) == {DOMAIN_ADMIN, "plain@one.test"}


def test_mailing_lists_and_ldif_are_there_on_ldap(ldap: Caller) -> None:
    path = "/maillist/list@one.test"
    ldap.done("POST", path, name="List", accessPolicy="membersonly", members="plain@one.test,x@elsewhere.test")
    assert ldap.done("GET", path)["members"] == ["plain@one.test", "x@elsewhere.test"]
    ldap.done("PUT", path, addMember="admin@one.test", removeMember="x@elsewhere.test", name="Liste")
    found = ldap.done("GET", path)
    assert (found["cn"], found["members"]) == (["Liste"], ["admin@one.test", "plain@one.test"])
    ldap.done("PUT", "/user/plain@one.test", telephoneNumber="1,2", mobile="3")
    assert sorted(ldap.done("GET", "/user/plain@one.test")["telephoneNumber"]) == ["1", "2"]
    ldap.done("PUT", "/domain/one.test", catchall="plain@one.test")
    for kind, name in [
        ("domain", "one.test"), ("catchall", "one.test"), ("user", "plain@one.test"), ("maillist", "list@one.test"),
        ("admin", GLOBAL),
    ]:  # fmt: skip
        text = ldap.done("GET", f"/ldif/{kind}/{name}")
        assert text.startswith(("dn:", "version: 1"))
        assert name in text
        assert "userPassword" not in text
    ldap.done("DELETE", path)
    assert ldap.refused("GET", path) == "NO_SUCH_ACCOUNT"


def test_on_ldap_a_limit_holds_against_many_at_once(ldap: Caller) -> None:
    ldap.done("PUT", "/domain/one.test", numberOfUsers=5)
    with ThreadPoolExecutor(6) as pool:
        made = list(
            pool.map(lambda number: ldap.call("POST", f"/user/n{number}@one.test", password=PASSWORD), range(6))
        )
    assert sorted(str(answer.get("_msg")) for answer in made) == ["EXCEEDED_DOMAIN_ACCOUNT_LIMIT"] * 3 + ["None"] * 3
