"""The full-text index of a store."""

from __future__ import annotations

import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from postroom.archive.search import fields, query
from postroom.archive.search.fields import MAX_DATE_S, MAX_NUMBER, Document, clamp_date, sort_key, split_key
from postroom.archive.search.index import StoreIndex
from postroom.archive.search.query import And, Node, Not, Or, Text, parse
from postroom.archive.search.snippet import Highlighter, Passage
from postroom.archive.search.tokens import fold, fold_aligned, is_unspaced, prepare, tokens
from postroom.errors import Invalid, Unavailable


@pytest.fixture
def index(tmp_path: Path) -> Iterator[StoreIndex]:
    made = StoreIndex(tmp_path / "index", heap_bytes=15 << 20)
    yield made
    made.close()


def document(message: int = 1, **values: Any) -> Document:
    return replace(Document(message, archive=1, folders=(1,), date_s=1_700_000_000 + message, size=1_000), **values)


def found(index: StoreIndex, text: str, **options: Any) -> list[int]:
    return [hit.message for hit in index.search(parse(text), options.pop("access", None), **options).hits]


# Words


@pytest.mark.parametrize(
    ("body", "searched"),
    [
        ("Grüße aus München", "gruesse or münchen"),
        ("Grüße aus München", "GRUSSE"),
        ("cafe\u0301", "café"),
        ("CAFÉ", "cafe\u0301"),
        ("Привет, ёлка", "ПРИВЕТ елка"),
        ("Σίσυφος", "σισυφοσ"),
        ("東京都に住んでいます", "京都"),
        ("東京都に住んでいます", "住んで"),
        ("서울에서 만나요", "서울"),
        ("กรุงเทพมหานคร", "เทพ"),
        ("हिन्दी में", "हिन्दी"),
        ("Ｆｕｌｌ ｗｉｄｔｈ ﬁne", "full fine"),
        ("write to anna.berg@mail.example.com now", "anna.berg@mail.example.com"),
        ("write to anna.berg@mail.example.com now", "example.com berg"),
        ("snake_case don't", '"case don\'t"'),
        ("invoices of 2024", "invoi*"),
        ("the open invoices", '"open invo"*'),
        ("\ud800broken surrogate", "surrogate"),
    ],
)
def test_text_is_found_however_it_is_written(index: StoreIndex, body: str, searched: str) -> None:
    index.apply([document(body=body)], [], 1)
    assert found(index, searched) == [1]


@pytest.mark.parametrize(
    ("body", "searched"),
    [
        ("東京都", "都京"),
        ("one two three", '"one three"'),
        ("invoices", "invoice"),
        ("x" * 70, "x" * 70),  # too long to be kept
        ("anna@example.com", "anna@example.org"),
    ],
)
def test_text_is_not_found_by_other_words(index: StoreIndex, body: str, searched: str) -> None:
    index.apply([document(body=body)], [], 1)
    assert found(index, searched) == []


def test_a_beginning_that_thousands_of_words_share_finds_all_of_them(index: StoreIndex) -> None:
    index.apply([document(n, body=f"about word{n:05}") for n in range(1, 3_001)], [], 1)
    assert index.search(parse("word*"), None).total == 3_000
    assert index.search(parse('"about word"*'), None).total == 3_000


