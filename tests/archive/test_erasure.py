"""After CompactStore nothing of an erased message is on the disk: not in packs, index, texts or summaries."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

from tests.archive.instances import READER, found, settings, take_in

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.work import Process

SECRET = "qwertzuiopsecretword"
NAMED = "asdfghjklsecretname"


def with_attachment() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("note.txt", f"hidden {SECRET}two")
    message = EmailMessage()
    message["From"], message["Subject"] = f"{NAMED} <a@example.org>", f"about {SECRET}"
    message.set_content(f"The word is {SECRET}.")
    message.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="note.zip")
    return message.as_bytes()


def traces(home: Path) -> list[str]:
    """Files in which one of the words stands as it is; packs and texts are compressed, and looked at below."""
    words = (SECRET.encode(), NAMED.encode())
    return [
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in words)
    ]


def test_an_erased_message_leaves_no_word_behind(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_bytes(with_attachment())
    (tmp_path / "mail" / "2.eml").write_bytes(b"From: b@example.org\nSubject: stays\n\nplain words\n")
    home = tmp_path / "home"
    with Archive(home, settings()) as archive:
        take_in(archive, tmp_path / "mail")
        (number,) = found(archive, f"{SECRET}two")
        archive.delete_message(f"1:{number}", "asked for", READER, SYSTEM)
        assert archive.wait_indexed(60)
        archive.maintenance.compact(1, by=SYSTEM, process=Process("CompactStore", "admin"))
        store = archive.stores.get(1).store
        plain = b"".join(
            store.reader.packs.block(1, row[0]) for row in store.catalogue.rows("SELECT DISTINCT record FROM content")
        )
        assert b"plain words" in plain
        assert SECRET.encode() not in plain
        assert found(archive, "plain") == {2 if number == 1 else 1}
        assert not found(archive, SECRET)
    assert traces(home) == []
