"""Objects on a connection that records, in the zone of Berlin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.o365.core.conftest import account as account
from tests.clients.o365.core.conftest import ca_file as ca_file
from tests.clients.o365.core.conftest import certificate as certificate
from tests.clients.o365.core.conftest import make as make
from tests.clients.o365.core.conftest import server as server
from tests.clients.o365.core.conftest import token_file as token_file
from tests.clients.o365.mail.doubles import Recorder

from O365.connection import MSGraphProtocol
from O365.mailbox import Folder, MailBox
from O365.message import Message

RECEIVED: dict[str, Any] = {
    "id": "AAMk=",
    "subject": "Roof",
    "bodyPreview": "It leaks",
    "body": {"contentType": "html", "content": "<html><body><p>It leaks</p></body></html>"},
    "from": {"emailAddress": {"name": "Bob", "address": "bob@example.com"}},
    "toRecipients": [{"emailAddress": {"name": "Anna", "address": "anna@example.com"}}],
    "ccRecipients": [],
    "bccRecipients": [],
    "replyTo": [],
    "categories": ["House"],
    "importance": "high",
    "isRead": False,
    "isReadReceiptRequested": False,
    "isDeliveryReceiptRequested": None,
    "isDraft": False,
    "hasAttachments": False,
    "flag": {"flagStatus": "notFlagged"},
    "conversationId": "talk",
    "conversationIndex": "AQ==",
    "parentFolderId": "inbox-id",
    "internetMessageId": "<1@example.com>",
    "webLink": "https://mail.example.com/1",
    "inferenceClassification": "focused",
    "createdDateTime": "2026-01-01T10:00:00Z",
    "lastModifiedDateTime": "2026-01-01T10:00:01Z",
    "receivedDateTime": "2026-01-01T10:00:02Z",
    "sentDateTime": "2026-07-01T10:00:03Z",
}
Make = Callable[..., Message]


@pytest.fixture
def protocol() -> MSGraphProtocol:
    return MSGraphProtocol(timezone="Europe/Berlin")


@pytest.fixture
def con() -> Recorder:
    return Recorder()


@pytest.fixture
def received(con: Recorder, protocol: MSGraphProtocol) -> Make:
    """A message that was received, with other data where given; None leaves a key out."""

    def make(**changes: Any) -> Message:
        data = {key: value for key, value in {**RECEIVED, **changes}.items() if value is not None}
        return Message(con=con, protocol=protocol, __cloud_data__=data)

    return make


@pytest.fixture
def message(received: Make) -> Message:
    return received()


@pytest.fixture
def draft(received: Make) -> Message:
    return received(isDraft=True)


@pytest.fixture
def new(con: Recorder, protocol: MSGraphProtocol) -> Message:
    """A message that nobody but this program knows."""
    made = Message(con=con, protocol=protocol)
    made.to.add("anna@example.com")
    made.subject = "Roof"
    made.body = "It leaks"
    return made


@pytest.fixture
def mailbox(con: Recorder, protocol: MSGraphProtocol) -> MailBox:
    return MailBox(con=con, protocol=protocol)


@pytest.fixture
def folder(con: Recorder, protocol: MSGraphProtocol) -> Folder:
    told = {"id": "work-id", "displayName": "Work", "parentFolderId": "root-id", "totalItemCount": 7}
    return Folder(con=con, protocol=protocol, __cloud_data__=told)
