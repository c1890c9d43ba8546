"""Sign-in behind a real server with TLS, and a browser without JavaScript."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
import pytest
from starlette.responses import Response
from tests.workspace.signin.known import ADMIN, ANNA, PASSWORD, Known

from postroom.faces.graph import proxy
from postroom.faces.graph.signin.app import signin_app
from postroom.home import Home
from postroom.settings import Graph, Settings, Web
from postroom.web.parts import Parts
from postroom.web.server import Listener
from postroom.web.shell import Face
from postroom.workspace.signin.apps import App
from postroom.workspace.signin.signin import Rules, Signin

CALLBACK = "https://app.test/callback"
LOOPBACK = "http://localhost"


class Form(HTMLParser):
    """The first form of a page: where it goes, its fields, its buttons; and the text of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields, self.buttons, self.text = "", dict[str, str](), dict[str, str](), ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given["action"]
        elif tag == "input" and given.get("type") != "checkbox":
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "button" and "name" in given:
            self.buttons[given["value"]] = given["name"]

    def handle_data(self, data: str) -> None:
        self.text += data


@dataclass
class Browser:
    """Keeps cookies, follows redirects as long as they stay here, fills in forms."""

    http: httpx2.Client
    at: str = ""
    page: httpx2.Response | None = None
    gone_to: str = ""
    """Where the browser went when it left us."""

    def open(self, url: str) -> Browser:
        return self._arrive("GET", url)

    def fill(self, press: str = "", **fields: str) -> Browser:
        form = self.form
        pressed = {form.buttons[press]: press} if press else {}
        return self._arrive("POST", form.action, {**form.fields, **fields, **pressed})

    def sign_in(self, username: str = ANNA.address, password: str = PASSWORD) -> Browser:
        return self.fill(username=username, password=password)

    @property
    def form(self) -> Form:
        assert self.page is not None
        return Form(self.page.text)

    @property
    def text(self) -> str:
        return " ".join(self.form.text.split())

    @property
    def brought(self) -> dict[str, str]:
        """The fields that the browser took to the app."""
        parts = urlsplit(self.gone_to)
        return {name: values[0] for name, values in parse_qs(parts.query or parts.fragment).items()}

    def _arrive(self, method: str, url: str, data: Mapping[str, str] | None = None) -> Browser:
        self.gone_to = ""
        for _ in range(8):
            url = urljoin(self.at or str(self.http.base_url), url)
            headers = {"Origin": str(self.http.base_url).rstrip("/")} if method == "POST" else {}
            self.page = self.http.request(method, url, data=data, headers=headers)
            self.at = url
            if self.page.status_code not in (302, 303):
                return self
            url, method, data = self.page.headers["location"], "GET", None
            if urlsplit(urljoin(self.at, url)).netloc != self.http.base_url.netloc.decode():
                self.gone_to = url
                return self
        pytest.fail(f"The browser goes round in circles: {url}")


@dataclass
class World:
    """A running server, and an app of each kind."""

    base: str
    signin: Signin
    people: Known
    ca: Path
    context: ssl.SSLContext
    web: App
    desk: App
    secret: str
    ports: Mapping[str, int]
    clients: list[httpx2.Client] = field(default_factory=list)

    def http(self) -> httpx2.Client:
        client = httpx2.Client(base_url=self.base, verify=self.context, trust_env=False, timeout=60)
        self.clients.append(client)
        return client

    def browser(self) -> Browser:
        return Browser(self.http())

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.http().get(path, **options)

    def token(self, path: str = "/common/oauth2/v2.0/token", **form: str) -> httpx2.Response:
        return self.http().post(path, data=form)

    def as_web(self, **form: str) -> httpx2.Response:
        return self.token(client_id=self.web.id, client_secret=self.secret, **form)

    def authorize(self, app: App | None = None, path: str = "/common/oauth2/v2.0/authorize", **fields: str) -> str:
        """The URL at which a sign-in begins."""
        given = {
            "client_id": (app or self.web).id, "response_type": "code", "redirect_uri": CALLBACK, "state": "s",
            "scope": "openid profile offline_access Mail.Read", **fields,
        }  # fmt: skip
        return f"{self.base}{path}?{urlencode({name: value for name, value in given.items() if value})}"

    def allow(self, *scopes: str, app: App | None = None) -> None:
        """What an administrator allows for everybody."""
        self.signin.consents.allow((app or self.web).id, "", scopes)


@contextmanager
def serving(folder: Path, *, with_proxy: bool = False) -> Iterator[World]:
    """A server of sign-in alone, on a home in this folder."""
    home, people = Home(folder / "home"), Known()
    home.create()
    web = Web(login_free_failures=3, login_delay_s=30)
    graph = Graph(enabled=True, port=0, admins=(ADMIN.address,), proxy=with_proxy, proxy_port=0)
    with Signin(home.path / "workspace", people, rules=Rules(admins=(ADMIN.address,))) as signin:
        site = signin.apps.create("Web <site>", redirects=[CALLBACK])
        desk = signin.apps.create("Desk", public=True, redirects=[LOOPBACK])
        _, secret = signin.apps.add_secret(site.id)
        parts = Parts.of(home, Settings(web=web, graph=graph))
        parts.server.bind([Listener(Face("graph", signin_app(parts, signin), lambda _: Response(status_code=500)), 0)])
        if with_proxy:
            proxy.mount(parts)
        ca = home.tls / "ca.pem"
        context = ssl.create_default_context(cafile=ca)
        with parts.server.background() as running:
            base = f"https://localhost:{running.ports['graph']}"
            made = World(base, signin, people, ca, context, site, desk, secret, running.ports)
            yield made
            for client in made.clients:
                client.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving(tmp_path) as made:
        yield made
