"""Microsoft Teams: teams and their channels, chats, messages, presence."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar

from O365._attributes import Attribute, Json, Resource, instant, maybe_text, plain, text
from O365._component import ApiComponent as ApiComponent
from O365._drive_fields import within
from O365._listing import everything
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._paging import Pagination as Pagination
from O365._paging import built, listed
from O365._urls import segment

MAX_BATCH_CHAT_MESSAGES = 50
MAX_BATCH_CHATS = 50
_SENDERS = ("user", "application", "device")


class Availability(Enum):
    AVAILABLE = "Available"
    BUSY = "Busy"
    AWAY = "Away"
    DONOTDISTURB = "DoNotDisturb"


class Activity(Enum):
    AVAILABLE = "Available"
    INACALL = "InACall"
    INACONFERENCECALL = "InAConferenceCall"
    AWAY = "Away"
    PRESENTING = "Presenting"


class PreferredAvailability(Enum):
    AVAILABLE = "Available"
    BUSY = "Busy"
    DONOTDISTURB = "DoNotDisturb"
    BERIGHTBACK = "BeRightBack"
    AWAY = "Away"
    OFFLINE = "Offline"


class PreferredActivity(Enum):
    AVAILABLE = "Available"
    BUSY = "Busy"
    DONOTDISTURB = "DoNotDisturb"
    BERIGHTBACK = "BeRightBack"
    AWAY = "Away"
    OFFWORK = "OffWork"


class _Thing(Resource):
    """Something of Teams. `_folder` is what stands in front of its id in URLs, below what it lies in."""

    _folder: ClassVar[str] = ""

    _eager = True

    object_id = maybe_text("id")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        if self._folder:
            self.set_base_url(f"{self.main_resource}/{self._folder}/{segment(self.object_id)}".lstrip("/"))

    def _told_of(self, response: Any, constructor: Any) -> Any:
        """The object of an answer; None for an error that did not raise."""
        return built(self, constructor, response.json(), {}) if response else None

    def _all(self, endpoint: str, constructor: Any) -> list[Any]:
        response = self.con.get(self.build_url(self._endpoints[endpoint]))
        return everything(self, response, constructor) if response else []

    def _messages(self, endpoint: str, constructor: Any, limit: int | None, batch: int | None) -> Any:
        """Newest first; no page has more than 50."""
        url = self.build_url(self._endpoints[endpoint])
        found = listed(self, url, constructor=constructor, limit=limit, batch=batch, most=MAX_BATCH_CHAT_MESSAGES)
        return [] if found is None else found

    def _message(self, endpoint: str, constructor: Any, message_id: str) -> Any:
        url = self.build_url(self._endpoints[endpoint].format(message_id=segment(message_id)))
        return self._told_of(self.con.get(url), constructor)

    def _send(self, endpoint: str, constructor: Any, content: str | Json | None, content_type: str) -> Any:
        """A text, or the JSON of a whole message. Raises ValueError for nothing."""
        if content is None:
            raise ValueError("content: give the text of the message, or its JSON")
        body = {self._cc("contentType"): content_type, self._cc("content"): content}
        data = content if isinstance(content, dict) else {self._cc("body"): body}
        return self._told_of(self.con.post(self.build_url(self._endpoints[endpoint]), data=data), constructor)


class _Equal(_Thing):
    """Two with one id are the same."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    __hash__ = None  # type: ignore[assignment] # as the original


class ConversationMember(_Thing):
    """Somebody in a chat."""

    _folder = "members"

    roles: Attribute[list[str] | None] = plain("roles")
    display_name = maybe_text("displayName")
    user_id = maybe_text("userId")
    email = maybe_text("email")
    tenant_id = maybe_text("tenantId")

    def __repr__(self) -> str:
        return f"ConversationMember: {self.display_name} - {self.email}"


def _sender(key: str) -> Attribute[str | None]:
    """Of whoever sent a message: a user, an app, a device. Messages of the system have no sender."""

    def read(_: Any, told: Json | None) -> str | None:
        who = next(((told or {}).get(kind) for kind in _SENDERS if (told or {}).get(kind)), None) or {}
        found: str | None = who.get(key)
        return found

    return Attribute("from", read)


