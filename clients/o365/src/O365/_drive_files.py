"""Files of a drive and their versions: what they are, and fetching them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from O365._attributes import Attribute, Resource, instant, maybe_text, number
from O365._download import PIECE, Sink, fetch, file_name, growing
from O365._drive_fields import person, within
from O365._drive_item import DriveItem, with_suffix
from O365._transfers import Progress
from O365._urls import segment

if TYPE_CHECKING:
    from typing import Protocol

    class Writable(Protocol):
        def write(self, content: bytes, /) -> Any: ...


ALLOWED_PDF_EXTENSIONS = frozenset(
    [
        ".csv",
        ".doc",
        ".docx",
        ".odp",
        ".ods",
        ".odt",
        ".pot",
        ".potm",
        ".potx",
        ".pps",
        ".ppsx",
        ".ppsxm",
        ".ppt",
        ".pptm",
        ".pptx",
        ".rtf",
        ".xls",
        ".xlsx",
    ]
)
"""What the service can make a PDF of."""


class DownloadableMixin:
    """What has content that can be fetched."""

    if TYPE_CHECKING:
        con: Any
        name: Any

    def download(
        self,
        to_path: str | Path | None = None,
        name: str | None = None,
        chunk_size: str | int | None = "auto",
        convert_to_pdf: bool = False,
        output: Writable | None = None,
        *,
        progress: Progress | None = None,
    ) -> bool:
        """Fetch the content into a folder, which is the current one by default, or write it into `output`.

        The file has its name once it is whole. A connection that breaks is made again, and goes on where it was.
        `chunk_size` is how many bytes are in memory at once; `progress` is told how many are here, and how many there
        are. With `convert_to_pdf` documents of Office come as PDF. Raises FileNotFoundError for a folder that is not
        there, and what the connection raises; False is for connections that do not raise.
        """
        pdf = convert_to_pdf and PurePosixPath(self.name).suffix.lower() in ALLOWED_PDF_EXTENSIONS
        options: dict[str, Any] = {"params": {"format": "pdf"} if pdf else {}, "progress": progress}
        options["piece"] = chunk_size if isinstance(chunk_size, int) and chunk_size > 0 else PIECE
        if output is not None:
            return fetch(self.con, self._content_url(), Sink(output), **options)
        folder = Path(to_path or "")
        if not folder.is_dir():
            raise FileNotFoundError(f"{folder} does not exist")
        with growing(folder / self._file_name(name, pdf=pdf)) as growth:
            growth.whole = fetch(self.con, self._content_url(), Sink(growth.file), **options)
        return growth.whole

    def _file_name(self, name: str | None, *, pdf: bool) -> str:
        """A name that the program gives is its own affair; one that the service told must not lead elsewhere."""
        found = file_name(self.name) if name is None else with_suffix(name, self.name)
        return str(Path(found).with_suffix(".pdf")) if pdf else found

    def _content_url(self) -> str:
        raise NotImplementedError


class File(DriveItem, DownloadableMixin):
    """A file."""

    mime_type: Attribute[str | None] = within("file", "mimeType")
    hashes: Attribute[dict[str, str] | None] = within("file", "hashes")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    @property
    def extension(self) -> str:
        """The end of its name, from the last dot on."""
        return PurePosixPath(self.name).suffix

    def _content_url(self) -> str:
        return self._url("download")


class Image(File):
    """A picture."""

    width: Attribute[int] = within("image", "width", missing=0)
    height: Attribute[int] = within("image", "height", missing=0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    @property
    def dimensions(self) -> str:
        """`640x480`."""
        return f"{self.width}x{self.height}"


class Photo(Image):
    """A picture that a camera took."""

    taken_datetime = Attribute("photo", lambda photo, told: photo._instant((told or {}).get("takenDateTime")))
    camera_make: Attribute[str | None] = within("photo", "cameraMake")
    camera_model: Attribute[str | None] = within("photo", "cameraModel")
    exposure_denominator: Attribute[float | None] = within("photo", "exposureDenominator")
    exposure_numerator: Attribute[float | None] = within("photo", "exposureNumerator")
    fnumber: Attribute[float | None] = within("photo", "fNumber")
    focal_length: Attribute[float | None] = within("photo", "focalLength")
    iso: Attribute[int | None] = within("photo", "iso")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)


class DriveItemVersion(Resource, DownloadableMixin):
    """What a file was before."""

    _endpoints: ClassVar[dict[str, str]] = {
        "download": "/versions/{id}/content",
        "restore": "/versions/{id}/restoreVersion",
    }

    object_id = maybe_text("id")
    name = maybe_text("id")
    size = number("size")
    modified = instant("lastModifiedDateTime")
    modified_by = person("lastModifiedBy")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._parent: DriveItem | None = parent if isinstance(parent, DriveItem) else None
        self.driveitem_id: str | None = self._parent._place_id() if self._parent is not None else None
        if self._parent is not None:
            place = f"{self._parent.main_resource}/items/{segment(self.driveitem_id)}"
            kwargs = {**kwargs, "main_resource": place}
        super().__init__(parent=parent, con=con, **kwargs)

    def __repr__(self) -> str:
        return f"Version Id: {self.name} | Modified on: {self.modified} | by: {self.modified_by}"

    def restore(self) -> bool:
        """Make it the current version again."""
        return bool(self.con.post(self._url("restore")))

    def _content_url(self) -> str:
        return self._url("download")

    def _url(self, endpoint: str) -> str:
        return self.build_url(self._endpoints[endpoint].format(id=segment(self.object_id)))
