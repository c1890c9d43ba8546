"""Everything that can be set can be read back equal; what an empty value clears is cleared."""

from __future__ import annotations

from typing import Any

import pytest
from tests.faces.iredadmin.conftest import CREATOR, DOMAIN_ADMIN, GLOBAL, Caller, World

from iredadmin.contract import ROUTES

DOMAIN = "/domain/one.test"
USER = "/user/plain@one.test"

# parameter → (sent, key of the profile, read back)
DOMAIN_VALUES: dict[str, tuple[str, str, Any]] = {
    "name": ("Ünïcode & 'quotes' \"%_\\", "description", "Ünïcode & 'quotes' \"%_\\"),
    "quota": ("2048", "maxquota", 2048),
    "defaultQuota": ("100", "account_settings.default_user_quota", 100),
    "maxUserQuota": ("200", "account_settings.max_user_quota", 200),
    "numberOfUsers": ("20", "mailboxes", 20),
    "numberOfAliases": ("-1", "aliases", -1),
    "numberOfLists": ("40", "maillists", 40),
    "language": ("de_DE", "account_settings.default_language", "de_DE"),
    "transport": ("smtp:[192.0.2.1]:25", "transport", "smtp:[192.0.2.1]:25"),
    "senderBcc": ("Copies@Elsewhere.test", "sender_bcc", "copies@elsewhere.test"),
    "recipientBcc": ("copies@one.test", "recipient_bcc", "copies@one.test"),
    "accountStatus": ("disabled", "active", 0),
    "minPasswordLength": ("10", "account_settings.min_passwd_length", 10),
    "maxPasswordLength": ("64", "account_settings.max_passwd_length", 64),
    "catchall": ("b@elsewhere.test, a@one.test,nonsense", "catchall", ["a@one.test", "b@elsewhere.test"]),
    "outboundRelay": ("smtp:[192.0.2.1]:587", "outbound_relay", "smtp:[192.0.2.1]:587"),
    "aliasDomains": ("one.alias.test,two.alias.test", "alias_domains", ["one.alias.test", "two.alias.test"]),
    "addAliasDomain": ("extra.test", "alias_domains", ["extra.test"]),
    "services": ("self-service", "account_settings.enabled_services", ["self-service"]),
    "addService": ("self-service", "account_settings.enabled_services", ["self-service"]),
    "disableDomainProfile": ("bcc,relay,nonsense", "account_settings.disabled_domain_profiles", ["bcc", "relay"]),
    "disableUserProfile": ("aliases", "account_settings.disabled_user_profiles", ["aliases"]),
    "disableUserPreference": ("wblist", "account_settings.disabled_user_preferences", ["wblist"]),
}
USER_VALUES: dict[str, tuple[str, str, Any]] = {
    "name": ("Ann\u00e4 O'Neill %_\\", "name", "Ann\u00e4 O'Neill %_\\"),
    "gn": ("Anna", "first_name", "Anna"),
    "sn": ("O'Neill", "last_name", "O'Neill"),
    "quota": ("512", "quota", 512),
    "accountStatus": ("disabled", "active", 0),
    "language": ("fr_FR", "language", "fr_FR"),
    "transport": ("lmtp:unix:private/other", "transport", "lmtp:unix:private/other"),
    "employeeid": ("E-17", "employeeid", "E-17"),
    "isGlobalAdmin": ("yes", "isglobaladmin", 1),
    "forwarding": ("b@elsewhere.test,plain@one.test", "forwardings", ["b@elsewhere.test", "plain@one.test"]),
    "addForwarding": ("b@elsewhere.test", "forwardings", ["b@elsewhere.test", "plain@one.test"]),
    "senderBcc": ("copies@elsewhere.test", "sender_bcc", "copies@elsewhere.test"),
    "recipientBcc": ("copies@elsewhere.test", "recipient_bcc", "copies@elsewhere.test"),
    "aliases": ("p1@one.test,p2@one.test,admin@one.test,x@two.test", "aliases", ["p1@one.test", "p2@one.test"]),
    "addAlias": ("p3@one.test", "aliases", ["p3@one.test"]),
    "services": ("imap", "enableimap", 1),
    "addService": ("sogo", "enablesogo", 1),
    "removeService": ("pop3", "enablepop3", 0),
    "mailboxFormat": ("mdbox", "mailboxformat", "mdbox"),
    "mailboxFolder": ("Mail", "mailboxfolder", "Mail"),
    "maildir": ("/srv/mail/node/One.test/plain", "maildir", "one.test/plain"),
}
CLEARED = {
    "senderBcc": ("sender_bcc", ""),
    "recipientBcc": ("recipient_bcc", ""),
    "catchall": ("catchall", []),
    "outboundRelay": ("outbound_relay", ""),
    "aliasDomains": ("alias_domains", []),
}
NOT_READABLE = {"password", "password_hash", "telephoneNumber", "mobile"}
OPPOSITES = {"removeAliasDomain", "removeService", "enableDomainProfile", "enableUserProfile", "enableUserPreference",
             "removeForwarding", "removeAlias", "is_backupmx", "primarymx"}  # fmt: skip


