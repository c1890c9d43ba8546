"""Credentials that profiles and directories share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.archive.instance.audit import Actor
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.errors import AlreadyExists, Damaged, Invalid, NotFound, WrongState
from postroom.settings import Passwords as Costs

ADMIN = Actor("admin", "api")
SECRET = "Secret-1"
APP = {"tenant": "example.onmicrosoft.com", "applicationId": "5f0c0e0a-0000-4000-8000-000000000001"}
KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with Instance(tmp_path / "instance.db", Passwords(Costs(time_cost=1, memory_kib=8))) as instance:
        yield instance


def made(instance: Instance, name: str = "Archive app") -> int:
    return instance.credentials.create(name, "microsoft365", {**APP, "clientSecret": SECRET}, ADMIN)


def test_what_is_stored_is_shown_without_secrets_and_opened_with_them(instance: Instance) -> None:
    number = made(instance)
    shown = instance.credentials.get(number)
    assert (shown.name, shown.type, shown.created_by) == ("Archive app", "microsoft365", "admin")
    assert {key: value for key, value in shown.settings.items() if value} == APP
    assert shown.settings["clientSecret"] is None
    opened = instance.credentials.opened(number)
    assert {key: value for key, value in opened.items() if value} == {**APP, "clientSecret": SECRET}
    assert instance.credentials.all() == [shown]


def test_a_change_keeps_what_is_null_or_not_named_and_removes_what_is_empty(instance: Instance) -> None:
    number = made(instance)
    instance.credentials.update(number, {**instance.credentials.get(number).settings, "TENANT": "other"}, ADMIN)
    assert instance.credentials.opened(number)["clientSecret"] == SECRET
    assert instance.credentials.opened(number)["tenant"] == "other"
    instance.credentials.update(
        number, {"clientSecret": "", "privateKey": KEY, "certificateThumbprint": "A" * 40}, ADMIN
    )
    opened = instance.credentials.opened(number)
    assert (opened["clientSecret"], opened["privateKey"]) == ("", KEY)
    told = [row.details["changed"] for row in instance.audit.entries() if row.event == "CredentialUpdate"]
    assert told == [["certificateThumbprint", "clientSecret", "privateKey"], ["tenant"]]


@pytest.mark.parametrize(
    ("type_", "settings", "named"),
    [
        ("exchange", {}, "type: expected one of microsoft365"),
        ("microsoft365", [], "settings: expected an object"),
        ("microsoft365", {}, "settings.tenant: expected"),
        ("microsoft365", APP, "settings.clientSecret: expected a secret"),
        ("microsoft365", {**APP, "clientSecert": "x"}, "such as clientSecret"),
        ("microsoft365", {**APP, "clientSecret": ["x"]}, "settings.clientSecret: expected a text"),
        ("microsoft365", {**APP, "clientSecret": "a\nb"}, "settings.clientSecret: expected a text"),
        ("microsoft365", {**APP, "privateKey": KEY}, "settings.certificateThumbprint: expected"),
        ("microsoft365", {**APP, "certificateThumbprint": "A"}, "settings.privateKey: expected"),
        ("microsoft365", {**APP, "password": "x"}, "settings.userName: expected"),
        ("imap", {"userName": "x"}, "settings.password: expected"),
        ("google", {"serviceAccount": "x" * 100_000}, "settings.serviceAccount: expected"),
        ("google", {"serviceAccount": "\0"}, "settings.serviceAccount: expected"),
    ],
)
def test_what_is_wrong_is_named(instance: Instance, type_: str, settings: object, named: str) -> None:
    with pytest.raises(Invalid, match=named):
        instance.credentials.create("x", type_, settings, ADMIN)
    assert instance.credentials.all() == []


def test_a_change_that_is_refused_changes_nothing(instance: Instance) -> None:
    number = made(instance)
    before = instance.credentials.opened(number)
    for wrong in ({"tenant": ""}, {"clientSecret": ""}, {"unknown": "x"}, "x"):
        with pytest.raises(Invalid, match="settings"):
            instance.credentials.update(number, wrong, ADMIN)
    assert instance.credentials.opened(number) == before


def test_names_are_there_once_and_numbers_are_never_given_twice(instance: Instance) -> None:
    number = made(instance)
    with pytest.raises(AlreadyExists, match="credential 'archive app'"):
        made(instance, "archive app")
    for wrong in ("", " ", "a\nb"):
        with pytest.raises(Invalid, match="name"):
            made(instance, wrong)
    instance.credentials.delete(number, ADMIN)
    assert made(instance) == number + 1
    for gone in (instance.credentials.get, instance.credentials.opened):
        with pytest.raises(NotFound, match="credential"):
            gone(number)


def test_one_that_is_used_is_not_deleted(instance: Instance) -> None:
    number, used = made(instance), ["the profile 'Sales'"]
    instance.credentials.users.append(lambda _connection, asked: used if asked == number else [])
    with pytest.raises(WrongState, match="'Archive app' is used by the profile 'Sales'"):
        instance.credentials.delete(number, ADMIN)
    assert instance.credentials.get(number)
    used.clear()
    instance.credentials.delete(number, ADMIN)
    assert instance.credentials.all() == []


def test_secrets_are_in_no_file_log_or_name_of_an_object(instance: Instance, tmp_path: Path) -> None:
    number = made(instance)
    instance.credentials.update(number, {"certificateThumbprint": "A" * 40, "privateKey": KEY}, ADMIN)
    for secret in (SECRET, "AAAA\n"):
        assert secret not in repr(instance.audit.entries())
        assert secret not in repr(instance.credentials.all())
        assert not any(json.dumps(secret)[1:-1].encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_a_sealed_secret_cannot_be_moved_to_another_credential(instance: Instance) -> None:
    first, second = made(instance), made(instance, "Another")
    with instance.database.write() as connection:
        row = connection.execute("SELECT settings FROM credential WHERE id = ?", (first,)).fetchone()
        connection.execute("UPDATE credential SET settings = ? WHERE id = ?", (row["settings"], second))
    with pytest.raises(Damaged, match="clientSecret"):
        instance.credentials.opened(second)


def test_without_the_key_file_the_secret_can_be_set_again(instance: Instance, tmp_path: Path) -> None:
    number = made(instance)
    (tmp_path / "secrets.key").unlink()
    with pytest.raises(Damaged, match="set the clientSecret again"):
        instance.credentials.opened(number)
    instance.credentials.update(number, {"clientSecret": "new"}, ADMIN)
    assert instance.credentials.opened(number)["clientSecret"] == "new"
