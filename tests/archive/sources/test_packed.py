"""Mail in zips, tars and on standard input."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from tests.archive.sources.support import mail, mbox, read, resume_everywhere

from postroom import sample
from postroom.archive.sources import open_source, streams, tars, zips

MEMBERS = {
    "mail/Inbox/1.eml": mail("1"),
    "mail/Inbox/cur/2:2,S": mail("2"),
    "Takeout/All mail.mbox": mbox([mail("3"), mail("4"), mail("3")]),
    "readme.txt": b"not mail",
    "mail/.DS_Store": b"\0\0",
    "mail/empty.eml": b"",
}
FOLDERS = ["mail/Inbox", "mail/Inbox", "Takeout/All mail", "Takeout/All mail", "Takeout/All mail"]
BODIES = [mail("1"), mail("2"), mail("3"), mail("4"), mail("3")]


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tar_bytes(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1030019783
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


@pytest.fixture(params=["zip", *PACKERS])
def packed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "zip":
        return make_zip(tmp_path / "mail.zip", MEMBERS)
    path = tmp_path / f"mail.tar{request.param}"
    path.write_bytes(PACKERS[request.param](tar_bytes(MEMBERS)))
    return path


def test_an_archive_gives_messages_and_mboxes(packed: Path) -> None:
    found = read(open_source(packed))
    assert (found.folders, found.bodies) == (FOLDERS, BODIES)
    assert sorted(found.reasons) == ["empty file", "not a mail message"]


def test_an_archive_continues_after_any_message(packed: Path) -> None:
    resume_everywhere(lambda: open_source(packed))


def test_an_archive_cut_short_is_told(packed: Path) -> None:
    data = packed.read_bytes()
    packed.write_bytes(data[: len(data) // 2])
    kind = "zip" if packed.suffix == ".zip" else "tar"
    found = read(open_source(packed, kind=kind))
    assert any("damaged" in reason or "end" in reason for reason in found.reasons)


def test_progress_of_an_archive_ends_at_its_total(packed: Path) -> None:
    source = open_source(packed)
    read(source)
    done, total = source.progress()
    assert done == total > 0


HOSTILE = {
    "../../etc/passwd.eml": "%2E%2E/%2E%2E/etc",
    "/absolute/x.eml": "absolute",
    "a//b/./c.eml": "a/b/%2E",
    "CON/aux.eml": "CON",
    "tab\there/x.eml": "tab%09here",
    "x" * 10_000 + "/y.eml": "",
}


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_hostile_names_become_harmless_folders(kind: str, tmp_path: Path) -> None:
    members = {name: mail(str(number)) for number, name in enumerate(HOSTILE)}
    path = tmp_path / "hostile"
    if kind == "zip":
        make_zip(path, members)
    else:
        path.write_bytes(tar_bytes(members))
    found = read(open_source(path))
    assert found.bodies == list(members.values())
    assert found.folders[:-1] == list(HOSTILE.values())[:-1]
    assert len(found.folders[-1]) <= 200
    assert len(found.ids) == len(HOSTILE)
    assert list(tmp_path.iterdir()) == [path]


def test_windows_separators_in_a_zip_are_separators(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "w.zip", {"Inbox/x.eml": mail("1")})
    path.write_bytes(path.read_bytes().replace(b"Inbox/x.eml", b"Inbox\\x.eml"))
    assert read(open_source(path)).folders == ["Inbox"]


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "e.zip", {"a.eml": mail("1"), "b.eml": mail("2")})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    found = read(open_source(path))
    assert (found.reasons, found.bodies) == (["encrypted"], [mail("2")])


def test_a_member_with_a_wrong_checksum_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.eml", mail("1"))
        archive.writestr("b.eml", mail("2"))
    path.write_bytes(path.read_bytes().replace(b"Subject: 1", b"Subject: 9"))
    found = read(open_source(path))
    assert found.bodies == [mail("2")]
    assert found.reasons[0].startswith("damaged: Bad CRC")


def test_a_zip_bomb_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "LARGE_BYTES", 100_000)
    path = make_zip(tmp_path / "b.zip", {"bomb.eml": mail("1", "\0" * 500_000), "a.eml": mail("2")})
    found = read(open_source(path))
    assert (found.reasons, found.bodies) == (["expands more than 200-fold"], [mail("2")])


@pytest.mark.parametrize("packer", [".gz", ".bz2", ".xz", ".zst"])
def test_a_packed_bomb_ends_the_run(packer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "UNGUARDED_BYTES", 2_000_000)
    path = tmp_path / "bomb"
    path.write_bytes(PACKERS[packer](tar_bytes({"a.eml": mail("1"), "b.eml": mail("2", "\0" * 20_000_000)})))
    found = read(open_source(path))
    assert (found.bodies, found.reasons) == ([mail("1")], ["expands more than 500-fold"])


def test_links_and_sparse_files_in_a_tar_are_told(tmp_path: Path) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"{kind!r}.eml")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    (tmp_path / "x.tar").write_bytes(target.getvalue())
    assert read(open_source(tmp_path / "x.tar")).reasons == ["not a regular file"] * 4


def test_a_damaged_header_inside_a_tar_is_told(tmp_path: Path) -> None:
    data = bytearray(tar_bytes({"a.eml": mail("1"), "b.eml": mail("2")}))
    data[1024 + 3] ^= 0xFF
    (tmp_path / "x.tar").write_bytes(data)
    found = read(open_source(tmp_path / "x.tar"))
    assert found.bodies == [mail("1")]
    assert "bad checksum" in found.reasons[0]


def test_a_tar_header_of_unreasonable_length_is_not_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, tars.HEADER_DATA_BYTES + 1
    (tmp_path / "x.tar").write_bytes(info.tobuf() + b"x" * 10_000)
    assert "unreasonable length" in read(open_source(tmp_path / "x.tar", kind="tar")).reasons[0]


def test_a_packed_mbox_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.mbox.gz").write_bytes(gzip.compress(mbox([mail("1"), mail("2")])))
    assert read(open_source(tmp_path / "list.mbox.gz")).bodies == [mail("1"), mail("2")]


def test_standard_input_is_a_message_or_an_mbox() -> None:
    assert read(open_source("-", stdin=io.BytesIO(mail("1")))).bodies == [mail("1")]
    box = mbox([mail("1"), mail("2")])
    first = read(open_source("-", stdin=io.BytesIO(box)))
    assert first.bodies == [mail("1"), mail("2")]
    assert read(open_source("-", stdin=io.BytesIO(box)), known=first.ids).arrivals == []
    assert read(open_source("-", kind="eml", stdin=io.BytesIO(box))).bodies == [box]
    assert read(open_source("-", stdin=io.BytesIO())).reasons == ["empty input"]


def test_the_bundled_sample_is_whole() -> None:
    found = read(open_source(sample.path()))
    assert len(found.arrivals) == len(found.ids) == 490
    assert found.problems == []
    assert {"Inbox", "Lists/fork", "Lists/ilug"} < set(found.folders)
    assert sample.path().stat().st_size < 1_000_000
