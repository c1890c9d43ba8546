"""What the public documentation of the original shows of accounts and mail works as shown, in our words.

The client is not told of our server: it speaks to Microsoft's names, which a proxy brings here.
"""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
from tests.faces.graph.signin.conftest import Browser

from O365 import Account, Connection, FileSystemTokenBackend, MSGraphProtocol
from O365.category import CategoryColor
from O365.connection import MSOffice365Protocol
from O365.mailbox import AutoReplyStatus, ExternalAudience, MailBox
from O365.message import Message
from O365.utils import ApiComponent
from postroom.testing import LocalGraph, User, local_graph

CALLBACK = "https://app.test/steptwo"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00050001ff"
    "5605c55b0000000049454e44ae426082"
)


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalGraph]:
    """Behind the proxy; the working directory is a scratch folder."""
    with local_graph(tmp_path / "home", {"graph": {"proxy": True, "proxy_port": 0}}) as graph:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://localhost:{graph.server.ports['graph-proxy']}")
        monkeypatch.setenv("NO_PROXY", "localhost")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(graph.ca_file))
        monkeypatch.chdir(tmp_path)
        yield graph


@pytest.fixture
def anna(graph: LocalGraph) -> User:
    return graph.user("anna@example.com", name="Anna Berg")


@pytest.fixture
def bert(graph: LocalGraph) -> User:
    return graph.user("bert@example.com", name="Bert Berg")


@pytest.fixture
def credentials(graph: LocalGraph) -> tuple[str, str]:
    graph.workspace.signin.apps.add_redirect(graph.app.id, CALLBACK)
    return graph.app.id, graph.secret


@pytest.fixture
def account(graph: LocalGraph, anna: User, credentials: tuple[str, str]) -> Account:
    """Signed in on the console."""
    account = Account(credentials)
    assert account.authenticate(
        scopes=["basic", "message_all", "mailbox_settings", "users"], handle_consent=by(graph, anna)
    )
    return account


@pytest.fixture
def mailbox(account: Account) -> MailBox:
    return account.mailbox()


def visit(graph: LocalGraph, url: str, user: User) -> str:
    """Sign in and consent as a person with a browser would; where the browser went then."""
    context = ssl.create_default_context(cafile=str(graph.ca_file))
    with httpx2.Client(base_url=graph.origin, verify=context, trust_env=False, timeout=60) as http:
        browser = Browser(http).open(url.replace("https://login.microsoftonline.com", graph.origin))
        browser = browser.sign_in(user.address, user.password)
        return browser.gone_to or browser.fill("accept").gone_to


def by(graph: LocalGraph, user: User) -> Any:
    return lambda url: visit(graph, url, user)


def inbox(graph: LocalGraph, user: User) -> list[Any]:
    return list(graph.account(user).mailbox().inbox_folder().get_messages())


# Accounts


def test_a_first_message(graph: LocalGraph, account: Account, bert: User) -> None:
    message = account.new_message()
    message.to.add(bert.address)
    message.subject = "Testing!"
    message.body = "A quotation"
    assert message.send()
    (arrived,) = inbox(graph, bert)
    assert (arrived.subject, arrived.sender.address) == ("Testing!", "anna@example.com")


def test_the_common_pattern_asks_for_a_login_only_once(
    graph: LocalGraph, anna: User, credentials: tuple[str, str]
) -> None:
    scopes = ["basic", "message_all"]
    account = Account(credentials)
    assert not account.is_authenticated
    assert account.authenticate(scopes=scopes, handle_consent=by(graph, anna))
    assert Account(credentials).is_authenticated


def test_scopes_may_be_given_to_the_account(graph: LocalGraph, anna: User, credentials: tuple[str, str]) -> None:
    scopes = ["https://graph.microsoft.com/Mail.ReadWrite", "https://graph.microsoft.com/Mail.Send"]
    account = Account(credentials, scopes=scopes)
    assert account.authenticate(handle_consent=by(graph, anna))
    granted = account.con.token_backend.get_token_scopes(remove_reserved=True)
    assert granted is not None
    assert {"Mail.ReadWrite", "Mail.Send"} <= {scope.rpartition("/")[2] for scope in granted}


