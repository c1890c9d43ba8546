"""Secrets of an instance: who lacks the key file has none of them, and who moves them neither."""

from __future__ import annotations

import os
import stat
from base64 import b64decode, b64encode
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.instance.secrets import KEY_BYTES, KEY_FILE, Secrets
from postroom.errors import Damaged, Unavailable

WORD = "pa\u00df w\u00f6rd\n"


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets(tmp_path)


def test_what_was_sealed_is_opened_and_no_byte_of_it_is_stored(tmp_path: Path, secrets: Secrets) -> None:
    sealed = secrets.seal("mail settings", "password", WORD)
    assert Secrets(tmp_path).open("mail settings", "password", sealed) == WORD
    assert WORD.encode() not in b64decode(sealed.removeprefix("1:"))
    assert sealed != secrets.seal("mail settings", "password", WORD)


def test_the_key_is_made_at_first_use_and_only_its_owner_reads_it(tmp_path: Path, secrets: Secrets) -> None:
    assert list(tmp_path.iterdir()) == []
    secrets.seal("a", "b", "c")
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert len(secrets.path.read_bytes()) == KEY_BYTES
    assert stat.S_IMODE(secrets.path.stat().st_mode) == 0o600


def test_threads_that_come_first_together_share_one_key(tmp_path: Path) -> None:
    together, sealed = Barrier(8), list[str]()

    def seal() -> None:
        mine = Secrets(tmp_path)
        together.wait()
        sealed.append(mine.seal("a", "b", WORD))

    threads = [Thread(target=seal) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Secrets(tmp_path).open("a", "b", text) for text in sealed] == [WORD] * 8
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize(("place", "name"), [("a", "c"), ("c", "b"), ("a\0b", ""), ("", "a\0b")])
def test_a_secret_cannot_be_read_in_another_place(secrets: Secrets, place: str, name: str) -> None:
    sealed = secrets.seal("a", "b", WORD)
    with pytest.raises(Damaged, match="set the"):
        secrets.open(place, name, sealed)


def test_a_missing_key_says_so_and_is_not_made_again_by_reading(secrets: Secrets) -> None:
    sealed = secrets.seal("mail settings", "password", WORD)
    secrets.path.unlink()
    with pytest.raises(
        Damaged, match=r"secrets\.key is missing.*password of the mail settings.*set the password again"
    ):
        secrets.open("mail settings", "password", sealed)
    assert not secrets.path.exists()


def test_another_key_opens_nothing(secrets: Secrets) -> None:
    sealed = secrets.seal("mail settings", "password", WORD)
    secrets.path.write_bytes(os.urandom(KEY_BYTES))
    with pytest.raises(Damaged, match=r"not encrypted with this secrets\.key"):
        secrets.open("mail settings", "password", sealed)


@pytest.mark.parametrize("key", [b"", b"x" * 31, b"x" * 33])
def test_a_key_of_another_length_is_none(secrets: Secrets, key: bytes) -> None:
    secrets.path.write_bytes(key)
    with pytest.raises(Damaged, match="is no key"):
        secrets.seal("a", "b", WORD)
    assert secrets.path.read_bytes() == key


def test_a_key_that_cannot_be_read_is_unavailable(secrets: Secrets) -> None:
    secrets.path.mkdir()
    with pytest.raises(Unavailable, match="cannot be read"):
        secrets.seal("a", "b", WORD)


@pytest.mark.parametrize("text", ["", "1:", "1:!", "2:AAAA", "1:" + "A" * 16, "secret"])
def test_text_that_was_never_sealed_is_damage(secrets: Secrets, text: str) -> None:
    secrets.seal("a", "b", WORD)
    with pytest.raises(Damaged):
        secrets.open("a", "b", text)


@given(at=st.integers(0), other=st.integers(1, 255))
def test_no_changed_byte_goes_unseen(tmp_path_factory: pytest.TempPathFactory, at: int, other: int) -> None:
    secrets = Secrets(tmp_path_factory.getbasetemp())
    raw = bytearray(b64decode(secrets.seal("a", "b", WORD).removeprefix("1:")))
    raw[at % len(raw)] ^= other
    with pytest.raises(Damaged):
        secrets.open("a", "b", "1:" + b64encode(raw).decode())