class ChatMessage(_Thing):
    """A message of a chat, or a reply in a channel."""

    _folder = "messages"

    reply_to_id = maybe_text("replyToId")
    message_type = maybe_text("messageType")
    subject = maybe_text("subject")
    summary = maybe_text("summary")
    importance = maybe_text("importance")
    web_url = maybe_text("webUrl")
    created_date = instant("createdDateTime")
    last_modified_date = instant("lastModifiedDateTime")
    last_edited_date = instant("lastEditedDateTime")
    deleted_date = instant("deletedDateTime")
    chat_id = maybe_text("chatId")
    channel_identity: Attribute[Json | None] = plain("channelIdentity")
    from_id = _sender("id")
    from_display_name = _sender("displayName")
    from_type = _sender("userIdentityType")
    content_type: Attribute[str | None] = within("body", "contentType")
    content: Attribute[str | None] = within("body", "content")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        if isinstance(parent, ChannelMessage):
            self.set_base_url(f"{parent.main_resource}/replies/{segment(self.object_id)}")

    def __repr__(self) -> str:
        return f"ChatMessage: {self.from_display_name}"


class ChannelMessage(ChatMessage):
    """A message that opens a conversation in a channel."""

    _endpoints: ClassVar[dict[str, str]] = {"get_replies": "/replies", "get_reply": "/replies/{message_id}"}
    message_constructor = ChatMessage

    team_id: Attribute[str | None] = within("channelIdentity", "teamId")
    channel_id: Attribute[str | None] = within("channelIdentity", "channelId")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def get_reply(self, message_id: str) -> ChatMessage | None:
        found: ChatMessage | None = self._message("get_reply", self.message_constructor, message_id)
        return found

    def get_replies(
        self, limit: int | None = None, batch: int | None = None
    ) -> list[ChatMessage] | Pagination[ChatMessage]:
        """The replies: a list, or a Pagination when there is more than fits into a page."""
        found: list[ChatMessage] | Pagination[ChatMessage] = self._messages(
            "get_replies", self.message_constructor, limit, batch
        )
        return found

    def send_reply(self, content: str | Json | None = None, content_type: str = "text") -> ChatMessage | None:
        """Reply with a text, or with the JSON of a message."""
        found: ChatMessage | None = self._send("get_replies", self.message_constructor, content, content_type)
        return found


