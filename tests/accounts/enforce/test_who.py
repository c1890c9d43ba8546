"""Which accounts match a message, and under which name each counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postroom.accounts.addresses import account_form
from postroom.accounts.enforce.who import candidates


def accounts(mail: str, target: str = "", client: str = "") -> list[str]:
    return [candidate.account for candidate in candidates(mail, target or mail, client)]


def test_the_most_specific_account_comes_first() -> None:
    assert accounts("anna@mail.example.com", client="192.0.2.7") == [
        "anna@mail.example.com",
        "192.0.2.7",
        "192.0.2.*",
        "192.0.*.7",
        "@mail.example.com",
        "@.mail.example.com",
        "@.example.com",
        "@.com",
        "@ip",
        "@.",
    ]


def test_an_alias_domain_adds_the_domain_that_it_stands_for() -> None:
    found = accounts("anna@alias.test", "anna@example.com")
    assert found[:2] == ["anna@alias.test", "anna@example.com"]
    assert {"@alias.test", "@example.com", "@.alias.test", "@.example.com", "@.test", "@.com", "@."} <= set(found)


def test_users_count_for_themselves_clients_by_address_and_patterns_together() -> None:
    who = {one.account: one.who for one in candidates("anna@alias.test", "anna@example.com", "192.0.2.7")}
    assert {who[name] for name in ("anna@alias.test", "@alias.test", "@.com", "@.")} == {"anna@example.com"}
    assert (who["192.0.2.7"], who["@ip"], who["192.0.2.*"]) == ("192.0.2.7", "192.0.2.7", "192.0.2.*")


def test_a_bounce_counts_for_its_client_only() -> None:
    assert accounts("", client="192.0.2.7") == ["192.0.2.7", "192.0.2.*", "192.0.*.7", "@ip"]
    assert accounts("") == []


def test_a_login_without_domain_is_a_user_of_no_domain() -> None:
    assert accounts("anna", client="2001:db8::1") == ["anna", "2001:db8::1", "@ip", "@."]


@given(
    st.from_regex(r"[a-z]{1,5}@([a-z]{1,4}\.){1,3}[a-z]{2,3}", fullmatch=True),
    st.one_of(st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str), st.just("")),
)
def test_the_order_is_that_of_the_priorities_the_api_writes(mail: str, client: str) -> None:
    found = candidates(mail, mail, client)
    assert [one.priority for one in found] == [account_form(one.account).priority for one in found]
    assert [one.priority for one in found] == sorted((one.priority for one in found), reverse=True)
    assert len({one.account for one in found}) == len(found)
