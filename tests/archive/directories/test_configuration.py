"""The configuration: what is taken, kept and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.archive.directories.room import ADMIN, Room

from postroom.archive.directories.ldap_checks import checked_filter
from postroom.errors import Invalid, WrongState

SECRET = "Secret-of-the-reader"
LDAP = {
    "type": "ldapGeneric", "serverName": "ldap.example.com", "baseDN": "dc=example,dc=com",
    "userName": "cn=reader,dc=example,dc=com", "password": SECRET,
}  # fmt: skip


def shown(room: Room) -> dict[str, Any]:
    return room.directories.configuration.shown()


def test_at_first_there_is_none(room: Room) -> None:
    assert shown(room) == {
        "type": "none", "deleteUsersAutomatically": False, "defaultPrivileges": ["login"], "userNameFormat": "userName",
    }  # fmt: skip
    with pytest.raises(WrongState, match="No directory is configured"):
        room.sync()


def test_what_is_shown_is_a_template_and_the_password_stays(room: Room) -> None:
    room.configure(LDAP)
    template = shown(room)
    assert template["password"] is None
    assert (template["encryption"], template["userNameAttribute"], template["groupDNs"]) == ("ssl", "uid", [])
    room.configure(template, port=1636)
    assert shown(room) == {**template, "port": 1636}
    assert room.directories.configuration.get().details.text("password") == SECRET


def test_keys_and_values_are_taken_in_any_case_and_flags_in_any_form(room: Room) -> None:
    room.configure(
        {"TYPE": "LDAPgeneric", "servername": "a.example.com", "BaseDn": "dc=example", "ENCRYPTION": "STARTTLS"}
    )
    room.configure(DeleteUsersAutomatically="1", port="389", defaultprivileges="Login,Export")
    now = shown(room)
    assert (now["type"], now["serverName"], now["encryption"]) == ("ldapGeneric", "a.example.com", "startTls")
    assert (now["deleteUsersAutomatically"], now["port"]) == (True, 389)
    assert room.directories.configuration.get().privileges == ("login", "export")


def test_missing_keys_keep_their_values_unless_the_type_changes(room: Room) -> None:
    room.configure(LDAP, deleteUsersAutomatically=True)
    room.configure(port=1636)
    assert shown(room)["deleteUsersAutomatically"] is True
    room.configure(type="imap", host="imap.example.com")
    assert shown(room)["deleteUsersAutomatically"] is False
    with pytest.raises(Invalid, match="serverName"):
        room.configure(type="ldapGeneric")


def test_a_kept_password_is_not_sent_to_another_server(room: Room) -> None:
    room.configure(LDAP)
    with pytest.raises(Invalid, match="password: expected the password once more"):
        room.configure(serverName="elsewhere.example.com", password=None)
    room.configure(serverName="LDAP.example.com")
    room.configure(serverName="elsewhere.example.com", password="another")
    assert room.directories.configuration.get().details.text("password") == "another"


def test_it_outlives_a_restart_and_the_password_is_nowhere_in_clear(room: Room, tmp_path: Path) -> None:
    room.configure(LDAP)
    with Room(tmp_path / "instance.db") as again:
        assert shown(again) == shown(room)
        assert again.directories.configuration.get().details.text("password") == SECRET
    assert not any(SECRET.encode() in path.read_bytes() for path in tmp_path.iterdir())


def test_changes_are_logged_without_secrets(room: Room) -> None:
    room.configure(LDAP)
    room.configure(deleteUsersAutomatically=True, password="another")
    room.configure(deleteUsersAutomatically=True)
    first, second = room.events("ConfigurationUpdate")[::-1]
    assert first.target == "directory services"
    assert first.details["type"] == {"before": "none", "now": "ldapGeneric"}
    assert second.details == {"password": "***", "deleteUsersAutomatically": {"before": False, "now": True}}
    room.configure(
        type="applicationIntegration", connectionString=f"postgresql://u:{SECRET}@db.example.com/x",
        selectStatement="SELECT a AS userName FROM t",
    )  # fmt: skip
    assert SECRET not in repr(room.instance.audit.entries(limit=1000))
    assert SECRET not in repr(room.directories.configuration.get())


SQL = {"type": "applicationIntegration", "connectionString": "mysql://user:word@host/name"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"type": "novell"}, "type: expected one of none, activeDirectory"),
        ({"type": 5}, "type"),
        ({"type": "googleWorkspace"}, "type: expected ldapGeneric on its Secure LDAP service"),
        ({"type": "kerio"}, "type: expected ldapGeneric on its LDAP service"),
        ({"type": "MDaemon"}, "type"),
        ({"type": "icewarp"}, "type"),
        ({"servername": "x y"}, "serverName"),
        ({"serverName": "ldap://x"}, "serverName"),
        ({"serverName": ""}, "serverName"),
        ({"server": "x"}, "server: expected a key of this type, such as serverName"),
        ({"port": 0}, "port"),
        ({"port": "x"}, "port"),
        ({"encryption": "tls"}, "encryption: expected one of none, startTls, ssl"),
        ({"ignoreSSLPolicyErrors": "maybe"}, "ignoreSSLPolicyErrors"),
        ({"baseDN": "example.com"}, "baseDN"),
        ({"baseDN": None}, "baseDN"),
        ({"password": ""}, "password: expected the password of userName"),
        ({"password": ["x"]}, "password"),
        ({"userFilter": "(uid=*))(objectClass=*"}, "userFilter"),
        ({"userFilter": "(uid=a)(uid=b)"}, "userFilter"),
        ({"userFilter": "x"}, "userFilter"),
        ({"groupDNs": ["cn=a,dc=b", "nothing"]}, "groupDNs"),
        ({"groupDNs": 5}, "groupDNs"),
        ({"userNameAttribute": "uid)(x=*"}, "userNameAttribute"),
        ({"emailAttributes": ["mail", "a b"]}, "emailAttributes"),
        ({"authenticationHost": "http://x"}, "authenticationHost"),
        ({"defaultPrivileges": ["admin"]}, "defaultPrivileges"),
        ({"defaultPrivileges": ["none", "login"]}, "defaultPrivileges"),
        ({"userNameFormat": "both"}, "userNameFormat"),
        ({"type": "imap"}, "host"),
        ({"type": "microsoft365"}, "credentialID"),
        ({"type": "applicationIntegration"}, "connectionString"),
        ({**SQL, "connectionString": "sqlite:////etc/passwd"}, "connectionString"),
        ({**SQL, "connectionString": "mysql://u:p@h/d?read_default_file=/x"}, "connectionString"),
        ({**SQL, "connectionString": "nonsense"}, "connectionString"),
        (SQL, "selectStatement"),
        ({**SQL, "selectStatement": "DELETE FROM t"}, "selectStatement"),
        ({**SQL, "selectStatement": "SELECT 1; DROP TABLE t"}, "selectStatement"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_changes_nothing(room: Room, change: dict[str, object], named: str) -> None:
    room.configure(LDAP)
    before, log = shown(room), room.instance.audit.head()
    with pytest.raises(Invalid) as raised:
        room.configure(change)
    assert str(raised.value).startswith(named)
    assert (shown(room), room.instance.audit.head()) == (before, log)


@pytest.mark.parametrize(
    "text", ["(a=b)", "a=b", "(&(a=b)(|(c=d)(e=f*g)))", "(!(a=\\28))", "(memberOf:1.2.840.113556.1.4.1941:=cn=x,dc=y)"]
)
def test_filters_that_directories_know(text: str) -> None:
    assert checked_filter("userFilter", text).startswith("(")


def test_one_text_is_one_group(room: Room) -> None:
    room.configure(LDAP, groupDNs="cn=a,ou=groups,dc=example")
    assert shown(room)["groupDNs"] == ["cn=a,ou=groups,dc=example"]


def test_a_lost_key_file_is_got_over_by_giving_the_password_again(room: Room, tmp_path: Path) -> None:
    room.configure(LDAP)
    (tmp_path / "secrets.key").unlink()
    room.configure(password="another")
    assert room.directories.configuration.get().details.text("password") == "another"


def test_the_credential_it_uses_is_not_deleted(room: Room) -> None:
    settings = {"tenant": "example.com", "applicationId": "x", "clientSecret": "y"}
    number = room.instance.credentials.create("app", "microsoft365", settings, ADMIN)
    room.configure(type="microsoft365", credentialID=number)
    with pytest.raises(WrongState, match="used by directory services"):
        room.instance.credentials.delete(number, ADMIN)
    room.configure(type="none")
    room.instance.credentials.delete(number, ADMIN)
