"""How the fake keeps accounts: rows with the columns that SQL servers answer, changed by the API's parameters."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

COLUMNS = {
    "domain": {"name": "description", "quota": "maxquota", "numberOfUsers": "mailboxes", "numberOfAliases": "aliases",
               "numberOfLists": "maillists"},
    "user": {"gn": "first_name", "sn": "last_name"},
    "alias": {"accessPolicy": "accesspolicy"},
}  # fmt: skip
SETTINGS = {"defaultQuota": "default_user_quota", "maxUserQuota": "max_user_quota", "language": "default_language"}
LISTS = {
    "forwarding": "forwardings", "aliases": "aliases", "services": "services", "members": "members",
    "aliasDomains": "alias_domains", "catchall": "catchall",
}  # fmt: skip
ADDS = {"Forwarding": "forwardings", "Alias": "aliases", "Service": "services", "Member": "members", "Admin": "admins",
        "AliasDomain": "alias_domains"}  # fmt: skip
NUMBERS = {"quota", "maxquota", "mailboxes", "maillists"}


def new_domain(domain: str) -> Row:
    return {"domain": domain, "description": "", "maxquota": 0, "active": 1, "transport": "dovecot", "admins": [],
            "alias_domains": [], "catchall": [], "services": [], "account_settings": {}}  # fmt: skip


def new_user(mail: str) -> Row:
    return {"username": mail, "domain": mail.partition("@")[2], "name": "", "quota": 0, "active": 1, "language": "",
            "forwardings": [mail], "aliases": [], "services": [], "stored_bytes": 0, "stored_messages": 0}  # fmt: skip


def new_alias(mail: str) -> Row:
    return {"address": mail, "domain": mail.partition("@")[2], "name": "", "accesspolicy": "public", "active": 1,
            "members": []}  # fmt: skip


def apply(row: Row, form: dict[str, str], kind: str) -> Row:
    """The row with the parameters in it."""
    for name, value in form.items():
        verb = next((verb for verb in ("add", "remove") if name.startswith(verb)), "")
        if verb and (column := ADDS.get(name.removeprefix(verb))):
            row[column] = _changed(row[column], _words(value), verb)
        elif name == "accountStatus":
            row["active"] = int(value == "active")
        elif kind == "domain" and name in SETTINGS:
            row["account_settings"][SETTINGS[name]] = int(value) if value.isdecimal() else value
        elif name in LISTS and not (kind == "domain" and name == "aliases"):
            row[LISTS[name]] = _words(value)
        elif name not in {"password", "password_hash"}:
            column = COLUMNS[kind].get(name, name)
            row[column] = int(value) if column in NUMBERS else value
    return row


def _changed(old: list[str], words: list[str], verb: str) -> list[str]:
    kept = [word for word in old if word not in words]
    return sorted(kept + words) if verb == "add" else kept


def _words(text: str) -> list[str]:
    return sorted({word.strip().lower() for word in text.split(",") if word.strip()})
