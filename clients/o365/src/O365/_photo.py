"""The picture of a user or a contact."""

from __future__ import annotations

from requests.exceptions import HTTPError

from O365._component import ApiComponent

_NO_PHOTO = 404


class PhotoMixin(ApiComponent):
    """For objects whose endpoints have `photo` and `photo_size`."""

    def get_profile_photo(self, size: str | int | None = None) -> bytes | None:
        """The picture, None when there is none. `size` is the side of a square in pixels: 48 or "48x48"."""
        try:
            response = self.con.get(self._photo_url(size))
        except HTTPError as error:
            if error.response is not None and error.response.status_code != _NO_PHOTO:
                raise
            return None
        return response.content if response else None

    def update_profile_photo(self, photo: bytes) -> bool:
        """Set another picture, a JPEG."""
        return bool(self.con.patch(self._photo_url(None), data=photo, headers={"Content-type": "image/jpeg"}))

    def _photo_url(self, size: str | int | None) -> str:
        square = f"{size}x{size}" if str(size).isdigit() else size
        endpoint = self._endpoints["photo" if size is None else "photo_size"]
        return self.build_url(endpoint.format(size=square, **self._photo_ids()))

    def _photo_ids(self) -> dict[str, str]:
        """What else stands in the endpoints."""
        return {}
