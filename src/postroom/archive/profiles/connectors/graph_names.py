"""Connectors that others have for what Microsoft 365 and its like hold, and what does it here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_MICROSOFT: Final = "Microsoft365 for one mailbox, or Microsoft365Batch for a tenant"

INSTEAD: Final[Mapping[str, str]] = {
    "office365": _MICROSOFT,
    "exchangeonline": _MICROSOFT,
    "ews": f"{_MICROSOFT}; Microsoft 365 ends EWS. An Exchange of your own has IMAP",
    "exchange": f"{_MICROSOFT}. For an Exchange of your own take IMAP",
    "exchangemultiple": "Microsoft365Batch. For an Exchange of your own take IMAPBatch",
    "gmail": "IMAP with the host imap.gmail.com, the protocol IMAP-SSL and an app password",
    "googleworkspace": "IMAPBatch with the host imap.gmail.com and the protocol IMAP-SSL",
}
"""By the name in lower case, for profiles of the type I."""
INSTEAD_OUT: Final[Mapping[str, str]] = {
    **dict.fromkeys(("office365", "exchangeonline", "ews"), "Microsoft365"),
    "exchange": "Microsoft365. For an Exchange of your own take IMAP",
    "gmail": "IMAP with the host imap.gmail.com, the protocol IMAP-SSL and an app password",
}
"""The same for those of the type E."""
