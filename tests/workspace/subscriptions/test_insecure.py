"""URLs without TLS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.workspace.subscriptions.receiver import Receiver, receiving
from tests.workspace.subscriptions.watching import Watching, watching

from postroom.errors import Invalid
from postroom.settings import Graph
from postroom.workspace.workloads.subscriptions.subscriptions import NotValidated


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Watching]:
    with watching(tmp_path) as found:
        yield found


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_http_is_taken_where_notifications_may_go_inside(house: Watching, hook: Receiver) -> None:
    assert hook.url().startswith("http://")
    assert house.subscribe(hook.url())


@pytest.mark.parametrize("name", ["notificationUrl", "lifecycleNotificationUrl"])
def test_http_is_refused_elsewhere_before_anybody_is_asked(house: Watching, hook: Receiver, name: str) -> None:
    house.workspace.subscriptions = replace(house.workspace.subscriptions, settings=Graph())
    with pytest.raises(Invalid, match=f"{name}: expected an https URL"):
        house.subscribe("https://127.0.0.1:1/", **{name: hook.url()})
    assert hook.asked == []


def test_https_is_asked(house: Watching) -> None:
    house.workspace.subscriptions = replace(house.workspace.subscriptions, settings=Graph())
    with pytest.raises(NotValidated):
        house.subscribe("https://127.0.0.1:1/")


def test_a_subscription_is_not_given_such_a_url_later(house: Watching, hook: Receiver) -> None:
    made = house.subscribe(hook.url())
    strict = replace(house.workspace.subscriptions, settings=Graph())
    with pytest.raises(Invalid, match="https URL"):
        strict.change(house.caller, made, {"notificationUrl": hook.url("/other")})
