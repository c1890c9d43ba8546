"""The names that modules share: resources, scopes, limits. Nothing here imports anything of the package."""

from __future__ import annotations

GRAPH_API_VERSION = "v1.0"
OAUTH_REDIRECT_URL = "https://login.microsoftonline.com/common/oauth2/nativeclient"
RETRIES_STATUS_LIST = (429, 500, 502, 503, 504)
RETRIES_BACKOFF_FACTOR = 0.5

ME_RESOURCE = "me"
USERS_RESOURCE = "users"
GROUPS_RESOURCE = "groups"
SITES_RESOURCE = "sites"
NEXT_LINK_KEYWORD = "@odata.nextLink"
MAX_RECIPIENTS_PER_MESSAGE = 500

RESERVED_SCOPES = ["offline_access", "openid", "profile"]
"""Scopes of OpenID Connect: they take no prefix, and msal asks for them by itself."""

DEFAULT_SCOPES: dict[str, list[str]] = {
    "basic": ["User.Read"],
    "mailbox": ["Mail.Read"],
    "mailbox_shared": ["Mail.Read.Shared"],
    "mailbox_settings": ["MailboxSettings.ReadWrite"],
    "message_send": ["Mail.Send"],
    "message_send_shared": ["Mail.Send.Shared"],
    "message_all": ["Mail.ReadWrite", "Mail.Send"],
    "message_all_shared": ["Mail.ReadWrite.Shared", "Mail.Send.Shared"],
    "address_book": ["Contacts.Read"],
    "address_book_shared": ["Contacts.Read.Shared"],
    "address_book_all": ["Contacts.ReadWrite"],
    "address_book_all_shared": ["Contacts.ReadWrite.Shared"],
    "calendar": ["Calendars.Read"],
    "calendar_shared": ["Calendars.Read.Shared"],
    "calendar_all": ["Calendars.ReadWrite"],
    "calendar_shared_all": ["Calendars.ReadWrite.Shared"],
    "users": ["User.ReadBasic.All"],
    "onedrive": ["Files.Read.All"],
    "onedrive_all": ["Files.ReadWrite.All"],
    "sharepoint": ["Sites.Read.All"],
    "sharepoint_all": ["Sites.ReadWrite.All"],
    "settings_all": ["MailboxSettings.ReadWrite"],
    "tasks": ["Tasks.Read"],
    "tasks_all": ["Tasks.ReadWrite"],
    "presence": ["Presence.Read"],
}
OLD_HELPERS: dict[str, list[str]] = {"sharepoint_dl": ["Sites.ReadWrite.All"]}
"""Helpers that earlier versions documented."""
