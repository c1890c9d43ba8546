"""People are made, changed and removed by Graph: on the accounts engine, with its rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.faces.graph.graph_server import Client, World, running

from postroom.accounts.accounts import Accounts
from postroom.accounts.model import DomainChange, ListChange, Page, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.people import AccountsPeople, AccountsRegistrar
from postroom.settings import Graph, Settings
from postroom.workspace.delivery import outgoing
from postroom.workspace.people import Person

PASSWORD = "Secret-12345"
ADMIN, ROOT, BERT, NEW = "ada@example.com", "root@example.com", "bert@example.com", "nina@example.com"
DENIED = (403, "Authorization_RequestDenied")
BAD = (400, "Request_BadRequest")


@dataclass
class House:
    """`admin` and `bert` are users with an app that may change users; `app` is one without a user."""

    accounts: Accounts
    world: World
    admin: Client
    bert: Client
    app: Client

    def person(self, address: str) -> Person:
        found = self.world.workspace.people.find(address)
        assert found is not None
        return found

    def has_password(self, address: str, password: str) -> bool:
        return self.accounts.mailboxes.authenticate(address, password) is not None


@contextmanager
def opened(path: Path, accounts: Accounts) -> Iterator[House]:
    people = AccountsPeople(accounts)
    settings = Graph(admins=(ADMIN, "later@example.com"))
    with running(path, settings, directory=(people, AccountsRegistrar(accounts, people))) as world:

        def user(address: str) -> Client:
            person = people.find(address)
            assert person is not None
            return world.caller(world.tokens.user(person, "User.ReadWrite.All"))

        app = world.caller(world.tokens.app("User.ReadWrite.All"))
        yield House(accounts, world, user(ADMIN), user(BERT), app)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Ada is the administrator of the tenant; root administers all accounts."""
    with Accounts(Settings(), tmp_path) as accounts:
        accounts.domains.create(LOCAL, "example.com", DomainChange())
        for address in (ADMIN, ROOT, BERT):
            accounts.users.create(LOCAL, address, UserChange(name=address.partition("@")[0], password=PASSWORD))
        accounts.users.update(LOCAL, ROOT, UserChange(global_admin=True))
        with opened(tmp_path, accounts) as house:
            yield house


def described(**more: Any) -> dict[str, Any]:
    """A new user."""
    return {
        "accountEnabled": True,
        "displayName": "Nina North",
        "mailNickname": "nina",
        "userPrincipalName": NEW,
        "passwordProfile": {"password": PASSWORD, "forceChangePasswordNextSignIn": False},
    } | more


