"""Messages made to hurt: each small to make, and dear to whoever reads it carelessly."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

from tests.archive.extract.makers import attached, mail, pdf, text, zipped

WORD = "readable"
"""What stands in the body of every bomb, and where it can be read is found by."""

MIB = 1 << 20
_BODY = b"\nThis part is readable.\n"


def long_header() -> bytes:
    """Ten megabytes of header, the subject at its end."""
    return b"".join(b"X-%d: %s\n" % (n, b"a" * 200) for n in range(50_000)) + b"Subject: bomb\n" + _BODY


def long_field() -> bytes:
    return b"Subject: bomb\nTo: " + b"a@example.org, " * (10 * MIB // 15) + b"\n" + _BODY


def encoded_words() -> bytes:
    return b"Subject: bomb\nComments: " + b"=?utf-8?q?word?= " * (10 * MIB // 17) + b"\n" + _BODY


def nested_parts(levels: int = 3_000) -> bytes:
    """Multiparts in multiparts: deeper than the parser goes, so it is read as one text."""
    heads = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(levels))
    return b"Subject: bomb\n" + b"".join(heads) + b"Content-Type: text/plain\n" + _BODY


def nested_parts_to_the_stack() -> bytes:
    return nested_parts(50_000)


def nested_messages() -> bytes:
    return b"Subject: bomb\n" + b"Content-Type: message/rfc822\n\nSubject: x\n" * 3_000 + _BODY


def tiny_parts() -> bytes:
    return mail(text(WORD), *[b"\nx%d\n" % n for n in range(100_000)], subject="bomb")


def tiny_attachments() -> bytes:
    head = b"Content-Disposition: attachment; filename="
    return mail(text(WORD), *[head + b"f%d.txt\n\nx\n" % n for n in range(100_000)], subject="bomb")


def _with(name: str, raw: bytes, media_type: str = "application/octet-stream") -> bytes:
    return mail(text(WORD), attached(name, raw, media_type), subject="bomb")


def zip_of_zips() -> bytes:
    """Sixteen zips in each of sixteen zips, six levels down: 16 TB when unpacked."""
    inner = zipped({"a.txt": b"word " * 200_000})
    for _ in range(6):
        inner = zipped({f"{n}.zip": inner for n in range(16)})
    return _with("42.zip", inner)


def zip_of_zeros() -> bytes:
    return _with("zeros.zip", zipped({"zeros.txt": bytes(100 * MIB)}))


def zip_of_many() -> bytes:
    return _with("many.zip", zipped({f"{n}.txt": b"x" for n in range(20_000)}))


def gzip_of_zeros() -> bytes:
    return _with("zeros.gz", gzip.compress(bytes(100 * MIB)))


def _laughs() -> bytes:
    entities = [b'<!ENTITY e0 "ha">'] + [b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 13)]
    return b'<?xml version="1.0"?><!DOCTYPE a [' + b"".join(entities) + b"]><a>&e12;</a>"


def xml_entities() -> bytes:
    return _with("laughs.xml", _laughs(), "application/xml")


def word_entities() -> bytes:
    return _with("laughs.docx", zipped({"word/document.xml": _laughs()}))


def pdf_pages() -> bytes:
    return _with("pages.pdf", pdf(*["page"] * 20_000))


def pdf_stream() -> bytes:
    """One page whose drawing unpacks to 200 MB."""
    packed = zlib.compress(b"BT /F 12 Tf " + b"(word) Tj " * (20 * MIB) + b"ET", 9)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = b"".join(b"%d 0 obj%sendobj\n" % (n, content) for n, content in enumerate(objects, 1))
    return _with("stream.pdf", b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 6>>\n")


def html_depth() -> bytes:
    markup = b"<div>" * 100_000 + WORD.encode() + b"</div>" * 100_000
    return b"Subject: bomb\nContent-Type: text/html\n\n" + markup


def html_attributes() -> bytes:
    markup = b"<div " + b"".join(b"a%d=1 " % n for n in range(300_000)) + b">" + WORD.encode() + b"</div>"
    return b"Subject: bomb\nContent-Type: text/html\n\n" + markup


ALL: tuple[Callable[[], bytes], ...] = (
    *(long_header, long_field, encoded_words, nested_parts, nested_parts_to_the_stack, nested_messages),
    *(tiny_parts, tiny_attachments, zip_of_zips, zip_of_zeros, zip_of_many, gzip_of_zeros, xml_entities),
    *(word_entities, pdf_pages, pdf_stream, html_depth, html_attributes),
)
