"""One attachment of a message or an event: what it is made of, and its JSON."""

from __future__ import annotations

import base64
import copy
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, TypeAlias

from O365._component import ApiComponent
from O365._urls import segment

log = logging.getLogger(__name__)

UPLOAD_SIZE_LIMIT_SIMPLE = 1024 * 1024 * 3
"""What is larger goes through an upload session: the service takes no larger request."""
DEFAULT_UPLOAD_CHUNK_SIZE = 1024 * 1024 * 3
"""The pieces of the original, for programs that import it; ours are `UPLOAD_PIECE`."""
UPLOAD_PIECE = 12 * 320 * 1024
"""The largest multiple of 320 KiB below the 4 MB that the service takes at once for mail."""

Source: TypeAlias = (
    "str | Path | tuple[str | Path | BinaryIO | bytes, str] | list[Any] | Mapping[str, Any] | AttachableMixin"
)
"""What can be attached: a path; bytes, an open binary file or a path, with a name; an object; a stored form."""


class AttachableMixin:
    """An object of the API that can be attached to a message."""

    def __init__(self, attachment_name_property: str | None = None, attachment_type: str | None = None) -> None:
        self.__attachment_name: str | None = None
        self.__attachment_name_property = attachment_name_property
        self.__attachment_type = attachment_type

    @property
    def attachment_name(self) -> str | None:
        """The name it has as an attachment: the one it was given, else its subject or the like."""
        if self.__attachment_name is not None or not self.__attachment_name_property:
            return self.__attachment_name
        name: str | None = getattr(self, self.__attachment_name_property, None)
        return name

    @attachment_name.setter
    def attachment_name(self, value: str | None) -> None:
        self.__attachment_name = value

    @property
    def attachment_type(self) -> str | None:
        """The keyword of the protocol for its type, such as `message_type`."""
        return self.__attachment_type

    def to_api_data(self) -> dict[str, Any]:
        """The object as JSON; its class says how."""
        raise NotImplementedError


class UploadSessionRequest(ApiComponent):
    """What the service is told before a large attachment is sent to it."""

    def __init__(self, parent: Any, attachment: BaseAttachment) -> None:
        super().__init__(protocol=parent.protocol, main_resource=parent.main_resource)
        self._attachment = attachment

    def to_api_data(self) -> dict[str, Any]:
        attachment, cc = self._attachment, self._cc
        item: dict[str, Any] = {
            cc("attachmentType"): attachment.attachment_type,
            cc("name"): attachment.name,
            cc("size"): attachment.size,
        }
        if attachment.is_inline:
            item[cc("isInline")] = True
        if attachment.content_id:
            item[cc("contentId")] = attachment.content_id
        return {cc("attachmentItem"): item}