def test_an_app_signs_in_with_its_own_identity(graph: LocalGraph, anna: User, credentials: tuple[str, str]) -> None:
    account = Account(credentials, auth_flow_type="credentials", tenant_id=graph.tenant)
    assert account.authenticate()
    message = account.mailbox(anna.address).new_message()
    message.to.add(anna.address)
    message.subject = "Testing!"
    message.body = "A quotation"
    assert message.save_message()
    Path("filename.txt").write_text("x" * 5)
    message.attachment.add = "filename.txt"
    assert message.send()
    (arrived,) = inbox(graph, anna)
    assert arrived.has_attachments


def test_a_web_application_keeps_only_the_state(graph: LocalGraph, anna: User, credentials: tuple[str, str]) -> None:
    first = Account(credentials)
    scopes = first.protocol.get_scopes_for(["basic", "message_all"])
    url, state = first.con.get_authorization_url(requested_scopes=scopes, redirect_uri=CALLBACK)
    requested_url = visit(graph, url, anna)
    second = Account(credentials)
    assert second.con.request_token(requested_url, state=state, redirect_uri=CALLBACK)
    assert second.mailbox().inbox_folder().get_messages() is not None


def test_scope_helpers_are_those_of_the_protocol() -> None:
    graph, office = MSGraphProtocol(), MSOffice365Protocol()
    for helper in ("message all", "message_all"):
        assert set(graph.get_scopes_for(helper)) == {
            "https://graph.microsoft.com/Mail.ReadWrite",
            "https://graph.microsoft.com/Mail.Send",
        }
        assert set(office.get_scopes_for(helper)) == {
            "https://outlook.office.com/Mail.ReadWrite",
            "https://outlook.office.com/Mail.Send",
        }


def test_tokens_are_kept_in_the_file_that_was_named(
    graph: LocalGraph, anna: User, credentials: tuple[str, str]
) -> None:
    token_backend = FileSystemTokenBackend(token_path="my_folder", token_filename="my_token.txt")
    account = Account(credentials, token_backend=token_backend)
    assert account.authenticate(scopes=["basic"], handle_consent=by(graph, anna))
    assert Path("my_folder/my_token.txt").exists()


def test_tokens_are_kept_in_firestore(credentials: tuple[str, str]) -> None:
    from O365.utils import FirestoreBackend, FirestoreTokenBackend

    class Document:
        def __init__(self) -> None:
            self.fields: dict[str, Any] = {}
            self.exists = True

        def document(self, _name: str) -> Document:
            return self

        collection = document

        def get(self) -> Document:
            return self

    client = Document()
    assert issubclass(FirestoreTokenBackend, FirestoreBackend)
    backend = FirestoreBackend(client=client, collection="tokens", doc_id="token_1")
    assert Account(credentials, token_backend=backend).con.token_backend is backend


# Resources and parts


def test_the_resource_may_be_named_anywhere(
    graph: LocalGraph, anna: User, bert: User, credentials: tuple[str, str]
) -> None:
    graph.deliver(b"Subject: For Bert\r\n\r\nx", bert)
    app: dict[str, Any] = {"auth_flow_type": "credentials", "tenant_id": graph.tenant}
    whole = Account(credentials, main_resource=bert.address, **app)
    assert whole.authenticate()
    protocol = MSGraphProtocol(default_resource=bert.address)
    by_protocol = Account(credentials, protocol=protocol, **app)
    plain = Account(credentials, **app)
    for box in (
        whole.mailbox(),
        by_protocol.mailbox(),
        plain.mailbox(bert.address),
        plain.mailbox(f"user:{bert.address}"),
    ):
        assert [message.subject for message in box.inbox_folder().get_messages()] == ["For Bert"]
    message = Message(parent=plain, main_resource=bert.address)
    message.subject = "Draft of Bert"
    assert message.save_draft()
    assert [found.subject for found in whole.mailbox().drafts_folder().get_messages()] == ["Draft of Bert"]


def test_parts_work_without_an_account(account: Account, credentials: tuple[str, str]) -> None:
    protocol = MSGraphProtocol()
    con = Connection(credentials, scopes=protocol.get_scopes_for(["message_all"]))
    mailbox = MailBox(con=con, protocol=protocol)
    message = Message(con=con, protocol=protocol)
    inherited = Message(parent=mailbox)
    assert (inherited.con, inherited.protocol) == (con, protocol)
    message.subject = "Made of parts"
    assert message.save_draft()
    assert "Made of parts" in [found.subject for found in mailbox.drafts_folder().get_messages()]


