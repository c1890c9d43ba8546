"""The example programs run, and show what they say."""

from __future__ import annotations

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
from tests.clients.iredadmin.fake import USERNAME, Fake


@pytest.fixture
def arguments(fake: Fake, ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("IREDADMIN_PASSWORD", fake.password)
    return ["--base-url", f"{fake.host}/iredadmin", "--username", USERNAME, "--ca-file", str(ca_file)]


@pytest.fixture
def anna(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """A domain with one user, as the first example makes them."""
    create_accounts.main(arguments)
    capsys.readouterr()
    return "anna@example.com"


def test_create_accounts(arguments: list[str], fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    create_accounts.main(arguments)
    assert capsys.readouterr().out == ("example.com is new.\nanna@example.com is new; the mailbox takes 2048 MB.\n")
    create_accounts.main(arguments)
    assert capsys.readouterr().out == "example.com is there already.\nanna@example.com is there already.\n"
    assert fake.domains["example.com"]["mailboxes"] == 20


def test_update_profiles(arguments: list[str], anna: str, fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    update_profiles.main(arguments)
    assert capsys.readouterr().out == (
        "example.com: Example and Sons, catch-all anna@example.com\n"
        "anna@example.com: Anna Maria Example, 3072 MB, to anna@example.com, anna@example.org\n"
    )


def test_change_password(arguments: list[str], anna: str, fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    change_password.main(arguments)
    assert capsys.readouterr().out == (
        "anna@example.com has a new password.\nThe password is right.\nAnother one is wrong.\n"
    )
    change_password.main([*arguments, "--new-password", "weak"])
    assert capsys.readouterr().out == "Not taken: it is too short, it has no capital letter, it has no digit.\n"


def test_throttles(arguments: list[str], anna: str, fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    throttles.main(arguments)
    assert capsys.readouterr().out == (
        "global: 100 messages in 3600 s\nexample.com: 500 messages in 3600 s\nanna@example.com: 20 messages in 60 s\n"
    )


def test_aliases(arguments: list[str], anna: str, fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    aliases.main(arguments)
    assert capsys.readouterr().out == (
        "shop@example.com (Sales): anna@example.com, second@example.org\nAliases of example.com: shop@example.com\n"
    )
    assert fake.aliases == {}


def test_bulk_change(arguments: list[str], anna: str, fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    bulk_change.main([*arguments, "--count", "5"])
    bulk_change.main([*arguments, "--count", "7"])
    assert capsys.readouterr().out == (
        "5 of 5 users are new.\n6 users read German.\n2 of 7 users are new.\n8 users read German.\n"
    )
    assert fake.users["user000@example.com"]["quota"] == 100


def test_a_bulk_change_tells_of_users_for_whom_there_is_no_room(
    arguments: list[str], anna: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bulk_change.main([*arguments, "--count", "2", "--quota", "200000"])
    assert capsys.readouterr().out == (
        "0 of 2 users are new.\n2 are not made: EXCEEDED_DOMAIN_QUOTA_SIZE\n1 users read German.\n"
    )


def test_delete_accounts(arguments: list[str], anna: str, fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    delete_accounts.main(arguments)
    assert capsys.readouterr().out == "Disabled: anna@example.com\nexample.com is gone.\n"
    assert fake.domains == fake.users == {}


def test_plain_http(arguments: list[str], fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    plain_http.main(arguments)
    assert capsys.readouterr().out == (
        "example.com: done\nbert@example.com: done\nbert@example.com: done\nbert@example.com: Bert Example\n"
        "bert@example.com: done\nexample.com: done\n"
    )
    assert {"cn", "mailQuota", "preferredLanguage"} <= {name for seen in fake.seen for name in seen.form}


def test_plain_http_leaves_a_domain_that_was_there(arguments: list[str], anna: str, fake: Fake) -> None:
    plain_http.main(arguments)
    assert [*fake.users] == [anna]


def test_examples_say_what_is_missing(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IREDADMIN_PASSWORD")
    with pytest.raises(SystemExit, match="IREDADMIN_PASSWORD"):
        create_accounts.main(arguments)


def test_every_example_is_tested_and_sends_known_names_only(
    arguments: list[str], fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    story = (
        create_accounts,
        update_profiles,
        change_password,
        throttles,
        aliases,
        bulk_change,
        delete_accounts,
        plain_http,
    )
    for example in story:
        example.main(arguments)
    assert fake.strangers <= {"limit"}
    folder = Path(create_accounts.__file__).parent
    files = {file.stem for file in folder.glob("*.py")} - {"connection", "__init__"}
    assert files == {example.__name__.rpartition(".")[2] for example in story}
