"""HTML bodies: as text, as a preview, made safe to show; and text as HTML."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from html import escape, unescape
from typing import Any, Final

PREVIEW_CHARS: Final = 255
PREVIEW_FROM_CHARS: Final = 64 << 10
MAX_CHARS: Final = 8 << 20
RECENT_CHARS: Final = 32 << 10
MAX_DEPTH: Final = 500
MAX_TAG_CHARS: Final = 16 << 10
"""The parsers' time grows with the square of the depth and of the number of attributes: more is read without them."""
_NESTING: Final = re.compile(
    r"<(/?)(?!(?:br|img|hr|input|meta|link|col|area|base|wbr|p|li|td|th|tr|dd|dt|option)[\s/>])([A-Za-z][A-Za-z0-9]{0,20})"
)
_LONG_TAG: Final = re.compile(rf"<[^<>]{{{MAX_TAG_CHARS}}}")
_BLOCK: Final = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|caption|dd|div|dl|dt|fieldset|figcaption|footer|form|h[1-6]"
    r"|header|hr|legend|li|main|nav|ol|option|p|pre|section|table|tbody|tfoot|thead|title|tr|ul)[\s/>])",
    re.IGNORECASE,
)
_INVISIBLE: Final = ["script", "style", "head", "noscript", "template", "svg", "math", "object", "iframe"]
_UNSEEN: Final = re.compile(
    r"<(script|style|head)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*+>")
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_BLANKS: Final = re.compile(r"[\x00-\x20]+")
_RASTERS: Final = tuple(f"image/{one}" for one in ("png", "jpeg", "jpg", "gif", "webp", "bmp", "avif", "x-icon"))
_PICTURES: Final = frozenset({("img", "src")})
_CSS_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CSS_UNSAFE: Final = re.compile(
    r"url\s*\(|image(?:-set)?\s*\(|expression|behavior|-moz-binding|javascript:|@import|\\|position\s*:\s*(?:fixed|sticky)",
    re.IGNORECASE,
)
"""Also whatever is written with escapes, in which all of these can hide."""
_HEAD: Final = '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
_HISTORY_HTML: Final = re.compile(
    r"<blockquote\b|<div[^<>]{0,300}\b(?:gmail_quote|divRplyFwdMsg|appendonsend|yahoo_quoted)|<hr\b[^<>]{0,200}"
    r"\btabindex|<div[^<>]{0,200}border-top:\s*solid",
    re.IGNORECASE,
)
_HISTORY_TEXT: Final = re.compile(
    r"^(?:-{3,}\s?Original Message\s?-{3,}|_{20,}|>|On [^\n]{5,200}wrote:|From: [^\n]*\n(?:Sent|Date|To): )",
    re.MULTILINE,
)


def to_text(markup: str) -> str:
    """The visible text, a line for each block. Raises nothing for broken markup."""
    return _recent_text(markup) if len(markup) <= RECENT_CHARS else _text_of(markup[:MAX_CHARS])


@lru_cache(maxsize=16)
def _recent_text(markup: str) -> str:
    """Kept, since a message that is sent asks for its text as it is written, shown, indexed and delivered."""
    return _text_of(markup)


def _text_of(markup: str) -> str:
    if "<" not in markup and "&" not in markup:
        return tidy(markup)
    if _hostile(markup):
        return _without_tags(markup)
    from selectolax.lexbor import LexborHTMLParser  # here, because plain mail needs none of it

    # The parser joins the texts of neighbouring blocks; a line break before each tag keeps words apart.
    tree = LexborHTMLParser(_BLOCK.sub("\n<", markup))
    tree.strip_tags(_INVISIBLE)
    root = tree.root
    return tidy(root.text(deep=True)) if root is not None else ""


def tidy(found: str) -> str:
    """Runs of blanks as one blank, runs of line breaks as one."""
    return _LINES.sub("\n", _SPACES.sub(" ", found)).strip()


