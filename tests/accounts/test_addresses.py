"""Domains, addresses and the forms of policies: one spelling for each, and nothing that maps cannot hold."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.accounts.addresses import (
    GREYLISTING_SENDERS,
    WHITE_AND_BLACKLIST,
    Form,
    account_form,
    account_forms,
    address,
    addresses,
    domain,
    domain_of,
    local_of,
    without_extension,
)
from postroom.errors import Invalid

LABEL = "a" * 63
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)  # lone surrogates too
NEAR_TEXT = st.text(st.sampled_from("aZ09.@-_+*/:%'\" \n\0ßü。K"), max_size=30)


@pytest.mark.parametrize(
    ("given_as", "stored"),
    [
        ("example.com", "example.com"),
        (" EXAMPLE.Com\n", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("\u212aelvin.example", "kelvin.example"),
        (f"{LABEL}.{LABEL}.{LABEL}.{'a' * 61}", f"{LABEL}.{LABEL}.{LABEL}.{'a' * 61}"),
    ],
)
def test_a_domain_has_one_spelling(given_as: str, stored: str) -> None:
    assert domain(given_as) == stored


@pytest.mark.parametrize(
    "text",
    ["", ".", "localhost", "example.com.", ".example.com", "a..example", "-a.example", "a-.example", "a_b.example",
     "exa mple.com", "example.com\0", "192.0.2.1", "[192.0.2.1]", "anna@example.com", "*.example.com", "a/b.example",
     "☃.example", "ü" * 100_000, f"{LABEL}a.example", f"{LABEL}.{LABEL}.{LABEL}.{'a' * 62}", "a%b.example",
     "exam\u2024ple@x", "'; drop table domain--", "(cn=*).example", "\ud800.example", "a.\uff08.example"],
)  # fmt: skip
def test_what_is_no_domain_is_refused_with_the_field(text: str) -> None:
    with pytest.raises(Invalid, match=r"^primarymx: expected a domain such as example\.com\.$") as caught:
        domain(text, "primarymx")
    assert caught.value.field == "primarymx"


@pytest.mark.parametrize(
    ("given_as", "stored"),
    [
        (" Anna@Example.COM ", "anna@example.com"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("50%_off+x@example.com", "50%_off+x@example.com"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
        (f"{'a' * 64}@{LABEL}.{LABEL}.{'a' * 61}", f"{'a' * 64}@{LABEL}.{LABEL}.{'a' * 61}"),
    ],
)
def test_an_address_has_one_spelling(given_as: str, stored: str) -> None:
    assert address(given_as) == stored


@pytest.mark.parametrize(
    "text",
    ["", "@", "anna", "@example.com", "anna@", "anna@localhost", "a@b@example.com", '"anna b"@example.com',
     "anna b@example.com", "anna @example.com", "anna@ example.com", "anna..b@example.com", ".anna@example.com",
     "anna.@example.com", "änna@example.com", "\u212aarl@example.com", "anna\n@example.com", "anna\0@example.com",
     "anna,bea@example.com", "a:b@example.com", "a;b@example.com", "a(b)@example.com", "a\\b@example.com",
     "<anna@example.com>", "anna@[192.0.2.1]", f"{'a' * 65}@example.com", f"{'a' * 64}@{LABEL}.{LABEL}.{'a' * 62}"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_the_field(text: str) -> None:
    with pytest.raises(Invalid, match=r"^owner: expected an address") as caught:
        address(text, "owner")
    assert caught.value.field == "owner"


@given(ANY_TEXT | NEAR_TEXT)
def test_a_domain_that_passes_passes_again_unchanged(text: str) -> None:
    try:
        name = domain(text)
    except Invalid:
        return
    assert domain(name) == name
    assert re.fullmatch(r"[a-z0-9.-]+", name)


@given(ANY_TEXT | NEAR_TEXT | st.emails())
def test_an_address_that_passes_passes_again_unchanged_and_is_safe_in_maps(text: str) -> None:
    try:
        mail = address(text)
    except Invalid:
        return
    assert address(mail) == mail == f"{local_of(mail)}@{domain_of(mail)}"
    assert mail.isascii()
    assert mail == mail.lower()
    assert not set(mail) & set(' \t\r\n\0,;:()<>[]\\"')
    assert ".." not in mail


@given(st.text("az09.-", min_size=1, max_size=20), st.text("az09.-+", max_size=10))
def test_an_extension_is_cut_off_and_nothing_else(user: str, extension: str) -> None:
    assert without_extension(f"{user}+{extension}@example.com", "+") == f"{user}@example.com"
    assert without_extension(f"{user}@example.com", "+") == f"{user}@example.com"
    assert without_extension(f"{user}+{extension}@example.com", "") == f"{user}+{extension}@example.com"


def test_a_delimiter_at_the_beginning_separates_nothing() -> None:
    assert without_extension("+anna@example.com", "+") == "+anna@example.com"
    assert without_extension("+anna+x@example.com", "+") == "+anna@example.com"
    assert without_extension("anna-a+b@example.com", "+-") == "anna@example.com"


def test_a_list_keeps_its_order_and_drops_repeats_and_what_is_no_address() -> None:
    kept = ("bea@example.com", "anna@example.com")
    assert addresses(" Bea@example.com, nonsense,,anna@example.com ,BEA@EXAMPLE.COM") == kept
    assert addresses(["bea@example.com", "a b@c", "ANNA@example.com", "bea@example.com"]) == kept
    assert addresses("") == addresses([]) == ()


@pytest.mark.parametrize("form", Form)
def test_every_form_is_known_by_its_example(form: Form) -> None:
    found = account_form(form.value[2])
    assert (found.text, found.form) == (form.value[2], form)


def test_priorities_are_those_of_the_tables() -> None:
    forms = {form.name: account_form(form.value[2]) for form in Form}
    assert {name: (found.priority, found.amavisd_priority) for name, found in forms.items()} == {
        "ADDRESS": (100, 10), "LOCAL_PART": (90, 7), "IP": (80, 9), "WILDCARD_IP": (70, 8), "NETWORK": (70, 7),
        "DOMAIN": (60, 5), "SUBDOMAINS": (50, 3), "TOP_LEVEL": (40, 2), "EVERY_IP": (30, 1), "EVERYBODY": (0, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given_as", "stored", "form"),
    [
        (" Anna@Example.com", "anna@example.com", Form.ADDRESS),
        ("a/b@example.com", "a/b@example.com", Form.ADDRESS),
        ("ANNA@*", "anna@*", Form.LOCAL_PART),
        ("@BÜCHER.example", "@xn--bcher-kva.example", Form.DOMAIN),
        ("@.Example.com", "@.example.com", Form.SUBDOMAINS),
        ("@.COM", "@.com", Form.TOP_LEVEL),
        ("@.рф", "@.xn--p1ai", Form.TOP_LEVEL),
        ("@IP", "@ip", Form.EVERY_IP),
        ("192.0.*.7", "192.0.*.7", Form.WILDCARD_IP),
        ("192.0.2.9/24", "192.0.2.0/24", Form.NETWORK),
        ("2001:DB8::/32", "2001:db8::/32", Form.NETWORK),
        ("2001:DB8:0::1", "2001:db8::1", Form.IP),
        ("::ffff:192.0.2.1", "192.0.2.1", Form.IP),
    ],
)
def test_forms_have_one_spelling(given_as: str, stored: str, form: Form) -> None:
    found = account_form(given_as)
    assert (found.text, found.form) == (stored, form)


@pytest.mark.parametrize(
    "text",
    ["", "@", "anna", "*", "*@example.com", "*@*", "@*", "@.*", "@..com", "@.-", "@.7", "@ example.com", "1.2.3",
     "1.2.*.*", "*.2.3.4", "1.2.3.300", "1.2.300.*", "1.2.03.*", "1.02.3.4", "１.2.3.*", "1.2.3.4/33", "1.2.3.4/",
     "fe80::1%eth0", "fe80::%1/64", "1.2.3.*/24", "a b@*"],
)  # fmt: skip
def test_what_is_no_form_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        account_form(text)


@given(ANY_TEXT | NEAR_TEXT | st.ip_addresses().map(str) | st.emails())
def test_a_form_that_passes_passes_again_unchanged(text: str) -> None:
    try:
        found = account_form(text)
    except Invalid:
        return
    assert account_form(found.text) == found
    assert found.text == found.text.strip().lower()


def test_lists_of_forms_take_what_the_api_takes() -> None:
    text = "anna@example.com, @., @ip, 192.0.2.1, nonsense, @.Example.com,@.example.com, anna@*, 192.0.2.*"
    shared = ["anna@example.com", "192.0.2.1", "@.example.com"]
    assert sorted(form.text for form in account_forms(text, WHITE_AND_BLACKLIST)) == sorted([*shared, "@."])
    assert [form.text for form in account_forms(text.split(","), GREYLISTING_SENDERS)] == shared
    assert len(account_forms(text)) == 7
