"""Mail of Outlook: .msg files and PSTs, read in a process that may die."""

from __future__ import annotations

import email
import os
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest
from tests.archive.instances import settings
from tests.archive.profiles import msg_files
from tests.archive.profiles.msg_files import attachment, compound, embedded, message, recipient
from tests.archive.profiles.scripted import log, process, totals

from postroom import extras
from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.connector import Context
from postroom.archive.profiles.connectors import outlook
from postroom.archive.profiles.profiles import Given
from postroom.archive.profiles.results import Run
from postroom.archive.sources import Arrival
from postroom.errors import WrongState

PSTS = os.environ.get("POSTROOM_TEST_PST", "")
"""A folder with PST or OST files."""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings(allowed_paths=(str(tmp_path), PSTS or str(tmp_path)))) as archive:
        yield archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    return tmp_path / "mail"


def ran(archive: Archive, folder: Path, connector: str = "MSG", **details: object) -> Run:
    given = Given(
        "outlook", "admin", "I", connector, {"sourcePath": str(folder), "targetUserFolder": "anna", **details}
    )
    return archive.profiles.run_once(given, SYSTEM, process())


def mails(archive: Archive) -> list[EmailMessage]:
    """All that is archived, in the order in which it came."""
    store = archive.stores.current().store
    bodies = [bytes(store.open(row.number)) for row in store.catalogue.all_messages()]
    return [email.message_from_bytes(body, policy=default) for body in bodies]


def only(archive: Archive, folder: Path, tree: msg_files.Tree) -> EmailMessage:
    (folder / "one.msg").write_bytes(compound(tree))
    run = ran(archive, folder)
    assert run.result == "succeeded", log(archive, run)
    (mail,) = mails(archive)
    assert [type(defect).__name__ for part in mail.walk() for defect in part.defects] == []
    return mail


def test_a_message_without_headers_gets_them_from_its_properties(archive: Archive, folder: Path) -> None:
    mail = only(archive, folder, message(
        subject="Größe", body="Grüße\r\nBob", html=b"<p>Gr\xc3\xbc\xc3\x9fe</p>",
        recipients=(recipient("Anna Fox", "anna@example.com", 1), recipient("Eve, the other", "eve@example.com", 2)),
        attachments=(attachment("Plan für März.pdf", b"%PDF-1.4", "application/pdf"),),
        more=msg_files.text(0x1035, "<one@example.org>"),
    ))  # fmt: skip
    assert mail["From"] == "Bob Hill <bob@example.org>"
    assert (mail["To"], mail["Cc"]) == ("Anna Fox <anna@example.com>", '"Eve, the other" <eve@example.com>')
    assert (mail["Subject"], mail["Message-ID"]) == ("Größe", "<one@example.org>")
    assert mail["Date"].datetime.timestamp() == 1_700_000_000
    assert mail["X-Postroom-Made-From"] == "MSG"
    plain, html = (cast(EmailMessage, mail.get_body((kind,))) for kind in ("plain", "html"))
    assert plain.get_content().splitlines() == ["Grüße", "Bob"]
    assert html.get_content().strip() == "<p>Grüße</p>"
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("Plan für März.pdf", "application/pdf")
    assert attached.get_payload(decode=True) == b"%PDF-1.4"


def test_the_headers_that_were_delivered_are_kept_but_for_the_form_of_the_body(archive: Archive, folder: Path) -> None:
    headers = (
        "Received: from a.example.org\r\n\tby b.example.org; Tue, 14 Nov 2023 22:13:20 +0000\r\n"
        "From: Jörg <joerg@example.org>\r\nTo: anna@example.com,\r\n eve@example.com\r\nSubject: As sent\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="gone"\r\nX-Odd: 1\r\n\r\n'
    )
    mail = only(archive, folder, message(subject="Another", headers=headers))
    assert mail["Subject"] == "As sent"
    assert mail["From"] == "Jörg <joerg@example.org>"
    assert [one.addr_spec for one in mail["To"].addresses] == ["anna@example.com", "eve@example.com"]
    assert (mail["Received"].split(), mail["X-Odd"]) == (
        ["from", "a.example.org", "by", "b.example.org;", "Tue,", "14", "Nov", "2023", "22:13:20", "+0000"], "1",
    )  # fmt: skip
    assert (mail.get_all("Content-Type"), mail.get_all("MIME-Version")) == (['text/plain; charset="utf-8"'], ["1.0"])


