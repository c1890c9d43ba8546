"""A certificate of the operator with its key: read from PEM or PFX files, and checked before anybody is served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from postroom.errors import Invalid

MOST_BYTES: Final = 1 << 20
RSA_BITS: Final = 2048
KEYS: Final = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)


@dataclass(frozen=True, slots=True)
class Pair:
    """The server's certificate, those that lead from it to its authority, and its key."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: CertificateIssuerPrivateKeyTypes = field(repr=False)

    @property
    def thumbprint(self) -> str:
        return thumbprint(self.certificate)

    @property
    def subject(self) -> str:
        return self.certificate.subject.rfc4514_string()

    @property
    def pem(self) -> bytes:
        """All of it in one file, as TLS libraries load it: key, certificate, chain."""
        form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        key = self.key.private_bytes(serialization.Encoding.PEM, *form)
        return key + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (self.certificate, *self.chain))


def thumbprint(certificate: x509.Certificate) -> str:
    """SHA-1 of the certificate in capital hex, as Windows shows it."""
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303  a name, no protection


def plain(given: str) -> str:
    """A thumbprint as somebody copied it: with blanks, colons, invisible marks, or `SHA1 Fingerprint=` before it."""
    return "".join(char for char in given.rpartition("=")[2].upper() if char in "0123456789ABCDEF")


def read(path: Path, key_path: Path | None = None, password: str | None = None) -> Pair:
    """What is in a PEM file (key in it, or in `key_path`) or in a PFX file. Raises Invalid naming path, keyPath or
    password."""
    content = _content(path, "path")
    secret = password.encode() if password else None
    if b"-----BEGIN" not in content:
        return _pfx(content, secret)
    key_content = _content(key_path, "keyPath") if key_path else content
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise Invalid("path", f"a PEM or PFX file with a certificate ({error})") from error
    return _paired(_pem_key(key_content, secret, "keyPath" if key_path else "path"), certificates)


def check(pair: Pair, now: datetime) -> None:
    """That clients can be served with it. Raises Invalid("path") with what speaks against it."""
    certificate = pair.certificate
    if isinstance(pair.key, rsa.RSAPrivateKey) and pair.key.key_size < RSA_BITS:
        raise Invalid("path", f"a key of at least {RSA_BITS} bits, not {pair.key.key_size}")
    if now >= certificate.not_valid_after_utc:
        raise Invalid("path", f"a certificate in force; this one ended on {certificate.not_valid_after_utc:%Y-%m-%d}")
    if now < certificate.not_valid_before_utc:
        begin = certificate.not_valid_before_utc
        raise Invalid("path", f"a certificate in force; this one begins on {begin:%Y-%m-%d %H:%M} UTC")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE} & set(usage):
        raise Invalid("path", "a certificate for servers; this one is for something else")


def find(wanted: str, directory: Path) -> Pair | None:
    """The pair with this thumbprint among the files of a folder. Files that cannot be read alone are left out."""
    for pair in _readable(directory):
        if pair.thumbprint == wanted:
            return pair
    return None


def _readable(directory: Path) -> Iterator[Pair]:
    for file in sorted(directory.iterdir()) if directory.is_dir() else ():
        try:
            yield read(file)
        except Invalid:
            continue


def _content(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Invalid(name, f"a file that can be read ({error.strerror})") from error
    if len(content) > MOST_BYTES:
        raise Invalid(name, "a PEM or PFX file, which are smaller")
    return content


def _pem_key(content: bytes, password: bytes | None, name: str) -> CertificateIssuerPrivateKeyTypes:
    try:
        key = serialization.load_pem_private_key(content, password)
    except TypeError as error:  # a password for a key without one, or none for one with
        raise Invalid("password", "the password of the key, if it has one, and else nothing") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        if password is not None:
            raise Invalid("password", "the password of the key") from error
        raise Invalid(name, "a PEM file with the key of the certificate") from error
    if not isinstance(key, KEYS):
        raise Invalid(name, "a key of the kinds RSA, EC or Ed25519")
    return key


def _pfx(content: bytes, password: bytes | None) -> Pair:
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(content, password)
    except (ValueError, UnsupportedAlgorithm) as error:
        if "password" in str(error).lower():
            raise Invalid("password", "the password of the PFX file") from error
        raise Invalid("path", "a PEM or PFX file with a certificate and its key") from error
    if certificate is None or not isinstance(key, KEYS):
        raise Invalid("path", "a PFX file with a certificate and its key")
    return _paired(key, [certificate, *chain])


def _paired(key: CertificateIssuerPrivateKeyTypes, certificates: list[x509.Certificate]) -> Pair:
    """The certificate of the key comes first, wherever it stood in the file."""
    public = _public(key.public_key())
    own = [certificate for certificate in certificates if _public(certificate.public_key()) == public]
    if not own:
        raise Invalid("path", "a certificate that belongs to the key")
    chain = tuple(certificate for certificate in certificates if certificate != own[0])
    return Pair(own[0], chain, key)


def _public(key: object) -> bytes:
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_bytes(*form)  # type: ignore[attr-defined, no-any-return]  # each kind of public key has it
