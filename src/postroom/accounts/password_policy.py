"""What a new password must be: the rules of the settings, made stricter or longer by a domain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from postroom.accounts.errors import PasswordRefused, Rule
from postroom.settings import Accounts


class Source(Protocol):
    """Where rules come from: the section of the settings, or those in effect after what is stored."""

    @property
    def password_min_length(self) -> int: ...
    @property
    def password_max_length(self) -> int: ...
    @property
    def password_has_letter(self) -> bool: ...
    @property
    def password_has_uppercase(self) -> bool: ...
    @property
    def password_has_number(self) -> bool: ...
    @property
    def password_has_special_char(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """Lengths in characters; `max_length` 0 is no limit."""

    min_length: int = 8
    max_length: int = 0
    letter: bool = True
    uppercase: bool = True
    number: bool = True
    special: bool = True
    special_characters: str = Accounts().password_special_characters

    @classmethod
    def of(cls, source: Source, special_characters: str) -> Rules:
        return cls(
            min_length=source.password_min_length,
            max_length=source.password_max_length,
            letter=source.password_has_letter,
            uppercase=source.password_has_uppercase,
            number=source.password_has_number,
            special=source.password_has_special_char,
            special_characters=special_characters,
        )

    def of_domain(self, min_length: int, max_length: int) -> Rules:
        """With the lengths of a domain in place of the general ones; 0 is none of its own.

        A global admin may make these looser. That a domain admin does not is seen to where they are set.
        """
        if not (min_length or max_length):
            return self
        return replace(self, min_length=min_length or self.min_length, max_length=max_length or self.max_length)


def check(password: str, rules: Rules) -> None:
    """Raises PasswordRefused with all rules that the password breaks; of an empty one this is all there is to say."""
    broken = _broken(password, rules)
    if broken:
        raise PasswordRefused(broken, "a password with " + ", ".join(_words(rule, rules) for rule in broken))


def _broken(password: str, rules: Rules) -> list[Rule]:
    if not password:
        return ["empty"]
    tests: dict[Rule, bool] = {
        # Mail clients do not agree on how to send the others, and a control character cannot be typed.
        "not_ascii": not (password.isascii() and password.isprintable()),
        "too_short": len(password) < rules.min_length,
        "too_long": bool(rules.max_length) and len(password) > rules.max_length,
        "no_letter": rules.letter and not any(char.isalpha() for char in password),
        "no_uppercase": rules.uppercase and not any(char.isupper() for char in password),
        "no_digit": rules.number and not any(char in "0123456789" for char in password),
        # Without a list of them nothing is special, and nothing can be asked for.
        "no_special": rules.special
        and rules.special_characters != ""
        and not set(password) & set(rules.special_characters),
    }
    return [rule for rule, is_broken in tests.items() if is_broken]


def _words(rule: Rule, rules: Rules) -> str:
    return {
        "empty": "at least one character",
        "not_ascii": "printable ASCII characters only",
        "too_short": f"at least {rules.min_length} characters",
        "too_long": f"at most {rules.max_length} characters",
        "no_letter": "a letter",
        "no_uppercase": "a capital letter",
        "no_digit": "a digit",
        "no_special": f"one of {rules.special_characters}",
    }[rule]
