r"""A call of a function as one line of text: `VerifyStore --id=1 --reason="spring cleaning"`.

Jobs keep their action in this form, and the command line takes it word by word (reference 1.10). Words are separated
by blanks; within double quotes blanks belong to the word. A backslash is an ordinary character, as in `C:\mail`,
except before a double quote: there `\\` is a backslash and `\"` a quote, which is how Windows programs are started.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from postroom.errors import Invalid

_PIECE = re.compile(r'(?P<slashes>\\*)"|(?P<blank>\s+)|(?P<text>[^\s"\\]+|\\+)')
_PLAIN = re.compile(r'[^\s"]+')


@dataclass(frozen=True, slots=True)
class Command:
    """A function's name and its arguments, both as text."""

    function: str
    arguments: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.function, *(f"--{name}={_quoted(text)}" for name, text in self.arguments.items())])


def parse(text: str) -> Command:
    """Read a line. Raises Invalid."""
    return of_words(_words(text))


def of_words(words: Iterable[str]) -> Command:
    """A command whose words somebody, a shell for example, has separated already. Raises Invalid."""
    function, *rest = [*words] or [""]
    if not function or function.startswith("-"):
        raise Invalid("command", "the name of a function, then its arguments as --name=value")
    arguments: dict[str, str] = {}
    for word in rest:
        name, separator, value = word.removeprefix("--").partition("=")
        if not (word.startswith("--") and name and separator):
            raise Invalid(word, "an argument as --name=value")
        if name in arguments:
            raise Invalid(f"--{name}", "one value, not several")
        arguments[name] = value
    return Command(function, arguments)


def _words(text: str) -> list[str]:
    words: list[str] = []
    word: list[str] | None = None
    inside = False
    for piece in _PIECE.finditer(text):
        if piece["blank"] is not None and not inside:
            if word is not None:
                words.append("".join(word))
            word = None
            continue
        word = [] if word is None else word
        if piece["slashes"] is None:
            word.append(piece[0])
            continue
        count = len(piece["slashes"])
        word.append("\\" * (count // 2))
        if count % 2:
            word.append('"')
        else:
            inside = not inside
    if inside:
        raise Invalid("command", "a closing double quote")
    return words if word is None else [*words, "".join(word)]


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return '"' + re.sub(r'(\\*)("|$)', lambda found: found[1] * 2 + ('\\"' if found[2] else ""), text) + '"'
