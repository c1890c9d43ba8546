"""Rows that other programs left behind give nobody rights."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from tests.accounts.backends.sql.rows import alter, put, rows
from tests.suites.accounts.world import World

from postroom.accounts.database.tables.vmail import domain_admins, mailbox
from postroom.accounts.model import ALL, AliasChange, Standing
from postroom.errors import WrongState


@pytest.fixture
def world(sql_world: World) -> World:
    """With one domain and one user."""
    sql_world.domain()
    sql_world.user()
    return sql_world


def standing(world: World) -> Standing:
    with world.look() as directory:
        found = directory.standing("anna@example.com")
    assert found is not None
    return found


def test_a_row_without_the_mark_makes_no_admin(world: World) -> None:
    put(world, domain_admins, username="anna@example.com", domain="ALL")
    put(world, domain_admins, username="anna@example.com", domain="example.com")
    assert not standing(world).is_admin


def test_the_mark_of_a_global_admin_needs_the_row(world: World) -> None:
    alter(world, mailbox, {"username": "anna@example.com"}, isadmin=1, isglobaladmin=1)
    assert not standing(world).is_admin


def test_rows_that_gave_no_rights_do_not_begin_to_with_the_first_domain(world: World) -> None:
    world.domain("example.net")
    put(world, domain_admins, username="anna@example.com", domain="ALL")
    put(world, domain_admins, username="anna@example.com", domain="example.net")
    world.manage("example.com", "anna@example.com")
    found = standing(world)
    assert (found.global_admin, set(found.domains)) == (False, {"example.com"})
    assert [row["domain"] for row in rows(world, domain_admins)] == ["example.com"]


def test_a_row_that_is_switched_off_gives_no_rights(world: World) -> None:
    world.manage("example.com", "anna@example.com")
    alter(world, domain_admins, {"domain": "example.com"}, active=0)
    assert not standing(world).is_admin
    with world.look() as directory:
        assert directory.domain_admins("example.com") == ()
    world.manage("example.com", "anna@example.com")
    assert standing(world).is_admin


def test_who_somebody_is_takes_two_statements(world: World) -> None:
    world.manage("example.com", "anna@example.com")
    statements: list[str] = []
    with world.databases.read() as unit:
        directory = world.backend.directory(unit)
        event.listen(unit.vmail, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement))
        directory.standing("anna@example.com")
        assert len(statements) == 2
        directory.standing("nobody@example.com")
        assert len(statements) == 3


def test_what_only_ldap_has_says_so(world: World) -> None:
    with world.change() as directory:
        for call in (
            lambda: directory.maillist("list@example.com"),
            lambda: directory.create_maillist("list@example.com", AliasChange(), None),  # type: ignore[arg-type]
            lambda: directory.update_maillist("list@example.com", AliasChange()),
            lambda: directory.delete_maillist("list@example.com"),
            lambda: directory.ldif("user", "anna@example.com"),
        ):
            with pytest.raises(WrongState, match="LDAP"):
                call()


def test_the_back_end_answers(world: World) -> None:
    world.backend.check()
    assert world.backend.kind == world.databases.backend
    world.backend.close()
    with world.look() as directory:
        assert [row.name for row in directory.domains(among=None, disabled_only=False, page=ALL)] == ["example.com"]
