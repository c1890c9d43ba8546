"""App passwords: what opens doors that cannot ask for a code."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.archive.test_second_factor import ADMIN, DOOR, Time, instance, time  # noqa: F401  fixtures

from postroom.archive.instance.app_passwords import MOST, looks_like_one, new_password
from postroom.archive.instance.instance import Instance
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState

# ruff: noqa: F811


def test_it_opens_beside_a_second_factor_and_without_one(instance: Instance) -> None:
    word = instance.users.app_passwords.create("anna", "Backup", ADMIN)
    assert instance.users.authenticate("ANNA", word, DOOR)
    instance.second_factors.initialise("anna", ADMIN)
    account = instance.users.authenticate("anna", word, DOOR)
    assert account is not None
    assert account.name == "Anna"


def test_it_is_of_one_user(instance: Instance) -> None:
    instance.users.create("bea", ["login"], ADMIN, password="word")
    word = instance.users.app_passwords.create("anna", "Backup", ADMIN)
    assert instance.users.authenticate("bea", word, DOOR) is None
    assert instance.users.authenticate("nobody", word, DOOR) is None


def test_it_is_not_the_first_factor_of_the_console(instance: Instance) -> None:
    word = instance.users.app_passwords.create("anna", "Backup", ADMIN)
    assert instance.users.first_factor("anna", word, DOOR) is None


def test_it_may_be_typed_in_any_case_and_grouping(instance: Instance) -> None:
    word = instance.users.app_passwords.create("anna", "Backup", ADMIN)
    for typed in (word.upper(), word.replace("-", ""), f" {word.replace('-', ' ')} "):
        assert instance.users.authenticate("anna", typed, DOOR), typed


def test_one_with_a_known_beginning_and_a_wrong_end_is_refused(instance: Instance) -> None:
    word = instance.users.app_passwords.create("anna", "Backup", ADMIN)
    wrong = word[:-1] + ("a" if word[-1] != "a" else "b")
    assert looks_like_one(wrong)
    assert instance.users.authenticate("anna", wrong, DOOR) is None
    assert instance.users.authenticate("anna", word[:9], DOOR) is None


def test_a_password_of_ones_own_that_looks_like_one_still_opens(instance: Instance) -> None:
    own = new_password()
    instance.users.set_password("anna", own, ADMIN)
    assert instance.users.authenticate("anna", own, DOOR)


def test_several_have_names_and_the_time_of_their_last_use(instance: Instance, time: Time) -> None:
    passwords = instance.users.app_passwords
    first, made = passwords.create("anna", "Phone", ADMIN), time.ms
    time.later(10)
    passwords.create("anna", "Backup", ADMIN)
    assert [(row.name, row.used_ms) for row in passwords.all("anna")] == [("Phone", None), ("Backup", None)]
    assert instance.users.authenticate("anna", first, DOOR)
    used = time.ms
    time.later(59)
    assert instance.users.authenticate("anna", first, DOOR)
    assert next((row.made_ms, row.used_ms) for row in passwords.all("anna")) == (made, used)
    time.later(1)
    assert instance.users.authenticate("anna", first, DOOR)
    assert passwords.all("anna")[0].used_ms == time.ms


def test_a_name_is_there_once_and_is_a_name(instance: Instance) -> None:
    passwords = instance.users.app_passwords
    passwords.create("anna", "Phone", ADMIN)
    with pytest.raises(AlreadyExists, match="app password 'phone'"):
        passwords.create("anna", "phone", ADMIN)
    for wrong in ("", "  ", "a\nb", "x" * 101):
        with pytest.raises(Invalid, match="name"):
            passwords.create("anna", wrong, ADMIN)
    with pytest.raises(NotFound, match="user 'nobody'"):
        passwords.create("nobody", "Phone", ADMIN)


def test_users_of_the_system_have_none_and_no_second_factor(instance: Instance) -> None:
    instance.service_provider.let_in(True, ADMIN)
    with pytest.raises(WrongState, match="belongs to the system"):
        instance.users.app_passwords.create("$archiveadmin", "Phone", ADMIN)
    with pytest.raises(WrongState, match="belongs to the system"):
        instance.second_factors.initialise("$archiveadmin", ADMIN)
    assert instance.second_factors.status("$archiveadmin") == "disabled"


def test_there_are_not_endlessly_many(instance: Instance) -> None:
    for number in range(MOST):
        instance.users.app_passwords.create("anna", str(number), ADMIN)
    with pytest.raises(Invalid, match=f"at most {MOST}"):
        instance.users.app_passwords.create("anna", "one more", ADMIN)


def test_a_deleted_one_opens_nothing_at_once(instance: Instance) -> None:
    passwords = instance.users.app_passwords
    first, second = (passwords.create("anna", name, ADMIN) for name in ("Phone", "Backup"))
    assert instance.users.authenticate("anna", first, DOOR)
    number = passwords.all("anna")[0].id
    instance.users.create("bea", ["login"], ADMIN)
    with pytest.raises(NotFound, match="app password"):
        passwords.delete("bea", number, ADMIN)
    passwords.delete("anna", number, ADMIN)
    assert instance.users.authenticate("anna", first, DOOR) is None
    assert instance.users.authenticate("anna", second, DOOR)
    assert passwords.delete_all("anna", ADMIN) == 1
    assert instance.users.authenticate("anna", second, DOOR) is None
    assert passwords.delete_all("anna", ADMIN) == 0
    told = [row.details["names"] for row in instance.audit.entries() if row.event == "UserAppPasswordDelete"]
    assert told == [["Backup"], ["Phone"]]


def test_the_database_has_no_app_password_in_clear(instance: Instance, tmp_path: Path) -> None:
    word = instance.users.app_passwords.create("anna", "Phone", ADMIN)
    rest = word.replace("-", "")[8:].encode()
    files = [file.read_bytes() for file in tmp_path.iterdir()]
    assert not any(rest in content or word.encode() in content for content in files)
    assert any(b"$argon2id$" in content for content in files)
    assert word not in repr(instance.audit.entries())


def test_sign_ins_are_logged_once_per_door_and_failures_always(instance: Instance) -> None:
    word = instance.users.app_passwords.create("anna", "Phone", ADMIN)
    for _ in range(3):
        assert instance.users.authenticate("anna", word, DOOR)
    for _ in range(2):
        assert instance.users.authenticate("anna", word[:-1] + "2", DOOR) is None or word.endswith("2")
    logged = [row.ok for row in instance.audit.entries() if row.event == "UserLogin"]
    assert logged.count(True) == 1
