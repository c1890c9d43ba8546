"""What the readers of file types find, and how damage, encryption and bombs are told."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.archive.extract import makers
from tests.archive.extract.makers import attached, mail, zipped

from postroom.archive.extract import Attachment, Limits, extract, kinds

LIMITS = Limits()
DOCUMENTS = {
    "a.pdf": makers.pdf("First page", "Second page"),
    "a.docx": makers.docx("First paragraph", "Second paragraph"),
    "a.pptx": makers.pptx("First slide", "Second slide"),
    "a.odt": makers.odt("<text:p>First</text:p>"),
    "a.xlsx": makers.xlsx(("Number", 4711), ("Price", 1.5)),
    "a.rtf": rb"{\rtf1\ansi First \b bold\b0\par Second}",
    "a.dat": makers.tnef("Body", ("inside.txt", b"inside")),
    "a.zip": zipped({"x.txt": "inside"}),
}


def read(
    name: str, raw: bytes, limits: Limits = LIMITS, media_type: str = "application/octet-stream"
) -> list[Attachment]:
    return list(extract(mail(attached(name, raw, media_type)), limits).attachments)


def words(name: str, raw: bytes, limits: Limits = LIMITS) -> str:
    first = read(name, raw, limits)[0]
    assert first.problem == ""
    return first.text


def problem(name: str, raw: bytes, limits: Limits = LIMITS) -> str:
    return read(name, raw, limits)[0].problem


def test_the_pages_of_a_pdf_are_lines() -> None:
    assert words("a.pdf", DOCUMENTS["a.pdf"]) == "First page\nSecond page"


def test_pages_past_the_limit_are_not_read() -> None:
    assert words("a.pdf", DOCUMENTS["a.pdf"], Limits(pages=1)) == "First page"


def test_a_damaged_pdf_says_so() -> None:
    assert problem("a.pdf", b"%PDF-1.4\nnothing").startswith("damaged: ")


def test_a_word_document_gives_its_paragraphs_and_its_letterhead() -> None:
    assert words("a.docx", DOCUMENTS["a.docx"]).split() == ["First", "paragraph", "Second", "paragraph", "Letterhead"]


def test_slides_are_in_their_order() -> None:
    deck = makers.pptx(*(f"Slide {number}" for number in range(1, 12)))
    assert words("a.pptx", deck).split("\n")[:11] == [f"Slide {number}" for number in range(1, 12)]


def test_paragraphs_headings_and_notes_of_an_open_document_are_read_once() -> None:
    body = "<text:h>Title</text:h><text:p>a<text:s/>b<text:tab/>c<note><text:p>note</text:p></note> tail</text:p>"
    found = words("a.odt", makers.odt(body))
    assert found.split() == ["Title", "note", "a", "b", "c", "tail"]


def test_cells_are_parted_by_tabs_and_whole_numbers_have_no_fraction() -> None:
    assert words("a.xlsx", DOCUMENTS["a.xlsx"]) == "Orders\nNumber\t4711\nPrice\t1.5"


def test_rtf_gives_its_words() -> None:
    assert words("a.rtf", DOCUMENTS["a.rtf"]) == "First bold\nSecond"


def test_external_entities_are_not_followed() -> None:
    document = (
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><w:d xmlns:w="urn:w"><w:p><w:t>a&x;b</w:t></w:p></w:d>'
    )
    found = read("a.docx", makers.docx(document=document))[0]
    assert found.text.split() in (["a"], ["ab"], ["a", "b"], ["a", "Letterhead"], ["ab", "Letterhead"])


def test_entities_that_multiply_are_refused() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    document = f'<!DOCTYPE d [<!ENTITY e0 "ha">{levels}]><d xmlns:w="urn:w"><w:t>&e11;</w:t></d>'
    assert len(read("a.docx", makers.docx(document=document))[0].text) < 1000


@pytest.mark.parametrize("name", ["a.txt", "a.bin", "noname"])
def test_magic_bytes_beat_a_wrong_name(name: str) -> None:
    assert words(name, DOCUMENTS["a.pdf"]) == "First page\nSecond page"


def test_text_is_recognised_without_name_or_type_and_binary_is_not() -> None:
    assert words("", "Grüße, plain words".encode()) == "Grüße, plain words"
    assert words("", bytes(range(256))) == ""


@pytest.mark.parametrize("name", ["a.ics", "a.vcf", "a.json", "a.log"])
def test_text_by_its_name_is_read_as_it_is(name: str) -> None:
    assert words(name, b"SUMMARY:Meeting") == "SUMMARY:Meeting"


def test_xml_gives_its_character_data_and_broken_xml_itself() -> None:
    assert words("a.xml", b"<a>one<b>two</b></a>").split() == ["two", "one"]
    assert words("a.xml", b"<a>one<b>two</a>") == "<a>one<b>two</a>"


def test_html_attachments_are_read_as_html() -> None:
    assert words("a.html", b"<p>One<p>Two") == "One\nTwo"


def test_an_attached_eml_is_read_as_a_message() -> None:
    found = read("saved.eml", mail(attached("deep.txt", b"deep", "text/plain"), subject="Saved"))
    assert [(a.filename, a.text) for a in found] == [("saved.eml", "Saved"), ("deep.txt", "deep")]


def test_the_members_of_a_zip_are_named_and_read_whatever_they_are() -> None:
    inner = zipped({"deep.docx": makers.docx("deep paragraph")})
    raw = zipped({"a.txt": "plain words", "b.pdf": makers.pdf("pdf words"), "inner.zip": inner})
    found = words("a.zip", raw)
    for expected in ("a.txt", "plain words", "b.pdf", "pdf words", "deep.docx", "deep paragraph"):
        assert expected in found


def test_a_message_in_a_zip_keeps_its_attachments() -> None:
    raw = zipped({"m.eml": mail(attached("deep.txt", b"deep words", "text/plain"), subject="Zipped")})
    found = read("a.zip", raw)
    assert len(found) == 1
    assert found[0].text.split("\n") == ["m.eml", "Zipped", "deep.txt", "deep words"]


def test_tar_and_compressed_tar_are_read_like_a_zip() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo("inside.txt")
        info.size = 5
        archive.addfile(info, io.BytesIO(b"words"))
    raw = target.getvalue()
    assert words("a.tar", raw) == "inside.txt\nwords"
    assert words("a.tar.gz", gzip.compress(raw)) == "inside.txt\nwords"
    assert words("a.tar.bz2", bz2.compress(raw)) == "inside.txt\nwords"


@pytest.mark.parametrize("packed", [gzip.compress(bytes(30 << 20)), bz2.compress(bytes(30 << 20))])
def test_a_compressed_bomb_is_refused(packed: bytes) -> None:
    assert problem("a", packed) == "too large when unpacked"


def test_a_zip_bomb_is_refused_and_its_names_are_kept() -> None:
    found = read("a.zip", zipped({"first.txt": "words", "bomb.txt": bytes(30 << 20)}))[0]
    assert found.problem == "too large when unpacked"
    assert "words" in found.text


def test_a_zip_that_lies_about_a_size_gives_no_more_than_it_declared() -> None:
    raw = bytearray(zipped({"a.txt": b"x" * 100_000}))
    size = (100_000).to_bytes(4, "little")
    found = raw.find(size)
    while found >= 0:
        raw[found : found + 4] = (50).to_bytes(4, "little")
        found = raw.find(size)
    assert len(read("a.zip", bytes(raw))[0].text) < 200


def test_zips_of_zips_end_at_the_depth_limit() -> None:
    raw = b"words"
    for _ in range(12):
        raw = zipped({"a.zip": raw})
    found = read("a.zip", raw, Limits(depth=4))[0]
    assert found.text.split("\n").count("a.zip") == 4


def test_too_many_members_are_refused() -> None:
    raw = zipped({f"{number}.txt": "x" for number in range(20)})
    assert problem("a.zip", raw, Limits(archive_members=5)) == "too many archive members"


def test_all_members_together_are_limited() -> None:
    raw = zipped({f"{number}.txt": b"x" * 1000 for number in range(20)})
    assert problem("a.zip", raw, Limits(archive_bytes=5000)) == "too large when unpacked"


def test_an_encrypted_zip_says_so() -> None:
    raw = bytearray(zipped({"a.txt": "secret"}))
    raw[6] |= 1
    raw[raw.rfind(b"PK\x01\x02") + 8] |= 1
    assert problem("a.zip", bytes(raw)) == "encrypted"


def test_a_spreadsheet_bomb_is_refused_before_its_library_sees_it() -> None:
    raw = io.BytesIO(DOCUMENTS["a.xlsx"])
    with zipfile.ZipFile(raw, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/sharedStrings.xml", bytes(30 << 20))
    assert problem("a.xlsx", raw.getvalue()) == "too large when unpacked"


def test_an_attachment_over_the_limit_is_measured_and_not_read() -> None:
    found = read("a.pdf", DOCUMENTS["a.pdf"], Limits(attachment_bytes=100))[0]
    assert (found.size, found.problem) == (len(DOCUMENTS["a.pdf"]), "too large")


def test_a_winmail_dat_gives_its_body_and_its_attachments_by_their_long_names() -> None:
    found = read("winmail.dat", makers.tnef("Grüße", ("Übersicht.txt", "größer".encode("cp1252"))))
    assert [(a.filename, a.text) for a in found] == [("winmail.dat", "Grüße"), ("Übersicht.txt", "größer")]


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_damaged_file_is_told_and_nothing_else(name: str, data: st.DataObject) -> None:
    raw = bytearray(DOCUMENTS[name])
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=6)):
        raw[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(raw) // 2, len(raw)))
    found = extract(mail(attached(name, bytes(raw[:cut]))), LIMITS)
    assert found.problems == ()
    assert found.attachments[0].size == cut


@given(st.binary(max_size=600), st.sampled_from(["", "text/plain", "image/png"]), st.text(max_size=8))
def test_any_head_is_of_some_kind(head: bytes, media_type: str, name: str) -> None:
    assert isinstance(kinds.kind(head, media_type, name), str)
