"""The token cache that every backend is: msal fills it, the connection reads it, a backend keeps it somewhere.

The format is that of msal's own cache, as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from msal.token_cache import TokenCache

from O365._names import RESERVED_SCOPES
from O365._waiting import put_flow, take_flow

if TYPE_CHECKING:
    from O365.connection import Connection

ACCESS, REFRESH, IDENTITY, ACCOUNT = "AccessToken", "RefreshToken", "IdToken", "Account"
FLOWS = "O365AuthFlows"
"""Where a backend keeps sign-ins that have begun; gone when they are done."""


class CryptographyManagerType(Protocol):
    """What encrypts and decrypts the serialized tokens."""

    def encrypt(self, data: bytes | str) -> bytes | str: ...

    def decrypt(self, data: bytes | str) -> bytes | str: ...


class BaseTokenBackend(TokenCache):  # type: ignore[misc] # msal is untyped
    """Tokens in memory, and the methods that a place to keep them implements: load, save, delete, check."""

    serializer: Any = json

    def __init__(self) -> None:
        super().__init__()
        self._has_state_changed = False
        self._turn = threading.RLock()
        self.cryptography_manager: CryptographyManagerType | None = None

    @property
    def has_data(self) -> bool:
        """Whether there are tokens in memory."""
        return bool(self._cache)

    @property
    def token(self) -> dict[str, Any]:
        """The whole cache, as backends of earlier versions call it."""
        cache: dict[str, Any] = self._cache
        return cache

    @token.setter
    def token(self, value: dict[str, Any]) -> None:
        self._cache = value

    # What is in the cache.

    def token_expiration_datetime(self, *, username: str | None = None) -> dt.datetime | None:
        """When the access token ends, in local time without a zone; None when there is none."""
        expires = self._expires_on(username)
        return None if expires is None else dt.datetime.fromtimestamp(expires)

    def token_is_expired(self, *, username: str | None = None) -> bool:
        """Whether there is no access token whose time is not over."""
        expires = self._expires_on(username)
        return expires is None or time.time() >= expires

    def token_is_long_lived(self, *, username: str | None = None) -> bool:
        """Whether there is a refresh token."""
        return self.get_refresh_token(username=username) is not None

    def get_all_accounts(self) -> list[dict[str, Any]]:
        return self._entries(ACCOUNT)

    def get_account(self, *, username: str | None = None, home_account_id: str | None = None) -> dict[str, Any] | None:
        """The account of a user name or id; the first one without either. Raises ValueError when both are given."""
        if username and home_account_id:
            raise ValueError('Provide nothing or either username or home_account_id to "get_account", but not both')
        for account in self._entries(ACCOUNT):
            if home_account_id and account.get("home_account_id") != home_account_id:
                continue
            if username and not _same_name(account.get("username"), username):
                continue
            return account
        return None

    def get_access_token(self, *, username: str | None = None) -> dict[str, Any] | None:
        """The access token that lives longest, as an entry of msal's cache; the token itself is under `secret`."""
        return max(self._of(ACCESS, username), key=lambda entry: int(entry.get("expires_on") or 0), default=None)

    def get_refresh_token(self, *, username: str | None = None) -> dict[str, Any] | None:
        """The newest refresh token."""
        found = self._of(REFRESH, username)
        return max(found, key=lambda entry: int(entry.get("last_modification_time") or 0), default=None)

    def get_id_token(self, *, username: str | None = None) -> dict[str, Any] | None:
        return next(iter(self._of(IDENTITY, username)), None)

    def get_token_scopes(self, *, username: str | None = None, remove_reserved: bool = False) -> list[str] | None:
        """The scopes of the refresh token, else of the access token; None without tokens."""
        entry = self.get_refresh_token(username=username)
        if entry is None or not entry.get("target"):
            entry = self.get_access_token(username=username) or entry
        if entry is None:
            return None
        scopes = str(entry.get("target") or "").split()
        return [scope for scope in scopes if scope not in RESERVED_SCOPES] if remove_reserved else scopes

    def remove_data(self, *, username: str) -> bool:
        """Remove the account of a user and all of its tokens; False when there is none."""
        account = self.get_account(username=username)
        if not account:
            return False
        home = account.get("home_account_id")
        with self._lock:
            for kind in (ACCESS, REFRESH, IDENTITY, ACCOUNT):
                entries = self._cache.get(kind, {})
                for key in [key for key, entry in entries.items() if entry.get("home_account_id") == home]:
                    del entries[key]
            self._has_state_changed = True
        return True

    # What msal changes.

    def add(self, event: dict[str, Any], **kwargs: Any) -> None:
        super().add(event, **kwargs)
        self._has_state_changed = True

    def modify(
        self, credential_type: str, old_entry: dict[str, Any], new_key_value_pairs: dict[str, Any] | None = None
    ) -> None:
        super().modify(credential_type, old_entry, new_key_value_pairs)
        self._has_state_changed = True

    # Text and back.

    def serialize(self) -> bytes | str:
        """The cache as JSON, encrypted when there is a cryptography manager."""
        with self._lock:
            text: bytes | str = self.serializer.dumps(self._cache, indent=4)
            self._has_state_changed = False
        return text if self.cryptography_manager is None else self.cryptography_manager.encrypt(text)

    def deserialize(self, token_cache_state: bytes | str) -> dict[str, Any]:
        """The cache that a text holds; it does not become this backend's."""
        with self._lock:
            self._has_state_changed = False
        if not token_cache_state:
            return {}
        text = token_cache_state
        if self.cryptography_manager is not None:
            text = self.cryptography_manager.decrypt(text)
        found: dict[str, Any] = self.serializer.loads(text)
        return found

    # Where tokens are kept: for subclasses.

    def load_token(self) -> bool:
        """Read the tokens into memory; False when there are none."""
        raise NotImplementedError

    def save_token(self, force: bool = False) -> bool:
        """Keep the tokens, unless nothing changed; False when there are none."""
        raise NotImplementedError

    def delete_token(self) -> bool:
        """Remove the kept tokens; False when there are none."""
        raise NotImplementedError

    def check_token(self) -> bool:
        """Whether tokens are kept."""
        raise NotImplementedError

    def should_refresh_token(self, con: Connection | None = None, *, username: str | None = None) -> bool | None:  # noqa: ARG002 - for subclasses
        """Asked before a token is renewed, for backends that several programs share.

        True: renew it. False: somebody did; read the tokens again. None: this method did, and told the connection.
        """
        return True

    # Between the backends and the connection.

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Nobody else renews these tokens meanwhile. A thread may enter again."""
        with self._turn:
            yield

    def _reload(self) -> bool:
        """Read what another process may have kept; whether that is possible."""
        return False

    def _adopt(self, text: bytes | str) -> bool:
        """Take a text for the cache. Raises ValueError for tokens of the versions before 2.1."""
        found = self.deserialize(text)
        if "access_token" in found:
            raise ValueError("The token that is stored is of a version before 2.1. Delete it and authenticate again.")
        self._cache = found
        return bool(found)

    def _worth_saving(self, force: bool) -> bool | None:
        """True: save. False: there is nothing. None: nothing changed."""
        if not self._cache:
            return False
        return True if force or self._has_state_changed else None

    def _drop_app_tokens(self) -> dict[str, Any]:
        """Forget the access tokens of the app itself, so that msal asks for one; what was forgotten."""
        with self._lock:
            entries = self._cache.get(ACCESS, {})
            gone = {key: entry for key, entry in entries.items() if not entry.get("home_account_id")}
            for key in gone:
                del entries[key]
        return gone

    def _put_back(self, entries: Mapping[str, Any]) -> None:
        with self._lock:
            self._cache.setdefault(ACCESS, {}).update(entries)

    def _keep_flow(self, flow: Mapping[str, Any]) -> None:
        """Keep a sign-in that has begun, for the process that finishes it."""
        if not self._cache:
            self.load_token()
        with self._lock:
            put_flow(self._cache.setdefault(FLOWS, {}), flow)
        self.save_token(force=True)

    def _take_flow(self, state: str) -> dict[str, Any] | None:
        """The sign-in with a state, which can be finished once."""
        if FLOWS not in self._cache:
            self.load_token()
        with self._lock:
            flows = self._cache.get(FLOWS, {})
            found = take_flow(flows, state)
            if not flows:
                self._cache.pop(FLOWS, None)
            self._has_state_changed = self._has_state_changed or found is not None
        return found

    def _expires_on(self, username: str | None) -> int | None:
        entry = self.get_access_token(username=username)
        return None if entry is None or not entry.get("expires_on") else int(entry["expires_on"])

    def _entries(self, kind: str) -> list[dict[str, Any]]:
        # Not msal's search: that one throws expired tokens away, and with them the scopes to ask for again.
        with self._lock:
            return list(self._cache.get(kind, {}).values())

    def _of(self, kind: str, username: str | None) -> list[dict[str, Any]]:
        entries = self._entries(kind)
        if not username:
            return entries
        account = self.get_account(username=username)
        home = account.get("home_account_id") if account else None
        return [entry for entry in entries if home and entry.get("home_account_id") == home]


def _same_name(left: str | None, right: str) -> bool:
    return left is not None and left.lower() == right.lower()
