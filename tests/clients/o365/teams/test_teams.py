"""Teams against answers in the shapes of the service: its server side is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.connection import MSGraphProtocol
from O365.teams import (
    Activity,
    Availability,
    Channel,
    ChannelMessage,
    Chat,
    ChatMessage,
    PreferredActivity,
    PreferredAvailability,
    Teams,
)

TEAM: dict[str, Any] = {
    "id": "893075dd-2487-4122-925f-022c42e20265", "displayName": "Yard", "description": "Carts", "isArchived": False,
    "webUrl": "https://teams.microsoft.com/l/team/19%3a1",
}  # fmt: skip
CHANNEL = {"id": "19:09fc54a3141a45d0bc769cf506d2e079@thread.skype", "displayName": "General", "description": None,
           "email": "general@one.test"}  # fmt: skip
MESSAGE: dict[str, Any] = {
    "id": "1616990032035", "replyToId": None, "messageType": "message", "subject": "Roof", "summary": None,
    "importance": "normal", "createdDateTime": "2024-01-31T10:00:00Z", "lastModifiedDateTime": "2024-01-31T10:00:00Z",
    "lastEditedDateTime": None, "deletedDateTime": None, "chatId": None, "webUrl": "https://teams.microsoft.com/l/m",
    "from": {"application": None, "device": None, "user": {"id": "8ea0e38b", "displayName": "Anna",
                                                           "userIdentityType": "aadUser"}},
    "body": {"contentType": "text", "content": "It leaks"},
    "channelIdentity": {"teamId": TEAM["id"], "channelId": CHANNEL["id"]},
}  # fmt: skip
CHAT = {"id": "19:561082c0@unq.gbl.spaces", "topic": None, "chatType": "oneOnOne", "webUrl": "https://teams/c",
        "createdDateTime": "2024-01-31T10:00:00Z", "lastUpdatedDateTime": "2024-01-31T10:00:00Z"}  # fmt: skip
MEMBER = {"@odata.type": "#microsoft.graph.aadUserConversationMember", "id": "MCMj", "roles": ["owner"],
          "displayName": "Bert", "userId": "b", "email": "bert@one.test", "tenantId": "t"}  # fmt: skip
OF_TEAM = f"/teams/{TEAM['id']}"
OF_CHANNEL = f"{OF_TEAM}/channels/{CHANNEL['id']}"


@pytest.fixture
def con() -> Recorder:
    return Recorder()


@pytest.fixture
def teams(con: Recorder) -> Teams:
    return Teams(con=con, protocol=MSGraphProtocol(timezone="Europe/Berlin"))


@pytest.fixture
def channel(teams: Teams, con: Recorder) -> Channel:
    con.will(page(TEAM), Answer(CHANNEL))
    found = teams.get_my_teams()[0].get_channel(CHANNEL["id"] or "")
    assert found
    return found


@pytest.fixture
def chat(teams: Teams) -> Chat:
    return Chat(parent=teams, __cloud_data__=CHAT)


def test_presence_is_told_and_set(teams: Teams, con: Recorder) -> None:
    told = Answer({"id": "8ea0e38b", "availability": "Busy", "activity": "InACall"})
    con.will(told, Answer(), told, Answer(), told, told)
    found = teams.get_my_presence()
    assert found
    assert (found.availability, found.activity, str(found)) == ("Busy", "InACall", "availability: Busy")
    teams.set_my_presence("app", Availability.BUSY, Activity.INACALL, "PT1H")
    teams.set_my_user_preferred_presence(PreferredAvailability.OFFLINE, PreferredActivity.OFFWORK, "P1D")
    assert teams.get_user_presence(email="anna@one.test") == found
    sent = [call.data for call in con.calls if call.method == "post"]
    # The original misspelt the last key.
    assert sent == [
        {"sessionId": "app", "availability": "Busy", "activity": "InACall", "expirationDuration": "PT1H"},
        {"availability": "Offline", "activity": "OffWork", "expirationDuration": "P1D"},
    ]
    assert con.last.path == "/users/anna@one.test/presence"
    with pytest.raises(RuntimeError):
        teams.get_user_presence()


def test_teams_and_channels_are_listed_whole(teams: Teams, con: Recorder) -> None:
    con.will(page(TEAM, link="https://graph.microsoft.com/v1.0/more"), page({**TEAM, "id": "2"}), page(CHANNEL))
    yard, other = teams.get_my_teams()
    assert (yard.display_name, yard.description, yard.is_archived, str(yard)) == ("Yard", "Carts", False, "Team: Yard")
    assert yard != other
    (general,) = yard.get_channels()
    assert (general.display_name, general.email, str(general)) == ("General", "general@one.test", "Channel: General")
    assert con.last.path == f"{OF_TEAM}/channels"


def test_channels_by_the_id_of_their_team_know_it(teams: Teams, con: Recorder) -> None:
    """The original forgot it, so that their messages could not be read."""
    con.will(page(CHANNEL), Answer(CHANNEL), Answer(CHANNEL), page(MESSAGE))
    (general,) = teams.get_channels(TEAM["id"])
    assert teams.get_channel(TEAM["id"], CHANNEL["id"] or "") == general
    made = teams.create_channel(TEAM["id"], "General", "All")
    assert con.last.data == {"displayName": "General", "description": "All"}
    assert made == general
    assert [one.content for one in general.get_messages(limit=5)] == ["It leaks"]
    assert (con.last.path, con.last.params) == (f"{OF_CHANNEL}/messages", {"$top": 5})


def test_apps_of_a_team_tell_what_they_are(teams: Teams, con: Recorder) -> None:
    con.will(page({"id": "a", "teamsAppDefinition": {"displayName": "Planner"}}))
    (app,) = teams.get_apps_in_team(TEAM["id"])
    assert (str(app), app.app_definition) == ("App: Planner", {"displayName": "Planner"})
    assert con.last.path == f"{OF_TEAM}/installedApps?$expand=teamsAppDefinition"


def test_a_message_of_a_channel_has_replies(channel: Channel, con: Recorder) -> None:
    con.will(
        Answer(MESSAGE), page({**MESSAGE, "id": "2", "replyToId": MESSAGE["id"]}), Answer(MESSAGE), Answer(MESSAGE)
    )
    message = channel.get_message(MESSAGE["id"])
    assert isinstance(message, ChannelMessage)
    assert (message.team_id, message.channel_id) == (TEAM["id"], CHANNEL["id"])
    assert (message.from_id, message.from_display_name, message.from_type) == ("8ea0e38b", "Anna", "aadUser")
    assert message.created_date
    assert message.created_date.hour == 11
    (reply,) = message.get_replies()
    of_message = f"{OF_CHANNEL.removeprefix('/')}/messages/{MESSAGE['id']}"
    assert (reply.reply_to_id, reply.main_resource) == (MESSAGE["id"], f"{of_message}/replies/2")
    assert message.get_reply(MESSAGE["id"])
    assert con.last.path == f"/{of_message}/replies/{MESSAGE['id']}"
    assert message.send_reply("Thanks")
    assert con.last.data == {"body": {"contentType": "text", "content": "Thanks"}}


def test_messages_are_sent_as_text_as_html_and_as_json(channel: Channel, chat: Chat, con: Recorder) -> None:
    con.will(*[Answer(MESSAGE)] * 3)
    channel.send_message("Hello")
    chat.send_message("<b>Hello</b>", "html")
    chat.send_message({"body": {"content": "Hello"}, "importance": "high"})
    assert [call.data for call in con.calls[-3:]] == [
        {"body": {"contentType": "text", "content": "Hello"}},
        {"body": {"contentType": "html", "content": "<b>Hello</b>"}},
        {"body": {"content": "Hello"}, "importance": "high"},
    ]
    with pytest.raises(ValueError, match="content"):
        chat.send_message()


def test_a_chat_has_messages_and_members(teams: Teams, chat: Chat, con: Recorder) -> None:
    link = "https://graph.microsoft.com/v1.0/more"
    con.will(
        page(CHAT, link=link), page({**CHAT, "id": "2"}), page(MESSAGE), Answer(MESSAGE), page(MEMBER), Answer(MEMBER)
    )
    assert [str(one) for one in teams.get_my_chats(batch=200)] == ["Chat: oneOnOne"] * 2
    assert con.calls[0].params == {"$top": 50}
    assert [one.content for one in chat.get_messages()] == ["It leaks"]
    found = chat.get_message(MESSAGE["id"])
    assert found
    assert (con.last.path, type(found)) == (f"/chats/{CHAT['id']}/messages/{MESSAGE['id']}", ChatMessage)
    (member,) = chat.get_members()
    assert (member.user_id, member.roles, str(member)) == ("b", ["owner"], "ConversationMember: Bert - bert@one.test")
    again = chat.get_member("MCMj")
    assert again
    assert (again.main_resource, again.tenant_id) == (f"chats/{CHAT['id']}/members/MCMj", "t")


@pytest.mark.parametrize(("sender", "told"), [({"application": {"id": "a", "displayName": "Bot"}}, ("a", "Bot")),
                                              (None, (None, None)), ({}, (None, None))])  # fmt: skip
def test_messages_without_a_user_or_a_channel_can_be_read(chat: Chat, sender: Any, told: tuple[Any, Any]) -> None:
    """The original broke on those of the system."""
    message = ChannelMessage(parent=chat, __cloud_data__={**MESSAGE, "from": sender, "channelIdentity": None})
    assert (message.from_id, message.from_display_name) == told
    assert (message.team_id, message.channel_id) == (None, None)


def test_errors_that_do_not_raise_are_nothing(teams: Teams, chat: Chat, con: Recorder) -> None:
    con.will(*[REFUSED] * 8)
    assert teams.get_my_presence() is None
    assert teams.set_my_presence("s", Availability.AWAY, Activity.AWAY, "PT5M") is None
    assert (teams.get_my_teams(), teams.get_my_chats(), teams.get_channels("t"), chat.get_members()) == ([], [], [], [])
    assert chat.get_messages() == []
    assert chat.send_message("x") is None
