"""Mail of a true IMAP server: what is read, how it is continued, and what may be removed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.archive.profiles.dovecot import MASTER, MASTER_PASSWORD, PASSWORD, Dovecot
from tests.archive.profiles.mailboxes import World, details, message
from tests.archive.sources.support import Found, read

from postroom.archive.profiles.connectors import imap_session
from postroom.archive.profiles.connectors.imap import BATCH, MULTIDROP, SINGLE
from postroom.archive.profiles.connectors.imap_source import ImapSource
from postroom.errors import Denied, Invalid, Unavailable


@contextmanager
def mailbox(mail: Dovecot, user: str, world: World | None = None, **more: Any) -> Iterator[ImapSource]:
    """The source of a profile for this user."""
    given = details(SINGLE, mail.details(user, targetUserFolder="anna", emailAddress="anna@example.org", **more))
    with SINGLE.open(given, (world or World()).context()) as targets:
        (target,) = targets
        assert target.archive == "anna"
        assert isinstance(target.source, ImapSource)
        yield target.source


def taken(mail: Dovecot, user: str, **more: Any) -> Found:
    with mailbox(mail, user, **more) as source:
        return read(source)


def test_all_messages_come_byte_for_byte_and_keep_their_flags(mail: Dovecot, user: str) -> None:
    bodies = [message(f"m{number}", size) for number, size in enumerate((1, 1_000, 200_000))]
    mail.put(user, *bodies, date='"02-Mar-2024 10:11:12 +0100"')
    found = taken(mail, user)
    assert found.bodies == bodies
    assert found.problems == []
    assert {arrival.received_ms for arrival in found.arrivals} == {1709370672000}
    assert {arrival.folder for arrival in found.arrivals} == {"anna@example.org/Inbox"}
    assert all(rb"\Seen" not in flags for flags in mail.flags(user))


def test_a_second_run_reads_only_what_is_new(mail: Dovecot, user: str) -> None:
    mail.put(user, message("one"), message("two"))
    first = taken(mail, user)
    mail.put(user, message("three"))
    mail.put(user, message("four"), folder="Projects")
    with mailbox(mail, user) as source:
        second = read(source, first.cursor)
    assert second.bodies == [message("three"), message("four")]
    assert second.folders == ["anna@example.org/Inbox", "anna@example.org/Projects"]
    with mailbox(mail, user) as source:
        assert read(source, second.cursor).arrivals == []


def test_what_was_removed_between_runs_makes_no_list_short(mail: Dovecot, user: str) -> None:
    mail.put(user, *(message(f"m{number}") for number in range(6)))
    first = taken(mail, user)
    with mail.client(user) as client:
        client.select()
        client.store("2,6", "+FLAGS", r"(\Deleted)")
        client.expunge()
    mail.put(user, message("new"))
    with mailbox(mail, user) as source:
        second = read(source, first.cursor)
    assert (second.bodies, second.problems) == ([message("new")], [])


def test_what_is_known_is_not_read_again(mail: Dovecot, user: str) -> None:
    mail.put(user, message("one"), message("two"))
    first = taken(mail, user)
    with mailbox(mail, user) as source:
        assert read(source, None, first.ids).arrivals == []


def test_a_run_that_was_stopped_anywhere_goes_on_there(mail: Dovecot, user: str) -> None:
    bodies = [message(f"m{number}") for number in range(7)]
    mail.put(user, *bodies[:4])
    mail.put(user, *bodies[4:], folder="A&-B")
    whole = taken(mail, user)
    for most in range(1, 7):
        with mailbox(mail, user) as source:
            first = read(source, most=most)
        with mailbox(mail, user) as source:
            rest = read(source, first.cursor)
        assert first.bodies + rest.bodies == whole.bodies


def test_more_messages_than_fit_into_an_answer_come_all(mail: Dovecot, user: str) -> None:
    mail.fill(user, (message(f"m{number}", 5_000) for number in range(1_700)))
    found = taken(mail, user)
    assert sorted(found.bodies) == sorted(message(f"m{number}", 5_000) for number in range(1_700))
    uids = [int(arrival.native_id.split("|")[2]) for arrival in found.arrivals]
    assert uids == sorted(uids)


def test_twenty_thousand_messages_come_each_once(mail: Dovecot, user: str) -> None:
    mail.fill(user, (message(f"m{number}") for number in range(20_000)))
    with mailbox(mail, user) as source:
        first = read(source, most=12_345)
    with mailbox(mail, user) as source:
        rest = read(source, first.cursor)
    bodies = first.bodies + rest.bodies
    assert len(bodies) == len(set(bodies)) == 20_000


def test_a_large_message_comes_in_pieces(mail: Dovecot, user: str) -> None:
    large = message("large", 9_000_000)
    mail.put(user, message("before"), large, message("behind"))
    assert [len(body) for body in taken(mail, user).bodies] == [
        len(message("before")),
        len(large),
        len(message("behind")),
    ]
    assert taken(mail, user).bodies[1] == large


def test_a_message_over_the_limit_is_a_problem_and_the_others_come(mail: Dovecot, user: str) -> None:
    mail.put(user, message("one"), message("large", 6_000_000), message("two"))
    with mailbox(mail, user, World(most_bytes=5_000_000)) as source:
        found = read(source)
        assert found.bodies == [message("one"), message("two")]
        (problem,) = found.problems
        assert "larger than archive.max_message_bytes" in problem.reason
        again = list(source.again([problem.native_id]))
    assert [item.native_id for item in again] == [problem.native_id]


def test_folder_names_are_what_people_read(mail: Dovecot, user: str) -> None:
    for name in ("Entw&APw-rfe 1", "a/b/c", "Smile &2D3eAA-", 'quote\\"d', "Gesendet", "50%"):
        mail.put(user, message(name), folder=name)
    assert set(taken(mail, user).folders) == {
        "anna@example.org/" + name for name in ("Entwürfe 1", "a/b/c", "Smile \U0001f600", 'quote"d', "Sent", "50%")
    }


def test_drafts_junk_and_trash_are_left_out_unless_asked_for(mail: Dovecot, user: str) -> None:
    for name in ("Drafts", "Junk", "Papierkorb", "Deleted Items", "Old/Trash", "Keep"):
        mail.put(user, message(name), folder=name)
    names = [arrival.folder.partition("/")[2] for arrival in taken(mail, user).arrivals]
    assert names == ["Keep", "Old/Trash"]
    assert len(taken(mail, user, disableAutoExcludeSourceFolders=True).arrivals) == 6
    assert taken(mail, user, includedFolders=["junk"]).bodies == [message("Junk")]


def test_folders_are_chosen_by_name_with_all_below_them(mail: Dovecot, user: str) -> None:
    for name in ("A", "A/x", "A/x/y", "B", "AB"):
        mail.put(user, message(name.replace("/", "-")), folder=name)
    mail.put(user, message("inbox"))
    chosen = taken(mail, user, includedFolders=["a", "Inbox", "Missing"], excludedFolders=["A/x"])
    assert chosen.bodies == [message("A"), message("inbox")]
    assert chosen.reasons == ["there is no folder 'missing' that may be read"]


def test_the_folder_of_sent_mail_keeps_its_name_when_told(mail: Dovecot, user: str) -> None:
    mail.put(user, message("sent"), folder="Gesendet")
    assert taken(mail, user).folders == ["anna@example.org/Sent"]
    assert taken(mail, user, disableAutomaticDetectionOfSentFolders="1").folders == ["anna@example.org/Gesendet"]


def test_unread_mail_waits_until_somebody_has_read_it(mail: Dovecot, user: str) -> None:
    mail.put(user, message("unread"))
    mail.put(user, message("read"), flags=r"(\Seen)")
    first = taken(mail, user, excludeUnRead=True)
    assert (first.bodies, first.cursor) == ([message("read")], None)
    with mail.client(user) as client:
        client.select()
        client.store("1", "+FLAGS", r"(\Seen)")
    with mailbox(mail, user, excludeUnRead=True) as source:
        assert read(source, None, first.ids).bodies == [message("unread")]


def test_a_folder_that_was_made_anew_is_read_anew(mail: Dovecot, user: str) -> None:
    mail.put(user, message("old"), folder="Box")
    first = taken(mail, user)
    with mail.client(user) as client:
        client.delete("Box")
    mail.put(user, message("new"), folder="Box")
    world = World()
    with mailbox(mail, user, world) as source:
        second = read(source, first.cursor)
    assert second.bodies == [message("new")]
    assert not second.ids & first.ids
    assert any("anew" in note for note in world.notes)


def test_a_wrong_password_ends_the_run(mail: Dovecot, user: str) -> None:
    with pytest.raises(Denied, match="takes no sign-in of"), mailbox(mail, user, password="wrong"):
        pass


def test_a_server_that_is_not_there_ends_the_run(mail: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "DELAYS_S", ())
    with pytest.raises(Unavailable, match="no IMAP connection"), mailbox(mail, user, port=1):
        pass


@pytest.mark.parametrize("protocol", ["IMAP-TLS", "IMAP-SSL"])
def test_a_certificate_is_checked_unless_told_otherwise(
    mail: Dovecot, user: str, authority: Path, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.put(user, message("one"))
    where: dict[str, Any] = {
        "protocol": protocol,
        "port": mail.imap if protocol == "IMAP-TLS" else mail.imaps,
        "host": "localhost",
    }
    with pytest.raises(Denied, match="certificate is not trusted"), mailbox(mail, user, **where):
        pass
    assert taken(mail, user, ignoreSSLPolicyErrors="1", **where).bodies == [message("one")]
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "ca.pem"))
    assert taken(mail, user, **where).bodies == [message("one")]


# Removing


def test_what_is_removed_is_gone_and_nothing_else(mail: Dovecot, user: str) -> None:
    mail.put(user, message("old"), date='"02-Mar-2020 10:00:00 +0000"')
    mail.put(user, message("marked by somebody"), flags=r"(\Deleted)", date='"02-Mar-2024 10:00:00 +0000"')
    mail.put(user, message("young"), date='"02-Mar-2025 10:00:00 +0000"')
    with mailbox(mail, user) as source:
        ids = [arrival.native_id for arrival in read(source).arrivals]
        assert list(source.removable(None)) == ids
        old = list(source.removable(1_600_000_000_000))
        assert old == ids[:1]
        assert list(source.remove(old)) == []
        assert list(source.remove(old)) == []  # gone already
    assert mail.left(user) == [message("marked by somebody"), message("young")]


def test_a_number_that_means_another_message_now_is_not_removed(mail: Dovecot, user: str) -> None:
    mail.put(user, message("one"))
    with mailbox(mail, user) as source:
        (arrival,) = read(source).arrivals
        folder, validity, uid, seen = arrival.native_id.split("|")
        other_size = f"{folder}|{validity}|{uid}|9{seen}"
        other_validity = f"{folder}|{int(validity) + 1}|{uid}|{seen}"
        assert dict(source.remove([other_size, other_validity])) == {
            other_size: "another message has its number now",
            other_validity: "the server counts its messages anew",
        }
    assert mail.left(user) == [message("one")]


def test_without_an_archive_it_is_that_of_the_user_with_the_address(mail: Dovecot, user: str) -> None:
    given = details(SINGLE, mail.details(user, emailAddress="anna@example.org"))
    with SINGLE.open(given, World({"anna": ("anna@example.org",)}).context()) as (target,):
        assert target.archive == "anna"
    with pytest.raises(Invalid, match="no user has the address"), SINGLE.open(given, World().context()):
        pass


# Many mailboxes


def test_a_batch_signs_in_with_the_password_of_each(mail: Dovecot, user: str) -> None:
    mail.put(user, message("one"))
    mail.put(user + "x", message("two"))
    given = mail.details(
        "", password=None, mailboxes=[f"{user}=archive1", f"{user}x", "nobody"],
        passwords=f"{user}:{PASSWORD}\n{user}x:{PASSWORD}\nnobody:wrong",
    )  # fmt: skip
    world = World({user + "x": ()})
    with BATCH.open(details(BATCH, given), world.context()) as targets:
        found = {target.archive: read(target.source) for target in targets}
    assert found["archive1"].bodies == [message("one")]
    assert found[user + "x"].bodies == [message("two")]
    assert found["nobody"].reasons == ["no user has the name or address 'nobody'"]


def test_a_mailbox_that_cannot_be_opened_does_not_keep_the_others_back(mail: Dovecot, user: str) -> None:
    mail.put(user, message("one"))
    given = mail.details(
        "", password=None, mailboxes=[f"{user}x=a", f"{user}=b"], passwords=f"{user}x:wrong\n{user}:{PASSWORD}"
    )
    with BATCH.open(details(BATCH, given), World().context()) as targets:
        first, second = (read(target.source) for target in targets)
    assert "takes no sign-in" in first.reasons[0]
    assert second.bodies == [message("one")]


def test_a_master_user_opens_the_mailboxes_of_all_users(mail: Dovecot, user: str) -> None:
    mail.put(user, message("one"))
    mail.put(f"{user}@example.org", message("two"))
    world = World(
        {user: (), f"{user}b": (f"{user}@example.org",)}, {7: {"userName": MASTER, "password": MASTER_PASSWORD}}
    )
    given = mail.details("", password=None, credentialID=7)
    with BATCH.open(details(BATCH, given), world.context()) as targets:
        found = {target.archive: read(target.source).bodies for target in targets}
    assert found == {user: [message("one")], f"{user}b": [message("two")]}


def test_mail_in_a_shared_mailbox_goes_to_its_people(mail: Dovecot, user: str) -> None:
    mail.put(
        user,
        message("to", to="Anna <anna@example.org>, carl@elsewhere.example"),
        message("both", to="anna@example.org", more="Cc: ben@example.net\r\n"),
        message("envelope", to="list@example.org", more="Delivered-To: Ben@example.net\r\n"),
        message("received", to="list@x.example", more="Received: from a by b\r\n\tfor <ben@example.net>; today\r\n"),
        message("nobody", to="undisclosed-recipients:;"),
    )
    world = World({"anna": ("anna@example.org",), "ben": ("ben@example.net",)})
    with MULTIDROP.open(details(MULTIDROP, mail.details(user)), world.context()) as targets:
        (target,) = targets
        found = read(target.source)
    assert target.archive == ""
    assert [arrival.archives for arrival in found.arrivals] == [
        ("anna",), ("anna", "ben"), ("ben",), ("ben",), ("@catchall",)
    ]  # fmt: skip
    assert found.arrivals[-1].folder == "Unknown E-mail Addresses"


@pytest.mark.parametrize(
    ("connector", "more", "field"),
    [
        (SINGLE, {"targetUserFolder": "anna", "host": None}, "details.host"),
        (SINGLE, {"targetUserFolder": "a/b"}, "details.targetUserFolder"),
        (SINGLE, {"targetUserFolder": "anna", "password": None}, "details.password"),
        (SINGLE, {"targetUserFolder": "anna", "userName": ""}, "details.userName"),
        (SINGLE, {"targetUserFolder": "anna", "protocol": "POP3"}, "details.protocol"),
        (MULTIDROP, {"password": None}, "details.password"),
        (BATCH, {"userName": "", "password": None}, "details.mailboxes"),
        (BATCH, {"userName": "", "password": None, "mailboxes": ["a"]}, "details.passwords"),
        (BATCH, {"mailboxes": ["=a"]}, "details.mailboxes"),
    ],
)
def test_details_that_cannot_be_used_are_refused_by_their_key(
    connector: object, more: dict[str, object], field: str
) -> None:
    given = {"host": "mail.example.org", "userName": "anna", "password": "x", **more}
    with pytest.raises(Invalid) as refused:
        details(connector, given)  # type: ignore[arg-type]
    assert refused.value.field == field