def at(profile: dict[str, Any], key: str) -> Any:
    value: Any = profile
    for part in key.split("."):
        value = value.get(part)
    return value.rstrip("/") if key == "maildir" else value


def test_every_parameter_of_an_update_is_read_back_by_a_test() -> None:
    domain = {param.name for param in ROUTES["domains.update"].params}
    assert domain == set(DOMAIN_VALUES) | (OPPOSITES & domain)
    user = {param.name for param in ROUTES["users.update"].params}
    assert user == set(USER_VALUES) | (OPPOSITES & user) | NOT_READABLE


@pytest.mark.parametrize("name", DOMAIN_VALUES)
def test_a_domain_says_what_was_set(root: Caller, name: str) -> None:
    sent, key, expected = DOMAIN_VALUES[name]
    root.done("PUT", DOMAIN, **{name: sent})
    assert at(root.done("GET", DOMAIN), key) == expected


@pytest.mark.parametrize("name", USER_VALUES)
def test_a_user_says_what_was_set(root: Caller, name: str) -> None:
    sent, key, expected = USER_VALUES[name]
    root.done("PUT", USER, **{name: sent})
    assert at(root.done("GET", USER), key) == expected


@pytest.mark.parametrize("name", CLEARED)
def test_an_empty_value_clears(root: Caller, name: str) -> None:
    root.done("PUT", DOMAIN, **{name: DOMAIN_VALUES[name][0]})
    root.done("PUT", DOMAIN, **{name: ""})
    key, empty = CLEARED[name]
    assert at(root.done("GET", DOMAIN), key) == empty


def test_what_was_added_can_be_removed(root: Caller) -> None:
    for add, remove, key, item in [
        ("addAliasDomain", "removeAliasDomain", "alias_domains", "extra.test"),
        ("disableDomainProfile", "enableDomainProfile", "account_settings.disabled_domain_profiles", "bcc"),
        ("disableUserProfile", "enableUserProfile", "account_settings.disabled_user_profiles", "bcc"),
        ("disableUserPreference", "enableUserPreference", "account_settings.disabled_user_preferences", "wblist"),
        ("addService", "removeService", "account_settings.enabled_services", "self-service"),
    ]:
        root.done("PUT", DOMAIN, **{add: item})
        assert item in at(root.done("GET", DOMAIN), key)
        root.done("PUT", DOMAIN, **{remove: item})
        assert item not in (at(root.done("GET", DOMAIN), key) or [])


def test_a_user_keeps_a_mailbox_when_forwarding_ends(root: Caller) -> None:
    root.done("PUT", USER, forwarding="b@elsewhere.test")
    assert root.done("GET", USER)["forwardings"] == ["b@elsewhere.test"]
    root.done("PUT", USER, removeForwarding="b@elsewhere.test")
    assert root.done("GET", USER)["forwardings"] == ["plain@one.test"]
    root.done("PUT", USER, forwarding="")
    assert root.done("GET", USER)["forwardings"] == ["plain@one.test"]


