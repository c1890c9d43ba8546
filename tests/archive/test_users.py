"""Users of an instance, their passwords and rights."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Filter
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.privileges import LOGIN_PRIVILEGES
from postroom.archive.instance.users import Users
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState
from postroom.settings import Passwords as Costs

ADMIN = Actor("admin", "api", "127.0.0.1")
CHEAP = Costs(time_cost=1, memory_kib=1024)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with Instance(tmp_path / "instance.db", Passwords(CHEAP)) as instance:
        yield instance


@pytest.fixture
def users(instance: Instance) -> Users:
    instance.users.create("Anna", ["login"], ADMIN, password="secret")
    return instance.users


def names(users: Users) -> list[str]:
    return [user.name for user in users.all()]


def test_the_first_start_makes_admin_with_a_password_everybody_knows(instance: Instance) -> None:
    account = instance.users.authenticate("admin", "admin")
    assert account is not None
    assert account.is_admin
    assert account.default_password
    instance.users.set_password("admin", "", ADMIN)
    assert instance.users.account("admin").default_password
    instance.users.set_password("admin", "better", ADMIN)
    assert not instance.users.account("admin").default_password


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with Instance(tmp_path / "instance.db", Passwords(CHEAP)) as instance:
            assert len(instance.audit.entries(Filter(events=["UserCreate"]))) == 1
            assert names(instance.users) == ["admin"]


def test_a_new_user_has_all_doors_and_no_archive(users: Users) -> None:
    anna = users.get("anna")
    assert anna.name == "Anna"
    assert (anna.full_name, anna.distinguished_name, anna.authentication) == (None, None, "integrated")
    assert (anna.addresses, anna.pop3_names, anna.folders) == ((), (), ())
    assert anna.privileges == ("login",)
    assert anna.login_privileges == LOGIN_PRIVILEGES
    assert anna.primary_address is None


def test_everything_given_at_creation_is_kept(users: Users) -> None:
    bob = users.create(
        "bob", ["export", "login"], ADMIN, full_name=" Bob Hill ", distinguished_name="CN=Bob", password="x",
        authentication="directoryServices", login_privileges=["api", "web"],
    )  # fmt: skip
    assert bob == users.get("BOB")
    assert (bob.full_name, bob.distinguished_name) == ("Bob Hill", "CN=Bob")
    assert (bob.privileges, bob.login_privileges) == (("login", "export"), ("web", "api"))
    assert bob.authentication == "directoryServices"


@pytest.mark.parametrize("name", ["anna", "ANNA", "A\u006ena"])
def test_a_name_is_taken_whatever_its_case(users: Users, name: str) -> None:
    with pytest.raises(AlreadyExists, match="'Anna'"):
        users.create(name, ["none"], ADMIN)
    assert names(users) == ["admin", "Anna"]


def test_bad_values_create_nothing(users: Users) -> None:
    for privileges, more in (
        (["root"], {}),
        (["login"], {"authentication": "magic"}),
        (["login"], {"full_name": "a\nb"}),
    ):
        with pytest.raises(Invalid):
            users.create("bob", privileges, ADMIN, **more)
    with pytest.raises(Invalid, match="login privileges"):
        users.create("bob", ["login"], ADMIN, login_privileges=["telnet"])
    assert names(users) == ["admin", "Anna"]


def test_users_come_in_pages_by_name(users: Users) -> None:
    for name in ("Émile", "bob", "Zoë", "carl"):
        users.create(name, ["none"], ADMIN)
    everybody = ["admin", "Anna", "bob", "carl", "Zoë", "Émile"]
    assert names(users) == everybody
    paged: list[str] = []
    while page := users.all(after=paged[-1] if paged else "", limit=4):
        paged += [user.name for user in page]
    assert paged == everybody


def test_only_the_right_password_authenticates(users: Users) -> None:
    account = users.authenticate("ANNA", "secret")
    assert account is not None
    assert account.name == "Anna"
    for name, password in (("anna", "Secret"), ("anna", ""), ("bob", "secret"), ("", ""), ("\ud800", "\ud800")):
        assert users.authenticate(name, password) is None
    assert users.authenticate("anna", "x" * 10_000) is None


def test_a_user_without_password_or_of_a_directory_does_not_authenticate(users: Users) -> None:
    users.create("bob", ["login"], ADMIN)
    assert users.authenticate("bob", "") is None
    users.set_authentication("anna", "directoryServices", ADMIN)
    assert users.authenticate("anna", "secret") is None
    users.set_authentication("anna", "integrated", ADMIN)
    assert users.authenticate("anna", "secret") is not None


def test_a_remembered_password_ends_with_its_change_and_with_the_user(users: Users) -> None:
    assert users.authenticate("anna", "secret", ADMIN)
    assert users.authenticate("anna", "secret", ADMIN)
    assert users.authenticate("anna", "wrong", ADMIN) is None
    users.set_password("anna", "other", ADMIN)
    assert users.authenticate("anna", "secret", ADMIN) is None
    assert users.authenticate("anna", "other", ADMIN)
    users.delete("anna", ADMIN)
    assert users.authenticate("anna", "other", ADMIN) is None
    users.create("anna", ["login"], ADMIN, password="other")
    account = users.authenticate("anna", "other", ADMIN)
    assert account is not None


def test_rights_taken_away_are_gone_though_the_password_is_remembered(users: Users) -> None:
    assert users.authenticate("anna", "secret", ADMIN)
    users.set_privileges("anna", ["none"], ADMIN)
    account = users.authenticate("anna", "secret", ADMIN)
    assert account is not None
    assert not account.may_login("api")


def test_signing_in_is_logged_once_per_door_until_verified_anew_and_failing_always(instance: Instance) -> None:
    for client in ("api", "api", "web"):
        instance.users.authenticate("admin", "admin", Actor("", client, "192.0.2.1"))
    for _ in range(2):
        instance.users.authenticate("eve", "admin", Actor("", "api", "192.0.2.1"))
    seen = [(e.user, e.client, e.ok) for e in instance.audit.entries(Filter(events=["UserLogin"]))]
    assert seen == [("eve", "api", False)] * 2 + [("admin", "web", True), ("admin", "api", True)]


def test_a_hash_of_yesterdays_costs_is_renewed_at_the_next_login(tmp_path: Path) -> None:
    with Instance(tmp_path / "instance.db", Passwords(CHEAP)) as instance:
        instance.users.set_password("admin", "better", ADMIN)
    dearer = Passwords(Costs(time_cost=2, memory_kib=2048))
    with Instance(tmp_path / "instance.db", dearer) as instance:
        for _ in range(2):
            assert instance.users.authenticate("admin", "better")
    only_new = Passwords(Costs(time_cost=2, memory_kib=2048))
    with Instance(tmp_path / "instance.db", only_new) as instance, instance.users._database.read() as connection:
        stored = connection.execute("SELECT password FROM user").fetchone()[0]
    assert not only_new.outdated(stored)
    assert "t=2" in stored


def test_renaming_keeps_everything_but_the_name(users: Users) -> None:
    users.set_addresses("anna", ["anna@example.com"], ADMIN)
    users.set_folder_privileges("anna", "Anna", ["read"], ADMIN)
    users.rename("anna", "Anne", ADMIN)
    anne = users.get("anne")
    assert (anne.addresses, anne.folders) == (("anna@example.com",), (("Anna", ("read",)),))
    assert users.authenticate("anne", "secret")
    with pytest.raises(NotFound):
        users.get("anna")
    users.rename("anne", "ANNE", ADMIN)
    assert users.get("anne").name == "ANNE"
    with pytest.raises(AlreadyExists):
        users.rename("anne", "Admin", ADMIN)
    with pytest.raises(Invalid):
        users.rename("anne", "a/b", ADMIN)


def test_an_address_belongs_to_one_user(users: Users) -> None:
    users.set_addresses("anna", ["Anna@Example.com", "a.fox@example.com", "anna@example.com"], ADMIN)
    assert users.get("anna").addresses == ("Anna@Example.com", "a.fox@example.com")
    assert users.get("anna").primary_address == "Anna@Example.com"
    assert users.owner_of(" A.FOX@example.com") == "Anna"
    assert users.owner_of("bob@example.com") is None
    with pytest.raises(Invalid, match=r"'ANNA@example.com' belongs to the user 'Anna'"):
        users.set_addresses("admin", ["root@example.com", "ANNA@example.com"], ADMIN)
    assert users.get("admin").addresses == ()
    users.set_addresses("anna", ["a.fox@example.com"], ADMIN)
    users.set_addresses("admin", ["ANNA@example.com"], ADMIN)
    users.set_addresses("anna", [], ADMIN)
    assert users.get("anna").addresses == ()


def test_a_pop3_name_belongs_to_one_user(users: Users) -> None:
    users.set_pop3_names("anna", ["anna-pop", " a.fox@example.com "], ADMIN)
    assert users.get("anna").pop3_names == ("anna-pop", "a.fox@example.com")
    with pytest.raises(Invalid, match="belongs to the user 'Anna'"):
        users.set_pop3_names("admin", ["ANNA-POP"], ADMIN)


def test_texts_are_set_and_removed(users: Users) -> None:
    users.set_full_name("anna", "Anna Fox", ADMIN)
    users.set_distinguished_name("anna", "CN=Anna Fox,DC=example", ADMIN)
    assert (users.get("anna").full_name, users.get("anna").distinguished_name) == ("Anna Fox", "CN=Anna Fox,DC=example")
    users.set_full_name("anna", None, ADMIN)
    users.set_distinguished_name("anna", "", ADMIN)
    assert (users.get("anna").full_name, users.get("anna").distinguished_name) == (None, None)


def test_rights_on_archives_are_replaced_removed_and_cleared(users: Users) -> None:
    users.set_folder_privileges("anna", "sales", ["write", "read"], ADMIN)
    users.set_folder_privileges("anna", "anna", ["read"], ADMIN)
    assert users.get("anna").folders == (("anna", ("read",)), ("sales", ("read", "write")))
    assert users.account("anna").may_write("Sales")
    users.set_folder_privileges("anna", "SALES", ["read"], ADMIN)
    assert users.get("anna").folders == (("anna", ("read",)), ("SALES", ("read",)))
    users.set_folder_privileges("anna", "sales", ["none"], ADMIN)
    assert users.get("anna").folders == (("anna", ("read",)),)
    users.set_folder_privileges_on("anna", ["x", "@catchall"], ["read"], ADMIN)
    users.clear_folder_privileges("anna", ADMIN)
    assert users.get("anna").folders == ()


def test_rights_are_given_on_first_level_folders_only(users: Users) -> None:
    for folder in ("anna/Inbox", "", ".."):
        with pytest.raises(Invalid, match="folder"):
            users.set_folder_privileges("anna", folder, ["read"], ADMIN)


def test_a_deleted_user_leaves_no_rights_to_the_next_of_that_name(users: Users) -> None:
    users.set_folder_privileges("anna", "sales", ["read"], ADMIN)
    users.set_addresses("anna", ["anna@example.com"], ADMIN)
    users.delete("anna", ADMIN)
    users.create("anna", ["login"], ADMIN)
    assert users.get("anna").folders == ()
    assert users.get("anna").addresses == ()
    assert users.authenticate("anna", "secret") is None


def test_nobody_deletes_themselves(users: Users) -> None:
    with pytest.raises(WrongState, match="own user"):
        users.delete("ADMIN", ADMIN)


def test_the_last_administrator_stays_one(users: Users) -> None:
    anna = Actor("Anna")
    before = users.get("admin")
    with pytest.raises(WrongState, match="administrator must remain"):
        users.delete("admin", anna)
    with pytest.raises(WrongState, match="administrator must remain"):
        users.set_privileges("admin", ["login"], anna)
    with pytest.raises(WrongState, match="administrator must remain"):
        users.set_authentication("admin", "directoryServices", anna)
    with pytest.raises(WrongState, match="administrator must remain"):
        users.set_login_privileges("admin", ["imap"], anna)
    assert users.get("admin") == before
    users.set_privileges("anna", ["admin"], ADMIN)
    users.delete("admin", anna)
    assert names(users) == ["Anna"]


@pytest.mark.parametrize(
    "call",
    ["get", "account", "delete", "rename", "set_full_name", "set_distinguished_name", "set_authentication",
     "set_password", "set_addresses", "set_pop3_names", "set_privileges", "set_login_privileges",
     "set_folder_privileges", "clear_folder_privileges"],
)  # fmt: skip
def test_an_unknown_user_is_not_found(users: Users, call: str) -> None:
    values: dict[str, list[object]] = {
        "rename": ["cora"], "set_full_name": ["B"], "set_distinguished_name": ["B"],
        "set_authentication": ["integrated"], "set_password": ["x"], "set_addresses": [[]], "set_pop3_names": [[]],
        "set_privileges": [["none"]], "set_login_privileges": [["none"]], "set_folder_privileges": ["a", ["read"]],
    }  # fmt: skip
    by = [] if call in ("get", "account") else [ADMIN]
    with pytest.raises(NotFound, match="no user 'bob'"):
        getattr(users, call)("bob", *values.get(call, []), *by)


def test_every_change_is_logged_with_who_did_it_and_without_the_password(instance: Instance, users: Users) -> None:
    users.set_password("anna", "hunter2", ADMIN)
    users.set_privileges("anna", ["admin"], ADMIN)
    users.set_folder_privileges("anna", "sales", ["read"], ADMIN)
    with pytest.raises(Invalid):
        users.set_privileges("anna", ["root"], ADMIN)
    log = instance.audit.entries(Filter(user="admin"))
    assert [entry.event for entry in log] == [
        events.USER_SET_FOLDER_PRIVILEGES.name, events.USER_SET_PRIVILEGES.name, events.USER_SET_PASSWORD.name,
        events.USER_CREATE.name,
    ]  # fmt: skip
    assert {(entry.target, entry.client, entry.address) for entry in log} == {("Anna", "api", "127.0.0.1")}
    assert log[1].details == {"before": "login", "now": "admin"}
    assert log[0].details == {"archive": "sales", "now": "read"}
    assert "hunter2" not in str(log)
