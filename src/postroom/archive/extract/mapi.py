"""MAPI properties that say something, and their words. Shared by .msg files and TNEF streams.

Source: MS-OXPROPS (property ids), MS-OXCDATA (types).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from postroom.archive.extract import charset, html, office

SUBJECT: Final = 0x0037
SENDER_NAME: Final = 0x0C1A
SENDER_ADDRESS: Final = 0x0C1F
SENDER_SMTP: Final = 0x5D01
DISPLAY_BCC: Final = 0x0E02
DISPLAY_CC: Final = 0x0E03
DISPLAY_TO: Final = 0x0E04
BODY: Final = 0x1000
RTF_COMPRESSED: Final = 0x1009
BODY_HTML: Final = 0x1013
DISPLAY_NAME: Final = 0x3001
EMAIL_ADDRESS: Final = 0x3003
SMTP_ADDRESS: Final = 0x39FE
ATTACH_DATA: Final = 0x3701
ATTACH_FILENAME: Final = 0x3704
ATTACH_LONG_FILENAME: Final = 0x3707
ATTACH_MIME: Final = 0x370E
ATTACH_METHOD: Final = 0x3705
ATTACH_CONTENT_ID: Final = 0x3712
MESSAGE_CLASS: Final = 0x001A
SUBMIT_TIME: Final = 0x0039
DELIVERY_TIME: Final = 0x0E06
CHANGE_TIME: Final = 0x3008
TRANSPORT_HEADERS: Final = 0x007D
INTERNET_MESSAGE_ID: Final = 0x1035
INTERNET_REFERENCES: Final = 0x1039
IN_REPLY_TO: Final = 0x1042
RECIPIENT_TYPE: Final = 0x0C15
RECORD_KEY: Final = 0x0FF9
TOP_FOLDER: Final = 0x35E0
"""Entry id of the folder above all that people see, in the store's own properties."""
INTERNET_CODEPAGE: Final = 0x3FDE
MESSAGE_CODEPAGE: Final = 0x3FFD

EPOCH_MS: Final = 11_644_473_600_000
"""From 1601 to 1970."""

INTEGER32: Final = 0x0003
TIME: Final = 0x0040
"""100 nanoseconds since 1601, UTC."""
UNICODE: Final = 0x001F
BINARY: Final = 0x0102

_CODEPAGES: Final = {65001: "utf-8", 65000: "utf-7", 20127: "ascii", 28591: "cp1252", 936: "gb18030", 20866: "koi8-r"}


class Properties:
    """Raw property values by id, and the code page that 8-bit strings of the message are in."""

    def __init__(self, values: Mapping[int, tuple[int, bytes]], codepage: str = "") -> None:
        self._values = values
        self.codepage = codepage or codepage_name(
            self.integer(INTERNET_CODEPAGE) or 0, self.integer(MESSAGE_CODEPAGE) or 0
        )

    def integer(self, number: int) -> int | None:
        kind, raw = self._values.get(number, (0, b""))
        return int.from_bytes(raw[:4], "little") if kind == INTEGER32 and len(raw) >= 4 else None

    def time_ms(self, number: int) -> int | None:
        """UTC milliseconds of a time property."""
        kind, raw = self._values.get(number, (0, b""))
        if kind != TIME or len(raw) < 8 or not any(raw[:8]):
            return None
        return int.from_bytes(raw[:8], "little") // 10_000 - EPOCH_MS

    def raw(self, number: int) -> bytes:
        return self._values.get(number, (0, b""))[1]

    def is_text(self, number: int) -> bool:
        """Whether a property is kept as Unicode."""
        return self._values.get(number, (0, b""))[0] == UNICODE

    def text(self, number: int) -> str:
        """A string property; '' when missing."""
        kind, raw = self._values.get(number, (0, b""))
        if kind == UNICODE:
            return raw.decode("utf-16-le", "replace").rstrip("\0")
        return charset.decode(raw.rstrip(b"\0"), self.codepage)

    def body(self) -> str:
        """The plain body; when there is none, the text of the HTML or RTF one."""
        plain = self.text(BODY).strip()
        if plain:
            return plain
        kind, markup = self._values.get(BODY_HTML, (0, b""))
        if markup:
            return html.text_of(self.text(BODY_HTML) if kind == UNICODE else html.decode(markup, self.codepage))
        packed = self.raw(RTF_COMPRESSED)
        return _rtf(packed) if packed else ""

    def address(self, *numbers: int) -> str:
        """The first that is there, but no Exchange directory name ("/O=..."): nobody searches for these."""
        found = next(filter(None, map(self.text, numbers)), "")
        return "" if found.lower().startswith("/o=") else found

    def summary(self) -> list[str]:
        """Lines for subject, sender and recipients, where there are any."""
        sender = " ".join(filter(None, (self.text(SENDER_NAME), self.address(SENDER_SMTP, SENDER_ADDRESS))))
        lines = [self.text(SUBJECT), sender, *(self.text(n) for n in (DISPLAY_TO, DISPLAY_CC, DISPLAY_BCC))]
        return [line for line in lines if line]


def codepage_name(*numbers: int) -> str:
    """The first code page that Python knows, as a codec name; '' when none."""
    for number in numbers:
        name = _CODEPAGES.get(number) or charset.codec(f"cp{number}")
        if number and name:
            return name
    return ""


def _rtf(packed: bytes) -> str:
    import compressed_rtf

    return office.rtf_text(compressed_rtf.decompress(packed))
