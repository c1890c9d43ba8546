"""The keys of the configuration, for each type of directory (reference 4.8; those marked so are our own)."""

from __future__ import annotations

from typing import Final

from postroom.archive.instance.privileges import PRIVILEGES
from postroom.archive.profiles.details import Key
from postroom.errors import Invalid

PORT: Final = Key("port", "Port; absent: the usual one of the encryption.", "number", minimum=1, maximum=65535)
ANY_CERTIFICATE: Final = Key("ignoreSSLPolicyErrors", "Accept any certificate.", "flag", False)

COMMON: Final = (
    Key("deleteUsersAutomatically", "Delete users who are not in the directory any more; mail stays.", "flag", False),
    Key("defaultPrivileges", "Global privileges of users that are created.", "list", ("login",)),
    Key(
        "userNameFormat", "What users are named by.", default="userName", values=("userName", "emailAddress"),
    ),
)  # fmt: skip


def _ldap(*, user_filter: str, name: str, full_name: str, addresses: tuple[str, ...]) -> tuple[Key, ...]:
    return (
        Key("serverName", "Host name, or several with commas: the next is asked when one does not answer."),
        PORT,
        Key("encryption", "How the connection is protected.", default="ssl", values=("none", "startTls", "ssl")),
        ANY_CERTIFICATE,
        Key("baseDN", "Below which entry users are."),
        Key("userName", "Who reads the directory: a distinguished name, or what the server takes for one."),
        Key("password", "The password of `userName`.", "secret"),
        Key("userFilter", "Which entries are users.", default=user_filter),
        Key("groupDNs", "Only members of these groups, and of groups in them.", "list"),
        Key("onlyExchangeUsers", "Only entries with an Exchange mailbox.", "flag", False),
        Key("userNameAttribute", "Attribute with the user's name.", default=name),
        Key("fullNameAttribute", "Attribute with the full name.", default=full_name),
        Key("emailAttributes", "Attributes with e-mail addresses, the primary one first.", "list", addresses),
        Key(
            "authenticationHost",
            "A mail server where passwords are checked by IMAP, for directories without bind: "
            "a host name, or a URL `imaps://`, `imap+tls://`, `imap://`.",
        ),
    )


TYPES: Final[dict[str, tuple[Key, ...]]] = {
    "none": (),
    "activeDirectory": _ldap(
        user_filter="(&(objectClass=user)(!(objectClass=computer)))", name="sAMAccountName", full_name="displayName",
        addresses=("mail", "proxyAddresses"),
    ),
    "ldapGeneric": _ldap(
        user_filter="(objectClass=inetOrgPerson)", name="uid", full_name="cn", addresses=("mail",)
    ),
    "microsoft365": (
        Key("credentialID", "Number of the credential of the application.", "number", minimum=1),
        Key("tenant", "The tenant; absent: that of the credential."),
        Key("groups", "Only members of these groups (ids or names), and of groups in them.", "list"),
        Key("onlyLicensedUsers", "Only users with a licence.", "flag", False),
        Key("graphUrl", "Where Microsoft Graph is, with its version: for national clouds and a Graph of your own."),
        Key("authorityUrl", "Where its users sign in, without the tenant."),
        ANY_CERTIFICATE,
    ),
    "imap": (
        Key("host", "The mail server."),
        PORT,
        Key("protocol", "How it is protected.", default="IMAP-SSL", values=("IMAP", "IMAP-TLS", "IMAP-SSL")),
        ANY_CERTIFICATE,
    ),
    "postroom": (),
    "applicationIntegration": (
        Key("connectionString", "The database: postgresql://user:password@host/name, or mysql://….", "secret"),
        Key("selectStatement", "A SELECT that gives the columns userName, emailAddresses, fullName, userKey."),
    ),
}  # fmt: skip

INSTEAD: Final = {
    "googleWorkspace": "ldapGeneric on its Secure LDAP service, or imap with imap.gmail.com",
    "kerio": "ldapGeneric on its LDAP service, or imap",
    "mdaemon": "ldapGeneric on its LDAP service, or imap",
    "icewarp": "ldapGeneric on its LDAP service, or imap",
}
"""Types of the original that are not built, and what does the same."""


def checked_type(given: object) -> str:
    """The type as it is spelled here, whatever its case. Raises Invalid, which says what to use."""
    text = str(given).lower()
    for name, instead in INSTEAD.items():
        if name.lower() == text:
            raise Invalid("type", f"{instead}: {name} itself is not supported")
    found = next((name for name in TYPES if name.lower() == text), None)
    if found is None or not isinstance(given, str):
        raise Invalid("type", f"one of {', '.join(TYPES)}")
    return found


def keys_of(type_: str) -> tuple[Key, ...]:
    """All keys but `type`."""
    return COMMON + TYPES[type_]


def checked_default_privileges(names: tuple[str, ...]) -> tuple[str, ...]:
    """Raises Invalid: a directory makes nobody an administrator, or whoever writes to it would be one."""
    known = {name.lower(): name for name in (*PRIVILEGES, "none") if name != "admin"}
    chosen = [known.get(name.lower()) for name in names]
    if None in chosen or ("none" in chosen and len(chosen) > 1):
        raise Invalid("defaultPrivileges", f"'none' alone, or some of {', '.join(PRIVILEGES[1:])}")
    return tuple(name for name in chosen if name) or ("none",)