@given(st.text(max_size=60), st.text(max_size=60))
def test_text_folds_the_same_in_pieces_and_at_once(one: str, other: str) -> None:
    long = "plain " * 100
    assert [t.text for t in tokens(f"{one} {long}{other}")] == [
        t.text for text in (one, long, other) for t in tokens(text)
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_long_text_folds_as_its_pieces(one: str, other: str) -> None:
    long = "Plain " * 500
    assert fold(f"{one} {long}{other}") == f"{fold(one)} {long.lower()}{fold(other)}"


@given(st.text())
def test_an_aligned_fold_is_character_by_character(text: str) -> None:
    folded = fold_aligned(text)
    assume(folded is not None)
    assert [fold(char) for char in text] == list(folded or "")


@given(st.text(min_size=1))
def test_accents_and_case_of_latin_do_not_matter(text: str) -> None:
    latin = "".join(char for char in text if char in "aeiouéèüñçÅ ")
    plain = "".join(c for c in unicodedata.normalize("NFD", latin) if not unicodedata.combining(c)).lower()
    assert [t.text for t in tokens(latin)] == plain.split()


# Fields


def test_each_field_is_searched_by_its_name(index: StoreIndex) -> None:
    texts = {
        "subject": "subject",
        "sender": "from",
        "to": "to",
        "cc": "cc",
        "bcc": "bcc",
        "body": "body",
        "attachment_text": "attachment",
        "filenames": "filename",
    }
    index.apply([document(n, **{name: "needle"}) for n, name in enumerate(texts, 1)], [], 1)
    for number, field in enumerate(texts.values(), 1):
        assert found(index, f"{field}:needle") == [number]
    assert sorted(found(index, "needle")) == list(range(1, 9))


def test_what_is_no_text_is_searched_too(index: StoreIndex) -> None:
    big = document(1, size=5 << 20, attachments=2, message_id="<Abc@host>", date_s=0, folders=(4, 7))
    index.apply([big, document(2)], [], 1)
    assert found(index, "size:>1M") == [1]
    assert found(index, "has:attachment") == [1]
    assert found(index, "messageid:Abc@host") == [1]
    assert found(index, "date:1970") == [1]
    assert found(index, "id:3:2", store=3) == [2]
    assert found(index, "id:4:2", store=3) == []
    assert found(index, "folder:x", resolve={"x": frozenset({7, 8})}.__getitem__) == [1]
    assert found(index, "folder:x") == []
    assert found(index, "not has:attachment") == [2]


@pytest.mark.parametrize("date_s", [-(10**12), -1, 0, 1, 10**12])
def test_dates_of_all_times_keep_their_order(index: StoreIndex, date_s: int) -> None:
    index.apply([document(1, date_s=date_s), document(MAX_NUMBER, date_s=5)], [], 1)
    expected = [MAX_NUMBER, 1] if date_s < 5 else [1, MAX_NUMBER]
    hits = index.search(parse("*"), None).hits
    assert [hit.message for hit in hits] == expected
    assert {hit.date_s for hit in hits} == {5, clamp_date(date_s)}


@given(st.integers(), st.integers(1, MAX_NUMBER), st.integers(), st.integers(1, MAX_NUMBER))
def test_sort_keys_order_by_date_then_number(date: int, number: int, other_date: int, other: int) -> None:
    key = sort_key(date, number)
    assert -(1 << 63) <= key < 1 << 63
    assert split_key(key) == (clamp_date(date), number)
    assert (key < sort_key(other_date, other)) == ((clamp_date(date), number) < (clamp_date(other_date), other))


@pytest.mark.parametrize("values", [{"message": 0}, {"message": MAX_NUMBER + 1}, {"archive": 0}, {"size": -1}])
def test_a_document_out_of_range_is_refused(values: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        document(**values)


# Order


def test_relevance_puts_the_better_match_first_and_the_subject_above_the_body(index: StoreIndex) -> None:
    index.apply([document(1, subject="needle"), document(2, body="needle in " + "hay " * 200), document(3)], [], 1)
    hits = index.search(parse("needle"), None, by_score=True).hits
    assert [hit.message for hit in hits] == [1, 2]
    assert hits[0].score > hits[1].score > 0


def test_filters_do_not_change_scores(index: StoreIndex) -> None:
    index.apply([document(1, body="needle", attachments=1)], [], 1)
    plain = index.search(parse("needle"), None, by_score=True).hits
    assert index.search(parse("needle has:attachment date:2023"), {1}, folders={1}, by_score=True).hits == plain


def test_pages_by_date_follow_each_other(index: StoreIndex) -> None:
    index.apply([document(n, date_s=n // 3) for n in range(1, 20)], [], 1)
    seen: list[int] = []
    below = None
    while True:
        page = index.search(parse("*"), None, limit=4, below=below)
        assert page.total == 19
        if not page.hits:
            break
        seen += [hit.message for hit in page.hits]
        below = sort_key(page.hits[-1].date_s, page.hits[-1].message)
    assert seen == list(range(19, 0, -1))


# Writing


def test_a_document_replaces_that_of_its_number(index: StoreIndex) -> None:
    index.apply([document(1, body="old")], [], 1)
    index.apply([document(1, body="new"), document(2, body="first"), document(2, body="second")], [], 2)
    assert (found(index, "old"), found(index, "new")) == ([], [1])
    assert (found(index, "first"), found(index, "second")) == ([], [2])
    assert index.count == 2


def test_what_was_deleted_is_gone(index: StoreIndex) -> None:
    index.apply([document(1, body="word"), document(2, body="word")], [], 1)
    index.apply([], [1, 77], 2)
    assert found(index, "word") == [2]
    assert list(index.message_numbers()) == [2]


def test_an_index_opened_again_has_what_was_committed_and_nothing_else(tmp_path: Path) -> None:
    first = StoreIndex(tmp_path)
    assert (first.applied, first.count) == (0, 0)
    first.apply([document(1)], [], 41)
    first.add(document(2))
    first.close()
    second = StoreIndex(tmp_path)
    assert (second.applied, second.count, second.fault) == (41, 1, "")


def test_documents_and_marker_are_seen_together_or_not_at_all(index: StoreIndex) -> None:
    index.apply([document(1)], [], 7)
    index.add(document(2))
    index.remove(1)
    assert (index.applied, list(index.message_numbers())) == (7, [1])
    index.commit(9)
    assert (index.applied, list(index.message_numbers())) == (9, [2])


def test_when_making_documents_fails_nothing_of_the_batch_stays(index: StoreIndex) -> None:
    def documents() -> Iterator[Document]:
        yield document(1)
        raise OSError("the pack cannot be read")

    with pytest.raises(OSError, match="pack"):
        index.apply(documents(), [], 5)
    index.apply([document(2)], [], 6)
    assert list(index.message_numbers()) == [2]


def test_the_marker_is_no_message(index: StoreIndex) -> None:
    index.commit(3)
    for text in ("*", "not word", "size:0", "date:1700..", "-has:attachment", "id:0:0"):
        assert index.search(parse(text), None).total == 0
    assert index.search(parse("*"), {0}, folders={0}).total == 0
    assert list(index.message_numbers()) == []


def test_numbers_are_given_in_steps(index: StoreIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.archive.search.index.NUMBERS_AT_ONCE", 4)
    index.apply([document(n) for n in range(1, 13)], [], 1)
    assert list(index.message_numbers()) == list(range(12, 0, -1))


def test_a_second_writer_is_refused(index: StoreIndex) -> None:
    other = StoreIndex(index.directory)
    index.add(document(1))
    with pytest.raises(Unavailable):
        other.apply([document(2)], [], 1)
    index.commit(1)
    assert list(index.message_numbers()) == [1]


def test_writing_goes_on_after_release(index: StoreIndex) -> None:
    index.apply([document(1)], [], 1)
    index.release()
    index.apply([document(2)], [], 2)
    assert index.count == 2


# Damage


@pytest.mark.parametrize("name", ["CURRENT", "meta.json", ".managed.json", "*.term", "*.idx", "*.fast"])
@pytest.mark.parametrize("harm", ["lost", "cut", "garbage"])
def test_a_damaged_index_is_replaced_by_an_empty_one_that_works(tmp_path: Path, name: str, harm: str) -> None:
    whole = StoreIndex(tmp_path)
    whole.apply([document(1, body="word")], [], 5)
    whole.close()
    for path in [*tmp_path.glob(name), *tmp_path.glob(f"*/{name}")]:
        data = path.read_bytes()
        path.unlink()
        if harm != "lost":
            path.write_bytes(data[: len(data) // 2] if harm == "cut" else b"\xff" * len(data))
    index = StoreIndex(tmp_path)
    if index.applied:  # a list of files that tantivy makes again
        assert name == ".managed.json"
        assert found(index, "word") == [1]
    else:
        assert index.count == 0
        assert index.fault or (name, harm) == ("CURRENT", "lost")
        index.apply([document(2, body="word")], [], 6)
        assert found(index, "word") == [2]
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1
    index.close()


def test_another_version_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    StoreIndex(tmp_path).apply([document(1)], [], 5)
    monkeypatch.setattr(fields, "VERSION", fields.VERSION + 1)
    index = StoreIndex(tmp_path)
    assert (index.applied, index.count) == (0, 0)
    assert "version" in index.fault


def test_a_deleted_folder_is_an_empty_index(tmp_path: Path) -> None:
    StoreIndex(tmp_path).apply([document(1)], [], 5)
    shutil.rmtree(tmp_path)
    index = StoreIndex(tmp_path)
    assert (index.applied, index.count, index.fault) == (0, 0, "")


def test_files_lost_under_an_open_index_are_noticed_at_the_next_opening(tmp_path: Path) -> None:
    index = StoreIndex(tmp_path)
    index.apply([document(1)], [], 1)
    for path in index.directory.glob("[0-9]*/*"):
        path.unlink()
    index.apply([document(2)], [], 2)
    index.close()
    again = StoreIndex(tmp_path)
    assert (again.applied, again.count) == (0, 0)
    assert again.fault


WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
from postroom.archive.search.index import Document, StoreIndex
index = StoreIndex(Path(sys.argv[1]), heap_bytes=15 << 20)
while True:
    n = index.applied + 1
    index.apply([Document(n, 1, (1,), n, 1, body="word")], [n - 3] if n > 3 else [], n)
    print(n, flush=True)
"""


def test_after_a_kill_the_marker_says_what_the_index_holds(tmp_path: Path) -> None:
    for commits in (1, 5, 12):
        command = [sys.executable, "-c", WRITE_UNTIL_KILLED, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            told = [int(writer.stdout.readline()) for _ in range(commits)]
            writer.kill()
        index = StoreIndex(tmp_path)
        assert index.fault == ""
        assert index.applied >= told[-1]
        assert list(index.message_numbers()) == list(range(index.applied, max(0, index.applied - 3), -1))
        index.close()


# Building again


def test_a_commit_that_was_cut_off_after_its_deletions_is_made_again(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    index = StoreIndex(whole)
    index.apply([document(n, body="letter") for n in (1, 2, 3)], [], 1)
    index.close()
    shutil.copytree(whole, cut)
    index = StoreIndex(whole)
    index.apply([], [2], 2)
    index.close()
    left = [path for path in (whole / "1").iterdir() if path.suffix == ".del"]
    assert left
    for path in (*left, whole / "1" / ".managed.json"):
        shutil.copy(path, cut / "1")
    index = StoreIndex(cut)
    index.apply([], [2], 2)
    assert found(index, "letter") == [3, 1]
    index.close()


def test_the_old_index_answers_until_the_new_one_is_finished(tmp_path: Path) -> None:
    index = StoreIndex(tmp_path)
    index.apply([document(1, body="old")], [], 3)
    fresh = index.rebuild()
    fresh.add(document(2, body="new"))
    assert found(index, "old or new") == [1]
    fresh.finish(8)
    assert (index.applied, found(index, "old or new")) == (8, [2])
    index.close()
    again = StoreIndex(tmp_path)
    assert (again.applied, found(again, "old or new")) == (8, [2])
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize("end", ["abandoned", "killed"])
def test_a_rebuild_that_ends_early_changes_nothing(tmp_path: Path, end: str) -> None:
    index = StoreIndex(tmp_path)
    index.apply([document(1, body="old")], [], 3)
    fresh = index.rebuild()
    fresh.add(document(2))
    if end == "abandoned":
        fresh.abandon()
    else:
        # tantivy renames its temporary files while it is being copied.
        tmp_path = shutil.copytree(tmp_path, tmp_path.with_name("left"), ignore=shutil.ignore_patterns(".tmp*"))
        index = StoreIndex(tmp_path)
    assert (index.applied, found(index, "*")) == (3, [1])
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


def test_clear_empties(index: StoreIndex) -> None:
    index.apply([document(1)], [], 3)
    index.clear()
    assert (index.applied, index.count) == (0, 0)
    index.apply([document(2)], [], 1)
    assert found(index, "*") == [2]


# Against a plain model

TEXT_OF = {"from": "sender", "attachment": "attachment_text", "filename": "filenames"}
SOME_WORDS = ["red", "rot", "reden", "grün", "GRUN", "日本", "日", "a@b.org", "2024", "ab"]

texts = st.lists(st.sampled_from(SOME_WORDS), max_size=4).map(" ".join)
documents = st.builds(
    Document,
    message=st.integers(1, 12),
    archive=st.integers(1, 3),
    folders=st.lists(st.integers(1, 4), unique=True, max_size=2).map(tuple),
    date_s=st.integers(-3, 5) | st.sampled_from([MAX_DATE_S, -MAX_DATE_S]),
    size=st.integers(0, 4),
    subject=texts,
    sender=texts,
    body=texts,
    attachment_text=texts,
    attachments=st.integers(0, 1),
    message_id=st.sampled_from(["", "<x@y>"]),
)
leaves = st.one_of(
    st.builds(Text, st.none() | st.sampled_from(["from", "subject", "body", "attachment", "cc"]), texts.filter(bool)),
    st.sampled_from([Text(None, "re", True), Text("body", "red ro", True), Text(None, "日", True), query.Everything()]),
    st.builds(query.Folder, st.sampled_from("1234x")),
    st.builds(query.Dated, st.none() | st.integers(-2, 2), st.integers(2, 5)),
    st.builds(query.Sized, st.integers(0, 2), st.none() | st.integers(2, 4)),
    st.sampled_from([query.HasAttachment(), query.MessageId("x@y"), query.Identity(9, 3), query.Identity(8, 3)]),
)
trees: st.SearchStrategy[Node] = st.recursive(
    leaves,
    lambda nodes: st.one_of(
        nodes.map(Not),
        st.lists(nodes, min_size=2, max_size=3).map(lambda some: And(tuple(some))),
        st.lists(nodes, min_size=2, max_size=3).map(lambda some: Or(tuple(some))),
    ),
    max_leaves=6,
)


def folder_ids(path: str) -> frozenset[int]:
    return frozenset(range(int(path), 5)) if path.isdigit() else frozenset()


def holds(text: str, wanted: Text) -> bool:
    words = [token.text for token in tokens(wanted.text)]
    have = [token.text for token in tokens(text)]
    prefix = wanted.prefix and not is_unspaced(words[-1])

    def at(place: int) -> bool:
        last = have[place + len(words) - 1]
        return have[place : place + len(words) - 1] == words[:-1] and (
            last.startswith(words[-1]) if prefix else last == words[-1]
        )

    return any(at(place) for place in range(len(have) - len(words) + 1))


def matches(node: Node, doc: Document) -> bool:
    match node:
        case And(nodes):
            return all(matches(part, doc) for part in nodes)
        case Or(nodes):
            return any(matches(part, doc) for part in nodes)
        case Not(inner):
            return not matches(inner, doc)
        case Text(field, _, _):
            names = [TEXT_OF.get(name, name) for name in ([field] if field else query.TEXT_FIELDS)]
            return any(holds(getattr(doc, name), node) for name in names)
        case query.Folder(path):
            return bool(folder_ids(path) & set(doc.folders))
        case query.Dated(first, last):
            return (first is None or first <= doc.date_s) and (last is None or doc.date_s <= last)
        case query.Sized(least, most):
            return (least is None or least <= doc.size) and (most is None or doc.size <= most)
        case query.HasAttachment():
            return doc.attachments > 0
        case query.MessageId(text):
            return doc.message_id.strip("<>") == text
        case query.Identity(store, message):
            return (store, message) == (9, doc.message)
        case query.Everything():
            return True


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.tuples(st.lists(documents, max_size=8), st.lists(st.integers(1, 12), max_size=3)), max_size=3),
    nodes=st.lists(trees, min_size=1, max_size=8),
    access=st.none() | st.frozensets(st.integers(0, 4)),
    folders=st.none() | st.frozensets(st.integers(0, 5)),
)
def test_search_gives_what_matches_and_may_be_seen_and_nothing_else(
    index: StoreIndex,
    batches: list[tuple[list[Document], list[int]]],
    nodes: list[Node],
    access: frozenset[int] | None,
    folders: frozenset[int] | None,
) -> None:
    index.clear()
    model: dict[int, Document] = {}
    for sequence, (added, deleted) in enumerate(batches, 1):
        index.apply(added, deleted, sequence)
        for number in deleted:
            model.pop(number, None)
        model.update({doc.message: doc for doc in added})
    seen = [
        doc
        for doc in sorted(model.values(), key=lambda doc: (-doc.date_s, -doc.message))
        if (access is None or doc.archive in access) and (folders is None or folders & set(doc.folders))
    ]
    for node in nodes:
        expected = [doc.message for doc in seen if matches(node, doc)]
        for by_score in (False, True):
            hits = index.search(node, access, store=9, folders=folders, resolve=folder_ids, limit=99, by_score=by_score)
            got = [hit.message for hit in hits.hits]
            assert hits.total == len(expected)
            assert (sorted(got) == sorted(expected)) if by_score else (got == expected)


@settings(max_examples=50)
@given(st.text(max_size=300), st.sampled_from(["word", "日本", "straße", "caf*", '"a b"']))
def test_a_snippet_of_any_text_has_its_marks_inside(text: str, searched: str) -> None:
    snippet = Highlighter(parse(searched)).snippet(Passage(f"{text} word 日本 strasse café"))
    ends = [end for mark in snippet.marks for end in mark]
    assert ends == sorted(ends)
    assert all(0 <= end <= len(snippet.text) for end in ends)
    assert "\n" not in snippet.text


def test_prepared_text_can_be_given_to_the_index(index: StoreIndex) -> None:
    assert prepare("\udcff é") == " e"
