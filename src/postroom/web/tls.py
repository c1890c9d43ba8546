"""The server's certificate: the operator's own, or one of a small authority made at first start.

`ca.pem` is what clients may trust; its key signs nothing but this server's certificates. `server.pem` holds key and
certificate and is made anew when it nears its end or when the names change, so that trust in `ca.pem` lasts.
`service.pem` is one that was chosen in its place; those that may be chosen lie in `certificates/`.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import socket
import ssl
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from postroom.errors import Invalid, NotFound, Unavailable, WrongState
from postroom.web.pairs import Pair, check, find, plain, read, thumbprint

AUTHORITY_LIFE = timedelta(days=3650)
# Longer ones are refused by some clients (CA/Browser Forum baseline requirements 6.3.2).
SERVER_LIFE = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)
ALWAYS = ("localhost", "127.0.0.1", "::1")
MICROSOFT = (
    "graph.microsoft.com", "login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net",
    "outlook.office.com", "outlook.office365.com",
)  # fmt: skip
"""Names under which clients look for Graph and its sign-in; ours where the proxy of the face brings them here."""


class Certificate:
    """Certificate and key of the listeners, with the SSL context made from them.

    `own` is a pair of PEM files (certificate chain, key) of the operator; without it `directory` holds ours, and that
    which was chosen in its place. Raises Invalid for files that are no certificate and key.
    """

    def __init__(self, directory: Path, names: Sequence[str] = (), own: tuple[Path, Path] | None = None) -> None:
        self._directory, self._names, self._own = directory, tuple(names), own
        self.context = _context()
        self._present, self._loaded = self.context, b""
        # A context that has loaded another certificate keeps the old one too, if its key is of another kind. So each
        # certificate has a context of its own, and connections are handed over to that of now.
        self.context.sni_callback = self._hand_over
        self._changing = threading.Lock()
        self.refresh(datetime.now(UTC))

    @property
    def file(self) -> Path:
        """The PEM file with the certificate."""
        if self._own:
            return self._own[0]
        return self._chosen if self._chosen.exists() else self._directory / "server.pem"

    @property
    def thumbprint(self) -> str:
        """SHA-1 of the certificate in capital hex, as Windows shows it."""
        return thumbprint(x509.load_pem_x509_certificate(self.file.read_bytes()))

    @property
    def _chosen(self) -> Path:
        return self._directory / "service.pem"

    @property
    def kept(self) -> Path:
        """The folder in which a certificate is looked for by its thumbprint."""
        return self._directory / "certificates"

    def refresh(self, now: datetime) -> None:
        """Renew ours when it is time, and load what is on the disk; new connections use it."""
        with self._changing:
            if self._own is None:
                _ensure(self._directory, _names(self._names), now)
            self._load()

    def find(self, wanted: str) -> Pair:
        """The one with this thumbprint: ours, or one of `kept`. Raises NotFound."""
        ours = self._directory / "server.pem"
        if ours.is_file() and (pair := read(ours)).thumbprint == plain(wanted):
            return pair
        found = find(plain(wanted), self.kept)
        if found is None:
            raise NotFound("certificate with the thumbprint", wanted[:100])
        return found

    def choose(self, pair: Pair, now: datetime) -> None:
        """Serve with this one from the next connection on, and after a restart. Raises Invalid when it cannot be, and
        WrongState when the settings name another."""
        if self._own:
            raise WrongState("The setting web.tls_certificate names the certificate of this server. Change it there.")
        check(pair, now)
        with self._changing:
            try:
                self._keep(pair)
            except OSError as error:
                raise Unavailable(f"The certificate cannot be kept in {self._directory}: {error.strerror}.") from error
            self._load()

    def _keep(self, pair: Pair) -> None:
        if read(self._directory / "server.pem").thumbprint == pair.thumbprint:
            self._chosen.unlink(missing_ok=True)
            return
        self.kept.mkdir(mode=0o700, exist_ok=True)
        _write(self.kept / f"{pair.thumbprint}.pem", pair.pem, 0o600)
        _write(self._chosen, pair.pem, 0o600)

    def _load(self) -> None:
        certificate, key = self._own or (self.file, self.file)
        try:
            content = certificate.read_bytes() + key.read_bytes()
            if content == self._loaded:
                return
            fresh = _context()
            fresh.load_cert_chain(certificate, key)
            if not self._loaded:
                self.context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            name = "web.tls_certificate" if self._own else certificate.name
            raise Invalid(name, f"PEM files with a certificate and its key ({error})") from error
        self._present, self._loaded = fresh, content

    def _hand_over(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._present


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _names(further: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*ALWAYS, socket.gethostname(), *further)))


def _ensure(directory: Path, names: tuple[str, ...], now: datetime) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, authority_key = _authority(directory, now)
    server = directory / "server.pem"
    if server.exists() and _usable(server.read_bytes(), authority, names, now):
        return
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _server_certificate(key, authority, authority_key, names, now)
    _write(server, _pem(key) + certificate.public_bytes(serialization.Encoding.PEM), 0o600)


def _usable(pem: bytes, authority: x509.Certificate, names: tuple[str, ...], now: datetime) -> bool:
    certificate = x509.load_pem_x509_certificate(pem)
    present = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        certificate.not_valid_after_utc - now > RENEW_BEFORE
        and certificate.issuer == authority.subject
        and set(present) == set(map(_general_name, names))
    )


def _authority(directory: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file, key_file = directory / "ca.pem", directory / "ca-key.pem"
    if file.exists() and key_file.exists():
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        if certificate.not_valid_after_utc - now > SERVER_LIFE and isinstance(key, ec.EllipticCurvePrivateKey):
            return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _authority_certificate(key, now)
    _write(key_file, _pem(key), 0o600)
    _write(file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return certificate, key


def _authority_certificate(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    # A random part: two Postrooms in one trust store must not be taken for each other.
    name = _name(f"Postroom authority {secrets.token_hex(4)} on {socket.gethostname()}"[:64])
    builder = _builder(name, name, key, now, AUTHORITY_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(_usage(sign_certificates=True), critical=True).sign(key, hashes.SHA256())


def _server_certificate(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...],
    now: datetime,
) -> x509.Certificate:
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _builder(_name(names[-1][:64]), authority.subject, key, now, SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(map(_general_name, names))), critical=False)
        .add_extension(identifier, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    # An hour back, for clients whose clock is late.
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name.encode("idna").decode())
    except UnicodeError as error:
        raise Invalid("web.names", f"host names and addresses, not {name!r}") from error


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    pkcs8 = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption())


def _write(file: Path, content: bytes, mode: int) -> None:
    """Replace a file at once; it is readable by whom `mode` says, whatever the umask."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    os.fchmod(descriptor, mode)
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    new.replace(file)
