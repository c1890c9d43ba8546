"""The MailStore client's methods and its reference page, from the contract. `FILES` are rows of `scripts.generate`."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.mailstore_page import server_page

from mailstore.contract import SERVER, Function, Param

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "clients/mailstore/src/mailstore"
WIDTH = 116

HEAD = '''"""The functions of the API as {kind} methods. `make docs` writes it from `contract`."""

# ruff: noqa: A002, N802, N803  # names are the API's
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from mailstore.contract.shapes import Status
from mailstore.encode import Flag, Json, Names, Number, Text


class {name}(ABC):
    """Mixed in after a client that knows how to call."""

    @abstractmethod
    {prefix}def _call(self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None) -> Status: ...
'''


def methods(name: str, functions: Mapping[str, Function], *, asynchronous: bool) -> str:
    """The text of a module with one class that has a method per function."""
    prefix = "async " if asynchronous else ""
    head = HEAD.format(kind="async" if asynchronous else "sync", name=name, prefix=prefix)
    return _formatted(head + "".join(_method(function, prefix) for function in functions.values()))


def _formatted(code: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", f"{PACKAGE}/_methods.py", "-"]
    return subprocess.run(command, input=code, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def _method(function: Function, prefix: str) -> str:
    call = "await self._call" if prefix else "self._call"
    parameters = ["self", *_parameters(function.params), "*", "autoHandleToken: bool | None = None"]
    arguments = ", ".join(f'"{param.name}": {param.name}' for param in function.params)
    return f"""
    {prefix}def {function.name}({", ".join(parameters)}) -> Status:
{_docstring(function)}
        return {call}("{function.name}", {{{arguments}}}, autoHandleToken)
"""


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


def _docstring(function: Function) -> str:
    blank, facts = " " * 8, _facts(function)
    if not facts:
        return f'{blank}"""{function.doc}"""'
    lines = [line for fact in facts for line in _filled(fact, blank)]
    return "\n".join([f'{blank}"""{function.doc}', "", *lines, f'{blank}"""'])


def _facts(function: Function) -> list[str]:
    """What a caller must know beyond the first line."""
    facts = [f"{param.name}: {param.doc}{_allowed(param)}" for param in function.params]
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
    ("docs/reference/mailstore-server.md", server_page),
]
