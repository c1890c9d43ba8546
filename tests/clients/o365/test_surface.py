"""The public names of the client against those of the original, version 2.1.10, which `surface.json` lists."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import types
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

MODULES: dict[str, Any] = json.loads((Path(__file__).parent / "surface.json").read_text())

DIFFERENT = {
    # No fixed delay: busy servers say themselves how long to wait.
    "O365.connection.Connection.__init__": ("requests_delay=200", "requests_delay=0"),
    # What is new is optional: who wants to see how far it is, and uploads that go on in another run.
    "O365.drive.DownloadableMixin.download": ("output=None)", "output=None,*,progress=None)"),
    "O365.drive.DriveItemVersion.download": ("output=None)", "output=None,*,progress=None)"),
    "O365.drive.Folder.upload_file": (
        "file_last_modified_date_time=None)",
        "file_last_modified_date_time=None,*,progress=None,session_file=None)",
    ),
    # new_query() serves both generations of programs: the older ones name an attribute.
    "O365.utils.utils.ApiComponent.new_query": ("(self)", "(self, attribute=None)"),
    "O365.utils.utils.ApiComponent.q": ("(self) alias of new_query", "(self, attribute=None)"),
}
"""Signatures that differ on purpose: the original's text and ours. Everything that was accepted still is."""

NEWER_DATA = {"O365.utils.windows_tz.IANA_TO_WIN", "O365.utils.windows_tz.WIN_TO_IANA"}
"""Tables whose content is that of today."""

Row = tuple[str, str, dict[str, Any]]


def classes() -> Iterator[tuple[str, dict[str, Any]]]:
    for module in MODULES:
        for name, row in MODULES[module].get("classes", {}).items():
            yield f"{module}.{name}", row


def named(place: str) -> Any:
    module, _, name = place.rpartition(".")
    return getattr(importlib.import_module(module), name)


CLASSES = dict(classes())
each_class = pytest.mark.parametrize("place", CLASSES)


@pytest.mark.parametrize("module", MODULES)
def test_functions_have_their_names_and_signatures(module: str) -> None:
    found = importlib.import_module(module)
    for name, text in MODULES[module].get("functions", {}).items():
        assert signature(getattr(found, name)) == expected(f"{module}.{name}", text), name


@pytest.mark.parametrize("module", MODULES)
def test_constants_have_their_values(module: str) -> None:
    found = importlib.import_module(module)
    for name, value in MODULES[module].get("constants", {}).items():
        ours = getattr(found, name)
        if f"{module}.{name}" in NEWER_DATA:
            assert set(value) <= set(ours), name
        elif value == "<object object>":
            assert type(ours) is object, name
        else:
            assert plain(ours) == plain(value), name


@pytest.mark.parametrize("module", MODULES)
def test_names_that_programs_import_from_elsewhere_are_there(module: str) -> None:
    found = importlib.import_module(module)
    for text in MODULES[module].get("imported", {}).get("O365", []):
        name = text.split(" ")[0]
        if name in {"TYPE_CHECKING", "annotations"}:
            continue
        assert hasattr(found, name), f"{module}.{name}"


@each_class
def test_classes_have_their_bases(place: str) -> None:
    names = {base.__name__ for base in named(place).__mro__}
    for base in CLASSES[place]["bases"]:
        assert base.rpartition(".")[2] in names


@each_class
def test_constructors_have_their_parameters(place: str) -> None:
    text = CLASSES[place].get("init", "inherited")  # enumerations have none
    if text == "inherited" or CLASSES[place].get("exception"):
        return
    assert signature(named(place).__init__) == expected(f"{place}.__init__", text)


@each_class
def test_methods_have_their_names_and_signatures(place: str) -> None:
    found = named(place)
    for name, text in CLASSES[place].get("methods", {}).items():
        kind, _, rest = text.partition("(")
        raw = inspect.getattr_static(found, name)
        assert isinstance(raw, staticmethod) == kind.startswith("staticmethod"), name
        assert isinstance(raw, classmethod) == kind.startswith("classmethod"), name
        assert signature(getattr(found, name)) == expected(f"{place}.{name}", f"({rest}"), name


@each_class
def test_properties_can_be_read_and_set_as_before(place: str) -> None:
    for name, access in CLASSES[place].get("properties", {}).items():
        found = inspect.getattr_static(named(place), name)
        if inspect.ismethoddescriptor(found) or not isinstance(found, property):
            # A plain attribute of the object can be read and set.
            assert access == "rw" or not hasattr(type(found), "__set__"), name
            continue
        assert ("rw" if found.fset else "r") == access, name


@each_class
def test_class_attributes_are_there(place: str) -> None:
    for name, text in CLASSES[place].get("class_attrs", {}).items():
        found = inspect.getattr_static(named(place), name)
        if isinstance(text, str) and text.startswith("class "):
            assert getattr(named(place), name).__name__ == text.split(" ")[1].rpartition(".")[2], name
        elif text == "slot":
            assert isinstance(found, types.MemberDescriptorType), name


@each_class
def test_enumerations_have_their_members(place: str) -> None:
    if "enum" in CLASSES[place]:
        found = named(place)
        assert issubclass(found, Enum)
        assert {member.name: member.value for member in found} == CLASSES[place]["enum"]


@each_class
def test_special_methods_are_there(place: str) -> None:
    for name in CLASSES[place].get("dunders", []):
        assert callable(getattr(named(place), name)), name


def test_differences_are_differences() -> None:
    for place, (original, ours) in DIFFERENT.items():
        owner, _, name = place.rpartition(".")
        row = CLASSES[owner]
        text = row["init"] if name == "__init__" else row["methods"][name]
        assert original in text
        assert original != ours


def expected(place: str, text: str) -> str:
    original, ours = DIFFERENT.get(place, ("", ""))
    return spaced(text.replace(original, ours) if original else text)


def spaced(text: str) -> str:
    # The table says how the original imported its defaults; ours are the same by name.
    return re.sub(r"(=)(?:[A-Za-z_]\w*\.)+([A-Za-z_]\w*)", r"\1\2", re.sub(r"\s+", "", text))


def signature(function: Any) -> str:
    """Names, kinds and defaults of all parameters."""
    parts: list[str] = []
    starred = False
    for parameter in inspect.signature(inspect.unwrap(function)).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            starred = True
        elif parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        parts.append(written(parameter))
    return f"({','.join(parts)})"


def written(parameter: inspect.Parameter) -> str:
    stars = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}.get(parameter.kind.name, "")
    if parameter.default is parameter.empty:
        return f"{stars}{parameter.name}"
    return f"{parameter.name}={default(parameter.default)}"


def default(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value).rpartition(".")[2]
    if inspect.isroutine(value) or inspect.isclass(value):
        return str(value.__name__)
    return repr(value).replace(" ", "")


def plain(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value
