"""Second factors: codes of an authenticator app, and what a password is worth beside them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.instance.audit import Actor
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.second_factor import STEP_MS, matching_step
from postroom.errors import Damaged, NotFound, WrongState
from postroom.settings import Passwords as Costs

CHEAP = Costs(time_cost=1, memory_kib=8)
ADMIN, DOOR = Actor("admin", "api"), Actor("", "web", "192.0.2.1")
START_MS = 1_800_000_000_000


class Time:
    def __init__(self) -> None:
        self.ms = START_MS

    def __call__(self) -> int:
        return self.ms

    def later(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def instance(tmp_path: Path, time: Time) -> Iterator[Instance]:
    with Instance(tmp_path / "instance.db", Passwords(CHEAP), time) as instance:
        instance.users.create("Anna", ["login"], ADMIN, password="word")
        yield instance


def code(secret: str, time: Time, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(time.ms // 1000 + 30 * steps)


def enabled(instance: Instance, time: Time) -> str:
    """The secret of Anna's second factor, which was on for a while."""
    secret = instance.second_factors.initialise("anna", ADMIN).secret
    assert instance.second_factors.confirm("anna", code(secret, time), DOOR)
    time.later(300)
    return secret


def test_a_factor_is_set_up_confirmed_and_switched_off(instance: Instance, time: Time) -> None:
    factors = instance.second_factors
    assert (factors.status("anna"), instance.users.get("anna").second_factor) == ("disabled", "disabled")
    setup = factors.initialise("anna", ADMIN)
    assert factors.status("anna") == "initialized"
    assert factors.setup("ANNA") == setup
    assert factors.confirm("anna", code(setup.secret, time), DOOR)
    assert (factors.status("anna"), instance.users.get("anna").second_factor) == ("enabled", "enabled")
    factors.disable("anna", ADMIN)
    assert factors.status("anna") == "disabled"
    told = [row.details["status"] for row in instance.audit.entries() if row.event == "UserSetSecondFactor"]
    assert told == ["disabled", "enabled", "initialized"]


def test_the_uri_is_what_authenticator_apps_read(instance: Instance) -> None:
    setup = instance.second_factors.initialise("anna", ADMIN)
    read = pyotp.parse_uri(setup.uri)
    assert isinstance(read, pyotp.TOTP)
    assert (read.name, read.issuer, read.secret, read.interval, read.digits) == (
        "Anna", "Postroom", setup.secret, 30, 6,
    )  # fmt: skip


def test_what_was_confirmed_is_shown_to_nobody_again(instance: Instance, time: Time) -> None:
    enabled(instance, time)
    with pytest.raises(WrongState, match="waits to be set up"):
        instance.second_factors.setup("anna")


def test_a_code_is_taken_once(instance: Instance, time: Time) -> None:
    secret = enabled(instance, time)
    assert instance.second_factors.check("anna", code(secret, time), DOOR)
    assert not instance.second_factors.check("anna", code(secret, time), DOOR)
    time.later(30)
    assert instance.second_factors.check("anna", code(secret, time), DOOR)


def test_the_code_that_confirmed_does_not_sign_in_too(instance: Instance, time: Time) -> None:
    secret = instance.second_factors.initialise("anna", ADMIN).secret
    assert instance.second_factors.confirm("anna", code(secret, time), DOOR)
    assert not instance.second_factors.check("anna", code(secret, time), DOOR)


def test_an_older_code_is_not_taken_after_a_newer_one(instance: Instance, time: Time) -> None:
    secret = enabled(instance, time)
    assert instance.second_factors.check("anna", code(secret, time), DOOR)
    assert not instance.second_factors.check("anna", code(secret, time, -1), DOOR)


def test_of_many_who_show_the_same_code_at_once_one_gets_in(instance: Instance, time: Time) -> None:
    secret = enabled(instance, time)
    shown = code(secret, time)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: instance.second_factors.check("anna", shown, DOOR), range(8)))
    assert answers.count(True) == 1


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_differ_by_one_step(instance: Instance, time: Time, steps: int, good: bool) -> None:
    secret = enabled(instance, time)
    assert instance.second_factors.check("anna", code(secret, time, steps), DOOR) is good


@pytest.mark.parametrize("text", ["", "abcdef", "12345", "1234567", "１２３４５６", "-12345", "\ud800", "1" * 10_000])
def test_what_is_no_code_is_not_taken(instance: Instance, time: Time, text: str) -> None:
    enabled(instance, time)
    assert not instance.second_factors.check("anna", text, DOOR)