def test_an_own_component_builds_its_urls(account: Account) -> None:
    class Custom(ApiComponent):
        _endpoints: ClassVar = {"my_url_key": "/mailFolders/inbox"}

        def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
            self.con = parent.con if parent else con
            protocol = parent.protocol if parent else kwargs.get("protocol")
            super().__init__(protocol=protocol, main_resource=parent.main_resource)

        def do_some_stuff(self) -> Any:
            return self.con.get(self.build_url(self._endpoints["my_url_key"]), params={"$select": "displayName"})

    assert Custom(parent=account).do_some_stuff().json()["displayName"] == "Inbox"


def test_the_beta_version_is_another_protocol(
    graph: LocalGraph, account: Account, credentials: tuple[str, str]
) -> None:
    beta = Account(credentials, protocol=MSGraphProtocol(api_version="beta"))
    assert beta.mailbox().inbox_folder().refresh_folder()


# Mailboxes


def test_folders_are_found_and_made(mailbox: MailBox) -> None:
    archive = mailbox.get_folder(folder_name="archive")
    assert archive is not None
    assert archive.create_child_folder("Quotes") is not None
    assert [(folder.name, folder.parent_id) for folder in archive.get_folders(25)] == [("Quotes", archive.folder_id)]


def test_a_draft_with_recipients_sender_and_attachment(mailbox: MailBox, anna: User, bert: User) -> None:
    Path("quotes.txt").write_text("Some quotations.")
    message = mailbox.new_message()
    message.to.add([bert.address, "carl@elsewhere.example"])
    message.sender.address = anna.address
    message.body = "A quotation"
    message.attachments.add("quotes.txt")
    assert message.save_draft()
    (draft,) = mailbox.drafts_folder().get_messages(download_attachments=True)
    assert [recipient.address for recipient in draft.to] == [bert.address, "carl@elsewhere.example"]
    assert [attachment.name for attachment in draft.attachments] == ["quotes.txt"]


def test_a_found_message_is_read_and_answered(graph: LocalGraph, mailbox: MailBox, anna: User, bert: User) -> None:
    sent = b"From: bert@example.com\r\nTo: anna@example.com\r\nSubject: Quotes of George Best\r\n\r\nx"
    graph.deliver(sent, anna, sender=bert.address)
    graph.deliver(b"Subject: Something else\r\n\r\nx", anna)
    query = mailbox.new_query().on_attribute("subject").contains("george best")
    messages = mailbox.get_messages(limit=25, query=query)
    message = messages[0]
    assert message.mark_as_read()
    answer = message.reply()
    assert answer is not None
    assert bert.address in answer.to
    answer.body = "An answer"
    assert answer.send()
    assert [arrived.subject for arrived in inbox(graph, bert)] == ["RE: Quotes of George Best"]


def test_an_inline_image_is_no_attachment_to_look_for(graph: LocalGraph, account: Account, bert: User) -> None:
    Path("my_image.png").write_bytes(PNG)
    message = account.new_message()
    message.to.add(bert.address)
    message.attachments.add("my_image.png")
    attachment = message.attachments[0]
    attachment.is_inline = True
    attachment.content_id = "image.png"
    message.body = '<html><body><p>Here: <img src="cid:image.png"></p></body></html>'
    assert message.send()
    (arrived,) = inbox(graph, bert)
    arrived.attachments.download_attachments()
    (found,) = arrived.attachments
    assert (found.is_inline, found.content_id) == (True, "image.png")


def test_headers_come_when_they_are_selected(graph: LocalGraph, mailbox: MailBox, anna: User) -> None:
    graph.deliver(b"Subject: Headed\r\nX-Colour: blue\r\n\r\nx", anna)
    message = mailbox.get_message(query=mailbox.q().select("internet_message_headers"))
    assert message is not None
    assert {"name": "X-Colour", "value": "blue"} in message.message_headers


