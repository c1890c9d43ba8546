"""A private OpenLDAP server with the tree of accounts, on a free port of loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.accounts.services.process import Service, answers, missing, program, require_user, run, scratch
from tests.ports import free_port

from postroom.accounts.backends.ldap.initialise import access_rules
from postroom.accounts.backends.ldap.schema import NEEDS, schema_ldif
from postroom.settings import Accounts

SUFFIX: Final = "dc=mail,dc=test"
MANAGER: Final = f"cn=manager,{SUFFIX}"
MANAGER_PASSWORD: Final = "managers secret"
READER: Final = f"cn=vmail,{SUFFIX}"
READER_PASSWORD: Final = "readers secret"
WRITER: Final = f"cn=vmailadmin,{SUFFIX}"
WRITER_PASSWORD: Final = "writers secret"

_SCHEMAS: Final = Path("/etc/ldap/schema")
_MODULES: Final = ("/usr/lib/ldap", "/usr/lib/openldap", "/usr/lib64/openldap")
_INDEXES: Final = (
    "objectClass eq",
    "mail,domainName,domainAliasName,shadowAddress,mailForwardingAddress,memberOfGroup,domainAdmin eq,sub",
    "accountStatus,domainStatus,enabledService,domainBackupMX eq",
)


class Slapd(Service):
    """Starts without entries: `postroom.accounts.backends.ldap.initialise` makes those of the tree.

    Like a stock server it answers a search with at most 500 entries; only pages get all.
    """

    def __init__(self, folder: Path, port: int, certificates: Path | None = None) -> None:
        self.port, self.uri, self.certificates = port, f"ldap://127.0.0.1:{port}", certificates
        self.tls_uri = f"ldaps://127.0.0.1:{free_port()}"
        self.user = require_user("openldap")
        command: list[str | Path] = [
            program("slapd"),
            "-h",
            f"{self.uri}/ {self.tls_uri}/",
            "-F",
            folder / "slapd.d",
            "-d",
            "0",
        ]
        super().__init__("slapd", command, folder=folder, ready=lambda: answers(port), user=self.user)

    def configure(self) -> None:
        """Write `slapd.d`."""
        for name in ("slapd.d", "data"):
            (self.folder / name).mkdir()
        if self.certificates:
            shutil.copytree(self.certificates, self.folder / "tls")
        config = self.folder / "config.ldif"
        config.write_text(_config(self.folder, tls=self.certificates is not None))
        if self.user:
            run(["chown", "-R", self.user, self.folder])
        run([program("slapadd"), "-n", "0", "-F", self.folder / "slapd.d", "-l", config], user=self.user)

    def settings(self, **others: object) -> Accounts:
        """Of an installation that uses this server."""
        values: dict[str, object] = {
            "backend": "ldap",
            "ldap_uri": self.uri,
            "ldap_suffix": SUFFIX,
            "ldap_bind_password": WRITER_PASSWORD,
            "connect_timeout_s": 20.0,
            **others,
        }
        return Accounts(**values)  # type: ignore[arg-type]

    def manager(self) -> Accounts:
        """The same, writing as the one whom nothing binds."""
        return self.settings(ldap_bind_dn=MANAGER, ldap_bind_password=MANAGER_PASSWORD)


@contextmanager
def slapd(certificates: Path | None = None) -> Iterator[Slapd]:
    """A running server. `certificates` holds `server.pem`, with its key, and `ca.pem`: then it offers TLS."""
    if not _SCHEMAS.is_dir():
        program("slapd")
        missing(f"{_SCHEMAS}, which comes with slapd,")
    with scratch("slapd", owner="openldap") as folder:
        server = Slapd(folder, free_port(), certificates)
        server.configure()
        with server:
            yield server


def _config(folder: Path, *, tls: bool) -> str:
    return "\n".join(
        [
            "dn: cn=config\nobjectClass: olcGlobal\ncn: config",
            *([_tls(folder / "tls")] if tls else []),
            f"\ndn: cn=module,cn=config\nobjectClass: olcModuleList\ncn: module\nolcModulePath: {_modules()}",
            "olcModuleLoad: back_mdb",
            "\ndn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: schema\n",
            *(f"include: file://{_SCHEMAS / name}.ldif\n" for name in NEEDS),
            schema_ldif(),
            _database(folder),
        ]
    )


def _tls(certificates: Path) -> str:
    return (
        f"olcTLSCACertificateFile: {certificates / 'ca.pem'}\n"
        f"olcTLSCertificateFile: {certificates / 'server.pem'}\n"
        f"olcTLSCertificateKeyFile: {certificates / 'server.pem'}"
    )


def _modules() -> str:
    return next((folder for folder in _MODULES if Path(folder).is_dir()), _MODULES[0])


def _database(folder: Path) -> str:
    lines = [
        "dn: olcDatabase=mdb,cn=config",
        "objectClass: olcDatabaseConfig",
        "objectClass: olcMdbConfig",
        "olcDatabase: mdb",
        f"olcSuffix: {SUFFIX}",
        f"olcRootDN: {MANAGER}",
        f"olcRootPW: {MANAGER_PASSWORD}",
        f"olcDbDirectory: {folder / 'data'}",
        "olcDbMaxSize: 1073741824",
        "olcDbNoSync: TRUE",
        f'olcLimits: dn.exact="{WRITER}" size.soft=500 size.hard=soft size.prtotal=unlimited',
        *(f"olcDbIndex: {index}" for index in _INDEXES),
        *(f"olcAccess: {rule}" for rule in access_rules(SUFFIX)),
    ]
    return "\n".join(lines) + "\n"
