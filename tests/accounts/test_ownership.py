"""Proofs that domains are somebody's, on each engine."""

from __future__ import annotations

import pytest

from postroom.accounts import ownership
from postroom.accounts.database.connect import Databases
from postroom.accounts.ownership import Ownership

DOMAIN, ADMIN = "example.com", "anna@example.org"
NOW_S = 1_700_000_000.0
DAY_S = ownership.DAY_S


def create(databases: Databases, now_s: float = NOW_S, **more: str) -> Ownership:
    with databases.write() as unit:
        return ownership.create(unit, DOMAIN, ADMIN, days=30, now_s=now_s, **more)


def verify(databases: Databases, asked: Ownership, *texts: str, now_s: float = NOW_S + 60) -> Ownership:
    with databases.write() as unit:
        return ownership.verify(unit, asked, texts, now_s=now_s)


def pending(databases: Databases) -> Ownership | None:
    with databases.read() as unit:
        return next(iter(ownership.entries(unit, domain=DOMAIN, verified=False)), None)


def test_a_proof_that_is_asked_is_pending(databases: Databases) -> None:
    assert pending(databases) is None
    asked = create(databases)
    assert asked.code.startswith(ownership.PREFIX)
    assert asked == Ownership(
        asked.id, ADMIN, DOMAIN, "", asked.code, verified=False, message="", checked=None,
        expires_s=int(NOW_S) + 30 * DAY_S,
    )  # fmt: skip
    assert asked.name == DOMAIN
    assert pending(databases) == asked


def test_no_two_codes_are_equal(databases: Databases) -> None:
    codes = {create(databases, alias_domain=f"{number}.example").code for number in range(5)}
    assert len(codes) == 5


def test_asking_again_changes_nothing(databases: Databases) -> None:
    assert create(databases) == create(databases, now_s=NOW_S + DAY_S)


def test_asking_again_after_the_time_is_over_starts_anew(databases: Databases) -> None:
    old = create(databases)
    new = create(databases, now_s=NOW_S + 30 * DAY_S)
    assert new.code != old.code
    assert new.expires_s == old.expires_s + 30 * DAY_S
    assert pending(databases) == new


@pytest.mark.parametrize("form", ["{}", ' "{}"\n', "{}\r\n"])
def test_the_code_proves_the_ownership(databases: Databases, form: str) -> None:
    asked = create(databases)
    proved = verify(databases, asked, "v=spf1 -all", form.format(asked.code))
    assert (proved.verified, proved.message, proved.checked) == (True, "", "2023-11-14 22:14:20")
    assert pending(databases) is None
    assert create(databases, now_s=NOW_S + 99 * DAY_S) == proved


def test_anything_else_proves_nothing_and_is_noted(databases: Databases) -> None:
    asked = create(databases)
    for texts in ((), ("",), (asked.code[:-1],), (asked.code + "x",), (f"code={asked.code}",), ("\ud800\x00", "ä")):
        refused = verify(databases, asked, *texts)
        assert not refused.verified
        assert refused.message == "The code was not found at example.com."
        assert refused.checked == "2023-11-14 22:14:20"
    assert verify(databases, asked, asked.code).verified


def test_a_proof_may_come_too_late(databases: Databases) -> None:
    asked = create(databases)
    late = verify(databases, asked, asked.code, now_s=asked.expires_s)
    assert (late.verified, late.message) == (False, "The time for the proof is over. Add the domain again.")
    assert verify(databases, asked, asked.code, now_s=asked.expires_s - 1).verified


def test_who_answers_for_a_domain_proves_it_and_not_its_further_names(databases: Databases) -> None:
    create(databases)
    create(databases, alias_domain="alias.example")
    with databases.write() as unit:
        ownership.take_for_proved(unit, DOMAIN)
        left = ownership.entries(unit, verified=False)
    assert [one.alias_domain for one in left] == ["alias.example"]


def test_the_code_of_one_does_not_prove_for_another(databases: Databases) -> None:
    asked = create(databases)
    alias = create(databases, alias_domain="alias.example")
    assert alias.name == "alias.example"
    assert not verify(databases, alias, asked.code).verified
    assert verify(databases, alias, alias.code).verified
    assert pending(databases) == asked


def test_proofs_are_listed_by_domain_and_narrowed(databases: Databases) -> None:
    with databases.write() as unit:
        for domain, admin in (("b.example", "x@example.org"), ("a.example", "y@example.org"), ("a.example", ADMIN)):
            asked = ownership.create(unit, domain, admin, days=1, now_s=NOW_S)
            if domain == "b.example":
                ownership.verify(unit, asked, [asked.code], now_s=NOW_S)

    def listed(**narrow: object) -> list[tuple[str, str]]:
        with databases.read() as unit:
            return [(each.domain, each.admin) for each in ownership.entries(unit, **narrow)]  # type: ignore[arg-type]

    assert listed() == [("a.example", ADMIN), ("a.example", "y@example.org"), ("b.example", "x@example.org")]
    assert listed(admin=ADMIN) == [("a.example", ADMIN)]
    assert listed(domain="a.example", admin="y@example.org") == [("a.example", "y@example.org")]
    assert listed(verified=True) == [("b.example", "x@example.org")]
    assert len(listed(verified=False)) == 2


def test_a_domain_is_forgotten_under_all_its_names(databases: Databases) -> None:
    create(databases)
    create(databases, alias_domain="alias.example")
    with databases.write() as unit:
        ownership.create(unit, "other.example", ADMIN, days=1, alias_domain="alias.example", now_s=NOW_S)
        ownership.create(unit, "other.example", ADMIN, days=1, now_s=NOW_S)
        ownership.forget(unit, "alias.example")
        assert len(ownership.entries(unit)) == 2
        ownership.forget(unit, DOMAIN)
        assert [each.domain for each in ownership.entries(unit)] == ["other.example"]