def preview(content: str, *, html: bool) -> str:
    """What Outlook shows in a list: the first characters as one paragraph."""
    begin = content[:PREVIEW_FROM_CHARS]
    found = to_text(begin) if html else _BLANK_LINES.sub("\n\n", begin.replace("\r\n", "\n")).strip()
    return found[:PREVIEW_CHARS]


def to_html(plain: str) -> str:
    """A text as an HTML fragment that looks the same."""
    return escape(plain, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n")


def document(fragment: str, styles: str = "") -> str:
    """A fragment as the whole document that clients find: with head and body."""
    return f"{_HEAD}{styles}</head><body>{fragment}</body></html>"


def fragment(markup: str) -> str:
    """What stands between the body tags, or all of it when there are none."""
    lower = markup.lower()
    start = lower.find("<body")
    begin = lower.find(">", start) + 1 if start >= 0 else 0
    end = lower.rfind("</body")
    return markup[begin : end if end >= begin else len(markup)]


def whole(markup: str) -> str:
    """A document in any case; nothing is taken out of it."""
    return markup if "<body" in markup.lower() else document(markup)


def safe(markup: str) -> str:
    """The document without scripts, forms that send, frames and what loads by itself; styles and pictures stay."""
    if _hostile(markup):
        return document(to_html(_without_tags(markup)))
    return document(_cleaner().clean(fragment(markup)))


def unique(content: str, *, html: bool) -> str:
    """What the writer added to the conversation: all before the quoted history."""
    found = (_HISTORY_HTML if html else _HISTORY_TEXT).search(content)
    kept = content[: found.start()] if found else content
    return safe(kept) if html else kept.rstrip()


@lru_cache(maxsize=1)
def _cleaner() -> Any:
    import nh3

    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    shared = {"style", "class", "id", "dir", "lang", "title", "align", "valign", "width", "height", "bgcolor", "color"}
    attributes["*"] = shared | {"border", "cellpadding", "cellspacing", "face", "size", "name", "background"}
    return nh3.Cleaner(
        tags=nh3.ALLOWED_TAGS | {"font", "main", "section", "u", "big"},
        clean_content_tags={"script", "style", "title"},
        attributes=attributes,
        url_schemes=nh3.ALLOWED_URL_SCHEMES | {"cid", "data"},
        attribute_filter=_kept,
        link_rel=None,
        strip_comments=True,
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    """An attribute as it may be shown. What the message itself holds is a picture of pixels, and never a page."""
    if name == "style":
        return _styles(value) or None
    scheme, _, rest = _BLANKS.sub("", value).lower().partition(":")
    if scheme == "data":
        return value if (tag, name) in _PICTURES and rest.startswith(_RASTERS) else None
    if name == "background":
        return value if scheme in ("http", "https", "cid") else None
    return value


def _styles(value: str) -> str:
    """Those declarations that neither load something nor run, and leave the text where it is."""
    declarations = _CSS_COMMENT.sub(" ", value).split(";")
    return "; ".join(one.strip() for one in declarations if ":" in one and not _CSS_UNSAFE.search(one))


def _hostile(markup: str) -> bool:
    """Whether a tag is very long, or elements lie very deep in each other."""
    if len(markup) > MAX_TAG_CHARS and _LONG_TAG.search(markup):
        return True
    if markup.count("<") <= MAX_DEPTH:
        return False
    opened: Counter[str] = Counter()
    depth = 0
    for match in _NESTING.finditer(markup):
        name, step = match[2].lower(), -1 if match[1] else 1
        if opened[name] + step >= 0:
            opened[name] += step
            depth += step
        if depth > MAX_DEPTH:
            return True
    return False


def _without_tags(markup: str) -> str:
    """Every pattern here stops at the next `<`: the time is linear, whatever is left open."""
    return tidy(unescape(_TAG.sub("", _UNSEEN.sub("", _BLOCK.sub("\n<", markup)))))
