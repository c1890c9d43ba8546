"""Changes reach the URLs of subscriptions: which, in what order, and what happens when nobody takes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.workspace.mail.house import ANNA
from tests.workspace.subscriptions.receiver import Receiver
from tests.workspace.subscriptions.watching import Watching, watching

from postroom.errors import Invalid, NotFound


def test_a_new_message_is_told_once_with_what_names_it(house: Watching, hook: Receiver) -> None:
    made = house.subscribe(hook.url(), clientState="secret")
    house.deliver()
    house.tell()
    house.tell()
    message = house.only()
    (element,) = hook.elements()
    resource = f"Users/{ANNA.id}/Messages/{message['id']}"
    assert element == {
        "id": element["id"],
        "subscriptionId": made,
        "subscriptionExpirationDateTime": "2026-01-31T11:00:00Z",
        "clientState": "secret",
        "tenantId": house.workspace.signin.tenant,
        "changeType": "created",
        "resource": resource,
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Message",
            "@odata.id": resource,
            "@odata.etag": message["@odata.etag"],
            "id": message["id"],
        },
    }


def test_only_the_changes_asked_for_are_told(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url(), "updated")
    house.deliver()
    house.workspace.mail.messages.update(ANNA.id, house.only()["id"], {"isRead": True})
    house.tell()
    assert [kind for kind, _ in hook.told()] == ["updated"]


def test_a_folder_tells_what_comes_and_goes(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url(), "created,deleted", folder="inbox")
    house.deliver()
    before = house.only()["id"]
    house.workspace.mail.messages.move(ANNA.id, before, "archive")
    house.tell()
    assert hook.told() == [(kind, f"Users/{ANNA.id}/Messages/{before}") for kind in ("created", "deleted")]


def test_a_filter_leaves_out_what_does_not_fit(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url(), query="$filter=subject eq 'Bridge'")
    for subject in ("Roof", "Bridge"):
        house.deliver(subject)
    house.tell()
    assert len(hook.told()) == 1


def test_what_happened_before_is_not_told(house: Watching, hook: Receiver) -> None:
    house.deliver("Before")
    house.subscribe(hook.url())
    house.deliver("After")
    house.tell()
    assert len(hook.told()) == 1


def test_immutable_ids_are_told_where_they_were_asked_for(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url(), "deleted", immutable=True)
    house.deliver()
    message = house.only()["id"]
    moved = house.workspace.mail.messages.move(ANNA.id, message, "archive")["id"]
    house.tell()
    ((_, resource),) = hook.told()
    assert resource.rpartition("/")[2] not in (message, moved)
    assert house.workspace.mail.messages.get(ANNA.id, resource.rpartition("/")[2])["id"] == moved


def test_what_is_not_taken_comes_later_and_in_order(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url())
    hook.status = 503
    house.deliver("One")
    house.tell()
    house.deliver("Two")
    hook.status = 202
    house.tell()
    assert hook.told() == []
    house.clock.go_on(seconds=6)
    house.tell()
    # The oldest first.
    names = {row["id"]: row["subject"] for row in house.workspace.mail.messages.page(ANNA.id, "inbox").rows}
    assert [names[resource.rpartition("/")[2]] for _, resource in hook.told()] == ["One", "Two"]


def test_a_redirect_is_not_followed(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url())
    hook.location = hook.url("/elsewhere?validationToken=x")
    house.deliver()
    asked = len(hook.asked)
    house.tell()
    assert (hook.told(), len(hook.asked)) == ([], asked)


def test_after_four_hours_it_is_given_up_and_missed_is_told(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url(), lifecycleNotificationUrl=hook.url("/life"), minutes=600)
    hook.status = 500
    house.deliver()
    house.tell()
    house.clock.go_on(hours=4, seconds=1)
    house.tell()
    hook.status = 200
    house.clock.go_on(seconds=6)
    house.tell()
    assert (hook.told(), hook.events()) == ([], ["missed"])


def test_a_subscription_asks_to_be_renewed_and_ends(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url(), lifecycleNotificationUrl=hook.url("/life"), minutes=60)
    house.clock.go_on(minutes=50)
    house.tell()
    house.tell()
    house.clock.go_on(minutes=11)
    house.tell()
    house.deliver()
    house.tell()
    assert hook.events() == ["reauthorizationRequired", "subscriptionRemoved"]
    assert hook.told() == []
    assert house.workspace.subscriptions.list(house.caller) == []


def test_a_renewed_one_goes_on(house: Watching, hook: Receiver) -> None:
    made = house.subscribe(hook.url(), minutes=60)
    house.workspace.subscriptions.change(house.caller, made, {"expirationDateTime": "2026-01-31T20:00:00Z"})
    house.clock.go_on(hours=5)
    house.deliver()
    house.tell()
    assert len(hook.told()) == 1


def test_nothing_is_told_for_a_user_who_was_disabled(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url(), lifecycleNotificationUrl=hook.url("/life"))
    house.deliver()
    house.people.persons[0] = replace(ANNA, active=False)
    house.tell()
    assert (hook.told(), hook.events()) == ([], ["subscriptionRemoved"])


def test_a_forgotten_log_is_told_as_missed(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url(), lifecycleNotificationUrl=hook.url("/life"))
    house.deliver("Lost")
    house.clock.go_on(minutes=1)
    with house.workspace.store.write() as unit:
        unit.changes.prune(int(unit.now.timestamp() * 1000))
    house.tell()
    house.deliver("Told")
    house.tell()
    assert (len(hook.told()), hook.events()) == (1, ["missed"])


def test_a_push_subscription_hears_beside_its_changes_that_some_were_missed(house: Watching, hook: Receiver) -> None:
    for changes in ("created,missed", "created"):
        house.subscribe(hook.url(), changes, push="https://one.test/api/v2.0")
    house.deliver("Lost")
    house.clock.go_on(minutes=1)
    with house.workspace.store.write() as unit:
        unit.changes.prune(int(unit.now.timestamp() * 1000))
    house.tell()
    house.deliver("Told")
    house.tell()
    told = [(one["SubscriptionId"], one["SequenceNumber"], one["ChangeType"]) for one in hook.elements()]
    first, second = told[0][0], next(one for one, _, _ in told if one != told[0][0])
    assert sorted(told) == sorted([(first, 1, "Missed"), (first, 2, "Created"), (second, 1, "Created")])


def test_what_waits_survives_the_end_of_the_program(tmp_path: Path, hook: Receiver) -> None:
    with watching(tmp_path / "workspace") as first:
        first.subscribe(hook.url())
        hook.status = 500
        first.deliver("One")
        first.tell()
        first.deliver("Two")
    hook.status = 200
    with watching(tmp_path / "workspace") as second:
        second.clock.go_on(seconds=10)
        second.tell()
    assert len(hook.told()) == 2


def test_threads_tell_at_once_and_stop(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url())
    house.workspace.notifier.start()
    try:
        for number in range(20):
            house.deliver(str(number))
        hook.wait(20)
    finally:
        house.workspace.notifier.stop()
    names = {row["id"]: row["subject"] for row in house.workspace.mail.messages.page(ANNA.id, "inbox").rows}
    told = [names.get(resource.rpartition("/")[2]) for _, resource in hook.told()]
    assert [name for name in told if name] == [str(number) for number in range(20) if str(number) in names.values()]
    assert len(told) == 20


def test_a_dead_url_does_not_keep_others_waiting(house: Watching, hook: Receiver) -> None:
    house.subscribe(hook.url("/alive"))
    made = house.subscribe(hook.url("/dead"))
    with house.workspace.store.write() as unit:
        unit.connection.execute("UPDATE outlet SET url = 'http://127.0.0.1:1/' WHERE subscription = ?", (made,))
    house.deliver()
    house.tell()
    assert len(hook.told()) == 1


def test_deleted_ones_say_nothing_more(house: Watching, hook: Receiver) -> None:
    made = house.subscribe(hook.url())
    house.deliver()
    house.workspace.subscriptions.delete(house.caller, made)
    house.tell()
    assert hook.told() == []
    with pytest.raises(NotFound):
        house.workspace.subscriptions.get(house.caller, made)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("changeType", "moved"),
        ("changeType", ""),
        ("notificationUrl", "ftp://example.org/"),
        ("notificationUrl", "https://user@example.org/"),
        ("expirationDateTime", "2026-01-31T09:59:00Z"),
        ("expirationDateTime", "2026-03-31T10:00:00Z"),
        ("clientState", "x" * 129),
        ("latestSupportedTlsVersion", "v3"),
        ("encryptionCertificate", 1),
    ],
)
def test_what_cannot_be_is_refused(house: Watching, hook: Receiver, name: str, value: object) -> None:
    with pytest.raises(Invalid, match=name):
        house.subscribe(hook.url(), **{"changes": value} if name == "changeType" else {name: value})  # type: ignore[arg-type]
