"""Subscriptions to changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.connection import MSGraphProtocol
from O365.subscriptions import Subscriptions

URL = "https://example.com/changes"
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
SOME: dict[str, Any] = {"id": "s1"}


@pytest.fixture
def subscriptions(con: Recorder, protocol: MSGraphProtocol) -> Subscriptions:
    return Subscriptions(con=con, protocol=protocol)


def minutes_left(text: str) -> float:
    return (dt.datetime.fromisoformat(text) - dt.datetime.now(dt.UTC)).total_seconds() / 60


def test_a_subscription_to_the_resource_for_an_hour(con: Recorder, subscriptions: Subscriptions) -> None:
    con.will(Answer(SOME, 201))
    assert subscriptions.create_subscription(URL) == SOME
    assert con.asked == [("post", "/subscriptions")]
    assert 55 < minutes_left(con.last.data.pop("expirationDateTime")) <= 60
    assert con.last.data == {"changeType": "created", "notificationUrl": URL, "resource": "/me"}


def test_all_that_can_be_said(con: Recorder, subscriptions: Subscriptions) -> None:
    subscriptions.create_subscription(
        URL,
        "me/messages",
        ["created", "updated"],
        expiration_datetime=NOON,
        client_state="secret",
        include_resource_data=False,
        encryption_certificate="cert",
        encryption_certificate_id="1",
        lifecycle_notification_url=URL,
        latest_supported_tls_version="v1_2",
        additional_data={"extra": 1},
        headers={"X-A": "1"},
    )
    assert con.last.headers == {"X-A": "1"}
    assert con.last.data == {
        "changeType": "created,updated",
        "notificationUrl": URL,
        "resource": "/me/messages",
        "expirationDateTime": "2026-01-01T12:00:00.000000Z",
        "clientState": "secret",
        "includeResourceData": False,
        "encryptionCertificate": "cert",
        "encryptionCertificateId": "1",
        "lifecycleNotificationUrl": URL,
        "latestSupportedTlsVersion": "v1_2",
        "extra": 1,
    }


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (NOON, "2026-01-01T12:00:00.000000Z"),
        (NOON.replace(tzinfo=None), "2026-01-01T12:00:00.000000Z"),
        (NOON.astimezone(dt.timezone(dt.timedelta(hours=2))), "2026-01-01T12:00:00.000000Z"),
    ],
)
def test_the_end_is_sent_in_utc(con: Recorder, subscriptions: Subscriptions, given: dt.datetime, sent: str) -> None:
    subscriptions.create_subscription(URL, expiration_datetime=given)
    assert con.last.data["expirationDateTime"] == sent


def test_the_resource_of_another_user(con: Recorder, protocol: MSGraphProtocol) -> None:
    other = Subscriptions(con=con, protocol=protocol, main_resource="anna@example.com")
    other.create_subscription(URL)
    assert con.asked == [("post", "/subscriptions")]
    assert con.last.data["resource"] == "/users/anna@example.com"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"notification_url": ""}, "notification_url"),
        ({"notification_url": URL, "change_type": " , "}, "change_type"),
        ({"notification_url": URL, "change_type": []}, "change_type"),
        ({"notification_url": URL, "expiration_minutes": 0}, "positive"),
        ({"notification_url": URL, "expiration_minutes": 5, "expiration_datetime": NOON}, "not both"),
    ],
)
def test_what_cannot_be_is_refused(
    con: Recorder, subscriptions: Subscriptions, given: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        subscriptions.create_subscription(**given)
    assert con.calls == []


def test_one_subscription(con: Recorder, subscriptions: Subscriptions) -> None:
    con.will(Answer(SOME))
    assert subscriptions.get_subscription("s1", params={"$select": "id"}) == SOME
    assert (con.asked, con.last.params) == ([("get", "/subscriptions/s1")], {"$select": "id"})


def test_the_list(con: Recorder, subscriptions: Subscriptions) -> None:
    con.will(page(SOME, {"id": "s2"}), page(SOME, link="https://next"), page({"id": "s2"}), page(SOME, {"id": "s2"}))
    assert subscriptions.list_subscriptions() == [SOME, {"id": "s2"}]
    assert list(subscriptions.list_subscriptions()) == [SOME, {"id": "s2"}]
    assert subscriptions.list_subscriptions(limit=1) == [SOME]
    con.will(REFUSED)
    assert list(subscriptions.list_subscriptions()) == []
    with pytest.raises(ValueError, match="limit"):
        subscriptions.list_subscriptions(limit=0)


def test_a_subscription_lives_on(con: Recorder, subscriptions: Subscriptions) -> None:
    con.will(Answer(SOME))
    assert subscriptions.renew_subscription("s1") == SOME
    assert con.asked == [("patch", "/subscriptions/s1")]
    assert con.last.data.keys() == {"expirationDateTime"}
    assert 55 < minutes_left(con.last.data["expirationDateTime"]) <= 60
    subscriptions.renew_subscription("s1", expiration_minutes=10)
    assert 5 < minutes_left(con.last.data["expirationDateTime"]) <= 10


def test_a_subscription_is_changed(con: Recorder, subscriptions: Subscriptions) -> None:
    con.will(Answer(SOME))
    assert subscriptions.update_subscription("s1", notification_url=URL) == SOME
    assert con.last.data == {"notificationUrl": URL}
    with pytest.raises(ValueError, match="At least one"):
        subscriptions.update_subscription("s1")


def test_a_subscription_ends(con: Recorder, subscriptions: Subscriptions) -> None:
    assert subscriptions.delete_subscription("s1") is True
    assert con.asked == [("delete", "/subscriptions/s1")]


def test_what_is_refused_is_nothing(con: Recorder, subscriptions: Subscriptions) -> None:
    con.will(*[REFUSED] * 5)
    assert subscriptions.create_subscription(URL) is None
    assert subscriptions.get_subscription("s1") is None
    assert subscriptions.renew_subscription("s1") is None
    assert subscriptions.update_subscription("s1", expiration_minutes=5) is None
    assert subscriptions.delete_subscription("s1") is False


@pytest.mark.parametrize("verb", ["get_subscription", "renew_subscription", "delete_subscription"])
def test_without_an_id_nothing_is_asked(con: Recorder, subscriptions: Subscriptions, verb: str) -> None:
    with pytest.raises(ValueError, match="subscription_id"):
        getattr(subscriptions, verb)("")
    assert con.calls == []
