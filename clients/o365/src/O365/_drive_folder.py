"""Folders of a drive: what lies in them, what is put there, fetching all of it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from O365._attributes import Attribute
from O365._doing import each
from O365._download import file_name, free_name
from O365._drive_fields import within
from O365._drive_files import File, Image, Photo
from O365._drive_item import DriveItem
from O365._drive_lists import Lists
from O365._drive_upload import DEFAULT_UPLOAD_CHUNK_SIZE, Uploading, Wish
from O365._transfers import Progress, opened

log = logging.getLogger(__name__)


class Folder(Lists, DriveItem):
    """A folder."""

    child_count: Attribute[int] = within("folder", "childCount", missing=0)
    special_folder: Attribute[str | None] = within("specialFolder", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def create_child_folder(self, name: str, description: str | None = None) -> Folder | None:
        """A new folder within this one."""
        if not self.object_id:
            return None
        data = {self._cc("name"): name, self._cc("folder"): {}}
        if description:
            data[self._cc("description")] = description
        response = self.con.post(self._url("list_items"), data=data)
        return Folder(parent=self, **{self._cloud_data_key: response.json()}) if response else None

    def download_contents(self, to_folder: str | Path | None = None) -> None:
        """Fetch all that is in it, folders too, into a folder, which is made; by default one with the same name.

        What cannot be fetched stops nothing else: the first error is raised when all the rest is there.
        """
        root = Path(file_name(self.name)) if to_folder is None else Path(to_folder)
        files: list[tuple[File, Path, str]] = []
        folders: list[tuple[Folder, Path]] = [(self, root)]
        seen: set[tuple[str | None, str | None]] = set()
        while folders:
            folder, path = folders.pop()
            place = (folder.main_resource, folder._place_id())
            if place in seen:
                log.warning("%s is within itself and is not fetched again.", path)
                continue
            seen.add(place)
            path.mkdir(parents=True, exist_ok=True)
            _sort(folder, path, files, folders)
        _raise_first(each(self.con, _fetched, files))

    def upload_file(
        self,
        item: str | Path | None,
        item_name: str | None = None,
        chunk_size: int = DEFAULT_UPLOAD_CHUNK_SIZE,
        upload_in_chunks: bool = False,
        stream: Any = None,
        stream_size: int | None = None,
        conflict_handling: str | None = None,
        file_created_date_time: str | None = None,
        file_last_modified_date_time: str | None = None,
        *,
        progress: Progress | None = None,
        session_file: str | Path | None = None,
    ) -> DriveItem | None:
        """Put a file here, or what an open binary stream holds; the stream needs a name.

        More than 4 MB go in pieces of `chunk_size`, which is rounded to the multiple of 320 KiB that the service wants,
        and go on after a failure. With `session_file` an upload that was broken off goes on in another run of the
        program: the file keeps its address until the end. `conflict_handling`: what becomes of a file of that name
        (`replace`, `rename` or `fail`). `progress` is told how many bytes the service has, and how many there are.
        Raises ValueError and OSError for what cannot be read, and what the connection raises.
        """
        if stream is None and item and not Path(item).is_file():
            raise ValueError("Item must exist") if not Path(item).exists() else ValueError("Item must be a file")
        name = item_name or (Path(item).name if item else "")
        if not name:
            raise ValueError("Provide a file, or a stream and item_name" if stream is None else "Provide item_name")
        wish = Wish(name, conflict_handling, file_created_date_time, file_last_modified_date_time)
        with opened(item, stream, stream_size) as source:
            uploading = Uploading(self, source, wish, chunk_size, progress)
            told = uploading.run(in_pieces=upload_in_chunks, session_file=session_file)
        return self._made(told) if told else None

    def _children_url(self) -> str:
        return self._url("list_items")

    def _search_url(self, search_text: str) -> str:
        return self._url("search", search_text=search_text)


def item_class(told: dict[str, Any]) -> type[DriveItem]:
    """What an item is, by its facets; of one in another drive, by those that it has there too."""
    facets = {**told["remoteItem"], **told} if told.get("remoteItem") else told
    if facets.get("folder") is not None:
        return Folder
    if facets.get("photo"):  # pictures that no camera took may have an empty one
        return Photo
    return Image if facets.get("image") is not None or "photo" in facets else File


def _sort(folder: Folder, path: Path, files: list[Any], folders: list[Any]) -> None:
    """Note what is in a folder, each under a name of its own."""
    taken: set[str] = set()
    for one in folder.get_items():
        name = free_name(file_name(one.name), taken)
        if isinstance(one, Folder):
            folders.append((one, path / name))
        elif isinstance(one, File):
            files.append((one, path, name))


def _fetched(file: tuple[File, Path, str]) -> Exception | None:
    """Fetch a file; what went wrong."""
    found, path, name = file
    try:
        done = found.download(path, name)
    except Exception as error:  # noqa: BLE001 - raised by `_raise_first`
        error.add_note(f"{path / name} was not fetched")
        return error
    return None if done else OSError(f"{path / name} was not fetched: the service refused")


def _raise_first(outcomes: list[Exception | None]) -> None:
    errors = [error for error in outcomes if error is not None]
    if errors:
        errors[0].add_note(f"{len(errors)} of {len(outcomes)} files were not fetched")
        raise errors[0]
