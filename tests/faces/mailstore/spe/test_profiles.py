"""Profiles of an instance: run by hand, and by the server, which opens the instance for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.faces.mailstore.spe.conftest import Installation, serving
from tests.faces.mailstore.spe.test_shared import until
from tests.faces.mailstore.test_profiles import letters

from mailstore.errors import MailStoreCallError
from mailstore.spe import Client

ALWAYS = ("2000-01-01T00:00:00", "2100-01-01T00:00:00", "UTC")


def properties(folder: Path, owner: str = "admin") -> dict[str, Any]:
    details = {"sourcePath": str(folder), "targetUserFolder": "anna"}
    return {"name": "letters", "owner": owner, "type": "I", "connector": "EML", "details": details}


def test_a_profile_of_an_instance_is_run_by_hand(client: Any, installation: Installation) -> None:
    for name in ("elm", "oak"):
        installation.instance(name)
    letters(installation.outside / "mail", 3)
    number = client.CreateProfile("elm", properties(installation.outside / "mail"))["result"]
    assert client.RunProfile("elm", number)["result"]["itemsArchived"] == 3
    assert [run["itemsArchived"] for run in client.GetWorkerResults("elm", *ALWAYS)["result"]] == [3]
    assert client.GetFolderStatistics("elm")["result"][0]["count"] == 3
    assert client.GetProfiles("oak")["result"] == []
    assert client.RunTemporaryProfile("oak", properties(installation.outside / "mail"))["result"]["itemsArchived"] == 3


def test_the_service_provider_may_own_a_profile_while_it_is_let_in(basic: Client, installation: Installation) -> None:
    installation.instance("elm")
    letters(installation.outside / "mail", 1)
    number = basic.CreateProfile("elm", properties(installation.outside / "mail", "$archiveadmin"))["result"]
    assert basic.RunProfile("elm", number)["result"]["result"] == "succeeded"
    basic.SetArchiveAdminEnabled("elm", False)
    with pytest.raises(MailStoreCallError, match="does not let"):
        basic.RunProfile("elm", number)


def test_the_server_runs_a_profile_of_an_instance_that_was_closed(tls: Path, tmp_path: Path) -> None:
    with serving(tls, tmp_path, idle_s=0.2) as installation, installation.client(raiseOnError=True) as client:
        installation.instance("elm")
        mail = installation.outside / "mail"
        letters(mail, 2)
        number = client.CreateProfile("elm", properties(mail))["result"]
        client.SetProfileServerSideExecution("elm", number, True, 1)
        tenant = installation.management.tenants.get("elm")

        def archived() -> int:
            with tenant.use() as archive:
                return sum(row.messages for row in archive.stores.totals())

        until(lambda: archived() == 2)
        until(lambda: not tenant.is_open)
        letters(mail, 1, first=7)
        # Nobody uses it now but the profile.
        until(lambda: tenant.is_open)
        until(lambda: archived() == 3)
        client.SetProfileServerSideExecution("elm", number, False)
        until(lambda: not tenant.is_open)
        assert tenant.due_ms is None
