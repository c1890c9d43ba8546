"""Which attachments are indexed, through the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.archive.extract.makers import docx
from tests.archive.test_indexing import mail
from tests.faces.mailstore.conftest import LONG_S, Whole

from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.server import Client
from postroom.archive.instance.audit import SYSTEM


@pytest.fixture
def client(whole: Whole) -> Iterator[Client]:
    with Client(**whole.options(), raiseOnError=True) as client:
        yield client


def result(answer: Any) -> Any:
    return answer["result"]


def needs_rebuild(client: Client) -> bool:
    return any(store["searchIndexesNeedRebuild"] for store in result(client.GetStores()))


def test_a_change_marks_the_indexes_and_a_rebuild_follows_it(whole: Whole, client: Client) -> None:
    whole.archive.instance.compliance.update({"admin_may_read": True}, SYSTEM)
    whole.archive.stores.add([mail(1, "roof.docx", docx("slate"))], {})
    assert whole.archive.wait_indexed(LONG_S)
    all_types = result(client.GetIndexConfiguration())
    assert {"pdf", "docx", "txt"} <= set(all_types["extensions"])
    told = client.SetIndexConfiguration({"extensions": "PDF, dwg"})["logOutput"] or ""
    assert "RebuildSelectedStoreIndexes" in told
    assert "dwg" in told
    assert result(client.GetIndexConfiguration()) == {"extensions": ["dwg", "pdf"]}
    assert needs_rebuild(client)
    assert result(client.SearchMessages("slate"))["total"] == 1
    client.RebuildSelectedStoreIndexes()
    assert whole.archive.wait_indexed(LONG_S)
    assert result(client.SearchMessages("slate"))["total"] == 0
    assert not needs_rebuild(client)
    client.SetIndexConfiguration(all_types)
    client.RebuildSelectedStoreIndexes()
    assert whole.archive.wait_indexed(LONG_S)
    assert result(client.SearchMessages("slate"))["total"] == 1


def test_what_changes_nothing_asks_for_no_rebuild(client: Client) -> None:
    assert client.SetIndexConfiguration(result(client.GetIndexConfiguration()))["logOutput"] is None
    assert not needs_rebuild(client)


def test_what_is_wrong_is_named(client: Client) -> None:
    with pytest.raises(MailStoreCallError, match="extensions: expected"):
        client.SetIndexConfiguration({"extensions": ["a/b"]})
    with pytest.raises(MailStoreCallError, match="types: expected one of the keys extensions"):
        client.SetIndexConfiguration({"types": []})
    with pytest.raises(MailStoreCallError, match="config: expected a JSON object"):
        client.SetIndexConfiguration("[]")


def test_users_who_are_no_administrators_change_nothing(whole: Whole) -> None:
    whole.archive.instance.users.create("anna", ("login",), SYSTEM, password="word")
    with Client(**whole.options("anna", "word"), raiseOnError=True) as anna:
        with pytest.raises(MailStoreHTTPError, match="403"):
            anna.GetIndexConfiguration()
        with pytest.raises(MailStoreHTTPError, match="403"):
            anna.SetIndexConfiguration({"extensions": []})
