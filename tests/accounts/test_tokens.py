"""Bearer tokens: shown once, kept as a hash, found only while they hold."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.accounts.tokens import TOKEN, Token, Tokens
from postroom.errors import AlreadyExists, Damaged, Invalid, NotFound, Unavailable, WrongState

ADMIN = "postmaster@example.com"


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_800_000_000.5

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(tmp_path: Path, clock: Clock) -> Iterator[Tokens]:
    with Tokens(tmp_path / "tokens.db", clock) as tokens:
        yield tokens


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokens]:
    with Tokens(tmp_path_factory.mktemp("tokens") / "tokens.db") as tokens:
        tokens.create(ADMIN, "sync")
        yield tokens


def found(tokens: Tokens, text: str) -> Token:
    token = tokens.find(text)
    assert token is not None
    return token


def test_a_token_is_found_with_what_it_allows(tokens: Tokens, clock: Clock) -> None:
    text = tokens.create(
        "Postmaster@Example.com", " sync ", ["Example.com", "bücher.example", "example.com"], write=True,
        expires_s=1_800_000_100,
    )  # fmt: skip
    assert TOKEN.fullmatch(text)
    token = found(tokens, text)
    assert (token.admin, token.name, token.write) == (ADMIN, "sync", True)
    assert token.domains == ("example.com", "xn--bcher-kva.example")
    assert (token.created_s, token.expires_s) == (1_800_000_000, 1_800_000_100)


def test_a_token_reads_and_reaches_all_domains_for_ever_when_nothing_is_said(tokens: Tokens, clock: Clock) -> None:
    text = tokens.create(ADMIN, "sync")
    clock.now_s *= 10
    token = found(tokens, text)
    assert (token.domains, token.write, token.expires_s) == ((), False, None)


def test_a_token_ends_with_its_time_and_stays_listed(tokens: Tokens, clock: Clock) -> None:
    text = tokens.create(ADMIN, "sync", expires_s=1_800_000_010)
    clock.now_s = 1_800_000_009.9
    found(tokens, text)
    clock.now_s = 1_800_000_010.0
    assert tokens.find(text) is None
    assert [token.name for token in tokens.list()] == ["sync"]


def test_the_file_has_no_token_and_is_its_owners(tokens: Tokens, tmp_path: Path) -> None:
    text = tokens.create(ADMIN, "sync")
    tokens.close()
    for file in tmp_path.iterdir():
        assert text.removeprefix("pr_").encode() not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_tokens_outlive_the_program(tmp_path: Path) -> None:
    with Tokens(tmp_path / "sub" / "tokens.db") as tokens:
        text = tokens.create(ADMIN, "sync")
    with Tokens(tmp_path / "sub" / "tokens.db") as tokens:
        assert found(tokens, text).name == "sync"


def test_a_token_made_or_revoked_by_another_program_counts_at_once(tokens: Tokens, tmp_path: Path) -> None:
    with Tokens(tmp_path / "tokens.db") as other:
        text = other.create(ADMIN, "sync")
        token = found(tokens, text)
        other.revoke(token.id)
        assert tokens.find(text) is None


def test_names_are_an_admins_own(tokens: Tokens) -> None:
    tokens.create(ADMIN, "sync")
    tokens.create("other@example.com", "sync")
    with pytest.raises(AlreadyExists):
        tokens.create(ADMIN, "sync")
    assert [token.admin for token in tokens.list()] == ["other@example.com", ADMIN]
    assert [token.admin for token in tokens.list(ADMIN)] == [ADMIN]
    assert tokens.list("nobody@example.com") == ()


@pytest.mark.parametrize(
    ("admin", "name", "domains", "expires_s", "field"),
    [
        ("nobody", "sync", [], None, "admin"),
        (ADMIN, " ", [], None, "name"),
        (ADMIN, "x" * 101, [], None, "name"),
        (ADMIN, "a\nb", [], None, "name"),
        (ADMIN, "\ud800", [], None, "name"),
        (ADMIN, "sync", ["example.com", "ALL"], None, "domains"),
        (ADMIN, "sync", [], 1_800_000_000, "expires"),
    ],
)
def test_what_makes_no_token_is_refused_with_its_field(
    tokens: Tokens, admin: str, name: str, domains: list[str], expires_s: int | None, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        tokens.create(admin, name, domains, expires_s=expires_s)
    assert caught.value.field == field
    assert tokens.list() == ()


def test_revoked_tokens_are_gone(tokens: Tokens) -> None:
    texts = [tokens.create(admin, name) for admin in (ADMIN, "b@example.com") for name in ("x", "y")]
    first = found(tokens, texts[0])
    tokens.revoke(first.id)
    with pytest.raises(NotFound):
        tokens.revoke(first.id)
    assert tokens.revoke_all("b@example.com") == 2
    assert tokens.revoke_all("b@example.com") == 0
    assert [tokens.find(text) is not None for text in texts] == [False, True, False, False]


def test_an_id_is_never_given_twice(tokens: Tokens) -> None:
    first = found(tokens, tokens.create(ADMIN, "x"))
    tokens.revoke(first.id)
    assert found(tokens, tokens.create(ADMIN, "x")).id != first.id


def test_the_last_use_is_noted_once_a_minute(tokens: Tokens, clock: Clock) -> None:
    text = tokens.create(ADMIN, "sync")
    assert tokens.list()[0].used_s is None
    for later_s, noted_s in ((0, 0), (59, 0), (60, 60), (100, 60), (121, 121)):
        clock.now_s = 1_800_000_000 + later_s
        found(tokens, text)
        assert tokens.list()[0].used_s == 1_800_000_000 + noted_s


def test_a_call_goes_on_when_its_use_cannot_be_noted(
    tokens: Tokens, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = tokens.create(ADMIN, "sync")
    tokens._connection.execute("PRAGMA query_only = ON")
    assert found(tokens, text).used_s is None
    assert "The use of a token could not be noted" in caplog.text
    assert text not in caplog.text


@given(st.text() | st.from_regex(TOKEN, fullmatch=True))
def test_no_other_text_finds_a_token(kept: Tokens, text: str) -> None:
    assert kept.find(text) is None


def test_a_text_around_a_token_is_none(tokens: Tokens) -> None:
    text = tokens.create(ADMIN, "sync")
    for other in (f"{text}\n", f" {text}", text[:-1], text[3:], text.swapcase(), f"{text}a", ""):
        assert tokens.find(other) is None


def test_many_threads_share_the_tokens(tokens: Tokens) -> None:
    ready = threading.Barrier(4)

    def work(number: int) -> list[bool]:
        ready.wait(60)
        texts = [tokens.create(f"a{number}@example.com", f"{n}") for n in range(20)]
        return [found(tokens, text).admin == f"a{number}@example.com" for text in texts]

    with ThreadPoolExecutor(4) as pool:
        assert all(all(results) for results in pool.map(work, range(4)))
    assert len(tokens.list()) == 80


def test_a_closed_file_is_unavailable(tokens: Tokens) -> None:
    text = tokens.create(ADMIN, "sync")
    tokens.close()
    with pytest.raises(Unavailable):
        tokens.find(text)
    with pytest.raises(Unavailable):
        tokens.list()


def test_a_file_that_is_none_of_ours_is_told(tmp_path: Path) -> None:
    (tmp_path / "damaged.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(Damaged):
        Tokens(tmp_path / "damaged.db")
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(WrongState):
        Tokens(tmp_path / "newer.db")