class Chat(_Thing):
    """A chat."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_messages": "/messages",
        "get_message": "/messages/{message_id}",
        "get_members": "/members",
        "get_member": "/members/{membership_id}",
    }
    message_constructor = ChatMessage
    member_constructor = ConversationMember
    _folder = "chats"

    topic: Attribute[str] = plain("topic", "")
    chat_type: Attribute[str] = plain("chatType", "")
    web_url: Attribute[str] = plain("webUrl", "")
    created_date = instant("createdDateTime")
    last_update_date = instant("lastUpdatedDateTime")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **{**kwargs, "main_resource": ""})

    def __repr__(self) -> str:
        return f"Chat: {self.chat_type}"

    def get_messages(
        self, limit: int | None = None, batch: int | None = None
    ) -> list[ChatMessage] | Pagination[ChatMessage]:
        """The messages: a list, or a Pagination when there is more than fits into a page."""
        found: list[ChatMessage] | Pagination[ChatMessage] = self._messages(
            "get_messages", self.message_constructor, limit, batch
        )
        return found

    def get_message(self, message_id: str) -> ChatMessage | None:
        found: ChatMessage | None = self._message("get_message", self.message_constructor, message_id)
        return found

    def send_message(self, content: str | Json | None = None, content_type: str = "text") -> ChatMessage | None:
        """Send a text (or HTML, with its content type), or the JSON of a message."""
        found: ChatMessage | None = self._send("get_messages", self.message_constructor, content, content_type)
        return found

    def get_members(self) -> list[ConversationMember]:
        """Who is in it."""
        return self._all("get_members", self.member_constructor)

    def get_member(self, membership_id: str) -> ConversationMember | None:
        url = self.build_url(self._endpoints["get_member"].format(membership_id=segment(membership_id)))
        found: ConversationMember | None = self._told_of(self.con.get(url), self.member_constructor)
        return found


class Channel(_Equal):
    """A channel of a team."""

    _endpoints: ClassVar[dict[str, str]] = {"get_messages": "/messages", "get_message": "/messages/{message_id}"}
    message_constructor = ChannelMessage
    _folder = "channels"

    display_name = text("displayName")
    description = maybe_text("description")
    email = maybe_text("email")

    def __repr__(self) -> str:
        return f"Channel: {self.display_name}"

    def get_message(self, message_id: str) -> ChannelMessage | None:
        found: ChannelMessage | None = self._message("get_message", self.message_constructor, message_id)
        return found

    def get_messages(
        self, limit: int | None = None, batch: int | None = None
    ) -> list[ChannelMessage] | Pagination[ChannelMessage]:
        """The messages that open conversations: a list, or a Pagination."""
        found: list[ChannelMessage] | Pagination[ChannelMessage] = self._messages(
            "get_messages", self.message_constructor, limit, batch
        )
        return found

    def send_message(self, content: str | Json | None = None, content_type: str = "text") -> ChannelMessage | None:
        """Open a conversation with a text, or with the JSON of a message."""
        found: ChannelMessage | None = self._send("get_messages", self.message_constructor, content, content_type)
        return found


class Team(_Equal):
    """A team."""

    _endpoints: ClassVar[dict[str, str]] = {"get_channels": "/channels", "get_channel": "/channels/{channel_id}"}
    channel_constructor = Channel
    _folder = "teams"

    display_name = text("displayName")
    description = text("description")
    is_archived: Attribute[bool | str] = plain("isArchived", "")
    web_url = text("webUrl")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **{**kwargs, "main_resource": ""})

    def __repr__(self) -> str:
        return f"Team: {self.display_name}"

    def get_channels(self) -> list[Channel]:
        """All its channels that the user may see."""
        return self._all("get_channels", self.channel_constructor)

    def get_channel(self, channel_id: str) -> Channel | None:
        url = self.build_url(self._endpoints["get_channel"].format(channel_id=segment(channel_id)))
        found: Channel | None = self._told_of(self.con.get(url), self.channel_constructor)
        return found


class App(_Equal):
    """An app that is installed in a team."""

    app_definition: Attribute[Json | None] = plain("teamsAppDefinition")

    def __repr__(self) -> str:
        return f"App: {(self.app_definition or {}).get(self._cc('displayName'))}"


class Presence(_Equal):
    """Whether somebody is there."""

    availability: Attribute[str | None] = plain("availability", "")
    activity: Attribute[str | None] = plain("activity", "")

    def __repr__(self) -> str:
        return f"availability: {self.availability}"


class Teams(ApiComponent):
    """Teams and chats of the user, and presence."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_my_presence": "/me/presence",
        "get_user_presence": "/users/{user_id}/presence",
        "set_my_presence": "/me/presence/setPresence",
        "set_my_user_preferred_presence": "/me/presence/setUserPreferredPresence",
        "get_my_teams": "/me/joinedTeams",
        "get_channels": "/teams/{team_id}/channels",
        "create_channel": "/teams/{team_id}/channels",
        "get_channel": "/teams/{team_id}/channels/{channel_id}",
        "get_apps_in_team": "/teams/{team_id}/installedApps?$expand=teamsAppDefinition",
        "get_my_chats": "/me/chats",
    }
    presence_constructor = Presence
    team_constructor = Team
    channel_constructor = Channel
    app_constructor = App
    chat_constructor = Chat

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, {**kwargs, "main_resource": ""})

    def __repr__(self) -> str:
        return "Microsoft Teams"

    def get_my_presence(self) -> Presence | None:
        """Whether the user who signed in is there."""
        return self._presence(self.con.get(self._url("get_my_presence")))

    def set_my_presence(
        self, session_id: str, availability: Availability, activity: Activity, expiration_duration: str
    ) -> Presence | None:
        """Say so for a session of an app, which is its client id. The duration is ISO 8601: `PT1H`."""
        data = {"sessionId": session_id, **_state(availability, activity, expiration_duration)}
        return self._set("set_my_presence", data)

    def set_my_user_preferred_presence(
        self, availability: PreferredAvailability, activity: PreferredActivity, expiration_duration: str
    ) -> Presence | None:
        """Say so whatever apps say."""
        return self._set("set_my_user_preferred_presence", _state(availability, activity, expiration_duration))

    def get_user_presence(self, user_id: str | None = None, email: str | None = None) -> Presence | None:
        """Whether a user is there, by id or address. Raises RuntimeError without either."""
        name = user_id or email
        if not name:
            raise RuntimeError("Provide the user_id")
        return self._presence(self.con.get(self._url("get_user_presence", user_id=name)))

    def get_my_teams(self) -> list[Team]:
        """The teams that the user is in."""
        return self._all("get_my_teams", self.team_constructor)

    def get_my_chats(self, limit: int | None = None, batch: int | None = None) -> list[Chat] | Pagination[Chat]:
        """The chats of the user: a list, or a Pagination when there is more than fits into a page."""
        found: list[Chat] | Pagination[Chat] | None = listed(
            self, self._url("get_my_chats"), constructor=self.chat_constructor, limit=limit, batch=batch,
            most=MAX_BATCH_CHATS,
        )  # fmt: skip
        return [] if found is None else found

    def get_channels(self, team_id: str) -> list[Channel]:
        """The channels of a team."""
        response = self.con.get(self._url("get_channels", team_id=team_id))
        team = f"teams/{segment(team_id)}"
        return everything(self, response, self.channel_constructor, main_resource=team) if response else []

    def create_channel(self, team_id: str, display_name: str, description: str | None = None) -> Channel | None:
        """A new channel."""
        data = {self._cc("displayName"): display_name}
        if description:
            data[self._cc("description")] = description
        return self._channel(team_id, self.con.post(self._url("create_channel", team_id=team_id), data=data))

    def get_channel(self, team_id: str, channel_id: str) -> Channel | None:
        """One channel."""
        return self._channel(team_id, self.con.get(self._url("get_channel", team_id=team_id, channel_id=channel_id)))

    def get_apps_in_team(self, team_id: str) -> list[App]:
        """The apps that are installed in a team."""
        return self._all("get_apps_in_team", self.app_constructor, team_id=team_id)

    def _set(self, endpoint: str, data: Json) -> Presence | None:
        """The answer is empty: what became of it is asked for."""
        cased = {self._cc(name): value for name, value in data.items()}
        return self.get_my_presence() if self.con.post(self._url(endpoint), data=cased) else None

    def _presence(self, response: Any) -> Presence | None:
        found: Presence | None = built(self, self.presence_constructor, response.json(), {}) if response else None
        return found

    def _channel(self, team_id: str, response: Any) -> Channel | None:
        if not response:
            return None
        found: Channel = built(
            self, self.channel_constructor, response.json(), {"main_resource": f"teams/{segment(team_id)}"}
        )
        return found

    def _all(self, endpoint: str, constructor: Any, **keys: str) -> list[Any]:
        response = self.con.get(self._url(endpoint, **keys))
        return everything(self, response, constructor) if response else []

    def _url(self, endpoint: str, **keys: str) -> str:
        return self.build_url(self._endpoints[endpoint].format(**{name: segment(key) for name, key in keys.items()}))


def _state(availability: Enum | str, activity: Enum | str, duration: str) -> Json:
    return {"availability": _word(availability), "activity": _word(activity), "expirationDuration": duration}


def _word(given: Enum | str) -> str:
    """A member, or its value."""
    return str(given.value) if isinstance(given, Enum) else given
