"""Users of a true LDAP server."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from tests.archive.directories.ldap_server import (
    GROUPS,
    PASSWORD,
    PEOPLE,
    STAFF,
    SUFFIX,
    USER_PASSWORD,
    DirectoryServer,
    guid,
)
from tests.archive.directories.room import Room
from tests.ports import free_port

from postroom.archive.directories.ldap import is_disabled
from postroom.archive.directories.ldap_connection import Entry
from postroom.errors import Denied, Invalid, Unavailable


def reasons(room: Room) -> str:
    return "\n".join(room.log)


def test_people_become_users(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("anna", cn="Anna Hill", mail=["anna@example.com", "a.hill@example.com"])
    ldap.person("printer", mail=None)
    room.configure(ldap.configuration(defaultPrivileges=["login", "export"]))
    synced = room.sync()
    assert synced.created == ("anna",)
    anna = room.users["anna"]
    assert (anna.full_name, anna.addresses) == ("Anna Hill", ("anna@example.com", "a.hill@example.com"))
    assert (anna.distinguished_name, anna.authentication) == (f"uid=anna,{PEOPLE}", "directoryServices")
    assert (anna.privileges, anna.folders) == (("login", "export"), ())
    assert "Ignored: printer: no address" in room.log
    assert room.sync() == type(synced)(False, (), (), (), synced.ignored)


def test_a_dry_run_tells_and_changes_nothing(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("anna")
    room.configure(ldap.configuration())
    before = room.instance.audit.head()
    assert room.sync(dry=True).created == ("anna",)
    assert room.users == {}
    assert room.instance.audit.head() == before
    assert room.log[-1] == "Finished, and nothing was changed: a dry run. 1 created, 0 updated, 0 deleted, 0 ignored."


def test_more_people_than_a_server_gives_at_once_are_read_by_pages(ldap: DirectoryServer, room: Room) -> None:
    for number in range(1203):
        ldap.person(f"user{number:04}")
    room.configure(ldap.configuration())
    assert len(room.sync().created) == 1203
    assert room.events("DirectorySync")[0].details["created"] == 1203


def test_a_renamed_and_moved_entry_is_the_same_user(ldap: DirectoryServer, room: Room) -> None:
    dn = ldap.person("anna", mail="anna@example.com")
    room.configure(ldap.configuration(baseDN=SUFFIX, deleteUsersAutomatically=True))
    room.sync()
    with ldap.writing() as connection:
        connection.modify_dn(dn, "uid=anna.low", new_superior=STAFF)
        connection.modify(f"uid=anna.low,{STAFF}", {"mail": [("MODIFY_REPLACE", ["anna.low@example.com"])]})
    synced = room.sync()
    assert [(change.old_name, change.person.name) for change in synced.changed] == [("anna", "anna.low")]
    assert room.users["anna.low"].addresses == ("anna.low@example.com",)
    assert (synced.created, synced.deleted, [*room.users]) == ((), (), ["anna.low"])


def test_a_vanished_entry_takes_its_user_along_when_that_is_configured(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("anna")
    bob = ldap.person("bob")
    room.configure(ldap.configuration())
    room.sync()
    with ldap.writing() as connection:
        connection.delete(bob)
    assert (room.sync().deleted, [*room.users]) == ((), ["anna", "bob"])
    room.configure(deleteUsersAutomatically=True)
    assert (room.sync().deleted, [*room.users]) == (("bob",), ["anna"])


def test_a_base_that_is_gone_is_no_empty_directory(ldap: DirectoryServer, room: Room) -> None:
    dn = ldap.person("anna")
    room.configure(ldap.configuration(deleteUsersAutomatically=True))
    room.sync()
    with ldap.writing() as connection:
        connection.delete(dn)
        connection.delete(PEOPLE)
    with pytest.raises(Invalid, match="baseDN: expected the name of an entry"):
        room.sync()
    assert [*room.users] == ["anna"]
    assert room.events("DirectorySync")[0].ok is False


def test_who_may_not_read_changes_nothing(ldap: DirectoryServer, room: Room) -> None:
    dn = ldap.person("anna")
    room.configure(ldap.configuration(deleteUsersAutomatically=True))
    room.sync()
    room.configure(userName=dn, password=USER_PASSWORD)  # reads nothing, and no error says so
    with pytest.raises((Invalid, Denied)):
        room.sync()
    room.configure(password="wrong")
    with pytest.raises(Denied, match="refuses userName with its password"):
        room.sync()
    room.configure(userName=None, password="")
    with pytest.raises((Invalid, Denied)):
        room.sync()
    assert [*room.users] == ["anna"]


def test_a_server_that_is_away_changes_nothing(ldap: DirectoryServer, room: Room) -> None:
    room.configure(ldap.configuration(port=free_port()))
    with pytest.raises(Unavailable, match=r"directory server 127\.0\.0\.1 does not answer"):
        room.sync()
    room.configure(ldap.configuration(serverName="127.0.0.9, 127.0.0.1", port=ldap.port, password=PASSWORD))
    ldap.person("anna")
    assert room.sync().created == ("anna",)


@pytest.mark.parametrize("encryption", ["startTls", "ssl"])
def test_tls_is_checked(
    ldap: DirectoryServer, room: Room, encryption: str, tls_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ldap.person("anna")
    port = ldap.tls_port if encryption == "ssl" else ldap.port
    room.configure(ldap.configuration(encryption=encryption, port=port))
    with pytest.raises(Unavailable, match="certificate that is not trusted"):
        room.sync()
    room.configure(ignoreSSLPolicyErrors=True)
    assert room.sync(dry=True).created == ("anna",)
    room.configure(ignoreSSLPolicyErrors=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(tls_folder / "ca.pem"))
    assert room.sync().created == ("anna",)
    assert room.signs_in("anna", USER_PASSWORD)


# Groups


def test_only_members_of_groups_and_of_groups_in_them(ldap: DirectoryServer, room: Room) -> None:
    anna, bob, cora = (ldap.person(name) for name in ("anna", "bob", "cora"))
    inner = ldap.group("inner", bob.upper())
    outer = ldap.group("outer", anna, inner)
    with ldap.writing() as connection:
        connection.modify(inner, {"member": [("MODIFY_ADD", [outer, f"uid=nobody,{PEOPLE}"])]})  # they go round
    ldap.group("others", cora)
    room.configure(ldap.configuration(baseDN=SUFFIX, groupDNs=[f"CN=outer, {GROUPS}"]))
    assert room.sync().created == ("anna", "bob")


def test_a_group_that_is_not_there_is_an_error_and_not_empty(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("anna")
    room.configure(ldap.configuration(groupDNs=f"cn=lost,{GROUPS}"))
    with pytest.raises(Invalid, match="groupDNs: expected the name of a group"):
        room.sync()


def test_groups_of_user_names(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("anna")
    ldap.person("bob")
    dn = f"cn=unix,{GROUPS}"
    with ldap.writing() as connection:
        connection.add(dn, "posixGroup", {"gidNumber": "7", "memberUid": ["bob", "*"]})
    room.configure(ldap.configuration(groupDNs=[dn]))
    assert room.sync().created == ("bob",)


# Active Directory


def test_people_of_active_directory(ldap: DirectoryServer, room: Room) -> None:
    addresses = ["smtp:a.hill@example.com", "SMTP:anna@example.com", "X500:/o=Old/cn=anna", "sip:anna@example.com"]
    ldap.staff("Anna", guid(1), proxyAddresses=addresses, homeMDB="cn=store")
    ldap.staff("Bob", guid(2), mail="bob@example.com", userAccountControl="514")
    ldap.staff("Cora", guid(3), mail="cora@example.com")
    room.configure(ldap.active_directory())
    synced = room.sync()
    assert synced.created == ("anna", "cora")
    assert (room.users["anna"].full_name, room.users["anna"].addresses) == (
        "Anna of Staff", ("anna@example.com", "a.hill@example.com"),
    )  # fmt: skip
    assert "Ignored: bob: the account is disabled in the directory" in room.log
    with room.instance.database.read() as connection:
        keys = [row[0] for row in connection.execute("SELECT entry FROM directory_user ORDER BY entry")]
    assert str(uuid.UUID(bytes_le=guid(1))) in keys


@pytest.mark.parametrize(
    ("control", "disabled"),
    [
        ("514", True),
        ("512", False),
        ("-2147483646", True),
        ("", False),
        ("\u00b2", False),
        ("--2", False),
        ("9" * 5000, False),
    ],
)
def test_an_account_control_that_is_no_number_disables_nobody_and_breaks_nothing(control: str, disabled: bool) -> None:
    entry = Entry("uid=anna", {"useraccountcontrol": [control.encode()]})
    assert is_disabled(entry) is disabled


def test_only_users_with_an_exchange_mailbox(ldap: DirectoryServer, room: Room) -> None:
    ldap.staff("Anna", guid(1), mail="anna@example.com", homeMDB="cn=store")
    ldap.staff("Bob", guid(2), mail="bob@example.com")
    room.configure(ldap.active_directory(onlyExchangeUsers=True))
    assert room.sync().created == ("anna",)


def test_computers_are_no_users(ldap: DirectoryServer, room: Room) -> None:
    with ldap.writing() as connection:
        connection.add(
            f"cn=PC,{STAFF}", ["inetOrgPerson", "user", "computer"],
            {"sn": "pc", "sAMAccountName": "pc$", "mail": "pc@example.com", "objectGUID": guid(9)},
        )  # fmt: skip
    room.configure(ldap.active_directory())
    assert room.sync().created == ()


def test_an_account_that_was_disabled_stays_a_user_and_signs_in_no_more(ldap: DirectoryServer, room: Room) -> None:
    dn = ldap.staff("Anna", guid(1), mail="anna@example.com")
    room.configure(ldap.active_directory(deleteUsersAutomatically=True))
    room.sync()
    assert room.signs_in("anna", USER_PASSWORD, "192.0.2.1")
    with ldap.writing() as connection:
        connection.modify(dn, {"userAccountControl": [("MODIFY_REPLACE", ["514"])]})
    assert room.sync().deleted == ()
    assert not room.signs_in("anna", USER_PASSWORD, "192.0.2.2")


# Directories that lie


def test_huge_entries_are_told_and_left_out(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("long", cn="x" * 500_000)
    ldap.person("many", mail=[f"many{number}@example.com" for number in range(5000)])
    ldap.person("binary", jpegPhoto=b"\xff\xfe")
    ldap.person("anna")
    room.configure(ldap.configuration(emailAttributes=["jpegPhoto", "mail"]))
    synced = room.sync()
    assert synced.created == ("binary", "anna")
    assert room.users["binary"].addresses == ("binary@example.com",)
    assert {row.name for row in synced.ignored} == {"long", "many"}


def test_two_entries_with_one_name_and_one_address(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("anna", mail=["anna@example.com", "INFO@example.com"])
    ldap.person("bob", mail=["bob@example.com", "info@example.com"])
    with ldap.writing() as connection:
        connection.add(f"uid=ANNA,{STAFF}", "inetOrgPerson", {"cn": "x", "sn": "x", "mail": "other@example.com"})
    room.configure(ldap.configuration(baseDN=SUFFIX))
    synced = room.sync()
    assert synced.created == ("anna", "bob")
    assert room.users["bob"].addresses == ("bob@example.com",)
    assert {row.name for row in synced.ignored} == {"ANNA", "bob"}


def test_aliases_and_references_to_other_servers_are_not_followed(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("anna")
    with ldap.writing() as connection:
        connection.add(f"ou=other,{PEOPLE}", ["referral", "extensibleObject"], {"ref": "ldap://192.0.2.1/dc=x"})
        connection.add(f"ou=loop,{PEOPLE}", ["alias", "extensibleObject"], {"aliasedObjectName": PEOPLE})
    room.configure(ldap.configuration())
    assert room.sync().created == ("anna",)
