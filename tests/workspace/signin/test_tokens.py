"""Access tokens: what is in them, and which are none."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from tests.workspace.signin.conftest import ISSUER, House
from tests.workspace.signin.forging import signed_with_password
from tests.workspace.signin.known import ANNA, Known

from postroom.workspace.signin.errors import TokenError, TokenExpired, TokenMalformed, TokenRevoked, WrongAudience
from postroom.workspace.signin.keys import KNOWN_FOR, SIGNS_FOR
from postroom.workspace.signin.scopes import parse
from postroom.workspace.signin.signin import Signin


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def signed(house: House, claims: dict[str, Any], **header: object) -> str:
    key = house.signin.keys.signing()
    return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key.key, algorithms=["RS256"])


def test_a_token_of_a_user_says_who_may_what(house: House) -> None:
    token = house.signed_in(scope="Mail.Read User.Read offline_access").access_token
    caller = house.signin.tokens.verify(token)
    assert (caller.app_id, caller.user_id, caller.tenant) == (house.web.id, ANNA.id, house.signin.tenant)
    assert (caller.scopes, caller.roles) == (frozenset({"Mail.Read", "User.Read"}), frozenset())
    claims = claims_of(token)
    assert claims["aud"] == "https://graph.microsoft.com"
    assert claims["iss"] == f"https://sts.windows.net/{house.signin.tenant}/"
    assert (claims["upn"], claims["scp"], claims["idtyp"], claims["appidacr"]) == (
        ANNA.address, "Mail.Read User.Read", "user", "1",
    )  # fmt: skip
    assert claims["exp"] - claims["iat"] == 3599


def test_a_token_of_an_app_by_itself_has_roles_and_no_user(house: House) -> None:
    issued = house.signin.grants.by_itself(house.client(), parse("https://graph.microsoft.com/.default"))
    caller = house.signin.tokens.verify(issued.access_token)
    assert (caller.user_id, caller.scopes, caller.roles) == (
        None,
        frozenset(),
        frozenset({"Mail.Read", "User.Read.All"}),
    )
    assert claims_of(issued.access_token)["idtyp"] == "app"
    assert issued.refresh_token is None


def test_a_token_ends_at_its_time(house: House) -> None:
    token = house.signed_in().access_token
    house.clock.on(seconds=3598)
    house.signin.tokens.verify(token)
    house.clock.on(seconds=1)
    with pytest.raises(TokenExpired):
        house.signin.tokens.verify(token)


def test_a_token_of_a_time_to_come_is_refused_but_clocks_may_differ_a_little(house: House) -> None:
    token = house.signed_in().access_token
    house.clock.on(seconds=-299)
    house.signin.tokens.verify(token)
    house.clock.on(seconds=-2)
    with pytest.raises(TokenMalformed):
        house.signin.tokens.verify(token)


def test_a_token_ends_with_its_sign_in_and_with_its_app(house: House) -> None:
    first, second = house.signed_in().access_token, house.signed_in().access_token
    house.signin.signins.revoke(claims_of(first)["sid"])
    with pytest.raises(TokenRevoked):
        house.signin.tokens.verify(first)
    house.signin.tokens.verify(second)
    alone = house.signin.grants.by_itself(house.client(), parse("https://graph.microsoft.com/.default")).access_token
    house.signin.apps.delete(house.web.id)
    for token in (second, alone):
        with pytest.raises(TokenRevoked):
            house.signin.tokens.verify(token)


def test_a_token_ends_when_its_user_is_disabled(house: House) -> None:
    token = house.signed_in().access_token
    house.people.disable(ANNA)
    with pytest.raises(TokenRevoked):
        house.signin.tokens.verify(token)


def test_a_token_for_another_resource_is_refused(house: House) -> None:
    token = house.signed_in(scope=f"{house.desk.id}/access").access_token
    assert claims_of(token)["aud"] == house.desk.id
    with pytest.raises(WrongAudience):
        house.signin.tokens.verify(token)


def test_an_id_token_gives_no_access(house: House) -> None:
    token = house.signed_in(scope="openid Mail.Read").id_token
    assert token is not None
    with pytest.raises(TokenError):
        house.signin.tokens.verify(token)


def test_a_token_without_or_with_a_weak_signature_is_refused(house: House) -> None:
    claims = claims_of(house.signed_in().access_token)
    key = house.signin.keys.signing()
    weak = signed_with_password({"kid": key.kid}, claims, key.key.as_pem(private=False))
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": key.kid}).encode()).decode().rstrip("=")
    none = f"{header}.{weak.split('.')[1]}."
    other = RSAKey.generate_key(2048)
    foreign = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, other, algorithms=["RS256"])
    unknown = signed(house, claims, kid="unknown")
    nameless = jwt.encode({"alg": "RS256"}, claims, key.key, algorithms=["RS256"])
    for forged in (weak, none, foreign, unknown, nameless, f"{none}x", ""):
        with pytest.raises(TokenMalformed):
            house.signin.tokens.verify(forged)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://sts.windows.net/other/"}, {"iss": None}, {"tid": "other"}, {"exp": None}, {"exp": "tomorrow"},
        {"exp": True}, {"nbf": None}, {"nbf": "x"},
    ],
)  # fmt: skip
def test_a_token_of_ours_with_claims_that_are_not_is_refused(house: House, change: dict[str, object]) -> None:
    claims = claims_of(house.signed_in().access_token) | change
    with pytest.raises(TokenMalformed):
        house.signin.tokens.verify(signed(house, claims))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=200), st.from_regex(r"[A-Za-z0-9_-]{1,40}(\.[A-Za-z0-9_-]{1,40}){2}")))
def test_whatever_comes_as_a_token_is_refused_in_order(house: House, text: str) -> None:
    with pytest.raises(TokenError):
        house.signin.tokens.verify(text)


def test_a_very_long_text_is_no_token(house: House) -> None:
    with pytest.raises(TokenMalformed):
        house.signin.tokens.verify(".".join(["a" * 20_000] * 3))


# Keys


def test_a_new_key_signs_and_tokens_of_the_one_before_are_still_good(house: House) -> None:
    old = house.signed_in().access_token
    house.clock.on(seconds=60)
    house.signin.keys.rotate()
    new = house.signed_in().access_token
    assert jwt.decode(new, house.signin.keys.signing().key, algorithms=["RS256"]).header["kid"] != old_kid(old)
    for token in (old, new):
        house.signin.tokens.verify(token)
    assert len(house.signin.keys.all()) == 2


def old_kid(token: str) -> str:
    part = token.split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["kid"])


def test_keys_are_renewed_in_time_and_old_ones_forgotten(house: House) -> None:
    first = house.signin.keys.signing().kid
    house.clock.on(days=SIGNS_FOR.days - 1)
    house.signin.tend()
    assert house.signin.keys.signing().kid == first
    house.clock.on(days=1)
    house.signin.tend()
    second = house.signin.keys.signing().kid
    assert second != first
    assert {key.kid for key in house.signin.keys.all()} == {first, second}
    house.clock.moment += KNOWN_FOR + timedelta(seconds=1)
    house.signin.keys.rotate()
    assert first not in {key.kid for key in house.signin.keys.all()}
    assert second in {key.kid for key in house.signin.keys.all()}


def test_a_token_that_was_good_ends_with_its_key_and_one_letter_more_makes_another_token(house: House) -> None:
    token = house.signed_in().access_token
    house.signin.tokens.verify(token)
    head, body, signature = token.split(".")
    for other in (f"{head}.{body}A.{signature}", f"{head}.{body}.{signature[:-4]}AAAA"):
        with pytest.raises(TokenMalformed):
            house.signin.tokens.verify(other)
    house.signin.tokens.verify(token)
    for _ in range(2):
        house.clock.moment += KNOWN_FOR + timedelta(seconds=1)
        house.signin.keys.rotate()
    with pytest.raises(TokenMalformed):
        house.signin.tokens.verify(token)


def test_what_is_published_checks_tokens_and_has_no_private_part(house: House) -> None:
    token = house.signed_in().access_token
    published = [dict(key.published(ISSUER)) for key in house.signin.keys.all()]
    assert set(published[0]) == {"kty", "use", "alg", "kid", "x5t", "n", "e", "x5c", "issuer"}
    keys = KeySet.import_key_set({"keys": published})  # type: ignore[typeddict-item]
    assert jwt.decode(token, keys, algorithms=["RS256"]).claims["appid"] == house.web.id


def test_two_programs_on_one_home_have_one_tenant_and_know_each_others_tokens(house: House, tmp_path: Path) -> None:
    token = house.signed_in().access_token
    with Signin(tmp_path / "workspace", Known(), house.clock) as second:
        assert second.tenant == house.signin.tenant
        assert second.tokens.verify(token).user_id == ANNA.id
        second.keys.rotate()
        second.signins.revoke_of(ANNA.id)
    assert house.signin.tokens.verify(house.signed_in().access_token)
    with pytest.raises(TokenRevoked):
        house.signin.tokens.verify(token)
