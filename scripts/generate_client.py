"""The MailStore clients' methods and their reference pages, from the contract. `FILES`: rows of `generate`."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.mailstore_page import server_page, spe_page

from mailstore.contract import SERVER, SPE, Function, Param
from mailstore.contract.spe import MAY_TAKE_LONG

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "clients/mailstore/src/mailstore"
WIDTH = 116
PROVIDER = "The functions of the provider edition"

HEAD = '''"""{title} as {kind} methods. `make docs` writes it from `contract`."""

# ruff: noqa: A002, N802, N803{more}  # names are the API's
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
{imports}
from mailstore.contract.shapes import Status
from mailstore.encode import Flag, Json, Names, Number, Text
{ours}

class {name}(ABC):
    """{doc}"""

{attributes}    @abstractmethod
    {prefix}def _call(self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None) -> Status: ...
'''

MIXED_IN = "Mixed in after a client that knows how to call."
INSTANCE = "instanceID"


@dataclass(frozen=True)
class Style:
    """How a class of methods says which instance is meant, and when handling a token may be chosen."""

    first: bool = False
    """The instance comes first, and may be left out where the client has one of its own."""
    apart: bool = False
    """The instance is the client's, and can be given by its name only."""
    tokens: frozenset[str] | None = None
    """The functions whose methods have `autoHandleToken`; None = all."""


SERVER_STYLE = Style()
SPE_STYLE = Style(first=True, tokens=MAY_TAKE_LONG | {name for name, function in SPE.items() if function.slow})
MGMT_STYLE = Style(apart=True)


def methods(
    name: str,
    functions: Mapping[str, Function],
    *,
    asynchronous: bool,
    style: Style = SERVER_STYLE,
    title: str = "The functions of the API",
) -> str:
    """The text of a module with one class that has a method per function."""
    prefix = "async " if asynchronous else ""
    head = HEAD.format(
        kind="async" if asynchronous else "sync", name=name, prefix=prefix, title=title, doc=MIXED_IN,
        imports="from typing import overload\n" if style.first else "",
        ours="from mailstore.instances import instance_first\n" if style.first else "",
        more=", N815" if style.first or style.apart else "",
        attributes=f"    {INSTANCE}: str | None\n\n" if style.first or style.apart else "",
    )  # fmt: skip
    return _formatted(head + "".join(_method(function, prefix, style) for function in functions.values()))


def _formatted(code: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", f"{PACKAGE}/_methods.py", "-"]
    return subprocess.run(command, input=code, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def _method(function: Function, prefix: str, style: Style) -> str:
    call = "await self._call" if prefix else "self._call"
    about_one = function.params[:1] != () and function.params[0].name == INSTANCE
    first, apart = style.first and about_one, style.apart and about_one
    arguments = ", ".join(_argument(param, apart) for param in function.params)
    takes = style.tokens is None or function.name in style.tokens
    return f"""
{_overloads(function, prefix, takes) if first else ""}
    {prefix}def {function.name}({_signature(function, takes, apart=apart)}) -> Status:
{_docstring(function, apart)}
        return {call}("{function.name}", {{{arguments}}}, {"autoHandleToken" if takes else "None"})
"""


def _argument(param: Param, apart: bool) -> str:
    value = f"self.{INSTANCE} if {INSTANCE} is None else {INSTANCE}" if apart and param.name == INSTANCE else param.name
    return f'"{param.name}": {value}'


def _signature(function: Function, takes: bool, *, apart: bool = False, named: bool = False) -> str:
    """The parameters of a method; `named` = without the instance, and all by name."""
    params = function.params[1:] if apart or named else function.params
    by_name = [f"{INSTANCE}: Text | None = None"] if apart else []
    by_name += ["autoHandleToken: bool | None = None"] if takes else []
    star = ["*"] if by_name or (named and params) else []
    if named:
        return ", ".join(["self", *star, *_parameters(params), *by_name])
    return ", ".join(["self", *_parameters(params), *star, *by_name])


def _overloads(function: Function, prefix: str, takes: bool) -> str:
    """The two ways of calling a method of an instance: with it first, or without it and all by name."""
    return f"""
    @overload
    {prefix}def {function.name}({_signature(function, takes)}) -> Status: ...
    @overload
    {prefix}def {function.name}({_signature(function, takes, named=True)}) -> Status: ...
    @instance_first"""


def _parameters(params: tuple[Param, ...]) -> list[str]:
    """Python's own rule: a default only where all that follow have one."""
    texts: list[str] = []
    defaults = True
    for param in reversed(params):
        defaults = defaults and (not param.required or param.default is not None)
        texts.append(_parameter(param, defaults))
    return texts[::-1]


def _parameter(param: Param, defaults: bool) -> str:
    kinds = {"string": "Text", "number": "Number", "bool": "Flag", "json": "Json"}
    kind = "Names" if param.many else kinds[param.type]
    if not defaults:
        return f"{param.name}: {kind}"
    if param.default is None:
        return f"{param.name}: {kind} | None = None"
    default = f'"{param.default}"' if isinstance(param.default, str) else repr(param.default)
    return f"{param.name}: {kind} = {default}"


def _docstring(function: Function, apart: bool) -> str:
    blank, facts = " " * 8, _facts(function, apart)
    if not facts:
        return f'{blank}"""{function.doc}"""'
    lines = [line for fact in facts for line in _filled(fact, blank)]
    return "\n".join([f'{blank}"""{function.doc}', "", *lines, f'{blank}"""'])


def _facts(function: Function, apart: bool) -> list[str]:
    """What a caller must know beyond the first line."""
    params = function.params[1:] if apart else function.params
    facts = [f"{param.name}: {param.doc}{_allowed(param)}" for param in params]
    if function.slow:
        facts.append("It may take long: it starts a process.")
    if function.ours:
        facts.append("Postroom only.")
    elif function.paged:
        facts.append("`limit` and `after`: Postroom only.")
    return facts


def _allowed(param: Param) -> str:
    if not param.values or len(param.values) > 12:
        return ""
    return f" One{' or more' if param.many else ''} of {', '.join(param.values)}."


def _filled(paragraph: str, blank: str) -> list[str]:
    return textwrap.wrap(paragraph, WIDTH, initial_indent=blank, subsequent_indent=blank + " " * 4)


FILES: list[tuple[str, Callable[[], str]]] = [
    (f"{PACKAGE}/_methods.py", lambda: methods("ServerMethods", SERVER, asynchronous=False)),
    (f"{PACKAGE}/_methods_aio.py", lambda: methods("ServerMethods", SERVER, asynchronous=True)),
    (f"{PACKAGE}/_methods_spe.py", lambda: methods(
        "SPEMethods", SPE, asynchronous=False, style=SPE_STYLE, title=PROVIDER)),
    (f"{PACKAGE}/_methods_spe_aio.py", lambda: methods(
        "SPEMethods", SPE, asynchronous=True, style=SPE_STYLE, title=PROVIDER)),
    (f"{PACKAGE}/_methods_mgmt.py", lambda: methods(
        "SPEMethods", SPE, asynchronous=False, style=MGMT_STYLE, title=f"{PROVIDER}, instance apart,")),
    ("docs/reference/mailstore-server.md", server_page),
    ("docs/reference/mailstore-spe.md", spe_page),
]  # fmt: skip
