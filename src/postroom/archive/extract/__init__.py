"""Text of messages and attachments: `extract` in this process, `ExtractPool` in workers that can be killed."""

from postroom.archive.extract.cache import TextDb
from postroom.archive.extract.message import body_text, extract
from postroom.archive.extract.model import Attachment, Extracted, Limits, TextCache
from postroom.archive.extract.pool import ExtractPool

__all__ = ["Attachment", "ExtractPool", "Extracted", "Limits", "TextCache", "TextDb", "body_text", "extract"]
