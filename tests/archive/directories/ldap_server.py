"""A private OpenLDAP server with people as other organisations keep them: inetOrgPerson, and a little of what Active
Directory has."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import ldap3
from tests.accounts.services.process import Service, answers, missing, program, require_user, run, scratch
from tests.ports import free_port

SUFFIX: Final = "dc=example,dc=com"
PEOPLE: Final = f"ou=people,{SUFFIX}"
STAFF: Final = f"ou=staff,{SUFFIX}"
"""As in Active Directory."""
GROUPS: Final = f"ou=groups,{SUFFIX}"
MANAGER: Final = f"cn=manager,{SUFFIX}"
READER: Final = f"cn=reader,{SUFFIX}"
PASSWORD: Final = "directory secret"
USER_PASSWORD: Final = "Wörd of the user*()"

AS_ENTRIES: Final = ("2.16.840.1.113730.3.4.2", True, None)
"""Control by which references to other servers are entries like others (RFC 3296)."""
_SCHEMAS: Final = Path("/etc/ldap/schema")
_NEEDS: Final = ("core", "cosine", "inetorgperson", "nis")
_MODULES: Final = ("/usr/lib/ldap", "/usr/lib/openldap", "/usr/lib64/openldap")
_TEXT: Final = "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15"
_OWN: Final = "1.3.6.1.4.1.55555.1"
_ATTRIBUTES: Final = (
    f"NAME 'sAMAccountName' {_TEXT} SINGLE-VALUE",
    f"NAME 'userPrincipalName' {_TEXT} SINGLE-VALUE",
    f"NAME 'proxyAddresses' {_TEXT}",
    "NAME 'memberOf' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12",
    "NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE",
    "NAME 'objectGUID' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE",
    f"NAME 'homeMDB' {_TEXT} SINGLE-VALUE",
)


_OF_USERS: Final = " $ ".join(text.split("'")[1] for text in _ATTRIBUTES)


class DirectoryServer(Service):
    """Gives at most 500 entries without pages, as a stock server does. Who did not sign in may not read."""

    def __init__(self, folder: Path, certificates: Path) -> None:
        self.port, self.tls_port, self._certificates = free_port(), free_port(), certificates
        self.user = require_user("openldap")
        urls = f"ldap://127.0.0.1:{self.port}/ ldaps://127.0.0.1:{self.tls_port}/"
        command: list[str | Path] = [program("slapd"), "-h", urls, "-F", folder / "slapd.d", "-d", "0"]
        super().__init__("slapd", command, folder=folder, ready=lambda: answers(self.port), user=self.user)

    def configure(self) -> None:
        for name in ("slapd.d", "data"):
            (self.folder / name).mkdir()
        shutil.copytree(self._certificates, self.folder / "tls")
        config = self.folder / "config.ldif"
        config.write_text(_config(self.folder))
        if self.user:
            run(["chown", "-R", self.user, self.folder])
        run([program("slapadd"), "-n", "0", "-F", self.folder / "slapd.d", "-l", config], user=self.user)

    @contextmanager
    def writing(self) -> Iterator[Any]:  # the types of ldap3 leave these methods out
        server = ldap3.Server("127.0.0.1", self.port, get_info=ldap3.NONE)
        with ldap3.Connection(server, MANAGER, PASSWORD, check_names=False, raise_exceptions=True) as connection:
            yield connection

    def empty(self) -> None:
        """Nobody is left, and the reader may sign in."""
        with self.writing() as connection:
            found = connection.extend.standard.paged_search(
                SUFFIX,
                "(objectClass=*)",
                attributes=["1.1"],
                generator=False,
                paged_size=400,
                controls=[AS_ENTRIES],
                dereference_aliases=ldap3.DEREF_NEVER,
            )
            for row in sorted(found, key=lambda row: -len(row["dn"])):
                if row["dn"] != SUFFIX:
                    connection.delete(row["dn"], controls=[AS_ENTRIES])
            for name in (PEOPLE, STAFF, GROUPS):
                connection.add(name, "organizationalUnit")
            connection.add(READER, ["organizationalRole", "simpleSecurityObject"], {"userPassword": PASSWORD})

    def begin(self) -> None:
        """Make the entry above all others."""
        with self.writing() as connection:
            connection.add(SUFFIX, ["dcObject", "organization"], {"dc": "example", "o": "Example"})

    def person(self, uid: str, **attributes: object) -> str:
        """Somebody with an address and a password; the distinguished name."""
        dn = f"uid={uid},{PEOPLE}"
        given = {
            "cn": uid.title(),
            "sn": uid,
            "mail": f"{uid}@example.com",
            "userPassword": USER_PASSWORD,
            **attributes,
        }
        with self.writing() as connection:
            connection.add(dn, "inetOrgPerson", {name: value for name, value in given.items() if value is not None})
        return dn

    def staff(self, name: str, guid: bytes, **attributes: object) -> str:
        """The same as Active Directory would have them."""
        dn = f"cn={name},{STAFF}"
        given = {
            "sn": name, "sAMAccountName": name.lower(), "displayName": f"{name} of Staff", "objectGUID": guid,
            "userPrincipalName": f"{name.lower()}@example.com", "userAccountControl": "512",
            "userPassword": USER_PASSWORD, **attributes,
        }  # fmt: skip
        with self.writing() as connection:
            connection.add(
                dn, ["inetOrgPerson", "user"], {name: value for name, value in given.items() if value is not None}
            )
        return dn

    def group(self, name: str, *members: str) -> str:
        dn = f"cn={name},{GROUPS}"
        with self.writing() as connection:
            connection.add(dn, "groupOfNames", {"member": list(members)})
        return dn

    def configuration(self, **more: object) -> Mapping[str, object]:
        """As SetDirectoryServicesConfiguration takes it."""
        return {
            "type": "ldapGeneric", "serverName": "127.0.0.1", "port": self.port, "encryption": "none",
            "baseDN": PEOPLE, "userName": READER, "password": PASSWORD, **more,
        }  # fmt: skip

    def active_directory(self, **more: object) -> Mapping[str, object]:
        return self.configuration(type="activeDirectory", baseDN=SUFFIX, **more)


@contextmanager
def directory_server(certificates: Path) -> Iterator[DirectoryServer]:
    """A running one. `certificates` holds `server.pem`, with its key, and `ca.pem`."""
    if not _SCHEMAS.is_dir():
        program("slapd")
        missing(f"{_SCHEMAS}, which comes with slapd,")
    with scratch("slapd", owner="openldap") as folder:
        server = DirectoryServer(folder, certificates)
        server.configure()
        with server:
            server.begin()
            yield server


def guid(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _config(folder: Path) -> str:
    tls, modules = folder / "tls", next((each for each in _MODULES if Path(each).is_dir()), _MODULES[0])
    return "\n".join(
        [
            "dn: cn=config\nobjectClass: olcGlobal\ncn: config",
            f"olcTLSCACertificateFile: {tls / 'ca.pem'}",
            f"olcTLSCertificateFile: {tls / 'server.pem'}",
            f"olcTLSCertificateKeyFile: {tls / 'server.pem'}",
            f"\ndn: cn=module,cn=config\nobjectClass: olcModuleList\ncn: module\nolcModulePath: {modules}",
            "olcModuleLoad: back_mdb",
            "\ndn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: schema\n",
            *(f"include: file://{_SCHEMAS / name}.ldif\n" for name in _NEEDS),
            "dn: cn=staff,cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: staff",
            *(f"olcAttributeTypes: ( {_OWN}.1.{n} {text} )" for n, text in enumerate(_ATTRIBUTES, 1)),
            f"olcObjectClasses: ( {_OWN}.2.1 NAME 'user' SUP top AUXILIARY MAY ( {_OF_USERS} ) )",
            f"olcObjectClasses: ( {_OWN}.2.2 NAME 'computer' SUP top AUXILIARY )",
            "\ndn: olcDatabase=mdb,cn=config\nobjectClass: olcDatabaseConfig\nobjectClass: olcMdbConfig",
            f"olcDatabase: mdb\nolcSuffix: {SUFFIX}\nolcRootDN: {MANAGER}\nolcRootPW: {PASSWORD}",
            f"olcDbDirectory: {folder / 'data'}\nolcDbMaxSize: 1073741824\nolcDbNoSync: TRUE",
            "olcDbIndex: objectClass eq",
            f'olcLimits: dn.exact="{READER}" size.soft=500 size.hard=soft size.prtotal=unlimited',
            "olcAccess: to attrs=userPassword by * auth",
            f'olcAccess: to * by dn.exact="{READER}" read by * none',
            "",
        ]
    )
