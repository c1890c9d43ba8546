"""A connection that is none: it notes what was asked and answers from a list, as programs' own tests do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from O365.utils import ApiComponent


class MockResponse:
    def __init__(self, body: Any, status_code: int = 200) -> None:
        self.body, self.status_code, self.headers = body, status_code, dict[str, str]()

    def __bool__(self) -> bool:
        return self.status_code < 400

    def json(self) -> Any:
        return self.body


@dataclass
class MockConnection:
    answers: list[Any] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)

    def get(self, url: str, params: Any = None, headers: Any = None) -> MockResponse:
        self.urls.append(url)
        self.params.append(params)
        self.headers.append(headers)
        answer = self.answers.pop(0)
        return answer if isinstance(answer, MockResponse) else MockResponse(answer)


class Thing(ApiComponent):
    """A resource as programs make them."""

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)
        self.cloud = kwargs.get(self._cloud_data_key)
        self.extra = kwargs.get("extra")


def page(*rows: Any, following: str | None = None) -> dict[str, Any]:
    return {"value": list(rows), **({"@odata.nextLink": following} if following else {})}
