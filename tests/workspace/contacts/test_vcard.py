"""vCards of all versions become contacts, and contacts vCards."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.faces.graph.contacts.test_contacts import PNG, WHOLE

from postroom.errors import Invalid
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.contacts.contacts import Contacts
from postroom.workspace.workloads.contacts.vcard_in import MOST_LINES, cards, decoded, read
from postroom.workspace.workloads.contacts.vcard_out import written
from postroom.workspace.workspace import KINDS

ANNA = "0d4ac6a7-5b0c-4b0e-9b1e-000000000001"
OLD = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Anna
NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0A=
two
TEL;CELL;PREF:1
TEL;HOME;FAX:2
AGENT:BEGIN:VCARD
FN:Secretary
END:VCARD
PHOTO;ENCODING=BASE64;TYPE=JPEG:/9j/4AAQ
 SkZJRg==

END:VCARD
"""
NEW = f"""BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:1
FN:Bert
N:Brown;Bert;;Dr.;Jr.
ORG:Roofs\\, Ltd;Yard
item1.TEL:10
item1.X-ABLabel:_$!<Home>!$_
TEL;VALUE=uri;TYPE="voice,work":tel:+1-418-656-9254
EMAIL;PREF=2:second@x.test
EMAIL;PREF=1:first@x.test
ADR;TYPE=home:;2nd floor;S 1;Berlin;BE;10115;Germany
ADR;TYPE=home:;;S 2;Bonn;;;
CATEGORIES:a,b\\,c
BDAY:19800229
RELATED;TYPE=spouse;VALUE=text:Sam
IMPP:xmpp:bert@x.test
NOTE:line\\none\\; two
PHOTO:data:image/png;base64,{base64.b64encode(PNG).decode()}
this line is none
END:VCARD
"""


def test_a_vcard_of_the_first_version_is_read() -> None:
    (text,) = cards(decoded(OLD.encode()))
    card = read(text)
    assert card.contact["surname"] == "Müller"
    assert card.contact["personalNotes"] == "one\ntwo"
    assert (card.contact["mobilePhone"], "homePhones" in card.contact) == ("1", False)
    assert "displayName" not in card.contact  # that is the secretary's
    assert card.picture == b"\xff\xd8\xff\xe0\x00\x10JFIF"


def test_a_vcard_of_the_last_version_is_read() -> None:
    card = read(NEW)
    assert card.uid == "urn:uuid:1"
    assert card.contact == {
        "displayName": "Bert", "surname": "Brown", "givenName": "Bert", "title": "Dr.", "generation": "Jr.",
        "companyName": "Roofs, Ltd", "department": "Yard", "homePhones": ["10"],
        "businessPhones": ["+1-418-656-9254"], "categories": ["a", "b,c"], "birthday": "1980-02-29T11:59:00Z",
        "emailAddresses": [{"name": "Bert", "address": "first@x.test"}, {"name": "Bert", "address": "second@x.test"}],
        "homeAddress": {
            "street": "S 1\n2nd floor", "city": "Berlin", "state": "BE", "postalCode": "10115",
            "countryOrRegion": "Germany",
        },
        "otherAddress": {"street": "S 2", "city": "Bonn"}, "spouseName": "Sam", "imAddresses": ["xmpp:bert@x.test"],
        "personalNotes": "line\none; two",
    }  # fmt: skip
    assert card.picture == PNG


def test_what_is_written_is_read_as_it_was() -> None:
    names = {"emailAddresses": [{"name": WHOLE["displayName"], "address": "dora@x.test"}]}
    contact = WHOLE | names | {"businessAddress": {"street": "a;b\nc", "city": "x,y"}}
    text = written(contact, "u", PNG)
    assert "VERSION:3.0" in text
    card = read(text)
    assert (card.uid, card.picture) == ("u", PNG)
    assert card.contact == contact


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30).map(str.strip).filter(bool)


@given(st.fixed_dictionaries({"displayName": TEXT, "personalNotes": TEXT, "surname": TEXT, "companyName": TEXT}))
def test_any_text_comes_through(contact: dict[str, str]) -> None:
    found = read(written(contact, "u")).contact
    assert {name: found.get(name) for name in contact} == contact


@given(st.text(max_size=200))
@settings(max_examples=50)
def test_whatever_lies_in_a_vcard_is_read_or_refused(text: str) -> None:
    try:
        for one in cards(f"BEGIN:VCARD\n{text}\nEND:VCARD\n"):
            read(one)
    except Invalid:
        pass


@pytest.mark.parametrize("text", ["BEGIN:VCARD\nFN:x\n", "BEGIN:VCARD\n" + "NOTE:x\n" * MOST_LINES + "END:VCARD\n"])
def test_vcards_without_an_end_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        list(cards(text))


def test_a_file_of_something_else_is_refused_and_an_empty_one_is_not() -> None:
    with pytest.raises(Invalid, match="BEGIN:VCARD"):
        list(cards("Name,Address\nDora,dora@example.com\n"))
    assert list(cards("\n")) == []


@pytest.fixture(scope="module")
def contacts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contacts]:
    with Store(tmp_path_factory.mktemp("vcards"), KINDS) as store:
        yield Contacts(store)


def test_a_file_that_comes_again_changes_what_it_brought(contacts: Contacts) -> None:
    def seen() -> list[tuple[Any, ...]]:
        folder = next(one["id"] for one in contacts.folders.page(ANNA, None).rows if one["displayName"] == "Friends")
        rows = contacts.page(ANNA, folder).rows
        return [(one["displayName"], one["jobTitle"]) for one in rows]

    broken = "BEGIN:VCARD\nFN:None\nEMAIL:\ufffd\n" + "".join(f"EMAIL:{n}@x.test\n" for n in range(60)) + "END:VCARD\n"
    first = contacts.exchange.take(ANNA, NEW + broken + OLD, "Friends")
    assert (first.added, first.changed, first.same, first.failed) == (3, 0, 0, [])
    again = contacts.exchange.take(ANNA, NEW.replace("FN:Bert", "FN:Bertie\nTITLE:Mason") + OLD, "Friends")
    assert (again.added, again.changed, again.same) == (0, 1, 1)
    assert ("Bertie", "Mason") in seen()
    text = "".join(contacts.exchange.give(ANNA, "Friends"))
    assert contacts.exchange.take(ANNA, text, "Friends").added == 0
    assert len(seen()) == 3
    assert list(contacts.exchange.give(ANNA)) == list(contacts.exchange.give(ANNA, "Friends"))


def test_a_vcard_that_cannot_be_kept_is_told_with_its_number(contacts: Contacts) -> None:
    many = "".join(f"CATEGORIES:{','.join(f'c{n}-{m}' for m in range(9))}\n" for n in range(50))
    found = contacts.exchange.take(ANNA, NEW + f"BEGIN:VCARD\nFN:x\n{many}END:VCARD\n", "Odd")
    assert [number for number, _ in found.failed] == [2]
