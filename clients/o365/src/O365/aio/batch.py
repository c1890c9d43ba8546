"""The async classes of `O365.batch`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._twin import Twin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from O365.aio.message import Message
    from O365.batch import BatchAnswers


class Batch(Twin):
    """Calls that are collected, and made by `run`."""

    _home = "O365.batch:Batch"

    def __len__(self) -> int:
        return len(self._it)

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
        return self._given(self._it.add, name, method, url, data, params=params, headers=headers, after=after)

    def delete(
        self, name: str, url: str, *, headers: Mapping[str, str] | None = None, after: str | Iterable[str] = ()
    ) -> None:
        return self._given(self._it.delete, name, url, headers=headers, after=after)

    def get(
        self,
        name: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        after: str | Iterable[str] = (),
    ) -> None:
        return self._given(self._it.get, name, url, params, headers=headers, after=after)

    def patch(
        self,
        name: str,
        url: str,
        data: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        after: str | Iterable[str] = (),
    ) -> None:
        return self._given(self._it.patch, name, url, data, headers=headers, after=after)

    def post(
        self,
        name: str,
        url: str,
        data: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        after: str | Iterable[str] = (),
    ) -> None:
        return self._given(self._it.post, name, url, data, headers=headers, after=after)

    def put(
        self,
        name: str,
        url: str,
        data: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        after: str | Iterable[str] = (),
    ) -> None:
        return self._given(self._it.put, name, url, data, headers=headers, after=after)

    async def run(self) -> BatchAnswers:
        """Make the calls; the batch is empty then. What fails is in the answers and raises nothing."""
        return await self._awaited(self._it.run)

    def send(self, name: str, message: Message, save_to_sent_folder: bool = True) -> None:
        """Send a new message. Raises ValueError for a draft, or for attachments that one request cannot hold."""
        return self._given(self._it.send, name, message, save_to_sent_folder)
