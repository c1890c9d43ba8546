"""The pages of the console: templates, cookies, headers. They work without JavaScript."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Final

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from postroom.archive.instance.second_factor import Setup
from postroom.console.ask import SESSION, Ask

_POLICY: Final = (
    "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# With no-referrer browsers send `Origin: null` with forms, by which we tell our own pages. Without the path: there may
# be a token in it.
_HEADERS: Final = {"Cache-Control": "no-store", "Pragma": "no-cache", "Referrer-Policy": "strict-origin"}


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("postroom.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(name: str, ask: Ask, status: int = 200, **facts: object) -> Response:
    """A page made from the template of this name."""
    nonce = secrets.token_urlsafe(16)
    content = _templates().get_template(f"{name}.html").render(nonce=nonce, base=ask.base, **facts)
    return HTMLResponse(content, status, {**_HEADERS, "Content-Security-Policy": _POLICY.format(nonce=nonce)})


def message(ask: Ask, title: str, text: str, status: int = 200) -> Response:
    """A page that only tells something."""
    return page("message", ask, status, title=title, text=text)


def home(ask: Ask) -> Response:
    """On to the first page, with GET."""
    return RedirectResponse(f"{ask.base}/", 303, _HEADERS)


def keep_session(ask: Ask, response: Response, session: str) -> Response:
    # Lax, not strict: who follows a link to the console is to be known here.
    response.set_cookie(SESSION, session, path=f"{ask.base}/", secure=True, httponly=True, samesite="lax")
    return response


def drop_session(ask: Ask, response: Response) -> Response:
    response.delete_cookie(SESSION, path=f"{ask.base}/", secure=True, httponly=True, samesite="lax")
    return response


def picture(setup: Setup) -> Markup:
    """The URI as a QR code, to be looked at by an authenticator app."""
    drawn = segno.make(setup.uri, error="m").svg_inline(scale=4, border=4, light="#fff")
    return Markup(drawn)  # noqa: S704  # a drawing of segno's: nothing of the URI is in it as text
