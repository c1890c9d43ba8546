"""Names that were made to say something else to a directory server say nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ldap3.utils.dn import escape_rdn
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.suites.accounts.world import KEPT, add

from postroom.accounts.backends.ldap import filters
from postroom.accounts.backends.ldap.names import Node
from postroom.accounts.model import AliasChange, Page, UserChange
from postroom.errors import Invalid, NotFound, PostroomError

HOSTILE = (
    "*", "*@example.com", "a*@example.com", "anna@example.com)(objectClass=*", "*)(|(mail=*", "x)(mail=*))(|(mail=*@a",
    "anna@example.com,ou=Users", "anna@example.com\\", "\\2a@example.com", "anna@example.com\0", "\0", "", " ",
    "anna@example.com,o=domains", "x@example.com+uid=anna", "cn=vmailadmin", "@example.com", "anna@*", "anna@",
    "ou=Users,domainName=example.com", "ü@ü.de", "a" * 5000 + "@example.com", "\udcff@example.com", "#@", "(", "))))",
    "anna@example.com\n", "anna@example.com ", " anna@example.com", "ANNA@EXAMPLE.COM,",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _domain(world: LdapWorld) -> None:
    world.domain(alias_domains=add("a.test"))
    world.user()
    world.alias("all@example.com", "anna@example.com")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_nobodys(world: LdapWorld, name: str) -> None:
    before = world.snapshot()
    with world.look() as directory:
        assert directory.standing(name) is None
        assert directory.target(name) is None
        assert not directory.hosted(name)
        assert not directory.taken(name)
        assert not directory.has_user(name)
        for domain in (True, False):
            page = Page(search=name)
            found = directory.user_addresses("example.com", disabled_only=domain, page=page)
            assert all(name.strip().lower() in address for address in found)
    assert world.snapshot() == before


@pytest.mark.parametrize("name", HOSTILE)
def test_a_change_of_a_hostile_name_changes_nothing(world: LdapWorld, name: str) -> None:
    before = world.snapshot()
    with world.change() as directory:
        for change in (
            lambda: directory.update_user(name, UserChange(name="x")),
            lambda: directory.update_alias(name, AliasChange(name="x")),
            lambda: directory.rename_user(name, "new@example.com"),
            lambda: directory.ldif("user", name),
        ):
            with pytest.raises(PostroomError):
                change()
        directory.delete_user(name, KEPT)
        directory.delete_domain(name, KEPT)
        for delete in (directory.delete_alias, directory.delete_maillist, directory.delete_admin):
            delete(name)
    assert world.snapshot() == before


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(st.characters(categories=["L", "N", "P", "S"]) | st.just(" "), min_size=1, max_size=20))
def test_any_text_is_one_value_of_one_entry(world: LdapWorld, value: str) -> None:
    """A person's name goes into the DN, into a filter and back out."""
    tree, store = world.ldap.tree, world.ldap.store
    base = tree.unit("example.com", "Users").dn
    node = Node("entry", value, f"cn={escape_rdn(value)},{base}")
    try:
        store.add(node, {"objectClass": ("organizationalRole",), "cn": (value,)})
    except Invalid:  # spaces alone are nothing
        assert not value.strip()
        return
    try:
        found = store.find(base, filters.every(filters.equal("objectClass", "organizationalRole")), ("cn",))
        assert [entry.dn for entry in store.find(base, filters.equal("cn", value))] == [entry.dn for entry in found]
        assert len(found) == 1
        assert store.get(node).dn == found[0].dn
    finally:
        assert store.delete(node)


def test_an_empty_name_and_a_name_with_nul_have_no_entry(world: LdapWorld) -> None:
    with world.look() as directory:
        for name in ("", "\0", "a\0b@example.com"):
            with pytest.raises(NotFound):
                directory.user(name)
