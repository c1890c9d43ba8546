"""The tokens of a connection: which one is sent, and how another one is fetched when it is over or refused."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, cast

from O365 import _signin

if TYPE_CHECKING:
    from requests import Session

    from O365._tokens import BaseTokenBackend
    from O365.connection import Connection

log = logging.getLogger("O365.connection")


class Tokens:
    """What a connection knows of its tokens. Renewing happens in one thread, and one process, at a time."""

    token_backend: BaseTokenBackend
    session: Session | None
    scopes: list[str] | None
    username: Any
    password: str | None
    store_token_after_refresh: bool
    _auth_flow_type: str
    _default_scope: str
    _username: str | None
    _signing: threading.RLock

    def load_token_from_backend(self) -> bool:
        """Read the tokens from where they are kept."""
        loaded: Any = self.token_backend.load_token()
        if isinstance(loaded, dict) and not self.token_backend.has_data:
            self.token_backend.token = loaded  # backends written for earlier versions return the tokens
        return bool(loaded)

    def update_session_auth_header(self, access_token: str | None = None) -> None:
        """Use a token from now on: the given one, or that of the user. Raises RuntimeError when there is none."""
        if access_token is None:
            entry = self.token_backend.get_access_token(username=self.username)
            if entry is None:
                raise RuntimeError("Access Token not found. You will need to authenticate.")
            access_token = str(entry["secret"])
        if self.session is not None:
            self.session.headers["Authorization"] = f"Bearer {access_token}"

    def refresh_token(self) -> bool:
        """Get another access token, also when the present one still holds. Raises RuntimeError when it is refused."""
        with self._signing, self.token_backend._exclusively():
            result = _signin.renew(cast("Connection", self), self._renewed_scopes())
            if result is None:
                raise RuntimeError("There is no account to renew the token of: sign in again.")
            if "error" in result:
                raise RuntimeError(f"Refresh token operation failed: {reason(result)}")
            self.update_session_auth_header(result["access_token"])
            if self.store_token_after_refresh:
                self.token_backend.save_token()
        return True

    def _renewed_scopes(self) -> list[str]:
        if self._auth_flow_type == "credentials":
            return [self._default_scope]
        return self.token_backend.get_token_scopes(username=self.username, remove_reserved=True) or (self.scopes or [])

    def _renewable(self) -> bool:
        by_itself = self._auth_flow_type == "credentials" or (
            self._auth_flow_type == "password" and bool(self.username and self.password)
        )
        return by_itself or self.token_backend.token_is_long_lived(username=self.username)

    def _try_refresh_token(self) -> bool:
        """Renew the token if that is possible, and nobody else does; whether there is another one."""
        if not self._renewable():
            log.error("The access token cannot be renewed: there is no refresh token (ask for offline_access).")
            return False
        should = self.token_backend.should_refresh_token(cast("Connection", self), username=self.username)
        if should is True:
            return self.refresh_token()
        if should is False:
            self.load_token_from_backend()
            self.update_session_auth_header()
        return True

    def _renew(self, refused: str | None) -> bool:
        """Another token than the refused one. Another thread or process may have fetched it meanwhile."""
        with self._signing:
            if self._bearer() not in {None, refused}:
                return True
            with self.token_backend._exclusively():
                if self.token_backend._reload() and not self._token_is_over():
                    self.update_session_auth_header()
                    if self._bearer() != refused:
                        return True
                return self._try_refresh_token()

    def _token_is_over(self) -> bool:
        return self.token_backend.token_is_expired(username=self.username)

    def _bearer(self) -> str | None:
        header = self.session.headers.get("Authorization") if self.session is not None else None
        return str(header).removeprefix("Bearer ") if header else None

    def _show_token(self) -> None:
        """Put the user's token into the session, or none."""
        assert self.session is not None
        entry = self.token_backend.get_access_token(username=self._username)
        if entry is None:
            self.session.headers.pop("Authorization", None)
        else:
            self.update_session_auth_header(str(entry["secret"]))


def reason(result: dict[str, Any] | None) -> str:
    """Why the sign-in service gave no token."""
    found = result or {}
    return f"{found.get('error', 'no answer')} {found.get('error_description', '')}".strip()
