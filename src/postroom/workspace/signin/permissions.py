"""The permissions of Microsoft Graph that apps may ask for: names, what users are told, who may allow them.

Source: Microsoft Graph permissions reference (names); graph-api.md, OAuth, Scopes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Permission:
    """`admin`: for a user, only an administrator can allow it. `alone`: there is one of this name for apps without a
    user, which is always the administrator's to grant. `signed_in`: there is one for apps with a user."""

    name: str
    says: str
    admin: bool = False
    alone: bool = False
    signed_in: bool = True


OPENID: Final = ("openid", "profile", "email", "offline_access")
OPENID_SAYS: Final = {
    "openid": "Sign you in",
    "profile": "See your name and address",
    "email": "See your mail address",
    "offline_access": "Keep this access until you or an administrator end it",
}

# Resource, what it is called to the user, verbs for oneself, verbs for all (`.All`), whether others' shared ones exist.
_OWN: Final = (
    ("Mail", "mail", "Read ReadBasic ReadWrite Send", True),
    ("Calendars", "calendars", "Read ReadBasic ReadWrite", True),
    ("Contacts", "contacts", "Read ReadWrite", True),
    ("Tasks", "tasks", "Read ReadWrite", True),
    ("MailboxSettings", "mailbox settings", "Read ReadWrite", False),
    ("Files", "files", "Read ReadWrite", False),
    ("Notes", "notes", "Create Read ReadWrite", False),
    ("Presence", "presence", "Read ReadWrite", False),
    ("People", "list of relevant people", "Read", False),
    ("Chat", "chats", "Create Read ReadBasic ReadWrite", False),
    ("ChatMessage", "chat messages", "Read Send", False),
    ("OnlineMeetings", "online meetings", "Read ReadWrite", False),
)
# Without a user there is a plain name for these: the app reaches every mailbox.
_ALONE_PLAIN: Final = frozenset({
    "Mail.Read", "Mail.ReadBasic", "Mail.ReadWrite", "Mail.Send", "Calendars.Read", "Calendars.ReadBasic",
    "Calendars.ReadWrite", "Contacts.Read", "Contacts.ReadWrite", "MailboxSettings.Read", "MailboxSettings.ReadWrite",
})  # fmt: skip
# Name of the resource, what it is called, verbs; then whether a user may allow it alone.
_ALL: Final = (
    ("User", "profiles of all users", "ReadBasic Read ReadWrite Invite Export", ("ReadBasic",)),
    ("Group", "groups", "Read ReadWrite Create", ()),
    ("GroupMember", "members of groups", "Read ReadWrite", ()),
    ("Directory", "the directory", "Read ReadWrite AccessAsUser", ()),
    ("Domain", "domains", "Read ReadWrite", ()),
    ("Organization", "the organisation", "Read ReadWrite", ()),
    ("OrgContact", "contacts of the organisation", "Read", ()),
    ("Application", "registered apps", "Read ReadWrite", ()),
    ("AuditLog", "audit logs", "Read", ()),
    ("Files", "all files that the user can open", "Read ReadWrite", ("Read", "ReadWrite")),
    ("Sites", "sites", "Read ReadWrite Manage FullControl", ("Read", "ReadWrite", "Manage")),
    ("Lists", "lists of sites", "Read ReadWrite", ()),
    ("Notes", "all notes that the user can open", "Read ReadWrite", ("Read", "ReadWrite")),
    ("Tasks", "tasks of all users", "Read ReadWrite", ()),
    ("Mail", "mail of all users", "ReadBasic", ()),
    ("Calendars", "calendars of all users", "ReadBasic", ()),
    ("People", "relevant people of all users", "Read", ()),
    ("Place", "places", "Read ReadWrite", ()),
    ("Presence", "presence of all users", "Read ReadWrite", ("Read",)),
    ("Team", "teams", "ReadBasic", ("ReadBasic",)),
    ("TeamSettings", "settings of teams", "Read ReadWrite", ()),
    ("TeamMember", "members of teams", "Read ReadWrite", ()),
    ("TeamsTab", "tabs of teams", "Read ReadWrite", ()),
    ("Channel", "channels", "ReadBasic", ("ReadBasic",)),
    ("ChannelMessage", "messages of channels", "Read", ()),
    ("ChannelSettings", "settings of channels", "Read ReadWrite", ()),
    ("ChannelMember", "members of channels", "Read ReadWrite", ()),
    ("Chat", "chats of all users", "Read ReadBasic ReadWrite", ()),
    ("OnlineMeetings", "online meetings of all users", "Read ReadWrite", ()),
)
_VERBS: Final = {
    "Read": "Read", "ReadBasic": "Read the basics of", "ReadWrite": "Read and change", "Send": "Send",
    "Create": "Create", "Manage": "Create, change and delete", "FullControl": "Have full control of", "Invite":
    "Invite guests to", "Export": "Export", "AccessAsUser": "Act as you in",
}  # fmt: skip


def _table() -> Iterator[Permission]:
    yield Permission("User.Read", "Sign you in and read your profile")
    yield Permission("User.ReadBasic", "Read your basic profile")
    yield Permission("User.ReadWrite", "Read and change your profile")
    yield Permission("User.RevokeSessions.All", "Sign users out everywhere", admin=True, alone=True)
    yield Permission("User.EnableDisableAccount.All", "Enable and disable accounts", admin=True, alone=True)
    yield Permission("IMAP.AccessAsUser.All", "Read and change your mail by IMAP")
    yield Permission("POP.AccessAsUser.All", "Read and delete your mail by POP")
    yield Permission("SMTP.Send", "Send mail as you by SMTP")
    yield Permission("ChannelMessage.Send", "Send messages to channels")
    yield Permission("Channel.Create", "Create channels", admin=True, alone=True)
    yield Permission("Team.Create", "Create teams", alone=True)
    yield Permission("Files.ReadWrite.AppFolder", "Have a folder of its own for files")
    yield Permission("Files.Read.Selected", "Read files that you choose")
    yield Permission("Files.ReadWrite.Selected", "Read and change files that you choose")
    yield Permission("Sites.Selected", "Reach chosen sites", alone=True)
    for resource, noun, verbs, shared in _OWN:
        for verb in verbs.split():
            name = f"{resource}.{verb}"
            yield Permission(name, f"{_VERBS[verb]} your {noun}", alone=name in _ALONE_PLAIN)
            if shared:
                yield Permission(f"{name}.Shared", f"{_VERBS[verb]} {noun} that others share with you")
    for resource, noun, verbs, by_users in _ALL:
        for verb in verbs.split():
            plain = f"{_VERBS[verb]} {noun}"
            yield Permission(f"{resource}.{verb}.All", plain, admin=verb not in by_users, alone=True)
    # What needs no `.All` although it is about all.
    yield Permission("Group.Create", "Create groups", alone=True, signed_in=False)


PERMISSIONS: Final[Mapping[str, Permission]] = {row.name.lower(): row for row in _table()}
"""By name in lower case: names count without their case."""


def says(name: str) -> str:
    """What a user is told about a permission."""
    found = PERMISSIONS.get(name.lower())
    return OPENID_SAYS.get(name) or (found.says if found else name)
