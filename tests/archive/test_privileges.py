"""Who may do what, as a matrix."""

from datetime import UTC, datetime

import pytest

from postroom.archive.instance.privileges import (
    ALL,
    FOLDER_PRIVILEGES,
    LOGIN_PRIVILEGES,
    PRIVILEGES,
    Account,
    Rules,
    checked_folder_privileges,
    checked_login_privileges,
    checked_privileges,
    in_order,
    retained_until_ms,
)
from postroom.errors import Denied, Invalid

OPEN, PREVIEW, HOLD, KEEP = Rules(), Rules(admin_may_read=True), Rules(legal_hold=True), Rules(retention_years=10)
DAY = 86_400_000
NOW = 1_795_000_000_000

NOBODY = Account("nobody")
READER = Account("reader", frozenset({"login"}), folders={"sales": frozenset({"read"})})
EXPORTER = Account("exporter", frozenset({"login", "export"}), folders={"sales": frozenset({"read"})})
WRITER = Account("writer", frozenset({"login"}), folders={"sales": frozenset({"write"})})
CLERK = Account("clerk", frozenset({"login", "delete"}), folders={"sales": frozenset(FOLDER_PRIVILEGES)})
NO_RIGHT = Account("noright", frozenset({"login"}), folders={"sales": frozenset({"delete"})})
NO_FOLDER = Account("nofolder", frozenset({"login", "delete"}), folders={"sales": frozenset({"read"})})
ADMIN = Account("admin", frozenset({"admin"}), folders={"sales": frozenset(FOLDER_PRIVILEGES)})
SALES = Account("Sales", frozenset({"admin"}))

MATRIX = [
    # account, rules, read, write, export, delete in the archive "sales"
    (NOBODY, OPEN, False, False, False, False),
    (NOBODY, PREVIEW, False, False, False, False),
    (READER, OPEN, True, False, False, False),
    (EXPORTER, OPEN, True, False, True, False),
    (WRITER, OPEN, False, True, False, False),
    (CLERK, OPEN, True, True, False, True),
    (CLERK, HOLD, True, True, False, False),
    (CLERK, KEEP, True, True, False, False),
    (NO_RIGHT, OPEN, False, False, False, False),
    (NO_FOLDER, OPEN, True, False, False, False),
    (ADMIN, OPEN, False, True, False, False),
    (ADMIN, PREVIEW, True, True, True, True),
    (ADMIN, Rules(admin_may_read=True, legal_hold=True), True, True, True, False),
    (ADMIN, Rules(admin_may_read=True, retention_years=1), True, True, True, False),
    (SALES, OPEN, True, True, True, True),
]


def denied(check: object, *values: object) -> bool:
    assert callable(check)
    try:
        check(*values)
    except Denied:
        return True
    return False


@pytest.mark.parametrize(("account", "rules", "read", "write", "export", "delete"), MATRIX)
@pytest.mark.parametrize("archive", ["sales", "SALES"])
def test_the_matrix_of_rights(
    account: Account, rules: Rules, read: bool, write: bool, export: bool, delete: bool, archive: str
) -> None:
    age = (archive, rules, NOW - DAY, NOW)
    assert account.may_read(archive, rules) == read == (not denied(account.check_read, archive, rules))
    assert account.may_write(archive) == write == (not denied(account.check_write, archive))
    assert account.may_export(archive, rules) == export == (not denied(account.check_export, archive, rules))
    assert account.may_delete(*age) == delete == (not denied(account.check_delete, *age))


@pytest.mark.parametrize(("account", "rules", "read"), [row[:3] for row in MATRIX])
def test_the_set_of_readable_archives_agrees_with_the_single_check(account: Account, rules: Rules, read: bool) -> None:
    readable = account.readable_archives(rules)
    assert (readable is ALL or "sales" in readable) == read
    assert account.may_read("bob", rules) == (readable is ALL)


@pytest.mark.parametrize("account", [NOBODY, READER, CLERK, ADMIN])
@pytest.mark.parametrize("privilege", PRIVILEGES)
def test_administrators_have_every_global_privilege_others_what_they_were_given(
    account: Account, privilege: str
) -> None:
    expected = account is ADMIN or privilege in account.privileges
    assert account.may(privilege) == expected == (not denied(account.check, privilege))


@pytest.mark.parametrize("door", LOGIN_PRIVILEGES)
def test_a_door_needs_its_privilege_and_the_right_to_sign_in(door: str) -> None:
    only_door = frozenset({door})
    assert Account("a", frozenset({"login"}), only_door).may_login(door)
    assert Account("a", frozenset({"admin"}), only_door).may_login(door)
    assert not Account("a", frozenset({"export"}), only_door).may_login(door)
    assert not Account("a", frozenset({"admin"}), frozenset(LOGIN_PRIVILEGES) - {door}).may_login(door)


def test_retention_ends_on_the_same_day_years_later() -> None:
    def ms(*date: int) -> int:
        return int(datetime(*date, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]

    assert retained_until_ms(ms(2026, 3, 1, 12), 10) == ms(2036, 3, 1, 12)
    assert retained_until_ms(ms(2024, 2, 29), 1) == ms(2025, 3, 1)
    assert retained_until_ms(ms(2024, 2, 29), 4) == ms(2028, 2, 29)
    archived, end = ms(2020, 1, 1), ms(2030, 1, 1)
    assert not CLERK.may_delete("sales", KEEP, archived, end - 1)
    assert CLERK.may_delete("sales", KEEP, archived, end)
    with pytest.raises(Denied, match="until 2030-01-01"):
        CLERK.check_delete("sales", KEEP, archived, end - 1)


def test_each_refusal_names_its_rule() -> None:
    with pytest.raises(Denied, match="legal hold"):
        CLERK.check_delete("sales", HOLD, 0, NOW)
    with pytest.raises(Denied, match="adminEmailPreviewEnabled"):
        ADMIN.check_read("sales", OPEN)
    with pytest.raises(Denied, match="privilege 'delete'"):
        NO_RIGHT.check_delete("sales", OPEN, 0, NOW)
    with pytest.raises(Denied, match="archive 'sales'"):
        NO_FOLDER.check_delete("sales", OPEN, 0, NOW)


def test_sets_of_privileges_follow_their_rules() -> None:
    assert checked_privileges(["none"]) == checked_folder_privileges(["none"]) == frozenset()
    assert checked_login_privileges(["none"]) == frozenset()
    assert checked_privileges(["admin"]) == {"admin"}
    assert in_order(checked_privileges(["delete", "login", "login"]), PRIVILEGES) == ("login", "delete")
    for bad in ([], ["none", "login"], ["admin", "login"], ["root"], ["read"], [""]):
        with pytest.raises(Invalid, match="privileges"):
            checked_privileges(bad)
    with pytest.raises(Invalid, match="folder privileges"):
        checked_folder_privileges(["login"])
