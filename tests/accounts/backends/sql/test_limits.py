"""Values that the tables cannot hold: refused alike by all engines, before the database cuts or complains."""

from __future__ import annotations

from typing import Any

import pytest
from tests.suites.accounts.world import World, add, reset

from postroom.accounts.maildir import Place
from postroom.accounts.model import AdminChange, AliasChange, DomainChange, UserChange
from postroom.errors import Invalid


@pytest.fixture
def world(sql_world: World) -> World:
    """With one domain, one user, one alias and one admin."""
    sql_world.domain()
    sql_world.user()
    sql_world.alias()
    sql_world.admin()
    return sql_world


CHANGES: list[tuple[type[Any], str, Any]] = [
    (UserChange, "name", "x" * 256),
    (UserChange, "employee_id", "x" * 256),
    (UserChange, "name", "a\0b"),
    (UserChange, "surname", "\ud800"),
    (UserChange, "language", "toolong"),
    (UserChange, "transport", "x" * 256),
    (UserChange, "mailbox_format", "x" * 51),
    (UserChange, "quota_mb", 1 << 63),
    (UserChange, "place", Place("/var/vmail", "vmail1", "x" * 240)),
    (UserChange, "sender_bcc", "x" * 256),
    (UserChange, "forwarding", add("x" * 250 + "@x.test")),
    (UserChange, "aliases", add("x" * 250 + "@x.test")),
    (DomainChange, "name", "x" * 65_536),
    (DomainChange, "quota_mb", -(1 << 63) - 1),
    (DomainChange, "max_users", 1 << 31),
    (DomainChange, "transport", "x" * 256),
    (DomainChange, "language", "de;x:y"),
    (DomainChange, "default_quota_mb", 10**18),
    (DomainChange, "relay", "x" * 256),
    (DomainChange, "recipient_bcc", "x" * 256),
    (DomainChange, "catchall", ("x" * 250 + "@x.test",)),
    (DomainChange, "alias_domains", add("x" * 256)),
    (DomainChange, "disabled_user_profiles", add("a;b")),
    (AliasChange, "name", "x" * 256),
    (AliasChange, "access_policy", "x" * 31),
    (AliasChange, "members", reset("a\0@x.test")),
    (AdminChange, "name", "x" * 256),
    (AdminChange, "language", "toolong"),
]
"""A field that is wrong for every engine, and the value."""


def test_what_does_not_fit_is_told_by_field_and_nothing_is_changed(world: World) -> None:
    for kind, field, value in CHANGES:
        with world.look() as directory:
            before = _everything(directory)
        with pytest.raises(Invalid) as caught:
            _update(world, kind(**{field: value}))
        assert caught.value.field == field
        with world.look() as directory:
            assert _everything(directory) == before


def test_a_primary_mx_must_fit_behind_the_word_relay(world: World) -> None:
    world.update_domain("example.com", backup_mx=True, primary_mx="x" * 249)
    with pytest.raises(Invalid) as caught:
        world.update_domain("example.com", primary_mx="x" * 250)
    assert caught.value.field == "primary_mx"


def test_a_text_as_long_as_its_column_fits(world: World) -> None:
    world.update_user("anna@example.com", name="ß" * 255)
    world.update_alias("sales@example.com", name="漢" * 255)
    world.update_domain("example.com", name="x" * 65_535)


def test_a_new_user_that_does_not_fit_is_not_made(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        world.user("bob@example.com", surname="x" * 256)
    assert caught.value.field == "surname"
    with world.look() as directory:
        assert not directory.taken("bob@example.com")


def _update(world: World, change: Any) -> None:
    with world.change() as directory:
        if isinstance(change, UserChange):
            directory.update_user("anna@example.com", change)
        elif isinstance(change, DomainChange):
            directory.update_domain("example.com", change)
        elif isinstance(change, AliasChange):
            directory.update_alias("sales@example.com", change)
        else:
            directory.update_admin("root@admins.test", change)


def _everything(directory: Any) -> list[Any]:
    return [
        directory.user("anna@example.com"),
        directory.alias("sales@example.com"),
        directory.domain("example.com"),
        directory.admin("root@admins.test"),
    ]
