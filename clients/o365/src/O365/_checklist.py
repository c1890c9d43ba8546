"""The steps of a task."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from O365._attributes import ALWAYS, Field, Json, Resource, flag_field, instant_field, maybe_text, text_field
from O365._urls import segment


class ChecklistItem(Resource):
    """A step, which is done or not."""

    _endpoints: ClassVar[dict[str, str]] = {
        "checklistitem": "/todo/lists/{folder_id}/tasks/{task_id}/checklistItems/{id}",
        "task": "/todo/lists/{folder_id}/tasks/{task_id}/checklistItems",
    }

    item_id = maybe_text("id")
    displayname = text_field("displayName", sent=ALWAYS)
    is_checked: Field[bool] = flag_field("isChecked", sent=ALWAYS)
    checked = instant_field("checkedDateTime")
    created = instant_field("createdDateTime")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        self.folder_id: str | None = kwargs.get("folder_id") or getattr(parent, "folder_id", None)
        self.task_id: str | None = kwargs.get("task_id") or getattr(parent, "task_id", None)
        if kwargs.get("displayname") and self._told("displayName") is None:
            self._values["displayName"] = kwargs["displayname"]

    def __repr__(self) -> str:
        checked = f" (checked: {self.checked.date()} at {self.checked.time()})" if self.checked else ""
        return f"Checklist Item: ({'x' if self.is_checked else 'o'}) {self.displayname}{checked}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ChecklistItem):
            return NotImplemented
        return self is other or (self.item_id is not None and self.item_id == other.item_id)

    __hash__ = None  # type: ignore[assignment] # the id comes later

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The step as JSON: all of it, or only some keys."""
        return self._json(restrict_keys, known=bool(self.item_id))

    def mark_checked(self) -> None:
        """It is done; to be saved."""
        self._mark(True)

    def mark_unchecked(self) -> None:
        """It is not done yet; to be saved."""
        self._mark(False)

    def save(self) -> bool:
        """Create it, or send what was changed."""
        if not self.item_id:
            response = self.con.post(self._url("task"), data=self.to_api_data())
        elif self._track_changes:
            data = self.to_api_data(restrict_keys=self._track_changes)
            response = self.con.patch(self._url("checklistitem"), data=data)
        else:
            return True
        if not response:
            return False
        self._track_changes.clear()
        self._renew(response.json(), "id", "checkedDateTime", "createdDateTime", "isChecked")
        return True

    def delete(self) -> bool:
        """Delete it. Raises RuntimeError for one that is not saved."""
        if not self.item_id:
            raise RuntimeError("Attempting to delete an unsaved checklist item")
        return bool(self.con.delete(self._url("checklistitem")))

    def _mark(self, done: bool) -> None:
        self._values["isChecked"] = done
        self._track_changes.add("isChecked")

    def _url(self, endpoint: str) -> str:
        ids = {"folder_id": self.folder_id, "task_id": self.task_id, "id": self.item_id}
        return self.build_url(self._endpoints[endpoint].format(**{key: segment(one) for key, one in ids.items()}))
