"""Contacts and their folders, and what the original got wrong there."""

from __future__ import annotations

from typing import Any

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.address_book import AddressBook, Contact, ContactFolder
from O365.connection import MSGraphProtocol
from O365.message import Message, RecipientType

BEST: dict[str, Any] = {
    "id": "C1",
    "givenName": "George",
    "surname": "Best",
    "emailAddresses": [{"name": "George Best", "address": "george@example.com"}],
    "mail": "best@example.com",
    "parentFolderId": "work",
}


@pytest.fixture
def con() -> Recorder:
    return Recorder()


@pytest.fixture
def book(con: Recorder) -> AddressBook:
    return AddressBook(con=con, protocol=MSGraphProtocol(timezone="Europe/Berlin"), name="Personal Address Book")


@pytest.fixture
def folder(book: AddressBook) -> ContactFolder:
    return ContactFolder(parent=book, __cloud_data__={"id": "work", "displayName": "Work", "parentFolderId": "top"})


@pytest.fixture
def best(book: AddressBook) -> Contact:
    return Contact(parent=book, __cloud_data__=BEST)


def test_a_contact_reads_what_the_service_told(best: Contact) -> None:
    assert (repr(best), best.full_name, best.main_email) == ("George Best", "George Best", "george@example.com")
    assert [one.address for one in best.emails] == ["george@example.com", "best@example.com"]
    assert (best.business_phones, best.home_address, best.preferred_language, best.folder_id) == ([], {}, None, "work")


def test_a_new_contact_sends_what_was_set_and_later_what_was_changed(con: Recorder, book: AddressBook) -> None:
    new = book.new_contact()
    new.name = "George"
    new.emails.add("george@example.com")
    new.business_phones = "123"
    new.preferred_language = "en"
    con.will(Answer({"id": "C1", "displayName": "George", "createdDateTime": "2026-01-01T00:00:00Z"}))
    assert new.save()
    assert con.last.data == {
        "givenName": "George",
        "businessPhones": ["123"],
        "emailAddresses": [{"name": "", "address": "george@example.com"}],
    }
    assert (con.last.path, new.object_id, new.display_name) == ("/me/contacts", "C1", "George")
    assert new.save()
    new.home_address = {"city": "Belfast"}
    assert new.save()
    assert con.last.data == {"homeAddress": {"city": "Belfast"}}
    assert con.asked == [("post", "/me/contacts"), ("patch", "/me/contacts/C1")]
    with pytest.raises(ValueError, match="home_address"):
        new.home_address = "Belfast"


def test_a_contact_of_a_folder_is_saved_there(con: Recorder, folder: ContactFolder) -> None:
    new = folder.new_contact()
    new.surname = "Best"
    assert new.save()
    assert con.last.path == "/me/contactFolders/work/contacts"
    con.will(REFUSED)
    other = folder.new_contact()
    assert not other.save()
    with pytest.raises(RuntimeError):
        other.delete()


def test_a_draft_to_a_contact_leaves_the_contact_as_it_is(best: Contact, book: AddressBook) -> None:
    message = best.new_message(recipient_type=RecipientType.CC)
    assert message is not None
    message.cc[0].name = "Georgie"
    assert (best.emails[0].name, len(best._track_changes)) == ("George Best", 0)
    assert book.new_contact().new_message() is None
    assert book.new_contact().new_message("x@example.com") is not None


def test_a_contact_has_a_picture_and_can_be_attached(con: Recorder, best: Contact) -> None:
    con.will(Answer(content=b"jpeg"), Answer(), REFUSED)
    assert best.get_profile_photo(48) == b"jpeg"
    assert best.update_profile_photo(b"new")
    assert best.get_profile_photo() is None
    assert con.asked == [
        ("get", "/me/contacts/C1/photos/48x48/$value"),
        ("patch", "/me/contacts/C1/photo/$value"),
        ("get", "/me/contacts/C1/photo/$value"),
    ]
    message = Message(parent=best)
    message.attachments.add(best)
    assert message.attachments[0].content["@odata.type"] == "#microsoft.graph.contact"
    assert best.delete()


def test_contacts_are_listed_in_pages_and_found_by_their_address(con: Recorder, book: AddressBook) -> None:
    con.will(page({"id": "1"}, link="https://next"), page({"id": "2"}), page(BEST), page())
    assert [one.object_id for one in book.get_contacts(limit=None)] == ["1", "2"]
    found = book.get_contact_by_email("o'hara@example.com")
    assert con.last.params["$filter"] == "emailAddresses/any(a:a/address eq 'o''hara@example.com')"
    assert found == Contact(parent=book, __cloud_data__=BEST)
    assert book.get_contact_by_email("x@example.com") is None
    assert book.get_contact_by_email("") is None


def test_a_draft_goes_to_the_first_address_of_each_contact(con: Recorder, folder: ContactFolder) -> None:
    con.will(page(BEST, {"id": "2"}, {"id": "3", "emailAddresses": [{"name": "Ann", "address": "ann@example.com"}]}))
    message = folder.new_message()
    assert [one.address for one in message.to] == ["george@example.com", "ann@example.com"]
    assert con.last.path == "/me/contactFolders/work/contacts"


def test_folders_are_found_made_renamed_moved_and_deleted(
    con: Recorder, book: AddressBook, folder: ContactFolder
) -> None:
    con.will(
        page({"id": "f", "displayName": "F's"}),
        Answer({"id": "g"}),
        Answer({"id": "h"}),
        page({"id": "i"}, {"id": "j"}),
    )
    found = book.get_folder(folder_name="F's")
    assert found is not None
    assert (con.last.path, con.last.params["$filter"]) == ("/me/contactFolders", "displayName eq 'F''s'")
    assert type(found) is ContactFolder
    assert not found.root
    assert book.get_folder("g") == ContactFolder(parent=book, __cloud_data__={"id": "g"})
    assert folder.create_child_folder("H") is not None
    assert con.last.path == "/me/contactFolders/work/childFolders"
    assert folder.create_child_folder("") is None
    assert [one.folder_id for one in book.get_folders(1)] == ["i"]
    assert folder.update_folder_name("Old")
    assert folder.move_folder(found)
    assert (folder.name, folder.parent_id, con.last.data) == ("Old", "f", {"parentFolderId": "f"})
    assert not book.update_folder_name("X")
    assert not book.delete()
    assert folder.delete()
    assert not folder.move_folder("f")
    for names in ((), ("a", "b")):
        with pytest.raises(RuntimeError):
            book.get_folder(*names)
