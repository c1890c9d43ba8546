"""What a program sees of the client, sync and async alike."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.clients.iredadmin.fake import TOKEN, Fake, Reply

from iredadmin.errors import AnswerError, ConnectionFailed, NotFound, NotSupported

Make = Callable[..., Any]


@pytest.fixture
def domain(fake: Fake, client: Any) -> str:
    client.domains.create("example.com")
    return "example.com"


def test_domain_is_created_changed_read_and_deleted(client: Any, fake: Fake) -> None:
    client.domains.create("example.com", name="Füchse & Söhne", default_quota=1024, number_of_users=-1)
    assert fake.last.method == "POST"
    assert fake.last.path == "/iredadmin/api/domain/example.com"
    assert fake.last.form == {"name": "Füchse & Söhne", "defaultQuota": "1024", "numberOfUsers": "-1"}
    client.domains.update("example.com", account_status="disabled", alias_domains=["a.example", "b.example"])
    profile = client.domains.get("example.com")
    assert profile["description"] == "Füchse & Söhne"
    assert profile["active"] == 0
    assert profile["alias_domains"] == ["a.example", "b.example"]
    assert client.domains.list(name_only=True) == ["example.com"]
    client.domains.delete("example.com")
    assert client.domains.list() == []
    assert fake.strangers == set()


def test_changes_answer_nothing(client: Any, domain: str) -> None:
    assert client.users.create("anna@example.com", password="Secret-1234") is None
    assert client.users.update("anna@example.com", name="Anna") is None


def test_none_is_not_sent_and_empty_resets(client: Any, fake: Fake, domain: str) -> None:
    client.users.create("anna@example.com", password="Secret-1234", aliases=["a@example.com"])
    client.users.update("anna@example.com", name=None, aliases=[], sender_bcc="", quota=0, add_forwarding=[])
    assert fake.last.form == {"aliases": "", "senderBcc": "", "quota": "0"}
    assert client.users.get("anna@example.com")["aliases"] == []


def test_lists_are_taken_as_any_iterable_or_as_one_text(client: Any, fake: Fake, domain: str) -> None:
    client.users.create("anna@example.com", password="Secret-1234")
    for given in (["x@example.org", "y@example.org"], (f"{name}@example.org" for name in "xy"),
                  "x@example.org,y@example.org"):  # fmt: skip
        client.users.update("anna@example.com", forwarding=given)
        assert fake.last.form == {"forwarding": "x@example.org,y@example.org"}


def test_presence_is_a_flag_in_python(client: Any, fake: Fake, domain: str) -> None:
    client.domains.admins(domain, add_admin="anna@example.com", remove_all_admins=False)
    assert fake.last.form == {"addAdmin": "anna@example.com"}
    client.domains.admins(domain, remove_all_admins=True)
    assert fake.last.form == {"removeAllAdmins": ""}
    assert client.domains.get(domain)["admins"] == []


@pytest.mark.parametrize("mail", ["a+b@example.com", "a/b@example.com", "a%2Bb@example.com", "a?b=c#d@example.com"])
def test_address_arrives_whole_in_the_path(client: Any, fake: Fake, domain: str, mail: str) -> None:
    client.users.create(mail, password="Secret-1234")
    assert list(fake.users) == [mail]
    assert "+" not in fake.last.path


@pytest.mark.parametrize(
    ("account", "path"),
    [("global", "global"), ("example.com", "domain/example.com"), ("a@example.com", "user/a@example.com")],
)
def test_account_chooses_the_path_of_a_policy(client: Any, fake: Fake, account: str, path: str) -> None:
    client.spam_policy.set(account, bypass_spam_checks=True, spam_score=6.5)
    assert fake.last.path == f"/iredadmin/api/spampolicy/{path}"
    assert fake.last.form == {"bypass_spam_checks": "yes", "spam_score": "6.5"}
    assert client.spam_policy.get(account)["spam_score"] == "6.5"


def test_throttle_is_set_and_read(client: Any, fake: Fake) -> None:
    assert client.throttle.get("example.com", "outbound") == {}
    client.throttle.set("example.com", "outbound", period=3600, max_msgs=20)
    assert client.throttle.get("example.com", "outbound")["max_msgs"] == 20
    assert client.throttle.get("example.com", "inbound") == {}


def test_wblists_have_direction_list_and_account_in_their_path(client: Any, fake: Fake) -> None:
    client.wblist.add("inbound", "blacklist", "example.com", addresses=["@.spam.example", "192.0.2.0/24"])
    assert fake.last.path == "/iredadmin/api/wblist/inbound/blacklist/example.com"
    client.wblist.remove("inbound", "blacklist", "example.com", addresses="192.0.2.0/24")
    assert client.wblist.get("inbound", "blacklist", "example.com") == ["@.spam.example"]
    client.wblist.clear("inbound", "blacklist", "example.com")
    assert client.wblist.get("inbound", "blacklist", "example.com") == []


def test_delete_has_its_options_in_the_query(client: Any, fake: Fake, domain: str) -> None:
    client.call("DELETE", f"/domain/{domain}", archive=True)
    assert (fake.last.query, fake.last.form) == ("archive=yes", {"archive": "yes"})


def test_any_call_can_be_made_by_path_and_wire_names(client: Any, fake: Fake) -> None:
    client.call("post", "domain/example.com", cn="Old name", mailQuota=None, addresses=["a", "b"])
    assert fake.last.form == {"cn": "Old name", "addresses": "a,b"}
    answer = client.call("GET", "/api/domain/example.com")
    assert answer["_success"] is True
    assert answer["_data"]["description"] == "Old name"


def test_call_keeps_escapes_and_makes_those_that_lack(client: Any, fake: Fake, domain: str) -> None:
    client.call("POST", "/user/a+b@example.com", password="Secret-1234")
    client.call("POST", "/user/c%2Bd@example.com", password="Secret-1234")
    assert sorted(fake.users) == ["a+b@example.com", "c+d@example.com"]


@pytest.mark.parametrize(("method", "path"), [("PATCH", "/domains"), ("GET", "/"), ("GET", "/user/../domains")])
def test_call_refuses_what_is_no_call(client: Any, fake: Fake, method: str, path: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        client.call(method, path)
    assert fake.seen == []


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_place_that_would_name_another_path_is_refused_before_anything_is_sent(
    client: Any, fake: Fake, name: str
) -> None:
    with pytest.raises(ValueError, match="names nothing"):
        client.domains.delete(name)
    assert fake.seen == []


def test_a_word_outside_the_choice_is_refused(client: Any) -> None:
    with pytest.raises(ValueError, match="expected one of inbound, outbound, not 'in'"):
        client.throttle.get("global", "in")


# where the API is


@pytest.mark.parametrize(
    "path", ["/iredadmin", "/iredadmin/", "/iredadmin/api", "/iredadmin/api/", "//iredadmin//", ""]
)
def test_base_url_may_end_anywhere(make: Make, fake: Fake, path: str) -> None:
    client = make(base_url=fake.host + path)
    assert client.domains.list() == []
    assert client.base_url == f"{fake.host}/iredadmin/api"


@pytest.mark.parametrize("ours", [False, True])
def test_bare_host_finds_an_api_without_prefix(make: Make, fake: Fake, ours: bool) -> None:
    fake.prefixes, fake.ours = ("",), ours
    client = make(base_url=fake.host)
    assert client.domains.list() == []
    assert client.base_url == f"{fake.host}/api"


def test_wrong_path_is_told_with_url_and_code(make: Make, fake: Fake) -> None:
    with pytest.raises(AnswerError, match=r"POST https://.*/mail/api/login: HTTP 404.*a web page.*ENABLE_RESTFUL_API"):
        make(base_url=f"{fake.host}/mail").domains.list()


@pytest.mark.parametrize(
    "url", ["mail.example.com", "ftp://mail.example.com", "https://", "https://u:p4ss@h/", "https://h/?x=1", "https://h#x",
            "https://[::1", "https://a b"],
)  # fmt: skip
def test_url_that_is_none_is_refused(make: Make, url: str) -> None:
    with pytest.raises(ValueError) as caught:
        make(base_url=url)
    assert "p4ss" not in str(caught.value)


def test_name_or_token_is_needed(make: Make) -> None:
    with pytest.raises(ValueError, match="username"):
        make(username="", password="")


def test_redirect_to_the_slashless_path_is_followed_for_reading(client: Any, fake: Fake, domain: str) -> None:
    assert client.call("GET", "/domain/example.com/")["_data"]["domain"] == domain
    with pytest.raises(AnswerError, match="redirects to"):
        client.call("DELETE", "/domain/example.com/")
    assert domain in fake.domains


@pytest.mark.parametrize("target", ["https://elsewhere.example/api/domains", "http://127.0.0.1/iredadmin/api/domains"])
def test_no_other_redirect_is_followed(client: Any, fake: Fake, target: str) -> None:
    fake.scripted = [Reply(302, b"", {"Location": target})]
    with pytest.raises(AnswerError, match="redirects to http"):
        client.domains.list()


# how servers differ


def test_html_content_type_and_keys_of_the_first_version_are_read(client: Any, fake: Fake) -> None:
    fake.first_version, fake.content_type = True, "text/html; charset=utf-8"
    client.domains.create("example.com")
    with pytest.raises(NotFound, match="INVALID_DOMAIN_NAME"):
        client.domains.get("example.org")


def test_lists_of_ldap_servers_come_by_name_and_are_iterated_like_rows(client: Any, fake: Fake, domain: str) -> None:
    client.users.create("anna@example.com", password="Secret-1234")
    fake.by_name = True
    assert list(client.users.list(domain)) == ["anna@example.com"]
    assert [user["username"] for user in client.users.iterate(domain)] == ["anna@example.com"]


@pytest.mark.parametrize("empty", [b'{"_success": true}', b'{"_success": true, "_data": null}',
                                   b'{"_success": true, "_data": []}', b'{"_success": true, "_data": ""}'])  # fmt: skip
def test_empty_data_is_empty_in_the_type_that_is_expected(client: Any, fake: Fake, empty: bytes) -> None:
    fake.scripted = [Reply(200, empty), Reply(200, empty)]
    assert client.throttle.get("global", "inbound") == {}
    assert client.wblist.get("inbound", "whitelist", "global") == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "no JSON"),
        (b"<!DOCTYPE html><title>Login</title>", "a web page"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "not one of this API"),
        (b'{"ok": true}', "not one of this API"),
        (b'{"_success": "true"}', "not one of this API"),
        (b'{"_success": true, "_data": "text"}', "holds a str, expected dict"),
    ],
)
def test_answers_that_are_none_are_told(client: Any, fake: Fake, body: bytes, text: str) -> None:
    fake.scripted = [Reply(200, body)]
    with pytest.raises(AnswerError, match=text):
        client.domains.get("example.com")


def test_byte_order_mark_is_read_over(client: Any, fake: Fake) -> None:
    fake.scripted = [Reply(200, b'\xef\xbb\xbf{"_success": true, "_data": []}')]
    assert client.domains.list() == []


# long lists


@pytest.mark.parametrize("ours", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_iteration_yields_every_row_once_from_servers_with_and_without_pages(
    client: Any, fake: Fake, domain: str, ours: bool, size: int
) -> None:
    fake.ours = ours
    names = [f"user{number}@example.com" for number in range(7)]
    for name in names:
        client.users.create(name, password="Secret-1234")
    before = len(fake.seen)
    assert [user["username"] for user in client.users.iterate(domain, page_size=size)] == names
    assert len(fake.seen) - before == (-(-7 // size) if ours else 1)


def test_iteration_takes_filters(client: Any, fake: Fake, domain: str) -> None:
    fake.ours = True
    for name in ("anna", "bob", "joanna"):
        client.users.create(f"{name}@example.com", password="Secret-1234")
    found = client.users.iterate(domain, search="anna", page_size=1)
    assert [user["username"] for user in found] == ["anna@example.com", "joanna@example.com"]


def test_a_list_that_names_the_same_page_again_ends_with_an_error(client: Any, fake: Fake) -> None:
    fake.scripted = [Reply(200, b'{"_success": true, "_data": [], "_next": "x"}')] * 2
    with pytest.raises(AnswerError, match="same page"):
        list(client.domains.iterate())


def test_page_size_must_be_positive(client: Any) -> None:
    with pytest.raises(ValueError, match="page_size"):
        client.domains.iterate(page_size=0)


# what only Postroom knows


def test_a_trial_changes_nothing(client: Any, fake: Fake, domain: str) -> None:
    fake.ours = True
    client.domains.delete(domain, dry_run=True)
    assert fake.last.form == {"dry_run": "yes"}
    assert domain in fake.domains


def test_a_call_in_earnest_does_not_mention_trials(client: Any, fake: Fake, domain: str) -> None:
    client.domains.delete(domain, dry_run=False)
    assert fake.last.query == ""
    assert domain not in fake.domains


def test_a_trial_is_not_sent_to_a_server_that_would_do_it_in_earnest(client: Any, fake: Fake, domain: str) -> None:
    with pytest.raises(NotSupported, match="dry_run; nothing was sent"):
        client.domains.delete(domain, dry_run=True)
    with pytest.raises(NotSupported, match="dry_run; nothing was sent"):
        client.call("DELETE", f"/domain/{domain}", dry_run=True)
    assert domain in fake.domains
    assert [seen.path for seen in fake.seen if seen.method == "DELETE"] == []


def test_a_search_is_not_sent_to_a_server_that_would_answer_everything(client: Any, fake: Fake, domain: str) -> None:
    for listing in (lambda: client.users.list(domain, search="x"),
                    lambda: list(client.users.iterate(domain, search="x"))):  # fmt: skip
        with pytest.raises(NotSupported, match="search"):
            listing()
    assert fake.strangers == set()


def test_a_server_proves_itself_once(client: Any, fake: Fake, domain: str) -> None:
    fake.ours = True
    for _ in range(3):
        client.users.list(domain, search="x")
    assert [seen.path for seen in fake.seen].count("/iredadmin/api/log") == 1


def test_token_serves_in_place_of_a_session(make: Make, fake: Fake) -> None:
    fake.ours = True
    client = make(username="", password="", token=TOKEN)
    assert client.domains.list() == []
    client.login()
    assert client.logout() is False
    assert fake.logins == 0
    assert "Cookie" not in fake.last.headers


@pytest.mark.parametrize(("strict", "header"), [(None, None), (True, "handling=strict"), (False, "handling=lenient")])
def test_strict_handling_is_asked_for(make: Make, fake: Fake, strict: bool | None, header: str | None) -> None:
    make(strict=strict).domains.list()
    assert fake.last.headers.get("Prefer") == header


# the network


def test_nobody_listens(make: Make) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionFailed, match=f"127.0.0.1:{free.getsockname()[1]}"):
            make(base_url=f"https://127.0.0.1:{free.getsockname()[1]}/iredadmin").domains.list()


def test_silent_server_ends_in_a_time_out(make: Make) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ConnectionFailed, match="no answer within the time given"):
            make(base_url=f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.2).domains.list()


def test_certificate_of_an_unknown_authority_is_refused_unless_wanted(make: Make) -> None:
    with pytest.raises(ConnectionFailed, match=r"certificate is not trusted.*ca_file"):
        make(ca_file=None).domains.list()
    assert make(ca_file=None, verify=False).domains.list() == []


def test_missing_authority_file_is_an_error_of_its_own(make: Make, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        make(ca_file=tmp_path / "none.pem")
