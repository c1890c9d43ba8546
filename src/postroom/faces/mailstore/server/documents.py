"""Documents of settings as JSON objects: which key of the API is which field of the instance's dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from postroom.archive.instance.audit import Actor
from postroom.archive.instance.compliance import Document
from postroom.errors import Invalid


class Call(Protocol):
    """Of a function: who does it."""

    @property
    def by(self) -> Actor: ...


def shown(document: Document[Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """The document under the API's keys."""
    value = document.get()
    return {key: getattr(value, field) for key, field in keys.items()}


def update(call: Call, document: Document[Any], keys: Mapping[str, str], given: Mapping[str, object]) -> None:
    """Change the keys given. Raises Invalid naming the key that is unknown or has a value that will not do."""
    if unknown := sorted(given.keys() - keys.keys()):
        raise Invalid(unknown[0], f"one of the keys {', '.join(keys)}")
    changes = {keys[key]: value for key, value in given.items()}
    try:
        document.update(changes, call.by)
    except Invalid as error:
        # The caller knows the field under the API's name.
        name = next((key for key, field in keys.items() if field == error.field), error.field)
        raise Invalid(name, error.expected) from error


def json_object(name: str, value: Any) -> dict[str, object]:
    """An argument that must be a JSON object."""
    if not isinstance(value, dict):
        raise Invalid(name, "a JSON object")
    return value
