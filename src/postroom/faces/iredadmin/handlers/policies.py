"""Spam policies, throttles, white- and blacklists, greylisting. Lists of senders are checked by the engine."""

from __future__ import annotations

from typing import Any, cast

from postroom.accounts.model import ListChange
from postroom.accounts.policies.spampolicy import SpamPolicy
from postroom.accounts.policies.throttle import Limits
from postroom.accounts.services.policy_settings import Direction, ListName
from postroom.faces.iredadmin.call import Call
from postroom.faces.iredadmin.dispatch import implements
from postroom.faces.iredadmin.errors import ArgumentInvalid
from postroom.faces.iredadmin.given import Given


def _list(given: Given, name: str) -> tuple[str, ...]:
    return cast("tuple[str, ...]", given.get(name, ()))


def _list_change(given: Given, reset: str, add: str, remove: str) -> ListChange:
    whole = _list(given, reset) if reset in given else None
    return ListChange(whole, _list(given, add), _list(given, remove))


@implements("spam_policy.get")
def spam_policy(call: Call, account: str) -> dict[str, Any]:
    return call.accounts.policies.spam_policy(call.by, account)


@implements("spam_policy.set")
def set_spam_policy(call: Call, account: str, given: Given) -> None:
    values: dict[str, Any] = {name: value for name, value in given.items() if name != "dry_run"}
    if "spam_score" in values:
        values["spam_score"] = _score(str(values["spam_score"]))
    call.accounts.policies.set_spam_policy(call.by, account, SpamPolicy(**values))


def _score(text: str) -> float | None:
    if not text:
        return None
    try:
        score = float(text)
    except ValueError as error:
        raise ArgumentInvalid("INVALID_NUMBER", "spam_score", "a number") from error
    if not -1000 <= score <= 1000:
        raise ArgumentInvalid("INVALID_NUMBER", "spam_score", "a number from -1000 to 1000")
    return score


@implements("spam_policy.delete")
def delete_spam_policy(call: Call, account: str) -> None:
    call.accounts.policies.delete_spam_policy(call.by, account)


@implements("throttle.get")
def throttle(call: Call, account: str, direction: Direction) -> dict[str, Any]:
    return call.accounts.policies.throttle(call.by, account, direction)


@implements("throttle.set")
def set_throttle(call: Call, account: str, direction: Direction, given: Given) -> None:
    limits = {name: cast("int", value) for name, value in given.items() if name != "dry_run"}
    call.accounts.policies.set_throttle(call.by, account, direction, Limits(**limits))


@implements("throttle.delete")
def delete_throttle(call: Call, account: str, direction: Direction) -> None:
    call.accounts.policies.delete_throttle(call.by, account, direction)


@implements("wblist.get")
def wblist(call: Call, direction: Direction, list: ListName, account: str) -> list[str]:  # noqa: A002
    return call.accounts.policies.wblist(call.by, account, direction, list)


@implements("wblist.add")
def add_to_wblist(call: Call, direction: Direction, list: ListName, account: str, given: Given) -> None:  # noqa: A002
    call.accounts.policies.add_to_wblist(call.by, account, direction, list, _list(given, "addresses"))


@implements("wblist.remove")
def remove_from_wblist(call: Call, direction: Direction, list: ListName, account: str, given: Given) -> None:  # noqa: A002
    call.accounts.policies.remove_from_wblist(call.by, account, direction, list, _list(given, "addresses"))


@implements("wblist.clear")
def clear_wblist(call: Call, direction: Direction, list: ListName, account: str) -> None:  # noqa: A002
    call.accounts.policies.clear_wblist(call.by, account, direction, list)


@implements("greylisting.all")
def all_greylisting(call: Call) -> list[dict[str, Any]]:
    return call.accounts.policies.all_greylisting(call.by)


@implements("greylisting.get")
def greylisting(call: Call, account: str) -> dict[str, Any]:
    return call.accounts.policies.greylisting(call.by, account)


@implements("greylisting.set")
def set_greylisting(call: Call, account: str, given: Given) -> None:
    call.accounts.policies.set_greylisting(call.by, account, on=given["status"] == "enable")


@implements("greylisting.delete")
def delete_greylisting(call: Call, account: str) -> None:
    call.accounts.policies.delete_greylisting(call.by, account)


@implements("greylisting.whitelists")
def whitelists(call: Call, account: str) -> list[str]:
    return call.accounts.policies.greylisting_whitelist(call.by, account)


@implements("greylisting.set_whitelists")
def set_whitelists(call: Call, account: str, given: Given) -> None:
    senders = _list_change(given, "senders", "addSenders", "removeSenders")
    call.accounts.policies.change_greylisting_whitelist(call.by, account, senders)


@implements("greylisting.spf_domains")
def spf_domains(call: Call) -> list[str]:
    return call.accounts.policies.spf_domains(call.by)


@implements("greylisting.set_spf_domains")
def set_spf_domains(call: Call, given: Given) -> None:
    call.accounts.policies.change_spf_domains(call.by, _list_change(given, "domains", "addDomains", "removeDomains"))
