"""What an attachment is: by its first bytes, then by its declared type, then by its name."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

_MAGIC: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
)
_BY_TYPE: Final = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/rtf": "text",
    "message/rfc822": "mail",
    "message/global": "mail",
    "application/json": "text",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/ics": "text",
    "application/javascript": "text",
    "application/x-sh": "text",
    "application/sql": "text",
}
_TEXT_SUFFIXES: Final = (
    *("txt", "text", "log", "md", "rst", "tex", "asc", "srt", "csv", "tsv", "json", "ldif", "ics", "vcf"),
    *("ini", "conf", "toml", "yaml", "yml", "sql", "diff", "patch"),
    *("py", "c", "h", "cpp", "java", "js", "sh", "pl"),
)
_BY_SUFFIX: Final = {
    **dict.fromkeys(("htm", "html", "xhtml"), "html"),
    **dict.fromkeys(("eml", "mht", "mhtml"), "mail"),
    **dict.fromkeys(("xml", "kml", "gpx"), "xml"),
    **dict.fromkeys(_TEXT_SUFFIXES, "text"),
}
_OF_KIND: Final[dict[str, frozenset[str]]] = {
    "pdf": frozenset({"pdf"}),
    "rtf": frozenset({"rtf"}),
    "zip": frozenset({
        "docx", "docm", "dotx", "dotm", "pptx", "pptm", "ppsx", "potx", "xlsx", "xlsm", "xlsb", "xltx",
        "odt", "ods", "odp", "ott", "ots", "otp", "zip",
    }),
    "ole": frozenset({"xls", "xlt", "msg"}),
    "tar": frozenset({"tar"}),
    "gzip": frozenset({"gz", "tgz"}),
    "bzip2": frozenset({"bz2", "tbz2"}),
    "tnef": frozenset({"dat"}),
    **{kind: frozenset(suffix for suffix, of in _BY_SUFFIX.items() if of == kind) for kind in set(_BY_SUFFIX.values())},
}  # fmt: skip
"""The extensions that files of a kind have."""
EXTENSIONS: Final = frozenset().union(*_OF_KIND.values())
"""Of all files that can be read."""
ALWAYS: Final = frozenset({"txt", "text", "dat"}) | _OF_KIND["html"] | _OF_KIND["mail"]
"""Those of plain text, HTML and mail, which are read whatever was chosen; `winmail.dat` is a mail of Outlook's."""
_UNTYPED: Final = frozenset({"", "application/octet-stream", "application/x-download", "application/unknown"})
_PRINTABLE: Final = bytes(range(32, 127)) + b"\t\r\n\f" + bytes(range(128, 256))


def kind(head: bytes, media_type: str, filename: str) -> str:
    """One of the readers' names, "zip" and "ole" for families that need a look inside, '' for no text."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:2] == b"PK" and head[2:4] in (b"\x03\x04", b"\x05\x06"):
        return "zip"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[257:262] == b"ustar":
        return "tar"
    return _declared(head, media_type.lower(), filename)


def is_wanted(found: str, filename: str, extensions: frozenset[str] | None) -> bool:
    """Whether a file of this kind is to be read; None = all are. Its name counts where it fits the kind: a document
    that is called picture.jpg is still a document."""
    if extensions is None:
        return True
    of_kind, suffix = _OF_KIND.get(found, frozenset()), PurePosixPath(filename).suffix.lower().lstrip(".")
    wanted = extensions | ALWAYS
    return suffix in wanted if suffix in of_kind else bool(of_kind & wanted)


def _declared(head: bytes, media_type: str, filename: str) -> str:
    by_suffix = _BY_SUFFIX.get(PurePosixPath(filename).suffix.lower().lstrip("."), "")
    if media_type in _BY_TYPE:
        return _BY_TYPE[media_type]
    if media_type.startswith(("text/", "message/")):
        return by_suffix or ("html" if _looks_html(head) else "text")
    if media_type.endswith(("+xml", "+json")) and not media_type.startswith("image/"):
        return "xml" if media_type.endswith("+xml") else "text"
    if by_suffix and _looks_text(head):
        return by_suffix
    if media_type in _UNTYPED and _looks_text(head):
        return "html" if _looks_html(head) else "text"
    return ""


def _looks_html(head: bytes) -> bool:
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _looks_text(head: bytes) -> bool:
    """UTF-8, or 16-bit text by its mark; a sequence cut at the end of `head` does not count against it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if not head or head.translate(None, _PRINTABLE):
        return False
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end >= len(head) - 8
    return True
