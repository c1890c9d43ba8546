"""From codes, refresh tokens, devices and passwords to access tokens."""

from __future__ import annotations

import base64
import hashlib
import threading
from datetime import timedelta

import pytest
from tests.workspace.signin.conftest import ISSUER, REDIRECT, House
from tests.workspace.signin.known import ANNA, BERT
from tests.workspace.signin.test_tokens import claims_of

from postroom.workspace.signin import devices
from postroom.workspace.signin.codes import Challenge
from postroom.workspace.signin.devices import Devices, Most
from postroom.workspace.signin.errors import (
    BadField,
    CodeUsed,
    Declined,
    DeviceExpired,
    DevicePending,
    DeviceTooFast,
    GrantOver,
    NeedsSecret,
    NoConsent,
    Refused,
    TokenRevoked,
    TooManyDevices,
    UnknownDevice,
    UnknownResource,
    UnknownTenant,
    WrongUserCode,
    WrongVerifier,
)
from postroom.workspace.signin.grants import Issued
from postroom.workspace.signin.scopes import parse

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


# Codes


def test_a_code_gives_what_was_asked_for(house: House) -> None:
    issued = house.redeemed(house.code())
    assert issued.scope == "openid offline_access Mail.Read"
    assert issued.refresh_token
    assert issued.id_token
    claims = claims_of(issued.id_token)
    assert (claims["aud"], claims["iss"], claims["nonce"], claims["oid"]) == (house.web.id, ISSUER, "n", ANNA.id)


def test_a_code_used_twice_ends_what_it_gave(house: House) -> None:
    code = house.code()
    issued = house.redeemed(code)
    house.signin.tokens.verify(issued.access_token)
    with pytest.raises(CodeUsed):
        house.redeemed(code)
    with pytest.raises(TokenRevoked):
        house.signin.tokens.verify(issued.access_token)
    with pytest.raises(GrantOver):
        house.signin.grants.refresh(house.client(), issued.refresh_token or "", None, ISSUER)
    with pytest.raises(CodeUsed):
        house.redeemed(code)


def test_of_many_who_bring_a_code_at_once_one_gets_something(house: House) -> None:
    code, got, refused = house.code(), [], []

    def bring() -> None:
        try:
            got.append(house.redeemed(code))
        except Refused as error:
            refused.append(type(error))

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    # The first one's answer may be on its way when the second ends it; nothing else happens.
    assert refused == [CodeUsed] * 5


def test_a_code_is_for_its_app_its_redirect_uri_and_ten_minutes(house: House) -> None:
    code, other = house.code(), house.public()
    with pytest.raises(GrantOver):
        house.signin.grants.code(other, code, REDIRECT, "", ISSUER)
    with pytest.raises(GrantOver):
        house.signin.grants.code(house.client(), code, REDIRECT + "x", "", ISSUER)
    with pytest.raises(GrantOver):
        house.redeemed("unknown")
    assert house.redeemed(code).access_token, "those who had no right to it have not used it up"
    late = house.code()
    house.clock.on(minutes=10)
    with pytest.raises(GrantOver):
        house.redeemed(late)


@pytest.mark.parametrize(("text", "method"), [(CHALLENGE, "S256"), (VERIFIER, "plain"), (VERIFIER, "")])
def test_a_code_with_a_challenge_wants_its_verifier(house: House, text: str, method: str) -> None:
    code = house.code(challenge=Challenge.of(text, method))
    for wrong in ("", "w" * 43, CHALLENGE if method == "S256" else VERIFIER[:-1]):
        with pytest.raises(WrongVerifier):
            house.redeemed(code, wrong)
    assert house.redeemed(code, VERIFIER).access_token


def test_a_verifier_for_a_code_without_a_challenge_is_refused(house: House) -> None:
    with pytest.raises(WrongVerifier):
        house.redeemed(house.code(), VERIFIER)


@pytest.mark.parametrize(("text", "method"), [("short", "S256"), (VERIFIER, "S512"), ("ü" * 43, "plain")])
def test_a_challenge_that_cannot_be_met_is_refused(text: str, method: str) -> None:
    with pytest.raises(BadField):
        Challenge.of(text, method)


def test_a_disabled_user_gets_nothing_for_a_code_or_a_refresh_token(house: House) -> None:
    code, refresh = house.code(), house.signed_in().refresh_token or ""
    house.people.disable(ANNA)
    with pytest.raises(GrantOver):
        house.redeemed(code)
    with pytest.raises(GrantOver):
        house.signin.grants.refresh(house.client(), refresh, None, ISSUER)


# Refresh tokens


def refreshed(house: House, text: str, scope: str = "") -> Issued:
    return house.signin.grants.refresh(house.client(), text, parse(scope) if scope else None, ISSUER)


