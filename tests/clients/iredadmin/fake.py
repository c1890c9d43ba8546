"""A small iRedAdmin-Pro on a TLS socket: accounts and policies in memory, on the exact wire of the API.

It knows calls and names from the contract alone. Switches make it an original (the start), one of the first version, or
a Postroom with paging, dry run and tokens. `strangers` collects the names that it does not know.
"""

# ruff: noqa: A002, N815  # names are the API's, and those of http.server
from __future__ import annotations

import json
import re
import secrets
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.clients.iredadmin.profiles import apply, new_alias, new_domain, new_user

from iredadmin.contract import DRY_RUN, PLACES, ROUTES, Param, Route

COOKIE = "iRedAdmin-PGSQL"
TOKEN = "token-of-the-fake"
USERNAME = "postmaster@example.net"
Form = dict[str, str]
Row = dict[str, Any]


@dataclass
class Seen:
    """A request as it came."""

    method: str
    path: str
    query: str
    form: Form
    headers: dict[str, str]


@dataclass
class Reply:
    """An answer that is no envelope, or one in other clothes."""

    code: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """What a call fails with: the text of `_msg`."""


class Missing(Exception):
    """There is no such call."""


@dataclass
class Fake:
    """The server's state, and switches for the ways in which servers differ."""

    prefixes: tuple[str, ...] = ("/iredadmin",)
    ours: bool = False
    first_version: bool = False
    redirects: bool = False
    """Whoever has no session is sent to the login page, as the panel does."""
    by_name: bool = False
    """Lists are objects by name, as LDAP servers answer them."""
    content_type: str = "application/json"
    password: str = "S3cr3t+ü&x"
    scripted: list[Reply] = field(default_factory=list)
    """Answers for the next calls that are not about the session."""
    domains: dict[str, Row] = field(default_factory=dict)
    users: dict[str, Row] = field(default_factory=dict)
    aliases: dict[str, Row] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    policies: dict[tuple[str, ...], Any] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    logins: int = 0
    failed_logins: int = 0
    seen: list[Seen] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)
    httpd: ThreadingHTTPServer | None = None

    def start(self, context: ssl.SSLContext) -> None:
        fake = self

        class Bound(Handler):
            server_state = fake

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self.httpd.daemon_threads = True
        self.httpd.socket = context.wrap_socket(self.httpd.socket, server_side=True)
        threading.Thread(target=self.httpd.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        assert self.httpd
        self.httpd.shutdown()
        self.httpd.server_close()

    @property
    def host(self) -> str:
        assert self.httpd
        return f"https://127.0.0.1:{self.httpd.server_address[1]}"

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    def answer(self, seen: Seen) -> Reply:
        """Any request."""
        with self.lock:
            self.seen.append(seen)
            if (path := self._below(seen.path)) is None:
                return Reply(404, b"<html>Not here</html>", {"Content-Type": "text/html"})
            if path.endswith("/"):
                return Reply(303, b"", {"Location": seen.path.rstrip("/")})
            try:
                return self._envelope(self._dispatch(seen, path))
            except Refused as error:
                return self._failure(str(error))
            except Missing:
                if self.ours:
                    return self._failure("NO_SUCH_CALL", 404)
                return Reply(404, b"<html>Not found</html>", {"Content-Type": "text/html"})

    def _below(self, path: str) -> str | None:
        return next((path.removeprefix(f"{p}/api") for p in self.prefixes if path.startswith(f"{p}/api/")), None)

    def _dispatch(self, seen: Seen, path: str) -> Any:
        if path == "/login":
            return self._login(seen.form)
        if not self._signed_in(seen):
            raise Refused("SESSION_EXPIRED" if "Cookie" in seen.headers else "LOGIN_REQUIRED")
        if self.scripted:
            return self.scripted.pop(0)
        route, places = self._match(seen.method, path)
        form = dict(self._known(route, seen.form))
        trial = form.pop("dry_run", "no") == "yes"
        kept = json.dumps([self.domains, self.users, self.aliases]) if trial else ""
        try:
            handler: Callable[..., Any] = getattr(self, route.key.replace(".", "_"))
            return handler(*places, form)
        finally:
            if kept:
                self.domains, self.users, self.aliases = json.loads(kept)

    def _login(self, form: Form) -> Reply:
        if form != {"username": USERNAME, "password": self.password}:
            self.failed_logins += 1
            raise Refused("INVALID_CREDENTIALS")
        self.logins += 1
        session = secrets.token_hex(20)
        self.sessions.add(session)
        reply = self._envelope(None)
        reply.headers["Set-Cookie"] = f"{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict; Secure"
        return reply

    def _signed_in(self, seen: Seen) -> bool:
        if self.ours and seen.headers.get("Authorization") == f"Bearer {TOKEN}":
            return True
        cookie = SimpleCookie(seen.headers.get("Cookie", "")).get(COOKIE)
        return cookie is not None and cookie.value in self.sessions

    def _match(self, method: str, path: str) -> tuple[Route, list[str]]:
        for route in ROUTES.values():
            if method not in {route.method, *route.methods} or (route.ours and not self.ours):
                continue
            if (places := match(route, path)) is not None and hasattr(self, route.key.replace(".", "_")):
                return route, places
        raise Missing

    def _known(self, route: Route, form: Form) -> Iterator[tuple[str, str]]:
        """The parameters by their newest names; required ones must be there."""
        rows = {param.name: param for param in (*route.params, DRY_RUN) if self.ours or not param.ours or route.ours}
        newest = {old: param.name for param in rows.values() for old in param.aliases}
        named = {newest.get(name, name): value for name, value in form.items()}
        self.strangers |= named.keys() - rows.keys()
        if missing := [param.name for param in rows.values() if param.required and param.name not in named]:
            raise Refused(f"INVALID_ACTION: {missing[0]}: expected a value")
        for name in named.keys() & rows.keys():
            check(rows[name], named[name])
            yield name, named[name]

    def _envelope(self, data: Any) -> Reply:
        if isinstance(data, Reply):
            return data
        return self._json(200, {"_success": True, **(data if isinstance(data, Page) else {"_data": data})})

    def _failure(self, message: str, code: int = 200) -> Reply:
        if self.redirects and message in {"LOGIN_REQUIRED", "SESSION_EXPIRED"}:
            return Reply(303, b"", {"Location": f"{self.prefixes[0]}/login?msg={message}"})
        reply = self._json(code, {"_success": False, "_msg": message})
        if message in {"LOGIN_REQUIRED", "SESSION_EXPIRED"}:
            reply.headers["Set-Cookie"] = f"{COOKIE}={secrets.token_hex(20)}; Path=/; HttpOnly"
        return reply

    def _json(self, code: int, envelope: Row) -> Reply:
        if self.first_version:
            envelope = {name.removeprefix("_") if name != "_data" else name: v for name, v in envelope.items()}
        return Reply(code, json.dumps(envelope).encode(), {"Content-Type": self.content_type})

    # domains

    def session_logout(self, form: Form) -> None:
        self.sessions.clear()

    def log_list(self, form: Form) -> Page:
        return self._listed({"1": {"event": "login", "admin": USERNAME}}, form, "name_only")

    def domains_list(self, form: Form) -> Page:
        return self._listed(self.domains, form, "name_only")

    def domains_get(self, domain: str, form: Form) -> Row:
        return self._domain(domain)

    def domains_create(self, domain: str, form: Form) -> None:
        if domain in self.domains:
            raise Refused("ALREADY_EXISTS")
        if "." not in domain:
            raise Refused("INVALID_DOMAIN_NAME")
        self.domains[domain] = apply(new_domain(domain), form, "domain")

    def domains_update(self, domain: str, form: Form) -> None:
        apply(self._domain(domain), form, "domain")

    def domains_delete(self, domain: str, form: Form) -> None:
        self.domains.pop(domain, None)
        for accounts in (self.users, self.aliases):
            for mail in [mail for mail in accounts if mail.endswith(f"@{domain}")]:
                del accounts[mail]

    def domains_delete_keeping(self, domain: str, days: str, form: Form) -> None:
        self.domains_delete(domain, form)

    def domains_admins(self, domain: str, form: Form) -> None:
        row = self._domain(domain)
        if "removeAllAdmins" in form:
            row["admins"] = []
        apply(row, {name: value for name, value in form.items() if name != "removeAllAdmins"}, "domain")

    def _domain(self, domain: str) -> Row:
        if domain not in self.domains:
            raise Refused("INVALID_DOMAIN_NAME")
        return self.domains[domain]

    # users

    def users_list(self, domain: str, form: Form) -> Page:
        return self._listed(self._in(self.users, domain), form)

    def users_get(self, mail: str, form: Form) -> Row:
        return self._account(self.users, mail)

    def users_create(self, mail: str, form: Form) -> None:
        row = self._new(mail, new_user(mail))
        if "password_hash" not in form:
            self._keep_password(mail, form.pop("password", ""))
        if form.get("quota", "0") != "0" and int(form["quota"]) > 100_000:
            raise Refused("EXCEEDED_DOMAIN_QUOTA_SIZE")
        self.users[mail] = apply(row, form, "user")

    def users_update(self, mail: str, form: Form) -> None:
        row = self._account(self.users, mail)
        if "password" in form:
            self._keep_password(mail, form.pop("password"))
        apply(row, form, "user")

    def users_delete(self, mail: str, form: Form) -> None:
        self.users.pop(mail, None)  # what is not there is deleted already

    def users_delete_keeping(self, mail: str, days: str, form: Form) -> None:
        self.users_delete(mail, form)

    def users_change_email(self, mail: str, new_mail: str, form: Form) -> None:
        self._rename(self.users, mail, new_mail, "username")

    def users_update_all(self, domain: str, form: Form) -> None:
        for mail in self._in(self.users, domain):
            self.users_update(mail, dict(form))

    def users_verify_password(self, mail: str, form: Form) -> None:
        if self.passwords.get(mail) != form["password"]:
            raise Refused("INVALID_CREDENTIALS")

    def _keep_password(self, mail: str, password: str) -> None:
        rules = {
            "PW_SHORTER_THAN_MIN_LENGTH": len(password) < 8,
            "PW_NO_UPPERCASE": not re.search("[A-Z]", password),
            "PW_NO_DIGIT_NUMBER": not re.search("[0-9]", password),
        }
        if not password:
            raise Refused("PW_EMPTY")
        if broken := [code for code, holds in rules.items() if holds]:
            raise Refused(",".join(broken))
        self.passwords[mail] = password

    # aliases

    def aliases_list(self, domain: str, form: Form) -> Page:
        return self._listed(self._in(self.aliases, domain), form)

    def aliases_get(self, mail: str, form: Form) -> Row:
        return self._account(self.aliases, mail)

    def aliases_create(self, mail: str, form: Form) -> None:
        self.aliases[mail] = apply(self._new(mail, new_alias(mail)), form, "alias")

    def aliases_update(self, mail: str, form: Form) -> None:
        apply(self._account(self.aliases, mail), form, "alias")

    def aliases_delete(self, mail: str, form: Form) -> None:
        self.aliases.pop(mail, None)  # what is not there is deleted already

    def aliases_change_email(self, mail: str, new_mail: str, form: Form) -> None:
        self._rename(self.aliases, mail, new_mail, "address")

    # policies

    def throttle_get(self, account: str, direction: str, form: Form) -> Row:
        return dict(self.policies.get(("throttle", account, direction), {}))

    def throttle_set(self, account: str, direction: str, form: Form) -> None:
        limits = {
            name: int(form.get(name, -1)) for name in ("period", "msg_size", "max_msgs", "max_quota", "max_rcpts")
        }
        self.policies["throttle", account, direction] = {"account": account, "kind": direction, **limits}

    def throttle_delete(self, account: str, direction: str, form: Form) -> None:
        self.policies.pop(("throttle", account, direction), None)

    def wblist_get(self, direction: str, list: str, account: str, form: Form) -> list[str]:
        return sorted(self.policies.get(("wblist", direction, list, account), ()))

    def wblist_add(self, direction: str, list: str, account: str, form: Form) -> None:
        self.policies.setdefault(("wblist", direction, list, account), set()).update(words(form["addresses"]))

    def wblist_remove(self, direction: str, list: str, account: str, form: Form) -> None:
        self.policies.setdefault(("wblist", direction, list, account), set()).difference_update(
            words(form["addresses"])
        )

    def wblist_clear(self, direction: str, list: str, account: str, form: Form) -> None:
        self.policies.pop(("wblist", direction, list, account), None)

    def spam_policy_get(self, account: str, form: Form) -> Row:
        return dict(self.policies.get(("spam", account), {}))

    def spam_policy_set(self, account: str, form: Form) -> None:
        self.policies["spam", account] = form

    def greylisting_get(self, account: str, form: Form) -> Row:
        return dict(self.policies.get(("grey", account), {}))

    def greylisting_set(self, account: str, form: Form) -> None:
        self.policies["grey", account] = {"account": account, "active": int(form["status"] == "enable")}

    # what they share

    def _in(self, accounts: dict[str, Row], domain: str) -> dict[str, Row]:
        self._domain(domain)
        return {mail: row for mail, row in sorted(accounts.items()) if mail.endswith(f"@{domain}")}

    def _account(self, accounts: dict[str, Row], mail: str) -> Row:
        if mail not in accounts:
            raise Refused("NO_SUCH_ACCOUNT")
        return accounts[mail]

    def _new(self, mail: str, row: Row) -> Row:
        self._domain(mail.partition("@")[2])
        if mail in self.users or mail in self.aliases:
            raise Refused("ALREADY_EXISTS")
        return row

    def _rename(self, accounts: dict[str, Row], mail: str, new_mail: str, key: str) -> None:
        row = self._account(accounts, mail)
        self._new(new_mail, row)
        accounts[new_mail] = {**accounts.pop(mail), key: new_mail}

    def _listed(self, rows: dict[str, Row], form: Form, names: str = "email_only") -> Page:
        found = {name: row for name, row in sorted(rows.items()) if form.get("search", "") in name}
        if form.get("disabled_only") == "yes":
            found = {name: row for name, row in found.items() if not row["active"]}
        left = [name for name in found if name > form.get("after", "")]
        page = left[: int(form["limit"])] if "limit" in form else left
        chosen = {name: found[name] for name in page}
        rest = {"_next": page[-1]} if len(page) < len(left) else {}
        if form.get(names) == "yes":
            return Page(_data=page, **rest)
        return Page(_data=chosen if self.by_name else [*chosen.values()], **rest)


class Page(dict[str, Any]):
    """The parts of an envelope for a list."""


def match(route: Route, path: str) -> list[str] | None:
    """The places of a path if it is one of the route's, `global` among them."""
    for number, template in enumerate(route.paths):
        pattern = re.sub(r"{(\w+)}", lambda found: f"(?P<{found[1]}>{_pattern(found[1])})", template)
        if found := re.fullmatch(pattern, path):
            given = {name: unquote(text) for name, text in found.groupdict().items()}
            account = ("global", given.get("domain"), given.get("mail"))[number] if route.scoped else None
            return [str(account if place.name == "account" else given[place.name]) for place in route.places]
    return None


def _pattern(name: str) -> str:
    place = PLACES[name]
    kinds = {"domain": "[^/@]+", "mail": "[^/]+(?:@|%40)[^/]+", "number": "[0-9]+", "choice": "|".join(place.values)}
    return kinds[place.kind]


def check(param: Param, value: str) -> None:
    """Whether a value has the form that the wire has for its kind."""
    good = {
        "flag": value in {"yes", "no"},
        "status": value in {"active", "disabled"},
        "number": bool(re.fullmatch("-?[0-9]+", value)),
    }
    if not good.get(param.kind, True):
        raise Refused(
            f"INVALID_{'NUMBER' if param.kind == 'number' else 'ACTION'}: {param.name}: expected another value"
        )


def words(text: str) -> list[str]:
    return [word.strip().lower() for word in text.split(",") if word.strip()]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one segment per answer: two would wait for each other's acknowledgement
    server_state: Fake

    def log_message(self, format: str, *args: object) -> None:
        pass

    def serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        text = body.decode("ascii") if self.command in {"POST", "PUT"} else parts.query
        form = parse_qs(text, keep_blank_values=True, strict_parsing=bool(text), encoding="utf-8", errors="strict")
        fields = {name: values[0] for name, values in form.items()}
        headers = {name.title(): value for name, value in self.headers.items()}
        seen = Seen(self.command, parts.path, parts.query, fields, headers)
        reply = self.server_state.answer(seen)
        self.send_response(reply.code)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_DELETE = serve
