"""What is written for Postfix and Dovecot, and who may read it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from urllib.parse import unquote

import pytest

from postroom.accounts.mailconfig import templates
from postroom.accounts.mailconfig.files import files, write
from postroom.accounts.mailconfig.places import ConfigFile, Places
from postroom.accounts.mailconfig.postfix import LDAP_TABLES, SQL_TABLES
from postroom.errors import Invalid, Unavailable
from postroom.settings import Accounts, Policy, Settings

HOME = Path("/srv/postroom")
SECRET, LDAP_SECRET = "s3cr3t@:/%", "directory secret"
URL = "{kind}://reader:s3cr3t%40%3A%2F%25@db.test/{name}"
POSTGRESQL = Accounts(backend="postgresql", vmail_url=URL.format(kind="postgresql", name="vmail"))
MARIADB = Accounts(backend="mariadb", vmail_url=URL.format(kind="mysql", name="vmail"))
LDAP = Accounts(
    backend="ldap",
    ldap_reader_password=LDAP_SECRET,
    iredadmin_url=URL.format(kind="postgresql", name="iredadmin"),
)
BACKENDS = {"sqlite": Accounts(), "postgresql": POSTGRESQL, "mariadb": MARIADB, "ldap": LDAP}


def made(accounts: Accounts, policy: Policy | None = None, places: Places | None = None) -> dict[str, ConfigFile]:
    settings = Settings(accounts=accounts, policy=policy or Policy())
    return {file.name: file for file in files(settings, HOME, places)}


@pytest.fixture(params=BACKENDS)
def accounts(request: pytest.FixtureRequest) -> Accounts:
    return BACKENDS[request.param]


def test_no_hole_of_a_template_is_left(accounts: Accounts) -> None:
    assert [file.name for file in made(accounts).values() if "<<" in file.text or ">>" in file.text] == []


def test_every_file_that_is_named_is_there(accounts: Accounts) -> None:
    found = made(accounts)
    named = {
        name.removeprefix("/etc/")
        for file in found.values()
        for name in re.findall(r"/etc/(?:postfix|dovecot)/postroom/[\w.-]+", file.text)
    }
    assert named == {name for name in found if not name.endswith(("/main.cf", "/master.cf"))}


def test_passwords_are_only_in_files_of_root_and_one_group(accounts: Accounts) -> None:
    with_password = {
        name: (file.mode, file.owner)
        for name, file in made(accounts).items()
        if SECRET in file.text or LDAP_SECRET in file.text
    }
    assert set(with_password.values()) <= {(0o640, "root:postfix"), (0o640, "root:dovecot")}
    assert bool(with_password) == (accounts.backend != "sqlite")


@pytest.mark.parametrize("dialect", ["sqlite", "pgsql", "mysql"])
def test_every_query_is_of_one_dialect(dialect: templates.Dialect) -> None:
    for name in ("postfix.sql", "dovecot.sql"):
        for query in templates.queries(name, dialect).values():
            text = "\n".join(query.lines)
            assert "--" not in text
            assert ("CONCAT(" in text, "`" in text) <= (dialect == "mysql",) * 2
            assert "||" not in text or dialect != "mysql"


def test_every_table_has_a_query_and_every_query_a_table() -> None:
    in_order = [name for names in SQL_TABLES.values() for name in names]
    assert sorted(in_order) == sorted(templates.queries("postfix.sql", "pgsql"))
    searches = [name for names in LDAP_TABLES.values() for name in names]
    assert sorted([*searches, "working"]) == sorted(templates.searches("postfix.ldap", {"domains": ""}))


def test_aliases_are_asked_before_the_catchall(accounts: Accounts) -> None:
    main = made(accounts)["postfix/postroom/main.cf"].text
    whole = main.partition("virtual_alias_maps = ")[2].partition("virtual_transport")[0]
    asked = re.findall(r"aliases[\w-]*(?=\.cf)", whole)
    assert asked[0] == "aliases"
    assert [name for name in asked if "catchall" in name] == asked[-2 if accounts.backend != "ldap" else -1 :]


def test_postfix_asks_the_policy_service_only_when_it_is_enabled(accounts: Accounts) -> None:
    without = made(accounts)["postfix/postroom/main.cf"].text
    assert "7777" not in without
    assert "smtpd_end_of_data_restrictions" not in without
    policy = Policy(enabled=True, host="::", port=7001, fail_open=False)
    asked = made(accounts, policy)["postfix/postroom/main.cf"].text
    assert asked.count("check_policy_service { inet:[::1]:7001 }") == 2
    lines = [line.strip() for line in asked.partition("smtpd_recipient_restrictions =")[2].splitlines()]
    assert lines[1:3] == ["reject_unlisted_recipient", "check_policy_service { inet:[::1]:7001 }"]


def test_a_policy_service_that_lets_mail_pass_may_be_away() -> None:
    main = made(POSTGRESQL, Policy(enabled=True))["postfix/postroom/main.cf"].text
    assert main.count("check_policy_service { inet:127.0.0.1:7777, default_action=DUNNO }") == 2


def test_readers_connect_as_their_own_user_when_there_is_one() -> None:
    own = Accounts(
        backend="postgresql", vmail_url="postgresql://writer:w@db/vmail", mail_server_url="postgresql://r:x@db/vmail"
    )
    assert "user = r\npassword = x\n" in made(own)["postfix/postroom/aliases.cf"].text
    assert (
        "bind_dn = cn=vmail,dc=example,dc=com\nbind_pw = directory secret\n"
        in made(LDAP)["postfix/postroom/aliases.cf"].text
    )
    bare = Accounts(backend="ldap", ldap_bind_password="w")
    assert "bind_dn = cn=vmailadmin,dc=example,dc=com\nbind_pw = w\n" in made(bare)["postfix/postroom/aliases.cf"].text


def test_without_a_database_dovecot_counts_by_itself() -> None:
    found = made(Accounts(backend="ldap", ldap_bind_password="w"))
    assert "dovecot/postroom/used-quota.conf.ext" not in found
    main = found["dovecot/postroom/dovecot.conf"].text
    assert "quota = count:user" in main
    assert "last_login" not in main


def test_a_connection_to_the_directory_has_tls_where_the_setting_says_so(tmp_path: Path) -> None:
    accounts = Accounts(backend="ldap", ldap_bind_password="w", ldap_starttls=True, ldap_ca_file=Path("/ca.pem"))
    found = made(accounts)
    table, users = found["postfix/postroom/aliases.cf"].text, found["dovecot/postroom/users.conf.ext"].text
    assert "start_tls = yes\ntls_require_cert = yes\ntls_ca_cert_file = /ca.pem\n" in table
    assert "tls = yes\ntls_ca_cert_file = /ca.pem\ntls_require_cert = demand\n" in users


@pytest.mark.parametrize("password", ["two%20words", "q%27uote", "back%5Cslash", "ha%23sh", "new%0Aline"])
def test_a_password_that_dovecot_cannot_read_is_refused_without_being_told(password: str) -> None:
    accounts = Accounts(backend="postgresql", vmail_url=f"postgresql://u:{password}@db/vmail")
    with pytest.raises(Invalid, match=r"accounts\.vmail_url") as raised:
        made(accounts)
    assert unquote(password) not in str(raised.value)


def test_a_local_database_is_reached_by_its_socket() -> None:
    accounts = Accounts(backend="postgresql", vmail_url="postgresql://u:p@/vmail?host=/run/postgresql")
    found = made(accounts)
    assert "hosts = unix:/run/postgresql\n" in found["postfix/postroom/aliases.cf"].text
    assert "connect = host=/run/postgresql " in found["dovecot/postroom/users.conf.ext"].text


def test_files_are_written_with_their_modes_whatever_the_umask(accounts: Accounts, tmp_path: Path) -> None:
    os.umask(0o077)
    wanted = made(accounts, places=Places(etc=tmp_path / "etc"))
    for _ in range(2):  # a repeat replaces them
        paths = write(wanted.values(), tmp_path / "etc")
    for path, file in zip(paths, wanted.values(), strict=True):
        assert path.read_text() == file.text
        assert stat.S_IMODE(path.stat().st_mode) == file.mode
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755
    assert sorted(found.name for found in (tmp_path / "etc").rglob("*.new")) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "etc").write_text("a file")
    with pytest.raises(Unavailable, match="cannot be written"):
        write(made(POSTGRESQL).values(), tmp_path / "etc")
