"""What an attacker tries: strangers first, then domain admins and holders of tokens. Roles are in `test_roles`."""

from __future__ import annotations

import gc
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from sqlalchemy import func, insert, select
from starlette.requests import Request
from tests.accounts.services.process import wait_until
from tests.faces.iredadmin.conftest import CREATOR, DOMAIN_ADMIN, GLOBAL, NOBODY, PASSWORD, Caller, World

from postroom.accounts import schemes
from postroom.accounts.database.tables import iredadmin, vmail
from postroom.accounts.model import AdminChange, ListChange
from postroom.accounts.services.access import LOCAL
from postroom.faces.iredadmin.routes import FAILED_S
from postroom.settings import Accounts, Web

# Strangers


def requests_alive() -> int:
    gc.collect()
    return sum(isinstance(one, Request) for one in gc.get_objects())


def test_nothing_of_a_refused_request_stays_in_memory(world: World) -> None:
    stranger = world.caller()
    refused = [("GET", "/domains"), ("GET", "/no/such/route"), ("POST", "/login")]
    before = requests_alive()
    for _ in range(20):
        for method, path in refused:
            stranger.refused(method, path, username="root@nowhere.test", password="wrong")
    assert requests_alive() < before + 10


@pytest.mark.parametrize("host", ["[::1", "a b", "x" * 5000, "[]", "é", "evil.test/..//", "localhost:99999999"])
@pytest.mark.parametrize("path", ["/iredadmin/api/domains", "/openapi.json"])
def test_a_host_that_is_none_breaks_nothing(world: World, host: str, path: str) -> None:
    answer = raw(world, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.split(b" ")[1] in (b"200", b"400")


def raw(world: World, data: bytes) -> bytes:
    """What the server answers to these bytes, to the end."""
    with (
        socket.create_connection(("localhost", world.port), timeout=30) as plain,
        world.context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        secure.sendall(data)
        return b"".join(iter(lambda: secure.recv(65536), b""))


@pytest.mark.parametrize(
    "body",
    [
        b'{"username": ' + b"9" * 10_000 + b"}",
        b'{"username": 1e999}',
        b'{"username": -1e-999, "password": true}',
        b'{"username": {"a": "b"}}',
        b'{"username": [["a"]]}',
        b'{"username": ' + b"[" * 50_000 + b"}",
        b'{"username": "\\ud800@one.test", "password": "\\udfff"}',
        b'{"username": "root@postroom.test", "password": "\\u0000"}',
        b'{"a": 1' + b', "b": 2' * 5_000 + b"}",
        b'"text"',
        b"[1]",
        b"\xff\xfe{}",
        b"null",
        b"{",
    ],
)
def test_json_that_is_no_form_is_refused_in_an_envelope(world: World, body: bytes) -> None:
    stranger = world.caller()
    for path in ("/login", "/user/plain@one.test"):
        answer = stranger.http.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 200
        assert answer.json()["_success"] is False


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"&".join(b"a=%d" % n for n in range(5000))),
        ("application/x-www-form-urlencoded", b"username=%ff%fe&password=x"),
        ("application/x-www-form-urlencoded", b"=" * 5000),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\n" * 5000),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n' + b"\xff",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--x--',
        ),
        ("multipart/form-data; boundary=" + "b" * 5000, b"--b"),
        (
            "multipart/form-data; boundary=x; charset=nonsense",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--x--',
        ),
        ("text/plain", b"username=a"),
        ("application/xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
    ],
)
def test_a_body_that_is_no_form_is_refused_in_an_envelope(world: World, kind: str, body: bytes) -> None:
    answer = world.caller().http.post("/login", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 200
    assert answer.json()["_success"] is False


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "get", "POST GET"])
def test_other_verbs_reach_no_route(world: World, method: str) -> None:
    cookie = world.caller(GLOBAL).http.cookies.get("iRedAdmin-SQLITE")
    head = (
        f"{method} /iredadmin/api/domain/one.test HTTP/1.1\r\nHost: localhost\r\nCookie: iRedAdmin-SQLITE={cookie}\r\n"
    )
    answer = raw(world, f"{head}X-HTTP-Method-Override: DELETE\r\nConnection: close\r\n\r\n".encode())
    assert answer.split(b" ")[1] in (b"404", b"400")
    assert world.caller(GLOBAL).done("GET", "/domain/one.test")


