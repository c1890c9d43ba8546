"""How each kind of stored password hash is verified; `schemes` is the front of this.

The names are Dovecot's and OpenLDAP's, without regard to case, and may carry Dovecot's `.B64`, `.BASE64`, `.HEX`. A
hash without a name is crypt(3)'s.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import bcrypt
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerificationError
from passlib.hash import des_crypt, md5_crypt, pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512, sha256_crypt, sha512_crypt

PREFIX: Final = re.compile(r"\{([A-Za-z0-9-]+)(?:\.([A-Za-z0-9]+))?\}(.*)", re.DOTALL)
"""Scheme, encoding, hash."""
BCRYPT_BYTES: Final = 72

# A second or so. Who may store a hash must not be able to keep the server busy with it.
MOST_ROUNDS: Final = 2_000_000
MOST_BCRYPT_COST: Final = 14
MOST_ARGON2_KIB: Final = 256 * 1024  # libsodium's "moderate", not its "sensitive"
MOST_ARGON2_KIB_PASSES: Final = 1024 * 1024
MOST_ARGON2_THREADS: Final = 16

Check = Callable[[bytes], bool]

_BCRYPT: Final = re.compile(r"\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}")


def check(stored: str) -> Check:
    """The verification of a stored hash. Raises ValueError for what cannot be read, or would take too long."""
    match = PREFIX.fullmatch(stored)
    scheme, encoding, body = match.groups() if match else ("CRYPT", None, stored)
    make = _CHECKS.get(scheme.upper())
    if make is None or not body:
        raise ValueError("The scheme of a password cannot be verified.")
    return make(body, (encoding or "").upper())


def _plain(body: str, encoding: str) -> Check:
    stored = _decoded(body, encoding) if encoding else body.encode()
    return lambda password: hmac.compare_digest(stored, password)


def _digest(algorithm: str, *, salted: bool = False) -> Callable[[str, str], Check]:
    size = hashlib.new(algorithm).digest_size

    def make(body: str, encoding: str) -> Check:
        # Without a name for it, Dovecot knows hex by its length.
        data = _decoded(body, encoding or ("HEX" if not salted and len(body) == 2 * size else "B64"))
        digest, salt = data[:size], data[size:]
        if len(digest) != size or (salt and not salted):
            raise ValueError("A stored digest has the wrong length.")
        return lambda password: hmac.compare_digest(hashlib.new(algorithm, password + salt).digest(), digest)

    return make


def _md5(body: str, encoding: str) -> Check:
    """Dovecot's name for two things."""
    return _crypt(body, encoding) if body.startswith("$1$") else _digest("md5")(body, encoding)


def _crypt(body: str, encoding: str) -> Check:
    body = _decoded(body, encoding).decode("ascii") if encoding else body
    if body.startswith("$2"):
        return _check_bcrypt(body)
    return _passlib(_CRYPT_METHODS.get(body[:3], des_crypt), body)


def _passlib(method: Any, stored: str) -> Check:  # the handlers have no common type
    parts = method.from_string(stored)
    if parts.checksum is None or getattr(parts, "rounds", 0) > MOST_ROUNDS:
        raise ValueError("A stored hash is cut off, or has too many rounds.")
    return lambda password: bool(method.verify(password, stored))


def _check_bcrypt(body: str) -> Check:
    match = _BCRYPT.fullmatch(body)
    if match is None or int(match[1]) > MOST_BCRYPT_COST:
        raise ValueError("A stored bcrypt hash is damaged, or costs too much.")
    # crypt(3) looks at so many bytes; the library refuses more.
    return lambda password: bcrypt.checkpw(password[:BCRYPT_BYTES], body.encode())


