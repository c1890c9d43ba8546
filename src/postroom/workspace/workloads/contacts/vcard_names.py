"""What of a vCard is which property of a contact, one for one, for reading and for writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, str]] = {
    "FN": "displayName",
    "NICKNAME": "nickName",
    "TITLE": "jobTitle",
    "ROLE": "profession",
    "NOTE": "personalNotes",
    "URL": "businessHomePage",
    "X-EVOLUTION-FILE-AS": "fileAs",
    "X-MS-ASSISTANT": "assistantName",
    "X-MS-MANAGER": "manager",
    "X-MS-SPOUSE": "spouseName",
    "X-PHONETIC-FIRST-NAME": "yomiGivenName",
    "X-PHONETIC-LAST-NAME": "yomiSurname",
    "X-PHONETIC-ORG": "yomiCompanyName",
    "X-POSTROOM-INITIALS": "initials",
    "X-POSTROOM-OFFICE": "officeLocation",
    "X-EVOLUTION-ASSISTANT": "assistantName",
    "X-EVOLUTION-MANAGER": "manager",
    "X-EVOLUTION-SPOUSE": "spouseName",
    "X-ASSISTANT": "assistantName",
    "X-MANAGER": "manager",
    "X-SPOUSE": "spouseName",
}
"""Those of one property that come later are read only."""
OWN: Final[Mapping[str, str]] = {
    "spouse": "spouseName",
    "partner": "spouseName",
    "child": "children",
    "manager": "manager",
    "assistant": "assistantName",
    "agent": "assistantName",
}
"""Of somebody related, by what they are."""
ADDRESS_PARTS: Final = ("city", "state", "postalCode", "countryOrRegion")
"""In the order of `ADR`, behind the street."""