def test_a_code_may_be_written_in_groups(instance: Instance, time: Time) -> None:
    shown = code(enabled(instance, time), time)
    assert instance.second_factors.check("anna", f" {shown[:3]} {shown[3:]}\n", DOOR)


def test_a_code_before_it_was_confirmed_or_after_it_was_switched_off_signs_nobody_in(
    instance: Instance, time: Time
) -> None:
    secret = instance.second_factors.initialise("anna", ADMIN).secret
    assert not instance.second_factors.check("anna", code(secret, time), DOOR)
    assert instance.second_factors.confirm("anna", code(secret, time), DOOR)
    instance.second_factors.disable("anna", ADMIN)
    time.later(60)
    assert not instance.second_factors.check("anna", code(secret, time), DOOR)
    assert not instance.second_factors.confirm("anna", code(secret, time), DOOR)


def test_a_new_secret_makes_the_old_one_void(instance: Instance, time: Time) -> None:
    old = enabled(instance, time)
    new = instance.second_factors.initialise("anna", ADMIN).secret
    assert instance.second_factors.status("anna") == "initialized"
    assert not instance.second_factors.confirm("anna", code(old, time), DOOR)
    assert instance.second_factors.confirm("anna", code(new, time), DOOR)


@given(step=st.integers(2, 2**40), after=st.integers(0, 2**40))
def test_the_step_found_is_near_and_later(step: int, after: int) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    found = matching_step(secret, pyotp.HOTP(secret).at(step), step * STEP_MS, after=after)
    assert found is None if step + 1 <= after else found is None or (abs(found - step) <= 1 and found > after)
    assert found is not None or step <= after


def test_the_secret_is_in_no_file_and_in_no_log(instance: Instance, time: Time, tmp_path: Path) -> None:
    secret = enabled(instance, time)
    assert secret not in repr(instance.second_factors.initialise("anna", ADMIN))
    assert secret not in repr(instance.audit.entries())
    assert not any(secret.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_with_another_key_file_a_code_is_refused_with_the_reason(
    instance: Instance, time: Time, tmp_path: Path
) -> None:
    secret = enabled(instance, time)
    (tmp_path / "secrets.key").unlink()
    with pytest.raises(Damaged, match=r"secrets\.key is missing"):
        instance.second_factors.check("anna", code(secret, time), DOOR)


def test_nobody_there_has_no_factor(instance: Instance) -> None:
    with pytest.raises(NotFound, match="user 'nobody'"):
        instance.second_factors.initialise("nobody", ADMIN)
    with pytest.raises(NotFound, match="user 'nobody'"):
        instance.second_factors.status("nobody")


@pytest.mark.parametrize("confirmed", [False, True])
def test_beside_a_factor_the_password_alone_opens_nothing(instance: Instance, time: Time, confirmed: bool) -> None:
    assert instance.users.authenticate("anna", "word", DOOR)  # remembered from here on
    secret = instance.second_factors.initialise("anna", ADMIN).secret
    if confirmed:
        assert instance.second_factors.confirm("anna", code(secret, time), DOOR)
    assert instance.users.authenticate("anna", "word", DOOR) is None
    assert instance.users.authenticate("anna", code(secret, time), DOOR) is None
    assert instance.users.authenticate("anna", f"word{code(secret, time)}", DOOR) is None
    failed = [row for row in instance.audit.entries() if row.event == "UserLogin" and not row.ok]
    assert {row.details["reason"] for row in failed} == {"a second factor is on"}
    instance.second_factors.disable("anna", ADMIN)
    assert instance.users.authenticate("anna", "word", DOOR)


def test_the_first_factor_is_the_password_and_tells_what_comes_next(instance: Instance, time: Time) -> None:
    enabled(instance, time)
    user = instance.users.first_factor("ANNA", "word", DOOR)
    assert user is not None
    assert (user.name, user.second_factor) == ("Anna", "enabled")
    assert instance.users.first_factor("anna", "wrong", DOOR) is None
    assert instance.users.first_factor("nobody", "word", DOOR) is None
    logged = [(row.ok, row.user) for row in instance.audit.entries() if row.event == "UserLogin"]
    assert logged == [(False, "nobody"), (False, "Anna")]


def test_a_factor_goes_with_its_user_and_stays_when_the_user_is_renamed(instance: Instance, time: Time) -> None:
    secret = enabled(instance, time)
    instance.users.rename("anna", "bea", ADMIN)
    assert instance.second_factors.check("bea", code(secret, time), DOOR)
    instance.users.delete("bea", ADMIN)
    instance.users.create("bea", ["login"], ADMIN, password="word")
    assert instance.second_factors.status("bea") == "disabled"
