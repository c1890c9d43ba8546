"""The texts of accounts: what we know is read and written by kind, what we do not know is left as it was."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.accounts.text_settings import KEYS, Key, Kind, Texts, Value
from postroom.errors import Invalid

DOMAIN = "default_user_quota:1024;disabled_mail_services:pop3,imap;timezone:GMT+01;x:a:b;odd;default_language:en_US;"
VALUES = ("defaultQuota:1024", "disabledMailService:pop3", "disabledMailService:imap", "x:a:b", "odd",
          "defaultList:a@example.com,b@example.com", "domainQuota:2:GB", "default_user_quota:7")  # fmt: skip

PLAIN = st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters=":;,"), max_size=20)
NUMBERS = st.integers(-1, 10**12)


def values_of(key: Key) -> st.SearchStrategy[Value]:
    kinds: dict[Kind, st.SearchStrategy[Value]] = {
        Kind.INT: NUMBERS, Kind.QUOTA: NUMBERS, Kind.TEXT: PLAIN,
        Kind.LIST: st.lists(PLAIN), Kind.ITEMS: st.lists(PLAIN),
    }  # fmt: skip
    return kinds[key.kind]


SETTINGS = st.sampled_from(KEYS).flatmap(lambda key: st.tuples(st.just(key), values_of(key)))
STORED = st.builds(Texts.parse, st.text()) | st.builds(Texts.from_values, st.lists(st.text()))


def read(texts: Texts, key: Key) -> Value:
    match key.kind:
        case Kind.INT | Kind.QUOTA:
            return texts.get_int(key.name)
        case Kind.TEXT:
            return texts.get(key.name)
        case _:
            return texts.get_list(key.name)


def expected(key: Key, value: Value) -> Value:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Iterable):
        stripped = [item.strip() for item in value if item.strip()]
        return tuple(item for n, item in enumerate(stripped) if item.lower() not in map(str.lower, stripped[:n]))
    return value


def test_what_sql_holds_is_read_by_kind() -> None:
    texts = Texts.parse(DOMAIN)
    assert texts.get_int("default_user_quota") == 1024
    assert texts.get_list("disabled_mail_services") == ("pop3", "imap")
    assert texts.get("timezone") == "GMT+01"
    assert texts.get("x") == "a:b"
    assert (texts.get("y"), texts.get_int("y"), texts.get_list("y"), texts.get_flag("y")) == ("", 0, (), False)
    assert texts.decoded() == {
        "default_user_quota": 1024, "disabled_mail_services": ["pop3", "imap"], "timezone": "GMT+01", "x": "a:b",
        "default_language": "en_US",
    }  # fmt: skip


def test_what_ldap_holds_is_read_under_the_same_names_and_shown_under_its_own() -> None:
    texts = Texts.from_values(VALUES)
    assert texts.get_int("default_user_quota") == 1024
    assert texts.get_int("domain_quota") == 2048
    assert texts.get_list("disabled_mail_services") == ("pop3", "imap")
    assert texts.get_list("default_mailing_lists") == ("a@example.com", "b@example.com")
    assert texts.decoded() == {
        "defaultQuota": 1024, "disabledMailService": ["pop3", "imap"], "x": "a:b", "domainQuota": 2048,
        "defaultList": ["a@example.com", "b@example.com"], "default_user_quota": "7",
    }  # fmt: skip


def test_a_list_is_one_text_in_sql_and_a_value_per_item_in_ldap() -> None:
    for texts, stored in (
        (Texts(), ("disabled_domain_profiles:bcc,relay",)),
        (Texts(ldap=True), ("disabledDomainProfile:bcc", "disabledDomainProfile:relay")),
    ):
        changed = texts.with_("disabled_domain_profiles", ["bcc", " relay ", "BCC", ""])
        assert changed.pieces == stored
        assert changed.with_("disabled_domain_profiles", "bcc, relay") == changed
        assert changed.with_("disabled_domain_profiles", []) == texts
    assert Texts(ldap=True).with_("default_mailing_lists", ["a@b.c", "d@e.f"]).values() == ("defaultList:a@b.c,d@e.f",)


def test_a_quota_has_its_unit_in_ldap() -> None:
    texts = Texts(ldap=True).with_("domain_quota", 500)
    assert texts.values() == ("domainQuota:500:MB",)
    assert Texts().with_("domain_quota", 500).text() == "domain_quota:500;"
    assert [Texts.from_values([f"domainQuota:{q}"]).get_int("domain_quota") for q in ("7", "7:tb", "7:XB", "x:GB")] == [
        7, 7 << 20, 0, 0,
    ]  # fmt: skip


@pytest.mark.parametrize("empty", [0, None, "", " ", False, [], ["", " "], ()])
def test_what_is_empty_takes_the_key_out(empty: Value) -> None:
    for key in KEYS:
        try:
            changed = Texts.parse(f"a:b;{key.name}:1;c:d;").with_(key.name, empty)
        except Invalid:  # empty of another kind
            continue
        assert changed.text() == "a:b;c:d;"


def test_a_limit_of_minus_one_is_kept() -> None:
    assert Texts(ldap=True).with_("number_of_users", -1).values() == ("numberOfUsers:-1",)


def test_a_flag_is_yes_or_absent() -> None:
    texts = Texts().with_("create_new_domains", True)
    assert texts.text() == "create_new_domains:yes;"
    assert texts.get_flag("create_new_domains")
    assert texts.with_("create_new_domains", False).text() == ""
    assert not Texts.parse("create_new_domains:no;").get_flag("create_new_domains")


@pytest.mark.parametrize("bad", ["a:b", "a;b", "a\nb", "a\0b", "é", "\ud800"])
def test_what_would_break_the_text_is_refused_with_the_name_of_the_key(bad: str) -> None:
    changes: list[tuple[str, Value]] = [("timezone", bad), ("disabled_mail_services", [bad]), (bad, "x")]
    for key, value in changes:
        with pytest.raises(Invalid) as caught:
            Texts().with_(key, value)
        assert caught.value.field == key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("default_user_quota", "7"),
        ("default_user_quota", True),
        ("default_user_quota", 10**18),
        ("default_user_quota", ["7"]),
        ("timezone", 7),
        ("timezone", ["a"]),
        ("disabled_mail_services", 7),
        ("disabled_mail_services", ["a,b"]),
        ("", "x"),
        (" ", "x"),
    ],
)
def test_a_value_of_another_kind_is_refused(key: str, value: Value) -> None:
    with pytest.raises(Invalid) as caught:
        Texts().with_(key, value)
    assert caught.value.field == key


@pytest.mark.parametrize("text", ["", " ", "1_0", "٣", "9" * 5000, "1.5", "0x1", "a"])
def test_what_is_no_number_is_shown_as_it_is_and_counts_as_none(text: str) -> None:
    texts = Texts.parse(f"default_user_quota:{text};")
    assert texts.get_int("default_user_quota") == 0
    assert texts.decoded() == {"default_user_quota": text}


def test_of_a_repeated_key_the_last_counts_and_one_remains() -> None:
    texts = Texts.parse("timezone:A;x:1;timezone:B;")
    assert texts.get("timezone") == texts.decoded()["timezone"] == "B"
    assert texts.with_("timezone", "C").text() == "timezone:C;x:1;"


@given(st.text())
def test_any_column_is_read_and_written_as_it_was(text: str) -> None:
    texts = Texts.parse(text)
    assert Texts.parse(texts.text()) == texts
    assert texts.text().split(";") == [piece for piece in text.split(";") if piece.strip()] + [""]
    texts.decoded()


@given(STORED, st.lists(SETTINGS))
def test_what_was_set_last_is_read_back_and_strangers_stay(stored: Texts, changes: list[tuple[Key, Value]]) -> None:
    texts = stored
    for key, value in changes:
        texts = texts.with_(key.name, value)
    for key, value in dict(changes).items():
        assert read(texts, key) == expected(key, value)
    names = {key.ldap if stored.ldap else key.name for key, _ in changes}
    kept = [piece for piece in stored.pieces if piece.partition(":")[0].strip() not in names or ":" not in piece]
    assert [piece for piece in texts.pieces if piece in kept] == kept
    again = Texts.from_values(texts.values()) if stored.ldap else Texts.parse(texts.text())
    assert again == texts


@given(st.text(), st.text())
def test_a_key_we_do_not_know_can_be_written_too(key: str, value: str) -> None:
    try:
        texts = Texts().with_(key, value)
    except Invalid:
        return
    assert texts.get(key) == value.strip()
    assert Texts.parse(texts.text()).decoded() == ({key: value.strip()} if value.strip() else {})
