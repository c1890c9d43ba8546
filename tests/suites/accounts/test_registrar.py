"""People are made, changed and removed by other engines, whatever keeps the accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.suites.accounts.world import World

from postroom.accounts.accounts import Accounts
from postroom.accounts.identities import Identities
from postroom.accounts.model import UserChange
from postroom.accounts.services.access import LOCAL
from postroom.accounts.services.core import Core
from postroom.accounts.tokens import Tokens
from postroom.errors import AlreadyExists, Denied, Invalid
from postroom.people import AccountsPeople, AccountsRegistrar
from postroom.settings import Settings
from postroom.workspace.errors import PasswordRefused
from postroom.workspace.people import Acting, PersonChange

PASSWORD, NEW = "Secret-12345", "nina@example.com"
APP = Acting("app", alone=True)


@dataclass
class Office:
    accounts: Accounts
    people: AccountsPeople
    registrar: AccountsRegistrar


@pytest.fixture
def office(directory_world: World, tmp_path: Path) -> Iterator[Office]:
    """A domain, and nobody in it."""
    directory_world.domain()
    tokens, identities = Tokens(tmp_path / "tokens.db"), Identities(tmp_path / "identities.db")
    core = Core(directory_world.databases, directory_world.backend, Settings(), tokens, identities)
    accounts = Accounts(Settings(), tmp_path, core)
    people = AccountsPeople(accounts)
    yield Office(accounts, people, AccountsRegistrar(accounts, people))
    tokens.close()
    identities.close()


def test_a_person_is_made_changed_renamed_and_removed(office: Office) -> None:
    given = PersonChange(
        name="Nina", given_name="Ni", surname="North", language="de_DE", active=True, password=PASSWORD
    )
    made = office.registrar.create(APP, NEW, given)
    assert (made.address, made.name, made.given_name, made.surname, made.language, made.active) == (
        NEW, "Nina", "Ni", "North", "de_DE", True,
    )  # fmt: skip
    assert office.people.authenticate(NEW, PASSWORD) == made
    change = PersonChange("south@example.com", "Nina South", "Nina", "South", "en_US", password="Another-12345")
    changed = office.registrar.change(APP, made, change)
    assert (changed.id, changed.address, changed.name, changed.surname) == (
        made.id, "south@example.com", "Nina South", "South",
    )  # fmt: skip
    assert office.people.authenticate("south@example.com", "Another-12345") == changed
    assert office.registrar.change(APP, changed, PersonChange(active=False)).active is False
    office.registrar.delete(APP, changed)
    assert list(office.people.all()) == []


def test_what_cannot_be_changes_nothing(office: Office) -> None:
    given = PersonChange(name="Nina", active=True, password=PASSWORD)
    made = office.registrar.create(APP, NEW, given)
    office.registrar.create(APP, "bert@example.com", given)
    with pytest.raises(AlreadyExists, match="userPrincipalName"):
        office.registrar.create(APP, NEW, given)
    with pytest.raises(Invalid, match="domains that are hosted here"):
        office.registrar.create(APP, "nina@elsewhere.test", given)
    for change in (PersonChange("x@example.com", name="X", password="short"), PersonChange(password="short")):
        with pytest.raises(PasswordRefused):
            office.registrar.change(APP, made, change)
    with pytest.raises(AlreadyExists):
        office.registrar.change(APP, made, PersonChange("bert@example.com"))
    assert office.people.find(NEW) == made
    assert office.people.authenticate(NEW, PASSWORD) == made


def test_a_global_admin_is_changed_by_nobody_else(office: Office) -> None:
    made = office.registrar.create(APP, NEW, PersonChange(name="Nina", active=True, password=PASSWORD))
    office.accounts.users.update(LOCAL, NEW, UserChange(global_admin=True))
    with pytest.raises(Denied):
        office.registrar.change(APP, made, PersonChange(password="Another-12345"))
    with pytest.raises(Denied):
        office.registrar.delete(APP, made)
    own = office.registrar.change(Acting(NEW, own=True), made, PersonChange(password="Another-12345"))
    assert office.people.authenticate(NEW, "Another-12345") == own
