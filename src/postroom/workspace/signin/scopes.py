"""The `scope` of a request: what a program asks for, and of which resource."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

import msgspec

from postroom.workspace.signin.errors import BadField, MissingField, MixedScopes, UnknownResource, UnknownScope
from postroom.workspace.signin.permissions import OPENID, PERMISSIONS

MOST_CHARS: Final = 8192
MOST_SCOPES: Final = 200
MOST_CLOSE: Final = 60
GRAPH: Final = "https://graph.microsoft.com"
OUTLOOK: Final = "https://outlook.office.com"
RESOURCES: Final = {
    GRAPH: GRAPH,
    "00000003-0000-0000-c000-000000000000": GRAPH,
    "https://graph.microsoft.com.": GRAPH,
    OUTLOOK: OUTLOOK,
    "https://outlook.office365.com": OUTLOOK,
    "https://outlook.com": OUTLOOK,
    "00000002-0000-0ff1-ce00-000000000000": OUTLOOK,
}
"""What programs call our two resources."""
DEFAULT: Final = ".default"


@dataclass(frozen=True, slots=True)
class Asked:
    """`audience` is one of our resources or the id of an app; `permissions` are names as the table spells them.

    `words` are the scopes as they were written: answers repeat them, because programs compare texts.
    """

    audience: str = GRAPH
    permissions: tuple[str, ...] = ()
    openid: tuple[str, ...] = ()
    default: bool = False
    words: tuple[str, ...] = ()

    @property
    def for_app(self) -> bool:
        """Whether it is for another app, in whose name nothing is checked here."""
        return self.audience not in (GRAPH, OUTLOOK)

    @property
    def keys(self) -> tuple[str, ...]:
        """The permissions as consents name them: those of another app with its id."""
        return tuple(map(self.key, self.permissions))

    def key(self, permission: str) -> str:
        return f"{self.audience}/{permission}" if self.for_app else permission

    def with_permissions(self, permissions: Collection[str]) -> Asked:
        """The same with these, where it asked for those that the app is meant to have."""
        return replace(self, permissions=tuple(dict.fromkeys((*self.permissions, *permissions))))

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Asked:
        return msgspec.json.decode(text, type=cls)


def parse(scope: str, resource: str = "", own: Collection[str] = ()) -> Asked:
    """Read a scope, or the `resource` of the older forms. `own` are further URLs of our Graph.

    Raises MissingField, UnknownScope, UnknownResource, MixedScopes, BadField.
    """
    words = tuple(dict.fromkeys(scope.split()))
    if len(scope) > MOST_CHARS or len(words) > MOST_SCOPES:
        raise BadField("scope", f"at most {MOST_SCOPES} scopes")
    if resource:
        return _of_resource(words, _audience(resource, own) or _unknown(resource))
    if not words:
        raise MissingField("scope")
    openid = tuple(word.lower() for word in words if word.lower() in OPENID)
    others = [_split(word, own) for word in words if word.lower() not in OPENID]
    audiences = {audience for audience, _ in others}
    if len(audiences) > 1:
        raise MixedScopes
    audience = audiences.pop() if audiences else GRAPH
    names = [name for _, name in others]
    default = any(name.lower() == DEFAULT for name in names)
    permissions = (_known(name, audience) for name in names if name.lower() != DEFAULT)
    return Asked(audience, tuple(dict.fromkeys(permissions)), openid, default, words)


def _of_resource(words: tuple[str, ...], audience: str) -> Asked:
    """The older forms ask for all that the app is meant to have; a `scope` beside it may ask to sign in."""
    openid = tuple(word.lower() for word in words if word.lower() in OPENID)
    return Asked(audience, (), openid, True, words)


def _unknown(resource: str) -> str:
    raise UnknownResource(resource)


def _split(word: str, own: Collection[str]) -> tuple[str, str]:
    """Audience and name of one scope: `Mail.Read`, `https://graph.microsoft.com/Mail.Read`, `{app}/.default`."""
    prefix, slash, name = word.rpartition("/")
    if not slash:
        return GRAPH, name
    audience = _audience(prefix, own)
    if audience is None or not name:
        raise UnknownScope(word)
    return audience, name


def _audience(text: str, own: Collection[str]) -> str | None:
    """Which resource a URL, or the id of an app, names. Whether there is such an app is asked later."""
    plain = text.rstrip("/").lower()
    for suffix in ("", "/v1.0", "/beta", "/api/v2.0"):
        base = plain.removesuffix(suffix)
        if base in RESOURCES:
            return RESOURCES[base]
        if base in own:
            return GRAPH
    app = plain.removeprefix("api://")
    return app if _is_id(app) else None


def _is_id(text: str) -> bool:
    parts = text.split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(c in "0123456789abcdef" for c in "".join(parts))


def _known(name: str, audience: str) -> str:
    if audience not in (GRAPH, OUTLOOK):
        return name
    found = PERMISSIONS.get(name.lower())
    if found is None or not found.signed_in:
        raise UnknownScope(name, _close(name))
    return found.name


def _close(name: str) -> str | None:
    """The scope that may have been meant. Comparing takes long with what is much longer than any name."""
    known = {key: one.name for key, one in PERMISSIONS.items() if one.signed_in}
    close = get_close_matches(name[:MOST_CLOSE].lower(), known, 1, 0.8)
    return known[close[0]] if close else None
