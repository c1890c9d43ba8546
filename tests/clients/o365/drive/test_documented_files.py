"""What the public documentation of the original shows of drives works as shown, in our words, on our server."""

from __future__ import annotations

import hashlib
import io
import time
from pathlib import Path
from typing import Any, cast

import pytest
from examples.o365 import batch as batch_example
from examples.o365 import files as files_example
from tests.clients.o365.guides import connecting, run_guide
from tests.clients.o365.pictures import PHOTO, PICTURE

from O365 import Account
from O365.drive import CopyOperation, Drive, File, Folder
from postroom.testing import LocalGraph, User

QUOTES = b"I spent a lot of money. The rest I squandered."
LARGE = bytes(range(256)) * 20_000  # 5 MB: more than goes at once


@pytest.fixture(scope="module")
def anna(session_graph: LocalGraph) -> User:
    return session_graph.user("anna@files.example", name="Anna Berg")


@pytest.fixture(scope="module")
def bert(session_graph: LocalGraph) -> User:
    return session_graph.user("bert@files.example", name="Bert Berg")


@pytest.fixture(scope="module")
def account(session_graph: LocalGraph, anna: User) -> Account:
    return session_graph.account(anna)


@pytest.fixture(scope="module")
def my_drive(account: Account) -> Drive:
    return account.storage().get_default_drive()


@pytest.fixture(scope="module")
def root_folder(my_drive: Drive) -> Folder:
    return cast(Folder, my_drive.get_root_folder())


@pytest.fixture
def folder(root_folder: Folder, request: pytest.FixtureRequest) -> Folder:
    """A folder of the test's own."""
    return cast(Folder, root_folder.create_child_folder(request.node.name[:60]))


def put(folder: Folder, name: str, content: bytes) -> Any:
    return folder.upload_file(None, name, stream=io.BytesIO(content))


def test_drives_and_special_folders(account: Account) -> None:
    storage = account.storage()
    drives = storage.get_drives()
    my_drive = storage.get_default_drive()
    same = storage.get_drive(drives[0].object_id)
    assert same is not None
    assert my_drive.refresh()
    assert my_drive == same
    root_folder = my_drive.get_root_folder()
    attachments_folder = my_drive.get_special_folder("attachments")
    assert root_folder is not None
    assert attachments_folder is not None
    assert attachments_folder.name in [item.name for item in root_folder.get_items(limit=25)]


