"""Exports by profiles: what they choose, what they leave alone, and files that are complete whatever ended a run."""

from __future__ import annotations

import fcntl
import mailbox
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.scripted import log, mail, process

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM, Filter
from postroom.archive.profiles import connectors
from postroom.archive.profiles.connector import Context, Outgoing
from postroom.archive.profiles.details import Details, Key
from postroom.archive.profiles.exports.files import LIST
from postroom.archive.profiles.profiles import Given
from postroom.archive.profiles.results import Run
from postroom.archive.storage.writer import Incoming
from postroom.errors import Cancelled, Denied, Invalid, NotFound, Unavailable, WrongState


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings(allowed_paths=(str(tmp_path),))) as archive:
        archive.instance.users.create("bob", ["export"], SYSTEM)
        archive.instance.users.set_folder_privileges("bob", "anna", ["read"], SYSTEM)
        put(archive, "anna", "Inbox", 1, 2)
        put(archive, "anna", "Inbox/Deep", 3)
        put(archive, "eve", "Inbox", 4)
        yield archive


def put(archive: Archive, to: str, folder: str, *numbers: int) -> None:
    archive.stores.add([Incoming(to, folder, "test:", f"{to} {n}", mail(n), n * 86_400_000) for n in numbers], {})


@dataclass
class Sent:
    """A sink that refuses what the test says."""

    there: set[str] = field(default_factory=set)
    put_: list[Outgoing] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    refuses: dict[str, Exception] = field(default_factory=dict)

    def has(self, message: Outgoing) -> bool:
        return message.id in self.there

    def put(self, message: Outgoing) -> None:
        if message.id in self.refuses:
            raise self.refuses[message.id]
        self.there.add(message.id)
        self.put_.append(message)
        self.bodies.append(bytes(message.body))


@dataclass
class Exporter:
    sink: Sent
    name: str = "Scripted"
    keys: tuple[Key, ...] = ()

    def check(self, details: Details) -> None:
        pass

    @contextmanager
    def open(self, _details: Details, _context: Context) -> Iterator[Sent]:
        yield self.sink


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    module, sink = ModuleType("scripted_export"), Sent()
    module.SCRIPTED = Exporter(sink)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "postroom.archive.profiles.exports.scripted", module)
    row = connectors.Row(connectors.EXPORT, "Scripted", "exports.scripted", "SCRIPTED")
    monkeypatch.setattr(connectors, "ALL", (*connectors.ALL, row))
    return sink


def given(connector: str = "Scripted", owner: str = "bob", **details: object) -> Given:
    return Given("out", owner, "E", connector, details)


def ran(archive: Archive, described: Given) -> Run:
    return archive.profiles.run_once(described, SYSTEM, process())


def test_an_export_has_what_its_owner_may_read(archive: Archive, sent: Sent) -> None:
    run = ran(archive, given())
    assert (run.result, run.archived, sent.bodies) == ("succeeded", 3, [mail(1), mail(2), mail(3)])
    assert [(one.id, one.archive, one.folder) for one in sent.put_] == [
        ("1:1", "anna", "Inbox"), ("1:2", "anna", "Inbox"), ("1:3", "anna", "Inbox/Deep"),
    ]  # fmt: skip
    assert log(archive, run) == "3 of 3 messages exported, 0 there already, 0 failed.\r\n"
    entry = archive.instance.audit.entries(Filter(events=("MessageExport",)))[0]
    assert (entry.user, entry.target, entry.ok) == ("bob", "out (Scripted)", True)


def test_a_folder_with_all_below_it_or_a_query_narrows_an_export(archive: Archive, sent: Sent) -> None:
    assert ran(archive, given(sourceFolder="anna/Inbox/Deep")).archived == 1
    sent.there.clear()
    assert ran(archive, given(query='subject:"letter 2"', sourceFolder="anna")).archived == 1
    assert sent.bodies == [mail(3), mail(2)]


def test_folders_are_left_out_when_the_profile_says_so(archive: Archive, sent: Sent) -> None:
    ran(archive, given(retainFolderStructure="0"))
    assert {(one.archive, one.folder) for one in sent.put_} == {("anna", "")}


def test_subject_and_date_are_there_before_the_index_has_them(archive: Archive, sent: Sent) -> None:
    ran(archive, given())
    assert [one.subject for one in sent.put_] == ["letter 1", "letter 2", "letter 3"]
    assert all(one.date_ms > 0 for one in sent.put_)


def test_what_is_there_already_is_not_sent_again(archive: Archive, sent: Sent) -> None:
    ran(archive, given())
    put(archive, "anna", "Inbox", 5)
    run = ran(archive, given())
    assert (run.archived, run.skipped, len(sent.put_)) == (1, 3, 4)


@pytest.mark.parametrize("error", [Invalid("message", "less than 1 MiB"), Denied("Not this one.")])
def test_a_refused_message_is_a_problem_and_the_others_go(archive: Archive, sent: Sent, error: Exception) -> None:
    sent.refuses["1:2"] = error
    run = ran(archive, given())
    assert (run.result, run.archived, run.failed) == ("completedWithErrors", 2, 1)
    assert f"anna/Inbox 1:2: {error}" in log(archive, run)


def test_another_side_that_does_not_answer_ends_the_run(archive: Archive, sent: Sent) -> None:
    sent.refuses["1:2"] = Unavailable("No answer.")
    with pytest.raises(Unavailable):
        ran(archive, given())
    (run,) = archive.profiles.runs(0, 1 << 60)
    assert (run.result, run.archived) == ("failed", 1)


