"""A real browser, driven through chromedriver's WebDriver API (W3C WebDriver)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from tests.accounts.services.process import Service, answers, program, scratch, wait_until
from tests.ports import free_port

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
)  # fmt: skip
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TAB, ENTER = "\ue004", "\ue007"


@dataclass
class Page:
    """What a user sees, and what assistive technology tells."""

    http: httpx2.Client
    session: str

    def open(self, url: str) -> None:
        self._call("POST", "url", url=url)

    @property
    def url(self) -> str:
        return str(self._call("GET", "url"))

    @property
    def title(self) -> str:
        return str(self._call("GET", "title"))

    @property
    def text(self) -> str:
        return str(self._call("GET", f"element/{self.find('body')}/text"))

    @property
    def focused(self) -> str:
        return str(self._call("GET", "element/active")[ELEMENT])

    def find(self, css: str) -> str:
        found = self._call("POST", "element", using="css selector", value=css)
        return str(found[ELEMENT])

    def find_all(self, css: str) -> list[str]:
        return [str(found[ELEMENT]) for found in self._call("POST", "elements", using="css selector", value=css)]

    def label(self, element: str) -> str:
        """What a screen reader says."""
        return str(self._call("GET", f"element/{element}/computedlabel"))

    def role(self, element: str) -> str:
        return str(self._call("GET", f"element/{element}/computedrole"))

    def style(self, element: str, name: str) -> str:
        return str(self._call("GET", f"element/{element}/css/{name}"))

    def type(self, text: str) -> None:
        """Keys, to whatever has the focus."""
        self._call("POST", f"element/{self.focused}/value", text=text)

    def type_at(self, css: str, text: str) -> None:
        """Keys, to an element that gets the focus."""
        self._call("POST", f"element/{self.find(css)}/value", text=text)

    def run(self, script: str) -> Any:
        return self._call("POST", "execute/sync", script=script, args=[])

    def wait_for(self, beginning: str) -> None:
        wait_until(lambda: self.url.startswith(beginning), f"the browser at {beginning}, it is at {self.url}", 30)

    def _call(self, method: str, path: str, **body: Any) -> Any:
        url = f"/session/{self.session}/{path}"
        answer = self.http.request(method, url, json=body if method == "POST" else None)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]


@contextmanager
def driver() -> Iterator[str]:
    """The URL of a chromedriver."""
    chromedriver, port = program("chromedriver"), free_port()
    with scratch("chromium") as folder:
        environment = {"HOME": str(folder), "TMPDIR": str(folder)}
        command: list[str | Path] = [chromedriver, f"--port={port}"]
        ready = lambda: answers(port)  # noqa: E731
        with Service("chromedriver", command, folder=folder, ready=ready, environment=environment):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def browser(at: str, *, scripts: bool = True) -> Iterator[Page]:
    """A fresh browser that takes our certificate; without `scripts` no JavaScript of pages runs."""
    binary = program("chromium")
    prefs = {} if scripts else {"profile.managed_default_content_settings.javascript": 2}
    options = {"binary": str(binary), "args": list(FLAGS), "prefs": prefs}
    wanted = {"alwaysMatch": {"acceptInsecureCerts": True, "goog:chromeOptions": options}}
    with httpx2.Client(base_url=at, timeout=60, trust_env=False) as http:
        made = http.post("/session", json={"capabilities": wanted})
        assert made.status_code == 200, made.text
        session = str(made.json()["value"]["sessionId"])
        try:
            yield Page(http, session)
        finally:
            http.delete(f"/session/{session}")
