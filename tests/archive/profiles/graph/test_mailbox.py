"""One mailbox of a Graph into an archive, and again after it changed."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from itertools import chain, repeat

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.archive.profiles.graph.liar import Answer, Liar, is_content
from tests.archive.profiles.graph.room import ARCHIVE, QUICK, Outcome, Room, digests, mail
from tests.workspace.signin.test_apps import certificate

from postroom.archive.profiles.connectors.graph import Microsoft365
from postroom.errors import Cancelled, Denied, Invalid, WrongState

DAY_MS = 86_400_000


def test_all_mail_comes_byte_for_byte_and_once(room: Room) -> None:
    sent = room.deliver(*range(12))
    first, second = room.run(), room.run()
    assert (first.stored, second.stored, room.archived()) == (12, 0, digests(sent))
    assert room.folders() == {f"{room.top}/Inbox": 12}
    assert (first.problems, second.problems) == ([], [])


def test_the_next_run_asks_for_what_changed_only(room: Room) -> None:
    room.deliver(*range(5))
    room.run()
    new = room.deliver("new")
    result = room.run().results[ARCHIVE]
    assert (result.stored, result.seen) == (1, 1)
    assert digests(new) <= room.archived()


def test_folders_keep_their_place_whatever_they_are_called(room: Room) -> None:
    above = room.folder("Projects/2026")
    below = room.folder("Grüße 日本", above)
    room.deliver(1, 2)
    for message, folder in zip(room.messages(), (above, below), strict=True):
        room.move(message["id"], folder)
    assert room.run().stored == 2
    assert room.folders() == {f"{room.top}/Projects%2F2026": 1, f"{room.top}/Projects%2F2026/Grüße 日本": 1}


def test_a_message_that_was_moved_is_known(room: Room) -> None:
    room.deliver(1)
    room.run()
    room.move(room.messages()[0]["id"], room.folder("Done"))
    outcome = room.run()
    assert (outcome.stored, outcome.results[ARCHIVE].known, room.occurrences()) == (0, 1, 1)


@pytest.mark.parametrize("name", ["drafts", "outbox", "junkemail", "deleteditems"])
def test_folders_that_hold_no_mail_to_keep_are_left_out_unless_asked_for(room: Room, name: str) -> None:
    room.deliver(1)
    room.move(room.messages()[0]["id"], name)
    assert room.run().stored == 0
    assert room.run(room.details(disableAutoExcludeSourceFolders=True)).stored == 1


def test_included_and_excluded_folders_are_named_by_path_or_by_the_names_of_graph(room: Room) -> None:
    projects = room.folder("Projects")
    secret = room.folder("Secret", projects)
    room.deliver(1, 2, 3, 4)
    for message, folder in zip(room.messages(), (projects, secret, "archive", "inbox"), strict=True):
        if folder != "inbox":
            room.move(message["id"], folder)
    details = room.details(includedFolders=["projects", "inbox"], excludedFolders=["PROJECTS/secret"])
    assert room.run(details).stored == 2
    assert room.folders() == {f"{room.top}/Inbox": 1, f"{room.top}/Projects": 1}


def test_a_folder_that_is_to_be_read_and_is_not_there_is_a_problem_each_time(room: Room) -> None:
    details = room.details(includedFolders=["Inbox", "Projcts"])
    room.deliver(1)
    first, second = room.run(details), room.run(details)
    assert (first.stored, second.stored) == (1, 0)
    assert first.reasons == second.reasons == ["there is no folder 'Projcts', which is to be read"]


def test_an_excluded_folder_that_is_not_there_is_told_in_the_log(room: Room) -> None:
    outcome = room.run(room.details(excludedFolders=["Nowhere"]))
    assert any("no folder 'Nowhere' to leave out" in note for note in outcome.notes)


def test_hidden_folders_are_read_when_asked_for(room: Room) -> None:
    hidden = room.call("POST", "mailFolders", json={"displayName": "Hidden", "isHidden": True})["id"]
    room.deliver(1)
    room.move(room.messages()[0]["id"], hidden)
    assert room.run().stored == 0
    assert room.run(room.details(includeHiddenFolders=True)).stored == 1


def test_unread_mail_waits_until_it_is_read(room: Room) -> None:
    room.deliver(1, 2)
    details = room.details(excludeUnRead=True)
    assert room.run(details).stored == 0
    room.call("PATCH", f"messages/{room.messages()[1]['id']}", json={"isRead": True})
    assert room.run(details).stored == 1
    assert room.archived() == digests([mail(2)])


def test_what_another_rule_passed_over_is_archived_when_the_rule_is_gone(room: Room) -> None:
    room.deliver(1, 2)
    room.call("PATCH", f"messages/{room.messages()[0]['id']}", json={"isRead": True})
    room.run(room.details(excludeUnRead=True))
    assert room.run().stored == 1
    assert room.archived() == digests([mail(1), mail(2)])


def test_a_draft_is_no_mail_until_it_is_sent(room: Room) -> None:
    draft = room.call("POST", "messages", json={
        "subject": "Roof", "toRecipients": [{"emailAddress": {"address": room.anna.address}}],
    })["id"]  # fmt: skip
    details = room.details(disableAutoExcludeSourceFolders=True)
    assert room.run(details).stored == 0
    room.call("POST", f"messages/{draft}/send")
    room.run(details)
    # The copy that was sent is the one that arrived: one content in two folders.
    assert room.folders() == {f"{room.top}/Inbox": 1, f"{room.top}/Sent Items": 1}
    assert (room.occurrences(), sum(room.archived().values())) == (2, 1)


def test_drafts_are_archived_each_time_they_changed_when_asked_for(room: Room) -> None:
    room.upload("drafts", mail("draft"))
    draft = room.messages("drafts")[0]["id"]
    details = room.details(disableAutoExcludeSourceFolders=True, includeDrafts=True)
    assert (room.run(details).stored, room.run(details).stored) == (1, 0)
    room.call("PATCH", f"messages/{draft}", json={"subject": "Another"})
    assert room.run(details).stored == 1


def test_mail_of_the_root_folder_comes_too(room: Room) -> None:
    room.deliver(1)
    room.move(room.messages()[0]["id"], "msgfolderroot")
    assert room.run().stored == 1
    assert room.folders() == {room.top: 1}


@pytest.mark.parametrize("connections", [1, 3])
def test_no_more_requests_run_at_once_than_allowed(room: Room, lying: Callable[..., Liar], connections: int) -> None:
    sent = room.deliver(*range(25))
    together, first = threading.Barrier(connections), iter(range(connections))

    def met(method: str, path: str, answer: Answer) -> Answer:
        """As many as may run together wait for each other."""
        if is_content(method, path) and next(first, None) is not None:
            together.wait(60)
        return answer

    told = lying(met)
    assert room.run(room.details(connections=connections)).stored == 25
    assert told.most_at_once == connections
    assert room.archived() == digests(sent)


def test_a_large_message_is_exact(room: Room) -> None:
    room.deliver(0)
    large = mail("large", 20 << 20)
    room.graph.deliver(large, room.anna)
    assert room.run().stored == 2
    assert room.archived() == digests([mail(0), large])


def test_a_user_may_sign_in_with_a_password(room: Room) -> None:
    room.deliver(1)
    details = room.details(clientSecret=None, userName=room.anna.address, password=room.anna.password, emailAddress="")
    assert room.run(details).stored == 1
    assert room.folders() == {f"{room.top}/Inbox": 1}


def test_a_refused_sign_in_tells_what_the_service_says(room: Room) -> None:
    with pytest.raises(Denied, match="AADSTS"):
        room.run(room.details(clientSecret="wrong"))


def test_a_mailbox_that_the_tenant_does_not_have_names_the_key(room: Room) -> None:
    with pytest.raises(Invalid, match=r"details\.emailAddress"):
        room.run(room.details(emailAddress="nobody@example.com"))


def test_an_application_may_prove_itself_with_the_key_of_a_certificate(
    room: Room,
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    made = certificate(key, dt.datetime.now(dt.UTC))
    room.graph.workspace.signin.apps.add_certificate(room.graph.app.id, made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    thumbprint = made.fingerprint(hashes.SHA1()).hex(" ").upper()
    room.credential = {"certificateThumbprint": thumbprint, "privateKey": private}
    room.deliver(1)
    assert room.run(room.details(clientSecret=None, credentialID=7)).stored == 1


def test_without_our_client_the_run_says_what_to_install(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("postroom.extras.version", missing)
    with pytest.raises(WrongState, match=r"pip install 'postroom\[o365\]'"):
        room.run()


def test_the_credentials_store_holds_what_details_leave_out(room: Room) -> None:
    room.deliver(1)
    room.credential = {"tenant": room.graph.tenant, "clientSecret": room.graph.secret}
    assert room.run(room.details(tenant=None, clientSecret=None, credentialID=7)).stored == 1


def test_the_archive_is_that_of_the_address_when_none_is_named(room: Room) -> None:
    room.deliver(1)
    room.owners[room.anna.address] = "bert"
    assert list(room.run(room.details(targetUserFolder=None)).results) == ["bert"]
    room.owners.clear()
    with pytest.raises(Invalid, match="targetUserFolder"):
        room.run(room.details(targetUserFolder=None))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"tenant": None}, "tenant"),
        ({"applicationId": None}, "applicationId"),
        ({"clientSecret": None}, "clientSecret"),
        ({"emailAddress": None}, "emailAddress"),
        ({"userName": "anna@example.com"}, "password"),
        ({"graphUrl": "http://graph.example.com/v1.0"}, "graphUrl"),
        ({"authorityUrl": "https://user@login.example.com"}, "authorityUrl"),
        ({"targetUserFolder": "anna/Inbox"}, "targetUserFolder"),
        ({"connections": 50}, "connections"),
        ({"exludedFolders": []}, "such as excludedFolders"),
    ],
)
def test_details_are_checked_with_the_name_of_the_key(room: Room, changes: dict[str, object], key: str) -> None:
    with pytest.raises(Invalid, match=key):
        room.run(room.details(**changes))


def test_a_cancelled_run_keeps_what_was_committed_and_the_next_goes_on(room: Room) -> None:
    sent = room.deliver(*range(30))
    room.batch = 5
    room.stops = chain(repeat(None, 25), repeat(Cancelled("Stop.")))
    cancelled = Outcome()
    with pytest.raises(Cancelled):
        room.run(outcome=cancelled)
    room.stops = iter(())
    room.run()
    assert room.archived() == digests(sent)
    assert room.occurrences() == 30


# Removal


def test_removed_mail_can_be_recovered_by_its_owner(room: Room) -> None:
    room.deliver(1, 2, 3)
    outcome = room.run(removing=(None,))
    assert (len(outcome.removed), outcome.refused, room.messages()) == (3, [], [])
    assert len(room.messages("recoverableitemsdeletions")) == 3
    assert room.run().stored == 0


def test_mail_that_is_not_old_enough_stays(room: Room) -> None:
    room.deliver(1)
    now = int(dt.datetime.now(dt.UTC).timestamp() * 1000)
    assert room.run(removing=(now - DAY_MS,)).removed == []
    assert len(room.run(removing=(now + DAY_MS,)).removed) == 1


@pytest.mark.parametrize("taken", [1, 3, 100])
def test_what_goes_while_it_is_listed_hides_nothing(room: Room, monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    """Pages are of four messages, of which many came in the same second; the run removes some at a time."""
    monkeypatch.setattr("postroom.archive.profiles.connectors.graph_removable.PAGE", 4)
    room.deliver(*range(17))
    room.removed_at_once = taken
    assert len(room.run(removing=(None,)).removed) == 17
    assert room.messages() == []


def test_what_stays_is_listed_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.archive.profiles.connectors.graph_removable.PAGE", 4)
    room.deliver(*range(10))
    for message in room.messages()[::2]:
        room.call("PATCH", f"messages/{message['id']}", json={"isRead": True})
    room.removed_at_once = 2
    outcome = room.run(room.details(excludeUnRead=True), removing=(None,))
    assert (len(outcome.removed), len(set(outcome.removed)), len(room.messages())) == (5, 5, 5)


def test_what_the_rules_leave_out_is_not_removed(room: Room) -> None:
    room.deliver(1, 2, 3)
    junk, unread, read = (message["id"] for message in room.messages())
    room.move(junk, "junkemail")
    room.call("PATCH", f"messages/{read}", json={"isRead": True})
    room.upload("inbox", mail("draft"))
    assert room.run(room.details(excludeUnRead=True), removing=(None,)).removed == [read]
    assert {message["id"] for message in room.messages()} > {unread}


def test_what_is_gone_already_is_no_fault_and_what_is_refused_is_told(room: Room) -> None:
    room.deliver(1)
    outcome = room.run(removing=(None,))
    details, connector = room.details(), Microsoft365(QUICK)
    assert outcome.refused == []
    (gone,) = outcome.removed
    room.call("POST", f"messages/{gone}/permanentDelete")
    assert room.run(details, connector, removing=(None,)).refused == []


def test_ids_that_are_owed_are_asked_for_again_and_those_gone_give_nothing(room: Room) -> None:
    room.deliver(1, 2)
    kept, gone = (message["id"] for message in room.messages())
    room.call("POST", f"messages/{gone}/permanentDelete")
    room.run(room.details(includedFolders=["archive"]))
    room.owed = [kept, "#folder|x", gone]
    outcome = room.run(room.details(includedFolders=["archive"]))
    assert (outcome.stored, outcome.problems) == (1, [])


def test_certificates_are_checked_unless_told_otherwise(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    room.deliver(1)
    with pytest.raises(Exception, match="certificate"):
        room.run(room.details(caFile=None))
    outcome = room.run(room.details(caFile=None, ignoreSSLPolicyErrors=True))
    assert (outcome.stored, "REQUESTS_CA_BUNDLE" in os.environ, requests.__name__) == (1, False, "requests")
    assert any("is not checked" in note for note in outcome.notes)
