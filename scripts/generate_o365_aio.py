"""The classes of O365.aio, written from those of O365."""

from __future__ import annotations

import ast
import builtins
import copy
import importlib
import inspect
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from scripts.o365_requests import HAND, full_name, kind_of, method_of, parsed, public, tree, twins

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = "clients/o365/src/O365/aio"
SPECIAL: Final = {
    "__len__": "def __len__(self) -> int:\n        return len(self._it)",
    "__contains__": "def __contains__(self, item: object) -> bool:\n        return plain(item) in self._it",
    "__getitem__": "def __getitem__(self, key: Any) -> Any:\n        return dressed(self._it[key])",
    "__iter__": "def __iter__(self) -> Iterator[Any]:\n        return map(dressed, self._it)",
}
HEAD: Final = '''"""The async classes of `O365.{name}`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
# ruff: noqa: A002, N815
from __future__ import annotations

'''


class Page:
    """One module: its classes, and what they need to import."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.runtime: set[str] = set()
        self.typing: dict[str, str] = {}
        self.own = sorted((kind for kind, place in twins().items() if place == home), key=_depth)

    def text(self) -> str:
        name = self.home.rpartition(".")[2]
        body = "\n\n\n".join(self._class(kind) for kind in self.own)
        imports = "\n".join(sorted(self.runtime))
        lines = sorted({line for line in self.typing.values() if line not in self.runtime})
        typing = "\n\nif TYPE_CHECKING:\n" + "\n".join(f"    {line}" for line in lines) if lines else ""
        return f"{HEAD.format(name=name)}{imports}{typing}\n\n\n{body}\n"

    def _class(self, kind: type) -> str:
        base = next((one for one in kind.__mro__[1:] if one in twins()), None)
        inherited = HAND.get(full_name(kind)) or (base.__name__ if base else "Twin")
        if inherited in HAND.values():
            self._need("O365.aio._hand", inherited)
        elif base is None or twins()[base] != self.home:
            self._need(twins()[base] if base else "O365.aio._twin", inherited)
        doc = (kind.__doc__ or "").strip().splitlines() or [f"As O365's {kind.__name__}."]
        parts = [f'    """{doc[0].strip()}"""', f'    _home = "{kind.__module__}:{kind.__qualname__}"']
        parts += [f"    {SPECIAL[name]}" for name in self._special(kind, base)]
        by_hand = vars(importlib.import_module("O365.aio._hand").AccountBase) if full_name(kind) in HAND else {}
        for name in sorted(public(kind)):
            same = base is not None and method_of(base, name) is method_of(kind, name) and name in public(base)
            if not same and name not in by_hand and (sort := kind_of(kind, name)):
                parts.append(self._method(kind, name, sort))
        return f"class {kind.__name__}({inherited}):\n" + "\n\n".join(parts)

    def _special(self, kind: type, base: type | None) -> list[str]:
        known = [name for name in SPECIAL if hasattr(kind, name) and not (base and hasattr(base, name))]
        if known:
            self.runtime |= {
                "from collections.abc import Iterator",
                "from typing import Any",
                "from O365.aio._twin import dressed, plain",
            }
        return known

    def _method(self, kind: type, name: str, sort: str) -> str:
        function = method_of(kind, name)
        node = tree(function)
        assert node is not None, (kind, name)
        module = importlib.import_module(function.__module__)
        self._import(module, node)
        returns = ast.unparse(node.returns) if node.returns else "Any"
        listing = self._listed(module, node) if sort == "asks" else None
        self._need("typing", "Any")
        if sort == "property":
            self._need("collections.abc", "Awaitable", typing=True)
            head = f"@property\n    def {name}(self) -> Awaitable[{returns}]:"
            return f"    {head}\n        return self._awaited(lambda: self._it.{name})"
        word = {"asks": "async def" if listing is None else "def", "plain": "def"}[sort]
        helper = {"asks": "_awaited" if listing is None else "_listed", "plain": "_given"}[sort]
        call = f"self.{helper}(self._it.{name}{_forwarded(node.args)})"
        if listing is not None:
            self._need("O365.aio._twin", "Listing")
            returns = f"Listing[{listing}]"
        wait = "await " if word == "async def" else ""
        args = _own_arguments(node.args, has_self=not isinstance(inspect.getattr_static(kind, name), staticmethod))
        text = _documented(ast.get_docstring(node) or "")
        return f"    {word} {name}({args}) -> {returns}:\n{text}        return {wait}{call}"

    def _listed(self, module: ModuleType, node: ast.FunctionDef) -> str | None:
        """What a list that is returned consists of."""
        for one in ast.walk(_unaliased(module.__name__, node.returns)) if node.returns else ():
            if isinstance(one, ast.Subscript) and isinstance(one.value, ast.Name):
                item = ast.unparse(one.slice)
                of_pages = one.value.id in {"Pagination", "Iterator"}
                if of_pages or (one.value.id == "list" and _resolved(module, item) in twins()):
                    return item
        return None

    def _import(self, module: ModuleType, node: ast.FunctionDef) -> None:
        defaults = {
            one for default in [*node.args.defaults, *node.args.kw_defaults] if default for one in _names(default)
        }
        annotations = [arg.annotation for arg in _arguments(node.args)] + [node.returns]
        wanted = {one for annotation in annotations if annotation for one in _names(annotation)}
        for name in defaults | wanted:
            if hasattr(builtins, name) or name in {kind.__name__ for kind in self.own}:
                continue
            line = _origin(module, name)
            if name in defaults:
                self.runtime.add(line)
            else:
                self.runtime.add("from typing import TYPE_CHECKING")
                self.typing[name] = line

    def _need(self, module: str, name: str, *, typing: bool = False) -> None:
        line = f"from {module} import {name}"
        if typing:
            self.runtime.add("from typing import TYPE_CHECKING")
            self.typing[name] = line
        else:
            self.runtime.add(line)


def _depth(kind: type) -> tuple[int, str]:
    return len(kind.__mro__), kind.__name__


def _arguments(args: ast.arguments) -> Iterator[ast.arg]:
    yield from [*args.posonlyargs, *args.args, *args.kwonlyargs]
    yield from (one for one in (args.vararg, args.kwarg) if one)


def _documented(doc: str) -> str:
    """The first paragraph of a docstring."""
    lines = textwrap.wrap(doc.partition("\n\n")[0], 106)
    if len(lines) > 1:
        lines.append("")
    return textwrap.indent('"""' + "\n".join(lines) + '"""\n', " " * 8) if lines else ""


def _own_arguments(args: ast.arguments, *, has_self: bool) -> str:
    found = copy.deepcopy(args)
    if not has_self:
        found.args.insert(0, ast.arg("self"))
    found.args[0].annotation = None
    return ast.unparse(found)


def _forwarded(args: ast.arguments) -> str:
    given = [one.arg for one in [*args.posonlyargs, *args.args] if one.arg != "self"]
    given += [f"*{args.vararg.arg}"] if args.vararg else []
    given += [f"{one.arg}={one.arg}" for one in args.kwonlyargs]
    given += [f"**{args.kwarg.arg}"] if args.kwarg else []
    return "".join(f", {one}" for one in given)


def _names(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.isidentifier():
            continue


def _resolved(module: ModuleType, name: str) -> Any:
    """The class of a name, which may be imported for types only."""
    found = getattr(module, name, None)
    if found is None and (place := _imports(module.__name__).get(name)):
        found = getattr(importlib.import_module(place[0]), place[1], None)
    return found


def _unaliased(module: str, node: ast.expr) -> ast.expr:
    """What stands behind the name of a type."""
    if not isinstance(node, ast.Name):
        return node
    if place := _imports(module).get(node.id):
        is_ours = place[0].startswith("O365") and place[1]
        return _unaliased(place[0], ast.Name(place[1])) if is_ours else node
    value = _assigned(module).get(node.id, node)
    text = value.value if isinstance(value, ast.Constant) else None
    return ast.parse(text, mode="eval").body if isinstance(text, str) else value


@cache
def _assigned(module: str) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for one in ast.walk(parsed(module)):
        target = (
            one.targets[0] if isinstance(one, ast.Assign) else one.target if isinstance(one, ast.AnnAssign) else None
        )
        if isinstance(target, ast.Name) and isinstance(one, ast.Assign | ast.AnnAssign) and one.value:
            found.setdefault(target.id, one.value)
    return found


def _origin(module: ModuleType, name: str) -> str:
    """The import of a name; of a class that has an async one, of that."""
    found = _resolved(module, name)
    if inspect.isclass(found) and found in twins():
        return f"from {twins()[found]} import {name}"
    place = _imports(module.__name__).get(name)
    if place is None:
        return f"from {module.__name__} import {name}"
    home, original = place
    if not original:
        return f"import {home} as {name}" if home != name else f"import {home}"
    return f"from {home} import {original}" + (f" as {name}" if original != name else "")


@cache
def _imports(name: str) -> dict[str, tuple[str, str]]:
    """The imports of a module, for types too: name → module and name there."""
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: (alias.name, "") for alias in node.names}
    return found


def registry() -> str:
    rows = sorted(f'    "{full_name(kind)}": "{home}",' for kind, home in twins().items())
    head = '"""Which module has the async class of a class. `make docs` writes it."""\n\n'
    return f"{head}TWINS: dict[str, str] = {{\n" + "\n".join(rows) + "\n}\n"


@cache
def written() -> dict[str, str]:
    """All files, as ruff writes them: it is run for all at once."""
    texts = {home.rpartition(".")[2]: Page(home).text() for home in set(twins().values())} | {"_registry": registry()}
    ruff = [str(Path(sys.executable).parent / "ruff")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for module, text in texts.items():
            (folder / f"{module}.py").write_text(text, "utf-8")
        for command in (["check", "--fix", "--exit-zero"], ["format"]):
            options = ["--quiet", "--config", str(ROOT / "pyproject.toml"), str(folder)]
            subprocess.run([*ruff, *command, *options], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        return {f"{FOLDER}/{module}.py": (folder / f"{module}.py").read_text("utf-8") for module in texts}


def files() -> list[tuple[str, Callable[[], str]]]:
    names = sorted({f"{FOLDER}/{home.rpartition('.')[2]}.py" for home in twins().values()})
    return [(name, partial(lambda one: written()[one], name)) for name in [f"{FOLDER}/_registry.py", *names]]


FILES: Final = files()
