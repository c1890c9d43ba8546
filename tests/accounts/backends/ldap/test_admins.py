"""Standalone admins as entries."""

from __future__ import annotations

from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.suites.accounts.world import CREATED, HASH

from postroom.accounts.model import AdminChange


def test_an_admin_has_the_attributes_of_the_tree(world: LdapWorld) -> None:
    world.admin(
        "root@admins.test",
        name="Root",
        language="de_DE",
        create_domains=True,
        max_domains=3,
        max_quota=2,
        quota_unit="GB",
        hide_mail_log=True,
        hide_quarantine=True,
    )
    entry = world.entry(world.ldap.tree.admin("root@admins.test"))
    assert {name: entry.first(name) for name in ("cn", "preferredLanguage", "accountStatus", "userPassword")} == {
        "cn": "Root",
        "preferredLanguage": "de_DE",
        "accountStatus": "active",
        "userPassword": HASH,
    }
    assert set(entry.all("disabledService")) == {"view_mail_log", "manage_quarantined_mails"}
    assert set(entry.all("accountSetting")) == {
        "create_new_domains:yes", "create_max_domains:3", "create_max_quota:2", "create_quota_unit:GB",
    }  # fmt: skip
    assert "domainadmin" in entry.all("enabledService")
    with world.look() as directory:
        standing = directory.standing("root@admins.test")
        profile = directory.admin("root@admins.test")
    assert standing is not None
    assert standing.creator is not None
    assert standing.creator.quota_mb == 2048
    assert profile["accountSetting"]["create_max_domains"] == 3
    assert profile["managed_domains"] == []


def test_what_is_hidden_can_be_shown_again(world: LdapWorld) -> None:
    admin = world.admin("root@admins.test", hide_mail_log=True, hide_quarantine=True, global_admin=True)
    with world.change() as directory:
        directory.update_admin(admin, AdminChange(hide_mail_log=False, global_admin=False, name="", active=False))
    entry = world.entry(world.ldap.tree.admin(admin))
    assert entry.all("disabledService") == ("manage_quarantined_mails",)
    assert not entry.all("domainGlobalAdmin")
    assert not entry.all("cn")
    assert entry.first("accountStatus") == "disabled"


def test_a_new_password_tells_its_day(world: LdapWorld) -> None:
    admin = world.admin("root@admins.test")
    old = int(world.entry(world.ldap.tree.admin(admin)).first("shadowLastChange"))
    assert old == CREATED.toordinal() - CREATED.replace(1970, 1, 1).toordinal()
    with world.change() as directory:
        directory.update_admin(admin, AdminChange(password_hash="{SSHA}new"))
    entry = world.entry(world.ldap.tree.admin(admin))
    assert entry.all("userPassword") == ("{SSHA}new",)
    assert int(entry.first("shadowLastChange")) > old
