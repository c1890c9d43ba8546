"""The kinds of items that mail consists of, and which of their properties are columns."""

from __future__ import annotations

from typing import Final

from postroom.workspace.store.kinds import Column, Kind

MESSAGE: Final = "message"
FOLDER: Final = "mailFolder"
SEARCH_FOLDER: Final = "mailSearchFolder"
RULE: Final = "messageRule"
CATEGORY: Final = "outlookCategory"
OVERRIDE: Final = "inferenceClassificationOverride"
SETTINGS: Final = "mailboxSettings"

FOLDERS: Final = (FOLDER, SEARCH_FOLDER)

MIME: Final = "mime"
"""The role of the bytes of a message."""

CONTENTS: Final = frozenset({
    "body", "bodypreview", "uniquebody", "attachments", "extensions", "singlevalueextendedproperties",
    "multivalueextendedproperties",
})  # fmt: skip
"""What is in a message, in lower case. Source: Microsoft Graph permissions reference, Mail.ReadBasic."""

_NAME: Final = (Column("name", "displayName", "text"),)
KINDS: Final = (
    Kind(
        MESSAGE,
        "message",
        (
            Column("received", "receivedDateTime", "instant"),
            Column("sent", "sentDateTime", "instant"),
            Column("is_read", "isRead", "flag"),
            Column("is_draft", "isDraft", "flag"),
            Column("has_attachments", "hasAttachments", "flag"),
            Column("importance", "importance", "text"),
            Column("subject", "subject", "text"),
            Column("from_address", "from/emailAddress/address", "text"),
            Column("internet_message_id", "internetMessageId", "text"),
            Column("conversation_id", "conversationId", "text"),
            Column("flag_status", "flag/flagStatus", "text"),
            Column("inference", "inferenceClassification", "text"),
        ),
        text=True,
    ),
    Kind(FOLDER, "mail_folder", _NAME),
    Kind(SEARCH_FOLDER, "mail_folder", _NAME),
    *(Kind(one) for one in (RULE, CATEGORY, OVERRIDE, SETTINGS)),
)
