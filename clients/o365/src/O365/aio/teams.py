"""The async classes of `O365.teams`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING

from O365.aio._twin import Listing, Twin

if TYPE_CHECKING:
    from O365._attributes import Json
    from O365.teams import (
        Activity,
        App,
        Availability,
        ChatMessage,
        ConversationMember,
        PreferredActivity,
        PreferredAvailability,
        Presence,
    )


class Teams(Twin):
    """Teams and chats of the user, and presence."""

    _home = "O365.teams:Teams"

    async def create_channel(self, team_id: str, display_name: str, description: str | None = None) -> Channel | None:
        """A new channel."""
        return await self._awaited(self._it.create_channel, team_id, display_name, description)

    async def get_apps_in_team(self, team_id: str) -> list[App]:
        """The apps that are installed in a team."""
        return await self._awaited(self._it.get_apps_in_team, team_id)

    async def get_channel(self, team_id: str, channel_id: str) -> Channel | None:
        """One channel."""
        return await self._awaited(self._it.get_channel, team_id, channel_id)

    def get_channels(self, team_id: str) -> Listing[Channel]:
        """The channels of a team."""
        return self._listed(self._it.get_channels, team_id)

    def get_my_chats(self, limit: int | None = None, batch: int | None = None) -> Listing[Chat]:
        """The chats of the user: a list, or a Pagination when there is more than fits into a page."""
        return self._listed(self._it.get_my_chats, limit, batch)

    async def get_my_presence(self) -> Presence | None:
        """Whether the user who signed in is there."""
        return await self._awaited(self._it.get_my_presence)

    def get_my_teams(self) -> Listing[Team]:
        """The teams that the user is in."""
        return self._listed(self._it.get_my_teams)

    async def get_user_presence(self, user_id: str | None = None, email: str | None = None) -> Presence | None:
        """Whether a user is there, by id or address. Raises RuntimeError without either."""
        return await self._awaited(self._it.get_user_presence, user_id, email)

    async def set_my_presence(
        self, session_id: str, availability: Availability, activity: Activity, expiration_duration: str
    ) -> Presence | None:
        """Say so for a session of an app, which is its client id. The duration is ISO 8601: `PT1H`."""
        return await self._awaited(self._it.set_my_presence, session_id, availability, activity, expiration_duration)

    async def set_my_user_preferred_presence(
        self, availability: PreferredAvailability, activity: PreferredActivity, expiration_duration: str
    ) -> Presence | None:
        """Say so whatever apps say."""
        return await self._awaited(self._it.set_my_user_preferred_presence, availability, activity, expiration_duration)


class Chat(Twin):
    """A chat."""

    _home = "O365.teams:Chat"

    async def get_member(self, membership_id: str) -> ConversationMember | None:
        return await self._awaited(self._it.get_member, membership_id)

    async def get_members(self) -> list[ConversationMember]:
        """Who is in it."""
        return await self._awaited(self._it.get_members)

    async def get_message(self, message_id: str) -> ChatMessage | None:
        return await self._awaited(self._it.get_message, message_id)

    def get_messages(self, limit: int | None = None, batch: int | None = None) -> Listing[ChatMessage]:
        """The messages: a list, or a Pagination when there is more than fits into a page."""
        return self._listed(self._it.get_messages, limit, batch)

    async def send_message(self, content: str | Json | None = None, content_type: str = "text") -> ChatMessage | None:
        """Send a text (or HTML, with its content type), or the JSON of a message."""
        return await self._awaited(self._it.send_message, content, content_type)


class Channel(Twin):
    """A channel of a team."""

    _home = "O365.teams:Channel"

    async def get_message(self, message_id: str) -> ChannelMessage | None:
        return await self._awaited(self._it.get_message, message_id)

    def get_messages(self, limit: int | None = None, batch: int | None = None) -> Listing[ChannelMessage]:
        """The messages that open conversations: a list, or a Pagination."""
        return self._listed(self._it.get_messages, limit, batch)

    async def send_message(
        self, content: str | Json | None = None, content_type: str = "text"
    ) -> ChannelMessage | None:
        """Open a conversation with a text, or with the JSON of a message."""
        return await self._awaited(self._it.send_message, content, content_type)


class ChannelMessage(Twin):
    """A message that opens a conversation in a channel."""

    _home = "O365.teams:ChannelMessage"

    def get_replies(self, limit: int | None = None, batch: int | None = None) -> Listing[ChatMessage]:
        """The replies: a list, or a Pagination when there is more than fits into a page."""
        return self._listed(self._it.get_replies, limit, batch)

    async def get_reply(self, message_id: str) -> ChatMessage | None:
        return await self._awaited(self._it.get_reply, message_id)

    async def send_reply(self, content: str | Json | None = None, content_type: str = "text") -> ChatMessage | None:
        """Reply with a text, or with the JSON of a message."""
        return await self._awaited(self._it.send_reply, content, content_type)


class Team(Twin):
    """A team."""

    _home = "O365.teams:Team"

    async def get_channel(self, channel_id: str) -> Channel | None:
        return await self._awaited(self._it.get_channel, channel_id)

    def get_channels(self) -> Listing[Channel]:
        """All its channels that the user may see."""
        return self._listed(self._it.get_channels)