def test_a_backup_mx_and_its_primary(root: Caller) -> None:
    root.done("PUT", DOMAIN, is_backupmx="yes", primarymx="[192.0.2.1]:25")
    found = root.done("GET", DOMAIN)
    assert (found["backupmx"], found["transport"]) == (1, "relay:[192.0.2.1]:25")
    root.done("PUT", DOMAIN, is_backupmx="no")
    found = root.done("GET", DOMAIN)
    assert (found["backupmx"], found["transport"]) == (0, "dovecot")
    root.done("PUT", DOMAIN, backupmx="yes", primarymx="mx.elsewhere.test")
    assert root.done("GET", DOMAIN)["backupmx"] == 1
    assert "primarymx" in root.refused("PUT", DOMAIN, primarymx="192.0.2.1")
    assert "is_backupmx" in root.refused("PUT", DOMAIN, transport="dovecot", is_backupmx="yes")


def test_names_of_older_versions_are_taken_and_the_new_one_wins(root: Caller) -> None:
    root.done("PUT", USER, cn="Old", mailQuota="7", preferredLanguage="it_IT", givenName="Given")
    found = root.done("GET", USER)
    assert [found[key] for key in ("name", "quota", "language", "first_name")] == ["Old", 7, "it_IT", "Given"]
    root.done("PUT", USER, cn="Old", name="New")
    assert root.done("GET", USER)["name"] == "New"
    root.done("PUT", DOMAIN, enableService="self-service")
    assert root.done("GET", "/domain/services/one.test") == ["self-service"]
    root.done("PUT", "/domain/services/one.test", removeAllServices="")
    assert root.done("GET", "/domain/services/one.test") == []


def test_of_a_list_of_services_sql_keeps_those_it_has(root: Caller) -> None:
    root.done("PUT", "/domain/services/one.test", enableService="mail,self-service,unknown")
    assert root.done("GET", "/domain/services/one.test") == ["self-service"]
    root.done("PUT", "/domain/services/one.test", disableService="mail,self-service")
    assert root.done("GET", "/domain/services/one.test") == []


def test_an_admin_says_what_was_set(root: Caller) -> None:
    path = "/admin/new@elsewhere.test"
    root.done("POST", path, name="New", password="Secret-1234", language="de_DE", maxDomains=3, maxQuota=2,
              quotaUnit="GB", maxUsers=10, maxAliases=11, maxLists=12, disableViewingMailLog="yes",
              createNewDomains="yes")  # fmt: skip
    found = root.done("GET", path)
    assert "password" not in found
    assert (found["name"], found["language"], found["active"], found["managed_domains"]) == ("New", "de_DE", 1, [])
    assert "create_max_domains:3;" in found["settings"]
    root.done("PUT", path, name="Newer", isGlobalAdmin="yes", accountStatus="disabled")
    found = root.done("GET", path)
    assert (found["name"], found["active"]) == ("Newer", 0)
    assert "quotaUnit" in root.refused("PUT", path, maxQuota=2)
    assert root.refused("POST", "/admin/x@one.test", password="Secret-1234") == "CAN_NOT_BE_LOCAL_DOMAIN"
    root.done("DELETE", path)
    assert root.refused("GET", path) == "NO_SUCH_ACCOUNT"
    root.done("DELETE", path)


def test_managed_domains_are_told(root: Caller) -> None:
    assert root.done("GET", f"/user/{DOMAIN_ADMIN}")["managed_domains"] == ["one.test"]
    assert root.done("GET", f"/admin/{CREATOR}")["managed_domains"] == ["two.test"]
    assert root.done("GET", "/domain/two.test")["admins"] == sorted([CREATOR, "admin@two.test"])


