"""Many calls in few requests: the service takes up to twenty at once."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from O365._component import ApiComponent
from O365._doing import drive
from O365._flows.batch import Call, conversation

if TYPE_CHECKING:
    from O365.message import Message


class BatchError(Exception):
    """Some calls of a batch failed: `failed` has their answers by name."""

    def __init__(self, failed: Mapping[str, BatchAnswer]) -> None:
        self.failed = dict(failed)
        told = "; ".join(f"{name}: {answer.status} {answer.error}".strip() for name, answer in failed.items())
        super().__init__(f"{len(failed)} calls of the batch failed: {told}")


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What came of one call."""

    name: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    """JSON; what is not JSON is base64 text."""

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def error(self) -> str:
        """Why it failed, in the words of the service; "" when it did not."""
        if self.ok:
            return ""
        found = self.body.get("error") if isinstance(self.body, dict) else None
        return str(found.get("message") or found.get("code") or "") if isinstance(found, dict) else ""

    def json(self) -> Any:
        return self.body

    @property
    def content(self) -> bytes:
        """The bytes of a file or a picture; of JSON its text."""
        if isinstance(self.body, str):
            try:
                return base64.b64decode(self.body, validate=True)
            except binascii.Error:
                return self.body.encode()
        return b"" if self.body is None else json.dumps(self.body).encode()

    def raise_for_status(self) -> None:
        """Raise BatchError when the call failed."""
        if not self.ok:
            raise BatchError({self.name: self})


class BatchAnswers(Mapping[str, BatchAnswer]):
    """The answers by the names of their calls, in the order of the calls."""

    def __init__(self, answers: Mapping[str, BatchAnswer]) -> None:
        self._answers = dict(answers)

    def __getitem__(self, name: str) -> BatchAnswer:
        return self._answers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    def __repr__(self) -> str:
        return f"Answers: {len(self)}, failed: {len(self.failed)}"

    @property
    def failed(self) -> dict[str, BatchAnswer]:
        """Those that are errors."""
        return {name: answer for name, answer in self._answers.items() if not answer.ok}

    def raise_for_status(self) -> None:
        """Raise BatchError when a call failed."""
        if self.failed:
            raise BatchError(self.failed)


class Batch(ApiComponent):
    """Calls that are collected, and made by `run`.

    A URL is one that `build_url` of any object gives, or a path below the version as `/me/messages`. The calls of one
    request may run in any order, and beside each other; one that names others in `after` waits for them, and is not
    made when one of them fails (its status is 424 then). Calls that the service has no time for are made again.
    """

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)
        self._calls: list[Call] = []

    def __len__(self) -> int:
        return len(self._calls)

    def __repr__(self) -> str:
        return f"Batch of {len(self)} calls"

    def get(
        self,
        name: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        after: str | Iterable[str] = (),
    ) -> None:
        self.add(name, "GET", url, params=params, headers=headers, after=after)

    def post(
        self,
        name: str,
        url: str,
        data: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        after: str | Iterable[str] = (),
    ) -> None:
        self.add(name, "POST", url, data, headers=headers, after=after)

    def patch(
        self,
        name: str,
        url: str,
        data: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        after: str | Iterable[str] = (),
    ) -> None:
        self.add(name, "PATCH", url, data, headers=headers, after=after)

    def put(
        self,
        name: str,
        url: str,
        data: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        after: str | Iterable[str] = (),
    ) -> None:
        self.add(name, "PUT", url, data, headers=headers, after=after)

    def delete(
        self, name: str, url: str, *, headers: Mapping[str, str] | None = None, after: str | Iterable[str] = ()
    ) -> None:
        self.add(name, "DELETE", url, headers=headers, after=after)

    def send(self, name: str, message: Message, save_to_sent_folder: bool = True) -> None:
        """Send a new message. Raises ValueError for a draft, or for attachments that one request cannot hold."""
        if message.object_id:
            raise ValueError(f"{name}: only a new message can be sent in a batch; `send` of the message does others")
        if message.attachments._are_large():
            raise ValueError(f"{name}: its attachments are too large for a batch; `send` of the message sends them")
        data: dict[str, Any] = {self._cc("message"): message.to_api_data()}
        if not save_to_sent_folder:
            data[self._cc("saveToSentItems")] = False
        self.post(name, message.build_url(message._endpoints["send_mail"]), data)

    def add(
        self,
        name: str,
        method: str,
        url: str,
        data: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        after: str | Iterable[str] = (),
    ) -> None:
        """A call of any method. Raises ValueError for a name that is taken, or that `after` does not know."""
        before = (after,) if isinstance(after, str) else tuple(after)
        names = {call.name.lower() for call in self._calls}
        if name.lower() in names:
            raise ValueError(f"There is a call named {name!r} already")
        if unknown := [one for one in before if one.lower() not in names]:
            raise ValueError(f"{name}: there is no earlier call named {unknown[0]!r}")
        body, kind = _body(data)
        given = {**({"Content-Type": kind} if kind else {}), **(headers or {})}
        self._calls.append(Call(name, method.upper(), self._relative(url, params), given, body, before))

    def run(self) -> BatchAnswers:
        """Make the calls; the batch is empty then. What fails is in the answers and raises nothing.

        Raises what the connection raises when the request itself fails.
        """
        calls, self._calls = self._calls, []
        retries = int(getattr(self.con, "request_retries", 0) or 0)
        url = f"{self.protocol.service_url}$batch"
        told = drive(self.con, conversation(url, calls, retries))
        return BatchAnswers({call.name: _answer(call.name, told[call.name]) for call in calls})

    def _relative(self, url: str, params: Mapping[str, Any] | None) -> str:
        root = self.protocol.service_url
        if "://" in url and not url.startswith(root):
            raise ValueError(f"{url} is not below {root}")
        path = "/" + url.removeprefix(root).lstrip("/")
        query = urlencode([(key, _text(value)) for key, value in (params or {}).items() if value is not None])
        return f"{path}{'&' if '?' in path else '?'}{query}" if query else path


def send_many(account: Any, messages: Iterable[Message], *, save_to_sent_folder: bool = True) -> list[BatchAnswer]:
    """Send new messages, twenty with a request; what came of each, in their order.

    Raises ValueError, before anything is sent, for one that a batch cannot send.
    """
    several = list(messages)
    batch = Batch(parent=account)
    for number, message in enumerate(several, 1):
        batch.send(str(number), message, save_to_sent_folder)
    answers = list(batch.run().values())
    for message, answer in zip(several, answers, strict=True):
        if answer.ok:
            message._sent_new()
    return answers


def _body(data: Any) -> tuple[Any, str]:
    """The body within a batch, and its type."""
    if data is None:
        return None, ""
    if isinstance(data, bytes | bytearray):
        return base64.b64encode(data).decode("ascii"), "application/octet-stream"
    return data, "application/json"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer(name: str, told: Mapping[str, Any]) -> BatchAnswer:
    return BatchAnswer(name, int(told["status"]), told.get("headers") or {}, told.get("body"))
