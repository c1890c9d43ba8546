"""Objects of the plain client in async dress: attributes are those of the plain object, requests are awaited."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator
from functools import lru_cache, partial
from importlib import import_module
from typing import Any, ClassVar, Generic, Self, TypeVar

from O365._paging import Pagination
from O365.aio._bridge import spawn
from O365.aio._registry import TWINS

T = TypeVar("T")
_END: Any = object()


class Twin:
    """An object of the client. It is made with the arguments of its plain class, `_home`, or `of` an object of that;
    with `open` where that takes requests."""

    _home: ClassVar[str]
    _it: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        object.__setattr__(self, "_it", self._plain_class()(*plain(args), **plain(kwargs)))

    @classmethod
    async def open(cls, *args: Any, **kwargs: Any) -> Self:
        """Make it where that takes requests: `await WorkBook.open(file)`."""
        made: Self = cls.of(await spawn(cls._plain_class(), *plain(args), **plain(kwargs)))
        return made

    @classmethod
    def _plain_class(cls) -> Callable[..., Any]:
        module, _, name = cls._home.partition(":")
        found: Callable[..., Any] = getattr(import_module(module), name)
        return found

    @classmethod
    def of(cls, it: Any) -> Any:
        """The async object of a plain one."""
        twin = object.__new__(cls)
        object.__setattr__(twin, "_it", it)
        return twin

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        found = getattr(self._it, name)
        # What a program added to a class may make requests: it is awaited.
        if inspect.ismethod(found) and not found.__func__.__module__.startswith("O365."):
            return partial(self._awaited, found)
        return dressed(found)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._it, name, plain(value))

    def __repr__(self) -> str:
        return repr(self._it)

    def __bool__(self) -> bool:
        return bool(self._it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Twin) and bool(self._it == other._it)

    def __hash__(self) -> int:
        return hash(self._it)

    async def _awaited(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return dressed(await spawn(method, *plain(args), **plain(kwargs)))

    def _given(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return dressed(method(*plain(args), **plain(kwargs)))

    def _listed(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Listing[Any]:
        return Listing(lambda: method(*plain(args), **plain(kwargs)))


class Listing(Generic[T]):
    """A list of the API. `async for` takes its items page by page; awaited it is a list of all of them.

    The next page is on its way while the items of this one are taken.
    """

    def __init__(self, ask: Callable[[], Iterable[Any] | None]) -> None:
        self._ask = ask

    def __await__(self) -> Generator[Any, None, list[T]]:
        return self._all().__await__()

    async def _all(self) -> list[T]:
        return [item async for item in self]

    async def __aiter__(self) -> AsyncIterator[T]:
        found = await spawn(self._ask)
        if not isinstance(found, Iterator):
            for item in found or ():
                yield dressed(item)
            return
        while (item := await _next(found)) is not _END:
            yield dressed(item)


async def _next(items: Iterator[Any]) -> Any:
    # Within a page there is nothing to wait for, unless each item fetches its attachments.
    if isinstance(items, Pagination) and items.state < len(items._items) and not items.extra_args:
        return next(items)
    return await spawn(next, items, _END)


def dressed(value: Any) -> Any:
    """A value of the plain client as this one gives it."""
    if isinstance(value, Pagination):
        return Listing(lambda: value)
    if isinstance(value, list):
        return [dressed(one) for one in value]
    kind = _twin_of(type(value))  # type: ignore[arg-type] # classes are hashable
    return value if kind is None else kind.of(value)


def plain(value: Any) -> Any:
    """A value as the plain client takes it."""
    if isinstance(value, Twin):
        return value._it
    if type(value) in {list, tuple, set}:
        return type(value)(plain(one) for one in value)
    return {key: plain(one) for key, one in value.items()} if type(value) is dict else value


@lru_cache(maxsize=1024)
def _twin_of(kind: Any) -> type[Twin] | None:
    """The class for objects of a class, which a program may have derived."""
    for base in kind.__mro__:
        module = TWINS.get(f"{base.__module__}.{base.__qualname__}")
        if module is not None:
            found: type[Twin] = getattr(import_module(module), base.__name__)
            return found
    return None
