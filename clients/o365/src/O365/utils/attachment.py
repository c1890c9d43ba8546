"""Attachments of messages and events, under the name that programs import them by."""

from __future__ import annotations

from O365._attachment import DEFAULT_UPLOAD_CHUNK_SIZE as DEFAULT_UPLOAD_CHUNK_SIZE
from O365._attachment import UPLOAD_SIZE_LIMIT_SIMPLE as UPLOAD_SIZE_LIMIT_SIMPLE
from O365._attachment import AttachableMixin as AttachableMixin
from O365._attachment import BaseAttachment as BaseAttachment
from O365._attachment import UploadSessionRequest as UploadSessionRequest
from O365._attachments import BaseAttachments as BaseAttachments
from O365._component import ApiComponent as ApiComponent