def test_a_property_cannot_put_a_header_of_its_own_into_the_mail(archive: Archive, folder: Path) -> None:
    mail = only(archive, folder, message(
        subject="one\r\nBcc: eve@example.com\r\n\r\nbody", sender=("Bob\nX-A: 1", "bob@example.org\r\nX-B: 2"),
        recipients=(recipient("Anna\r\nX-C: 3", "anna@example.com", 1),),
    ))  # fmt: skip
    assert {name.lower() for name in mail} == {
        "from", "to", "subject", "date", "x-postroom-made-from", "mime-version", "content-type",
        "content-transfer-encoding",
    }  # fmt: skip
    assert "Bcc" in mail["Subject"]


def test_a_message_within_a_message_stays_one(archive: Archive, folder: Path) -> None:
    inner = message(subject="Inner", body="", html=b"<b>inside</b>", top=False)
    mail = only(archive, folder, message(attachments=(embedded("Inner", inner),)))
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "message/rfc822"
    within = attached.get_content()
    assert (within["Subject"], within.get_content_type(), within.get_content().strip()) == (
        "Inner", "text/html", "<b>inside</b>",
    )  # fmt: skip


def test_the_same_message_gives_the_same_bytes_and_is_archived_once(archive: Archive, folder: Path) -> None:
    raw = compound(message(attachments=(attachment("a.txt", b"x" * 9_000),), html=b"<p>x</p>"))
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / f"{name}.msg").write_bytes(raw)
    run = ran(archive, folder)
    assert (run.archived, run.skipped, totals(archive)) == (1, 1, {"anna": 1})
    assert ran(archive, folder).archived == 0
    assert len(list(archive.stores.holding("anna/b"))) == 1


def test_what_is_no_message_is_a_problem_and_the_others_arrive(archive: Archive, folder: Path) -> None:
    (folder / "1.msg").write_bytes(b"no compound file")
    (folder / "2.MSG").write_bytes(compound(message()))
    (folder / "3.msg").write_bytes(compound(message())[:900])
    (folder / "note.txt").write_text("not looked at")
    run = ran(archive, folder)
    assert (run.result, run.archived, run.failed) == ("completedWithErrors", 1, 2)
    assert log(archive, run).count("it cannot be read: ") == 2


def test_messages_in_each_other_without_end_are_a_problem(archive: Archive, folder: Path) -> None:
    tree = message(top=False)
    for _ in range(25):
        tree = message(top=False, attachments=(embedded("x", tree),))
    (folder / "deep.msg").write_bytes(compound(message(attachments=(embedded("x", tree),))))
    run = ran(archive, folder)
    assert (run.result, run.archived) == ("completedWithErrors", 0)
    assert "messages lie in each other without end" in log(archive, run)


