from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from tests.faults.files_load import LOOK, arriving, at, opened, put

from postroom.errors import AlreadyExists, Invalid
from postroom.workspace.workloads.files import names
from postroom.workspace.workloads.files.errors import InvalidName, NoQuota, OutOfOrder
from postroom.workspace.workspace import Workspace

FOLDERS = ("", "a", "a/b", "Ümläut & Co", "a/b/c d")


def tree(chance: random.Random) -> dict[str, bytes]:
    """Paths and contents: none, small ones that are rows, large ones that are files."""
    found = {}
    for folder in FOLDERS:
        for number, size in enumerate((0, 1, 1000, 65_535, 65_536, 200_000)):
            found[f"{folder}/file {number}.bin".lstrip("/")] = chance.randbytes(size)
    return found


def read(workspace: Workspace, path: str) -> bytes:
    with workspace.files.contents.file(LOOK, at(path)) as (file, _):
        return file.read_bytes()


def test_a_tree_comes_back_as_it_was_with_its_hashes(workspace: Workspace) -> None:
    wanted = tree(random.Random(5))
    for folder in FOLDERS[1:]:
        above, _, name = folder.rpartition("/")
        workspace.files.folders.create(LOOK, at(above), {"name": name, "folder": {}})
    for path, content in wanted.items():
        put(workspace, path, content)
    found: dict[str, str] = {}
    waiting = [""]
    while waiting:
        above = waiting.pop()
        for row in workspace.files.folders.children(LOOK, at(above)).rows:
            path = f"{above}/{row['name']}".lstrip("/")
            if "folder" in row:
                waiting.append(path)
            else:
                found[path] = row["file"]["hashes"]["sha256Hash"].lower()
    assert found == {path: hashlib.sha256(content).hexdigest() for path, content in wanted.items()}
    assert all(read(workspace, path) == content for path, content in wanted.items())
    root = workspace.files.folders.get(LOOK, at(""))
    assert root["size"] == sum(map(len, wanted.values()))
    # The same content is stored once, however many files have it.
    before = len(list((workspace.path / "blobs").glob("??/*")))
    put(workspace, "again.bin", wanted["a/file 5.bin"])
    assert len(list((workspace.path / "blobs").glob("??/*"))) == before


def test_an_upload_goes_on_after_a_restart(tmp_path: Path) -> None:
    content = random.Random(6).randbytes(300_000)
    with opened(tmp_path / "w") as workspace:
        token = workspace.files.sessions.begin(LOOK, at("x"), {}).token
        with_first = arriving(workspace, content[:100_000])
        assert workspace.files.sessions.put(token, 0, 300_000, with_first, "").begin == 100_000
        with_first.close()
    with opened(tmp_path / "w") as workspace:
        assert workspace.files.sessions.state(token).begin == 100_000
        workspace.files.tend()
        rest = arriving(workspace, content[100_000:])
        with pytest.raises(OutOfOrder):
            workspace.files.sessions.put(token, 50_000, 300_000, rest, "")
        made = workspace.files.sessions.put(token, 100_000, 300_000, rest, "").made
        rest.close()
        assert made is not None
        assert made["file"]["hashes"]["sha256Hash"] == hashlib.sha256(content).hexdigest().upper()
        assert read(workspace, "x") == content


def test_what_a_power_cut_left_of_a_longer_file_is_not_in_a_shorter_one(workspace: Workspace) -> None:
    token = workspace.files.sessions.begin(LOOK, at("cut"), {}).token
    for data, total in ((b"a" * 200_000, 300_000), (b"b" * 100_000, 100_000)):
        with workspace.store.write() as unit:
            # Another run of the machine: ranges that were not synced may be lost.
            unit.connection.execute("UPDATE drive_upload SET boot = 'before'")
        one = arriving(workspace, data)
        made = workspace.files.sessions.put(token, 0, total, one, "").made
        one.close()
    assert made is not None
    assert read(workspace, "cut") == b"b" * 100_000


def test_of_many_versions_the_oldest_go(workspace: Workspace) -> None:
    for number in range(6):
        put(workspace, "v", bytes([number]) * 10)
    kept = [row["id"] for row in workspace.files.versions.page(LOOK, at("v")).rows]
    assert kept == ["6.0", "5.0", "4.0", "3.0"]


def test_what_lies_in_the_bin_for_too_long_goes(tmp_path: Path) -> None:
    with opened(tmp_path / "w") as workspace:
        put(workspace, "x", b"12345")
        workspace.files.folders.delete(LOOK, at("x"))
        workspace.files.tend()
        quota = workspace.files.drive(LOOK, at(""))["quota"]
        assert (quota["used"], quota["deleted"]) == (5, 5)
        object.__setattr__(workspace.settings.graph, "recycle_days", 0.0)
        workspace.files.tend()
        quota = workspace.files.drive(LOOK, at(""))["quota"]
        assert (quota["used"], quota["deleted"]) == (0, 0)


def test_a_drive_that_is_full_takes_nothing_more(tmp_path: Path) -> None:
    with opened(tmp_path / "w") as workspace:
        object.__setattr__(workspace.settings.graph, "drive_bytes", 100)
        put(workspace, "x", b"1" * 60)
        with pytest.raises(NoQuota):
            put(workspace, "y", b"1" * 60)
        assert [row["name"] for row in workspace.files.folders.children(LOOK, at("")).rows] == ["x"]


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "a\\b", "a\0", "a\nb", "a:b", "*", "nul", "LPT1", "Desktop.INI", "~$x", " x", "x ", "x.",
     "y" * 256, "\ud800", "a_vti_b", ".lock"],
)  # fmt: skip
def test_some_names_no_file_can_have(name: str) -> None:
    with pytest.raises(InvalidName):
        names.checked(name)


@pytest.mark.parametrize("name", ["a", "x" * 255, "console", "com10", "a.b.c", "ß", "日本語.txt", "-", "#%&{}"])
def test_others_are_as_they_were_given(name: str) -> None:
    assert names.checked(name) == name


def test_a_folder_has_its_limits(workspace: Workspace) -> None:
    above = ""
    for number in range(99):
        name = str(number)
        workspace.files.folders.create(LOOK, at(above), {"name": name, "folder": {}})
        above = f"{above}/{name}".lstrip("/")
    with pytest.raises(Invalid):
        workspace.files.folders.create(LOOK, at(above), {"name": "x", "folder": {}})
    with pytest.raises(AlreadyExists):
        workspace.files.folders.create(LOOK, at(""), {"name": "0", "folder": {}})