def test_passwords_and_hashes_are_taken_and_never_shown(world: World, root: Caller) -> None:
    root.done("PUT", USER, password="Another-1234")
    root.done("POST", "/verify_password/user/plain@one.test", password="Another-1234")
    assert root.refused("POST", "/verify_password/user/plain@one.test", password="x") == "INVALID_CREDENTIALS"
    root.done("PUT", USER, password_hash="{PLAIN}ready made")
    root.done("POST", "/verify_password/user/plain@one.test", password="ready made")
    assert root.refused("PUT", USER, password_hash="ready made") == "INVALID_PASSWORD_SCHEME"
    assert root.refused("PUT", USER, password_hash="{PLAIN}a", password="Another-1234").startswith("INVALID_PARAMETER")
    root.done("PUT", "/user/plain@one.test/password", password="Third-12345")
    root.done("PUT", "/users/one.test/password", password="Fourth-1234")
    root.done("POST", "/verify_password/user/plain@one.test", password="Fourth-1234")
    root.done("POST", f"/verify_password/admin/{GLOBAL}", password="Secret-1234")
    assert root.refused("POST", "/verify_password/admin/no@elsewhere.test", password="x") == "INVALID_CREDENTIALS"
    shown = str(root.done("GET", USER)) + str(root.done("GET", "/users/one.test")) + str(root.done("GET", "/log"))
    assert "Fourth" not in shown
    assert "{SSHA512}" not in shown


def test_aliases_policies_and_lists_say_what_was_set(root: Caller) -> None:
    root.done("POST", "/alias/team@one.test", name="Team", accessPolicy="membersonly", members="plain@one.test")
    root.done("PUT", "/alias/team@one.test", addMember="b@elsewhere.test", removeMember="plain@one.test")
    found = root.done("GET", "/alias/team@one.test")
    assert (found["name"], found["accesspolicy"], found["members"]) == ("Team", "membersonly", ["b@elsewhere.test"])
    root.done("PUT", "/alias/team@one.test", members="", accountStatus="disabled")
    found = root.done("GET", "/alias/team@one.test")
    assert (found["active"], found["members"]) == (0, [])
    assert root.done("GET", "/aliases/one.test", email_only="yes") == ["team@one.test"]
    root.done("POST", "/alias/team@one.test/change_email/crew@one.test")
    assert root.done("GET", "/aliases/one.test", email_only="yes", disabled_only="yes") == ["crew@one.test"]
    root.done("DELETE", "/alias/crew@one.test")
    assert root.refused("GET", "/alias/crew@one.test") == "NO_SUCH_ACCOUNT"


@pytest.mark.parametrize("account", ["global", "one.test", "plain@one.test"])
def test_throttles_greylisting_lists_and_spam_policies_say_what_was_set(root: Caller, account: str) -> None:
    key = {"global": "@.", "one.test": "@one.test"}.get(account, account)
    priority = {"global": 0, "one.test": 60}.get(account, 100)
    limits = {"period": 60, "msg_size": 1, "max_msgs": 2, "max_quota": 0, "max_rcpts": 4}
    for direction in ("inbound", "outbound"):
        path = f"/throttle/{account}/{direction}"
        root.done("POST", path, **limits)
        assert root.done("GET", path) == {"account": key, "kind": direction, "priority": priority, **limits}
        root.done("POST", path, period=60)
        assert root.done("GET", path) == {}
        root.done("POST", path, period=60, max_msgs=1)
        root.done("DELETE", path)
        assert root.done("GET", path) == {}
        for which in ("whitelist", "blacklist"):
            path = f"/wblist/{direction}/{which}/{account}"
            root.done("POST", path, addresses="b@elsewhere.test,@Other.test, @.third.test,192.0.2.0/24,@.,nonsense")
            expected = ["192.0.2.0/24", "@.", "@.third.test", "@other.test", "b@elsewhere.test"]
            assert root.done("GET", path) == expected
            root.done("PUT", path, addresses="@.,@other.test")
            assert root.done("GET", path) == ["192.0.2.0/24", "@.third.test", "b@elsewhere.test"]
            root.done("DELETE", path)
            assert root.done("GET", path) == []
    root.done("POST", f"/greylisting/{account}", status="disable")
    assert root.done("GET", f"/greylisting/{account}")["active"] == 0
    root.done("DELETE", f"/greylisting/{account}")
    assert root.done("GET", f"/greylisting/{account}") == {}
    path = f"/greylisting/{account}/whitelists"
    root.done("POST", path, senders="b@elsewhere.test,192.0.2.1")
    root.done("POST", path, addSenders="@third.test", removeSenders="192.0.2.1")
    assert root.done("GET", path) == ["@third.test", "b@elsewhere.test"]
    path = f"/spampolicy/{account}" if account == "global" else f"/spampolicy/{_kind(account)}/{account}"
    root.done("PUT", path, bypass_spam_checks="yes", spam_score="6.5", banned_rulenames="ALLOW_MS_OFFICE")
    found = root.done("GET", path)
    assert (found["bypass_spam_checks"], found["spam_score"]) == ("yes", 6.5)
    assert found["banned_rulenames"] == ["ALLOW_MS_OFFICE"]
    root.done("DELETE", path)
    assert root.done("GET", path) == {}


