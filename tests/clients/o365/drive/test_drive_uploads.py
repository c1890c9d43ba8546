"""Files of any size reach the service, from a path or a stream, and go on after a failure."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from requests.exceptions import HTTPError
from tests.clients.o365.drive.file_server import FileServer

from O365.drive import CHUNK_SIZE_BASE, Drive, File, Folder

BIG = bytes(range(256)) * (CHUNK_SIZE_BASE * 14 // 256 + 3)  # more than 4 MB, and no multiple of anything
Told = list[tuple[int, int | None]]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("O365._doing.time.sleep", lambda seconds: None)


@pytest.fixture
def folder(real: Drive) -> Folder:
    return Folder(parent=real, __cloud_data__={"id": "F", "name": "letters", "folder": {}})


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big file.bin"
    path.write_bytes(BIG)
    return path


class Pipe(io.RawIOBase):
    """Cannot go back, and gives little at a time."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._content.read(min(size, 70_000) if size >= 0 else 70_000)


def test_a_small_file_goes_at_once(folder: Folder, service: FileServer, tmp_path: Path) -> None:
    (tmp_path / "a b#.txt").write_bytes(b"roof")
    told: Told = []
    made = folder.upload_file(
        tmp_path / "a b#.txt", conflict_handling="rename", progress=lambda *state: told.append(state)
    )
    assert isinstance(made, File)
    assert (made.name, service.contents, told) == ("a b#.txt", {"a b#.txt": b"roof"}, [(4, 4)])
    assert service.asked[0][:2] == (
        "PUT",
        "/v1.0/me/drive/items/F:/a%20b%23.txt:/content?%40microsoft.graph.conflictBehavior=rename",
    )
    folder.upload_file(None, "empty", stream=b"", upload_in_chunks=True)
    assert service.contents["empty"] == b""


def test_times_of_a_small_file_are_kept(folder: Folder, service: FileServer) -> None:
    made = folder.upload_file(None, "a", stream=b"x", file_created_date_time="2020-01-01T00:00:00Z")
    assert made is not None
    assert service.patched == [{"fileSystemInfo": {"createdDateTime": "2020-01-01T00:00:00Z"}}]


def test_a_large_file_goes_in_pieces_that_the_service_wants(folder: Folder, service: FileServer, big: Path) -> None:
    told: Told = []
    made = folder.upload_file(
        big,
        chunk_size=2_000_000,
        conflict_handling="replace",
        file_last_modified_date_time="2020-01-01T00:00:00Z",
        progress=lambda *state: told.append(state),
    )
    assert made is not None
    assert (made.name, service.contents[big.name]) == (big.name, BIG)
    starts = [int(text.removeprefix("bytes ").partition("-")[0]) for text in service.ranges]
    assert all(start % CHUNK_SIZE_BASE == 0 for start in starts)
    assert told == [(start, len(BIG)) for start in [*starts[1:], len(BIG)]]
    assert all("Authorization" not in headers for method, _, headers in service.asked if method == "PUT")


def test_the_session_is_told_what_becomes_of_the_file(folder: Folder, service: FileServer, big: Path) -> None:
    service.failures = [400]
    with pytest.raises(HTTPError, match="not now"):
        folder.upload_file(big, conflict_handling="fail", file_created_date_time="2020-01-01T00:00:00Z")
    (session,) = service.sessions.values()
    times = {"createdDateTime": "2020-01-01T00:00:00Z"}
    assert session.asked == {"item": {"@microsoft.graph.conflictBehavior": "fail", "fileSystemInfo": times}}


@pytest.mark.parametrize("failures", [["drop"], ["lose", 503], ["", "lose", "drop", 500]])
def test_an_upload_goes_on_after_failures(
    folder: Folder, service: FileServer, big: Path, failures: list[int | str]
) -> None:
    service.failures = list(failures)
    assert folder.upload_file(big, chunk_size=CHUNK_SIZE_BASE * 4)
    assert service.contents[big.name] == BIG


def test_the_last_answer_may_be_lost(folder: Folder, service: FileServer, big: Path) -> None:
    service.failures = ["", "", "", "lose"]
    made = folder.upload_file(big, chunk_size=CHUNK_SIZE_BASE * 4)
    assert made is not None
    assert (made.object_id, service.contents[big.name]) == (f"id-{big.name}", BIG)
    service.contents.clear()
    service.failures = ["", "", "", "forget"]
    with pytest.raises(HTTPError, match="There is no such upload"):
        folder.upload_file(big, chunk_size=CHUNK_SIZE_BASE * 4)


def test_streams_of_all_kinds_are_sent(folder: Folder, service: FileServer) -> None:
    ahead = io.BytesIO(b"skipped" + BIG)
    ahead.seek(7)
    service.failures = ["drop"]
    streams: dict[str, dict[str, Any]] = {
        "seekable": {"stream": ahead},
        "sized": {"stream": Pipe(BIG), "stream_size": len(BIG)},
        "unsized": {"stream": Pipe(BIG)},
        "short": {"stream": Pipe(b"roof")},
    }
    for name, given in streams.items():
        assert folder.upload_file(None, name, chunk_size=CHUNK_SIZE_BASE * 4, **given)
    assert service.contents == {**dict.fromkeys(streams, BIG), "short": b"roof"}


def test_an_upload_that_was_broken_off_goes_on_in_another_run(
    folder: Folder, service: FileServer, big: Path, tmp_path: Path
) -> None:
    note = tmp_path / "upload.json"
    service.failures = ["", *["drop"] * 9]
    with pytest.raises(OSError, match=r"Connection aborted|Remote end"):
        folder.upload_file(big, chunk_size=CHUNK_SIZE_BASE * 4, session_file=note)
    assert note.stat().st_mode & 0o077 == 0
    service.failures.clear()
    service.asked.clear()
    assert folder.upload_file(big, chunk_size=CHUNK_SIZE_BASE * 4, session_file=note)
    assert service.ranges[1].startswith(f"bytes {CHUNK_SIZE_BASE * 4}-")
    assert service.contents[big.name] == BIG
    assert not note.exists()


def test_a_session_that_is_over_or_another_file_begins_anew(
    folder: Folder, service: FileServer, big: Path, tmp_path: Path
) -> None:
    note = tmp_path / "upload.json"
    known = {"folder": "F", "name": big.name, "size": len(BIG), "url": f"{service.root}/session/gone"}
    others: tuple[Any, ...] = (known, {**known, "size": 3}, [])
    for noted in others:
        note.write_text(json.dumps(noted))
        assert folder.upload_file(big, session_file=note)
        assert service.contents.pop(big.name) == BIG


def test_what_cannot_be_read_is_refused(folder: Folder, service: FileServer, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Item must exist"):
        folder.upload_file(tmp_path / "missing")
    with pytest.raises(ValueError, match="must be a file"):
        folder.upload_file(tmp_path)
    with pytest.raises(ValueError, match="Provide item_name"):
        folder.upload_file(None, stream=b"x")
    with pytest.raises(OSError, match="ends 3 bytes too early"):
        folder.upload_file(None, "a", stream=Pipe(b"ab"), stream_size=5)
    assert service.contents == {}
