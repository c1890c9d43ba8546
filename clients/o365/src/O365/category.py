"""Categories of Outlook: a name and a colour each, for messages, events and contacts."""

from __future__ import annotations

import random
from enum import Enum
from typing import Any, ClassVar

from O365._attributes import Attribute, Resource, maybe_text, plain
from O365._component import ApiComponent
from O365._listing import everything
from O365._urls import segment


class CategoryColor(Enum):
    RED = "preset0"
    ORANGE = "preset1"
    BROWN = "preset2"
    YELLOW = "preset3"
    GREEN = "preset4"
    TEAL = "preset5"
    OLIVE = "preset6"
    BLUE = "preset7"
    PURPLE = "preset8"
    CRANBERRY = "preset9"
    STEEL = "preset10"
    DARKSTEEL = "preset11"
    GRAY = "preset12"
    DARKGREY = "preset13"
    BLACK = "preset14"
    DARKRED = "preset15"
    DARKORANGE = "preset16"
    DARKBROWN = "preset17"
    DARKYELLOW = "preset18"
    DARKGREEN = "preset19"
    DARKTEAL = "preset20"
    DARKOLIVE = "preset21"
    DARKBLUE = "preset22"
    DARKPURPLE = "preset23"
    DARKCRANBERRY = "preset24"

    @classmethod
    def get(cls, color: CategoryColor | str) -> CategoryColor:
        """The colour of a name (`red`, `dark red`) or a value (`preset0`). Raises ValueError."""
        if isinstance(color, CategoryColor):
            return color
        name = str(color).upper().replace(" ", "").replace("_", "")
        for member in cls:
            if name in {member.name, member.value.upper()}:
                return member
        raise ValueError(f"color: expected a name or a member of CategoryColor, not {color!r}")


def _read_color(_: Category, told: str | None) -> CategoryColor | None:
    """A category may be without a colour, which the service calls none."""
    value = (told or "").lower()  # Outlook REST begins with a capital
    return next((color for color in CategoryColor if color.value == value), None)


class Category(Resource):
    """A category."""

    _endpoints: ClassVar[dict[str, str]] = {"update": "/outlook/masterCategories/{id}"}

    _eager = True

    object_id = maybe_text("id")
    name: Attribute[str] = plain("displayName")
    color = Attribute("color", _read_color)

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        for name in ("object_id", "name", "color"):
            if name in kwargs:
                setattr(self, name, kwargs[name])

    def __repr__(self) -> str:
        return f"{self.name} (color: {self.color.name if self.color else None})"

    def update_color(self, color: CategoryColor | str | None) -> bool:
        """Give it another colour, or none. Raises ValueError for what is no colour."""
        chosen = None if color is None else CategoryColor.get(color)
        response = self.con.patch(self._url(), data={self._cc("color"): chosen.value if chosen else None})
        if not response:
            return False
        self.color = chosen
        return True

    def delete(self) -> bool:
        """Remove it from the list; what is in the category keeps its name."""
        return bool(self.con.delete(self._url()))

    def _url(self) -> str:
        return self.build_url(self._endpoints["update"].format(id=segment(self.object_id)))


class Categories(ApiComponent):
    """The list of categories of a user."""

    _endpoints: ClassVar[dict[str, str]] = {
        "list": "/outlook/masterCategories",
        "get": "/outlook/masterCategories/{id}",
    }
    category_constructor = Category

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)

    def get_categories(self) -> list[Category]:
        """All categories."""
        response = self.con.get(self.build_url(self._endpoints["list"]))
        if not response:
            return []
        return everything(self, response, self.category_constructor)

    def get_category(self, category_id: str) -> Category | None:
        """The category with an id."""
        return self._made(self.con.get(self.build_url(self._endpoints["get"].format(id=segment(category_id)))))

    def create_category(self, name: str, color: CategoryColor | str | None = "auto") -> Category | None:
        """A new category. With `auto` its colour is one that no other has yet. Raises ValueError for no colour."""
        chosen = self._unused() if color == "auto" else None if color is None else CategoryColor.get(color)
        data = {self._cc("displayName"): name, self._cc("color"): chosen.value if chosen else None}
        return self._made(self.con.post(self.build_url(self._endpoints["list"]), data=data))

    def _unused(self) -> CategoryColor:
        used = {category.color for category in self.get_categories()}
        return random.choice([color for color in CategoryColor if color not in used] or list(CategoryColor))  # noqa: S311

    def _made(self, response: Any) -> Category | None:
        if not response:
            return None
        return self.category_constructor(parent=self, **{self._cloud_data_key: response.json()})
