"""The session without a server: requests and answers one by one."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailstore import flows
from mailstore.errors import MailStoreAnswerError, MailStoreConnectionError, MailStoreHTTPError
from mailstore.flows import Request, Response
from mailstore.session import LOGOUT_S, Session

PING = Request("/api/invoke/Ping", {"a": "b"}, wait_ms=7)
TOKEN = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=44)


def answer(body: bytes, cookie: str | None = None, code: int = 200) -> Response:
    headers = [("Set-Cookie", f"MSWEB_MGM_AUTH={cookie};path=/;secure;HttpOnly")] if cookie else []
    return Response("https://x/", code, "", headers, body)


def envelope(token: object) -> Response:
    return answer(msgspec.json.encode({"statusCode": "succeeded", "antiXsrfToken": token}))


def signed_in(token: str = "t0", cookie: str = "c0") -> Session:
    session = Session("bob", "pä")
    flow = session.login()
    assert next(flow) == Request("/login", {"u": "bob", "p": "pä"})
    finish(flow, answer(f"+OK{token}".encode(), cookie))
    return session


def finish(flow: flows.Flow[Any], response: Response) -> Any:
    with pytest.raises(StopIteration) as stop:
        flow.send(response)
    return stop.value.value


def sent(session: Session) -> dict[str, str]:
    """The headers of the next request; nothing comes of it."""
    return dict(next(session.exchange(PING)).headers)


def test_request_is_sent_as_it_is_with_cookie_and_token() -> None:
    request = next(signed_in().exchange(PING))
    assert request.headers == {"Cookie": "MSWEB_MGM_AUTH=c0", "X-AntiXsrfToken": "t0"}
    assert (request.path, request.form, request.wait_ms) == (PING.path, PING.form, PING.wait_ms)


@given(st.lists(TOKEN, min_size=1, max_size=5))
def test_each_answer_gives_the_token_of_the_next_request(tokens: list[str]) -> None:
    session = signed_in()
    for token in tokens:
        flow = session.exchange(PING)
        next(flow)
        finish(flow, envelope(token))
        assert sent(session)["X-AntiXsrfToken"] == token


@pytest.mark.parametrize("separator", ["", " ", "\r\n"])
def test_first_token_follows_the_word_in_whatever_way(separator: str) -> None:
    session = Session("bob", "p")
    flow = session.login()
    next(flow)
    finish(flow, answer(f"\ufeff+OK{separator}abc+/=\r\n".encode(), "c"))
    assert sent(session)["X-AntiXsrfToken"] == "abc+/="


@pytest.mark.parametrize("token", [None, 7, "", "two words", "line\r\nX-Evil: 1", "ü"])
def test_token_that_cannot_be_one_is_not_kept(token: object) -> None:
    session = signed_in()
    flow = session.exchange(PING)
    next(flow)
    finish(flow, envelope(token))
    assert sent(session)["X-AntiXsrfToken"] == "t0"


def test_cookie_that_is_prolonged_takes_the_place_of_the_old_one() -> None:
    session = signed_in()
    flow = session.exchange(PING)
    next(flow)
    finish(flow, answer(b"[]", "c1"))
    assert sent(session) == {"Cookie": "MSWEB_MGM_AUTH=c1", "X-AntiXsrfToken": "t0"}


def test_first_request_of_a_session_is_not_repeated_when_it_is_refused() -> None:
    session = Session("bob", "p")
    flow = session.exchange(PING)
    assert next(flow).path == "/login"
    assert flow.send(answer(b"+OKt", "c")).path == PING.path
    assert finish(flow, answer(b"", code=403)).code == 403


@pytest.mark.parametrize("code", [400, 404, 405, 500, 502, 503])
def test_no_other_answer_is_a_reason_to_repeat(code: int) -> None:
    flow = signed_in().exchange(PING)
    next(flow)
    assert finish(flow, answer(b"", code=code)).code == code


def test_broken_connection_is_no_reason_to_repeat() -> None:
    flow = signed_in().exchange(PING)
    next(flow)
    with pytest.raises(MailStoreConnectionError):
        flow.throw(MailStoreConnectionError("gone"))


def test_refused_login_ends_the_session() -> None:
    session = signed_in()
    flow = session.exchange(PING)
    next(flow)
    assert flow.send(answer(b"", code=403)).path == "/login"
    with pytest.raises(MailStoreHTTPError) as caught:
        flow.send(answer(b"", code=401))
    assert caught.value.code == 401
    assert not session.is_open


def test_login_without_a_cookie_is_none() -> None:
    flow = Session("bob", "p").login()
    next(flow)
    with pytest.raises(MailStoreAnswerError):
        flow.send(answer(b"+OKtoken"))


def test_logout_is_signed_once_and_does_not_wait_for_ever() -> None:
    session = signed_in()
    flow = session.logout()
    request = next(flow)
    assert request.path == "/logout"
    assert request.limit_s == LOGOUT_S
    assert request.headers["X-AntiXsrfToken"] == "t0"
    finish(flow, answer(b"", code=403))
    assert list(cast(Any, session.logout())) == []


class Model:
    """A server that forgets sessions and loses requests or answers, one fault per request."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = iter(faults)
        self.executed: Counter[str] = Counter()
        self.cookie, self.token, self.count = "", "", 0

    def send(self, request: Request) -> Response:
        fault = next(self.faults, "none")
        if fault == "request lost":
            raise MailStoreConnectionError(fault)
        if fault == "session over":
            self.cookie = ""
        response = self.handle(request)
        if fault == "answer lost":
            raise MailStoreConnectionError(fault)
        return response

    def handle(self, request: Request) -> Response:
        self.count += 1
        if request.path == "/login":
            self.cookie, self.token = f"c{self.count}", f"t{self.count}"
            return answer(f"+OK{self.token}".encode(), self.cookie)
        wanted = {"Cookie": f"MSWEB_MGM_AUTH={self.cookie}", "X-AntiXsrfToken": self.token}
        if not self.cookie or request.headers != wanted:
            return answer(b"", code=403)
        self.token = f"t{self.count}"
        self.executed[request.form["n"]] += 1
        return envelope(self.token)


FAULTS = st.sampled_from(["none", "none", "session over", "request lost", "answer lost"])


@given(st.lists(FAULTS, max_size=30), st.integers(1, 10))
def test_nothing_is_done_twice_whatever_is_lost_and_nothing_that_was_answered_is_undone(
    faults: list[str], calls: int
) -> None:
    model, session = Model(faults), Session("bob", "p")
    for number in map(str, range(calls)):
        try:
            response = flows.run(session.exchange(Request("/api/invoke/F", {"n": number})), model.send)
        except MailStoreConnectionError:
            assert model.executed[number] <= 1
        else:
            assert model.executed[number] == (response.code == 200)
    model.faults = iter(())
    assert flows.run(session.exchange(Request("/api/invoke/F", {"n": "last"})), model.send).code == 200
    assert model.executed["last"] == 1
