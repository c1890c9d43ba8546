"""What `details` say of a Microsoft Graph: where it is, who signs in there, and which folders are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from postroom.archive.profiles.common import DELETE
from postroom.archive.profiles.connector import Context
from postroom.archive.profiles.details import Details, Key
from postroom.errors import Invalid

GRAPH_URL: Final = "https://graph.microsoft.com/v1.0/"
AUTHORITY_URL: Final = "https://login.microsoftonline.com/"

TENANT: Final = Key("tenant", "Id or domain of the tenant.")
APPLICATION: Final = Key("applicationId", "Id of the application that is registered there.", also=("clientId",))
SECRET: Final = Key("clientSecret", "Its secret: it signs in by itself.", kind="secret", also=("applicationSecret",))
CREDENTIAL: Final = Key(
    "credentialID",
    "Number of a credential of the store; what it holds need not be said again.",
    kind="number",
    minimum=1,
)
CONNECTIONS: Final = Key(
    "connections",
    "Most requests at once; Microsoft takes four for a mailbox.",
    kind="number",
    default=4,
    minimum=1,
    maximum=10,
)
SERVICE: Final = (
    TENANT,
    APPLICATION,
    SECRET,
    CREDENTIAL,
    Key("graphUrl", "Where Microsoft Graph is, with its version: for national clouds and a Graph of your own."),
    Key("authorityUrl", "Where its users sign in, without the tenant."),
    Key("caFile", "File on the server with the certificates to trust; the usual ones when left out."),
    Key("ignoreSSLPolicyErrors", "Take any certificate.", kind="flag", default=False),
    Key("timeout", "Seconds that an answer may take; 0 for 60.", kind="number", default=0, maximum=3600),
    CONNECTIONS,
)
"""Of everything that speaks to a Graph."""

USER: Final = (
    Key("emailAddress", "The mailbox; that of `userName` when left out.", also=("mailbox",)),
    Key("userName", "Who signs in, with a password; the application by itself when left out."),
    Key("password", "The password of `userName`.", kind="secret"),
)
"""Of what speaks to one mailbox."""

READING: Final = (
    Key(
        "includedFolders",
        "Only these folders and what is below them: `Inbox/Projects`, or Graph's names such as `sentitems`.",
        kind="list",
    ),
    Key("excludedFolders", "Folders that are left out, with what is below them.", kind="list"),
    Key(
        "disableAutoExcludeSourceFolders",
        "Read Drafts, Outbox, Junk Email and Deleted Items as well.",
        kind="flag",
        default=False,
    ),
    Key("includeHiddenFolders", "Read hidden folders as well.", kind="flag", default=False),
    Key("excludeUnRead", "Leave unread messages until they are read.", kind="flag", default=False),
    Key("includeDrafts", "Archive drafts, each time they were changed.", kind="flag", default=False),
    DELETE,
)
"""Of what reads mailboxes."""

_STORED: Final = (
    "tenant",
    "applicationId",
    "clientSecret",
    "certificateThumbprint",
    "privateKey",
    "userName",
    "password",
)


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in where. Without `user` the application does, with its `secret`: a text, or a certificate with key."""

    tenant: str
    application: str
    secret: str | Mapping[str, str] = field(repr=False)
    user: str
    password: str = field(repr=False)
    graph_url: str
    authority_url: str
    trust: str | bool
    timeout_s: float


def check_service(details: Details, *, alone: bool) -> None:
    """Raises Invalid for what these keys need of each other. `alone`: only the application may sign in."""
    _url(details, "graphUrl", GRAPH_URL)
    _url(details, "authorityUrl", AUTHORITY_URL)
    if details.number(CREDENTIAL.name):
        return
    _check_whole({key: details.text(key) for key in _STORED if key in details}, alone=alone)


def login(details: Details, context: Context) -> Login:
    """Details first, then what the store has under `credentialID`. Raises Invalid for what is in neither."""
    number = details.number(CREDENTIAL.name)
    stored = context.credential(number) if number else {}
    told = {key: _told(key, details, stored) for key in _STORED}
    _check_whole(told, alone="userName" not in details)
    ca_file = details.text("caFile")
    ignores = details.flag("ignoreSSLPolicyErrors")
    return Login(
        tenant=told["tenant"],
        application=told["applicationId"],
        secret=_secret(told),
        user=told["userName"] if "userName" in details else "",
        password=told["password"],
        graph_url=_url(details, "graphUrl", GRAPH_URL),
        authority_url=_url(details, "authorityUrl", AUTHORITY_URL) + quote(told["tenant"], safe=""),
        trust=str(context.path("details.caFile", ca_file)) if ca_file else not ignores,
        timeout_s=details.number("timeout") or 60,
    )


def _told(key: str, details: Details, stored: Mapping[str, str]) -> str:
    return (details.text(key) if key in details else "") or stored.get(key) or ""


def _secret(told: Mapping[str, str]) -> str | Mapping[str, str]:
    if told["clientSecret"] or not told["privateKey"]:
        return told["clientSecret"]
    return {"thumbprint": told["certificateThumbprint"].replace(" ", ""), "private_key": told["privateKey"]}


def _check_whole(told: Mapping[str, str], *, alone: bool) -> None:
    for key in (TENANT, APPLICATION):
        if not told.get(key.name):
            raise Invalid(f"details.{key.name}", f"a text, or a {CREDENTIAL.name} of the store that has it")
    by_password = not alone and told.get("userName")
    if by_password and not told.get("password"):
        raise Invalid("details.password", f"the password of {told['userName']}")
    if not by_password and not (told.get("clientSecret") or told.get("privateKey")):
        more = "" if alone else ", or userName and password"
        raise Invalid(f"details.{SECRET.name}", f"the secret of the application{more}")


def _url(details: Details, key: str, default: str) -> str:
    """With a slash at the end. Tokens and mail go there: nothing but https will do."""
    url = details.text(key) or default
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise Invalid(f"details.{key}", f"a URL like {default}")
    return url.rstrip("/") + "/"
