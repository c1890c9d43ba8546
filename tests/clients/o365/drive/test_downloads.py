"""Contents come whole or not at all, whatever the connection does."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from requests.exceptions import HTTPError
from tests.clients.o365.drive.file_server import FileServer

from O365.drive import Drive, DriveItemVersion, File, Folder

CONTENT = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("O365._doing.time.sleep", lambda seconds: None)


@pytest.fixture
def file(real: Drive, service: FileServer) -> File:
    service.contents["a"] = CONTENT
    return File(parent=real, __cloud_data__={"id": "a", "name": "a.bin", "size": len(CONTENT)})


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_file_is_fetched_and_tells_how_far_it_is(file: File, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    assert file.download(tmp_path, chunk_size=4096, progress=lambda done, total: told.append((done, total)))
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert told[0] == (4096, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert file.download(tmp_path, name="other", chunk_size=None)
    assert names(tmp_path) == ["a.bin", "other.bin"]


def test_a_download_goes_on_where_the_connection_broke(file: File, service: FileServer, tmp_path: Path) -> None:
    service.breaks = [3000, 2000, 1]
    assert file.download(tmp_path, chunk_size=500)
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert service.ranges == ["", "bytes=3000-", "bytes=5000-", "bytes=5000-"]


def test_content_that_changed_meanwhile_is_not_mixed(file: File, service: FileServer, tmp_path: Path) -> None:
    service.breaks, service.tags = [3000], ['"1"', '"2"']
    assert file.download(tmp_path, chunk_size=500)
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    service.breaks, service.tags = [3000], [None]  # nobody knows whether it changed
    output = io.BytesIO(b"kept:")
    output.seek(0, 2)
    assert file.download(output=output, chunk_size=500)
    assert output.getvalue() == b"kept:" + CONTENT
    assert service.ranges == ["", "bytes=3000-", "", ""]


def test_a_download_that_fails_leaves_the_file_of_before(file: File, service: FileServer, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"before")
    service.breaks = [3000, *[0] * 9]
    with pytest.raises(OSError, match=r"Connection broken|IncompleteRead"):
        file.download(tmp_path)
    assert ((tmp_path / "a.bin").read_bytes(), names(tmp_path)) == (b"before", ["a.bin"])
    del service.contents["a"]
    with pytest.raises(HTTPError, match="There is no such file"):
        file.download(tmp_path)
    file.con.raise_http_errors = False
    assert file.download(tmp_path) is False
    assert ((tmp_path / "a.bin").read_bytes(), names(tmp_path)) == (b"before", ["a.bin"])
    with pytest.raises(FileNotFoundError, match="nowhere does not exist"):
        file.download(tmp_path / "nowhere")


def test_a_full_disk_is_not_taken_for_a_broken_connection(file: File, service: FileServer) -> None:
    class Full(io.RawIOBase):
        def write(self, content: Any, /) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        file.download(output=Full())
    assert len(service.asked) == 1


def test_a_name_of_the_service_does_not_lead_out_of_the_folder(
    real: Drive, service: FileServer, tmp_path: Path
) -> None:
    service.contents["a"] = b"x"
    inside = tmp_path / "inside"
    inside.mkdir()
    for name in ("../evil", "/etc/evil", "..", "a\\..\\b", "nul\x00l", ""):
        assert File(parent=real, __cloud_data__={"id": "a", "name": name}).download(inside)
    assert names(tmp_path) == ["inside", *(f"inside/{name}" for name in sorted([
        "..-evil", "-etc-evil", "__", "a-..-b", "nul-l", "_"
    ]))]  # fmt: skip


def test_documents_come_as_pdf_and_other_files_as_they_are(real: Drive, service: FileServer, tmp_path: Path) -> None:
    service.contents["a"] = b"%PDF"
    assert File(parent=real, __cloud_data__={"id": "a", "name": "Letter.docx"}).download(tmp_path, convert_to_pdf=True)
    assert service.asked[-1][1].endswith("/items/a/content?format=pdf")
    assert File(parent=real, __cloud_data__={"id": "a", "name": "a.zip"}).download(tmp_path, convert_to_pdf=True)
    assert service.asked[-1][1].endswith("/items/a/content")
    assert names(tmp_path) == ["Letter.pdf", "a.zip"]


def test_a_version_is_fetched(file: File, service: FileServer, tmp_path: Path) -> None:
    service.contents["1.0"] = b"old"
    version = DriveItemVersion(parent=file, __cloud_data__={"id": "1.0"})
    assert version.download(tmp_path, name="old.bin")
    assert (tmp_path / "old.bin").read_bytes() == b"old"
    assert service.asked[-1][1].endswith("/items/a/versions/1.0/content")


def test_a_tree_is_fetched_whatever_its_names(real: Drive, service: FileServer, tmp_path: Path) -> None:
    def told(item_id: str, name: str, kind: str = "file") -> dict[str, Any]:
        return {"id": item_id, "name": name, kind: {}}

    service.contents |= {"a": b"A", "b": b"B", "c": b"C"}
    service.children = {
        "top": [told("a", "x/y"), told("b", "x-y"), told("gone", "gone.txt"), told("sub", "..", "folder")],
        "sub": [told("c", "c.txt"), told("top", "again", "folder"), told("empty", "empty", "folder")],
    }
    top = Folder(parent=real, __cloud_data__=told("top", "top", "folder"))
    with pytest.raises(HTTPError) as caught:
        top.download_contents(tmp_path / "copy")
    assert any("gone.txt was not fetched" in note for note in caught.value.__notes__)
    assert names(tmp_path) == [
        "copy",
        "copy/__",
        "copy/__/c.txt",
        "copy/__/empty",
        "copy/x-y",
        "copy/x-y (2)",
    ]
    assert ((tmp_path / "copy/x-y").read_bytes(), (tmp_path / "copy/x-y (2)").read_bytes()) == (b"A", b"B")
