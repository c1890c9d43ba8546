"""LDIF of one entry: a server takes it, and has the same entry then."""

from __future__ import annotations

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.accounts.services.process import program, run
from tests.accounts.services.slapd import WRITER, WRITER_PASSWORD, Slapd
from tests.suites.accounts.world import HASH

from postroom.accounts.backends.ldap.names import Node
from postroom.accounts.backends.ldap.store import put
from postroom.accounts.directory import Account
from postroom.errors import NotFound


@pytest.fixture
def nodes(world: LdapWorld) -> dict[Account, tuple[str, Node]]:
    """One account of each kind; a domain without anything below it."""
    world.domain("empty.test", name="Leer & Söhne, " * 20)
    world.domain()
    world.user(name=" Anna: ä ", given_name="<a", surname="#")
    world.alias("all@example.com", "x@x.test")
    world.maillist("list@example.com")
    world.admin("root@admins.test", name="Root")
    world.update_domain("example.com", catchall=("x@x.test",))
    tree = world.ldap.tree
    world.ldap.store.modify(tree.user("anna@example.com"), put("jpegPhoto", "\udcff\udcd8\n"))
    return {
        "domain": ("empty.test", tree.domain("empty.test")),
        "admin": ("root@admins.test", tree.admin("root@admins.test")),
        "user": ("anna@example.com", tree.user("anna@example.com")),
        "alias": ("all@example.com", tree.alias("all@example.com")),
        "maillist": ("list@example.com", tree.maillist("list@example.com")),
        "catchall": ("example.com", tree.catchall("example.com")),
    }


def test_an_exported_entry_can_be_put_back(
    world: LdapWorld, slapd_server: Slapd, nodes: dict[Account, tuple[str, Node]]
) -> None:
    ldapadd = program("ldapadd")
    for kind, (name, node) in nodes.items():
        before = world.entry(node)
        with world.look() as directory:
            text = directory.ldif(kind, name)
        for entry in world.ldap.store.find(node.dn, "(objectClass=organizationalUnit)"):
            world.ldap.store.delete(Node("entry", entry.dn, entry.dn))
        assert world.ldap.store.delete(node)
        run([ldapadd, "-x", "-H", slapd_server.uri, "-D", WRITER, "-w", WRITER_PASSWORD], stdin=text)
        assert world.entry(node) == before


def test_it_begins_with_the_version_and_has_short_lines(
    world: LdapWorld, nodes: dict[Account, tuple[str, Node]]
) -> None:
    with world.look() as directory:
        text = directory.ldif("user", "anna@example.com")
        long = directory.ldif("domain", "empty.test")
    assert text.startswith("version: 1\ndn: mail=anna@example.com,ou=Users,domainName=example.com,")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert f"userPassword: {HASH}" in text
    assert max(map(len, long.splitlines())) <= 78


@pytest.mark.parametrize("kind", ["domain", "admin", "user", "alias", "maillist", "catchall"])
def test_who_is_not_there_has_none(world: LdapWorld, kind: Account) -> None:
    with pytest.raises(NotFound), world.look() as directory:
        directory.ldif(kind, "example.com" if kind in ("domain", "catchall") else "no@example.com")
