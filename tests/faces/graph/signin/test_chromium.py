"""The pages of sign-in in a real browser: by keyboard, with and without JavaScript, for assistive technology."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.faces.graph.signin.chromium import ENTER, TAB, Page, browser, driver
from tests.faces.graph.signin.conftest import World
from tests.workspace.signin.known import ADMIN, ANNA, PASSWORD


@pytest.fixture(scope="module")
def webdriver() -> Iterator[str]:
    with driver() as at:
        yield at


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def page(webdriver: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    with browser(webdriver, scripts=request.param == "with JavaScript") as opened:
        yield opened


@pytest.fixture
def landing(world: World) -> str:
    """Where python-o365 lets the browser go."""
    address = f"{world.base}/common/oauth2/nativeclient"
    world.signin.apps.add_redirect(world.web.id, address)
    return address


def test_a_user_signs_in_with_the_keyboard_alone(world: World, page: Page, landing: str) -> None:
    page.open(world.authorize(redirect_uri=landing))
    assert page.title == "Sign in to Web <site>"
    assert page.focused == page.find("#username")
    page.type(ANNA.address + TAB)
    assert page.focused == page.find("#password")
    page.type("wrong" + ENTER)
    page.wait_for(f"{world.base}/common/login")
    assert page.title.startswith("Error: ")
    problem = page.find("[role=alert]")
    assert page.label(page.find("#password")) == "Password"
    assert "wrong" in page.text
    assert page.style(problem, "border-left-width") == "4px", "the style of the page is allowed by its policy"
    # The name is kept, so that only the password is to be typed.
    assert page.focused == page.find("#password")
    page.type(PASSWORD + ENTER)
    page.wait_for(f"{world.base}/common/oauth2/v2.0/authorize")
    assert page.title == "Allow Web <site>?"
    page.type_at("button[value=accept]", ENTER)
    page.wait_for(landing)
    code = parse_qs(urlsplit(page.url).query)["code"][0]
    told = world.as_web(grant_type="authorization_code", code=code, redirect_uri=landing).json()
    assert world.signin.tokens.verify(told["access_token"]).user_id == ANNA.id
    # Signed in and allowed: the browser comes straight back.
    page.open(world.authorize(redirect_uri=landing))
    page.wait_for(landing)


def test_an_answer_by_form_reaches_the_app_by_itself_or_by_a_button(
    world: World, page: Page, landing: str, request: pytest.FixtureRequest
) -> None:
    world.allow("openid", "Mail.Read")
    page.open(world.authorize(redirect_uri=landing, response_mode="form_post"))
    page.type(ANNA.address + TAB + PASSWORD + ENTER)
    if "without" in request.node.name:
        page.wait_for(f"{world.base}/common/oauth2/v2.0/authorize")
        assert page.title == "Back to Web <site>"
        page.type(ENTER)
    page.wait_for(landing)


def test_a_device_is_let_in(world: World, page: Page) -> None:
    form = {"client_id": world.desk.id, "scope": "Mail.Read"}
    device = world.token("/common/oauth2/v2.0/devicecode", **form).json()
    page.open(device["verification_uri"])
    page.type(ANNA.address + TAB + PASSWORD + ENTER)
    page.wait_for(device["verification_uri"])
    assert page.focused == page.find("#otc")
    page.type(device["user_code"] + ENTER)
    page.type_at("button[value=accept]", ENTER)
    page.wait_for(f"{world.base}/common/deviceconsent")
    assert "signed in to Desk" in page.text
    grant = {"grant_type": "device_code", "client_id": world.desk.id, "device_code": device["device_code"]}
    assert world.token(**grant).status_code == 200


def test_every_field_and_button_has_a_name_and_every_page_a_heading_and_a_language(
    world: World, webdriver: str
) -> None:
    with browser(webdriver) as page:
        device = world.token("/common/oauth2/v2.0/devicecode", client_id=world.desk.id, scope="Mail.Read").json()
        page.open(world.authorize(prompt="consent"))
        _check(page, ["Mail address", "Password", "Sign in"])
        page.type(ADMIN.address + TAB + PASSWORD + ENTER)
        page.wait_for(f"{world.base}/common/oauth2/v2.0/authorize")
        _check(page, ["Allow this for everybody", "Allow", "Do not allow"])
        page.open(world.authorize(prompt="select_account"))
        _check(page, [f"Go on as {ADMIN.address}", "Use another account"])
        page.open(device["verification_uri"])
        _check(page, ["The code that your program or device shows", "Next"])
        page.open(f"{world.base}/common/oauth2/v2.0/logout")
        _check(page, [])


def _check(page: Page, names: list[str]) -> None:
    fields = page.find_all("input:not([type=hidden]), button, a")
    assert [page.label(field) for field in fields] == names
    assert {page.role(field) for field in fields} <= {"textbox", "checkbox", "button", "link", ""}
    assert len(page.find_all("main h1")) == 1
    assert page.title
    assert page.run("return document.documentElement.lang") == "en"