def _check_pbkdf2(prefix: str) -> Callable[[str, str], Check]:
    """Dovecot's form `$1$salt$rounds$hex`, or that of passlib and OpenLDAP: with `prefix`, `rounds$salt$hash`."""

    def make(body: str, _encoding: str) -> Check:
        if body.startswith("$1$"):
            return _check_dovecot_pbkdf2(body)
        whole = body if body.startswith("$pbkdf2") else prefix + body
        method = next((each for each in (pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512) if each.identify(whole)), None)
        if method is None:
            raise ValueError("A stored PBKDF2 hash is of no known form.")
        return _passlib(method, whole)

    return make


def _check_dovecot_pbkdf2(body: str) -> Check:
    match = re.fullmatch(r"\$1\$([^$]*)\$([0-9]{1,9})\$([0-9a-fA-F]{40})", body)
    if match is None or not 0 < int(match[2]) <= MOST_ROUNDS:
        raise ValueError("A stored PBKDF2 hash is damaged, or has too many rounds.")
    salt, rounds, digest = match[1], int(match[2]), match[3].lower()
    return lambda password: hmac.compare_digest(dovecot_pbkdf2(password, salt, rounds), digest)


def dovecot_pbkdf2(password: bytes, salt: str, rounds: int) -> str:
    """Dovecot's kind: HMAC-SHA1, the salt as the characters it is written with."""
    return hashlib.pbkdf2_hmac("sha1", password, salt.encode(), rounds).hex()


def _argon2(body: str, _encoding: str) -> Check:
    costs = extract_parameters(body)
    passes = costs.memory_cost * costs.time_cost
    limits = (MOST_ARGON2_KIB, MOST_ARGON2_KIB_PASSES, MOST_ARGON2_THREADS)
    if any(cost > limit for cost, limit in zip((costs.memory_cost, passes, costs.parallelism), limits, strict=True)):
        raise ValueError("A stored Argon2 hash costs too much.")
    return lambda password: _argon2_is(body, password)


def _argon2_is(stored: str, password: bytes) -> bool:
    try:
        return PasswordHasher().verify(stored, password)  # the costs are those of the hash
    except VerificationError:
        return False


def _decoded(body: str, encoding: str) -> bytes:
    match encoding:
        case "HEX":
            return bytes.fromhex(body)
        case "B64" | "BASE64":
            return base64.b64decode(body, validate=True)
        case _:
            raise ValueError(f"There is no encoding {encoding!r} of passwords.")


_CRYPT_METHODS: Final[Mapping[str, Any]] = {"$1$": md5_crypt, "$5$": sha256_crypt, "$6$": sha512_crypt}
_CHECKS: Final[Mapping[str, Callable[[str, str], Check]]] = MappingProxyType(
    {
        **dict.fromkeys(("PLAIN", "CLEAR", "CLEARTEXT"), _plain),
        **dict.fromkeys(("PLAIN-MD5", "LDAP-MD5"), _digest("md5")),
        **dict.fromkeys(("SHA", "SHA1"), _digest("sha1")),
        "SHA256": _digest("sha256"),
        "SHA512": _digest("sha512"),
        "SMD5": _digest("md5", salted=True),
        "SSHA": _digest("sha1", salted=True),
        "SSHA256": _digest("sha256", salted=True),
        "SSHA512": _digest("sha512", salted=True),
        "MD5": _md5,
        # Dovecot gives all of these to crypt(3), which goes by the hash itself.
        **dict.fromkeys(
            ("CRYPT", "BCRYPT", "BLF-CRYPT", "MD5-CRYPT", "SHA256-CRYPT", "SHA512-CRYPT", "DES-CRYPT"), _crypt
        ),
        **dict.fromkeys(("PBKDF2", "PBKDF2-SHA1"), _check_pbkdf2("$pbkdf2$")),
        "PBKDF2-SHA256": _check_pbkdf2("$pbkdf2-sha256$"),
        "PBKDF2-SHA512": _check_pbkdf2("$pbkdf2-sha512$"),
        **dict.fromkeys(("ARGON2", "ARGON2I", "ARGON2ID"), _argon2),
    }
)
