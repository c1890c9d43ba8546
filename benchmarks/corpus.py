"""Makes the mail that all benchmarks read: one Maildir, by hard links where the file system allows it.

Ours, the standard library and the peers all read the same files.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from base64 import encodebytes
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, TypeVar

from postroom import sample

T = TypeVar("T")

DEFAULT: Final = Path(__file__).resolve().parents[2] / "shared" / "corpus"
LEFT_OUT: Final = "torture-"
"""Archives of deliberately broken files are for tests: they say nothing about the speed of mail."""
NO_MAIL: Final = (".md", ".tar.xz")


@dataclass(frozen=True, slots=True)
class Mail:
    """A Maildir: where it lies, how much is in it, where that came from."""

    root: Path
    messages: int
    size_bytes: int
    origin: str

    def files(self) -> list[str]:
        """The paths of all messages, in the order of their names."""
        return files(self.root)


def files(root: Path) -> list[str]:
    """All files of a Maildir."""
    found = (f"{directory}/{name}" for directory, _, names in os.walk(root) for name in names)
    return sorted(path for path in found if "/.notmuch/" not in path)


def make(corpus: Path | None, scratch: Path, messages: int | None = None) -> Mail:
    """The mail of a corpus as a Maildir in `scratch`; `messages` of them, evenly taken, or all.

    `corpus` is a folder of unpacked archives, of .tar.xz archives, or of any mail; None takes the default corpus when
    it is there, else the bundled sample.
    """
    if corpus is None and DEFAULT.is_dir():
        corpus = DEFAULT
    origin = str(corpus) if corpus else "bundled sample (no corpus given)"
    return _maildir(_chosen(list(_messages(_unpacked(corpus, scratch))), messages), scratch / "mail", origin)


def part(mail: Mail, messages: int, root: Path) -> Mail:
    """A Maildir of so many messages of another one, evenly taken."""
    paths = [Path(path).relative_to(mail.root) for path in _chosen(mail.files(), messages)]
    named = [(path.parts[0][1:] if path.parts[0].startswith(".") else "", mail.root / path) for path in paths]
    return _maildir(named, root, f"part of {mail.origin}")


def large(root: Path, size_bytes: int) -> Mail:
    """A Maildir with one message of so many bytes: half an attachment in base64, half one of plain text."""
    random, half = Random(size_bytes), size_bytes // 2
    words = [random.randbytes(random.randint(1, 6)).hex() for _ in range(5_000)]
    folder = _folder(root, "")
    path = folder / "large"
    with path.open("wb") as file:
        file.write(_HEAD)
        file.write(_PART % (b"application/octet-stream", b"base64", b"disk.img"))
        while file.tell() < half:
            file.write(encodebytes(random.randbytes(57 * 1_000)))
        file.write(_PART % (b"text/plain; charset=utf-8", b"7bit", b"log.txt"))
        while file.tell() < size_bytes:
            line = " ".join(random.choices(words, k=8)).encode()
            file.write((line + b"\n") * 50)
        file.write(b"\n--edge--\n")
    return Mail(root, 1, path.stat().st_size, "made")


_HEAD: Final = b"""From: Ada <ada@example.org>
To: Charles <charles@example.org>
Subject: One large message
Date: Sat, 02 Mar 2024 10:00:00 +0000
Message-ID: <large@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="edge"

--edge
Content-Type: text/plain

Two large attachments.
"""
_PART: Final = b"""
--edge
Content-Type: %b
Content-Transfer-Encoding: %b
Content-Disposition: attachment; filename="%b"

"""


def _unpacked(corpus: Path | None, scratch: Path) -> Path:
    """A folder of single files."""
    archives = [sample.path()] if corpus is None else sorted(corpus.glob("*.tar.xz"))
    chosen = [archive for archive in archives if not archive.name.startswith(LEFT_OUT)]
    if not chosen:
        assert corpus is not None
        return corpus
    for archive in chosen:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch / "unpacked", filter="data")
    return scratch / "unpacked"


def _messages(root: Path) -> Iterator[tuple[str, Path]]:
    """Folder and path of each message below a folder; an empty file is none."""
    for directory, below, names in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith(LEFT_OUT))
        here = Path(directory)
        folder = here.relative_to(root).parts[:1]
        for name in sorted(names):
            if not name.endswith(NO_MAIL) and (here / name).stat().st_size:
                yield "".join(folder).replace(".", "-"), here / name


def _chosen(everything: Sequence[T], wanted: int | None) -> Sequence[T]:
    count = len(everything)
    if wanted is None or wanted >= count:
        return everything
    return [everything[at * count // wanted] for at in range(wanted)]


def _maildir(messages: Sequence[tuple[str, Path]], root: Path, origin: str) -> Mail:
    folders = {name: _folder(root, name) for name in {"", *(name for name, _ in messages)}}
    size = 0
    for number, (name, path) in enumerate(messages):
        target = folders[name] / f"{number:07}.bench"
        with suppress(OSError):
            os.link(path, target)
        if not target.exists():
            shutil.copyfile(path, target)
        size += target.stat().st_size
    return Mail(root, len(messages), size, origin)


def _folder(root: Path, name: str) -> Path:
    """The `cur` of a folder of the Maildir, '' is its inbox."""
    folder = root / f".{name}" if name else root
    for inside in ("cur", "new", "tmp"):
        (folder / inside).mkdir(parents=True, exist_ok=True)
    return folder / "cur"
