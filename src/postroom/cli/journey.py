"""The steps of the demo, each a few calls of the Administration API over TLS, timed."""

from __future__ import annotations

import hashlib
import io
import re
import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.text import Text

from mailstore.errors import MailStoreHTTPError
from postroom import sample
from postroom.archive.sources import Arrival, open_source
from postroom.cli import local, show
from postroom.cli.progress import Display
from postroom.cli.shell import Shell
from postroom.cli.tables import Listing
from postroom.errors import Damaged, WrongState
from postroom.settings import Settings
from postroom.work.command_text import Command

ADMIN: Final = "admin"
SAMPLE_QUERIES: Final = ("spam filter", 'subject:"razor"', "date:2002-09 has:attachment")
POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the summary."""

    step: str
    outcome: str
    seconds: float


class Journey:
    """From mail in a file to mail that was found, exported and verified."""

    def __init__(self, shell: Shell, settings: Settings, source: Path, user: str) -> None:
        self._shell, self._settings, self._source, self._user = shell, settings, source, user
        self._display = Display(shell.json)
        self.steps: list[Step] = []
        self._query, self._message = "", ""
        self._hits: list[str] = []

    def run(self, further: Callable[[], None]) -> None:
        """All steps; `further` archives more, before everything is verified.

        Raises MailStoreBaseError for what the server refuses, Damaged when bytes differ.
        """
        home, settings = self._shell.home, self._settings
        password = self._admin_password()
        with local.client(home, settings, ADMIN, password) as self._admin, self._display:
            self._admin.callbackStatus = self._show
            self._prepare_user()
            self._import()
            self._list()
            reader = local.kept_password(home, self._user) or ""
            with local.client(home, settings, self._user, reader) as self._reader:
                self._wait_for_index()
                for query in self._queries():
                    self._search(query)
                self._export()
            further()
            self._verify()

    def note(self, step: str, outcome: str, begun: float) -> None:
        """Add a row to the summary."""
        self.steps.append(Step(step, outcome, round(time.perf_counter() - begun, 3)))

    def _show(self, status: Mapping[str, Any]) -> None:
        self._display.lines((status["logOutput"] or "").splitlines())
        self._display.at(status["statusText"] or "working", status["percentProgress"])

    # The steps

    def _admin_password(self) -> str:
        """The administrator's own password; the one every installation starts with is changed first."""
        home, begun = self._shell.home, time.perf_counter()
        kept = local.kept_password(home, ADMIN)
        if kept and self._accepted(kept):
            return kept
        if not self._accepted(local.FIRST_PASSWORD):
            raise WrongState(f"The password of {ADMIN} is not in {local.password_file(home, ADMIN)} any more.")
        password = local.keep_new_password(home, ADMIN)
        with local.client(home, self._settings, ADMIN, local.FIRST_PASSWORD) as client:
            client.SetUserPassword(ADMIN, password)
        self.note("password", f"{ADMIN} has a strong one, in {local.password_file(home, ADMIN)}", begun)
        return password

    def _accepted(self, password: str) -> bool:
        with local.client(self._shell.home, self._settings, ADMIN, password) as client:
            try:
                client.GetServerInfo()
            except MailStoreHTTPError as error:
                if error.code != 401:
                    raise
                return False
        return True

    def _prepare_user(self) -> None:
        """A user without administrator's rights, who owns the archive of the same name."""
        begun, user = time.perf_counter(), self._user
        known = [row["userName"] for row in self._admin.GetUsers()["result"]]
        if user in known:
            return
        self._admin.CreateUser(
            user,
            "login,export",
            fullName="Demo user",
            authentication="integrated",
            password=local.kept_password(self._shell.home, user),
            loginPrivileges="api",
        )
        self._admin.SetUserPrivilegesOnFolder(user, user, "read")
        self.note("user", f"{user} may read the archive {user}, and nothing else", begun)

    def _import(self) -> None:
        begun = time.perf_counter()
        result = self._admin.ImportMessages(str(self._source), self._user)["result"]
        took_s = time.perf_counter() - begun
        if not result["messages"] and not result["failed"]:
            raise WrongState(f"There is no message in {self._source}.")
        if result["stored"]:
            rate = f"{result['messages'] / took_s:,.0f} messages a second"
            new = f"{result['stored']:,} new of " if result["known"] else ""
            told = f"{new}{result['messages']:,} messages, {show.size(result['bytes'])}, {rate}"
        else:
            told = f"nothing new: all {result['known']:,} are archived already"
        if result["failed"]:
            told += f"; {result['failed']:,} could not be read"
        self.note("import", told, begun)

    def _list(self) -> None:
        begun = time.perf_counter()
        users = self._admin.GetUsers()["result"]
        stores = self._admin.GetStores()["result"]
        if shut := [row for row in stores if row["error"]]:
            raise WrongState(f"Store {shut[0]['id']} is not in order: {shut[0]['error']}")
        self.note("users", ", ".join(row["userName"] for row in users), begun)
        begun = time.perf_counter()
        told = (
            f"{row['id']} ({row['name']}): {row['statisticsCount']:,} messages, {show.size(row['statisticsSize'] or 0)}"
            for row in stores
        )
        self.note("stores", "; ".join(told), begun)

    def _wait_for_index(self) -> None:
        begun, waited = time.perf_counter(), False
        while not (page := self._reader.SearchMessages("", limit=1)["result"])["complete"]:
            waited = True
            self._display.at(f"{page['pending']} messages to be indexed", None)
            time.sleep(POLL_S)
        if not page["messages"]:
            raise WrongState(f"No message could be archived from {self._source}.")
        if waited:
            self.note("index", f"{page['total']:,} messages can be found", begun)

    def _queries(self) -> tuple[str, ...]:
        """Three things worth a search: known ones in the sample, else what the newest message suggests."""
        if self._source == sample.path().resolve():
            return SAMPLE_QUERIES
        newest = self._reader.SearchMessages("", limit=1)["result"]["messages"][0]
        words = re.findall(r"\w{4,}", newest["subject"]) or ["the"]
        address = re.search(r"[\w.+-]+@[\w.-]+\w", newest["from"])
        sender = f"from:{address[0]}" if address else "has:attachment"
        return max(words, key=len), sender, f"date:{(newest['date'] or newest['archiveDate'])[:4]}"

    def _search(self, query: str) -> None:
        begun = time.perf_counter()
        page = self._reader.SearchMessages(query, limit=10)["result"]
        first = page["messages"][0] if page["messages"] else None
        self.note("search", f"{query}: {page['total']:,}" + (f", newest “{first['subject']}”" if first else ""), begun)
        self._query = self._query or (query if first else "")
        self._hits += (hit["id"] for hit in page["messages"])

    def _export(self) -> None:
        """Fetch a message and compare it with the source, which is read for this without the archive's help."""
        begun, file = time.perf_counter(), io.BytesIO()
        of_source = set(self._digests())
        self._message = next((found for found in self._found() if self._digest(found) in of_source), "")
        if not self._message:
            raise Damaged(f"No message of {self._source} is in the archive byte for byte.")
        size_bytes = self._reader.download(self._message, file)
        digest = hashlib.sha256(file.getbuffer()).hexdigest()
        if digest not in of_source:
            raise Damaged(f"Message {self._message} as exported (SHA-256 {digest}) is not in {self._source}.")
        told = f"message {self._message}, {show.size(size_bytes)}: SHA-256 {digest[:16]}… is that of the source"
        self.note("export", told, begun)

    def _digests(self) -> Iterator[str]:
        for item in open_source(str(self._source)).arrivals(None, lambda _: False):
            if isinstance(item, Arrival):
                yield hashlib.sha256(item.body).hexdigest()

    def _found(self) -> Iterator[str]:
        """What the searches found, then everything: the archive may hold mail of other sources too."""
        yield from self._hits
        after: str | None = None
        while True:
            page = self._reader.SearchMessages("", limit=100, after=after)["result"]
            yield from (hit["id"] for hit in page["messages"])
            if (after := page["next"]) is None:
                return

    def _digest(self, message: str) -> str:
        return str(self._reader.GetMessage(message)["result"]["sha256"])

    def _verify(self) -> None:
        for store in self._admin.GetStores()["result"]:
            begun = time.perf_counter()
            status = self._admin.VerifyStore(store["id"])
            log = (status["logOutput"] or "").strip().splitlines()
            self.note("verify", f"store {store['id']}: {log[-1].strip() if log else 'done'}", begun)

    # The summary

    def summary(self, *, end: bool, more: Iterable[str] = ()) -> Iterator[str | Text | Listing]:
        """What was done, and what to do next: `more` of that first."""
        rows = [(step.step, step.outcome, f"{step.seconds:.2f}") for step in self.steps]
        yield show.table("step", "what happened", "seconds>", rows=rows)
        yield f"In all: {sum(step.seconds for step in self.steps):.1f} s."
        yield ""
        if end:
            yield f"Start the server again: {local.program()} serve --home {self._home}"
            yield "Then try:"
        else:
            yield "The server runs until Ctrl-C. Try in another terminal:"
        for line in (*more, *self.suggestions()):
            yield f"  {line}"

    def suggestions(self) -> list[str]:
        """Commands that work as they stand."""
        home, url = self._home, local.address(self._settings, "mailstore")
        search = Command("SearchMessages", {"query": self._query or "*", "limit": "3"})
        login = f'"{self._user}:$(cat {home}/passwords/{self._user})"'
        return [
            f"{local.program()} call --home {home} --user {self._user} {local.for_shell(search)}",
            f"{local.program()} call --home {home} VerifyStore --id=1 --includeIndexes=true",
            f"curl --cacert {home}/tls/ca.pem --user {login} {url}/api/message/{self._message}",
        ]

    @property
    def _home(self) -> str:
        return shlex.quote(local.short(self._shell.home.path))