class BaseAttachment(ApiComponent):
    """One attachment: a file (`content` is base64) or an object of the API (`content` is its JSON)."""

    _endpoints: ClassVar[dict[str, str]] = {"attach": "/messages/{id}/attachments"}

    def __init__(self, attachment: Source | None = None, *, parent: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("protocol", getattr(parent, "protocol", None))
        kwargs.setdefault("main_resource", getattr(parent, "main_resource", None))
        super().__init__(**kwargs)
        self.name: str | None = None
        self.attachment_type = "file"
        self.attachment_id: str | None = None
        self.content_id: str | None = None
        self.is_inline = False
        self.attachment: Any = None
        self._content: Any = None
        self._raw: bytes | None = None
        self.on_disk: bool | None = False
        self.on_cloud: bool = kwargs.get("on_cloud", False)
        self.size: int | None = None
        self._take(attachment)

    @property
    def content(self) -> Any:
        """A file as base64, an object as its JSON; None when that is not known."""
        if self._raw is not None:
            self._content, self._raw = base64.b64encode(self._raw).decode("ascii"), None
        return self._content

    @content.setter
    def content(self, content: Any) -> None:
        self._content, self._raw = content, None

    def _take(self, attachment: Any) -> None:
        """Understand what is attached."""
        if isinstance(attachment, Mapping):
            cloud = attachment.get(self._cloud_data_key)
            self._take_stored(attachment) if cloud is None else self._take_cloud(cloud)
        elif isinstance(attachment, AttachableMixin):
            self._take_object(attachment)
        elif isinstance(attachment, tuple | list):
            source, name = attachment
            self.name = name
            is_content = isinstance(source, bytes | bytearray) or hasattr(source, "read")
            self._take_content(_read(source)) if is_content else self._take_path(Path(source))
        elif isinstance(attachment, str | Path):
            self._take_path(Path(attachment)) if attachment else None
        elif attachment is not None:
            raise ValueError(f"attachment: expected a path, not {attachment!r}")

    def _take_cloud(self, cloud: Mapping[str, Any]) -> None:
        """What the service told of an attachment."""
        cc = self._cc
        self.name = cloud.get(cc("name"))
        self.attachment_id = cloud.get(cc("id"))
        self.content_id = cloud.get(cc("contentId"))
        self.is_inline = bool(cloud.get(cc("isInline"), False))
        self.size = cloud.get(cc("size"))
        if "item" in str(cloud.get("@odata.type", "")).lower():
            self.attachment_type, self.content = "item", cloud.get(cc("item"))
        else:
            self.content = cloud.get(cc("contentBytes"))

    def _take_stored(self, stored: Mapping[str, Any]) -> None:
        """A dictionary as programs keep them."""
        self.name = stored.get("name")
        self.attachment_id = stored.get("attachment_id")
        if path := stored.get("path"):
            self.name = self.name or Path(path).name
            self._take_path(Path(path))
        if self.content is None and (content := stored.get("content")) is not None:
            self.content, self.on_disk = content, False
            self.size = len(_decoded(content))

    def _take_object(self, attached: AttachableMixin) -> None:
        self.attachment_type, self.attachment, self.name = "item", attached, attached.attachment_name
        self.content = attached.to_api_data()
        # Postroom and Graph want the type of what is inside.
        if kind := self._gk(attached.attachment_type or ""):
            self.content["@odata.type"] = "#" + kind.lstrip("#")

    def _take_path(self, path: Path) -> None:
        """The file is read now: programs may remove it before they send it."""
        self.attachment = path
        self.name = self.name or path.name
        if not path.is_file():
            log.warning("There is no file %s to attach.", path)
            return
        self._take_content(path.read_bytes())
        self.on_disk = True

    def _take_content(self, content: bytes) -> None:
        # Large files travel in pieces as they are: base64 is made when somebody wants it.
        self._content, self._raw, self.size = None, content, len(content)

    @property
    def is_large(self) -> bool:
        """Whether it has to be sent in pieces."""
        return self.attachment_type == "file" and len(self) > UPLOAD_SIZE_LIMIT_SIMPLE

    def __len__(self) -> int:
        return self.size or 0

    def __bool__(self) -> bool:
        # An empty file is an attachment too.
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseAttachment):
            return NotImplemented
        return self is other or (self.attachment_id is not None and self.attachment_id == other.attachment_id)

    __hash__ = None  # type: ignore[assignment] # the id comes later

    def __repr__(self) -> str:
        return f"Attachment: {self.name}"

    def to_api_data(self) -> dict[str, Any]:
        """The attachment as JSON. Raises ValueError for a file that was not there."""
        cc = self._cc
        data: dict[str, Any] = {
            "@odata.type": self._gk(f"{self.attachment_type}_attachment_type"),
            cc("name"): self.name,
        }
        if self.is_inline:
            data[cc("isInline")] = True
        if self.attachment_type == "file":
            if not self._is_known() and not self.on_cloud:
                missing = f" There is no file {self.attachment}." if self.attachment else ""
                raise ValueError(f"The attachment {self.name} has no content.{missing}")
            data[cc("contentBytes")] = self.content
            if self.content_id:
                data[cc("contentId")] = self.content_id
        else:
            data[cc("item")] = self.content
        return data

    def save(self, location: str | Path | None = None, custom_name: str | None = None) -> bool:
        """Write a file into a folder, the current one by default. False, with the reason in the log, when it cannot."""
        if self.attachment_type != "file" or not self._is_known():
            return False
        folder = Path(location or "")
        if not folder.is_dir():
            log.debug("There is no folder %s to save an attachment into.", folder)
            return False
        path = folder / (custom_name or self.name or "attachment").replace("/", "-").replace("\\", "")
        try:
            path.write_bytes(self._bytes())
        except (OSError, ValueError) as error:
            log.warning("The attachment %s was not saved as %s: %s", self.name, path, error)
            return False
        self.attachment, self.on_disk = path, True
        return True

    def attach(self, api_object: Any, on_cloud: bool = False) -> bool | None:
        """Attach it to another object, or with `on_cloud` at once to one that the service has already.

        Raises RuntimeError for an object that the service does not have.
        """
        if self.on_cloud:
            return True
        if not on_cloud:
            api_object.attachments.add([self])
            return True
        if api_object.object_id is None:
            raise RuntimeError("A valid object id is needed in order to attach a file")
        if self.is_large:
            return bool(api_object.attachments._send_large(copy.copy(self)))
        url = api_object.build_url(self._endpoints["attach"].format(id=segment(api_object.object_id)))
        return bool(api_object.con.post(url, data=self.to_api_data()))

    def _is_known(self) -> bool:
        """Whether the content is here."""
        return self._raw is not None or self._content is not None

    def _bytes(self) -> bytes:
        return _decoded(self._content) if self._raw is None else self._raw


def _decoded(content: Any) -> bytes:
    """The bytes of base64, whose lines may be broken. Raises ValueError for what is no base64."""
    return base64.b64decode(content)


def _read(source: Any) -> bytes:
    """What bytes or an open file hold. One in memory counts from its beginning: programs write into it just before."""
    if isinstance(source, bytes | bytearray):
        return bytes(source)
    content = source.getvalue() if hasattr(source, "getvalue") else source.read()
    return content.encode() if isinstance(content, str) else bytes(content)
