"""Our client and the example programs, against a real server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from examples.iredadmin import (
    aliases,
    bulk_change,
    change_password,
    create_accounts,
    delete_accounts,
    plain_http,
    throttles,
    update_profiles,
)
from tests.faces.iredadmin.conftest import GLOBAL, PASSWORD, World

import iredadmin
from iredadmin import aio
from iredadmin.errors import AlreadyExists, NotFound, PasswordRefused

EXAMPLES = (
    create_accounts, update_profiles, change_password, throttles, aliases, bulk_change, delete_accounts, plain_http,
)  # fmt: skip


def url(world: World) -> str:
    return f"https://localhost:{world.port}/iredadmin"


def ca_file(world: World) -> Path:
    return world.home.tls / "ca.pem"


def test_every_example_runs_and_does_what_it_says(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IREDADMIN_PASSWORD", PASSWORD)
    arguments = ["--base-url", url(world), "--username", GLOBAL, "--ca-file", str(ca_file(world))]
    for example in EXAMPLES:
        example.main(arguments)
        assert capsys.readouterr().out, example.__name__


def test_users_are_made_as_far_as_a_domain_without_a_default_quota_has_room(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IREDADMIN_PASSWORD", PASSWORD)
    world.caller(GLOBAL).done("PUT", "/domain/one.test", quota=250)
    arguments = ["--base-url", url(world), "--username", GLOBAL, "--ca-file", str(ca_file(world))]
    bulk_change.main([*arguments, "--domain", "one.test", "--count", "4"])
    made, left, _ = capsys.readouterr().out.splitlines()
    assert made == "2 of 4 users are new."
    assert left.startswith("2 are not made: EXCEEDED_DOMAIN_QUOTA_SIZE: quota: expected 1 to 50 MB")


def test_every_example_is_run() -> None:
    folder = Path(create_accounts.__file__).parent
    programs = {path.stem for path in folder.glob("*.py")} - {"__init__", "connection"}
    assert programs == {example.__name__.rpartition(".")[2] for example in EXAMPLES}


def test_the_client_speaks_with_the_server(world: World) -> None:
    with iredadmin.Client(url(world), GLOBAL, PASSWORD, ca_file=ca_file(world)) as client:
        client.domains.create("new.test", name="New", default_quota=10)
        with pytest.raises(AlreadyExists):
            client.domains.create("new.test")
        client.users.create("eva@new.test", name="Eva", password=PASSWORD)
        with pytest.raises(PasswordRefused) as refused:
            client.users.create("bob@new.test", password="short")
        assert "PW_SHORTER_THAN_MIN_LENGTH" in refused.value.codes
        client.users.update("eva@new.test", forwarding=["eva@new.test", "x@elsewhere.test"], dry_run=True)
        assert client.users.get("eva@new.test")["forwardings"] == ["eva@new.test"]
        client.throttle.set("eva@new.test", "outbound", period=60, max_msgs=3)
        assert client.throttle.get("eva@new.test", "outbound")["max_msgs"] == 3
        assert [row["username"] for row in client.users.iterate("new.test", page_size=1)] == ["eva@new.test"]
        client.domains.delete("new.test")
        with pytest.raises(NotFound):
            client.domains.get("new.test")


def test_a_session_that_ended_is_renewed_unseen(world: World) -> None:
    with iredadmin.Client(url(world), GLOBAL, PASSWORD, ca_file=ca_file(world)) as client:
        client.domains.get("one.test")
        with world.accounts.core.databases.write() as unit:
            unit.iredadmin.exec_driver_sql("DELETE FROM sessions")
        assert client.domains.get("one.test")["domain"] == "one.test"


def test_the_async_client_does_the_same_and_many_calls_at_once(world: World) -> None:
    async def work() -> list[str]:
        async with aio.Client(url(world), GLOBAL, PASSWORD, ca_file=ca_file(world)) as client:
            names = [f"u{number}@one.test" for number in range(10)]
            await asyncio.gather(*(client.users.create(name, password=PASSWORD) for name in names))
            return [row["username"] async for row in client.users.iterate("one.test", page_size=4)]

    found = asyncio.run(work())
    assert found == sorted([*(f"u{number}@one.test" for number in range(10)), "admin@one.test", "plain@one.test"])