def test_messages_and_attached_messages_are_saved_as_eml(graph: LocalGraph, mailbox: MailBox, anna: User) -> None:
    inner = "From: carl@elsewhere.example\r\nSubject: Inner\r\n\r\nInside"
    outer = (
        "Subject: Outer\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\n\r\nSee below.\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    )
    graph.deliver(outer.encode(), anna)
    (message,) = mailbox.inbox_folder().get_messages(download_attachments=True)
    assert message.save_as_eml(to_path=Path("whole.eml"))
    assert Path("whole.eml").read_bytes().endswith(outer.encode())
    attached = message.attachments[0]
    assert attached.attachment_type == "item"
    assert message.attachments.save_as_eml(attached, to_path=Path("inner.eml"))
    assert Path("inner.eml").read_bytes().rstrip() == inner.encode()


def test_automatic_replies_are_read_and_written(mailbox: MailBox) -> None:
    start = dt.datetime(2031, 5, 1, 8, tzinfo=mailbox.protocol.timezone)
    end = start + dt.timedelta(days=3)
    settings = mailbox.get_settings()
    replies = settings.automaticrepliessettings
    replies.scheduled_startdatetime, replies.scheduled_enddatetime = start, end
    replies.status = AutoReplyStatus.SCHEDULED
    replies.external_audience = ExternalAudience.NONE
    replies.internal_reply_message, replies.external_reply_message = "Internal", "External"
    assert settings.save()
    found = mailbox.get_settings().automaticrepliessettings
    assert (found.status, found.external_audience) == (AutoReplyStatus.SCHEDULED, ExternalAudience.NONE)
    assert (found.scheduled_startdatetime, found.internal_reply_message) == (start, "Internal")
    assert mailbox.set_automatic_reply(
        "Internal again",
        "External again",
        scheduled_start_date_time=start,
        scheduled_end_date_time=end,
        externalAudience=ExternalAudience.NONE,
    )
    assert mailbox.get_settings().automaticrepliessettings.internal_reply_message == "Internal again"
    assert mailbox.set_disable_reply()
    assert mailbox.get_settings().automaticrepliessettings.status == AutoReplyStatus.DISABLED


# Directory and categories


def test_the_directory_is_searched_with_a_query_that_keeps_its_attribute(account: Account, bert: User) -> None:
    directory = account.directory()
    query = directory.new_query("display_name")
    query.startswith("Bert")
    assert [user.mail for user in directory.get_users(query=query)] == [bert.address]
    contact = directory.get_user(bert.address)
    assert contact is not None
    assert contact.display_name == "Bert Berg"


def test_categories_are_made_coloured_and_deleted(account: Account) -> None:
    categories = account.outlook_categories()
    mine = categories.create_category("Important Category", color=CategoryColor.RED)
    assert mine is not None
    assert mine.update_color(CategoryColor.DARKGREEN)
    assert [found.color for found in categories.get_categories() if found.name == mine.name] == [
        CategoryColor.DARKGREEN
    ]
    assert mine.delete()
    assert "Important Category" not in [found.name for found in categories.get_categories()]


# Paging and queries


def test_pages_are_fetched_when_they_are_needed(graph: LocalGraph, mailbox: MailBox, anna: User) -> None:
    for number in range(12):
        graph.deliver(f"Subject: {number:02}\r\n\r\nx".encode(), anna)
    messages = mailbox.get_messages(limit=10, batch=3)
    assert sum(1 for _ in messages) == 10
    assert sum(1 for _ in mailbox.get_messages(limit=1500)) == 12


def test_a_chained_query_says_what_it_filters(graph: LocalGraph, mailbox: MailBox, anna: User) -> None:
    graph.deliver(b"Subject: Quotes and more\r\n\r\nx", anna)
    graph.deliver(b"Subject: Of George Best\r\n\r\nx", anna)
    graph.deliver(b"Subject: Nothing\r\n\r\nx", anna)
    query = mailbox.new_query()
    query = query.on_attribute("subject").contains("george best").chain("or").startswith("quotes")
    query = query.chain("and").on_attribute("created_date_time").greater(dt.datetime(2018, 3, 21))
    shown = str(query)
    for part in (
        "contains(subject, 'george best')",
        " or startswith(subject, 'quotes')",
        " and createdDateTime gt 2018-03-2",
    ):
        assert part in shown
    found = {message.subject for message in mailbox.get_messages(query=query)}
    assert found == {"Quotes and more", "Of George Best"}


def test_only_selected_properties_come(graph: LocalGraph, mailbox: MailBox, anna: User) -> None:
    graph.deliver(b"Subject: Selected\r\nTo: anna@example.com\r\n\r\nx", anna)
    query = mailbox.new_query().select("subject", "to_recipients", "created_date_time")
    (message,) = mailbox.get_messages(query=query)
    assert (message.subject, [to.address for to in message.to], message.body) == ("Selected", [anna.address], "")
    assert message.created is not None


def test_contents_are_searched(graph: LocalGraph, mailbox: MailBox, anna: User) -> None:
    graph.deliver(b"Subject: Football\r\n\r\nWho is the best of all?", anna)
    graph.deliver(b"Subject: Tea\r\n\r\nAt four.", anna)
    query = mailbox.q().search("the best")
    assert [message.subject for message in mailbox.get_messages(query=query)] == ["Football"]
