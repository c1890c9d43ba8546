"""What of a user is an account: who may change it, and what is given for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from postroom.errors import Denied, Invalid
from postroom.workspace.people import Acting, Person, PersonChange
from postroom.workspace.schema.check import checked
from postroom.workspace.workloads.directory.kinds import USER_TYPE, Document

READ_ONLY: Final = ("id", "deletedDateTime", "createdDateTime", "userType", "imAddresses", "mailboxSettings")
FIXED: Final = ("id", "deletedDateTime", "createdDateTime", "userType")
NAMES: Final[Mapping[str, str]] = {
    "displayName": "name", "givenName": "given_name", "surname": "surname", "preferredLanguage": "language",
}  # fmt: skip
"""Property of a user → field of an account. Everybody may change their own."""
MANAGED: Final = ("accountEnabled", "passwordProfile", "userPrincipalName")
"""Of accounts too; not one's own to change."""
ELSEWHERE: Final = ("mail", "proxyAddresses")
"""Follow from addresses, which are managed with the accounts."""
KNOWN: Final = frozenset((*MANAGED, *ELSEWHERE))
"""Clients send back whole documents: what is so already is no change."""
NEEDED: Final = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile")
"""Of a new user. Source: Microsoft Graph, create user."""
_NICKNAME: Final = re.compile(r"[^@()\\\[\]\";:<>,\s]{1,64}")


def new(given: Mapping[str, Any], spelt: Callable[[str], str]) -> tuple[PersonChange, Document]:
    """The account of a new user, and what is kept beside it. Raises Invalid.

    `spelt` gives an address its one spelling.
    """
    document = checked(USER_TYPE, dict(given), read_only=READ_ONLY, partial=True)
    missing = [name for name in NEEDED if document.get(name) in (None, "")]
    if missing:
        raise Invalid(missing[0], "a value")
    address, mail = _address(document, spelt), document.pop("mail", None)
    if mail and mail.lower() != address:
        raise Invalid("mail", "the userPrincipalName: an account has one address")
    if document.get("proxyAddresses"):
        raise Invalid("proxyAddresses", "nothing: further addresses are given where the accounts are managed")
    change, kept = split(document, spelt)
    if kept["mailNickname"].lower() == address.partition("@")[0]:
        del kept["mailNickname"]
    return change, kept


def split(document: Mapping[str, Any], spelt: Callable[[str], str]) -> tuple[PersonChange, Document]:
    """What goes to the account, and what is kept here. Raises Invalid, Denied."""
    refused = [name for name in ELSEWHERE if document.get(name)]
    if refused:
        raise Denied(f"{refused[0]} is changed where the accounts are managed.")
    nickname = document.get("mailNickname")
    if "mailNickname" in document and not (isinstance(nickname, str) and _NICKNAME.fullmatch(nickname)):
        raise Invalid("mailNickname", "1 to 64 characters that an address may have before the @")
    texts = {field: document[name] or "" for name, field in NAMES.items() if name in document}
    change = PersonChange(
        address=_address(document, spelt) if "userPrincipalName" in document else None,
        active=_flag(document) if "accountEnabled" in document else None,
        password=_password(document["passwordProfile"]) if document.get("passwordProfile") is not None else None,
        **texts,
    )
    of_accounts = {*NAMES, *MANAGED, *ELSEWHERE}
    return change, {name: value for name, value in document.items() if name not in of_accounts}


def check_acting(by: Acting, change: PersonChange, person: Person | None, admins: Collection[str]) -> None:
    """Whether they may change this of an account, or make it. Raises Denied.

    An app by itself has no power over administrators of the tenant: with their password, or as one of them, it would
    be one.
    """
    managed = (change.address, change.active, change.password)
    if all(value is None for value in managed) and by.own:
        return
    if not (by.admin or by.alone):
        raise Denied("Only an administrator may do this.")
    if by.own and change.password is not None:
        raise Denied("Your own password is changed with changePassword, which asks for the old one.")
    names = {address.lower() for address in admins}
    addresses = {address.lower() for address in (change.address, person and person.address) if address}
    if by.alone and addresses & names and any(value is not None for value in managed):
        raise Denied("Only an administrator may do this to the account of an administrator.")


def _address(document: Mapping[str, Any], spelt: Callable[[str], str]) -> str:
    value = document["userPrincipalName"]
    if not isinstance(value, str):
        raise Invalid("userPrincipalName", "an address")
    return spelt(value)


def _flag(document: Mapping[str, Any]) -> bool:
    value = document["accountEnabled"]
    if not isinstance(value, bool):
        raise Invalid("accountEnabled", "true or false")
    return value


def _password(profile: Any) -> str:
    password = profile.get("password") if isinstance(profile, dict) else None
    if not isinstance(password, str) or not password:
        raise Invalid("passwordProfile/password", "a value")
    return password
