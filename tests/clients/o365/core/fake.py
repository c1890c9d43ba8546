"""A sign-in service and a Graph in this process: enough of both to see what is sent and how answers are taken."""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

TENANT = "0c1f9a1e-5f0b-4d2e-9d63-1f2b3c4d5e6f"
USERS = {
    "ada@acme.test": "11111111-1111-4111-8111-111111111111",
    "bob@acme.test": "22222222-2222-4222-8222-222222222222",
}
PASSWORD = "secret of ada"


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Server:
    """Answers in the order they were queued for a path, then what the path's function says; notes every request."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.seen: list[Seen] = []
        self.queued: dict[str, list[Answer]] = {}
        self.lifetime_s = 3600
        self.valid: set[str] = set()
        self.refreshable: dict[str, tuple[str, str]] = {}
        self.codes: dict[str, tuple[str, str, str]] = {}
        self.pages: dict[str, Callable[[Seen], Answer]] = {}
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        if context is not None:
            # In the handler's thread, so that a client that refuses the certificate harms nobody else.
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        scheme = "http" if context is None else "https"
        self.host = f"{scheme}://localhost:{self._http.server_port}"
        self._thread = threading.Thread(target=lambda: self._http.serve_forever(0.02), daemon=True)
        self._thread.start()

    @property
    def authority(self) -> str:
        return f"{self.host}/{TENANT}"

    @property
    def base_url(self) -> str:
        return f"{self.host}/v1.0/"

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def calls(self, path: str = "/v1.0") -> list[Seen]:
        """The requests below a path."""
        with self._lock:
            return [seen for seen in self.seen if seen.path.startswith(path)]

    @property
    def token_calls(self) -> list[dict[str, str]]:
        return [seen.form for seen in self.calls(f"/{TENANT}/oauth2/v2.0/token")]

    def queue(self, path: str, *answers: Answer) -> None:
        self.queued.setdefault(path, []).extend(answers)

    # The user's part of signing in.

    def consent(self, url: str, user: str = "ada@acme.test") -> str:
        """Where the browser ends up after the user said yes."""
        asked = dict(parse_qsl(urlsplit(url).query))
        code = secrets.token_hex(8)
        self.codes[code] = (user, asked["scope"], asked.get("nonce", ""))
        return f"{asked['redirect_uri']}?code={code}&state={quote(asked['state'])}"

    # What it answers.

    def answer(self, seen: Seen) -> Answer:
        with self._lock:
            self.seen.append(seen)
            waiting = self.queued.get(seen.path)
            if waiting:
                return waiting.pop(0)
        if seen.path.endswith("/.well-known/openid-configuration"):
            return Answer(body=self._discovery())
        if seen.path == f"/{TENANT}/oauth2/v2.0/token":
            return self._token(seen.form)
        if seen.path.startswith("/common/userrealm/"):
            return Answer(body={"ver": "1.0", "account_type": "Managed"})
        if seen.path.startswith("/open/"):
            return self._page(seen)
        if seen.token not in self.valid:
            return error(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        return self._page(seen)

    def _page(self, seen: Seen) -> Answer:
        page = self.pages.get(seen.path)
        return page(seen) if page else Answer(body={"path": seen.path, "value": []})

    def _discovery(self) -> dict[str, str]:
        return {
            "issuer": f"{self.authority}/v2.0",
            "authorization_endpoint": f"{self.authority}/oauth2/v2.0/authorize",
            "token_endpoint": f"{self.authority}/oauth2/v2.0/token",
        }

    def _token(self, form: dict[str, str]) -> Answer:
        grant = form["grant_type"]
        if grant == "client_credentials":
            return Answer(body=self._issued(form["scope"]))
        if grant == "password":
            if form["password"] != PASSWORD:
                return refused("AADSTS50126: wrong password")
            return Answer(body=self._tokens_of(form["username"], form["scope"], "", form))
        if grant == "refresh_token":
            known = self.refreshable.get(form["refresh_token"])
            if known is None:
                return refused("AADSTS70008: the refresh token has expired")
            return Answer(body=self._tokens_of(*known, "", form))
        user, scope, nonce = self.codes.pop(form["code"], ("", "", ""))
        if not user:
            return refused("AADSTS54005: the code was used already")
        return Answer(body=self._tokens_of(user, scope, nonce, form))

    def _issued(self, scope: str) -> dict[str, Any]:
        token = secrets.token_hex(8)
        self.valid.add(token)
        plain = " ".join(part for part in scope.split() if part != "offline_access")
        return {"token_type": "Bearer", "access_token": token, "expires_in": self.lifetime_s, "scope": plain}

    def _tokens_of(self, user: str, scope: str, nonce: str, form: dict[str, str]) -> dict[str, Any]:
        found = self._issued(scope)
        now, oid = int(time.time()), USERS[user]
        claims = {"aud": form["client_id"], "iss": f"{self.authority}/v2.0", "iat": now, "exp": now + 3600, "oid": oid}
        claims |= {"tid": TENANT, "sub": oid, "preferred_username": user, "nonce": nonce}
        found["id_token"] = ".".join([encoded({"alg": "none"}), encoded(claims), ""])
        found["client_info"] = encoded({"uid": oid, "utid": TENANT})
        if "offline_access" in scope:
            found["refresh_token"] = secrets.token_hex(8)
            self.refreshable[found["refresh_token"]] = (user, scope)
        return found

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
                answer = server.answer(seen)
                data = answer.encoded()
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None:
                """Be quiet."""

        for verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            setattr(Handler, f"do_{verb}", Handler.handle_one)
        return Handler


def error(status: int, code: str, message: str, **headers: str) -> Answer:
    body = {"error": {"code": code, "message": message, "innerError": {"request-id": "1"}}}
    return Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def refused(description: str) -> Answer:
    return Answer(400, {"error": "invalid_grant", "error_description": description})


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
