"""How cells look: sizes, alignment, font, colours, borders."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from O365._attributes import ALWAYS, Field, Json, unknown_flag_field
from O365._excel_part import Part
from O365._recipients import TrackerSet

_EDGES = ("EdgeTop", "EdgeBottom", "EdgeLeft", "EdgeRight")
_INSIDE = (("InsideHorizontal", "row_count"), ("InsideVertical", "column_count"))
NO_BORDER = "None"


def _setting(key: str) -> Field[Any]:
    """A value that can be set; None when it differs within the range."""
    return Field(key, None, lambda _, given: given, sent=ALWAYS)


class RangeFormatFont:
    """The font of a range. It is asked for when something of it is wanted."""

    def __init__(self, parent: RangeFormat) -> None:
        self.parent = parent
        self.protocol = parent.protocol
        self._known = False
        self._cloud: Json = {}
        self._values: Json = {}
        self._track_changes = TrackerSet(casing=parent.protocol.convert_case)

    def _told(self, key: str) -> Any:
        """What the service tells; it is asked once."""
        if not self._known:
            self._load()
        return self._cloud.get(self._cc(key))

    def _load(self) -> None:
        response = self.parent.session.get(self.parent._url("font"))
        self._cloud = (response.json() or {}) if response else {}
        self._known = True

    def _cc(self, key: str) -> str:
        return self.parent._cc(key)

    bold = _setting("bold")
    color = _setting("color")
    italic = _setting("italic")
    name = _setting("name")
    size = _setting("size")
    underline = _setting("underline")

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The font as JSON: all of it, or only some keys."""
        wanted = {self._cc(key) for key in restrict_keys} if restrict_keys else None
        rows = [row for row in vars(type(self)).values() if isinstance(row, Field)]
        return {self._cc(row.key): row.json(self) for row in rows if wanted is None or self._cc(row.key) in wanted}


class RangeFormat(Part):
    """The format of a range. What is set is sent by `update`."""

    _endpoints: ClassVar[dict[str, str]] = {
        "borders": "/borders/{side}",
        "font": "/font",
        "fill": "/fill",
        "clear_fill": "/fill/clear",
        "auto_fit_columns": "/autofitColumns",
        "auto_fit_rows": "/autofitRows",
    }
    _place = "/format"

    column_width = _setting("columnWidth")
    horizontal_alignment = _setting("horizontalAlignment")
    row_height = _setting("rowHeight")
    vertical_alignment = _setting("verticalAlignment")
    wrap_text = unknown_flag_field("wrapText", sent=ALWAYS)

    def __init__(self, parent: Any = None, session: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, session=session, **kwargs)
        self.range = parent
        self._font = RangeFormatFont(self)
        self._fill: str | None = None
        self._fill_known = self._fill_changed = False

    def __repr__(self) -> str:
        return f"Format for range address: {self.range.address if self.range else 'Unknown'}"

    @property
    def font(self) -> RangeFormatFont:
        return self._font

    @property
    def background_color(self) -> str | None:
        """As `#RRGGBB`; None, or "", for none."""
        if not self._fill_known:
            self._load_fill()
        return self._fill

    @background_color.setter
    def background_color(self, color: str | None) -> None:
        self._fill, self._fill_known, self._fill_changed = color, True, True

    def refresh(self) -> bool:
        """Ask for all of it anew, with font and background; what was set and not sent is forgotten."""
        response = self.session.get(self.build_url(""))
        if not response:
            return False
        self._renew(response.json(), *(row.key for row in self._table))
        self._track_changes.clear()
        self._font, self._fill_changed = RangeFormatFont(self), False
        self._font._load()
        self._load_fill()
        return True

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """Sizes and alignment as JSON: all of it, or only some keys."""
        return self._json(restrict_keys, known=True)

    def update(self) -> bool:
        """Send what was set, of the font and the background too."""
        return (
            self._sent(self, self.build_url(""))
            and self._sent(self._font, self._url("font"))
            and (not self._fill_changed or self._send_fill())
        )

    def _load_fill(self) -> None:
        response = self.session.get(self._url("fill"))
        self._fill = response.json().get(self._cc("color")) if response else None
        self._fill_known = True

    def _sent(self, changed: RangeFormat | RangeFormatFont, url: str) -> bool:
        if not changed._track_changes:
            return True
        data = changed.to_api_data(restrict_keys=changed._track_changes)
        if not self.session.patch(url, data=data):
            return False
        changed._track_changes.clear()
        return True

    def _send_fill(self) -> bool:
        if self._fill:
            done = bool(self.session.patch(self._url("fill"), data={self._cc("color"): self._fill}))
        else:
            done = bool(self.session.post(self._url("clear_fill")))
        self._fill_changed = not done
        return done

    def auto_fit_columns(self) -> bool:
        """Make the columns as wide as their contents."""
        return bool(self.session.post(self._url("auto_fit_columns")))

    def auto_fit_rows(self) -> bool:
        """Make the rows as high as their contents."""
        return bool(self.session.post(self._url("auto_fit_rows")))

    def set_borders(self, side_style: str = "") -> bool:
        """Lines around all cells, as `Continuous`, `Dash`, `Dot` or `Double`; none by default."""
        data = {self._cc("style"): side_style or NO_BORDER}
        inside = [side for side, count in _INSIDE if getattr(self.range, count, 1) > 1]
        sides = [*_EDGES, *inside]
        return all(bool(self.session.patch(self._url("borders", side=side), data=data)) for side in sides)
