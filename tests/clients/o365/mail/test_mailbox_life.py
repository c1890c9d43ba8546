"""What becomes of messages in a mailbox of the server: receipts, recovery, attachments of all kinds, notifications."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.workspace.subscriptions.receiver import Receiver, receiving

from O365 import Account
from O365.message import Message
from postroom.testing.local import LocalGraph, User, local_graph


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture(scope="module")
def anna(graph: LocalGraph) -> User:
    return graph.user("anna@acme.test", name="Anna")


@pytest.fixture(scope="module")
def bob(graph: LocalGraph) -> User:
    return graph.user("bob@acme.test", name="Bob")


@pytest.fixture
def account(graph: LocalGraph, anna: User) -> Account:
    return graph.account(anna)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def find(place: Any, subject: str) -> Message:
    found: Message = place.get_messages(query=place.q().equals("subject", subject))[0]
    return found


def subjects(folder: Any) -> list[str]:
    return [message.subject for message in folder.get_messages(limit=None)]


def test_receipts_that_are_asked_for_travel_with_the_message(graph: LocalGraph, account: Account, bob: User) -> None:
    message = account.new_message()
    message.to.add(bob.address)
    message.subject = "Confirm, please"
    message.is_read_receipt_requested = message.is_delivery_receipt_requested = True
    assert message.send()
    sent = find(account.mailbox().sent_folder(), "Confirm, please")
    assert (sent.is_read_receipt_requested, sent.is_delivery_receipt_requested) == (True, True)
    arrived = find(graph.account(bob).mailbox().inbox_folder(), "Confirm, please")
    assert arrived.is_read_receipt_requested
    content = arrived.get_mime_content()
    assert content is not None
    assert b"Disposition-Notification-To: " in content
    assert arrived.mark_as_read()
    plain = account.new_message()
    plain.to.add(bob.address)
    plain.subject = "No need"
    assert plain.send()
    assert not find(graph.account(bob).mailbox().inbox_folder(), "No need").is_read_receipt_requested


def test_deleted_messages_are_recovered(graph: LocalGraph, account: Account, anna: User) -> None:
    graph.deliver(b"Subject: Precious\r\n\r\nx", anna)
    mailbox = account.mailbox()
    inbox, deleted = mailbox.inbox_folder(), mailbox.deleted_folder()
    assert find(inbox, "Precious").delete()
    assert "Precious" not in subjects(inbox)
    again = find(deleted, "Precious")
    assert again.move(inbox)
    assert "Precious" in subjects(inbox)
    assert find(inbox, "Precious").delete()
    assert find(deleted, "Precious").delete()
    assert "Precious" not in subjects(deleted)
    kept = mailbox.recoverableitemsdeletions_folder()
    assert find(kept, "Precious").move(inbox)
    assert ("Precious" in subjects(inbox), "Precious" in subjects(kept)) == (True, False)


def test_files_are_attached_from_wherever_they_are(account: Account, bob: User, tmp_path: Path) -> None:
    (tmp_path / "path.txt").write_bytes(b"path")
    (tmp_path / "text.txt").write_bytes(b"text")
    draft = account.mailbox().new_message()
    draft.subject = "Collected"
    draft.attachments.add(tmp_path / "path.txt")
    draft.attachments.add(str(tmp_path / "text.txt"))
    draft.attachments.add([(tmp_path / "path.txt", "renamed.txt"), (io.BytesIO(b"memory"), "memory.bin")])
    draft.attachments.add((b"bytes", "bytes.bin"))
    with (tmp_path / "text.txt").open("rb") as file:
        draft.attachments.add((file, "open.txt"))
    draft.attachments.add({"name": "stored.txt", "content": "c3RvcmVk"})
    assert draft.save_draft()
    again = account.mailbox().get_message(draft.object_id, download_attachments=True)
    assert again is not None
    folder = tmp_path / "saved"
    folder.mkdir()
    assert all(attachment.save(folder) for attachment in again.attachments)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
        "path.txt": b"path",
        "text.txt": b"text",
        "renamed.txt": b"path",
        "memory.bin": b"memory",
        "bytes.bin": b"bytes",
        "open.txt": b"text",
        "stored.txt": b"stored",
    }


def test_a_list_comes_with_its_attachments(graph: LocalGraph, account: Account, bob: User, anna: User) -> None:
    for number in range(3):
        message = graph.account(bob).new_message()
        message.to.add(anna.address)
        message.subject = f"Parcel {number}"
        message.attachments.add((io.BytesIO(str(number).encode()), "n.txt"))
        assert message.send()
    inbox = account.mailbox().inbox_folder()
    query = inbox.q().startswith("subject", "Parcel")
    found = inbox.get_messages(query=query, batch=2, download_attachments=True)
    assert {message.subject: message.attachments[0]._bytes() for message in found} == {
        "Parcel 0": b"0",
        "Parcel 1": b"1",
        "Parcel 2": b"2",
    }


def test_attached_messages_and_references_are_told_apart(account: Account, bob: User, tmp_path: Path) -> None:
    inner = account.new_message()
    inner.subject, inner.body = "Inside", "Deep in there"
    draft = account.mailbox().new_message()
    draft.subject = "Three kinds"
    draft.attachments.add([inner, (b"file", "file.txt")])
    assert draft.save_draft()
    reference = {
        "@odata.type": "#microsoft.graph.referenceAttachment",
        "name": "Plans",
        "sourceUrl": "https://files.example.com/plans",
        "providerType": "oneDriveBusiness",
        "permission": "view",
    }
    assert account.con.post(draft.build_url(f"/messages/{draft.object_id}/attachments"), data=reference).ok
    again = account.mailbox().get_message(draft.object_id, download_attachments=True)
    assert again is not None
    kinds = {attachment.name: attachment for attachment in again.attachments}
    assert set(kinds) == {"Inside", "file.txt", "Plans"}
    assert kinds["file.txt"]._bytes() == b"file"
    assert not kinds["Plans"].save(tmp_path), "there is only a link"
    assert kinds["Inside"].attachment_type == "item"
    assert again.attachments.get_eml_as_object(kinds["Inside"]).get_body_text().strip() == "Deep in there"
    assert again.attachments.save_as_eml(kinds["Inside"], tmp_path / "inside.eml")
    assert b"Subject: Inside" in (tmp_path / "inside.eml").read_bytes()
    again.attachments.remove("Plans")
    assert again.save_draft()
    last = account.mailbox().get_message(draft.object_id, download_attachments=True)
    assert last is not None
    assert {attachment.name for attachment in last.attachments} == {"Inside", "file.txt"}


def test_headers_and_extended_properties_are_kept(account: Account) -> None:
    mailbox = account.mailbox()
    draft = mailbox.new_message()
    draft.subject = "With more"
    draft.add_message_header("X-Project", "roof")
    draft.delay_delivery(3600)
    assert draft.save_draft()
    selected = mailbox.q().select("internet_message_headers", "subject")
    asked = selected & mailbox.q().expand("singleValueExtendedProperties($filter=id eq 'SystemTime 0x3FEF')")
    again = mailbox.get_message(draft.object_id, query=asked)
    assert again is not None
    assert ("X-Project", "roof") in [(one["name"], one["value"]) for one in again.message_headers]
    assert [one["id"] for one in again.single_value_extended_properties] == ["SystemTime 0x3FEF"]


def test_an_app_works_in_a_shared_mailbox(graph: LocalGraph, anna: User, bob: User) -> None:
    office = graph.user("office@acme.test", name="Office")
    app = Account(
        (graph.app.id, graph.secret),
        auth_flow_type="credentials",
        tenant_id=graph.tenant,
        authority=graph.authority,
        base_url=graph.base_url,
        verify_ssl=str(graph.ca_file),
        token_backend=None,
        token_path=graph.home / "app-token",
    )
    app.con.proxy = {"no_proxy": "localhost"}
    assert app.authenticate()
    graph.deliver(b"Subject: Question\r\nFrom: bob@acme.test\r\n\r\nx", office)
    shared = app.mailbox(office.address)
    question = find(shared.inbox_folder(), "Question")
    answer = question.reply(to_all=False)
    assert answer is not None
    answer.body = "Answer"
    assert answer.send()
    arrived = find(graph.account(bob).mailbox().inbox_folder(), "RE: Question")
    assert arrived.sender.address == office.address
    assert subjects(shared.sent_folder()) == ["RE: Question"]
    assert "RE: Question" not in subjects(app.mailbox(anna.address).sent_folder())


def test_changes_and_the_end_of_a_subscription_are_told(
    graph: LocalGraph, account: Account, anna: User, hook: Receiver
) -> None:
    subscriptions = account.subscriptions()
    made = subscriptions.create_subscription(
        hook.url(),
        "me/mailFolders('inbox')/messages",
        ["created", "updated"],
        expiration_minutes=2,
        client_state="secret",
        lifecycle_notification_url=hook.url("/life"),
    )
    assert made is not None
    graph.deliver(b"Subject: News\r\n\r\nx", anna)
    kinds = {one.get("changeType") or one["lifecycleEvent"] for one in hook.wait(2)}
    assert kinds == {"created", "reauthorizationRequired"}
    assert {one["clientState"] for one in hook.elements()} == {"secret"}
    assert {one["subscriptionId"] for one in hook.elements()} == {made["id"]}
    renewed = subscriptions.renew_subscription(made["id"], expiration_minutes=90)
    assert renewed is not None
    assert renewed["expirationDateTime"] > made["expirationDateTime"]
    assert find(account.mailbox().inbox_folder(), "News").mark_as_read()
    assert hook.wait(3)[-1]["changeType"] == "updated"
    assert [one["id"] for one in subscriptions.list_subscriptions()] == [made["id"]]
    assert subscriptions.delete_subscription(made["id"])
    assert list(subscriptions.list_subscriptions()) == []
