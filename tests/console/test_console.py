"""The console in a browser's hands: password, code, one-time link, app passwords."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from html import unescape

import httpx2
import pyotp
import pytest
from tests.console.conftest import Served, hidden, sign_in, title

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.user_rows import User
from postroom.archive.storage.writer import Incoming
from postroom.errors import Unavailable
from postroom.web.backoff import BackOff

BY = Actor("admin", "api")


def signed_in(browser: httpx2.Client) -> str:
    """Who the first page is of; 'Sign in to the archive' when nobody is signed in."""
    return title(browser.get("/"))


def secret_of(answer: httpx2.Response) -> str:
    found = re.search("Key: <code>([A-Z2-7]+)</code>", answer.text)
    assert found, answer.text
    return found[1]


def fresh_code(archive: Archive, secret: str) -> str:
    """A code that was not taken yet: that of the next step, when the one of now was."""
    with archive.instance.database.read() as connection:
        taken = connection.execute("SELECT last_step FROM second_factor").fetchone()["last_step"]
    totp = pyotp.TOTP(secret)
    now = totp.timecode(datetime.now(UTC))
    return totp.generate_otp(max(now, taken + 1))


# Password


def test_name_and_password_sign_in_and_out(browser: httpx2.Client, archive: Archive) -> None:
    assert signed_in(browser) == "Sign in to the archive"
    assert title(sign_in(browser, "ANNA")) == "anna"
    assert signed_in(browser) == "anna"
    session = browser.cookies["postroom_session"]
    assert title(browser.post("/logout")) == "Signed out"
    assert signed_in(browser) == "Sign in to the archive"
    assert archive.instance.sessions.user(session) is None
    logged = next(row for row in archive.instance.audit.entries() if row.event == "UserLogin")
    assert (logged.ok, logged.user, logged.client, logged.address) == (True, "anna", "web", "127.0.0.1")


@pytest.mark.parametrize(("user", "password"), [("anna", "wrong"), ("nobody", "word"), ("", ""), ("anna", "")])
def test_what_is_wrong_is_not_told_apart(browser: httpx2.Client, user: str, password: str) -> None:
    answer = sign_in(browser, user, password)
    assert answer.status_code == 400
    assert "User name or password is wrong." in answer.text
    assert "postroom_session" not in browser.cookies


def test_an_app_password_does_not_sign_in(browser: httpx2.Client, archive: Archive) -> None:
    word = archive.instance.users.app_passwords.create("anna", "Phone", BY)
    assert sign_in(browser, "anna", word).status_code == 400


def test_who_may_not_use_this_door_is_told_so(browser: httpx2.Client, archive: Archive) -> None:
    archive.instance.users.set_login_privileges("anna", ["api"], BY)
    answer = sign_in(browser)
    assert answer.status_code == 403
    assert "may not sign in to the console" in answer.text


def test_a_right_that_is_taken_away_ends_what_a_session_may(browser: httpx2.Client, archive: Archive) -> None:
    sign_in(browser)
    archive.instance.users.set_privileges("anna", ["none"], BY)
    assert browser.get("/").status_code == 403
    assert browser.post("/app-passwords", data={"name": "x"}).status_code == 403
    assert archive.instance.users.app_passwords.all("anna") == []


def test_a_deleted_user_is_signed_out(browser: httpx2.Client, archive: Archive) -> None:
    sign_in(browser)
    archive.instance.users.delete("anna", BY)
    assert signed_in(browser) == "Sign in to the archive"


def test_guessing_gets_slow(served: Served, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BackOff, "delay_s", lambda self, user, address: 7.2 if user == "anna" else 0.0)
    with served.browser() as browser:
        answer = sign_in(browser)
        assert answer.status_code == 429
        assert "Try again in 8 seconds" in answer.text
        assert sign_in(browser, "admin", "changed").status_code == 200


# Second factor


def test_guessing_codes_gets_slow_whatever_app_passwords_open(
    served: Served, archive: Archive, browser: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[str, str]] = []
    monkeypatch.setattr(BackOff, "failed", lambda self, user, address: counted.append(("failed", user)))
    monkeypatch.setattr(BackOff, "succeeded", lambda self, user, address: counted.append(("succeeded", user)))
    monkeypatch.setattr(BackOff, "delay_s", lambda self, user, address: 7.2 if user == "$code anna" else 0.0)
    secret = archive.instance.second_factors.initialise("anna", BY).secret
    pending = hidden(sign_in(browser), "pending")
    answer = browser.post("/code", data={"pending": pending, "code": pyotp.TOTP(secret).now()})
    assert (answer.status_code, "Try again in 8 seconds" in answer.text) == (429, True)
    monkeypatch.setattr(BackOff, "delay_s", lambda self, user, address: 0.0)
    browser.post("/code", data={"pending": pending, "code": "000000"})
    assert counted == [("failed", "$code anna")]
    counted.clear()
    browser.post("/code", data={"pending": pending, "code": pyotp.TOTP(secret).now()})
    assert counted == [("succeeded", "anna"), ("succeeded", "$code anna")]


def test_with_a_second_factor_the_code_is_asked_for(browser: httpx2.Client, archive: Archive) -> None:
    secret = archive.instance.second_factors.initialise("anna", BY).secret
    assert archive.instance.second_factors.confirm("anna", pyotp.TOTP(secret).now(), BY)
    asked = sign_in(browser)
    assert title(asked) == "Code of your authenticator app"
    assert "postroom_session" not in browser.cookies
    assert signed_in(browser) == "Sign in to the archive"
    assert secret not in asked.text
    wrong = browser.post("/code", data={"pending": hidden(asked, "pending"), "code": "000000"})
    assert (wrong.status_code, title(wrong)) == (400, "Code of your authenticator app")
    code = fresh_code(archive, secret)
    right = browser.post("/code", data={"pending": hidden(wrong, "pending"), "code": code})
    assert (right.status_code, title(right)) == (200, "anna")
    browser.post("/logout")
    again = browser.post("/code", data={"pending": hidden(sign_in(browser), "pending"), "code": code})
    assert (again.status_code, "used already" in again.text) == (400, True)


def test_a_second_factor_that_is_required_is_set_up_at_the_next_sign_in(
    browser: httpx2.Client, archive: Archive
) -> None:
    secret = archive.instance.second_factors.initialise("anna", BY).secret
    page = sign_in(browser)
    assert title(page) == "Set up your second factor"
    assert secret_of(page) == secret
    assert "<svg" in page.text
    wrong = browser.post("/code", data={"pending": hidden(page, "pending"), "code": "123"})
    assert (wrong.status_code, secret_of(wrong)) == (400, secret)
    done = browser.post("/code", data={"pending": hidden(wrong, "pending"), "code": pyotp.TOTP(secret).now()})
    assert title(done) == "anna"
    assert archive.instance.second_factors.status("anna") == "enabled"


def test_a_code_needs_the_proof_that_the_password_was_given(
    browser: httpx2.Client, served: Served, archive: Archive
) -> None:
    secret = archive.instance.second_factors.initialise("anna", BY).secret
    pending = hidden(sign_in(browser), "pending")
    changed = pending[:-6] + ("AAAAAA" if not pending.endswith("AAAAAA") else "BBBBBB")
    for proof in ("", "x", "AAAA", changed, "é"):
        answer = browser.post("/code", data={"pending": proof, "code": pyotp.TOTP(secret).now()})
        assert (answer.status_code, "Sign in again" in answer.text) == (403, True), proof
    assert archive.instance.second_factors.status("anna") == "initialized"


def test_users_set_up_a_factor_of_their_own(browser: httpx2.Client, archive: Archive) -> None:
    sign_in(browser)
    page = browser.post("/second-factor")
    secret = secret_of(page)
    assert browser.post("/second-factor/confirm", data={"code": "1"}).status_code == 400
    assert archive.instance.second_factors.status("anna") == "initialized"
    assert title(browser.post("/second-factor/confirm", data={"code": pyotp.TOTP(secret).now()})) == "anna"
    assert archive.instance.second_factors.status("anna") == "enabled"


def test_a_factor_that_is_on_is_replaced_only_with_a_code_of_it(browser: httpx2.Client, archive: Archive) -> None:
    sign_in(browser)
    secret = secret_of(browser.post("/second-factor"))
    browser.post("/second-factor/confirm", data={"code": pyotp.TOTP(secret).now()})
    assert browser.post("/second-factor").status_code == 400
    assert archive.instance.second_factors.status("anna") == "enabled"
    fresh = browser.post("/second-factor", data={"code": fresh_code(archive, secret)})
    assert secret_of(fresh) != secret


# App passwords


def test_app_passwords_are_made_shown_once_and_deleted(browser: httpx2.Client, archive: Archive) -> None:
    sign_in(browser)
    page = browser.post("/app-passwords", data={"name": 'Phone <b>"x"</b>'})
    made = re.search("shown this once: <code>([a-z0-9-]+)</code>", page.text)
    assert made
    assert archive.instance.users.authenticate("anna", made[1], Actor("", "api"))
    shown = browser.get("/").text
    assert made[1] not in shown
    assert "<b>" not in shown
    assert 'Phone <b>"x"</b>' in unescape(shown)
    again = browser.post("/app-passwords", data={"name": 'PHONE <b>"x"</b>'})
    assert (again.status_code, "exists already" in again.text) == (400, True)
    for number in ("", "x", "99999999999999999999"):
        assert browser.post("/app-passwords/delete", data={"id": number}).status_code == 400
    assert browser.post("/app-passwords/delete", data={"id": "999999"}).status_code == 404
    browser.post("/app-passwords/delete", data={"id": hidden(browser.get("/"), "id")})
    assert archive.instance.users.app_passwords.all("anna") == []


def test_app_passwords_of_others_are_out_of_reach(browser: httpx2.Client, archive: Archive) -> None:
    archive.instance.users.app_passwords.create("admin", "Backup", BY)
    number = archive.instance.users.app_passwords.all("admin")[-1].id
    sign_in(browser)
    assert browser.post("/app-passwords/delete", data={"id": str(number)}).status_code == 404
    archive.instance.users.app_passwords.delete("admin", number, BY)


def test_the_page_shows_the_archives_a_user_may_read(browser: httpx2.Client, archive: Archive) -> None:
    for name in ("anna", "bob"):
        archive.stores.add([Incoming(name, "", "test", name, b"Subject: x\r\n\r\nx\r\n", 1)], {})
    archive.instance.users.set_folder_privileges("anna", "anna", ["read"], BY)
    sign_in(browser)
    page = browser.get("/").text
    assert "<td>anna</td>" in page
    assert "<td>bob</td>" not in page


# One-time links


def test_a_link_signs_in_once(served: Served, browser: httpx2.Client, archive: Archive) -> None:
    archive.instance.second_factors.initialise("anna", BY)  # which a link goes past
    token = archive.instance.one_time.create("anna", BY)
    page = browser.get("/once", params={"token": token})
    assert browser.get("/once", params={"token": token}).status_code == 200  # looking uses nothing up
    assert signed_in(browser) == "Sign in to the archive"
    assert title(browser.post("/once", data={"token": hidden(page, "token")})) == "anna"
    assert signed_in(browser) == "anna"
    with served.browser() as second:
        refused = second.post("/once", data={"token": token})
        assert (refused.status_code, "used already" in refused.text) == (403, True)
        assert signed_in(second) == "Sign in to the archive"
    assert signed_in(browser) == "anna"


def test_of_many_browsers_with_the_same_link_one_gets_in(served: Served, archive: Archive) -> None:
    token = archive.instance.one_time.create("anna", BY)

    def use(_: int) -> int:
        with served.browser() as browser:
            return browser.post("/once", data={"token": token}).status_code

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(use, range(6))) == [200, 403, 403, 403, 403, 403]


def test_a_link_of_the_service_provider_works_while_it_is_let_in(browser: httpx2.Client, archive: Archive) -> None:
    provider = archive.instance.service_provider
    provider.let_in(True, BY)
    name = "$archiveadmin"
    tokens = [archive.instance.one_time.create(name, BY) for _ in range(2)]
    assert title(browser.post("/once", data={"token": tokens[0]})) == name
    for path in ("/second-factor", "/app-passwords"):
        assert browser.post(path, data={"name": "x"}).status_code == 409
    provider.let_in(False, BY)
    assert browser.get("/").status_code == 403
    browser.cookies.clear()
    assert browser.post("/once", data={"token": tokens[1]}).status_code == 403
    assert signed_in(browser) == "Sign in to the archive"


# Attacks


def test_forms_of_other_sites_do_nothing(browser: httpx2.Client, archive: Archive) -> None:
    sign_in(browser)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        for path in ("/logout", "/app-passwords", "/second-factor", "/login", "/once"):
            assert browser.post(path, data={"name": "x"}, headers=headers).status_code == 403, (headers, path)
    assert signed_in(browser) == "anna"
    assert archive.instance.users.app_passwords.all("anna") == []


def test_pages_and_cookies_are_guarded(browser: httpx2.Client) -> None:
    answer = browser.post("/login", data={"username": "anna", "password": "word"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("secure", "httponly", "samesite=lax", "path=/"))
    page = browser.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "strict-origin"


def test_what_a_user_types_is_text(browser: httpx2.Client) -> None:
    answer = sign_in(browser, '"><script>alert(1)</script>', "x")
    assert "<script" not in answer.text
    assert "<script" not in browser.get("/once", params={"token": '"><script>'}).text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/login", 405),
        ("DELETE", "/", 405),
        ("GET", "/i/acme/", 404),
        ("GET", "/i/acme", 404),
        ("GET", "/i/%00/", 404),
        ("GET", "/i/acme/../", 404),
    ],
)
def test_what_is_not_there_is_said(browser: httpx2.Client, method: str, path: str, status: int) -> None:
    assert browser.request(method, path).status_code == status


def test_strange_requests_are_refused_and_break_nothing(browser: httpx2.Client) -> None:
    strange = {"username": "\ud800".encode("utf-8", "surrogatepass"), "password": b"\xff"}
    assert browser.post("/login", content=b"&".join(k.encode() + b"=" + v for k, v in strange.items()),
                        headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code == 400  # fmt: skip
    assert browser.post("/login", json={"username": "anna"}).status_code == 400
    assert browser.post("/login", data={"username": "x" * 3000, "password": "x"}).status_code == 400
    assert browser.post("/login", data={f"f{number}": "" for number in range(30)}).status_code == 400
    assert browser.post("/login", content=b"x" * 100_000).status_code == 413
    for cookie in (b"\xff\xfe", b"x" * 10_000, b'"\\303"'):
        answer = browser.get("/", headers=[(b"Cookie", b"postroom_session=" + cookie)])
        assert title(answer) == "Sign in to the archive"


def test_no_secret_is_in_the_log(browser: httpx2.Client, archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    token = archive.instance.one_time.create("anna", BY)
    browser.get("/once", params={"token": token})
    browser.post("/once", data={"token": token})
    sign_in(browser, "anna", "Secret-1")
    ours = [record.getMessage() + str(record.__dict__) for record in caplog.records if "postroom" in record.name]
    assert ours
    assert not any(word in line for line in ours for word in (token, "Secret-1"))


# Directories


class Directory:
    """Knows one password, or does not answer."""

    mark = "test"

    def __init__(self, *, answers: bool) -> None:
        self._answers = answers

    def accepts(self, user: User, password: str) -> bool:
        if not self._answers:
            raise Unavailable("The directory does not answer.")
        return (user.name, password) == ("anna", "elsewhere")


def test_passwords_of_a_directory_sign_in_and_second_factors_hold_for_them(
    browser: httpx2.Client, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.instance.users.set_authentication("anna", "directoryServices", BY)
    monkeypatch.setattr(archive.instance.users, "elsewhere", Directory(answers=True))
    assert sign_in(browser).status_code == 400
    assert title(sign_in(browser, "anna", "elsewhere")) == "anna"
    archive.instance.second_factors.initialise("anna", BY)
    assert title(sign_in(browser, "anna", "elsewhere")) == "Set up your second factor"
    assert archive.instance.users.authenticate("anna", "elsewhere", Actor("", "api")) is None
    word = archive.instance.users.app_passwords.create("anna", "Phone", BY)
    assert archive.instance.users.authenticate("anna", word, Actor("", "api"))


def test_a_directory_that_does_not_answer_is_no_wrong_password(
    browser: httpx2.Client, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.instance.users.set_authentication("anna", "directoryServices", BY)
    monkeypatch.setattr(archive.instance.users, "elsewhere", Directory(answers=False))
    answer = sign_in(browser, "anna", "elsewhere")
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)
    assert sign_in(browser, "admin", "changed").status_code == 200
