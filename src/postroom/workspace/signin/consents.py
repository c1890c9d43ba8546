"""What users, or an administrator for all of them, allow an app to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from postroom.workspace.clock import Clock
from postroom.workspace.signin.database import Database
from postroom.workspace.signin.permissions import PERMISSIONS
from postroom.workspace.signin.scopes import GRAPH, Asked

EVERYBODY: Final = ""
_FIRST: Final = {GRAPH: "User.Read"}
_OTHER_APP: Final = "user_impersonation"
"""What `.default` asks for of those who allowed nothing yet."""


@dataclass(frozen=True, slots=True)
class Consent:
    """`user` is an id, or EVERYBODY."""

    user: str
    scope: str
    created_s: int


class Consents:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def allowed(self, app_id: str, user_id: str) -> frozenset[str]:
        """What this user and the administrator allow it."""
        with self._database.read() as connection:
            query = "SELECT scope FROM consent WHERE app = ? AND user IN (?, '')"
            return frozenset(row[0] for row in connection.execute(query, (app_id, user_id)).fetchall())

    def filled(self, app_id: str, user_id: str, asked: Asked) -> Asked:
        """With the permissions that `.default` stands for: those that are allowed."""
        if not asked.default:
            return asked
        prefix = f"{asked.audience}/" if asked.for_app else ""
        found = [scope for scope in sorted(self.allowed(app_id, user_id)) if _is_of(scope, prefix)]
        names = [scope.removeprefix(prefix) for scope in found]
        first = _OTHER_APP if asked.for_app else _FIRST.get(asked.audience, "Mail.Read")
        return asked.with_permissions(names or (first,))

    def missing(self, app_id: str, user_id: str, asked: Asked) -> tuple[str, ...]:
        """What is still to be allowed. Signing in itself is allowed together with anything else."""
        allowed = self.allowed(app_id, user_id)
        lacking = tuple(key for key in asked.keys if key not in allowed)
        return lacking if allowed else (*asked.openid, *lacking)

    def allow(self, app_id: str, user_id: str, scopes: Iterable[str]) -> None:
        """Write down what was allowed; EVERYBODY as the user is for the administrator to say."""
        now_s = int(self._clock().timestamp())
        with self._database.write() as connection:
            rows = [(app_id, user_id, scope, now_s) for scope in scopes]
            connection.executemany("INSERT OR IGNORE INTO consent VALUES (?, ?, ?, ?)", rows)

    def withdraw(self, app_id: str, user_id: str, scopes: Iterable[str]) -> None:
        """Take these back. Tokens that came of them work until their sign-ins are ended."""
        with self._database.write() as connection:
            rows = [(app_id, user_id, scope) for scope in scopes]
            connection.executemany("DELETE FROM consent WHERE app = ? AND user = ? AND scope = ?", rows)

    def list(self, app_id: str) -> tuple[Consent, ...]:
        """All of an app, those for everybody first."""
        with self._database.read() as connection:
            query = "SELECT user, scope, created_s FROM consent WHERE app = ? ORDER BY user, scope"
            return tuple(Consent(*row) for row in connection.execute(query, (app_id,)).fetchall())


def for_administrators(scopes: Iterable[str]) -> tuple[str, ...]:
    """Which of them a user cannot allow."""
    found = ((scope, PERMISSIONS.get(scope.lower())) for scope in scopes)
    return tuple(scope for scope, permission in found if permission is not None and permission.admin)


def _is_of(scope: str, prefix: str) -> bool:
    """Whether a consent is one of an app, or with an empty prefix one of Graph."""
    return scope.startswith(prefix) if prefix else scope.lower() in PERMISSIONS
