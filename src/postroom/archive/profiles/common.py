"""Keys of `details` that several connectors have, and what their values mean."""

from __future__ import annotations

import re
from typing import Final

from postroom.archive.instance.periods import MOST, Unit, newest_over_ms
from postroom.archive.profiles.details import Details, Key
from postroom.archive.storage.store import clean_path
from postroom.errors import Invalid

TARGET: Final = Key("targetUserFolder", "The archive that receives, usually a user's name.")
DELETE: Final = Key(
    "deleteInMailbox",
    "What is removed from the source after it was read back from the archive: `never`, `immediately`, or "
    "`if-older-than-3-months` (days, weeks, months, years).",
    default="never",
)
"""For connectors whose sources are `Emptied`; the run does it."""

SOURCE: Final = Key(
    "sourceFolder", "Archive or folder whose mail goes out, with all below it; all archives when left out."
)
QUERY: Final = Key("query", "Only what this finds.")
RETAIN: Final = Key("retainFolderStructure", "Whether folders stay; else all goes into one.", kind="flag", default=True)
CHOICE: Final = (SOURCE, QUERY, RETAIN)
"""What every export profile has beside the keys of its connector: the run chooses the messages by them."""

_AGE: Final = re.compile(r"if-older-than-([1-9][0-9]{0,5})-(day|week|month|year)s?", re.IGNORECASE)
_UNITS: Final[dict[str, tuple[int, Unit]]] = {
    "day": (1, "day"),
    "week": (7, "day"),
    "month": (1, "month"),
    "year": (1, "year"),
}


def archive_name(details: Details, key: str = TARGET.name) -> str:
    """The archive that `details` name. Raises Invalid when it is none."""
    name = details.text(key)
    if not name or "/" in clean_path(f"details.{key}", name):
        raise Invalid(f"details.{key}", "the name of a first-level folder, usually a user's name")
    return name


def check_delete(details: Details) -> None:
    """Raises Invalid for a rule that is none."""
    _rule(details)


def removed_before_ms(details: Details, now_ms: int) -> tuple[bool, int | None]:
    """Whether mail is removed from the source, and before which moment it must have come; None = whenever it came."""
    rule = _rule(details)
    if rule is None or rule[0] == 0:
        return rule is not None, None
    count, unit = rule
    return True, newest_over_ms(now_ms, count, unit) + 1


def _rule(details: Details) -> tuple[int, Unit] | None:
    """None: nothing is removed; a count of 0: all of it; else what is older than so many units."""
    text = str(details.get(DELETE.name) or "never").lower()
    if text == "never":
        return None
    if text == "immediately":
        return 0, "day"
    if found := _AGE.fullmatch(text):
        factor, unit = _UNITS[found[2].lower()]
        if int(found[1]) * factor <= MOST[unit]:
            return int(found[1]) * factor, unit
    raise Invalid(f"details.{DELETE.name}", "never, immediately, or an age like if-older-than-3-months")