@pytest.mark.parametrize(
    "path",
    [
        "/iredadmin/api/../api/domains", "/iredadmin/api/domain/one.test%2f..%2ftwo.test", "/iredadmin/api/domain/%00",
        "/iredadmin/api/domain/one.test%0d%0aX-Evil:%201", "//iredadmin/api/domains", "/iredadmin/api/domain/%ff",
        "/iredadmin/api%2fdomains/x", "/iredadmin/API/domains", "/iredadmin/api/domain/..", "/iredadmin/api/user/a@b@c",
        "/iredadmin/api/domain/" + "a." * 5000 + "test", "*", "https://evil.test/iredadmin/api/domains",
    ],
)  # fmt: skip
def test_paths_with_tricks_lead_nowhere(world: World, path: str) -> None:
    answer = raw(world, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] in (b"200", b"404", b"400", b"414", b"431")
    assert b"x-evil" not in head.lower()
    assert b'"_success":true' not in body


def test_a_body_is_read_only_from_who_may_call(world: World) -> None:
    """A stranger who announces much and sends nothing is told at once who they are not."""
    head = "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000000\r\n\r\n"
    refused = raw(world, f"PUT /iredadmin/api/user/plain@one.test HTTP/1.1\r\n{head}".encode())
    assert b"LOGIN_REQUIRED" in refused
    assert raw(world, f"POST /iredadmin/api/login HTTP/1.1\r\n{head}".encode()).split(b" ")[1] == b"413"


def test_a_body_without_a_length_is_read_from_strangers_only_to_a_little(world: World) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    head = b" HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b"LOGIN_REQUIRED" in raw(world, b"PUT /iredadmin/api/user/plain@one.test" + head + chunk)
    assert raw(world, b"POST /iredadmin/api/login" + head + chunk + chunk).split(b" ")[1] == b"413"


@pytest.mark.parametrize(("usual", "stored"), [("SSHA512", "ARGON2ID"), ("ARGON2ID", "SSHA512")])
def test_time_does_not_tell_who_exists(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch, usual: str, stored: str
) -> None:
    """The hash of an account may be of another scheme than that of new ones, and be much quicker or slower."""
    world = make_world(accounts=Accounts(password_scheme=usual))
    hashed = schemes.hash(PASSWORD, stored)
    world.accounts.admins.update(LOCAL, GLOBAL, AdminChange(password_hash=hashed))
    verified: list[str] = []
    verify = schemes.verify

    def noted(hash_: str, given: str) -> bool:
        verified.append(hash_.partition("}")[0])
        return verify(hash_, given)

    monkeypatch.setattr(schemes, "verify", noted)
    stranger = world.caller()
    for address in (GLOBAL, "nobody@postroom.test", NOBODY, "nobody@nowhere.test"):
        verified.clear()
        began = time.perf_counter()
        assert stranger.refused("POST", "/login", username=address, password="wrong") == "INVALID_CREDENTIALS"
        assert time.perf_counter() - began >= FAILED_S
        assert f"{{{usual}" in verified, address


def test_where_admins_may_not_sign_in_a_right_password_is_not_told(make_world: Callable[..., World]) -> None:
    stranger = make_world(admin_ips=("192.0.2.1",)).caller()
    for password in (PASSWORD, "wrong"):
        assert stranger.refused("POST", "/login", username=DOMAIN_ADMIN, password=password) == "NOT_ALLOWED_IP"


# Domain admins


def test_a_domain_admin_does_not_learn_who_exists_elsewhere(world: World) -> None:
    admin = world.caller(DOMAIN_ADMIN)
    for address in ("plain@two.test", "nobody@two.test", "nobody@nowhere.test", GLOBAL):
        for method, path, form in (
            ("PUT", "/domain/admins/one.test", {"addAdmin": address}),
            ("GET", f"/user/{address}", {}),
            ("PUT", f"/user/{address}", {"name": "x"}),
            ("DELETE", f"/user/{address}", {}),
            ("POST", f"/user/plain@one.test/change_email/{address}", {}),
            ("POST", f"/user/{address}", {"password": PASSWORD}),
            ("GET", f"/throttle/{address}/inbound", {}),
            ("GET", f"/wblist/inbound/whitelist/{address}", {}),
            ("GET", f"/greylisting/{address}", {}),
        ):
            assert admin.refused(method, path, **form) == "PERMISSION_DENIED", (method, path)


