"""The parameters of a request, read by the rows of the contract.

Values are str, int, bool, or tuple[str, ...] for lists; what was not sent is absent. Source: iRedAdmin-Pro RESTful
API, transport rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from iredadmin.contract import DRY_RUN, Param, Route
from postroom.accounts.model import ALL, Page
from postroom.faces.iredadmin.errors import ArgumentInvalid

Value = str | int | bool | tuple[str, ...]
Given = Mapping[str, Value]
"""By the contract's names."""

ACTIVE: Final = frozenset({"active", "enable", "enabled", "yes", "1", "true"})
_FLAGS: Final = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
MOST = 2**63 - 1
"""What a database column holds."""


def read(route: Route, sent: Iterable[tuple[str, str]], *, ldap: bool) -> Given:
    """The parameters of a route. Raises ArgumentInvalid naming the parameter; others than the route's are ignored."""
    texts = dict(_first(sent))
    params = (*route.params, DRY_RUN) if route.changes else route.params
    found: dict[str, Value] = {}
    for param in params:
        text = _text(param, texts)
        # What only the other back end has is ignored, as what nobody has.
        if text is not None and (ldap or param.backends != "LDAP") and (not ldap or param.backends != "SQL"):
            found[param.name] = _value(param, text)
            if not ldap:
                _check_kept(param, found[param.name])
    _check_conflicts(params, found)
    for param in params:
        if param.required and param.name not in found:
            raise ArgumentInvalid(*_missing(param))
    return found


def _check_kept(param: Param, value: Value) -> None:
    """A list of which SQL keeps nothing would be answered with success, and not be there."""
    if param.ldap_values and isinstance(value, tuple) and value and set(value) <= set(param.ldap_values):
        here = ", ".join(word for word in param.values if word not in param.ldap_values)
        raise ArgumentInvalid("INVALID_PARAMETER", param.name, f"{here}; only LDAP servers keep {', '.join(value)}")


def _first(sent: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of a name sent twice the last counts, as in the original's framework."""
    return dict(sent)


def _text(param: Param, texts: Mapping[str, str]) -> str | None:
    """As sent under the name of today, else under an older one."""
    name = next((name for name in (param.name, *param.aliases) if name in texts), None)
    if name is None:
        return None
    # `removeAllServices` says by being there what `services` says by being empty.
    if name == "removeAllServices":
        return ""
    return texts[name] if param.secret else texts[name].strip()


def _missing(param: Param) -> tuple[str, str, str]:
    if param.name == "password":
        return "PW_EMPTY", param.name, "a password"
    return "INVALID_PARAMETER", param.name, "a value: it is required"


def _value(param: Param, text: str) -> Value:
    if len(text) > param.max_length and param.kind != "number":
        raise ArgumentInvalid("INVALID_PARAMETER", param.name, f"at most {param.max_length} characters")
    if not text.isprintable() and param.kind == "text" and not param.secret:
        raise ArgumentInvalid("INVALID_PARAMETER", param.name, "no control characters")
    return _READ[param.kind](param, text)


def _read_text(param: Param, text: str) -> str:
    if not param.values or (text == "" and param.resets):
        return text
    known = {value.lower(): value for value in param.values}
    if text.lower() not in known:
        raise ArgumentInvalid("INVALID_ACTION", param.name, "one of " + ", ".join(param.values))
    return known[text.lower()]


def _read_number(param: Param, text: str) -> int:
    digits = text.removeprefix("-")
    # Not int(): it takes "1_000" and digits of other scripts.
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19 or not _within(param, int(text)):
        raise ArgumentInvalid("INVALID_NUMBER", param.name, _range(param))
    return int(text)


def _within(param: Param, number: int) -> bool:
    low = -MOST if param.minimum is None else param.minimum
    return low <= number <= (MOST if param.maximum is None else param.maximum)


def _range(param: Param) -> str:
    low = -MOST if param.minimum is None else param.minimum
    return f"a whole number from {low} to {MOST if param.maximum is None else param.maximum}"


def _read_flag(param: Param, text: str) -> bool:
    value = _FLAGS.get(text.lower())
    if value is None:
        raise ArgumentInvalid("INVALID_ACTION", param.name, "yes or no")
    return value


def _read_status(param: Param, text: str) -> bool:
    word = text.lower()
    if word not in ACTIVE and word not in {"disabled", "disable", "no", "0", "false"}:
        raise ArgumentInvalid("INVALID_ACTION", param.name, "active or disabled")
    return word in ACTIVE


def _read_list(param: Param, text: str) -> tuple[str, ...]:
    """Trimmed, in lower case, each once; what is not allowed is dropped, as the original does."""
    items = dict.fromkeys(item.strip() for item in (text if param.cased else text.lower()).split(","))
    return tuple(item for item in items if item and (not param.values or item in param.values))


_READ: Mapping[str, Callable[[Param, str], Value]] = {
    "text": _read_text,
    "number": _read_number,
    "flag": _read_flag,
    "status": _read_status,
    "list": _read_list,
}


def _check_conflicts(params: Iterable[Param], found: Given) -> None:
    for param in params:
        for other in param.conflicts:
            if param.name in found and other in found:
                raise ArgumentInvalid("INVALID_PARAMETER", param.name, f"either {param.name} or {other}, not both")


def page(given: Given) -> Page:
    """The part of a list that is asked for; one row more, which says whether there is a rest."""
    limit: Any = given.get("limit")
    if limit is None and not given.get("search") and not given.get("after"):
        return ALL
    return Page(str(given.get("search", "")), str(given.get("after", "")), None if limit is None else limit + 1)


def asked_limit(given: Given) -> int | None:
    """How many rows the caller wants; None for all."""
    limit: Any = given.get("limit")
    return None if limit is None else int(limit)
