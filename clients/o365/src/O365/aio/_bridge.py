"""Plain methods inside coroutines: where one makes a request, the coroutine awaits it and the method stands still.

Greenlets do it, as in SQLAlchemy: no threads, so nothing of the client needs a lock more than before.
"""

from __future__ import annotations

import contextvars
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

try:
    import httpx2 as _httpx2  # noqa: F401 - of the same extra
    from greenlet import getcurrent, greenlet
except ModuleNotFoundError as error:
    raise ImportError("O365.aio needs greenlet and httpx2: pip install 'postroom-o365[aio]'") from error

P = ParamSpec("P")
T = TypeVar("T")


class _Inside(greenlet):
    """A plain function that runs for a coroutine."""


async def spawn(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a plain function that may `wait_for` things; a cancellation is raised where it waits."""
    inside = _Inside(partial(function, *args, **kwargs))
    inside.gr_context = contextvars.copy_context()
    wanted = inside.switch()
    while not inside.dead:
        try:
            answer = await wanted
        except BaseException as error:  # noqa: BLE001 - the function decides
            wanted = inside.throw(error)
        else:
            wanted = inside.switch(answer)
    return cast(T, wanted)


def wait_for(awaitable: Awaitable[T]) -> T:
    """What an awaitable gives, for a plain function that a coroutine spawned. Raises RuntimeError for any other."""
    here = getcurrent()
    if not isinstance(here, _Inside):
        _forget(awaitable)
        raise RuntimeError("This makes a request: only methods of O365.aio that are awaited may.")  # noqa: TRY004
    assert here.parent is not None
    return cast(T, here.parent.switch(awaitable))


def _forget(awaitable: Any) -> None:
    """A coroutine that nobody awaits would warn of it."""
    close = getattr(awaitable, "close", None)
    if close is not None:
        close()