def test_a_domain_admin_takes_no_account_over_that_manages_more(world: World, root: Caller) -> None:
    """With the password of a colleague they would manage the colleague's other domains."""
    root.done("POST", "/user/boss@one.test", password=PASSWORD)
    for domain in ("one.test", "two.test"):
        root.done("PUT", f"/domain/admins/{domain}", addAdmin="boss@one.test")
    admin = world.caller(DOMAIN_ADMIN)
    assert admin.refused("PUT", "/user/boss@one.test", password="Another-1234") == "PERMISSION_DENIED"
    assert admin.refused("PUT", "/user/boss@one.test", password_hash="{PLAIN}x") == "PERMISSION_DENIED"
    assert admin.refused("PUT", "/user/boss@one.test/password", password="Another-1234") == "PERMISSION_DENIED"
    assert admin.refused("PUT", "/users/one.test", password="Another-1234") == "PERMISSION_DENIED"
    admin.done("PUT", "/user/boss@one.test", name="The Boss")
    admin.done("PUT", f"/user/{DOMAIN_ADMIN}", password="Another-1234")
    world.caller("boss@one.test").done("GET", "/users/two.test")


def test_who_adds_the_domain_of_an_admin_does_not_get_the_admin(world: World) -> None:
    """A global admin's address is in a domain that is not hosted here."""
    creator, holder = world.caller(CREATOR), world.caller(GLOBAL)
    world.accounts.admins.create(LOCAL, "other@free.test", AdminChange(password=PASSWORD, create_domains=True))
    other = world.caller("other@free.test")
    token = world.accounts.core.tokens.create("other@free.test", "script")
    for domain in ("postroom.test", "free.test"):
        creator.call("POST", f"/domain/{domain}")
    creator.call("DELETE", "/user/other@free.test")
    for domain in ("postroom.test", "free.test"):
        creator.call("DELETE", f"/domain/{domain}")
    holder.done("GET", "/domains")
    other.done("GET", "/domains")
    assert world.accounts.core.tokens.find(token)


def test_moving_a_user_to_another_domain_does_not_get_round_its_quota(world: World, root: Caller) -> None:
    root.done("PUT", "/domain/admins/two.test", addAdmin=DOMAIN_ADMIN)
    root.done("PUT", "/domain/two.test", quota=1000)
    for user in ("admin", "plain"):
        root.done("PUT", f"/user/{user}@two.test", quota=100)
    admin = world.caller(DOMAIN_ADMIN)
    admin.done("POST", "/user/large@one.test", password=PASSWORD, quota=100_000)
    refused = admin.refused("POST", "/user/large@one.test/change_email/large@two.test")
    assert refused.startswith("EXCEEDED_DOMAIN_QUOTA_SIZE: quota: expected 1 to 800 MB")
    admin.done("POST", "/user/small@one.test", password=PASSWORD, quota=800)
    admin.done("POST", "/user/small@one.test/change_email/small@two.test")


def test_proving_many_domains_at_once_is_no_work_for_hours(world: World) -> None:
    admin = world.caller(DOMAIN_ADMIN)
    names = ",".join(f"d{number}.example" for number in range(500))
    answer = admin.call("PUT", "/domain/one.test", addAliasDomain=names)
    assert len(admin.done("GET", "/domain/ownership/one.test")) <= 100, answer


# Tokens


def test_a_token_works_only_where_its_admin_may_sign_in(make_world: Callable[..., World]) -> None:
    world = make_world(tokens=True, global_admin_ips=("192.0.2.1",))
    text = world.accounts.core.tokens.create(GLOBAL, "script")
    stolen = world.caller(headers={"Authorization": f"Bearer {text}"})
    assert stolen.refused("GET", "/domains") == "NOT_ALLOWED_IP"


