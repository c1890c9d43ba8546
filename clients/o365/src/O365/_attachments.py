"""The attachments of a message or an event: the list, and how it comes to be the same with the service."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from O365._attachment import (
    UPLOAD_PIECE,
    UPLOAD_SIZE_LIMIT_SIMPLE,
    AttachableMixin,
    BaseAttachment,
    UploadSessionRequest,
)
from O365._component import ApiComponent
from O365._doing import drive
from O365._listing import everything
from O365._recipients import TrackerSet
from O365._transfers import Progress
from O365._upload import attachment_id, upload
from O365._urls import segment

log = logging.getLogger(__name__)


class BaseAttachments(ApiComponent):
    """The attachments of an object: a list that knows what is to be sent to the service and removed from it."""

    _endpoints: ClassVar[dict[str, str]] = {
        "attachments": "/messages/{id}/attachments",
        "attachment": "/messages/{id}/attachments/{ida}",
        "create_upload_session": "/messages/{id}/attachments/createUploadSession",
    }
    _attachment_constructor: type[BaseAttachment] = BaseAttachment

    def __init__(self, parent: Any, attachments: Any = None) -> None:
        super().__init__(protocol=parent.protocol, main_resource=parent.main_resource)
        self._parent = parent
        self._attachments: list[BaseAttachment] = []
        self._removed: list[BaseAttachment] = []
        self.on_progress: Callable[[BaseAttachment, int, int | None], None] | None = None
        """Told, of each large one that is sent, how many bytes the service has and how many there are."""
        self.untrack = True
        if attachments:
            self.add(attachments)
        self.untrack = False

    def __iter__(self) -> Iterator[BaseAttachment]:
        return iter(self._attachments)

    def __getitem__(self, key: int) -> BaseAttachment:
        return self._attachments[key]

    def __contains__(self, item: object) -> bool:
        return item in {attachment.name for attachment in self._attachments}

    def __len__(self) -> int:
        return len(self._attachments)

    def __bool__(self) -> bool:
        return bool(self._attachments)

    def __repr__(self) -> str:
        if not self._attachments and getattr(self._parent, "has_attachments", False):
            return "Number of Attachments: unknown"
        return f"Number of Attachments: {len(self)}"

    def to_api_data(self) -> list[dict[str, Any]]:
        return [attachment.to_api_data() for attachment in self._attachments]

    def clear(self) -> None:
        """Remove all."""
        self.remove(list(self._attachments))

    def add(self, attachments: Any) -> None:
        """Add files by their paths, several of what an attachment can be made of, or what the service told of some."""
        if attachments is None or (isinstance(attachments, str) and not attachments):
            return
        made = [self._made(one) for one in _several(attachments)]
        self._attachments.extend(made)
        if made:
            self._changed()

    def remove(self, attachments: Any) -> None:
        """Remove by name, or one or several attachments; from the service too when the object is saved."""
        if isinstance(attachments, str | BaseAttachment):
            attachments = [attachments]
        if not isinstance(attachments, Iterable):
            raise ValueError(f"attachments: expected names or attachments, not {attachments!r}")  # noqa: TRY004 - documented
        gone = list(attachments)
        names = {one for one in gone if isinstance(one, str)}
        leaving = [a for a in self._attachments if a.name in names or any(a is one or a == one for one in gone)]
        if leaving:
            self._attachments = [a for a in self._attachments if not any(a is one for one in leaving)]
            self._removed.extend(a for a in leaving if a.on_cloud)
            self._changed()

    def _made(self, one: Any) -> BaseAttachment:
        if isinstance(one, BaseAttachment):
            return one if isinstance(one, self._attachment_constructor) else self._copied(one)
        on_cloud = isinstance(one, Mapping) and self._cloud_data_key in one
        return self._attachment_constructor(one, parent=self, on_cloud=on_cloud)

    def _copied(self, one: BaseAttachment) -> BaseAttachment:
        """An attachment of another kind of object."""
        made = self._attachment_constructor(parent=self)
        for name in ("name", "attachment_type", "content_id", "is_inline", "attachment", "on_disk", "size"):
            setattr(made, name, getattr(one, name))
        made._content, made._raw = one._content, one._raw
        return made

    def _changed(self) -> None:
        changes: TrackerSet | None = getattr(self._parent, "_track_changes", None)
        if changes is not None and not self.untrack:
            changes.add("attachments")

    def download_attachments(self) -> bool:
        """Fetch what the service has. False when it has none. Raises RuntimeError when the object is not saved."""
        if not getattr(self._parent, "has_attachments", False):
            log.debug("Parent %s has no attachments, skipping out early.", type(self._parent).__name__)
            return False
        if not self._parent.object_id:
            raise RuntimeError(f"Attempted to download attachments of an unsaved {type(self._parent).__name__}")
        found = self._list()
        if found is None:
            return False
        known = {attachment.attachment_id for attachment in self._attachments if attachment.attachment_id}
        fresh = [one for one in found if one.get(self._cc("id")) not in known]
        self.untrack = True
        self.add([{self._cloud_data_key: one} for one in fresh])
        self.untrack = False
        return True

    def _are_large(self) -> bool:
        """Whether those that are to be sent do not fit into one request with their object."""
        return sum(len(one) for one in self if not one.on_cloud) > UPLOAD_SIZE_LIMIT_SIMPLE

    def _update_attachments_to_cloud(self) -> bool:
        """Send what the service lacks, remove from it what was removed here."""
        for attachment in self._attachments:
            if not attachment.on_cloud and not self._send(attachment):
                return False
        while self._removed:
            if not self._take_away(self._removed[0]):
                return False
            self._removed.pop(0)
        return True

    def _send(self, attachment: BaseAttachment) -> bool:
        """Add an attachment to what the service has; a large one goes in pieces."""
        if attachment.is_large:
            return self._send_large(attachment)
        response = self._parent.con.post(self._url("attachments"), data=attachment.to_api_data())
        if not response:
            return False
        attachment.attachment_id, attachment.on_cloud = response.json().get(self._cc("id")), True
        return True

    def _send_large(self, attachment: BaseAttachment) -> bool:
        session = UploadSessionRequest(self._parent, attachment).to_api_data()
        response = self._parent.con.post(self._url("create_upload_session"), data=session)
        if not response:
            return False
        url = response.json()[self._cc("uploadUrl")]
        last = drive(self._parent.con, upload(url, attachment._bytes(), UPLOAD_PIECE, self._progress_of(attachment)))
        if not last:
            return False
        attachment.attachment_id, attachment.on_cloud = attachment_id(last) or None, True
        return True

    def _progress_of(self, attachment: BaseAttachment) -> Progress | None:
        return None if self.on_progress is None else partial(self.on_progress, attachment)

    def _take_away(self, attachment: BaseAttachment) -> bool:
        """Remove an attachment from what the service has."""
        found = attachment.attachment_id or self._find(attachment)
        return found is None or bool(self._parent.con.delete(self._url("attachment", found)))

    def _find(self, attachment: BaseAttachment) -> str | None:
        """The id of an attachment that was sent within its object: then the service did not tell it."""
        key, taken = self._cc("id"), {one.attachment_id for one in self}
        rows = (row for row in self._list() or () if row.get(self._cc("name")) == attachment.name)
        return next((row[key] for row in rows if row[key] not in taken), None)

    def _list(self) -> list[dict[str, Any]] | None:
        """What the service has, of all pages; None when it refuses to tell."""
        response = self._parent.con.get(self._url("attachments"))
        return everything(self._parent, response) if response else None

    def _url(self, endpoint: str, attachment_id: str | None = None) -> str:
        ids = {"id": segment(self._parent.object_id), "ida": segment(attachment_id)}
        return self.build_url(self._endpoints[endpoint].format(**ids))


def _several(attachments: Any) -> Iterable[Any]:
    """What is given, one by one: a path, a stored form, an object, an open file with a name, or many of them."""
    if isinstance(attachments, str | Path | BaseAttachment | AttachableMixin | Mapping):
        return [attachments]
    if isinstance(attachments, tuple) and len(attachments) == 2 and _is_content(attachments[0]):
        return [attachments]
    if isinstance(attachments, list | tuple | set | frozenset):
        return attachments
    raise ValueError(f"attachments: expected a path, or a list, tuple or set of such, not {attachments!r}")


def _is_content(source: Any) -> bool:
    return isinstance(source, bytes | bytearray) or hasattr(source, "read")
