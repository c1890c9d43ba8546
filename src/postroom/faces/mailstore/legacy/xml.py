"""JSON as XML, mechanically: the legacy API makes its XML of its JSON.

A member of an object becomes an element of its name, the items of an array `<item>` elements inside theirs; null is an
empty element with `nil="true"`. The root is `<result>`. What is no name in XML is an element `<member name="...">`.
Source: reference of the MailStore APIs, 1.9 (rules inferred).
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

ROOT: Final = "result"
ITEM: Final = "item"
# ASCII only, and no "xml" before it: every parser takes these.
_NAME: Final = re.compile(r"(?!xml)[A-Za-z_][A-Za-z0-9_.-]*", re.IGNORECASE)
_IMPOSSIBLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(value: object) -> bytes:
    """A whole document in UTF-8, of anything that JSON can hold."""
    root = Element(ROOT)
    _fill(root, value)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _fill(element: Element, value: object) -> None:
    match value:
        case None:
            element.set("nil", "true")
        case bool():
            element.text = "true" if value else "false"
        case dict():
            for name, member in value.items():
                _fill(_member(element, str(name)), member)
        case list() | tuple():
            for item in value:
                _fill(SubElement(element, ITEM), item)
        case _:
            element.text = _IMPOSSIBLE.sub("\ufffd", str(value))


def _member(element: Element, name: str) -> Element:
    if _NAME.fullmatch(name):
        return SubElement(element, name)
    return SubElement(element, "member", {"name": _IMPOSSIBLE.sub("\ufffd", name)})
