"""The directory: users, groups and who is in them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from tests.clients.o365.mail.doubles import GRAPH, REFUSED, Answer, Recorder, page

from O365.connection import MSGraphProtocol
from O365.directory import Directory, User
from O365.groups import Group, Groups
from O365.message import Message, RecipientType
from O365.utils import Pagination

ANNA: dict[str, Any] = {
    "@odata.type": "#microsoft.graph.user",
    "id": "u1",
    "displayName": "Anna Roof",
    "givenName": "Anna",
    "surname": "Roof",
    "mail": "anna@example.com",
    "userPrincipalName": "anna@example.com",
    "businessPhones": ["1"],
    "createdDateTime": "2026-01-01T10:00:00Z",
    "onPremisesSamAccountName": "anna",
}
BOB = {"@odata.type": "#microsoft.graph.user", "id": "u2", "displayName": "Bob"}
TEAM = {
    "@odata.type": "#microsoft.graph.group",
    "id": "g1",
    "displayName": "Team",
    "description": "All of us",
    "mail": "team@example.com",
    "mailNickname": "team",
    "visibility": "Private",
}


@pytest.fixture
def directory(con: Recorder, protocol: MSGraphProtocol) -> Directory:
    return Directory(con=con, protocol=protocol, main_resource="users")


@pytest.fixture
def groups(con: Recorder, protocol: MSGraphProtocol) -> Groups:
    return Groups(con=con, protocol=protocol)


@pytest.fixture
def anna(directory: Directory) -> User:
    return User(parent=directory, __cloud_data__=ANNA)


# Users.


def test_a_user_tells_what_the_directory_said(anna: User) -> None:
    assert (anna.object_id, anna.type, str(anna)) == ("u1", "#microsoft.graph.user", "Anna Roof")
    assert (anna.display_name, anna.given_name, anna.surname, anna.full_name) == (
        "Anna Roof",
        "Anna",
        "Roof",
        "Anna Roof",
    )
    assert (anna.mail, anna.user_principal_name, anna.business_phones) == (
        "anna@example.com",
        "anna@example.com",
        ["1"],
    )
    assert anna.created == dt.datetime(2026, 1, 1, 11, tzinfo=ZoneInfo("Europe/Berlin"))
    assert (anna.on_premises_sam_account_name, anna.job_title, anna.show_in_address_list) == ("anna", None, True)
    assert vars(anna)["mail"] == "anna@example.com"


def test_a_user_without_a_name(directory: Directory) -> None:
    nobody = User(parent=directory, __cloud_data__={"id": "u9"})
    assert (repr(nobody), nobody.full_name, nobody.business_phones) == ("Unknown Name", "", [])


def test_users_are_the_same_by_id(directory: Directory, anna: User) -> None:
    assert {anna, User(parent=directory, __cloud_data__=ANNA)} == {anna}
    assert anna != User(parent=directory, __cloud_data__=BOB)


def test_users_are_listed(con: Recorder, directory: Directory) -> None:
    con.will(page(ANNA, BOB))
    assert [user.display_name for user in directory.get_users()] == ["Anna Roof", "Bob"]
    assert (con.asked, con.last.params) == ([("get", "/users")], {"$top": 100})


def test_users_are_found_by_a_query_that_is_written_on(con: Recorder, directory: Directory) -> None:
    query = directory.new_query("display_name")
    query.startswith("Anna")
    directory.get_users(query=query, order_by="displayName", limit=None)
    assert con.last.params == {
        "$top": 999,
        "$filter": "startswith(displayName, 'Anna')",
        "$orderby": "displayName",
    }


def test_more_users_than_fit_into_a_page(con: Recorder, directory: Directory) -> None:
    con.will(page(ANNA, link="https://next"), page(BOB))
    users = directory.get_users(limit=500, batch=1)
    assert isinstance(users, Pagination)
    assert [user.main_resource for user in users] == ["users/u1", "users/u2"]


def test_bug_the_directory_of_the_signed_in_user_lists_the_users(con: Recorder, protocol: MSGraphProtocol) -> None:
    directory = Directory(con=con, protocol=protocol)
    con.will(page(ANNA), Answer(ANNA), Answer(BOB))
    assert directory.get_users()[0].main_resource == "users/u1"
    directory.get_user("u1")
    directory.get_user_manager("u1")
    assert [path for _, path in con.asked] == ["/users", "/users/u1", "/users/u1/manager"]


def test_the_signed_in_user(con: Recorder, protocol: MSGraphProtocol, directory: Directory) -> None:
    con.will(Answer(ANNA), REFUSED)
    me = Directory(con=con, protocol=protocol)
    found = me.get_current_user(query=me.q().select("mail"))
    assert (con.asked, con.last.params) == ([("get", "/me")], {"$select": "mail"})
    assert found is not None
    assert found.main_resource == "me"
    assert me.get_current_user() is None
    with pytest.raises(ValueError, match="me"):
        directory.get_current_user()


def test_one_user_and_those_around(con: Recorder, directory: Directory) -> None:
    con.will(Answer(ANNA), Answer(BOB), page(BOB))
    found, manager = directory.get_user("anna@example.com"), directory.get_user_manager("u1")
    reports = directory.get_user_direct_reports("u1", limit=5)
    assert [path for _, path in con.asked] == [
        "/users/anna@example.com",
        "/users/u1/manager",
        "/users/u1/directReports",
    ]
    assert (found, manager, reports) == (
        User(parent=directory, __cloud_data__=ANNA),
        User(parent=directory, __cloud_data__=BOB),
        [User(parent=directory, __cloud_data__=BOB)],
    )


def test_bug_a_guest_whose_address_has_a_number_sign_is_found(con: Recorder, directory: Directory) -> None:
    directory.get_user("bob_other.org#EXT#@example.com")
    assert con.last.path == "/users/bob_other.org%23EXT%23@example.com"


def test_who_is_refused_is_nobody(con: Recorder, directory: Directory) -> None:
    con.will(*[REFUSED] * 4)
    assert (directory.get_user("x"), directory.get_user_manager("x")) == (None, None)
    assert list(directory.get_users()) == list(directory.get_user_direct_reports("x")) == []


def test_somebody_from_elsewhere_is_invited(con: Recorder, directory: Directory) -> None:
    con.will(Answer({"id": "i1"}, 201))
    assert directory.invite_user("carl@example.org", "https://example.com", sendInvitationMessage=True) == {"id": "i1"}
    assert con.asked == [("post", "/invitations")]
    assert con.last.data == {
        "invitedUserEmailAddress": "carl@example.org",
        "inviteRedirectUrl": "https://example.com",
        "sendInvitationMessage": True,
    }


@pytest.mark.parametrize(
    ("size", "path"), [(None, "photo"), (48, "photos/48x48"), ("48", "photos/48x48"), ("96x96", "photos/96x96")]
)
def test_the_picture_of_a_user(con: Recorder, anna: User, size: Any, path: str) -> None:
    con.will(Answer(content=b"jpeg"))
    assert anna.get_profile_photo(size) == b"jpeg"
    assert con.asked == [("get", f"/users/u1/{path}/$value")]


class Raising(Recorder):
    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status

    def get(self, url: str, params: Any = None, **kwargs: Any) -> Any:
        response = requests.Response()
        response.status_code, response.url = self.status, url
        response.raise_for_status()


def test_a_user_without_a_picture_has_none(anna: User) -> None:
    anna.con = Raising(404)
    assert anna.get_profile_photo() is None


def test_bug_other_failures_are_no_missing_picture(anna: User) -> None:
    anna.con = Raising(401)
    with pytest.raises(requests.HTTPError):
        anna.get_profile_photo()


def test_a_picture_is_replaced(con: Recorder, anna: User) -> None:
    con.will(Answer(), REFUSED)
    assert anna.update_profile_photo(b"jpeg") is True
    assert con.asked == [("patch", "/users/u1/photo/$value")]
    assert (con.last.data, con.last.headers) == (b"jpeg", {"Content-type": "image/jpeg"})
    assert anna.update_profile_photo(b"jpeg") is False


def test_a_message_to_a_user(anna: User, directory: Directory) -> None:
    message = anna.new_message()
    assert isinstance(message, Message)
    assert (message.is_draft, [who.address for who in message.to]) == (True, ["anna@example.com"])
    copy = anna.new_message("bob@example.com", recipient_type=RecipientType.CC)
    assert copy is not None
    assert [who.address for who in copy.cc] == ["bob@example.com"]
    assert User(parent=directory, __cloud_data__=BOB).new_message() is None


# Groups.


def test_a_group_tells_what_the_directory_said(con: Recorder, groups: Groups) -> None:
    con.will(Answer(TEAM), REFUSED)
    team = groups.get_group_by_id("g1")
    assert con.asked == [("get", "/groups/g1")]
    assert team is not None
    assert (team.object_id, team.type, repr(team)) == ("g1", "#microsoft.graph.group", "Group: Team")
    assert (team.display_name, team.description, team.mail) == ("Team", "All of us", "team@example.com")
    assert (team.mail_nickname, team.visibility) == ("team", "Private")
    assert groups.get_group_by_id("x") is None


def test_a_group_by_its_address(con: Recorder, groups: Groups) -> None:
    other = {**TEAM, "id": "g2", "mail": "team@example.com.au"}
    con.will(Answer({"@odata.count": 2, "value": [other, TEAM]}), REFUSED)
    team = groups.get_group_by_mail("team@example.com")
    assert con.last.url == f'{GRAPH}/groups/?$search="mail:team@example.com"&$count=true'
    assert con.last.headers == {"ConsistencyLevel": "eventual"}
    assert team is not None
    assert team.object_id == "g1"
    assert groups.get_group_by_mail("x") is None


@pytest.mark.parametrize("answer", [{"@odata.count": 0, "value": []}, {"value": []}])
def test_bug_a_group_that_is_not_there_is_told_with_and_without_a_count(
    con: Recorder, groups: Groups, answer: dict[str, Any]
) -> None:
    con.will(Answer(answer))
    with pytest.raises(RuntimeError, match="Not found group"):
        groups.get_group_by_mail("x@example.com")


def test_bug_an_address_cannot_add_to_the_query(con: Recorder, groups: Groups) -> None:
    with pytest.raises(RuntimeError):
        groups.get_group_by_mail('a&b+c#"@x')
    assert con.last.url == f'{GRAPH}/groups/?$search="mail:a%26b%2Bc%23%5C%22@x"&$count=true'


@pytest.mark.parametrize("verb", ["get_group_by_id", "get_group_by_mail", "get_user_groups"])
def test_nothing_is_found_by_nothing(groups: Groups, verb: str) -> None:
    with pytest.raises(RuntimeError, match="Provide the"):
        getattr(groups, verb)()


def test_the_groups_of_a_user(con: Recorder, groups: Groups) -> None:
    con.will(page(TEAM), page(TEAM, link="https://next"), page(TEAM), REFUSED)
    assert [str(group) for group in groups.get_user_groups("u1") or ()] == ["Group: Team"]
    assert (con.last.path, con.last.params) == ("/users/u1/memberOf", {"$top": 999})
    assert len(list(groups.get_user_groups("u1", limit=5, batch=1) or ())) == 2
    assert groups.get_user_groups("u1") is None


def test_bug_groups_of_all_pages_are_listed(con: Recorder, groups: Groups) -> None:
    con.will(page(TEAM, link="https://next"), page({**TEAM, "displayName": "Board"}), REFUSED)
    found = groups.list_groups()
    assert [str(group) for group in found or ()] == ["Group: Team", "Group: Board"]
    assert groups.list_groups() is None


@pytest.fixture
def team(groups: Groups) -> Group:
    return Group(parent=groups, __cloud_data__=TEAM)


def test_bug_members_and_owners_of_all_pages_are_listed(con: Recorder, team: Group) -> None:
    con.will(page(ANNA, link="https://next"), page(BOB), page(BOB), REFUSED)
    assert [str(user) for user in team.get_group_members()] == ["Anna Roof", "Bob"]
    assert [str(user) for user in team.get_group_owners()] == ["Bob"]
    assert [path for _, path in con.asked] == ["/groups/g1/members", "https://next", "/groups/g1/owners"]
    assert team.get_group_owners() == []


def test_bug_members_are_users_of_the_directory(con: Recorder, team: Group) -> None:
    con.will(page(ANNA))
    assert team.get_group_members()[0].main_resource == "users/u1"


def test_bug_groups_that_contain_each_other_are_looked_into_once(con: Recorder, team: Group) -> None:
    board = {**TEAM, "id": "g2", "displayName": "Board"}
    con.will(page(ANNA, board), page(ANNA, BOB, TEAM))
    members = team.get_group_members(recursive=True)
    assert [str(member) for member in members] == ["Anna Roof", "Board", "Bob", "Team"]
    assert [path for _, path in con.asked] == ["/groups/g1/members", "/groups/g2/members"]


def test_groups_are_below_the_service_whatever_the_resource(con: Recorder, protocol: MSGraphProtocol) -> None:
    lone = Group(con=con, protocol=protocol, main_resource="me", __cloud_data__=TEAM)
    lone.get_group_members()
    assert con.asked == [("get", "/groups/g1/members")]
    assert {lone, Group(con=con, protocol=protocol, __cloud_data__=TEAM)} == {lone}
