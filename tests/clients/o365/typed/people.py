"""Directory, groups, categories, subscriptions, as a type checker sees them. Never run: see `test_typed.py`."""

from __future__ import annotations

import datetime as dt
from typing import Any, assert_type

from O365 import Account, Message
from O365.category import Category, CategoryColor
from O365.directory import User
from O365.groups import Group
from O365.utils import Pagination


def directory(account: Account) -> list[str | None]:
    people = account.directory()
    assert_type(people.get_users(limit=10), list[User] | Pagination[User])
    anna = people.get_user("anna@example.com")
    assert_type(anna, User | None)
    if anna is not None:
        assert_type(anna.display_name, str | None)
        assert_type(anna.mail, str | None)
        assert_type(anna.full_name, str)
        assert_type(anna.business_phones, list[str])
        assert_type(anna.proxy_addresses, list[str] | None)
        assert_type(anna.account_enabled, bool | None)
        assert_type(anna.created, dt.datetime | None)
        assert_type(anna.new_message(), Message | None)
        assert_type(anna.get_profile_photo(), bytes | None)
    assert_type(account.get_current_user_data(), User | None)
    return [user.mail for user in people.get_users()]


def groups(account: Account) -> list[User]:
    team = account.groups().get_group_by_mail("team@example.com")
    assert_type(team, Group | None)
    return team.get_group_members(recursive=True) if team else []


def categories(account: Account) -> dict[str, CategoryColor | None]:
    made = account.outlook_categories().create_category("Roofs", color=CategoryColor.RED)
    assert_type(made, Category | None)
    if made is not None:
        assert_type(made.update_color(CategoryColor.DARKGREEN), bool)
        assert_type(made.delete(), bool)
    return {category.name: category.color for category in account.outlook_categories().get_categories()}


def subscriptions(account: Account) -> bool:
    made = account.subscriptions().create_subscription(
        "https://app.example.com/told", "me/messages", ["created", "updated"], expiration_minutes=30, client_state="x"
    )
    assert_type(made, dict[str, Any] | None)
    assert_type(account.subscriptions().list_subscriptions(), list[dict[str, Any]] | Pagination[dict[str, Any]])
    return made is not None and account.subscriptions().delete_subscription(made["id"])
