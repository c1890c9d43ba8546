"""Lists of many accounts: sorted, searched, paged, and never cut by the limit of the server."""

from __future__ import annotations

import itertools

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.accounts.services.slapd import READER, READER_PASSWORD, Slapd

from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.names import USERS
from postroom.accounts.backends.ldap.store import CHUNK, Store
from postroom.accounts.errors import TooManyEntries
from postroom.accounts.model import ALL, Page

MANY = 2000


@pytest.fixture
def many(world: LdapWorld) -> list[str]:
    """The addresses of many users, sorted."""
    world.domain()
    addresses = [f"user{number:04}@example.com" for number in range(MANY)]
    for address in reversed(addresses):
        values = {
            "objectClass": ("inetOrgPerson", "mailUser"),
            "mail": (address,),
            **dict.fromkeys(("uid", "cn", "sn"), (address,)),
            "accountStatus": ("disabled" if address.startswith("user00") else "active",),
        }
        world.ldap.store.add(world.ldap.tree.user(address), values)
    return addresses


def test_two_thousand_users_are_listed_by_address(slapd_server: Slapd, world: LdapWorld, many: list[str]) -> None:
    with world.look() as directory:
        assert directory.user_addresses("example.com", disabled_only=False, page=ALL) == many
        assert [row.name for row in directory.users("example.com", disabled_only=False, page=ALL)] == many
        assert directory.count("example.com", "users") == MANY
        assert directory.user_addresses("example.com", disabled_only=True, page=ALL) == many[:100]

        found = directory.user_addresses("example.com", disabled_only=False, page=Page("R12", many[1205], 3))
        assert found == many[1206:1209]
        rows = list(directory.users("example.com", disabled_only=False, page=Page(limit=2, after=many[-2])))
        assert [row.name for row in rows] == many[-1:]
        assert rows[0].profile["mail"] == many[-1:]
        assert directory.user_addresses("example.com", disabled_only=False, page=Page("*")) == []

    # The server does limit: who reads without its pages gets an error that says so, and not a part.
    pool = Pool(slapd_server.settings(ldap_bind_dn=READER, ldap_bind_password=READER_PASSWORD))
    try:
        with pytest.raises(TooManyEntries):
            Store(pool).find(world.ldap.tree.unit("example.com", USERS).dn, "(mail=*)")
    finally:
        pool.close()


def test_rows_are_read_when_they_are_asked_for(
    world: LdapWorld, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    plain = Store.find

    def counted(self: Store, *args: object, **options: object) -> object:
        found = plain(self, *args, **options)  # type: ignore[arg-type]
        read.append(len(found))
        return found

    monkeypatch.setattr(Store, "find", counted)
    with world.look() as directory:
        rows = directory.users("example.com", disabled_only=False, page=ALL)
        read.clear()
        assert [row.name for row in itertools.islice(rows, 3)] == many[:3]
        assert read == [CHUNK]


def test_who_is_deleted_while_a_list_is_read_is_left_out(world: LdapWorld) -> None:
    world.domain()
    for address in ("anna@example.com", "bert@example.com"):
        world.user(address)
    with world.look() as directory:
        rows = directory.users("example.com", disabled_only=False, page=ALL)
        world.ldap.store.delete(world.ldap.tree.user("anna@example.com"))
        assert [row.name for row in rows] == ["bert@example.com"]
