"""Finding out what a path holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.archive.sources.support import mail, mbox, read

from postroom.archive.sources import KINDS, open_source
from postroom.errors import Invalid


@pytest.mark.parametrize(
    ("name", "data", "source"),
    [
        ("box", mbox([mail("1")]), "mbox"),
        ("one.eml", mbox([mail("1")]), "eml"),
        ("one", mail("1"), "eml"),
        ("root", b"", "mbox"),
    ],
)
def test_a_file_is_known_by_its_beginning(name: str, data: bytes, source: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    found = open_source(tmp_path / name)
    assert found.name == f"{source}:{tmp_path / name}"
    assert b"".join(read(found).bodies) in data


def test_one_message_is_taken_byte_for_byte(tmp_path: Path) -> None:
    data = b"From x\n" + mail("1") + b"\n\0\r\n\n"
    (tmp_path / "one.eml").write_bytes(data)
    first = read(open_source(tmp_path / "one.eml"))
    assert first.bodies == [data]
    assert read(open_source(tmp_path / "one.eml"), known=first.ids).arrivals == []


def test_a_relative_path_has_an_absolute_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "box").write_bytes(mbox([mail("1")]))
    monkeypatch.chdir(tmp_path)
    assert open_source("box").name == open_source(tmp_path / "box").name


def test_a_link_given_as_the_path_is_followed(tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(mbox([mail("1")]))
    (tmp_path / "link").symlink_to("box")
    found = open_source(tmp_path / "link")
    assert (found.name, read(found).bodies) == (f"mbox:{tmp_path / 'box'}", [mail("1")])


def test_the_quoting_can_be_chosen(tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(mbox([mail("1", ">From a\n>>From b\n")]))
    bodies = {kind: read(open_source(tmp_path / "box", kind=kind)).bodies for kind in KINDS if "mbox" in kind}
    assert bodies == {
        "mbox": [mail("1", "From a\n>From b\n")],
        "mboxrd": [mail("1", "From a\n>From b\n")],
        "mboxcl": [mail("1", "From a\n>From b\n")],
        "mboxo": [mail("1", "From a\n>>From b\n")],
        "mboxcl2": [mail("1", ">From a\n>>From b\n")],
    }


def test_what_is_no_mail_is_named(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(b"\xff\xd8\xff\xe0 JFIF")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Invalid, match="JFIF"):
        open_source(tmp_path / "photo")
    with pytest.raises(Invalid, match="no such file"):
        open_source(tmp_path / "nowhere")
    with pytest.raises(Invalid, match="neither file nor directory"):
        open_source(tmp_path / "pipe")


@pytest.mark.parametrize("kind", ["pst", "maildir", "zip", "folder"])
def test_a_kind_that_does_not_fit_is_refused(kind: str, tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(mbox([mail("1")]))
    path: Path | str = tmp_path if kind == "zip" else "-" if kind == "folder" else tmp_path / "box"
    with pytest.raises(Invalid) as error:
        open_source(path, kind=kind)
    assert error.value.field == "kind"


def test_a_directory_is_a_maildir_only_with_cur_and_new(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no Maildir"):
        open_source(tmp_path, kind="maildir")
    assert open_source(tmp_path).name.startswith("folder:")
