"""A browser signs in, allows, and goes back to the app."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import urlencode

import pytest
from tests.faces.graph.signin.conftest import CALLBACK, World
from tests.workspace.signin.known import ADMIN, ANNA, BERT, PASSWORD

VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def test_a_user_signs_in_allows_and_the_app_gets_its_tokens(world: World) -> None:
    browser = world.browser().open(
        world.authorize(nonce="n-1", code_challenge=CHALLENGE, code_challenge_method="S256", client_info="1")
    )
    assert "Sign in to Web <site>" in browser.text
    browser.sign_in()
    assert "Read your mail" in browser.text
    browser.fill("accept")
    assert browser.gone_to.startswith(CALLBACK + "?")
    assert browser.brought["state"] == "s"
    answer = world.as_web(
        grant_type="authorization_code", code=browser.brought["code"], redirect_uri=CALLBACK,
        code_verifier=VERIFIER, client_info="1",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 3599)
    assert set(told["scope"].split()) == {"openid", "profile", "offline_access", "Mail.Read"}
    assert answer.headers["cache-control"] == "no-store"
    info = json.loads(base64.urlsafe_b64decode(told["client_info"] + "=="))
    assert info == {"uid": ANNA.id, "utid": world.signin.tenant}
    assert world.signin.tokens.verify(told["access_token"]).scopes == {"Mail.Read"}


def test_whoever_is_signed_in_and_has_allowed_it_goes_straight_back(world: World) -> None:
    browser = world.browser().open(world.authorize()).sign_in().fill("accept")
    assert "code" in browser.brought
    assert "code" in browser.open(world.authorize(prompt="none")).brought
    assert "code" in browser.open(world.authorize()).brought
    more = browser.open(world.authorize(scope="Mail.Send"))
    assert "Send your mail" in more.text
    assert "Read your mail" not in more.text


def test_with_prompt_none_nobody_is_asked(world: World) -> None:
    browser = world.browser().open(world.authorize(prompt="none"))
    assert browser.brought["error"] == "login_required"
    assert browser.brought["state"] == "s"
    browser.open(world.authorize()).sign_in()
    assert browser.open(world.authorize(prompt="none")).brought["error"] == "consent_required"


def test_with_prompt_login_the_password_is_asked_for_each_time(world: World) -> None:
    world.allow("openid", "Mail.Read")
    browser = world.browser().open(world.authorize()).sign_in()
    assert "code" in browser.brought
    browser.open(world.authorize(prompt="login"))
    assert "Sign in to" in browser.text
    assert "code" in browser.sign_in().brought
    assert "Sign in to" in browser.open(world.authorize(prompt="login")).text


def test_with_prompt_consent_it_is_asked_again(world: World) -> None:
    world.allow("openid", "Mail.Read")
    browser = world.browser().open(world.authorize(prompt="consent")).sign_in()
    assert "Read your mail" in browser.text
    assert "code" in browser.fill("accept").brought


def test_with_prompt_select_account_the_user_chooses(world: World) -> None:
    world.allow("openid", "Mail.Read")
    browser = world.browser().open(world.authorize()).sign_in()
    browser.open(world.authorize(prompt="select_account"))
    assert f"Go on as {ANNA.address}" in browser.text
    assert "code" in browser.fill("stay").brought
    browser.open(world.authorize(prompt="select_account")).fill("other")
    code = browser.sign_in(BERT.address).brought["code"]
    told = world.as_web(grant_type="authorization_code", code=code, redirect_uri=CALLBACK).json()
    assert world.signin.tokens.verify(told["access_token"]).user_id == BERT.id


def test_a_hint_fills_in_the_name_and_asks_when_somebody_else_is_signed_in(world: World) -> None:
    world.allow("openid", "Mail.Read")
    browser = world.browser().open(world.authorize(login_hint=ANNA.address))
    assert browser.form.fields["username"] == ANNA.address
    browser.sign_in()
    assert "code" in browser.open(world.authorize(login_hint="ANNA@post.test")).brought
    assert browser.open(world.authorize(login_hint=BERT.address)).form.fields["username"] == BERT.address


def test_a_user_who_declines_sends_the_app_an_error(world: World) -> None:
    browser = world.browser().open(world.authorize()).sign_in().fill("decline")
    assert (browser.brought["error"], browser.brought["state"]) == ("access_denied", "s")
    assert "AADSTS65004" in browser.brought["error_description"]


def test_what_only_administrators_can_allow_a_user_cannot(world: World) -> None:
    url = world.authorize(scope="User.ReadWrite.All")
    browser = world.browser().open(url).sign_in()
    assert browser.page is not None
    assert browser.page.status_code == 403
    assert "administrator" in browser.text
    admin = world.browser().open(url).sign_in(ADMIN.address).fill("accept", everybody="1")
    assert "code" in admin.brought
    assert "code" in browser.open(url).brought


def test_the_answer_comes_in_the_mode_that_was_asked_for(world: World) -> None:
    world.allow("openid", "Mail.Read")
    browser = world.browser().open(world.authorize(response_mode="fragment")).sign_in()
    assert browser.gone_to.startswith(CALLBACK + "#")
    browser.open(world.authorize(response_mode="form_post"))
    assert browser.form.action == CALLBACK
    assert set(browser.form.fields) == {"code", "state", "session_state"}
    assert browser.page is not None
    nonce = browser.page.text.split('<script nonce="')[1].split('"')[0]
    assert f"script-src 'nonce-{nonce}'" in browser.page.headers["content-security-policy"]
    bad = browser.open(world.authorize(response_mode="web_message"))
    assert bad.brought["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("fields", "error", "number"),
    [
        ({"response_type": "token"}, "unsupported_response_type", 70005),
        ({"response_type": ""}, "invalid_request", 900144),
        ({"scope": "Mail.Fly"}, "invalid_scope", 70011),
        ({"scope": ""}, "invalid_request", 900144),
        ({"code_challenge": "short"}, "invalid_request", 9002313),
        ({"prompt": "now"}, "invalid_request", 9002313),
        ({"scope": "12345678-1234-1234-1234-123456789abc/x"}, "invalid_resource", 500011),
        ({"nonce": "x" * 3000}, "invalid_request", 9002313),
    ],
)
def test_what_is_wrong_is_told_to_the_app(world: World, fields: dict[str, str], error: str, number: int) -> None:
    browser = world.browser().open(world.authorize(None, **fields))
    assert browser.brought["error"] == error
    assert browser.brought["error_description"].startswith(f"AADSTS{number}: ")


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"redirect_uri": "https://evil.test/"}, 50011), ({"redirect_uri": CALLBACK + "/"}, 50011),
        ({"redirect_uri": CALLBACK.upper()}, 50011), ({"client_id": "nobody"}, 700016), ({"client_id": ""}, 900144),
        ({"state": "x" * 9000}, 9002313),
    ],
)  # fmt: skip
def test_nothing_goes_to_an_address_that_is_not_registered(world: World, fields: dict[str, str], number: int) -> None:
    browser = world.browser().open(world.authorize(None, **fields))
    assert browser.gone_to == ""
    assert browser.page is not None
    assert browser.page.status_code == 400
    assert f"AADSTS{number}" in browser.text


def test_a_field_with_two_values_is_refused(world: World) -> None:
    browser = world.browser().open(world.authorize() + "&redirect_uri=https%3A%2F%2Fevil.test%2F")
    assert browser.gone_to == ""
    assert "one value" in browser.text


def test_an_app_may_post_its_request(world: World) -> None:
    query = world.authorize().partition("?")[2]
    answer = world.http().post(
        "/common/oauth2/v2.0/authorize", content=query, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert "Sign in to" in answer.text


def test_the_older_forms_take_a_resource(world: World) -> None:
    url = world.authorize(path="/common/oauth2/authorize", scope="", resource="https://graph.microsoft.com")
    browser = world.browser().open(url).sign_in().fill("accept")
    told = world.token(
        "/common/oauth2/token", client_id=world.web.id, client_secret=world.secret, grant_type="authorization_code",
        code=browser.brought["code"], redirect_uri=CALLBACK, resource="https://graph.microsoft.com",
    ).json()  # fmt: skip
    assert told["resource"] == "https://graph.microsoft.com"
    assert told["expires_in"] == "3599"
    assert world.signin.tokens.verify(told["access_token"]).scopes == {"User.Read"}


# Passwords


def test_wrong_passwords_are_told_alike_and_then_slowed_down(world: World) -> None:
    told = set()
    for username in (ANNA.address, "nobody@post.test", "nobody", " "):
        browser = world.browser().open(world.authorize()).sign_in(username, "wrong")
        assert browser.page is not None
        assert browser.page.status_code == 400
        told.add(browser.text)
    assert len(told) == 1
    browser = world.browser().open(world.authorize())
    for _ in range(3):
        browser.sign_in(ANNA.address, "wrong")
    browser.sign_in(ANNA.address, PASSWORD)
    assert browser.page is not None
    assert browser.page.status_code == 429
    assert "Try again in" in browser.text
    assert "Allow" in world.browser().open(world.authorize()).sign_in(BERT.address).text


def test_a_disabled_user_does_not_sign_in_and_is_signed_out(world: World) -> None:
    browser = world.browser().open(world.authorize()).sign_in()
    world.people.disable(ANNA)
    assert "Sign in to" in browser.open(world.authorize()).text
    assert "wrong" in browser.sign_in().text


# What pages of others may not do


def test_a_form_without_its_token_or_of_another_browser_does_nothing(world: World) -> None:
    browser, other = world.browser().open(world.authorize()), world.browser().open(world.authorize())
    stolen = other.form.fields["token"]
    for token in ("", stolen, "1.x"):
        again = world.browser()
        again.http.cookies = browser.http.cookies
        again.open(world.authorize()).fill(token=token, username=ANNA.address, password=PASSWORD)
        assert again.page is not None
        assert again.page.status_code == 400
        assert "open for too long" in again.text


def test_a_form_that_a_page_of_another_site_sends_does_nothing(world: World) -> None:
    browser = world.browser().open(world.authorize()).sign_in()
    form = browser.form
    sent = {**form.fields, "do": "accept"}
    for headers in ({"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.http.post(form.action, data=sent, headers=headers)
        assert answer.status_code == 400
    assert world.signin.consents.list(world.web.id) == ()


def test_what_is_allowed_is_what_was_shown(world: World) -> None:
    browser = world.browser().open(world.authorize()).sign_in()
    browser.fill("accept", scopes="Mail.ReadWrite Mail.Send")
    assert browser.gone_to == ""
    assert world.signin.consents.list(world.web.id) == ()


def test_a_login_form_goes_nowhere_but_to_pages_of_ours(world: World) -> None:
    browser = world.browser().open(world.authorize())
    browser.fill(then="https://evil.test/", username=ANNA.address, password=PASSWORD)
    assert browser.gone_to == ""
    assert "open for too long" in browser.text


def test_pages_cannot_be_framed_run_nothing_and_are_not_kept(world: World) -> None:
    page = world.get(world.authorize())
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    assert "<script" not in page.text
    assert "Web &lt;site&gt;" in page.text
    for cookie in page.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly"} <= {part.strip() for part in cookie.split(";")}


def test_signing_out_ends_the_session_and_goes_to_registered_addresses_only(world: World) -> None:
    world.allow("openid", "Mail.Read")
    browser = world.browser().open(world.authorize()).sign_in()
    for address, there in (("https://evil.test/", ""), (CALLBACK, f"{CALLBACK}?state=x")):
        query = urlencode({"post_logout_redirect_uri": address, "state": "x"})
        browser.open(f"{world.base}/common/oauth2/v2.0/logout?{query}")
        assert browser.gone_to == there
    assert browser.open(world.authorize(prompt="none")).brought["error"] == "login_required"


# Administrators


def admin_url(world: World, **more: str) -> str:
    query = {"client_id": world.web.id, "redirect_uri": CALLBACK, "state": "s", "scope": "Mail.Read User.Read.All"}
    return f"{world.base}/common/v2.0/adminconsent?{urlencode({**query, **more})}"


def test_an_administrator_allows_an_app_something_for_everybody(world: World) -> None:
    browser = world.browser().open(admin_url(world)).sign_in(ADMIN.address)
    assert "for everybody" in browser.text
    browser.fill("accept")
    assert browser.brought == {
        "admin_consent": "True", "tenant": world.signin.tenant, "scope": "Mail.Read User.Read.All", "state": "s",
    }  # fmt: skip
    assert "code" in world.browser().open(world.authorize(scope="User.Read.All Mail.Read")).sign_in().brought


def test_nobody_else_allows_for_everybody(world: World) -> None:
    browser = world.browser().open(admin_url(world)).sign_in()
    assert browser.page is not None
    assert browser.page.status_code == 403
    plain = world.browser().open(world.authorize()).sign_in()
    plain.fill("accept", everybody="1")
    assert plain.brought["error"] == "access_denied"
    assert world.signin.consents.list(world.web.id) == ()
    assert world.browser().open(admin_url(world)).sign_in(ADMIN.address).fill("decline").brought["error"] == (
        "access_denied"
    )
