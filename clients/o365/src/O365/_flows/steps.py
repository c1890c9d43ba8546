"""What a flow may ask for, and the loops that drive it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, cast


class Response(Protocol):
    """What flows look at; requests and httpx both have it."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def json(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Request:
    """Answered with a Response. `signed`: with the user's token; upload URLs and monitors carry their own."""

    method: str
    url: str
    options: Mapping[str, Any] = field(default_factory=dict)
    signed: bool = True


@dataclass(frozen=True, slots=True)
class Wait:
    """Answered with None when the time is over."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Renew:
    """Get another token than `refused`; answered with whether there is one."""

    refused: str | None


Step = Request | Wait | Renew
T = TypeVar("T")
Flow = Generator[Step, Any, T]


def run(flow: Flow[T], perform: Callable[[Step], Any]) -> T:
    """Drive a flow; what `perform` raises is raised in the flow, where it may be caught."""
    try:
        step = next(flow)
        while True:
            try:
                result = perform(step)
            except Exception as error:  # noqa: BLE001 - the flow decides
                step = flow.throw(error)
            else:
                step = flow.send(result)
    except StopIteration as stop:
        return cast(T, stop.value)


async def run_async(flow: Flow[T], perform: Callable[[Step], Awaitable[Any]]) -> T:
    """The same for coroutines."""
    try:
        step = next(flow)
        while True:
            try:
                result = await perform(step)
            except Exception as error:  # noqa: BLE001 - the flow decides
                step = flow.throw(error)
            else:
                step = flow.send(result)
    except StopIteration as stop:
        return cast(T, stop.value)
