"""Imports run one way; see "Rooms" in docs/architecture.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "src" / "postroom"
BASE = {
    "errors", "settings", "configuration", "confinement", "home", "logs", "migrations", "recent", "sqlite", "extras",
}  # fmt: skip
ENGINES = {"archive", "accounts", "workspace"}
CLIENTS = {"mailstore", "iredadmin", "O365"}

# Room → what its modules may import of the server, besides itself. A room that is missing here fails the test.
MAY: dict[str, set[str]] = {
    **dict.fromkeys(BASE, BASE),
    "work": BASE,
    **dict.fromkeys(ENGINES, BASE | {"work"}),
    "people": BASE | {"accounts", "workspace"},
    "directory": BASE | {"accounts", "archive"},
    "filetexts": BASE | {"archive"},
    "sample": BASE,
    "web": BASE | {"work"},
    "faces": BASE | ENGINES | {"work", "web"},
    "console": BASE | ENGINES | {"work", "web"},
    "app": BASE | ENGINES | {"work", "web", "faces", "console", "people", "directory", "filetexts"},
    "testing": BASE | ENGINES | {"work", "web", "faces", "console", "people", "app"},
    "cli": BASE | ENGINES | {"work", "web", "faces", "console", "people", "directory", "app", "sample"},
}


@dataclass(frozen=True)
class Import:
    """One import statement: `module` is written out in full, `names` are what a `from` takes."""

    file: Path
    line: int
    module: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module} {' '.join(self.names)}"


def imports(file: Path, package: tuple[str, ...]) -> Iterator[Import]:
    """All imports of a file, those inside functions and under TYPE_CHECKING included."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name, ())
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield Import(file, node.lineno, module, tuple(alias.name for alias in node.names))


def all_imports(root: Path) -> Iterator[Import]:
    for file in sorted(root.rglob("*.py")):
        yield from imports(file, file.relative_to(root.parent).parent.parts)


def rooms(statement: Import) -> set[str]:
    """The rooms of the server that a statement reaches; `from postroom import x` reaches x."""
    first, *rest = statement.module.split(".")
    if first != "postroom":
        return set()
    return {rest[0]} if rest else set(statement.names) - {"__version__"}


def room_of(file: Path) -> str:
    return file.relative_to(SERVER).parts[0].removesuffix(".py")


@pytest.fixture(scope="module")
def statements() -> list[Import]:
    return list(all_imports(SERVER))


def test_every_room_is_in_the_table() -> None:
    found = {room_of(file) for file in SERVER.rglob("*.py")} - {"__init__"}
    assert found <= MAY.keys()


def test_the_server_imports_downwards_only(statements: list[Import]) -> None:
    wrong = [
        str(statement)
        for statement in statements
        if (room := room_of(statement.file)) != "__init__"
        if rooms(statement) - MAY[room] - {room}
    ]
    assert wrong == []


def test_the_engines_and_faces_take_nothing_of_a_client_but_its_contract(statements: list[Import]) -> None:
    wrong = [str(statement) for statement in statements if not client_import_is_allowed(statement)]
    assert wrong == []


def client_import_is_allowed(statement: Import) -> bool:
    client, *rest = statement.module.split(".")
    # The command line, and a server for tests, are programs that call servers, as any user of a client is.
    if client not in CLIENTS or room_of(statement.file) in {"cli", "testing"}:
        return True
    # So is the archive where it reads mailboxes: of a Microsoft Graph that is anywhere, and knows nothing of it. Our
    # client imports nothing of the server, so no circle can come of it.
    if client == "O365" and statement.file.is_relative_to(SERVER / "archive" / "profiles" / "connectors"):
        return True
    reached = {rest[0]} if rest else set(statement.names)
    return room_of(statement.file) in {"faces", "app"} and bool(reached) and reached <= {"contract", "openapi"}


@pytest.mark.parametrize("client", sorted(CLIENTS))
def test_clients_import_nothing_of_the_server_and_of_each_other(client: str) -> None:
    (package,) = (ROOT / "clients").glob(f"*/src/{client}")
    forbidden = {"postroom"} | (CLIENTS - {client})
    assert [str(found) for found in all_imports(package) if found.module.split(".")[0] in forbidden] == []


def test_the_offline_verifiers_stand_alone() -> None:
    offline = SERVER / "archive" / "offline"
    assert len(list(offline.glob("*_offline.py"))) == 3
    assert [str(found) for found in all_imports(offline) if found.module.startswith("postroom")] == []
