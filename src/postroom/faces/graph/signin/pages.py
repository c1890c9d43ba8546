"""The pages of sign-in: templates, cookies, headers. They work without JavaScript."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from postroom.faces.graph.signin.ask import NO_STORE, Ask
from postroom.faces.graph.signin.desk import BROWSER, SESSION

# Without form-action: a browser applies it to every redirect after a form too, also to those inside the app to which
# the answer goes. Nothing but our own forms can be in these pages.
_POLICY: Final = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("postroom.faces.graph.signin", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(name: str, status: int = 200, **facts: object) -> Response:
    """A page made from the template of this name."""
    nonce = secrets.token_urlsafe(16)
    content = _templates().get_template(f"{name}.html").render(nonce=nonce, **facts)
    headers = {
        **NO_STORE,
        "Content-Security-Policy": _POLICY.format(nonce=nonce),
        # With no-referrer browsers send `Origin: null` with forms, by which we tell our own pages. Without the path,
        # in which there are codes.
        "Referrer-Policy": "strict-origin",
    }
    return HTMLResponse(content, status, headers)


def message(title: str, text: str, status: int = 200, *, back: str = "", detail: str = "") -> Response:
    """A page that only tells something; `back` is where its link leads."""
    return page("message", status, title=title, text=text, back=back, detail=detail)


def browser_of(ask: Ask) -> str:
    """The text of the cookie that binds forms to this browser; a new one when it has none."""
    known = ask.cookies.get(BROWSER, "")
    return known if 20 <= len(known) <= 128 else secrets.token_urlsafe(24)


def keep_browser(response: Response, browser: str) -> Response:
    response.set_cookie(BROWSER, browser, path="/", secure=True, httponly=True, samesite="lax")
    return response


def keep_session(response: Response, session: str) -> Response:
    # Lax, not strict: a browser that comes from the page of an app is to be known here.
    response.set_cookie(SESSION, session, path="/", secure=True, httponly=True, samesite="lax")
    return response


def drop_session(response: Response) -> Response:
    response.delete_cookie(SESSION, path="/", secure=True, httponly=True, samesite="lax")
    return response


def go(url: str) -> Response:
    """On to another page, with GET."""
    return RedirectResponse(url, 303, {**NO_STORE, "Referrer-Policy": "strict-origin"})
