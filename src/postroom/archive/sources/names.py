"""Names from outside made fit to store: folder paths for people, native ids for machines."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote_from_bytes

COMPONENT_BYTES = 200
PATH_BYTES = 1000
PATH_COMPONENTS = 50
"""All three below what a store takes, so that the path fits under an archive and can be moved."""
NATIVE_CHARS = 600


_ENDS = re.compile(r"\A\s+|\s+\Z")


@lru_cache(256)
def folder(components: tuple[str, ...]) -> str:
    """A folder path of these components; '' for none.

    NFC; empty components are left out; '.', '..', slashes, control characters, undecodable bytes and blanks at the
    ends become %XX; what is too long is cut and ends in '~' and a hash of the whole, so that two stay two. What is
    too deep becomes one folder.
    """
    clean = [component(text) for text in components if text]
    if len(clean) > PATH_COMPONENTS:
        clean[PATH_COMPONENTS - 1 :] = [component("/".join(clean[PATH_COMPONENTS - 1 :]))]
    return _shortened("/".join(clean), PATH_BYTES)


def component(text: str) -> str:
    """One folder name; see `folder`."""
    text = unicodedata.normalize("NFC", text)
    if text in (".", ".."):
        return text.replace(".", "%2E")
    if not text.isprintable() or "/" in text:
        text = "".join(_visible(char) for char in text)
    return _shortened(_ENDS.sub(lambda blank: quote_from_bytes(blank[0].encode()), text), COMPONENT_BYTES)


def split_path(path: str) -> list[str]:
    """Components of a path in an archive or file system."""
    return [part for part in path.split("/") if part]


def _visible(char: str) -> str:
    # Zs, Cf and Co are not "printable" but do no harm: a no-break space, a joiner in Hindi or an emoji.
    if char == "/" or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
        return "".join(f"%{byte:02X}" for byte in _bytes(char))
    return char


def _shortened(text: str, limit: int) -> str:
    """The text in at most `limit` bytes of UTF-8."""
    raw = _bytes(text)
    if len(raw) <= limit:
        return text
    digest = hashlib.sha256(raw).hexdigest()[:12]
    return f"{raw[: limit - 13].decode(errors='ignore')}~{digest}"


def _bytes(text: str) -> bytes:
    """What a file name was as bytes; names from elsewhere may hold surrogates that never were bytes."""
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")


def native(*parts: object) -> str:
    """A native id: the parts joined by '|', printable ASCII, at most `NATIVE_CHARS` long; different parts stay so.

    File names may hold any byte; they are percent-encoded where they are not plain.
    """
    return _native("|".join(map(str, parts)))


def _native(text: str) -> str:
    if not (text.isascii() and text.isprintable() and "%" not in text):
        text = quote_from_bytes(_bytes(text), safe="/|#:;,.+-_=@&()[]{}!$'*~ ")
    return _shortened(text, NATIVE_CHARS)


def maildir_components(name: str) -> Iterable[str]:
    """The folder names in a Maildir++ directory name: `.Sub.Name` gives Sub, Name.

    Names are modified UTF-7 (RFC 3501 5.1.3) or, with newer servers, UTF-8: what is no valid UTF-7 stays as it is.
    """
    return [mutf7(part) for part in name.split(".") if part]


_SHIFTED = re.compile(r"&([^-&]*)-")


def mutf7(name: str) -> str:
    """Modified UTF-7 decoded, or the name itself when it is not that."""
    if "&" not in name or not name.isascii():
        return name
    try:
        if "&" in _SHIFTED.sub("", name):
            return name
        return _SHIFTED.sub(_unshift, name)
    except (binascii.Error, UnicodeDecodeError):
        return name


def _unshift(match: re.Match[str]) -> str:
    text = match[1].replace(",", "/")
    if not text:
        return "&"
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-16-be")
