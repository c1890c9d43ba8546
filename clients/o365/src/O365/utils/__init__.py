"""Helpers of the client; each name is imported from its module when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from O365._lazy import lazy

if TYPE_CHECKING:
    from O365.utils import attachment as attachment
    from O365.utils import casing as casing
    from O365.utils import consent as consent
    from O365.utils import decorators as decorators
    from O365.utils import query as query
    from O365.utils import range as range  # noqa: A004 - the name that programs import
    from O365.utils import token as token
    from O365.utils import utils as utils
    from O365.utils import windows_tz as windows_tz
    from O365.utils.attachment import AttachableMixin as AttachableMixin
    from O365.utils.attachment import BaseAttachment as BaseAttachment
    from O365.utils.attachment import BaseAttachments as BaseAttachments
    from O365.utils.casing import to_camel_case as to_camel_case
    from O365.utils.casing import to_pascal_case as to_pascal_case
    from O365.utils.casing import to_snake_case as to_snake_case
    from O365.utils.consent import consent_input_token as consent_input_token
    from O365.utils.query import CompositeFilter as CompositeFilter
    from O365.utils.query import QueryBuilder as QueryBuilder
    from O365.utils.range import col_index_to_label as col_index_to_label
    from O365.utils.token import AWSS3Backend as AWSS3Backend
    from O365.utils.token import AWSSecretsBackend as AWSSecretsBackend
    from O365.utils.token import BaseTokenBackend as BaseTokenBackend
    from O365.utils.token import BitwardenSecretsManagerBackend as BitwardenSecretsManagerBackend
    from O365.utils.token import DjangoTokenBackend as DjangoTokenBackend
    from O365.utils.token import EnvTokenBackend as EnvTokenBackend
    from O365.utils.token import FileSystemTokenBackend as FileSystemTokenBackend
    from O365.utils.token import FirestoreBackend as FirestoreBackend
    from O365.utils.token import FirestoreTokenBackend as FirestoreTokenBackend
    from O365.utils.token import MemoryTokenBackend as MemoryTokenBackend
    from O365.utils.utils import ME_RESOURCE as ME_RESOURCE
    from O365.utils.utils import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
    from O365.utils.utils import USERS_RESOURCE as USERS_RESOURCE
    from O365.utils.utils import ApiComponent as ApiComponent
    from O365.utils.utils import CaseEnum as CaseEnum
    from O365.utils.utils import HandleRecipientsMixin as HandleRecipientsMixin
    from O365.utils.utils import ImportanceLevel as ImportanceLevel
    from O365.utils.utils import OneDriveWellKnowFolderNames as OneDriveWellKnowFolderNames
    from O365.utils.utils import OutlookWellKnowFolderNames as OutlookWellKnowFolderNames
    from O365.utils.utils import Pagination as Pagination
    from O365.utils.utils import Query as Query
    from O365.utils.utils import Recipient as Recipient
    from O365.utils.utils import Recipients as Recipients
    from O365.utils.utils import TrackerSet as TrackerSet
    from O365.utils.windows_tz import get_iana_tz as get_iana_tz
    from O365.utils.windows_tz import get_windows_tz as get_windows_tz

_MODULES = {
    "attachment": ("AttachableMixin", "BaseAttachment", "BaseAttachments"),
    "casing": ("to_camel_case", "to_pascal_case", "to_snake_case"),
    "consent": ("consent_input_token",),
    "decorators": (),
    "query": ("CompositeFilter", "QueryBuilder"),
    "range": ("col_index_to_label",),
    "token": (
        "AWSS3Backend",
        "AWSSecretsBackend",
        "BaseTokenBackend",
        "BitwardenSecretsManagerBackend",
        "DjangoTokenBackend",
        "EnvTokenBackend",
        "FileSystemTokenBackend",
        "FirestoreBackend",
        "FirestoreTokenBackend",
        "MemoryTokenBackend",
    ),
    "utils": (
        "ME_RESOURCE",
        "NEXT_LINK_KEYWORD",
        "USERS_RESOURCE",
        "ApiComponent",
        "CaseEnum",
        "HandleRecipientsMixin",
        "ImportanceLevel",
        "OneDriveWellKnowFolderNames",
        "OutlookWellKnowFolderNames",
        "Pagination",
        "Query",
        "Recipient",
        "Recipients",
        "TrackerSet",
    ),
    "windows_tz": ("get_iana_tz", "get_windows_tz"),
}
_NAMES = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}

__all__ = [*_NAMES]
__getattr__, __dir__ = lazy(__name__, {**_NAMES, **dict.fromkeys(_MODULES, "")})