def _kind(account: str) -> str:
    return "user" if "@" in account else "domain"


def test_spf_domains_say_what_was_set(root: Caller) -> None:
    path = "/greylisting/whitelist_spf_domains"
    root.done("POST", path, domains="one.example,two.example")
    root.done("POST", path, addDomains="three.example", removeDomains="one.example")
    assert root.done("GET", path) == ["three.example", "two.example"]
    root.done("POST", path, domains="")
    assert root.done("GET", path) == []


def test_a_renamed_user_is_found_under_the_new_address_everywhere(root: Caller) -> None:
    root.done("PUT", USER, aliases="p1@one.test", forwarding="plain@one.test,b@elsewhere.test")
    root.done("POST", "/throttle/plain@one.test/inbound", period=60, max_msgs=1)
    root.done("POST", "/alias/team@one.test", members="plain@one.test")
    before = root.done("GET", USER)["maildir"]
    root.done("POST", f"{USER}/change_email/eva@one.test")
    found = root.done("GET", "/user/eva@one.test")
    assert (found["forwardings"], found["aliases"]) == (["b@elsewhere.test", "eva@one.test"], ["p1@one.test"])
    assert found["maildir"] == before
    assert root.done("GET", "/throttle/eva@one.test/inbound")["max_msgs"] == 1
    assert root.done("GET", "/alias/team@one.test")["members"] == ["eva@one.test"]
    assert root.refused("GET", USER) == "NO_SUCH_ACCOUNT"
    assert root.refused("POST", "/user/eva@one.test/change_email/admin@one.test") == "ALREADY_EXISTS"
    assert root.refused("POST", "/user/eva@one.test/change_email/eva@nowhere.test") == "INVALID_DOMAIN_NAME"
    root.done("PUT", "/user/eva@one.test/change_email/plain@one.test")
    assert root.done("GET", USER)["aliases"] == ["p1@one.test"]


def test_deleted_mailboxes_are_noted_with_their_day(world: World, root: Caller) -> None:
    root.done("DELETE", f"{USER}/keep_mailbox_days/7")
    root.done("DELETE", f"{USER}/keep_mailbox_days/7")
    root.done("DELETE", "/domain/two.test/keep_mailbox_days/0")
    with world.accounts.core.databases.read() as unit:
        rows = unit.vmail.exec_driver_sql(
            "SELECT username, admin, delete_date IS NULL FROM deleted_mailboxes ORDER BY username"
        ).fetchall()
    assert [tuple(row) for row in rows] == [
        ("admin@two.test", GLOBAL, 1), ("plain@one.test", GLOBAL, 0), ("plain@two.test", GLOBAL, 1)
    ]  # fmt: skip