def test_wrong_tokens_do_not_shut_out_right_ones(make_world: Callable[..., World]) -> None:
    """Behind a proxy all clients have one address."""
    world = make_world(tokens=True, web=Web(login_free_failures=1, login_delay_s=50.0))
    forged = world.caller(headers={"Authorization": "Bearer pr_" + "A" * 43})
    for _ in range(5):
        forged.refused("GET", "/domains")
    text = world.accounts.core.tokens.create(GLOBAL, "script")
    assert world.caller(headers={"Authorization": f"Bearer {text}"}).done("GET", "/domains")


def test_a_token_for_one_domain_gets_no_other_through_its_own_admin(make_world: Callable[..., World]) -> None:
    world = make_world(tokens=True)
    world.accounts.domains.change_admins(LOCAL, "two.test", ListChange(add=(DOMAIN_ADMIN,)))
    text = world.accounts.core.tokens.create(DOMAIN_ADMIN, "script", ("one.test",), write=True)
    holder = world.caller(headers={"Authorization": f"Bearer {text}"})
    assert holder.refused("PUT", f"/user/{DOMAIN_ADMIN}", password="Another-1234") == "PERMISSION_DENIED"
    holder.done("PUT", f"/user/{DOMAIN_ADMIN}", name="X")


# Limits


def test_clients_that_stop_reading_a_long_list_hold_no_database_up(make_world: Callable[..., World]) -> None:
    world = make_world(accounts=Accounts(connections=2))
    many_users(world, 20_000)
    admin = world.caller(DOMAIN_ADMIN)
    cookie = admin.http.cookies["iRedAdmin-SQLITE"]
    head = f"Host: localhost\r\nCookie: iRedAdmin-SQLITE={cookie}\r\n\r\n"
    with ExitStack() as opened:
        for _ in range(4):
            plain = opened.enter_context(socket.create_connection(("localhost", world.port), timeout=30))
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            secure = opened.enter_context(world.context.wrap_socket(plain, server_hostname="localhost"))
            secure.sendall(f"GET /iredadmin/api/users/one.test HTTP/1.1\r\n{head}".encode())
            assert secure.recv(100).startswith(b"HTTP/1.1 200")
        pool = world.accounts.core.databases.configured["vmail"].engine.pool
        # One, which SQLite's writer keeps.
        wait_until(lambda: pool.checkedout() == 1, "the readers who stopped hold no connection")  # type: ignore[attr-defined]
        world.caller(GLOBAL).done("PUT", "/user/plain@one.test", name="X")


def many_users(world: World, count: int) -> None:
    """Copies of a row: making them one by one would take long."""
    columns = [column.name for column in vmail.mailbox.c if column.name != "username"]
    one = select(*(vmail.mailbox.c[name] for name in columns)).where(vmail.mailbox.c.username == NOBODY)
    with world.accounts.core.databases.write() as unit:
        row = unit.vmail.execute(one).mappings().one()
        rows = [{**row, "username": f"user{number}@one.test"} for number in range(count)]
        unit.vmail.execute(insert(vmail.mailbox), rows)


def test_strangers_make_no_rows(world: World) -> None:
    """Neither sessions nor log entries, whatever they try."""

    def count() -> list[int]:
        with world.accounts.core.databases.read() as unit:
            tables = (iredadmin.sessions, iredadmin.log, iredadmin.domain_ownership)
            return [unit.iredadmin.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

    before = count()
    stranger = world.caller(headers={"Cookie": "iRedAdmin-SQLITE=" + "a" * 64})
    for number in range(10):
        stranger.refused("POST", "/login", username=f"u{number}@one.test", password="x")
        stranger.refused("GET", f"/domain/d{number}.test")
        stranger.refused("POST", "/domain/one.test")
        stranger.call("POST", "/logout")
    assert count() == before


def test_many_connections_that_say_nothing_leave_room_for_those_who_do(make_world: Callable[..., World]) -> None:
    world = make_world(web=Web(login_delay_s=0.0, connections=500))
    with ExitStack() as opened:
        for _ in range(450):
            opened.enter_context(socket.create_connection(("localhost", world.port), timeout=30))
        root = world.caller(GLOBAL)
        assert root.done("GET", "/domain/one.test")["domain"] == "one.test"
