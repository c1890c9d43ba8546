"""Office documents: PDF, OOXML and OpenDocument packages, spreadsheets, RTF.

Heavy libraries are imported at first use.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, BinaryIO, Final

from postroom.archive.extract import charset
from postroom.archive.extract.blob import Blob
from postroom.archive.extract.context import Context, Problem

_WORD_PARTS: Final = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_SLIDE_PARTS: Final = re.compile(r"ppt/(slides/slide|notesSlides/notesSlide|comments/comment)(\d+)\.xml")
_RTF_BYTES: Final = 16 << 20
_RTF_BINARY: Final = re.compile(rb"(?:[0-9a-fA-F]{2}\s*){400,}")


def pdf(context: Context, blob: Blob) -> str:
    """Text of the pages, in the order of the file."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(blob.open(context.limits.attachment_bytes))
    except pypdfium2.PdfiumError as error:
        raise Problem("encrypted" if "password" in str(error).lower() else f"damaged: {error}") from error
    with document:
        return _limited(context, _pages(document, context.limits.pages), context.limits.attachment_chars)


def _pages(document: object, limit: int) -> Iterator[str]:
    for number in range(min(len(document), limit)):  # type: ignore[arg-type]
        page = document[number]  # type: ignore[index]
        text = page.get_textpage()
        # The library marks a hyphen at a line's end with U+FFFE: the halves belong together.
        yield text.get_text_range().replace("\ufffe\r\n", "").replace("\ufffe", "").replace("\r\n", "\n")
        text.close()
        page.close()


def _limited(context: Context, pieces: Iterable[str], limit: int) -> str:
    """Pieces as lines until there are enough characters; Problem with what there is when the time is up."""
    found: list[str] = []
    size = 0
    for piece in pieces:
        if piece:
            found.append(piece)
            size += len(piece) + 1
        if size > limit:
            break
        try:
            context.check_time()
        except Problem as problem:
            raise Problem(str(problem), "\n".join(found)) from problem
    return "\n".join(found)


def word(context: Context, package: zipfile.ZipFile) -> str:
    """Paragraphs of a .docx: body first, then headers, notes and comments."""
    names = sorted((n for n in package.namelist() if _WORD_PARTS.fullmatch(n)), key=lambda n: "document" not in n)
    return _limited(context, _ooxml(context, package, names), context.limits.attachment_chars)


def slides(context: Context, package: zipfile.ZipFile) -> str:
    """Paragraphs of a .pptx, slide by slide, then the notes."""
    found = [m for m in map(_SLIDE_PARTS.fullmatch, package.namelist()) if m]
    names = [m[0] for m in sorted(found, key=lambda m: (m[1] != "slides/slide", int(m[2])))]
    return _limited(context, _ooxml(context, package, names), context.limits.attachment_chars)


def _ooxml(context: Context, package: zipfile.ZipFile, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        line: list[str] = []
        with member(context, package, name) as source:
            for tag, text in _elements(source):
                if tag == "t":
                    line.append(text)
                elif tag in ("tab", "br", "cr", "tc"):
                    line.append(" ")
                elif tag == "p":
                    yield "".join(line)
                    line.clear()
        yield "".join(line)


def _elements(source: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Local name and own text of each element at its end tag; nothing of the tree is kept."""
    from lxml import etree

    for _, element in etree.iterparse(
        source, events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    ):
        tag = element.tag
        if isinstance(tag, str):
            yield tag.rpartition("}")[2], element.text or ""
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def open_document(context: Context, package: zipfile.ZipFile) -> str:
    """Paragraphs and headings of an .odt, .ods or .odp; a table cell is a paragraph too."""
    with member(context, package, "content.xml") as source:
        return _limited(context, _odf_lines(source), context.limits.attachment_chars)


def _odf_lines(source: IO[bytes]) -> Iterator[str]:
    from lxml import etree

    for _, element in etree.iterparse(
        source, events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    ):
        tag = str(element.tag).rpartition("}")[2]
        if tag in ("s", "tab", "line-break"):
            element.text = " "
        elif tag in ("p", "h"):
            yield "".join(map(str, element.itertext()))
            # Its tail belongs to the paragraph around a note or frame.
            element.clear(keep_tail=True)
            while element.getprevious() is not None and not element.getprevious().tail:
                del element.getparent()[0]


def xml(context: Context, blob: Blob) -> str:
    """The character data of an XML file; as plain text when it is not well-formed."""
    from lxml import etree

    try:
        with blob.open(context.limits.attachment_bytes) as source:
            return _limited(context, (t.strip() for _, t in _elements(source)), context.limits.attachment_chars)
    except etree.XMLSyntaxError:
        return charset.decode(blob.read(context.limits.attachment_chars))


def sheets(context: Context, blob: Blob) -> str:
    """Rows of every sheet of an .xlsx, .xlsb or .xls, cells parted by tabs."""
    import python_calamine

    try:
        with blob.open(context.limits.attachment_bytes) as source:
            book = python_calamine.load_workbook(source)
            return _limited(context, _rows(book), context.limits.attachment_chars)
    except python_calamine.PasswordError as error:
        raise Problem("encrypted") from error


def _rows(book: object) -> Iterator[str]:
    for name in book.sheet_names:  # type: ignore[attr-defined]
        yield name
        for row in book.get_sheet_by_name(name).iter_rows():  # type: ignore[attr-defined]
            yield "\t".join(_cell(value) for value in row).strip("\t")


def _cell(value: object) -> str:
    """Numbers as somebody types them: 4711, not 4711.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def rtf(context: Context, blob: Blob) -> str:
    return rtf_text(blob.whole(min(_RTF_BYTES, context.limits.attachment_bytes)))


def rtf_text(raw: bytes) -> str:
    """Text of RTF bytes; pictures (long runs of hex digits) are dropped first, they are most of the size."""
    from striprtf.striprtf import rtf_to_text

    source = _RTF_BINARY.sub(b"", raw).decode("latin-1")
    text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    return text.replace("\0", "")


def member(context: Context, package: zipfile.ZipFile, name: str) -> BinaryIO:
    """A member of a package, checked against the limits before a byte is inflated.

    Raises Problem for encrypted ones and for bombs. `zipfile` never inflates past the size it checked here.
    """
    info = package.getinfo(name)
    if info.flag_bits & 1:
        raise Problem("encrypted")
    limits = context.limits
    if info.file_size > max(1 << 20, info.compress_size * limits.archive_ratio):
        raise Problem("too large when unpacked")
    if info.file_size > limits.attachment_bytes:
        raise Problem("too large")
    context.member()
    context.unpack(info.file_size)
    return package.open(info)  # type: ignore[return-value]
