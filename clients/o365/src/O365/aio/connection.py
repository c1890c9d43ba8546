"""The async classes of `O365.connection`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._hand import ConnectionBase

if TYPE_CHECKING:
    from requests import Response, Session


class Connection(ConnectionBase):
    """Everything that goes to the servers goes through here."""

    _home = "O365.connection:Connection"

    async def delete(self, url: str, **kwargs: Any) -> Response:
        return await self._awaited(self._it.delete, url, **kwargs)

    async def get(self, url: str, params: dict[str, Any] | None = None, **kwargs: Any) -> Response:
        return await self._awaited(self._it.get, url, params, **kwargs)

    async def get_authorization_url(
        self, requested_scopes: list[str] | None, redirect_uri: str | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """The URL to send the user to, and the sign-in that began, to be given to `request_token`."""
        return await self._awaited(self._it.get_authorization_url, requested_scopes, redirect_uri, **kwargs)

    def get_naive_session(self) -> Session:
        """A session without a token."""
        return self._given(self._it.get_naive_session)

    def get_session(self, load_token: bool = False) -> Session:
        """A session with the user's token, if there is one. `load_token`: read it from the backend when need be."""
        return self._given(self._it.get_session, load_token)

    def load_token_from_backend(self) -> bool:
        """Read the tokens from where they are kept."""
        return self._given(self._it.load_token_from_backend)

    async def naive_request(self, url: str, method: str, **kwargs: Any) -> Response:
        """A request without the user's token: to upload URLs and monitors."""
        return await self._awaited(self._it.naive_request, url, method, **kwargs)

    async def oauth_request(self, url: str, method: str, **kwargs: Any) -> Response:
        """A request with the user's token, which is renewed when it is over or refused."""
        return await self._awaited(self._it.oauth_request, url, method, **kwargs)

    async def patch(self, url: str, data: Any = None, **kwargs: Any) -> Response:
        return await self._awaited(self._it.patch, url, data, **kwargs)

    async def post(self, url: str, data: Any = None, **kwargs: Any) -> Response:
        return await self._awaited(self._it.post, url, data, **kwargs)

    async def put(self, url: str, data: Any = None, **kwargs: Any) -> Response:
        return await self._awaited(self._it.put, url, data, **kwargs)

    async def refresh_token(self) -> bool:
        """Get another access token, also when the present one still holds. Raises RuntimeError when it is refused."""
        return await self._awaited(self._it.refresh_token)

    async def request_token(
        self,
        authorization_url: str | None,
        *,
        flow: dict[str, Any] | str | None = None,
        requested_scopes: list[str] | None = None,
        store_token: bool = True,
        **kwargs: Any,
    ) -> bool:
        """Get tokens: for the URL that the browser came back to, or without one for the app or by password."""
        return await self._awaited(
            self._it.request_token,
            authorization_url,
            flow=flow,
            requested_scopes=requested_scopes,
            store_token=store_token,
            **kwargs,
        )

    def set_proxy(
        self,
        proxy_server: str | None,
        proxy_port: int | None,
        proxy_username: str | None,
        proxy_password: str | None,
        proxy_http_only: bool,
    ) -> None:
        """Go through a proxy from the next session on; without a server through none."""
        return self._given(
            self._it.set_proxy, proxy_server, proxy_port, proxy_username, proxy_password, proxy_http_only
        )

    def update_session_auth_header(self, access_token: str | None = None) -> None:
        """Use a token from now on: the given one, or that of the user. Raises RuntimeError when there is none."""
        return self._given(self._it.update_session_auth_header, access_token)
