"""Mail that servers send to be archived: envelopes, journal reports, and whose archives it goes to."""

from postroom.archive.journal.model import Journalled, Recipient
from postroom.archive.journal.report import unwrap

__all__ = ["Journalled", "Recipient", "unwrap"]
