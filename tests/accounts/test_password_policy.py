"""Rules for new passwords: all that are broken are told at once, in a fixed order."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.accounts.errors import PasswordRefused, Rule
from postroom.accounts.password_policy import Rules, check
from postroom.settings import Accounts

DEFAULT = Rules.of(Accounts(), Accounts().password_special_characters)
NONE = Rules(min_length=0, max_length=0, letter=False, uppercase=False, number=False, special=False)
RULES = st.builds(
    Rules, st.integers(0, 20), st.integers(0, 20), st.booleans(), st.booleans(), st.booleans(), st.booleans(),
    st.sampled_from(["", "#-", DEFAULT.special_characters]),
)  # fmt: skip


def broken(password: str, rules: Rules = DEFAULT) -> tuple[Rule, ...]:
    try:
        check(password, rules)
    except PasswordRefused as error:
        return error.rules
    return ()


def test_the_rules_are_those_of_the_settings() -> None:
    assert Rules() == DEFAULT
    other = Accounts(
        password_min_length=3,
        password_max_length=5,
        password_has_letter=False,
        password_has_uppercase=False,
        password_has_number=False,
        password_has_special_char=False,
    )
    assert Rules.of(other, "!") == Rules(3, 5, False, False, False, False, "!")
    assert broken("123", Rules.of(other, "!")) == ()


@pytest.mark.parametrize(
    ("password", "rules"),
    [
        ("Secret-1", ()),
        ("Secret 1~", ()),
        ("", ("empty",)),
        ("Sec-1", ("too_short",)),
        ("secret-1", ("no_uppercase",)),
        ("Secret--", ("no_digit",)),
        ("Secret12", ("no_special",)),
        ("12345678", ("no_letter", "no_uppercase", "no_special")),
        ("x", ("too_short", "no_uppercase", "no_digit", "no_special")),
        ("Sécret-1", ("not_ascii",)),
        ("Secret-1\n", ("not_ascii",)),
        ("Secret-1\0", ("not_ascii",)),
        ("Secret-\u0661", ("not_ascii", "no_digit")),
        ("\ud800", ("not_ascii", "too_short", "no_letter", "no_uppercase", "no_digit", "no_special")),
    ],
)
def test_a_password_is_measured_by_every_rule(password: str, rules: tuple[Rule, ...]) -> None:
    assert broken(password) == rules


def test_the_message_says_what_is_needed_and_not_the_password() -> None:
    with pytest.raises(PasswordRefused) as caught:
        check("hunter2", DEFAULT)
    assert caught.value.field == "password"
    assert "at least 8 characters, a capital letter, one of #$" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("character", DEFAULT.special_characters)
def test_every_listed_character_is_special(character: str) -> None:
    assert broken(f"Secret12{character}") == ()


def test_a_longest_length_is_a_limit_and_0_is_none() -> None:
    assert broken("x" * 5000, NONE) == ()
    assert broken("x" * 10, NONE.of_domain(0, 10)) == ()
    assert broken("x" * 11, NONE.of_domain(0, 10)) == ("too_long",)


def test_lengths_of_a_domain_win_where_it_has_them() -> None:
    rules = Rules(min_length=8, max_length=20)
    assert rules.of_domain(0, 0) == rules
    assert (rules.of_domain(12, 0).min_length, rules.of_domain(12, 0).max_length) == (12, 20)
    assert (rules.of_domain(4, 30).min_length, rules.of_domain(4, 30).max_length) == (4, 30)


def test_without_a_list_of_special_characters_none_is_needed() -> None:
    assert broken("Secret12", Rules(special_characters="")) == ()


@given(st.text(), RULES)
def test_broken_rules_come_once_each_in_order_and_only_if_they_hold(password: str, rules: Rules) -> None:
    found = broken(password, rules)
    assert [rule for rule in get_args(Rule) if rule in found] == list(found)
    looser = Rules(0, 0, False, False, False, False)
    assert set(broken(password, looser)) <= {"empty", "not_ascii"}
    if found == ("empty",):
        assert password == ""
