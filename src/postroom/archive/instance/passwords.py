"""Passwords as Argon2id hashes (RFC 9106)."""

from __future__ import annotations

import hmac
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from postroom import settings
from postroom.archive.instance.identifiers import is_storable
from postroom.errors import Invalid

MAX_CHARS = 1024
REMEMBERED = 1000


class Passwords:
    """Hashes and verifies.

    A Basic-auth client sends its password with each request, and Argon2 is slow on purpose: a success is remembered
    for `remember_s` as a MAC under a key of this process, bound to the hash it was verified against.
    """

    def __init__(
        self,
        costs: settings.Passwords = settings.Passwords(),  # noqa: B008  (frozen)
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hasher = PasswordHasher(costs.time_cost, costs.memory_kib, costs.parallelism)
        self._dummy = self._hasher.hash(secrets.token_hex(16))
        self._key = secrets.token_bytes(32)
        self._remember_s, self._monotonic = costs.remember_s, monotonic
        self._seen: OrderedDict[Hashable, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    def hash(self, password: str) -> str:
        """Raises Invalid for what is too long or not Unicode text."""
        return self._hasher.hash(_checked(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one of this hash; as slow for no hash as for a wrong password."""
        try:
            good = self._hasher.verify(stored or self._dummy, _checked(password))
        except (VerificationError, Invalid):
            return False
        return good and stored is not None

    def outdated(self, stored: str) -> bool:
        """True when the hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(stored)

    def remembered(self, who: Hashable, stored: str | None, password: str) -> bool:
        """True when `remember` was told the same a short while ago."""
        mac = self._mac(stored, password)
        with self._lock:
            known, until = self._seen.get(who, (b"", 0.0))
        return self._monotonic() < until and hmac.compare_digest(known, mac)

    def remember(self, who: Hashable, stored: str | None, password: str, most_s: float = math.inf) -> None:
        """For `remember_s`, or `most_s` where that is less."""
        until = self._monotonic() + min(self._remember_s, most_s)
        with self._lock:
            self._seen[who] = self._mac(stored, password), until
            self._seen.move_to_end(who)
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def _mac(self, stored: str | None, password: str) -> bytes:
        text = f"{stored}\0{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256")


def _checked(password: str) -> str:
    if len(password) > MAX_CHARS:
        raise Invalid("password", f"at most {MAX_CHARS} characters")
    if not is_storable(password):
        raise Invalid("password", "Unicode text")
    return password
