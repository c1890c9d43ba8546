"""HTML as the words a reader sees, blocks on lines of their own, pictures by their alternative text."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from postroom.archive.extract import charset

_BLOCK: Final = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|caption|dd|div|dl|dt|fieldset|figcaption|footer|form|h[1-6]"
    r"|header|hr|legend|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)"
    r"[\s/>])",
    re.IGNORECASE,
)
_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:-]+)", re.IGNORECASE)
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")
_INVISIBLE: Final = ["script", "style", "noscript", "template", "svg", "math", "object", "iframe"]
_UNSEEN: Final = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*+>")
MAX_CHARS: Final = 8 << 20
MAX_TAGS: Final = 20_000
MAX_TAG_CHARS: Final = 16 << 10
"""The parser's time grows with the square of the depth and of the number of attributes: more is read without it."""
MAX_PICTURE_CHARS: Final = 2_000
_PICTURE: Final = re.compile(r"<img\b[^<>]*+>", re.IGNORECASE)
_ALTERNATIVE: Final = re.compile(r"\balt\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_LONG_TAG: Final = re.compile(rf"<[^<>]{{{MAX_TAG_CHARS}}}")


def text_of(markup: str) -> str:
    """The visible text. Raises nothing for broken markup; what is past 8 Mi characters is not read."""
    markup = markup[:MAX_CHARS]
    if markup.count("<") > MAX_TAGS or (len(markup) > MAX_TAG_CHARS and _LONG_TAG.search(markup)):
        return _without_tags(markup)
    from selectolax.lexbor import LexborHTMLParser  # here, because plain mail needs none of it

    # The parser joins the texts of neighbouring blocks; a line break before each tag keeps words apart.
    tree = LexborHTMLParser(_BLOCK.sub("\n<", markup))
    tree.strip_tags(_INVISIBLE)
    for picture in tree.css("img[alt]"):
        alternative = picture.attributes.get("alt")
        if alternative:
            picture.insert_after(f" {alternative} ")
    root = tree.root
    return tidy(root.text(deep=True)) if root is not None else ""


def _without_tags(markup: str) -> str:
    """Every pattern here stops at the next `<`: the time is linear, whatever is left open."""
    seen = _PICTURE.sub(_alternative, _UNSEEN.sub("", _BLOCK.sub("\n<", markup)))
    return tidy(unescape(_TAG.sub("", seen)))


def _alternative(picture: re.Match[str]) -> str:
    found = _ALTERNATIVE.search(picture[0], 0, MAX_PICTURE_CHARS)
    return f" {found[1] or found[2] or ''} " if found else ""


def decode(raw: bytes, label: str = "") -> str:
    """HTML bytes as markup; without a label the document's own `meta` says the charset."""
    if not charset.codec(label):
        match = _META_CHARSET.search(raw[:4096])
        label = match[1].decode("ascii") if match else label
    return charset.decode(raw, label)


def tidy(text: str) -> str:
    """Runs of blanks as one blank, runs of line breaks as one."""
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
