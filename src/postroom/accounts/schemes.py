"""Passwords of accounts as the hashes that Dovecot 2.3 reads: `{SCHEME}hash`, or crypt(3) without a prefix.

`hash` writes the schemes of the setting, `verify` reads those and all others that are found in directories. What
cannot be verified here (CRAM-MD5, NTLM, ...) is never true. Tests hold all this against Dovecot itself.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import bcrypt
from argon2 import PasswordHasher
from passlib.hash import sha512_crypt

from postroom.accounts.errors import InvalidScheme, PasswordRefused
from postroom.accounts.scheme_checks import BCRYPT_BYTES, PREFIX, check, dovecot_pbkdf2
from postroom.errors import Invalid

MAX_BYTES: Final = 1024
"""Of a password; the work of some schemes grows with its length."""
MAX_HASH_CHARS: Final = 255
"""Width of the column."""

# Of new hashes: some 50 ms each. IMAP clients sign in often, and Dovecot's workers have little memory.
SALT_BYTES: Final = 16
PBKDF2_ROUNDS: Final = 100_000
BCRYPT_COST: Final = 10
CRYPT_ROUNDS: Final = 100_000
ARGON2: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash(password: str, scheme: str) -> str:  # noqa: A001  what it does
    """A new hash. Raises Invalid for a password that the scheme cannot take (PasswordRefused when it is too
    long), InvalidScheme for one not in SCHEMES."""
    write = SCHEMES.get(scheme.upper())
    if write is None:
        raise InvalidScheme(SCHEMES, "password scheme")
    return write(_checked(password, BCRYPT_BYTES if scheme.upper() == "BCRYPT" else MAX_BYTES))


def verify(stored: str, password: str) -> bool:
    """Whether the password is that of a stored hash; False for hashes that cannot be read, and for no password."""
    try:
        return check(stored)(_checked(password, MAX_BYTES).encode())
    except (ValueError, Invalid):
        return False


def verify_any(stored: Iterable[str], password: str) -> bool:
    """The same for an LDAP entry, which may have several hashes."""
    return True in [verify(value, password) for value in stored]  # all of them: as long whichever it is


def dummy(password: str, scheme: str) -> bool:
    """False, after the work of `verify`: for an account that does not exist, so that nobody learns this by the time
    it takes. `scheme` is that of new passwords."""
    verify(_dummy_hash(scheme), password)
    return False


def is_of(stored: str, scheme: str) -> bool:
    """Whether to verify the hash takes about as long as to verify a new one of this scheme."""
    return _kind(stored) == _kind(_dummy_hash(scheme))


def _kind(stored: str) -> str:
    """`{CRYPT}$6$`, `{SSHA512}`."""
    match = _KIND.match(stored)
    return match[0].upper() if match else ""


def accepted(password_hash: str, field: str = "password_hash") -> str:
    """A hash made elsewhere as it is stored: under a name that Dovecot knows.

    Raises InvalidScheme when the prefix is missing or not in ACCEPTED, Invalid when the rest is no such hash.
    """
    match = PREFIX.fullmatch(password_hash)
    if match is None or match[1].upper() not in ACCEPTED:
        raise InvalidScheme(ACCEPTED, field)
    if len(password_hash) > MAX_HASH_CHARS or not password_hash.isprintable() or not _is_whole(password_hash):
        raise Invalid(field, f"a whole hash of the scheme {match[1]}, at most {MAX_HASH_CHARS} characters")
    # Dovecot knows no BCRYPT.
    return re.sub(r"^\{BCRYPT", "{CRYPT", password_hash, flags=re.IGNORECASE)


ACCEPTED: Final = (
    "PLAIN", "CRYPT", "MD5", "PLAIN-MD5", "SHA", "SSHA", "SHA512", "SSHA512", "SHA512-CRYPT", "BCRYPT", "BLF-CRYPT",
    "CRAM-MD5", "NTLM", "PBKDF2", "ARGON2ID",
)  # fmt: skip
"""What the API takes: the original's, and what else we write."""
# What Dovecot and crypt(3) may verify although we cannot: a context of HMAC-MD5, an NT hash, yescrypt and others.
_UNVERIFIABLE: Final = re.compile(
    r"\{CRAM-MD5\}[0-9a-f]{64}|\{NTLM\}[0-9a-f]{32}|\{(SHA512-)?CRYPT\}\$(y|gy|7|sha1|sm3)\$[./a-z0-9$=,]+",
    re.IGNORECASE,
)


_KIND: Final = re.compile(r"\{[^}]*\}(\$[a-z0-9]+\$)?", re.IGNORECASE)


def _is_whole(stored: str) -> bool:
    try:
        check(stored)
    except ValueError:
        return _UNVERIFIABLE.fullmatch(stored) is not None
    return True


def _checked(password: str, most: int) -> str:
    try:
        size = len(password.encode())
    except UnicodeEncodeError as error:
        raise Invalid("password", "Unicode text") from error
    # No login can send one with NUL: it separates the fields of SASL PLAIN, and ends the text for crypt(3).
    if not password or "\0" in password:
        raise Invalid("password", "a text without NUL that is not empty")
    if size > most:
        raise PasswordRefused(["too_long"], f"at most {most} bytes")
    return password


@functools.cache
def _dummy_hash(scheme: str) -> str:
    return hash(secrets.token_hex(16), scheme)


def _salted(scheme: str, algorithm: str) -> Callable[[str], str]:
    def write(password: str) -> str:
        salt = secrets.token_bytes(SALT_BYTES)
        digest = hashlib.new(algorithm, password.encode() + salt).digest()
        return f"{{{scheme}}}{base64.b64encode(digest + salt).decode()}"

    return write


def _write_pbkdf2(password: str) -> str:
    salt = secrets.token_urlsafe(SALT_BYTES)
    return f"{{PBKDF2}}$1${salt}${PBKDF2_ROUNDS}${dovecot_pbkdf2(password.encode(), salt, PBKDF2_ROUNDS)}"


_SHA512_CRYPT: Final = sha512_crypt.using(rounds=CRYPT_ROUNDS)  # type: ignore[no-untyped-call]
SCHEMES: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "SSHA": _salted("SSHA", "sha1"),
        "SSHA512": _salted("SSHA512", "sha512"),
        "PBKDF2": _write_pbkdf2,
        "BCRYPT": lambda password: "{CRYPT}" + bcrypt.hashpw(password.encode(), bcrypt.gensalt(BCRYPT_COST)).decode(),
        "ARGON2ID": lambda password: "{ARGON2ID}" + ARGON2.hash(password),
        "CRYPT": lambda password: "{CRYPT}" + _SHA512_CRYPT.hash(password),
    }
)
"""Those that `hash` writes."""