def test_items_tell_what_they_are(folder: Folder) -> None:
    inner = cast(Folder, folder.create_child_folder("inner"))
    put(inner, "a.txt", b"a")
    put(folder, "photo.jpg", PHOTO)
    put(folder, "picture.png", PICTURE)
    put(folder, "quotes.txt", QUOTES)
    deadline = time.monotonic() + 60  # the server looks into pictures when it has time
    while sum(item.is_image for item in folder.get_items()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    seen: dict[str, Any] = {}
    items: Any = folder.get_items(limit=25)
    for item in items:
        if item.is_folder:
            seen[item.name] = list(item.get_items(2))
        elif item.is_file:
            if item.is_photo:
                seen[item.name] = item.camera_model
            elif item.is_image:
                seen[item.name] = item.dimensions
            else:
                seen[item.name] = item.mime_type
    assert [one.name for one in seen.pop("inner")] == ["a.txt"]
    assert seen == {"photo.jpg": "M3", "picture.png": "2x3", "quotes.txt": "text/plain"}


def test_a_file_that_was_found_is_copied(my_drive: Drive, folder: Folder) -> None:
    put(folder, "george best quotes.txt", QUOTES)
    documents_folder = cast(Folder, my_drive.get_special_folder("documents"))
    files = my_drive.search("george best quotes", limit=1)
    assert files
    george_best_quotes = files[0]
    operation = george_best_quotes.copy(target=documents_folder)
    assert isinstance(operation, CopyOperation)
    shown: list[tuple[str, float]] = []
    for status, progress in operation.check_status():
        shown.append((status, progress))
        assert len(shown) < 40, shown  # it takes moments
    assert shown[-1] == ("completed", 100.0)
    copied_item = operation.get_item()
    assert copied_item is not None
    assert (copied_item.name, copied_item.parent_id) == ("george best quotes.txt", documents_folder.object_id)
    assert copied_item.delete()


def test_a_file_is_shared(folder: Folder, session_graph: LocalGraph, bert: User) -> None:
    file = put(folder, "quotes.txt", QUOTES)
    current_permisions = file.get_permissions()
    assert {permission.permission_type for permission in current_permisions} == {"owner"}
    permission = file.share_with_link(share_type="edit")
    assert permission
    assert permission.share_link.startswith("https://")
    permission = file.share_with_invite(
        recipients=bert.address, send_email=True, message="Greetings!!", share_type="edit"
    )
    assert permission
    assert (permission.granted_to, permission.roles) == ("Bert Berg", ["write"])
    his = session_graph.account(bert).storage().get_default_drive()
    (shared,) = his.get_shared_with_me()
    output = io.BytesIO()
    assert cast(File, shared).download(output=output)
    assert output.getvalue() == QUOTES
    assert permission.update_roles("view")
    assert permission.delete()


def test_files_go_down_and_up_and_versions_come_back(folder: Folder, tmp_path: Path) -> None:
    file = put(folder, "quotes.txt", QUOTES)
    (tmp_path / "quotes").mkdir()
    assert file.download(to_path=tmp_path / "quotes")
    assert (tmp_path / "quotes" / "quotes.txt").read_bytes() == QUOTES
    (tmp_path / "quotes.txt").write_bytes(LARGE)
    uploaded_file = folder.upload_file(item=tmp_path / "quotes.txt", conflict_handling="replace")
    assert isinstance(uploaded_file, File)
    assert uploaded_file.object_id == file.object_id
    assert uploaded_file.hashes is not None
    assert uploaded_file.hashes["sha256Hash"].lower() == hashlib.sha256(LARGE).hexdigest()
    put(folder, "quotes.txt", b"third")
    versions = file.get_versions()
    assert [version.name for version in versions] == ["3.0", "2.0", "1.0"]
    for version in versions:
        if version.name == "2.0":
            version.restore()
    output = io.BytesIO()
    assert file.download(output=output)
    assert output.getvalue() == LARGE


def test_a_tree_comes_down_as_it_is(folder: Folder, tmp_path: Path) -> None:
    inner = cast(Folder, folder.create_child_folder("inner & ü"))
    put(inner, "a #1.txt", b"a")
    put(folder, "empty", b"")
    folder.download_contents(tmp_path / "copy")
    found = {str(path.relative_to(tmp_path)): path for path in tmp_path.rglob("*")}
    assert sorted(found) == ["copy", "copy/empty", "copy/inner & ü", "copy/inner & ü/a #1.txt"]
    assert found["copy/inner & ü/a #1.txt"].read_bytes() == b"a"


def test_items_are_listed_by_conditions_over_pages(folder: Folder) -> None:
    for number in range(5):
        put(folder, f"{number}.txt", b"x" * number)
    folder.create_child_folder("sub")
    listed = folder.get_items(limit=5, batch=2, order_by="name desc")
    assert [item.name for item in listed] == ["sub", "4.txt", "3.txt", "2.txt", "1.txt"]
    assert [item.name for item in folder.get_child_folders()] == ["sub"]
    query = folder.new_query("name").equals("3.txt")
    assert [item.name for item in folder.get_items(query=query)] == ["3.txt"]


def test_an_item_is_changed_moved_and_found_by_its_path(my_drive: Drive, folder: Folder) -> None:
    file = put(folder, "a.txt", b"a")
    inner = cast(Folder, folder.create_child_folder("inner"))
    assert file.update(name="b c.txt", description="moved")
    assert file.move(inner)
    found = my_drive.get_item_by_path(f"/{folder.name}/inner/b c.txt")
    assert found is not None
    assert (found, found.description, found.get_parent()) == (file, "moved", inner)
    assert found.delete()
    assert list(inner.get_items()) == []


def test_the_example_of_files(
    session_graph: LocalGraph,
    anna: User,
    my_drive: Drive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(files_example, "connect", connecting(session_graph, anna))
    (tmp_path / "large.bin").write_bytes(LARGE)
    (tmp_path / "here").mkdir()
    files_example.main([str(tmp_path / "large.bin"), "--into", "Offers", "--fetch-to", str(tmp_path / "here")])
    out, err = capsys.readouterr()
    listed, link = (line.split()[-1] for line in out.splitlines())
    assert (listed, link.startswith("https://")) == ("large.bin", True)
    assert (tmp_path / "here/large.bin").read_bytes() == LARGE
    assert err.count(f"{len(LARGE):,} of {len(LARGE):,} bytes") == 2
    assert not (tmp_path / "large.upload").exists()
    assert my_drive.get_item_by_path("/Offers/large.bin") is not None


def test_the_example_of_batches(
    session_graph: LocalGraph,
    anna: User,
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(batch_example, "connect", connecting(session_graph, anna))
    batch_example.main([])
    batch_example.main([])
    first, _, again, files, *failed = capsys.readouterr().out.splitlines()
    assert (first, again) == ("Anna Berg: 0 unread",) * 2
    assert folder.name in files or files.count(",") == 4
    assert [line.partition(" ")[0] for line in failed] == ["folder:", "rule:"]


def test_files_are_content_of_a_batch(account: Account, folder: Folder) -> None:
    made = put(folder, "a.txt", b"a")
    batch = account.batch()
    batch.patch("rename", folder.build_url(f"/items/{made.object_id}"), {"name": "b.txt"})
    batch.get("list", folder.build_url(f"/items/{folder.object_id}/children"), after="rename")
    answers = batch.run()
    answers.raise_for_status()
    assert [one["name"] for one in answers["list"].json()["value"]] == ["b.txt"]


def test_the_guide_of_files(
    session_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session_graph.user("bert@example.com", name="Bert Berg")
    account = session_graph.account(session_graph.user("guide@files.example"))
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("roof.docx").write_bytes(b"first")
    Path("backup.tar").write_bytes(LARGE)
    found = run_guide("files.md", account=account)
    assert Path("folder/roof.docx").read_bytes() == b"first"
    assert sorted(path.name for path in Path("copy").iterdir()) == ["backup.tar", "roof.docx"]
    assert found["copied"].name == "roof of 2026.docx"
    assert f"{len(LARGE)} of {len(LARGE)} bytes" in capsys.readouterr().out
    assert {one.permission_type for one in found["file"].get_permissions()} == {"owner", "link", "invitation"}