def test_a_process_that_dies_costs_one_message(archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        (folder / f"{number}.msg").write_bytes(compound(message(subject=f"letter {number}")))
    monkeypatch.setattr(outlook, "_COMMAND", "import os\n" + DYING + outlook._COMMAND)
    run = ran(archive, folder)
    assert (run.result, run.archived, run.failed) == ("completedWithErrors", 4, 1)
    assert "2.msg" in log(archive, run)
    assert "crashed (SIGSEGV)" in log(archive, run)
    monkeypatch.undo()
    run = ran(archive, folder)
    assert (run.result, run.archived, totals(archive)) == ("succeeded", 1, {"anna": 5})


DYING = """
import os, signal
from postroom.archive.profiles.connectors import outlook_worker
read = outlook_worker._read_msg
def dies(path):
    if path.endswith("2.msg"):
        os.kill(os.getpid(), signal.SIGSEGV)
    return read(path)
outlook_worker._read_msg = dies
"""


def test_a_process_that_says_nothing_is_ended_by_its_own_clock(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (folder / f"{number}.msg").write_bytes(compound(message(subject=f"letter {number}")))
    monkeypatch.setattr(outlook, "_COMMAND", "import os\n" + SLEEPING + outlook._COMMAND)
    run = ran(archive, folder)
    assert (run.archived, run.failed) == (2, 1)
    assert "it took too long" in log(archive, run)


SLEEPING = """
import time
from dataclasses import replace
from postroom.archive.profiles.connectors import outlook_worker
outlook_worker.LIMITS = replace(outlook_worker.LIMITS, time_s=2.0)
read = outlook_worker._read_msg
outlook_worker._read_msg = lambda path: time.sleep(600) if path.endswith("1.msg") else read(path)
"""


def test_a_file_that_is_no_pst_ends_as_failed_and_says_so(archive: Archive, folder: Path) -> None:
    (folder / "mail.pst").write_bytes(b"!BDN" + bytes(2_000))
    run = ran(archive, folder, "PST")
    assert run.result == "failed"
    assert "cannot be read as PST" in log(archive, run)


FAKE = """
import sys
from tests.archive.profiles import fake_pypff
sys.modules["pypff"] = fake_pypff
"""


def test_the_folders_of_a_pst_are_walked_and_what_is_damaged_is_named(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "mail.pst").touch()
    monkeypatch.setattr(outlook, "_COMMAND", FAKE + outlook._COMMAND)
    run = ran(archive, folder, "PST")
    assert (run.result, run.archived, run.failed) == ("completedWithErrors", 4, 2)
    told = log(archive, run)
    assert "unable to read the attachments table" in told
    assert "anna/Broken" in told
    assert "1 items are no mail" in told
    by_subject = {mail["Subject"]: mail for mail in mails(archive)}
    assert by_subject.keys() == {"RE: Offer", "letter 2", "letter 6", "letter 7"}
    first = by_subject["RE: Offer"]
    assert (first["To"], first["X-Postroom-Made-From"]) == ("Anna Fox <anna@example.com>", "PST")
    (attached,) = first.iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("a.bin", b"\0\1\2")
    (within,) = by_subject["letter 2"].iter_attachments()
    assert within.get_content()["Subject"] == "letter 3"
    # The folder that people see as the top gives no name; what lies beside it does.
    assert all(any(archive.stores.holding(place)) for place in ("anna/Inbox", "anna/SPAM Search Folder"))
    again = ran(archive, folder, "PST")
    assert (again.archived, again.skipped, again.failed) == (0, 4, 2)


def test_a_pst_without_the_library_for_it_is_refused_with_what_to_do(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    with pytest.raises(WrongState, match="pip install libpff-python"):
        ran(archive, folder, "PST")


@pytest.mark.skipif(not PSTS, reason="POSTROOM_TEST_PST names no folder with PSTs")
def test_the_mail_of_true_psts_is_archived_once(archive: Archive) -> None:
    run = ran(archive, Path(PSTS), "PST")
    assert run.result == "succeeded", log(archive, run)
    assert run.archived > 0
    for mail in mails(archive):
        assert mail["Date"]
        assert mail["X-Postroom-Made-From"] == "PST"
        assert [type(defect).__name__ for part in mail.walk() for defect in part.defects] == []
    again = ran(archive, Path(PSTS), "PST")
    assert (again.archived, again.skipped) == (0, run.archived + run.skipped)


def test_items_of_a_folder_are_below_the_target_folder(archive: Archive, folder: Path) -> None:
    (folder / "in" / "deep").mkdir(parents=True)
    (folder / "in" / "deep" / "1.msg").write_bytes(compound(message()))
    ran(archive, folder, targetFolder="Old mail")
    assert len(list(archive.stores.holding("anna/Old mail/in/deep"))) == 1


def test_what_is_known_is_not_read_again(folder: Path) -> None:
    for number in range(3):
        (folder / f"{number}.msg").write_bytes(compound(message(subject=f"letter {number}")))

    class Quiet:
        def note(self, _line: str) -> None:
            raise AssertionError

        def stop(self) -> None:
            pass

    source = outlook.OutlookSource("MSG", folder, cast(Context, Quiet()))
    everything = [item for item in source.arrivals(None, lambda _id: False) if isinstance(item, Arrival)]
    assert [item.received_ms for item in everything] == [1_700_000_000_000] * 3
    known = {item.native_id for item in everything[:2]}
    rest = list(source.arrivals(None, known.__contains__))
    assert [item.native_id for item in rest] == [everything[2].native_id]
