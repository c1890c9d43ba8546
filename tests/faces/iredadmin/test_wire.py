"""The bytes: paths, forms, queries, JSON, envelopes, HTTP codes; and input that nobody should send."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.faces.iredadmin.conftest import GLOBAL, PASSWORD, Caller, World, configured, serving

from iredadmin.contract import ROUTES
from postroom.accounts.model import UserChange
from postroom.accounts.services.access import LOCAL
from postroom.errors import PostroomError
from postroom.faces.iredadmin import given as parameters
from postroom.settings import Web

Make = Callable[..., World]
USER = "/user/plain@one.test"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def one(tls: Path, populated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """The global admin on one server for all tests that change nothing, and show it."""
    with serving(configured(), tls, tmp_path_factory.mktemp("one"), populated) as world:
        yield world.caller(GLOBAL)


@pytest.mark.parametrize("prefix", ["/iredadmin/api", "/api"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_both_prefixes_answer_with_and_without_a_slash_at_the_end(world: World, prefix: str, slash: str) -> None:
    caller = world.caller(GLOBAL, prefix)
    assert caller.done("GET", f"/domain/one.test{slash}")["domain"] == "one.test"
    assert caller.done("GET", f"/throttle/one.test/inbound{slash}") == {}


def test_the_prefix_is_a_setting(make_world: Make) -> None:
    world = make_world(prefixes=("/mail/admin",))
    assert world.caller(GLOBAL, "/mail/admin/api").done("GET", "/domains")
    assert world.caller(prefix="/api").raw("GET", "/domains").status_code == 404


def test_addresses_in_paths_may_be_escaped_and_a_plus_is_no_blank(root: Caller) -> None:
    assert root.done("GET", "/user/plain%40one.test")["username"] == "plain@one.test"
    root.done("POST", "/alias/a%2Bb@one.test")
    assert root.done("GET", "/alias/a+b@one.test")["address"] == "a+b@one.test"
    assert root.done("GET", "/user/PLAIN@One.Test")["username"] == "plain@one.test"


def test_an_international_domain_is_kept_in_ascii(root: Caller) -> None:
    root.done("POST", "/domain/bücher.test", name="Bücher")
    assert root.done("GET", "/domain/xn--bcher-kva.test")["description"] == "Bücher"
    assert "xn--bcher-kva.test" in root.done("GET", "/domains", name_only="yes")


def test_answers_of_changes_say_success_and_nothing_else(root: Caller) -> None:
    answer = root.raw("PUT", USER, {"name": "X"})
    assert answer.content == b'{"_success":true}'
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert root.raw("GET", "/user/no@one.test").content == b'{"_success":false,"_msg":"NO_SUCH_ACCOUNT"}'


def test_names_of_parameters_mind_case_and_unknown_ones_are_ignored(root: Caller) -> None:
    root.done("PUT", USER, Name="X", NAME="Y", whatever="Z")
    assert root.done("GET", USER)["name"] == ""


def test_json_and_multipart_say_the_same_as_a_form(root: Caller) -> None:
    body = json.dumps(
        {"name": "J", "quota": 7, "accountStatus": "active", "forwarding": ["b@x.test", "plain@one.test"]}
    )
    answer = root.http.put(USER, content=body, headers={"Content-Type": "application/json"})
    assert answer.json() == {"_success": True}
    found = root.done("GET", USER)
    assert (found["name"], found["quota"], found["forwardings"]) == ("J", 7, ["b@x.test", "plain@one.test"])
    assert root.http.put(USER, files={"name": (None, "M")}).json() == {"_success": True}
    assert root.done("GET", USER)["name"] == "M"


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"{", "application/json", "body: expected a JSON object"),
        (b"[]", "application/json", "body: expected a JSON object"),
        (b'{"name": {"a": 1}}', "application/json", "body: expected a JSON object"),
        (b'{"name": "\xff"}', "application/json", "body: expected a JSON object in UTF-8"),
        (b"[" * 100_000, "application/json", "body: expected a JSON object"),
        (b"\xff\xfe=\xff", FORM, "body: expected text in UTF-8"),
        (b"cn=X&name=%ff", FORM, "name: expected text in UTF-8"),
        (b"name=a\xe4", FORM, "name: expected text in UTF-8"),
        (b"<b>=%ff", FORM, "body: expected text in UTF-8"),
        (b"%ff=name", FORM, "body: expected text in UTF-8"),
        (b"&".join(b"a=1" for _ in range(2000)), FORM, "body: expected at most 1000 parameters"),
        (b"name=X", "text/plain", "body: expected a form, application/x-www-form-urlencoded or multipart"),
        (b"no parts", "multipart/form-data", "body: expected multipart/form-data in UTF-8"),
        (b"no parts", "multipart/form-data; boundary=x", "body: expected multipart/form-data in UTF-8"),
    ],
)
def test_a_body_that_cannot_be_read_changes_nothing_and_says_why(
    one: Caller, content: bytes, kind: str, reason: str
) -> None:
    before = one.done("GET", USER)
    answer = one.http.put(USER, content=content, headers={"Content-Type": kind})
    assert answer.json()["_success"] is False
    assert answer.json()["_msg"].startswith(f"INVALID_PARAMETER: {reason}")
    assert one.done("GET", USER) == before


def test_a_body_that_is_too_large_is_refused_before_it_is_read(make_world: Make) -> None:
    root = make_world(web=Web(body_bytes=2048)).caller(GLOBAL)
    answer = root.raw("PUT", USER, {"name": "x" * 5000})
    assert (answer.status_code, answer.json()["_success"]) == (413, False)


@pytest.mark.parametrize("path", ["/nothing", "/ml/a@one.test", "/user", "/user/a@one.test/b/c/d", "/../domains"])
def test_unknown_routes_are_404_in_the_envelope(one: Caller, path: str) -> None:
    answer = one.raw("GET", path)
    assert (answer.status_code, answer.json()) == (404, {"_success": False, "_msg": "NO_SUCH_OBJECT"})


def test_strict_mode_says_failures_by_http_codes_too(world: World, make_world: Make) -> None:
    strict = make_world(strict=True)
    codes = {
        "/domains": (401, "LOGIN_REQUIRED"),
    }
    for path, expected in codes.items():
        answer = strict.caller().raw("GET", path)
        assert (answer.status_code, answer.json()["_msg"]) == expected
    root = strict.caller(GLOBAL)
    assert root.raw("GET", "/user/no@one.test").status_code == 404
    assert root.raw("POST", "/domain/one.test").status_code == 409
    assert root.raw("PUT", USER, {"quota": "x"}).status_code == 400
    assert strict.caller("admin@two.test").raw("GET", USER).status_code == 403
    asked = world.caller(GLOBAL).raw("GET", "/user/no@one.test", headers={"Prefer": "handling=strict"})
    assert asked.status_code == 404
    assert world.caller(GLOBAL).raw("GET", "/user/no@one.test").status_code == 200


def test_the_api_describes_itself(root: Caller) -> None:
    document = root.http.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/domain/{domain}" in document["paths"]
    assert document["servers"][0]["url"].endswith("/iredadmin")


def test_a_query_that_cannot_be_read_says_why(root: Caller) -> None:
    for query, reason in (("search=%ff", "search: expected text in UTF-8"), ("%ff=a", "query: expected text in UTF-8")):
        answer = root.http.get(f"/users/one.test?{query}")
        assert answer.json() == {"_success": False, "_msg": f"INVALID_PARAMETER: {reason}"}


def test_a_quota_that_does_not_fit_is_told_with_what_would_and_what_to_do(root: Caller) -> None:
    root.done("PUT", "/domain/one.test", maxUserQuota=300)
    told = "EXCEEDED_DOMAIN_QUOTA_SIZE: quota: expected 1 to 300 MB, as maxUserQuota of the domain allows"
    assert root.refused("PUT", USER, quota=500) == (
        f"{told}, not 500 MB. Send less, or raise maxUserQuota of the domain."
    )
    assert root.refused("POST", "/user/new@one.test", password=PASSWORD) == (
        f"{told}; left out it is defaultQuota of the domain, 0 (unlimited). "
        "Send quota, set defaultQuota, or raise maxUserQuota of the domain."
    )
    root.done("PUT", USER, quota=200)
    root.done("PUT", "/domain/one.test", quota=250, defaultQuota=60)
    assert "expected 1 to 50 MB, as quota of the domain allows; left out it is defaultQuota of the domain, 60 MB" in (
        root.refused("POST", "/user/new@one.test", password=PASSWORD)
    )
    root.done("PUT", USER, quota=250)
    assert "quota: expected room in the domain, which is full, not 1 MB" in (
        root.refused("POST", "/user/new@one.test", password=PASSWORD, quota=1)
    )
    root.done("PUT", USER, quota=249)
    root.done("POST", "/user/new@one.test", password=PASSWORD, quota=1)


def test_the_largest_quotas_can_be_summed_up(root: Caller) -> None:
    for user in (USER, "/user/admin@one.test"):
        root.done("PUT", user, quota=(1 << 43) - 1)
    root.done("PUT", "/domain/one.test", quota=(1 << 43) - 1)
    assert root.done("GET", "/domain/one.test")["maxquota"] == (1 << 43) - 1
    assert "which is full" in root.refused("POST", "/user/new@one.test", password=PASSWORD, quota=1)


# Lists


def test_a_long_list_comes_whole_and_in_pages(world: World, root: Caller) -> None:
    names = sorted(f"u{number:03}@one.test" for number in range(450))
    for name in names:
        world.accounts.users.create(LOCAL, name, UserChange(password_hash="{PLAIN}x"))
    expected = sorted([*names, "admin@one.test", "plain@one.test"])
    assert [row["username"] for row in root.done("GET", "/users/one.test")] == expected
    assert root.done("GET", "/users/one.test", email_only="yes") == expected
    for options in ({}, {"email_only": "yes"}):
        found: list[Any] = []
        after = ""
        while True:
            answer = root.call("GET", "/users/one.test", limit=200, after=after, **options)
            found += answer["_data"]
            if "_next" not in answer:
                break
            after = answer["_next"]
        assert [row if isinstance(row, str) else row["username"] for row in found] == expected
    searched = root.call("GET", "/users/one.test", search="U00", limit=3, email_only="yes")
    assert searched == {"_success": True, "_data": names[:3], "_next": names[2]}
    assert root.call("GET", "/users/one.test", search="u449") == {"_success": True, "_data": [root_row(root, "u449")]}


def root_row(root: Caller, name: str) -> dict[str, Any]:
    return next(row for row in root.done("GET", "/users/one.test") if row["username"].startswith(name))


def test_a_search_takes_its_words_as_they_are(root: Caller) -> None:
    assert root.done("GET", "/users/one.test", search="%") == []
    assert root.done("GET", "/users/one.test", search="_") == []
    assert root.done("GET", "/users/one.test", search="pl_in") == []


def test_lists_of_unknown_domains_are_refused_as_such(root: Caller) -> None:
    for path in ("/users/no.test", "/aliases/no.test", "/domain/no.test"):
        assert root.refused("GET", path) == "INVALID_DOMAIN_NAME"


# Input that nobody should send

BAD = [
    ("PUT", USER, {"quota": "-1"}, "INVALID_NUMBER: quota"),
    ("PUT", USER, {"quota": str(1 << 43)}, "INVALID_NUMBER: quota: expected a whole number from 0 to 8796093022207"),
    ("PUT", "/domain/one.test", {"numberOfUsers": str(1 << 63)}, "INVALID_NUMBER: numberOfUsers: expected a whole"),
    ("PUT", USER, {"quota": "1e3"}, "INVALID_NUMBER: quota"),
    ("PUT", USER, {"quota": "99999999999999999999999"}, "INVALID_NUMBER: quota"),
    ("PUT", USER, {"quota": "٣"}, "INVALID_NUMBER: quota"),
    ("PUT", USER, {"accountStatus": "maybe"}, "INVALID_ACTION: accountStatus"),
    ("PUT", USER, {"isGlobalAdmin": "perhaps"}, "INVALID_ACTION: isGlobalAdmin"),
    ("PUT", USER, {"name": "x" * 256}, "INVALID_PARAMETER: name"),
    ("PUT", USER, {"name": "a\nb"}, "INVALID_PARAMETER: name"),
    ("PUT", USER, {"name": "a\x00b"}, "INVALID_PARAMETER: name"),
    ("PUT", USER, {"senderBcc": "nonsense"}, "INVALID_MAIL: senderBcc"),
    ("PUT", USER, {"forwarding": "nonsense"}, "INVALID_MAIL: forwarding"),
    ("PUT", "/domain/one.test", {"catchall": "nonsense"}, "INVALID_MAIL: catchall"),
    ("PUT", "/domain/one.test", {"aliasDomains": "nonsense"}, "INVALID_DOMAIN_NAME: aliasDomains"),
    ("PUT", USER, {"maildir": "relative/path"}, "INVALID_PARAMETER: maildir"),
    ("PUT", USER, {"maildir": "/var/../etc/x/y"}, "INVALID_PARAMETER: maildir"),
    ("PUT", USER, {"mailboxFolder": "../../etc"}, "INVALID_PARAMETER: mailboxFolder"),
    ("PUT", USER, {"mailboxFormat": "maildir:~/x:INDEX=/etc"}, "INVALID_PARAMETER: mailboxFormat"),
    ("PUT", USER, {"forwarding": "", "addForwarding": "a@b.test"}, "INVALID_PARAMETER: forwarding"),
    ("PUT", USER, {"aliases": "", "removeAlias": "a@b.test"}, "INVALID_PARAMETER: aliases"),
    ("PUT", USER, {"services": "", "addService": "imap"}, "INVALID_PARAMETER: services"),
    ("PUT", "/domain/one.test", {"services": "mail"}, "INVALID_PARAMETER: services: expected self-service; only LDAP"),
    ("PUT", "/domain/services/one.test", {"enableService": "mail,domainalias"}, "INVALID_PARAMETER: addService: "),
    ("PUT", "/domain/services/one.test", {"disableService": "mail"}, "INVALID_PARAMETER: removeService: "),
    ("PUT", USER, {"password": "short"}, "PW_SHORTER_THAN_MIN_LENGTH,"),
    ("PUT", USER, {"password": ""}, "PW_EMPTY"),
    ("POST", "/user/new@one.test", {}, "PW_EMPTY"),
    ("POST", "/user/new@no.test", {"password": PASSWORD}, "INVALID_DOMAIN_NAME"),
    ("POST", "/user/plain@one.test", {"password": PASSWORD}, "ALREADY_EXISTS"),
    ("POST", "/alias/plain@one.test", {}, "ALREADY_EXISTS"),
    ("POST", "/domain/one.test", {}, "ALREADY_EXISTS"),
    ("PUT", "/user/no@one.test", {"name": "x"}, "NO_SUCH_ACCOUNT"),
    ("PUT", "/alias/no@one.test", {"name": "x"}, "NO_SUCH_ACCOUNT"),
    ("PUT", "/domain/no.test", {"name": "x"}, "INVALID_DOMAIN_NAME"),
    ("PUT", "/domain/one.test", {"numberOfUsers": "-2"}, "INVALID_NUMBER: numberOfUsers"),
    ("PUT", "/domain/one.test", {"transport": "no transport"}, "INVALID_PARAMETER: transport"),
    ("PUT", "/domain/one.test", {"is_backupmx": "yes", "primarymx": "a b"}, "INVALID_PARAMETER: primarymx"),
    ("PUT", USER, {"transport": "| /bin/sh"}, "INVALID_PARAMETER: transport"),
    ("PUT", "/domain/one.test", {"outboundRelay": "smtp:[x]\nrelay"}, "INVALID_PARAMETER: outboundRelay"),
    ("PUT", "/domain/admins/one.test", {"addAdmin": "ghost@one.test"}, "NO_SUCH_ACCOUNT"),
    ("PUT", "/domain/admins/one.test", {}, "NO_ADMINS"),
    ("POST", "/throttle/global/inbound", {}, "INVALID_PARAMETER: period"),
    ("POST", "/throttle/global/inbound", {"period": "0"}, "INVALID_NUMBER: period"),
    ("POST", "/throttle/no.test/inbound", {"period": "1"}, "INVALID_DOMAIN_NAME"),
    ("POST", "/throttle/no@one.test/inbound", {"period": "1"}, "NO_SUCH_ACCOUNT"),
    ("POST", "/greylisting/global", {"status": "on"}, "INVALID_ACTION: status"),
    ("PUT", "/spampolicy/global", {"spam_score": "high"}, "INVALID_NUMBER: spam_score"),
    ("PUT", "/spampolicy/global", {"spam_score": "nan"}, "INVALID_NUMBER: spam_score"),
    ("PUT", "/spampolicy/global", {"banned_rulenames": "A" * 80}, "INVALID_PARAMETER"),
    ("DELETE", "/user/plain@one.test/keep_mailbox_days/-1", {}, "INVALID_NUMBER: days"),
    ("DELETE", "/user/plain@one.test/keep_mailbox_days/1.5", {}, "INVALID_NUMBER: days"),
    ("POST", "/admin/root2@x.test", {"password": PASSWORD, "isGlobalAdmin": "yes", "maxUsers": "1"}, "INVALID_PARAM"),
    ("DELETE", f"/admin/{GLOBAL}", {}, "PERMISSION_DENIED"),
    ("PUT", f"/admin/{GLOBAL}", {"accountStatus": "disabled"}, "PERMISSION_DENIED"),
    ("GET", "/users/one.test", {"limit": "0"}, "INVALID_NUMBER: limit"),
    ("GET", "/log", {"after": "x"}, "INVALID_PARAMETER"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "form", "code"), BAD, ids=lambda value: str(value)[:60])
def test_bad_input_is_named_and_changes_nothing(
    one: Caller, method: str, path: str, form: dict[str, str], code: str
) -> None:
    before = [one.done("GET", USER), one.done("GET", "/domain/one.test"), one.done("GET", "/log")]
    assert one.refused(method, path, **form).startswith(code)
    assert [one.done("GET", USER), one.done("GET", "/domain/one.test"), one.done("GET", "/log")] == before


INJECTIONS = [
    "' OR '1'='1",
    "'; DROP TABLE mailbox; --",
    "%",
    "_",
    "*)(objectClass=*",
    '"',
    "\\",
    "%00",
    "{{7*7}}",
    "$(id)",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_injected_text_is_text(root: Caller, text: str) -> None:
    root.done("PUT", USER, name=text, gn=text, employeeid=text)
    found = root.done("GET", USER)
    assert [found[key] for key in ("name", "first_name", "employeeid")] == [text] * 3
    root.done("POST", "/alias/team@one.test", name=text)
    assert root.done("GET", "/alias/team@one.test")["name"] == text
    for path in (f"/user/{text}@one.test", f"/domain/{text}.test", f"/alias/{text}"):
        root.raw("GET", path).json()
    assert len(root.done("GET", "/users/one.test")) == 2


@given(
    sent=st.lists(st.tuples(st.sampled_from(sorted({p.name for r in ROUTES.values() for p in r.params})), st.text()))
)
@settings(max_examples=200)
def test_parameters_are_read_or_refused_and_nothing_else(sent: list[tuple[str, str]]) -> None:
    for key in ("users.update", "domains.update", "throttle.set", "spam_policy.set"):
        try:
            found = parameters.read(ROUTES[key], sent, ldap=False)
        except PostroomError as error:
            assert str(error)  # noqa: PT017  either is right
            continue
        known = {param.name for param in ROUTES[key].params} | {"dry_run"}
        assert set(found) <= known


# Two at once


def test_two_who_change_one_account_lose_nothing(world: World) -> None:
    callers = [world.caller(GLOBAL) for _ in range(8)]

    def work(number: int) -> None:
        for step in range(3):
            callers[number].done("PUT", USER, addForwarding=f"f{number}x{step}@x.test")
            callers[number].done("PUT", "/domain/one.test", addAliasDomain=f"a{number}x{step}.test")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    expected = {f"f{number}x{step}@x.test" for number in range(8) for step in range(3)} | {"plain@one.test"}
    assert set(callers[0].done("GET", USER)["forwardings"]) == expected
    assert len(callers[0].done("GET", "/domain/one.test")["alias_domains"]) == 24


def test_of_many_who_create_one_account_one_succeeds(world: World) -> None:
    callers = [world.caller(GLOBAL) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: one.call("POST", "/user/race@one.test", password=PASSWORD), callers))
    assert sorted(str(answer.get("_msg")) for answer in answers) == ["ALREADY_EXISTS"] * 5 + ["None"]


def test_a_limit_holds_against_many_at_once(world: World) -> None:
    root = world.caller(GLOBAL)
    root.done("PUT", "/domain/one.test", numberOfUsers=5)
    callers = [world.caller(GLOBAL) for _ in range(6)]

    def create(number: int) -> str:
        answer = callers[number].call("POST", f"/user/n{number}@one.test", password=PASSWORD)
        return str(answer.get("_msg"))

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(create, range(6)))
    assert sorted(answers) == ["EXCEEDED_DOMAIN_ACCOUNT_LIMIT"] * 3 + ["None"] * 3
