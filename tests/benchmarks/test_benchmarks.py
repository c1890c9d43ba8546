"""Every benchmark runs on a little mail and prints one line that can be read. Times are not judged here."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from benchmarks.__main__ import CLAIMS, main
from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim, Rounds

from benchmarks import corpus
from postroom import sample

SAME = ("o365_list", "o365_files", "o365_send", "o365_attach", "o365_all")
"""Measured with the pauses of the original and without: here once, but for `BENCHMARKS=full`."""
TRIED = [
    name for name in CLAIMS if name not in [f"{one}_no_delay" for one in SAME] or os.environ.get("BENCHMARKS") == "full"
]
KEYS = ["claim", "value", "unit", "ratio", "bound", "must", "goal", "holds", "detail"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    scratch = tmp_path_factory.mktemp("bench")
    return Bench(corpus.make(_sample(scratch), scratch, 40), scratch, repeat=1, large_bytes=1 << 20)


def _sample(scratch: Path) -> Path:
    """A folder with the bundled sample: what is beside a developer's clone must not change the test."""
    folder = scratch / "packed"
    folder.mkdir()
    (folder / "sample.tar.xz").symlink_to(sample.path())
    return folder


@pytest.mark.parametrize("name", TRIED)
def test_each_benchmark_prints_one_well_formed_line(name: str, bench: Bench) -> None:
    line = CLAIMS[name](bench).line()
    told: dict[str, Any] = json.loads(line)
    assert "\n" not in line
    assert list(told) == KEYS
    assert told["claim"] == name
    assert told["value"] > 0
    assert all(held for what, held in told["detail"].get("also", {}).items() if "times" not in what)


def test_a_corpus_of_loose_files_becomes_a_maildir(tmp_path: Path) -> None:
    for name in ("README.md", "one.eml", "lists/001/two.eml", "lists/001/empty.eml", "torture-x/three.eml"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"" if "empty" in name else b"Subject: " + path.stem.encode() + b"\n\n")
    mail = corpus.make(tmp_path / "in", tmp_path / "out")
    texts = {Path(path).relative_to(mail.root).parts[0]: Path(path).read_bytes() for path in mail.files()}
    assert texts == {"cur": b"Subject: one\n\n", ".lists": b"Subject: two\n\n"}
    assert (mail.messages, mail.size_bytes) == (2, 28)


def test_a_part_is_taken_evenly_and_keeps_its_folders(tmp_path: Path) -> None:
    (tmp_path / "in" / "a.b").mkdir(parents=True)
    for number in range(10):
        (tmp_path / "in" / "a.b" / f"{number}.eml").write_bytes(b"%d" % number)
    whole = corpus.make(tmp_path / "in", tmp_path / "out")
    part = corpus.part(whole, 5, tmp_path / "part")
    assert [Path(path).read_bytes() for path in part.files()] == [b"0", b"2", b"4", b"6", b"8"]
    assert {Path(path).relative_to(part.root).parts[0] for path in part.files()} == {".a-b"}


def test_little_mail_is_measured_and_not_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.eml").write_bytes(b"Subject: one\n\n")
    bad = Claim("x", 1.0, "s", 0.1, Bound("ratio", "at least", 0.5), {})
    monkeypatch.setitem(CLAIMS, "disk", lambda _: bad)
    arguments = ["--corpus", str(tmp_path), "--only", "disk", "--scratch", str(tmp_path)]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["holds"], "Too little mail" in err) == (None, True)
    monkeypatch.setattr("benchmarks.__main__.FEWEST_MESSAGES", 1)
    assert main(arguments) == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False


def test_a_claim_holds_only_with_all_its_conditions() -> None:
    bound = Bound("ratio", "at least", 0.5)
    assert Claim("x", 1.0, "s", 0.5, bound, {}).holds
    assert not Claim("x", 1.0, "s", 0.49, bound, {}).holds
    assert not Claim("x", 1.0, "s", 0.5, bound, {}, {"no faults": False}).holds
    assert not Claim("x", 9.0, "s", 9.0, Bound("value", "at most", 8.0), {}).holds


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    assert Rounds(ours_s=[2.0, 4.0, 1.0], baseline_s=[1.0, 1.0, 1.0]).ratio() == 0.5