def test_a_refresh_token_works_many_times_and_lives_on_with_its_use(house: House) -> None:
    token = house.signed_in().refresh_token or ""
    for _ in range(3):
        house.clock.on(days=89)
        house.signin.tend()
        issued = refreshed(house, token)
        assert house.signin.tokens.verify(issued.access_token).user_id == ANNA.id
        token = issued.refresh_token or ""
    house.clock.on(days=90)
    with pytest.raises(GrantOver):
        refreshed(house, token)


def test_a_refresh_token_is_for_its_app(house: House) -> None:
    token = house.signed_in().refresh_token or ""
    with pytest.raises(GrantOver):
        house.signin.grants.refresh(house.public(), token, None, ISSUER)


def test_refreshing_may_ask_for_other_things_that_are_allowed_and_for_no_others(house: House) -> None:
    token = house.signed_in(scope="Mail.Read Mail.Send offline_access").refresh_token or ""
    less = refreshed(house, token, "Mail.Send")
    assert house.signin.tokens.verify(less.access_token).scopes == {"Mail.Send"}
    with pytest.raises(NoConsent):
        refreshed(house, token, "Contacts.Read")
    house.signin.consents.withdraw(house.web.id, ANNA.id, ["Mail.Read"])
    with pytest.raises(NoConsent):
        refreshed(house, token)


def test_revoking_a_user_ends_all_that_came_of_their_sign_ins(house: House) -> None:
    anna, bert = house.signed_in(), house.signed_in(BERT)
    assert len(house.signin.signins.list()) == 2
    assert house.signin.signins.revoke_of(ANNA.id) == 1
    with pytest.raises(GrantOver):
        refreshed(house, anna.refresh_token or "")
    assert refreshed(house, bert.refresh_token or "").access_token
    assert [found.user_id for found in house.signin.signins.list()] == [BERT.id]


