"""Values that look like statements, patterns or filters."""

from __future__ import annotations

import pytest
from tests.suites.accounts.world import KEPT, World

ODD = (
    "'; DROP TABLE mailbox; --",
    '" OR ""="',
    "100 % _ \\ / {x} :name %(name)s ?",
    "Zoë Ω 漢字 🙂",
    "*)(mail=*",
    "a;b:c",
    "  spaces  ",
)


@pytest.fixture
def world(directory_world: World) -> World:
    """With one domain, one user, one alias and one admin."""
    directory_world.domain()
    directory_world.user()
    directory_world.alias()
    directory_world.admin()
    return directory_world


def test_odd_names_are_kept_as_they_are(world: World) -> None:
    for text in ODD:
        world.update_user("anna@example.com", name=text, given_name=text, surname=text, employee_id=text)
        world.update_alias("sales@example.com", name=text)
        world.update_domain("example.com", name=text)
        with world.look() as directory:
            profiles = (
                directory.user("anna@example.com"),
                directory.alias("sales@example.com"),
                directory.domain("example.com"),
            )
            for profile in profiles:
                assert text in [
                    *profile.values(),
                    *(item for row in profile.values() if isinstance(row, list) for item in row),
                ]


def test_statements_in_addresses_delete_nobody(world: World) -> None:
    with world.change() as directory:
        for text in ("' OR '1'='1", "%", "%@example.com", "_nna@example.com", "x' OR username LIKE '%"):
            directory.delete_user(text, KEPT)
            directory.delete_alias(text)
            directory.delete_admin(text)
            directory.delete_domain(text, KEPT)
        assert directory.has_user("anna@example.com")
        assert directory.hosted("example.com")
        assert directory.alias("sales@example.com")["members"] == []
        assert directory.standing("root@admins.test") is not None
