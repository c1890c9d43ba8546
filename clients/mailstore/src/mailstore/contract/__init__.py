"""The management APIs as tables: what the server dispatches and checks, the client's methods, docs and OpenAPI.

`SERVER` is the Administration API of MailStore Server with Postroom's additions, `SPE` the Management API of the
Service Provider Edition; both by function name.
"""

from mailstore.contract.model import Argument, Function, Metadata, Param, Result
from mailstore.contract.server import GROUPS, SERVER
from mailstore.contract.spe import SPE, SPE_GROUPS

__all__ = ["GROUPS", "SERVER", "SPE", "SPE_GROUPS", "Argument", "Function", "Metadata", "Param", "Result"]
