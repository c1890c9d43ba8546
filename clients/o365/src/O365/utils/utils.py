"""The building blocks of all API objects, under the name that programs import them by."""

from __future__ import annotations

from O365._component import ApiComponent as ApiComponent
from O365._enums import CaseEnum as CaseEnum
from O365._enums import ChainOperator as ChainOperator
from O365._enums import ImportanceLevel as ImportanceLevel
from O365._enums import OneDriveWellKnowFolderNames as OneDriveWellKnowFolderNames
from O365._enums import OutlookWellKnowFolderNames as OutlookWellKnowFolderNames
from O365._names import GROUPS_RESOURCE as GROUPS_RESOURCE
from O365._names import MAX_RECIPIENTS_PER_MESSAGE as MAX_RECIPIENTS_PER_MESSAGE
from O365._names import ME_RESOURCE as ME_RESOURCE
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._names import SITES_RESOURCE as SITES_RESOURCE
from O365._names import USERS_RESOURCE as USERS_RESOURCE
from O365._paging import Pagination as Pagination
from O365._query_chain import Query as Query
from O365._recipients import HandleRecipientsMixin as HandleRecipientsMixin
from O365._recipients import Recipient as Recipient
from O365._recipients import Recipients as Recipients
from O365._recipients import TrackerSet as TrackerSet
from O365.utils.casing import to_snake_case as to_snake_case
from O365.utils.decorators import fluent as fluent
from O365.utils.query import QueryBuilder as QueryBuilder
from O365.utils.windows_tz import get_iana_tz as get_iana_tz
from O365.utils.windows_tz import get_windows_tz as get_windows_tz
