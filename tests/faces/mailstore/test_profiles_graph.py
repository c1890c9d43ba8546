"""Profiles of Microsoft 365 by the API: a Graph on this machine into the archive, and secrets that nobody is shown."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from tests.archive.profiles.exports.test_smtp import Office, serving
from tests.archive.profiles.graph.room import mail
from tests.faces.mailstore.conftest import Whole
from tests.faces.mailstore.test_jobs import refusal, strict
from tests.faces.mailstore.test_profiles import count, profiles

from postroom.archive.instance.audit import SYSTEM
from postroom.testing import LocalGraph, User, local_graph


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture
def anna(graph: LocalGraph) -> User:
    return graph.user("anna@example.com")


def properties(whole: Whole, graph: LocalGraph, connector: str = "Microsoft365", **details: Any) -> dict[str, Any]:
    """The certificates to trust lie where the settings allow it."""
    trusted = whole.outside / "ca.pem"
    shutil.copy(graph.ca_file, trusted)
    told = {
        "tenant": graph.tenant,
        "applicationId": graph.app.id,
        "clientSecret": graph.secret,
        "graphUrl": graph.base_url,
        "authorityUrl": graph.origin,
        "caFile": str(trusted),
        **details,
    }
    return {"name": "365", "owner": "admin", "type": "I", "connector": connector, "details": told}


def test_a_mailbox_is_archived_and_emptied_by_a_profile(whole: Whole, graph: LocalGraph, anna: User) -> None:
    for number in range(3):
        graph.deliver(mail(number), anna)
    details = {"emailAddress": anna.address, "targetUserFolder": "anna", "deleteInMailbox": "immediately"}
    with strict(whole) as client:
        number = client.CreateProfile(properties(whole, graph, **details))["result"]
        first = client.RunProfile(number)["result"]
        assert (first["result"], first["itemsArchived"], count(client)) == ("succeeded", 3, 3)
        assert "3 messages removed from the source" in client.GetWorkerResultReport(first["id"])["result"]["report"]
        again = client.RunProfile(number)["result"]
        assert (again["result"], again["itemsArchived"], count(client)) == ("succeeded", 0, 3)
    inbox = graph.account(anna).mailbox().inbox_folder()
    assert list(inbox.get_messages()) == []


def test_secrets_are_in_no_answer_and_stay_when_they_are_given_as_null(
    whole: Whole, graph: LocalGraph, anna: User
) -> None:
    details = {"emailAddress": anna.address, "targetUserFolder": "anna"}
    with strict(whole) as client:
        number = client.CreateProfile(properties(whole, graph, **details))["result"]
        (shown,) = profiles(client)
        assert shown["details"]["clientSecret"] is None
        assert graph.secret not in json.dumps(shown)
        client.SetProfile(number, {"details": {"clientSecret": None, "excludeUnRead": True}})
        assert client.RunProfile(number)["result"]["result"] == "succeeded"
        assert graph.secret not in client.GetWorkerResultReport(1)["result"]["report"]


def test_a_credential_of_the_store_signs_in_for_a_tenant(whole: Whole, graph: LocalGraph, anna: User) -> None:
    graph.deliver(mail("tenant"), anna)
    settings = {"tenant": graph.tenant, "applicationId": graph.app.id, "clientSecret": graph.secret}
    with strict(whole) as client:
        client.CreateUser("anna", ["login"])
        client.SetUserEmailAddresses("anna", [anna.address])
        credential = client.CreateCredential("365", "microsoft365", settings)["result"]
        given = properties(
            whole, graph, "Microsoft365Batch", credentialID=credential, onlyLicensedUsers=False,
            tenant=None, applicationId=None, clientSecret=None,
        )  # fmt: skip
        run = client.RunTemporaryProfile(given)["result"]
        assert (run["result"], run["itemsArchived"]) == ("succeeded", 1)
        number = client.CreateProfile({**given, "name": "tenant"})["result"]
        assert "the profile 'tenant'" in refusal(client.DeleteCredential, id=credential)
        client.DeleteProfile(number)
        client.DeleteCredential(credential)


def test_a_refused_sign_in_ends_the_run_and_says_what_the_service_says(
    whole: Whole, graph: LocalGraph, anna: User
) -> None:
    details = {"emailAddress": anna.address, "targetUserFolder": "anna", "clientSecret": "wrong"}
    with strict(whole) as client:
        number = client.CreateProfile(properties(whole, graph, **details))["result"]
        assert "AADSTS" in refusal(client.RunProfile, id=number)
        assert client.GetWorkerResults("2020-01-01T00:00:00", "2100-01-01T00:00:00")["result"][0]["result"] == "failed"


@pytest.mark.parametrize(
    ("connector", "said"),
    [("Office365", "Microsoft365Batch"), ("Exchange", "IMAP"), ("EWS", "Microsoft365"), ("Gmail", "imap.gmail.com")],
)
def test_connectors_that_others_have_are_refused_with_the_one_to_take(whole: Whole, connector: str, said: str) -> None:
    given = {"name": "x", "owner": "admin", "type": "I", "connector": connector, "details": {}}
    with strict(whole) as client:
        assert said in refusal(client.CreateProfile, properties=given)


def test_mail_goes_out_into_another_mailbox_and_by_smtp_once(whole: Whole, graph: LocalGraph, anna: User) -> None:
    bert = graph.user("bert@example.com")
    users = whole.archive.instance.users
    users.create("bob", ["export"], SYSTEM)
    users.set_folder_privileges("bob", "anna", ["read"], SYSTEM)
    for number in range(3):
        (whole.outside / f"{number}.eml").write_bytes(mail(f"out{number}"))
    letters = {"name": "in", "owner": "admin", "type": "I", "connector": "EML"}
    mailbox = {"emailAddress": bert.address, "targetFolder": "Restored", "sourceFolder": "anna"}
    into_mailbox = {**properties(whole, graph, **mailbox), "type": "E", "owner": "bob"}
    with serving() as office, strict(whole) as client:
        by_smtp = {"name": "out", "owner": "bob", "type": "E", "connector": "SMTP", "details": smtp(office)}
        details = {"sourcePath": str(whole.outside), "targetUserFolder": "anna"}
        client.RunTemporaryProfile({**letters, "details": details})
        for given in (into_mailbox, by_smtp):
            number = client.CreateProfile(given)["result"]
            first, again = client.RunProfile(number)["result"], client.RunProfile(number)["result"]
            assert (first["result"], first["itemsArchived"]) == ("succeeded", 3)
            assert (again["result"], again["itemsArchived"], again["itemsSkipped"]) == ("succeeded", 0, 3)
        # SMTP knows no other line ends than its own.
        assert sorted(office.bodies) == sorted(re.sub(rb"\r?\n", b"\r\n", mail(f"out{n}")) for n in range(3))
    restored = graph.account(bert).mailbox().get_folder(folder_name="Restored")
    assert restored is not None
    below = restored.get_folder(folder_name="anna")
    assert below is not None
    assert len(list(below.get_messages())) == 3


def smtp(office: Office) -> dict[str, Any]:
    return {
        "host": "localhost",
        "port": office.port,
        "protocol": "SMTP",
        "senderAddress": "<>",
        "recipientAddress": "journal@example.com",
        "sourceFolder": "anna",
    }
