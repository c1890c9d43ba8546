"""The entries above all domains and admins, made where they are missing, and who may read and write what."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence

from ldap3 import HASHED_SALTED_SHA
from ldap3.utils.hashed import hashed

from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.names import Node, Tree
from postroom.accounts.backends.ldap.store import Store
from postroom.settings import Accounts


def initialise(accounts: Accounts, reader_password: str = "", writer_password: str = "") -> list[str]:
    """Make what is missing of the tree; the sentences say what was made. A repeat makes nothing.

    Needs the rights of the database's olcRootDN in `ldap_bind_dn`, and the schema. Passwords that are not given are
    made, and told. Raises Unavailable; WrongState without the schema.
    """
    pool = Pool(accounts)
    try:
        return list(_made(Store(pool), Tree(accounts.ldap_suffix), reader_password, writer_password))
    finally:
        pool.close()


def access_rules(suffix: str) -> tuple[str, ...]:
    """Values of `olcAccess` for the database of the tree: passwords are for vmail, writing is for vmailadmin."""
    reader, writer = f'dn.exact="cn=vmail,{suffix}"', f'dn.exact="cn=vmailadmin,{suffix}"'
    return (
        f"to attrs=userPassword,shadowLastChange by {reader} read by {writer} write by anonymous auth by * none",
        f"to * by {reader} read by {writer} write by * none",
    )


def _made(store: Store, tree: Tree, reader_password: str, writer_password: str) -> Iterator[str]:
    for dn, classes, name in (
        (tree.suffix, ("dcObject", "organization"), _first_label(tree.suffix)),
        (tree.domains, ("organization",), "domains"),
        (tree.admins, ("organization",), "domainAdmins"),
    ):
        naming = {"dc": [name]} if "dcObject" in classes else {}
        yield from _missing(store, dn, {"objectClass": classes, "o": [name], **naming})
    yield from _binder(store, f"cn=vmail,{tree.suffix}", "vmail", reader_password)
    yield from _binder(store, f"cn=vmailadmin,{tree.suffix}", "vmailadmin", writer_password)


def _binder(store: Store, dn: str, name: str, password: str) -> Iterator[str]:
    """An entry to bind as; the server itself checks its password, which it can do for SSHA."""
    made = password or secrets.token_urlsafe(18)
    values = {
        "objectClass": ["organizationalRole", "simpleSecurityObject"],
        "cn": [name],
        "userPassword": [hashed(HASHED_SALTED_SHA, made)],
    }
    for sentence in _missing(store, dn, values):
        yield sentence if password else f"{sentence} Its password is {made}"


def _missing(store: Store, dn: str, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    node = Node("entry", dn, dn)
    if not store.exists(node):
        store.add(node, values)
        yield f"Made {dn}."


def _first_label(suffix: str) -> str:
    return suffix.partition(",")[0].partition("=")[2]
