"""Retention policies and holds, as the API speaks of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.faces.mailstore.conftest import Whole

from mailstore.contract.samples import RETENTION_POLICY
from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.server import Client
from postroom import sample
from postroom.archive.instance.audit import SYSTEM

NEW = {key: value for key, value in RETENTION_POLICY.items() if key != "id"}
DUE = {
    "name": "Old lists", "enabled": True, "period": 1, "periodInterval": "year", "referenceDateType": "MessageDate",
    "delete": True, "searchCriteria": {"query": "subject:linux", "from": None, "to": None},
}  # fmt: skip


@pytest.fixture
def client(whole: Whole) -> Iterator[Client]:
    with Client(**whole.options(), raiseOnError=True) as client:
        yield client


@pytest.fixture
def filled(whole: Whole, client: Client) -> Client:
    """With the bundled mail, which is many years old."""
    source = whole.outside / "sample.tar.xz"
    source.write_bytes(sample.path().read_bytes())
    client.ImportMessages(str(source), "anna")
    assert whole.archive.wait_indexed(60)
    return client


def result(answer: Any) -> Any:
    return answer["result"]


def test_the_answer_of_get_is_a_template_for_set(client: Client) -> None:
    assert result(client.GetRetentionPolicies()) == []
    client.SetRetentionPolicies([NEW, {**DUE, "id": None}])
    first = result(client.GetRetentionPolicies())
    assert {**first[0], "id": 1} == RETENTION_POLICY
    client.SetRetentionPolicies(json.dumps(first))
    assert result(client.GetRetentionPolicies()) == first
    client.SetRetentionPolicies([])
    assert result(client.GetRetentionPolicies()) == []


def test_what_is_left_out_of_a_policy_has_its_default(client: Client) -> None:
    client.SetRetentionPolicies([
        {"name": "All", "period": 10, "periodInterval": "year", "referenceDateType": "ArchiveDate", "delete": False,
         "searchCriteria": {"query": "", "from": ""}},
    ])  # fmt: skip
    (policy,) = result(client.GetRetentionPolicies())
    assert (policy["enabled"], policy["searchCriteria"], policy["fromEndOfYear"]) == (True, None, False)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"period": 0}, "config[0].period"),
        ({"period": "ten"}, "$[0].period"),
        ({"periodInterval": "week"}, "$[0].periodInterval"),
        ({"referenceDateType": "Now"}, "$[0].referenceDateType"),
        ({"delete": None}, "$[0].delete"),
        ({"name": ""}, "config[0].name"),
        ({"kind": 1}, "kind"),
        ({"searchCriteria": {"query": "("}}, "config[0].searchCriteria.query"),
        ({"searchCriteria": {"fields": ["colour"]}}, "config[0].searchCriteria.fields"),
        ({"searchCriteria": {"from": "--"}}, "config[0].searchCriteria.from"),
        ({"searchCriteria": {"excludedArchives": ["a/b"]}}, "config[0].searchCriteria.excludedArchives"),
    ],
)
def test_a_bad_policy_is_refused_and_its_key_named(client: Client, change: dict[str, object], named: str) -> None:
    with pytest.raises(MailStoreCallError) as refused:
        client.SetRetentionPolicies([{**DUE, **change}])
    assert named in str(refused.value)
    assert result(client.GetRetentionPolicies()) == []


def test_a_run_removes_what_is_due_and_tells_how_much(filled: Client) -> None:
    before = result(filled.GetFolderStatistics())[0]["count"]
    filled.SetRetentionPolicies([DUE])
    tried = result(filled.ProcessRetentionPolicies(dryRun=True))
    assert tried["dryRun"]
    assert tried["due"] == tried["left"] > 1
    assert tried["policies"] == [{"name": "Old lists", "due": tried["due"]}]
    assert result(filled.GetFolderStatistics())[0]["count"] == before
    assert result(filled.ProcessRetentionPolicies(limit=1))["removed"] == 1
    done = filled.ProcessRetentionPolicies()
    assert (result(done)["removed"], result(done)["left"]) == (tried["due"] - 1, 0)
    assert result(filled.GetFolderStatistics())[0]["count"] == before - tried["due"]


def test_a_hold_stops_runs_and_people(filled: Client) -> None:
    filled.SetComplianceConfiguration({"adminEmailPreviewEnabled": True})
    filled.SetRetentionPolicies([DUE])
    held = result(filled.SearchMessages("subject:linux"))["messages"][0]
    number = result(filled.CreateHold("Case", f"id:{held['id']}", "Court"))
    run = result(filled.ProcessRetentionPolicies())
    assert (run["held"], run["left"]) == (1, 0)
    with pytest.raises(MailStoreCallError, match="'Case'"):
        filled.DeleteMessage(held["id"], "I want to")
    assert [hold["id"] for hold in result(filled.GetHolds(includeEnded=False))] == [number]
    filled.EndHold(number, "Settled")
    assert result(filled.GetHolds(includeEnded=False)) == []
    (ended,) = result(filled.GetHolds())
    assert (ended["name"], ended["endedBy"], ended["query"]) == ("Case", "admin", f"id:{held['id']}")
    assert result(filled.ProcessRetentionPolicies())["removed"] == 1


def test_approving_is_for_administrators_as_all_of_this_is(whole: Whole, client: Client) -> None:
    client.ApproveRetentionRun()
    whole.archive.instance.users.create("anna", ["login"], SYSTEM, password="Secret-1234")
    with Client(**whole.options("anna", "Secret-1234"), raiseOnError=True) as anna:
        for call in (anna.ApproveRetentionRun, anna.GetHolds, anna.GetRetentionPolicies, anna.ProcessRetentionPolicies):
            with pytest.raises(MailStoreHTTPError, match="403"):
                call()