@pytest.mark.parametrize("who", ["admin", "app"])
def test_a_user_who_is_made_can_sign_in_and_gets_mail(house: House, who: str) -> None:
    client: Client = getattr(house, who)
    more = {"givenName": "Nina", "surname": "North", "preferredLanguage": "de_DE", "city": "Ulm", "mail": NEW}
    answer = client("POST", "/users", json=described(**more))
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"] == f"{house.world.base}/v1.0/users/{made['id']}"
    assert made["@odata.context"].endswith("$metadata#users/$entity")
    assert (made["displayName"], made["userPrincipalName"], made["mail"]) == ("Nina North", NEW, NEW)
    assert house.has_password(NEW, PASSWORD)
    profile = house.accounts.users.get(LOCAL, NEW)
    assert (profile["name"], profile["first_name"], profile["last_name"]) == ("Nina North", "Nina", "North")
    assert client.get(f"/users/{made['id']}?$select=city,mailNickname,accountEnabled").items() >= {
        "city": "Ulm", "mailNickname": "nina", "accountEnabled": True,
    }.items()  # fmt: skip
    house.world.workspace.mail.deliver("x@elsewhere.test", [NEW], b"Subject: Welcome\r\n\r\nHello\r\n")
    reader = house.world.caller(house.world.tokens.app("Mail.Read"))
    assert [row["subject"] for row in reader.get(f"/users/{NEW}/messages")["value"]] == ["Welcome"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"accountEnabled": None}, "accountEnabled"),
        ({"accountEnabled": "yes"}, "accountEnabled"),
        ({"displayName": ""}, "displayName"),
        ({"mailNickname": None}, "mailNickname"),
        ({"mailNickname": "a b"}, "mailNickname"),
        ({"userPrincipalName": "nina"}, "userPrincipalName"),
        ({"userPrincipalName": "n@elsewhere.test"}, "domains that are hosted here"),
        ({"userPrincipalName": BERT}, "for property userPrincipalName already exists"),
        ({"passwordProfile": None}, "passwordProfile"),
        ({"passwordProfile": {}}, "passwordProfile/password"),
        ({"passwordProfile": {"password": ["x"]}}, "password"),
        ({"passwordProfile": {"password": "short"}}, "password complexity requirements"),
        ({"mail": "other@example.com"}, "mail"),
        ({"proxyAddresses": ["smtp:other@example.com"]}, "proxyAddresses"),
        ({"businessPhones": "1"}, "businessPhones"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_user_who_cannot_be_made_is_not_made_by_half(house: House, more: dict[str, Any], words: str) -> None:
    before = house.app.get("/users?$select=id,displayName")["value"]
    answer = house.app("POST", "/users", json=described(**more))
    assert (answer.status_code, answer.json()["error"]["code"]) == BAD
    assert words in answer.json()["error"]["message"]
    assert house.app.get("/users?$select=id,displayName")["value"] == before


def test_what_is_changed_of_an_account_is_changed_in_accounts(house: House) -> None:
    made = house.app.done("POST", "/users", 201, json=described())["id"]
    change = {"displayName": "Nina South", "surname": "South", "accountEnabled": False, "city": "Bern",
              "passwordProfile": {"password": "Another-12345"}, "userPrincipalName": "south@example.com"}  # fmt: skip
    assert house.admin.done("PATCH", f"/users/{made}", 204, json=change) is None
    person = house.person("south@example.com")
    assert (person.id, person.name, person.surname, person.active) == (made, "Nina South", "South", False)
    assert house.admin.get(f"/users/{made}?$select=city,displayName").items() >= {
        "city": "Bern", "displayName": "Nina South",
    }.items()  # fmt: skip
    house.admin.done("PATCH", f"/users/{made}", 204, json={"accountEnabled": True})
    assert house.has_password("south@example.com", "Another-12345")
    assert house.world.workspace.people.find(NEW) is None


def test_a_change_that_is_refused_in_one_part_changes_nothing(house: House) -> None:
    change = {"displayName": "X", "userPrincipalName": "bertram@example.com", "passwordProfile": {"password": "short"}}
    assert house.admin.refused("PATCH", f"/users/{BERT}", json=change) == BAD
    assert house.admin.refused("PATCH", f"/users/{BERT}", json={"city": "Ulm", "userPrincipalName": ADMIN}) == BAD
    found = house.admin.get(f"/users/{BERT}?$select=displayName,city")
    assert (found["displayName"], found["city"]) == ("bert", None)


def test_a_document_that_was_read_can_be_sent_back(house: House) -> None:
    select = "id,displayName,mail,userPrincipalName,accountEnabled,proxyAddresses,mailNickname,jobTitle"
    read = house.admin.get(f"/users/{BERT}?$select={select}")
    house.admin.done("PATCH", f"/users/{BERT}", 204, json=read | {"jobTitle": "Chief"})
    assert house.admin.get(f"/users/{BERT}?$select=jobTitle")["jobTitle"] == "Chief"
    assert house.admin.refused("PATCH", f"/users/{BERT}", json=read | {"id": house.person(ADMIN).id}) == BAD


def test_a_name_from_before_accounts_could_be_changed_gives_way(house: House) -> None:
    key = UUID(house.person(BERT).id).bytes
    with house.world.workspace.store.write() as unit:
        unit.items.add("directory", "user", None, {"displayName": "Old", "city": "Ulm"}, key=key)
    assert house.admin.get(f"/users/{BERT}")["displayName"] == "Old"
    house.admin.done("PATCH", f"/users/{BERT}", 204, json={"displayName": "New"})
    house.accounts.users.update(LOCAL, BERT, UserChange(name="Newest", active=True))
    found = house.admin.get(f"/users/{BERT}?$select=displayName,city")
    assert (found["displayName"], found["city"]) == ("Newest", "Ulm")


def test_a_user_who_is_removed_is_in_no_group_and_cannot_sign_in(house: House) -> None:
    made = house.app.done("POST", "/users", 201, json=described(city="Ulm"))["id"]
    groups = house.world.caller(house.world.tokens.app("Group.ReadWrite.All"))
    body = {"displayName": "Team", "mailEnabled": False, "mailNickname": "team", "securityEnabled": True,
            "members@odata.bind": [f"x/users/{made}"]}  # fmt: skip
    group = groups.done("POST", "/groups", 201, json=body)["id"]
    house.app.done("DELETE", f"/users/{made}", 204)
    assert house.app.refused("GET", f"/users/{made}") == (404, "Request_ResourceNotFound")
    assert house.app.refused("DELETE", f"/users/{made}") == (404, "Request_ResourceNotFound")
    assert groups.get(f"/groups/{group}/members")["value"] == []
    assert not house.has_password(NEW, PASSWORD)
    again = house.app.done("POST", "/users", 201, json=described())["id"]
    assert again != made
    assert house.app.get(f"/users/{again}?$select=city")["city"] is None


def test_users_change_their_own_names_and_no_more(house: House) -> None:
    own = house.bert
    own.done("PATCH", "/me", 204, json={"displayName": "Bertram", "city": "Ulm"})
    assert house.person(BERT).name == "Bertram"
    for change in ({"accountEnabled": False}, {"userPrincipalName": "b@example.com"},
                   {"passwordProfile": {"password": PASSWORD}}):  # fmt: skip
        assert own.refused("PATCH", "/me", json=change) == DENIED
    assert own.refused("PATCH", f"/users/{ADMIN}", json={"displayName": "X"}) == DENIED
    assert own.refused("POST", "/users", json=described()) == DENIED
    assert own.refused("DELETE", f"/users/{BERT}") == DENIED
    assert house.admin.refused("PATCH", "/me", json={"passwordProfile": {"password": PASSWORD}}) == DENIED


@pytest.mark.parametrize("scope", ["User.Read.All", "User.ReadWrite", "Directory.Read.All"])
def test_other_scopes_make_nobody(house: House, scope: str) -> None:
    reader = house.world.caller(house.world.tokens.user(house.person(ADMIN), scope))
    assert reader.refused("POST", "/users", json=described()) == DENIED
    assert reader.refused("DELETE", f"/users/{BERT}") == DENIED


def test_an_app_by_itself_does_not_become_an_administrator(house: House) -> None:
    """Neither of the tenant, by one's password or address, nor of accounts."""
    password = {"passwordProfile": {"password": "Another-12345"}}
    for change in (password, {"accountEnabled": False}, {"userPrincipalName": "x@example.com"}):
        assert house.app.refused("PATCH", f"/users/{ADMIN}", json=change) == DENIED
    house.app.done("PATCH", f"/users/{ADMIN}", 204, json={"city": "Ulm"})
    assert house.app.refused("DELETE", f"/users/{ADMIN}") == DENIED
    for text in ("Later@example.com", " later@example.com "):
        assert house.app.refused("POST", "/users", json=described(userPrincipalName=text)) == DENIED
    assert house.app.refused("PATCH", f"/users/{BERT}", json={"userPrincipalName": "later@example.com"}) == DENIED
    for client in (house.app, house.admin):
        assert client.refused("PATCH", f"/users/{ROOT}", json=password) == DENIED
        assert client.refused("DELETE", f"/users/{ROOT}") == DENIED
    house.accounts.domains.create(LOCAL, "other.example", DomainChange())
    house.accounts.domains.change_admins(LOCAL, "other.example", ListChange(add=(BERT,)))
    for client in (house.app, house.admin):
        assert client.refused("PATCH", f"/users/{BERT}", json=password) == DENIED
    house.admin.done("POST", "/users", 201, json=described(userPrincipalName="later@example.com"))


def test_limits_of_a_domain_count_here_too(house: House) -> None:
    house.accounts.domains.update(LOCAL, "example.com", DomainChange(max_users=3))
    assert house.app.refused("POST", "/users", json=described()) == DENIED


def test_the_log_of_accounts_says_who_it_was(house: House) -> None:
    house.admin.done("POST", "/users", 201, json=described())
    entry = house.accounts.log(LOCAL, page=Page())[0]
    assert (entry.admin, entry.message.endswith(f"Create mail user: {NEW}.")) == (ADMIN, True)


# What changed


def follow(client: Client, link: str) -> tuple[dict[str, Any], str]:
    """All that a link of delta leads to, by id, and the link to what comes later."""
    rows: dict[str, Any] = {}
    page = client.get(link)
    while True:
        rows |= {row["id"]: row for row in page["value"]}
        after = str(page.get("@odata.nextLink") or page["@odata.deltaLink"]).removeprefix(f"{client.world.base}/v1.0")
        if "@odata.deltaLink" in page:
            return rows, after
        page = client.get(after)


def test_changes_of_accounts_are_told_however_they_were_made(house: House) -> None:
    ids = {house.person(address).id for address in (ADMIN, ROOT, BERT)}
    rows, link = follow(house.app, "/users/delta?$select=displayName,city&$top=2")
    assert rows.keys() == ids
    assert follow(house.app, link)[0] == {}
    house.accounts.users.create(LOCAL, NEW, UserChange(name="Nina", password=PASSWORD))
    house.accounts.users.update(LOCAL, BERT, UserChange(name="Bertram", active=True))
    house.app.done("PATCH", f"/users/{ADMIN}", 204, json={"city": "Ulm"})
    new = house.person(NEW).id
    rows, link = follow(house.app, link)
    assert {row["id"]: (row["displayName"], row["city"]) for row in rows.values()} == {
        new: ("Nina", None),
        house.person(BERT).id: ("Bertram", None),
        house.person(ADMIN).id: ("ada", "Ulm"),
    }
    assert follow(house.app, link)[0] == {}
    house.accounts.users.delete(LOCAL, NEW)
    rows, link = follow(house.app, link)
    assert rows == {new: {"@odata.type": "#microsoft.graph.user", "id": new, "@removed": {"reason": "deleted"}}}
    assert follow(house.app, link)[0] == {}


def test_users_who_are_removed_by_graph_are_told_too_and_once(house: House) -> None:
    made = house.app.done("POST", "/users", 201, json=described(city="Ulm"))["id"]
    link = follow(house.app, "/users/delta")[1]
    house.app.done("DELETE", f"/users/{made}", 204)
    rows, link = follow(house.app, link)
    assert list(rows) == [made]
    assert rows[made]["@removed"] == {"reason": "deleted"}
    assert follow(house.app, link)[0] == {}


def test_from_now_on_tells_nothing_of_before(house: House) -> None:
    rows, link = follow(house.app, "/users/delta?$deltatoken=latest")
    assert rows == {}
    house.accounts.users.update(LOCAL, BERT, UserChange(name="Bertram"))
    assert follow(house.app, link)[0].keys() == {house.person(BERT).id}


def test_of_users_only_those_who_are_asked_for_are_told(house: House) -> None:
    bert, ada = house.person(BERT).id, house.person(ADMIN).id
    rows, link = follow(house.app, f"/users/delta?$filter=id eq '{bert}' or id eq '{house.person(ROOT).id}'")
    assert rows.keys() == {bert, house.person(ROOT).id}
    for address in (ADMIN, BERT):
        house.accounts.users.update(LOCAL, address, UserChange(name="Changed"))
    assert ada not in follow(house.app, link)[0]
    assert follow(house.app, link)[0].keys() == {bert}
    assert follow(house.app, f"/users/delta?$filter=id in ('{ada}')")[0].keys() == {ada}
    for condition in ("displayName eq 'x'", "id ne 'x'", "id eq 'x' and id eq 'x'", "id eq null", "id eq 'x' or true"):
        assert house.app.refused("GET", f"/users/delta?$filter={condition}")[0] == 400


def test_who_is_out_of_sight_for_a_while_loses_nothing(house: House) -> None:
    """A directory that lists fewer people, by a mistake in its settings, must not cost pictures and managers."""
    house.app.done("PATCH", f"/users/{BERT}", 204, json={"city": "Ulm"})
    bert, link = house.person(BERT).id, follow(house.app, "/users/delta")[1]
    directory, people = house.world.workspace.directory, house.world.workspace.people
    assert isinstance(people, AccountsPeople)
    directory._noticing._people = Fewer(people, BERT)  # type: ignore[assignment]
    directory.everybody._people = Fewer(people, BERT)  # type: ignore[assignment]
    rows, link = follow(house.app, link)
    assert rows[bert]["@removed"] == {"reason": "deleted"}
    directory._noticing._people = directory.everybody._people = people
    assert follow(house.app, link)[0][bert]["displayName"] == "bert"
    assert house.app.get(f"/users/{BERT}?$select=city")["city"] == "Ulm"


@dataclass
class Fewer:
    """People without one of them."""

    people: AccountsPeople
    without: str

    def all(self) -> Iterator[Person]:
        return (one for one in self.people.all() if one.address != self.without)

    def find(self, name: str) -> Person | None:
        found = self.people.find(name)
        return None if found is not None and found.address == self.without else found


# Passwords


def change_of(old: Any = PASSWORD, new: Any = "Another-12345") -> dict[str, Any]:
    return {"currentPassword": old, "newPassword": new}


def test_whoever_knows_the_old_password_gets_a_new_one_and_signs_in_anew(house: House) -> None:
    signin, person = house.world.workspace.signin, house.person(BERT)
    session = signin.sessions.create(person.id)
    house.bert.done("POST", "/me/changePassword", 204, json=change_of())
    assert (house.has_password(BERT, PASSWORD), house.has_password(BERT, "Another-12345")) == (False, True)
    assert signin.sessions.find(session) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (change_of(old="wrong"), "current password"),
        (change_of(old=None), "current password"),
        (change_of(new="short"), "password complexity requirements"),
        (change_of(new=None), "newPassword"),
        ({}, "newPassword"),
    ],
)
def test_a_password_that_cannot_be_changed_stays(house: House, body: dict[str, Any], words: str) -> None:
    answer = house.bert("POST", "/me/changePassword", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == BAD
    assert words in answer.json()["error"]["message"]
    assert house.has_password(BERT, PASSWORD)


def test_a_token_is_no_way_to_guess_a_password(house: House) -> None:
    for _ in range(20):
        answer = house.bert("POST", "/me/changePassword", json=change_of(old="wrong"))
        if answer.status_code == 429:
            break
    assert answer.json()["error"]["code"] == "TooManyRequests"
    assert int(answer.headers["retry-after"]) >= 1
    assert house.bert("POST", "/me/changePassword", json=change_of()).status_code == 429
    assert house.has_password(BERT, PASSWORD)


def test_nobody_changes_the_password_of_somebody_else(house: House) -> None:
    assert house.admin.refused("POST", f"/users/{BERT}/changePassword", json=change_of()) == DENIED
    assert house.app.refused("POST", f"/users/{BERT}/changePassword", json=change_of()) == DENIED


# Guests

GUEST = "Carl@elsewhere.test"


def invited(client: Client, **more: Any) -> dict[str, Any]:
    body = {"invitedUserEmailAddress": GUEST, "inviteRedirectUrl": "https://app.example.com/in"} | more
    made: dict[str, Any] = client.done("POST", "/invitations", 201, json=body)
    return made


def test_a_guest_is_in_the_directory_and_nowhere_else(house: House) -> None:
    link = follow(house.app, "/users/delta")[1]
    made = invited(house.app, invitedUserDisplayName="Carl")
    guest = made["invitedUser"]["id"]
    assert made["@odata.context"].endswith("$metadata#invitations/$entity")
    assert (made["status"], made["inviteRedeemUrl"]) == ("PendingAcceptance", "https://app.example.com/in")
    principal = "Carl_elsewhere.test#EXT#@example.com"
    for name in (guest, GUEST.lower(), principal.replace("#", "%23")):
        found = house.app.get(f"/users/{name}?$select=id,userType,mail,userPrincipalName,displayName")
        assert found.items() >= {
            "id": guest, "userType": "Guest", "mail": GUEST, "userPrincipalName": principal, "displayName": "Carl",
        }.items()  # fmt: skip
    assert [row["id"] for row in house.app.get("/users?$filter=userType eq 'Guest'")["value"]] == [guest]
    assert follow(house.app, link)[0].keys() == {guest}
    assert house.world.workspace.signin.authenticate(GUEST, "") is None
    domains = house.world.caller(house.world.tokens.app("Domain.Read.All")).get("/domains")["value"]
    assert [row["id"] for row in domains] == ["example.com"]
    reader = house.world.caller(house.world.tokens.app("Mail.Read"))
    assert reader.refused("GET", f"/users/{guest}/messages") == (404, "ErrorInvalidUser")


def test_a_guest_is_in_groups_and_is_changed_and_removed(house: House) -> None:
    guest = invited(house.app)["invitedUser"]["id"]
    groups = house.world.caller(house.world.tokens.app("Group.ReadWrite.All", "User.Read.All"))
    body = {"displayName": "Team", "mailEnabled": False, "mailNickname": "team", "securityEnabled": True,
            "members@odata.bind": [f"x/users/{guest}"]}  # fmt: skip
    group = groups.done("POST", "/groups", 201, json=body)["id"]
    assert [row["id"] for row in groups.get(f"/groups/{group}/members")["value"]] == [guest]
    assert [row["id"] for row in groups.get(f"/users/{guest}/memberOf")["value"]] == [group]
    house.admin.done("PATCH", f"/users/{guest}", 204, json={"displayName": "Charles", "city": "Ulm"})
    assert house.app.get(f"/users/{guest}")["displayName"] == "Charles"
    assert house.admin.refused("PATCH", f"/users/{guest}", json={"userPrincipalName": "x@example.com"}) == DENIED
    assert house.bert.refused("PATCH", f"/users/{guest}", json={"city": "Ulm"}) == DENIED
    house.app.done("DELETE", f"/users/{guest}", 204)
    assert groups.get(f"/groups/{group}/members")["value"] == []
    assert house.app.refused("GET", f"/users/{guest}") == (404, "Request_ResourceNotFound")
    assert invited(house.app)["invitedUser"]["id"] != guest


def test_who_is_invited_again_is_the_same_guest(house: House) -> None:
    first = invited(house.admin, invitedUserDisplayName="Carl")
    again = invited(house.app, invitedUserEmailAddress=GUEST.upper())
    assert again["invitedUser"] == first["invitedUser"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"invitedUserEmailAddress": BERT}, "people of our domains"),
        ({"invitedUserEmailAddress": "nobody@example.com"}, "people of our domains"),
        ({"invitedUserEmailAddress": "carl"}, "an address"),
        ({"invitedUserEmailAddress": "*"}, "an address"),
        ({"invitedUserEmailAddress": None}, "invitedUserEmailAddress"),
        ({"inviteRedirectUrl": "javascript:alert(1)"}, "inviteRedirectUrl"),
        ({"inviteRedirectUrl": None}, "inviteRedirectUrl"),
        ({"invitedUserType": "Member"}, "invitedUserType"),
        ({"sendInvitationMessage": True}, "sendInvitationMessage"),
        ({"invitedUserMessageInfo": {"ccRecipients": [{"emailAddress": {"address": BERT}}]}}, "ccRecipients"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(house: House, more: dict[str, Any], words: str) -> None:
    body = {"invitedUserEmailAddress": GUEST, "inviteRedirectUrl": "https://app.example.com/in"} | more
    answer = house.app("POST", "/invitations", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == BAD
    assert words in answer.json()["error"]["message"]


def test_administrators_invite_and_mail_goes_out_when_it_is_wanted(house: House) -> None:
    body = {"invitedUserEmailAddress": GUEST, "inviteRedirectUrl": "https://app.example.com/in"}
    assert house.bert.refused("POST", "/invitations", json=body) == DENIED
    invited(house.admin, sendInvitationMessage=True, invitedUserMessageInfo={"customizedMessageBody": "Come in"})
    with house.world.workspace.store.read() as unit:
        (waiting,) = outgoing.due(unit, 10)
        blob = unit.items.held(waiting.holder)
        assert blob
        raw = unit.blobs.read(blob.hash)
    assert (waiting.sender, waiting.recipient) == (ADMIN, GUEST.lower())
    assert b"Come in" in raw
    assert b"https://app.example.com/in" in raw