@pytest.mark.parametrize(
    ("owner", "folder", "error"), [("bob", "eve", Denied), ("bob", "anna/Nowhere", NotFound), ("admin", "eve", Denied)]
)
def test_what_may_not_be_read_or_is_not_there_ends_the_run(
    archive: Archive, sent: Sent, owner: str, folder: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        ran(archive, given(owner=owner, sourceFolder=folder))
    assert sent.put_ == []


def test_an_owner_without_the_privilege_exports_nothing(archive: Archive, sent: Sent) -> None:
    archive.instance.users.set_privileges("bob", ["login", "archive"], SYSTEM)
    with pytest.raises(Denied, match="export"):
        ran(archive, given())
    assert sent.put_ == []


# Files


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_eml_files_are_the_messages_byte_for_byte(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert ran(archive, given("EML", targetPath=str(out))).archived == 3
    found = files(out)
    del found[LIST]
    assert found == {
        "anna/Inbox/letter 1 (1-1).eml": mail(1), "anna/Inbox/letter 2 (1-2).eml": mail(2),
        "anna/Inbox/Deep/letter 3 (1-3).eml": mail(3),
    }  # fmt: skip
    put(archive, "anna", "Inbox", 5)
    (out / "anna" / "Inbox" / "letter 1 (1-1).eml").unlink()
    again = ran(archive, given("EML", targetPath=str(out)))
    assert (again.archived, again.skipped, len(files(out))) == (2, 2, 5)


def test_an_mbox_per_folder_gets_what_is_missing(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for numbers, archived in (((), 3), ((5, 6), 2), ((), 0)):
        put(archive, "anna", "Inbox", *numbers)
        assert ran(archive, given("MBOX", targetPath=str(out))).archived == archived
    box = mailbox.mbox(out / "anna" / "Inbox.mbox", create=False)
    assert [one["Subject"] for one in box] == ["letter 1", "letter 2", "letter 5", "letter 6"]
    box.close()
    back = archive.import_mail(str(out / "anna" / "Inbox.mbox"), "back", SYSTEM, kind="mboxrd")
    assert (back.stored, back.contents) == (4, 0)


def test_what_a_killed_run_left_half_written_is_cut_off(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran(archive, given("MBOX", targetPath=str(out)))
    whole = files(out)
    with (out / "anna" / "Inbox.mbox").open("ab") as file:
        file.write(b"From MAILER-DAEMON Mon Jan  1 00:00:00 2024\nSubject: half")
    with (out / LIST).open("ab") as file:
        file.write(b'{"folder":"anna/Inbox","sha')
    put(archive, "anna", "Inbox", 5)
    assert ran(archive, given("MBOX", targetPath=str(out))).archived == 1
    assert files(out)["anna/Inbox.mbox"].startswith(whole["anna/Inbox.mbox"] + b"From MAILER-DAEMON")
    assert b"half" not in files(out)["anna/Inbox.mbox"]


@pytest.mark.parametrize("damage", ["gone", "shorter"])
def test_an_mbox_that_somebody_took_away_is_made_again(archive: Archive, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "out"
    ran(archive, given("MBOX", targetPath=str(out)))
    whole, box = files(out), out / "anna" / "Inbox.mbox"
    box.write_bytes(whole["anna/Inbox.mbox"][:50])
    if damage == "gone":
        box.unlink()
    assert ran(archive, given("MBOX", targetPath=str(out))).archived == 2
    assert files(out)["anna/Inbox.mbox"] == whole["anna/Inbox.mbox"]
    again = ran(archive, given("MBOX", targetPath=str(out)))
    assert (again.archived, again.skipped) == (0, 3)
    assert files(out)["anna/Inbox.mbox"] == whole["anna/Inbox.mbox"]


@pytest.mark.parametrize("connector", ["EML", "MBOX"])
def test_a_folder_with_something_else_in_it_is_left_alone(archive: Archive, tmp_path: Path, connector: str) -> None:
    out = tmp_path / "out"
    (out / "anna").mkdir(parents=True)
    (out / "anna" / "Inbox.mbox").write_text("somebody's mail")
    with pytest.raises(WrongState, match="is not empty"):
        ran(archive, given(connector, targetPath=str(out)))
    assert files(out) == {"anna/Inbox.mbox": b"somebody's mail"}


def test_without_update_a_folder_must_be_new(archive: Archive, tmp_path: Path) -> None:
    details = {"targetPath": str(tmp_path / "out"), "updateExisting": "false"}
    ran(archive, given("EML", **details))
    with pytest.raises(WrongState, match="holds an export already"):
        ran(archive, given("EML", **details))


def test_two_exports_do_not_write_into_one_folder_at_once(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran(archive, given("EML", targetPath=str(out)))
    with (out / LIST).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="Another export"):
            ran(archive, given("EML", targetPath=str(out)))


def test_folders_whose_names_cannot_be_files_stay_two(archive: Archive, tmp_path: Path) -> None:
    put(archive, "anna", "a:b", 7)
    put(archive, "anna", "a?b", 8)
    ran(archive, given("EML", targetPath=str(tmp_path / "out")))
    assert len({path.parent for path in (tmp_path / "out").rglob("letter [78]*.eml")}) == 2


def test_a_target_that_may_not_be_written_is_refused(archive: Archive) -> None:
    with pytest.raises(Invalid, match=r"details\.targetPath"):
        ran(archive, given("EML", targetPath="/etc/postroom"))


def test_a_cancelled_export_goes_on(archive: Archive, tmp_path: Path) -> None:
    one, out = process(), tmp_path / "out"
    one.cancel()
    with pytest.raises(Cancelled):
        archive.profiles.run_once(given("EML", targetPath=str(out)), SYSTEM, one)
    assert ran(archive, given("EML", targetPath=str(out))).result == "succeeded"
