"""New passwords: read from a file or the environment, made, or asked for; never an option, which others could see."""

from __future__ import annotations

import os
import secrets
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from postroom.cli.account_desk import Desk
from postroom.errors import Invalid, PostroomError, WrongState
from postroom.logs import visible

if TYPE_CHECKING:
    from postroom.accounts.password_policy import Rules

VARIABLE: Final = "ACCOUNT_PASSWORD"
LENGTH: Final = 20
SPECIAL: Final = "-_.:,+="
"""Those that need no quoting in a shell, when the rules take one of them."""
LETTERS: Final = "".join(sorted(set(string.ascii_letters + string.digits) - set("Il1O0")))
"""Without those that look alike."""

FileOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file", metavar="FILE", show_default=False,
        help=f"The password is the first line of it; - is standard input. Else {VARIABLE}, else you are asked.",
    ),
]  # fmt: skip
HashOption = Annotated[
    str | None,
    typer.Option(
        "--password-hash", envvar=f"{VARIABLE}_HASH", metavar="HASH", show_default=False,
        help="A ready hash with its prefix, such as {SSHA512}…; better in the environment.",
    ),
]  # fmt: skip
GenerateOption = Annotated[bool, typer.Option("--generate", help="Make a strong password and print it.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """The options about a password, as they were typed."""

    file: Path | None = None
    hash: str | None = field(default=None, repr=False)
    generate: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """Arguments for the API, and what is to be printed when all went well: nothing, or a password that was made."""

    arguments: dict[str, str] = field(repr=False)
    shown: dict[str, str] = field(default_factory=dict, repr=False)


def chosen(desk: Desk, who: str, domain: str | None, asked: Asked) -> Chosen:
    """The password that is wanted. Raises Invalid for two at once, WrongState when nobody can be asked."""
    if sum((asked.file is not None, asked.hash is not None, asked.generate)) > 1:
        raise Invalid("--password-file", "one of --password-file, --password-hash and --generate")
    if asked.hash is not None:
        return Chosen({"password_hash": asked.hash})
    if asked.generate:
        made = generated(desk.rules(domain))
        return Chosen({"password": made}, {"password": made})
    if asked.file is not None:
        return Chosen({"password": _first_line(asked.file)})
    return Chosen({"password": os.environ.get(VARIABLE) or _prompted(who)})


def _first_line(file: Path) -> str:
    try:
        text = sys.stdin.readline() if str(file) == "-" else file.expanduser().read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("--password-file", "a file in UTF-8") from error
    return text.partition("\n")[0].removesuffix("\r")


def _prompted(who: str) -> str:
    if not sys.stdin.isatty():
        raise WrongState(f"Nobody can be asked for a password here. Give --password-file, {VARIABLE}, or --generate.")
    return str(typer.prompt(f"Password of {visible(who)}", hide_input=True, confirmation_prompt=True, err=True))


def generated(rules: Rules) -> str:
    """A random password that the rules take. Raises WrongState when they take none of the length they ask for."""
    from postroom.accounts import password_policy

    for candidate in _candidates(rules):
        try:
            password_policy.check(candidate, rules)
        except PostroomError:  # a class of characters is missing by chance
            continue
        return candidate
    raise WrongState("No password could be made that fits the rules for passwords. Look at their lengths.")


def _candidates(rules: Rules) -> Iterator[str]:
    longest = rules.max_length or max(LENGTH, rules.min_length)
    length = min(max(LENGTH, rules.min_length), longest)
    special = "".join(char for char in SPECIAL if char in rules.special_characters) or rules.special_characters
    for _ in range(1000):
        made = [secrets.choice(LETTERS) for _ in range(length)]
        if special and length > 2:
            # Inside: a mail program, or a person, may lose one at an end.
            made[1 + secrets.randbelow(length - 2)] = secrets.choice(special)
        yield "".join(made)


def secret(given: dict[str, Any]) -> Asked:
    """The options of a password, taken out of those of a command."""
    return Asked(given.pop("password_file"), given.pop("password_hash"), given.pop("generate"))