def test_what_is_over_is_forgotten(house: House) -> None:
    house.signed_in(scope="Mail.Read")
    house.signin.sessions.create(ANNA.id)
    house.code()
    house.signin.devices.start(house.desk.id, parse("Mail.Read"))
    house.clock.moment += timedelta(days=4)
    house.signin.tend()
    with house.signin._database.read() as connection:
        for table in ("signin", "session", "code", "device", "refresh"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0, table


# Consent


def test_nothing_is_given_that_nobody_allowed(house: House) -> None:
    asked = parse("Mail.Read")
    with pytest.raises(NoConsent, match=r"Mail\.Read"):
        house.signin.grants.password(house.client(), ANNA, asked, ISSUER)
    house.signin.consents.allow(house.web.id, BERT.id, ["Mail.Read"])
    with pytest.raises(NoConsent):
        house.signin.grants.password(house.client(), ANNA, asked, ISSUER)
    house.signin.consents.allow(house.web.id, "", ["Mail.Read"])
    assert house.signin.grants.password(house.client(), ANNA, asked, ISSUER).access_token
    with pytest.raises(NoConsent):
        house.signin.grants.password(house.public(), ANNA, asked, ISSUER)


def test_default_stands_for_what_was_allowed(house: House) -> None:
    house.signin.consents.allow(house.web.id, "", ["Mail.Read", "openid", f"{house.desk.id}/access"])
    house.signin.consents.allow(house.web.id, ANNA.id, ["Mail.Send"])
    asked = parse("https://graph.microsoft.com/.default")
    issued = house.signin.grants.password(house.client(), ANNA, asked, ISSUER)
    assert house.signin.tokens.verify(issued.access_token).scopes == {"Mail.Read", "Mail.Send"}
    assert set((issued.scope or "").split()) == {"https://graph.microsoft.com/.default", "Mail.Read", "Mail.Send"}


# Apps by themselves, and on behalf of users


def test_an_app_by_itself_must_prove_itself_and_ask_for_default(house: House) -> None:
    with pytest.raises(NeedsSecret):
        house.signin.grants.by_itself(house.public(), parse("https://graph.microsoft.com/.default"))
    with pytest.raises(BadField):
        house.signin.grants.by_itself(house.client(), parse("Mail.Read"))
    with pytest.raises(UnknownResource):
        house.signin.grants.by_itself(house.client(), parse("12345678-1234-1234-1234-123456789abc/.default"))


def test_an_app_between_gets_a_token_of_the_user_for_what_is_behind_it(house: House) -> None:
    house.signin.consents.allow(house.desk.id, ANNA.id, [f"{house.web.id}/access"])
    house.signin.consents.allow(house.web.id, ANNA.id, ["Mail.Read"])
    front = house.signin.grants.password(house.public(), ANNA, parse(f"api://{house.web.id}/access"), ISSUER)
    behind = house.signin.grants.on_behalf_of(house.client(), front.access_token, parse("Mail.Read"), ISSUER)
    caller = house.signin.tokens.verify(behind.access_token)
    assert (caller.app_id, caller.user_id, caller.scopes) == (house.web.id, ANNA.id, frozenset({"Mail.Read"}))


def test_a_token_for_others_a_dead_one_or_one_without_a_user_is_nothing_to_act_on(house: House) -> None:
    graph = house.signed_in().access_token
    identity = house.signed_in(scope="openid Mail.Read").id_token or ""
    alone = house.signin.grants.by_itself(house.client(), parse(f"{house.web.id}/.default")).access_token
    for assertion in (graph, identity, alone, "x"):
        with pytest.raises(GrantOver):
            house.signin.grants.on_behalf_of(house.client(), assertion, parse("Mail.Read"), ISSUER)


# Devices


def test_a_device_gets_its_tokens_once_after_its_user_approved(house: House) -> None:
    started = house.signin.devices.start(house.desk.id, parse("Mail.Read"))
    with pytest.raises(DevicePending):
        house.signin.devices.poll(house.desk.id, started.device_code)
    found = house.signin.devices.find(f" {started.user_code[:4].lower()}-{started.user_code[4:]} ")
    assert found.app_id == house.desk.id
    house.signin.consents.allow(house.desk.id, ANNA.id, ["Mail.Read"])
    house.signin.devices.decide(started.user_code, ANNA.id, found.asked, approved=True)
    issued = house.signin.grants.device(house.public(), started.device_code, ISSUER)
    assert house.signin.tokens.verify(issued.access_token).user_id == ANNA.id
    with pytest.raises(UnknownDevice):
        house.signin.grants.device(house.public(), started.device_code, ISSUER)
    with pytest.raises(WrongUserCode):
        house.signin.devices.find(started.user_code)


def test_a_device_that_asks_too_often_is_told_to_slow_down(house: House) -> None:
    started = house.signin.devices.start(house.desk.id, parse("Mail.Read"))
    expected = [(0, DevicePending), (1, DeviceTooFast), (5, DevicePending), (4.6, DevicePending), (4, DeviceTooFast)]
    for pause_s, error in expected:
        house.clock.on(seconds=pause_s)
        with pytest.raises(error):
            house.signin.devices.poll(house.desk.id, started.device_code)


def test_a_device_ends_with_a_no_with_its_time_and_is_no_other_apps(house: House) -> None:
    asked = parse("Mail.Read")
    started, late = (house.signin.devices.start(house.desk.id, asked) for _ in range(2))
    with pytest.raises(UnknownDevice):
        house.signin.devices.poll(house.web.id, started.device_code)
    house.signin.devices.decide(started.user_code, ANNA.id, asked, approved=False)
    with pytest.raises(Declined):
        house.signin.devices.poll(house.desk.id, started.device_code)
    house.clock.on(minutes=15)
    with pytest.raises(DeviceExpired):
        house.signin.devices.poll(house.desk.id, late.device_code)
    with pytest.raises(WrongUserCode):
        house.signin.devices.decide(late.user_code, ANNA.id, asked, approved=True)


def test_an_address_and_an_app_have_a_number_of_devices_that_wait(house: House) -> None:
    asked, signin = parse("Mail.Read"), house.signin
    most = Devices(signin._database, house.clock, Most(of_address=2, of_app=4))
    first = most.start(house.desk.id, asked, "192.0.2.1")
    most.start(house.desk.id, asked, "::ffff:192.0.2.1")
    with pytest.raises(TooManyDevices, match="of this address"):
        most.start(house.desk.id, asked, "192.0.2.1")
    for host in ("2001:db8::1", "2001:db8::2"):
        most.start(house.desk.id, asked, host)
    with pytest.raises(TooManyDevices, match="of this address"):
        most.start(house.desk.id, asked, "2001:db8::ffff:3")
    with pytest.raises(TooManyDevices, match="of this application"):
        most.start(house.desk.id, asked, "192.0.2.2")
    most.decide(first.user_code, ANNA.id, asked, approved=False)
    most.start(house.desk.id, asked, "192.0.2.1")
    house.clock.on(minutes=15)
    most.start(house.desk.id, asked, "2001:db8::1")


def test_codes_of_devices_are_easy_to_type() -> None:
    assert not set("AEIOUY01") & set(devices.ALPHABET)


# Who and where


def test_a_tenant_is_known_by_its_id_its_domains_and_by_words(house: House) -> None:
    for name in ("common", "Organizations", "consumers", house.signin.tenant.upper(), "post.test"):
        house.signin.check_tenant(name)
    for name in ("other.test", "", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(UnknownTenant):
            house.signin.check_tenant(name)


def test_a_password_lets_its_user_in(house: House) -> None:
    assert house.signin.authenticate(" Anna@post.test ", "Correct-Horse-7") == ANNA
    for username, password in (("anna@post.test", "x"), ("x" * 300, "x"), ("anna@post.test", ""), ("a", "x" * 2000)):
        assert house.signin.authenticate(username, password) is None
