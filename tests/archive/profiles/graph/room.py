"""An archive and a Microsoft Graph on this machine, and runs of our connectors between them."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import requests

from postroom.archive.archive import Archive
from postroom.archive.ingest import ImportResult, ingest
from postroom.archive.profiles.connector import Context, Emptied, Target
from postroom.archive.profiles.connectors.graph import Microsoft365, Microsoft365Batch
from postroom.archive.profiles.connectors.graph_session import Patience
from postroom.archive.profiles.details import checked
from postroom.archive.profiles.scoped import Scoped
from postroom.archive.sources import Problem
from postroom.archive.storage.store import full_path
from postroom.archive.storage.writer import now_ms
from postroom.errors import PostroomError
from postroom.testing import LocalGraph, User

QUICK = Patience(tries=4, broken_tries=3, first_wait_s=0.01, longest_wait_s=5.0)
ARCHIVE = "anna"


def mail(number: int | str, size: int = 200) -> bytes:
    text = f"From: bob@elsewhere.example\r\nTo: anna@example.com\r\nMessage-ID: <{number}@elsewhere.example>\r\n"
    # A bare line end and a byte of no charset: what comes must be what was sent.
    return f"{text}Subject: Report {number}\r\n\r\n".encode() + b"line\nby \xe9 line\r\n" * (size // 16)


@dataclass
class Outcome:
    """What a run did, by archive; `notes` is its log, `owed` the native ids that it owes."""

    results: dict[str, ImportResult] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def stored(self) -> int:
        return sum(result.stored for result in self.results.values())

    @property
    def reasons(self) -> list[str]:
        return [problem.reason for problem in self.problems]


@dataclass
class Room:
    """Runs of connectors. `graph_url` may be a liar's."""

    archive: Archive
    graph: LocalGraph
    anna: User
    graph_url: str = ""
    batch: int = 1000
    removed_at_once: int = 100
    owed: list[str] = field(default_factory=list)
    credential: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    stops: Iterator[Exception | None] = field(default_factory=lambda: iter(()))

    @property
    def top(self) -> str:
        """What stands before the folders of Anna's mailbox in the archive."""
        return f"{ARCHIVE}/Exchange {self.anna.address}"

    def details(self, **more: object) -> dict[str, object]:
        """Of the application, for the mailbox of Anna."""
        return {**self.service(), "emailAddress": self.anna.address, "targetUserFolder": ARCHIVE, **more}

    def service(self, **more: object) -> dict[str, object]:
        told: dict[str, object] = {
            "tenant": self.graph.tenant,
            "applicationId": self.graph.app.id,
            "clientSecret": self.graph.secret,
            "graphUrl": self.graph_url or self.graph.base_url,
            "authorityUrl": self.graph.origin,
            "caFile": str(self.graph.ca_file),
        }
        return {**told, **more}

    def context(self, outcome: Outcome) -> Context:
        return Context(
            settings=self.archive.settings,
            clock=now_ms,
            owner_of=lambda address: self.owners.get(address.lower()),
            archives=list,
            path=lambda _, given: Path(given),
            credential=lambda _: self.credential,
            note=outcome.notes.append,
            stop=self._stop,
        )

    def _stop(self) -> None:
        error = next(self.stops, None)
        if error is not None:
            raise error

    def run(
        self,
        details: dict[str, object] | None = None,
        connector: Microsoft365 | Microsoft365Batch | None = None,
        removing: tuple[int | None] | None = None,
        outcome: Outcome | None = None,
    ) -> Outcome:
        """A run as profiles make it: first what is owed; with `removing` what came before that goes."""
        connector = connector or Microsoft365(QUICK)
        outcome = Outcome() if outcome is None else outcome
        told = checked(connector.keys, details or self.details())
        connector.check(told)
        with connector.open(told, self.context(outcome)) as targets:
            for target in targets:
                try:
                    self._take(target, outcome)
                except PostroomError as error:
                    if isinstance(connector, Microsoft365):
                        raise
                    outcome.failed[target.archive] = str(error)
                if removing is not None:
                    self._remove(target, removing[0], outcome)
        return outcome

    def _take(self, target: Target, outcome: Outcome) -> None:
        scoped = Scoped(target, self.owed, lambda _: None, lambda: None)
        self.owed = []

        def noted(problems: Any) -> None:
            outcome.problems += problems
            self.owed += [problem.native_id for problem in problems]

        outcome.results[target.archive] = ingest(
            scoped, self.archive.stores, target.archive or ARCHIVE, max_message_bytes=1 << 30,
            batch_messages=self.batch, problems=noted,
        )  # fmt: skip

    def _remove(self, target: Target, before_ms: int | None, outcome: Outcome) -> None:
        source = target.source
        assert isinstance(source, Emptied)
        ids = source.removable(before_ms)
        while some := list(islice(ids, self.removed_at_once)):
            outcome.removed += some
            outcome.refused += source.remove(some)

    # What is where

    def deliver(self, *numbers: int | str) -> list[bytes]:
        made = [mail(number) for number in numbers]
        for message in made:
            self.graph.deliver(message, self.anna)
        return made

    def folder(self, name: str, above: str = "") -> str:
        """A folder of Anna's mailbox, made; its id."""
        place = f"mailFolders/{above}/childFolders" if above else "mailFolders"
        return str(self.call("POST", place, json={"displayName": name})["id"])

    def upload(self, folder: str, message: bytes) -> str:
        """Put a draft into a folder; its id."""
        body, headers = base64.b64encode(message), {"Content-Type": "text/plain"}
        return str(self.call("POST", f"mailFolders/{folder}/messages", data=body, headers=headers)["id"])

    def move(self, message: str, folder: str) -> None:
        self.call("POST", f"messages/{message}/move", json={"destinationId": folder})

    def messages(self, folder: str = "inbox") -> list[dict[str, Any]]:
        found = self.call("GET", f"mailFolders/{folder}/messages?$top=999&$orderby=receivedDateTime")["value"]
        return list(found)

    def call(self, method: str, path: str, **options: Any) -> Any:
        """As the application, on Anna's mailbox."""
        return self.ask(method, f"users/{self.anna.id}/{path}", **options)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> Any:
        """As the application, on anything."""
        own = {"Authorization": f"Bearer {self._token()}", "Prefer": 'IdType="ImmutableId"'}
        options["headers"] = {**own, **(headers or {})}
        url = f"{self.graph.base_url}{path}"
        answer = requests.request(method, url, verify=str(self.graph.ca_file), timeout=60, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _token(self) -> str:
        told = {
            "client_id": self.graph.app.id,
            "client_secret": self.graph.secret,
            "grant_type": "client_credentials",
            "scope": "https://graph.microsoft.com/.default",
        }
        answer = requests.post(
            f"{self.graph.authority}/oauth2/v2.0/token", told, verify=str(self.graph.ca_file), timeout=60
        )
        return str(answer.json()["access_token"])

    def archived(self) -> Counter[str]:
        """SHA-256 of all messages in the archive, with how often each is there."""
        mounts = self.archive.stores.open_mounts()
        return Counter(row.sha256.hex() for mount in mounts for row in mount.store.catalogue.all_messages())

    def folders(self) -> dict[str, int]:
        """Folders of the archive that hold mail, with how much."""
        found: Counter[str] = Counter()
        for mount in self.archive.stores.open_mounts():
            rows = mount.store.catalogue.folders()
            for number in rows:
                found[full_path(rows, number)] += len(mount.store.catalogue.folder_messages(number))
        return {path: count for path, count in found.items() if count}

    def occurrences(self) -> int:
        """How often mail was taken from a source."""
        rows = (mount.store.catalogue.one("SELECT count(*) FROM occurrence") for mount in self.archive.stores.all())
        return sum(row[0] for row in rows if row)


def digests(messages: list[bytes]) -> Counter[str]:
    return Counter(hashlib.sha256(message).hexdigest() for message in messages)
