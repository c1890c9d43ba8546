"""Users as other engines see them, on the embedded database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.accounts.accounts import Accounts
from postroom.accounts.model import AliasChange, DomainChange, Kept, ListChange, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.accounts.services.mailboxes import Mailbox
from postroom.errors import Unavailable
from postroom.people import AccountsPeople
from postroom.settings import Settings
from postroom.workspace.people import People

PASSWORD = "Secret-12345"
ANNA, BERT = "anna@example.com", "bert@example.com"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    """A domain with two users."""
    with Accounts(Settings(), tmp_path) as accounts:
        accounts.domains.create(LOCAL, "example.com", DomainChange())
        for address, name in ((ANNA, "Anna Berg"), (BERT, "Bert")):
            accounts.users.create(LOCAL, address, UserChange(name=name, password=PASSWORD))
        yield accounts


def found(accounts: Accounts, name: str) -> Mailbox:
    mailbox = accounts.mailboxes.find(name)
    assert mailbox is not None
    return mailbox


def update(accounts: Accounts, address: str, **fields: object) -> None:
    accounts.users.update(LOCAL, address, UserChange(**fields))  # type: ignore[arg-type]


def to(accounts: Accounts, address: str) -> tuple[list[str], list[str]]:
    destinations = accounts.mailboxes.destinations(address)
    assert destinations is not None
    return list(destinations.users), list(destinations.others)


def test_a_user_is_found_by_address_and_by_id(accounts: Accounts) -> None:
    update(accounts, ANNA, given_name="Anna", surname="Berg", language="de_DE")
    anna = found(accounts, "Anna@Example.com")
    assert (anna.address, anna.name, anna.given_name, anna.surname, anna.language) == (
        ANNA, "Anna Berg", "Anna", "Berg", "de_DE",
    )  # fmt: skip
    assert anna.active
    assert found(accounts, anna.id) == found(accounts, anna.id.upper()) == anna
    assert anna.id != found(accounts, BERT).id


@pytest.mark.parametrize("name", ["nobody@example.com", "anna@example.org", "no address", "", "%", "a" * 3000])
def test_nobody_is_found_by_a_name_that_nobody_has(accounts: Accounts, name: str) -> None:
    assert accounts.mailboxes.find(name) is None


def test_an_id_stays_when_the_address_changes_and_ends_with_the_user(accounts: Accounts) -> None:
    anna = found(accounts, ANNA)
    accounts.users.rename(LOCAL, ANNA, "anna.berg@example.com")
    assert found(accounts, "anna.berg@example.com").id == anna.id
    assert found(accounts, anna.id).address == "anna.berg@example.com"
    accounts.users.delete(LOCAL, "anna.berg@example.com")
    assert accounts.mailboxes.find(anna.id) is None
    accounts.users.create(LOCAL, "anna.berg@example.com", UserChange(password=PASSWORD))
    assert found(accounts, "anna.berg@example.com").id != anna.id


def test_a_rename_that_is_only_tried_moves_no_id(accounts: Accounts) -> None:
    anna = found(accounts, ANNA)
    accounts.users.rename(LOCAL.trying(), ANNA, "anna.berg@example.com")
    assert found(accounts, ANNA).id == anna.id


def test_ids_end_with_the_domain(accounts: Accounts) -> None:
    anna = found(accounts, ANNA)
    accounts.domains.delete(LOCAL, "example.com")
    assert accounts.mailboxes.find(anna.id) is None


def test_a_further_address_finds_its_user_and_is_told(accounts: Accounts) -> None:
    update(accounts, ANNA, aliases=ListChange(add=("a@example.com",)))
    assert found(accounts, "a@example.com") == found(accounts, ANNA)
    assert found(accounts, ANNA).other_addresses == ("a@example.com",)


def test_an_address_in_an_alias_domain_finds_the_user(accounts: Accounts) -> None:
    accounts.domains.update(LOCAL, "example.com", DomainChange(alias_domains=ListChange(add=("example.net",))))
    assert found(accounts, "anna@example.net").address == ANNA
    assert to(accounts, "anna@example.net") == ([ANNA], [])


def test_all_users_are_listed_with_their_ids(accounts: Accounts) -> None:
    listed = {mailbox.address: mailbox.id for mailbox in accounts.mailboxes.all()}
    assert listed == {address: found(accounts, address).id for address in (ANNA, BERT)}


def test_a_password_finds_its_user_by_any_address(accounts: Accounts) -> None:
    update(accounts, ANNA, aliases=ListChange(add=("a@example.com",)))
    for name in (ANNA, "ANNA@example.com", "a@example.com"):
        assert accounts.mailboxes.authenticate(name, PASSWORD) == found(accounts, ANNA)


@pytest.mark.parametrize(
    ("address", "password"), [(ANNA, "wrong"), (ANNA, ""), ("nobody@example.com", PASSWORD), ("", PASSWORD)]
)
def test_a_wrong_password_finds_nobody(accounts: Accounts, address: str, password: str) -> None:
    assert accounts.mailboxes.authenticate(address, password) is None


def test_disabled_users_and_those_of_disabled_domains_do_not_sign_in(accounts: Accounts) -> None:
    update(accounts, ANNA, active=False)
    assert accounts.mailboxes.authenticate(ANNA, PASSWORD) is None
    assert not found(accounts, ANNA).active
    assert accounts.mailboxes.authenticate(BERT, PASSWORD) is not None
    accounts.domains.update(LOCAL, "example.com", DomainChange(active=False))
    assert accounts.mailboxes.authenticate(BERT, PASSWORD) is None


def test_mail_goes_through_aliases_forwardings_and_circles_to_each_once(accounts: Accounts) -> None:
    update(accounts, BERT, forwarding=ListChange(reset=(BERT, "x@x.test", "all@example.com")))
    members = ListChange(reset=(ANNA, BERT, "x@x.test", "y@y.test", "all@example.com"))
    accounts.aliases.create(LOCAL, "all@example.com", AliasChange(members=members))
    users, others = to(accounts, "all@example.com")
    assert sorted(users) == [ANNA, BERT]
    assert sorted(others) == ["x@x.test", "y@y.test"]


def test_mail_to_a_user_who_forwards_without_a_copy_reaches_no_mailbox(accounts: Accounts) -> None:
    update(accounts, ANNA, forwarding=ListChange(reset=("x@x.test",)))
    assert to(accounts, ANNA) == ([], ["x@x.test"])


def test_an_extension_is_no_part_of_the_address(accounts: Accounts) -> None:
    assert to(accounts, "anna+shop@example.com") == ([ANNA], [])


def test_unknown_addresses_go_to_the_catch_all_and_disabled_ones_do_not(accounts: Accounts) -> None:
    assert to(accounts, "nobody@example.com") == ([], [])
    accounts.domains.update(LOCAL, "example.com", DomainChange(catchall=(BERT,)))
    update(accounts, ANNA, active=False)
    assert to(accounts, "nobody@example.com") == ([BERT], [])
    assert to(accounts, ANNA) == ([], [])


def test_members_beyond_what_can_be_followed_are_not_left_out_in_silence(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.accounts.services.mailboxes.MOST_DESTINATIONS", 3)
    members = ListChange(reset=("a@x.test", "b@x.test", "c@x.test"))
    accounts.aliases.create(LOCAL, "all@example.com", AliasChange(members=members))
    with pytest.raises(Unavailable, match="more than 3 addresses"):
        accounts.mailboxes.destinations("all@example.com")


def test_an_id_that_a_crash_left_is_not_the_next_ones(accounts: Accounts) -> None:
    anna = found(accounts, ANNA)
    with accounts.core.change(LOCAL) as work:  # deleted, and the program ends before the id is taken
        work.directory.delete_user(ANNA, Kept("root@example.org", None))
    accounts.users.create(LOCAL, ANNA, UserChange(password=PASSWORD))
    assert found(accounts, ANNA).id != anna.id


def test_ids_of_users_who_went_past_us_are_swept(accounts: Accounts) -> None:
    anna, bert = found(accounts, ANNA), found(accounts, BERT)
    with accounts.core.change(LOCAL) as work:
        work.directory.delete_user(ANNA, Kept("root@example.org", None))
    accounts.mailboxes.sweep()
    assert accounts.core.identities.address(anna.id, lambda _: True) is None
    assert accounts.core.identities.address(bert.id, lambda _: True) == BERT


@pytest.mark.parametrize("address", ["anna@example.org", "no address", ""])
def test_other_domains_are_not_ours(accounts: Accounts, address: str) -> None:
    assert accounts.mailboxes.destinations(address) is None


def test_the_workspace_sees_the_accounts_as_people(accounts: Accounts) -> None:
    people: People = AccountsPeople(accounts)
    accounts.aliases.create(LOCAL, "all@example.com", AliasChange(members=ListChange(reset=(ANNA, "x@x.test"))))
    anna = people.find(ANNA)
    assert anna is not None
    assert (anna.id, anna.name) == (found(accounts, ANNA).id, "Anna Berg")
    assert people.authenticate(ANNA, PASSWORD) == anna
    recipients = people.recipients("all@example.com")
    assert recipients is not None
    assert (recipients.people, recipients.others) == ((anna,), ("x@x.test",))
    assert people.recipients("x@x.test") is None
    assert [person.address for person in people.all()] == [ANNA, BERT]


def test_the_workspace_asks_for_a_person_once_a_second_and_sees_at_once_who_is_disabled(accounts: Accounts) -> None:
    now_s = 100.0
    people = AccountsPeople(accounts, lambda: now_s)
    update(accounts, ANNA, name="Before")
    assert people.find(ANNA) is people.find(ANNA)
    update(accounts, ANNA, name="After")
    now_s += 1.1
    after = people.find(ANNA)
    assert after is not None
    assert after.name == "After"
    update(accounts, ANNA, active=False)
    disabled = people.find(ANNA)
    assert disabled is not None
    assert not disabled.active
    accounts.users.delete(LOCAL, ANNA)
    assert people.find(ANNA) is None
