"""A dry run says what a real one would say, and writes nothing."""

from __future__ import annotations

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.accounts.backends.ldap.test_cut import ACTS, prepare
from tests.suites.accounts.world import CREATED, new_user

from postroom.accounts.model import AdminChange, AliasChange, DomainChange, UserChange
from postroom.errors import AlreadyExists, NotFound


@pytest.mark.parametrize("name", ACTS)
def test_what_would_succeed_succeeds_and_writes_nothing(world: LdapWorld, name: str) -> None:
    prepare(world)
    before = world.snapshot()
    with world.trying() as directory:
        ACTS[name].do(directory)
    assert world.snapshot() == before


def test_an_admin_is_not_made_or_changed(world: LdapWorld) -> None:
    world.admin("root@admins.test")
    before = world.snapshot()
    with world.trying() as directory:
        directory.create_admin("new@admins.test", AdminChange(password_hash="x"), CREATED)
        directory.update_admin("root@admins.test", AdminChange(name="x", max_users=5))
    assert world.snapshot() == before


def test_what_would_fail_fails(world: LdapWorld) -> None:
    prepare(world)
    before = world.snapshot()
    with world.trying() as directory:
        with pytest.raises(AlreadyExists):
            directory.create_domain("example.com", DomainChange(), admin=None, created=CREATED)
        with pytest.raises(AlreadyExists):
            directory.create_user(new_user("anna@example.com"))
        with pytest.raises(AlreadyExists):
            directory.create_alias("all@example.com", AliasChange(), CREATED)
        with pytest.raises(AlreadyExists):
            directory.create_admin("root@admins.test", AdminChange(), CREATED)
        with pytest.raises(AlreadyExists):
            directory.rename_user("anna@example.com", "bert@example.com")
        with pytest.raises(NotFound):
            directory.create_user(new_user("anna@unknown.test"))
        with pytest.raises(NotFound):
            directory.update_user("nobody@example.com", UserChange(name="x"))
        with pytest.raises(NotFound):
            directory.update_domain("unknown.test", DomainChange(name="x"))
        with pytest.raises(NotFound):
            directory.rename_user("nobody@example.com", "x@example.com")
    assert world.snapshot() == before
