"""Small writers of the file formats that are read: no more of each than the readers must understand."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
from collections.abc import Mapping

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def mail(*parts: bytes, subject: str = "Test") -> bytes:
    """A multipart/mixed message of the given parts, each with its own header."""
    head = f'Subject: {subject}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="frontier"\n'.encode()
    return head + b"".join(b"\n--frontier\n" + part for part in parts) + b"\n--frontier--\n"


def text(words: str) -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\n\n" + words.encode()


def attached(name: str, raw: bytes, media_type: str = "application/octet-stream") -> bytes:
    """A part that is an attachment in base64."""
    head = f'Content-Type: {media_type}\nContent-Disposition: attachment; filename="{name}"\n'
    return head.encode() + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(raw)


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return target.getvalue()


def pdf(*pages: str) -> bytes:
    """A PDF with one line of Helvetica per page."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(len(pages)))
    font = "<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>"]
    for number, words in enumerate(pages):
        stream = f"BT /F 12 Tf 72 720 Td ({words}) Tj ET"
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {4 + 2 * number} 0 R/Resources {font}>>"
        objects += [page, f"<</Length {len(stream)}>>stream\n{stream}\nendstream"]
    written, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj{content}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF"
    return f"{written}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def docx(*paragraphs: str, document: str = "") -> bytes:
    lines = "".join(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>" for words in paragraphs)
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/header1.xml": f"<w:hdr {_W}><w:p><w:r><w:t>Letterhead</w:t></w:r></w:p></w:hdr>",
            "word/document.xml": document or f"<w:document {_W}><w:body>{lines}</w:body></w:document>",
        }
    )


def pptx(*slides: str) -> bytes:
    members = {"ppt/presentation.xml": "<p/>"}
    for number, words in enumerate(slides, 1):
        members[f"ppt/slides/slide{number}.xml"] = f"<x {_A}><a:p><a:r><a:t>{words}</a:t></a:r></a:p></x>"
    return zipped(members)


def odt(body: str) -> bytes:
    names = 'xmlns:office="urn:office" xmlns:text="urn:text"'
    content = f"<office:document {names}><office:body>{body}</office:body></office:document>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def xlsx(*rows: tuple[str | float, ...]) -> bytes:
    """One sheet, "Orders", with strings in place and numbers."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = ""
        for letter, value in zip("ABCDEF", row, strict=False):
            place = f'r="{letter}{number}"'
            string = isinstance(value, str)
            cells += (
                f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>' if string else f"<c {place}><v>{value}</v></c>"
            )
        lines.append(f'<row r="{number}">{cells}</row>')
    relation = f'<Relationship Id="r1" Type="{_OFFICE}'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relation}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f"<workbook {_S} {_R}><sheets>"
            '<sheet name="Orders" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relation}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f"<worksheet {_S}><sheetData>{''.join(lines)}</sheetData></worksheet>",
        }
    )


def tnef(body: str, *files: tuple[str, bytes]) -> bytes:
    """A TNEF stream in code page 1252: a body, and attachments by title and data, the long name as a property."""
    written = struct.pack("<IH", 0x223E9F78, 1) + _attribute(0x00069007, struct.pack("<II", 1252, 0))
    written += _attribute(0x0002800C, body.encode("cp1252") + b"\0")
    for name, raw in files:
        long_name = name.encode("utf-16-le") + b"\0\0"
        value = struct.pack("<II", 1, len(long_name)) + long_name + bytes(-len(long_name) % 4)
        named = struct.pack("<HH16sIIHH", 0x000B, 0x8001, bytes(16), 0, 7, 1, 0)  # a named boolean before it
        written += _attribute(0x00069002, bytes(14)) + _attribute(0x00018010, b"SHORT~1.DAT\0")
        written += _attribute(0x0006800F, raw)
        written += _attribute(0x00069005, struct.pack("<I", 2) + named + struct.pack("<HH", 0x001F, 0x3707) + value)
    return written


def _attribute(number: int, data: bytes) -> bytes:
    return struct.pack("<BII", 1, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
