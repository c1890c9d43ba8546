"""Media types of files, by their names alone: what the machine has in its tables does not count."""

from __future__ import annotations

import mimetypes
from typing import Final

UNKNOWN: Final = "application/octet-stream"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_MORE: Final = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".dotx": f"{_OFFICE}.wordprocessingml.template",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".xltx": f"{_OFFICE}.spreadsheetml.template",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".docm": "application/vnd.ms-word.document.macroEnabled.12",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".msg": "application/vnd.ms-outlook",
    ".eml": "message/rfc822",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".md": "text/markdown",
    ".7z": "application/x-7z-compressed",
    ".gz": "application/gzip",
    ".heic": "image/heic",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".ics": "text/calendar",
    ".vcf": "text/vcard",
}
_KNOWN: Final = mimetypes.MimeTypes(filenames=())
for _suffix, _type in _MORE.items():
    _KNOWN.add_type(_type, _suffix)


def type_of(name: str) -> str:
    """The media type of a file with this name."""
    found, encoding = _KNOWN.guess_type(f"x{name[name.rfind('.') :]}" if "." in name else name)
    return UNKNOWN if found is None or encoding else found
