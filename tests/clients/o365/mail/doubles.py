"""A connection that answers what it was told to and notes what was asked, as programs use one in their own tests."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

GRAPH = "https://graph.microsoft.com/v1.0"


@dataclass
class Answer:
    """A response. Errors are falsy, as those of requests are."""

    body: Any = None
    status_code: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return {} if self.body is None else self.body

    def __bool__(self) -> bool:
        return self.status_code < 400


REFUSED = Answer(status_code=400)


@dataclass
class Call:
    method: str
    url: str
    params: Any = None
    data: Any = None
    headers: Any = None
    stream: bool = False
    allow_redirects: bool = True

    @property
    def path(self) -> str:
        return self.url.removeprefix(GRAPH)


class Recorder:
    """Answers in turn, then with empty answers."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = deque(answers)
        self.calls: list[Call] = []

    def will(self, *answers: Answer) -> None:
        self.answers.extend(answers)

    @property
    def last(self) -> Call:
        return self.calls[-1]

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Methods and paths."""
        return [(call.method, call.path) for call in self.calls]

    def get(self, url: str, params: Any = None, **kwargs: Any) -> Any:
        return self._answer(Call("get", url, params=params, **kwargs))

    def post(self, url: str, data: Any = None, **kwargs: Any) -> Any:
        return self._answer(Call("post", url, data=data, **kwargs))

    def put(self, url: str, data: Any = None, **kwargs: Any) -> Any:
        return self._answer(Call("put", url, data=data, **kwargs))

    def patch(self, url: str, data: Any = None, **kwargs: Any) -> Any:
        return self._answer(Call("patch", url, data=data, **kwargs))

    def delete(self, url: str, **kwargs: Any) -> Any:
        return self._answer(Call("delete", url, **kwargs))

    def naive_request(self, url: str, method: str, **kwargs: Any) -> Any:
        return self._answer(Call(f"naive {method}", url, **kwargs))

    def _answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return self.answers.popleft() if self.answers else Answer()


def page(*rows: Any, link: str | None = None) -> Answer:
    """A page of a list."""
    return Answer({"value": list(rows), **({"@odata.nextLink": link} if link else {})})
