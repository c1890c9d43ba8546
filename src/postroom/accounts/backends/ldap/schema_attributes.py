"""The attribute types of iRedMail's tree: numbers, names, matching. `schema` makes LDIF of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

IREDMAIL: Final = "1.3.6.1.4.1.32349.1.2"
AMAVIS: Final = "1.3.6.1.4.1.15312.2.2"
_SYNTAXES: Final = "1.3.6.1.4.1.1466.115.121.1"


@dataclass(frozen=True, slots=True)
class Matching:
    """How values compare; `syntax` is the last number of a syntax of RFC 4517."""

    syntax: int
    equality: str
    substrings: str = ""


WORD: Final = Matching(26, "caseIgnoreIA5Match", "caseIgnoreSubstringsMatch")
ADDRESS: Final = Matching(26, "caseIgnoreIA5Match", "caseIgnoreIA5SubstringsMatch")
HOST: Final = Matching(26, "caseIgnoreIA5Match")
PATH: Final = Matching(26, "caseExactIA5Match")
EXACT: Final = Matching(26, "caseExactIA5Match", "caseExactSubstringsMatch")
TEXT: Final = Matching(15, "caseIgnoreMatch", "caseIgnoreSubstringsMatch")
NUMBER: Final = Matching(27, "integerMatch")
SWITCH: Final = Matching(7, "booleanMatch")
TIME: Final = Matching(24, "generalizedTimeMatch")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute type. `chars`: the length that servers should take at least; 0 says nothing."""

    oid: str
    name: str
    matching: Matching
    chars: int
    many: bool

    def definition(self) -> str:
        """The description of RFC 4512, section 4.1.2."""
        words = [f"( {self.oid} NAME '{self.name}'", f"EQUALITY {self.matching.equality}"]
        if self.matching.substrings:
            words.append(f"SUBSTR {self.matching.substrings}")
        length = f"{{{self.chars}}}" if self.chars else ""
        words.append(f"SYNTAX {_SYNTAXES}.{self.matching.syntax}{length}")
        return " ".join([*words, ")"] if self.many else [*words, "SINGLE-VALUE", ")"])


def _one(oid: str, name: str, matching: Matching, chars: int = 0) -> Attribute:
    return Attribute(oid, name, matching, chars, many=False)


def _many(oid: str, name: str, matching: Matching, chars: int = 0) -> Attribute:
    return Attribute(oid, name, matching, chars, many=True)


OF_DOMAINS: Final = (
    _one(f"{IREDMAIL}.1.1", "domainName", WORD, 255),
    _one(f"{IREDMAIL}.1.2", "mtaTransport", WORD),
    _one(f"{IREDMAIL}.1.3", "domainStatus", WORD),
    _many(f"{IREDMAIL}.1.4", "domainAdmin", WORD, 320),
    _one(f"{IREDMAIL}.1.5", "domainGlobalAdmin", WORD),
    _one(f"{IREDMAIL}.1.6", "domainBackupMX", WORD),
    _one(f"{IREDMAIL}.1.7", "domainSenderBccAddress", WORD, 320),
    _one(f"{IREDMAIL}.1.8", "domainRecipientBccAddress", WORD, 320),
    _one(f"{IREDMAIL}.1.9", "domainMaxQuotaSize", NUMBER),
    _one(f"{IREDMAIL}.1.10", "domainCurrentQuotaSize", WORD),
    _one(f"{IREDMAIL}.1.11", "domainMaxUserNumber", NUMBER),
    _one(f"{IREDMAIL}.1.12", "domainCurrentUserNumber", NUMBER),
    _one(f"{IREDMAIL}.1.13", "domainMaxAliasNumber", NUMBER),
    _one(f"{IREDMAIL}.1.14", "domainCurrentAliasNumber", NUMBER),
    _one(f"{IREDMAIL}.1.15", "domainMaxListNumber", NUMBER),
    _one(f"{IREDMAIL}.1.16", "domainCurrentListNumber", NUMBER),
    _one(f"{IREDMAIL}.1.17", "disclaimer", TEXT),
    _one(f"{IREDMAIL}.1.18", "domainDefaultUserQuota", NUMBER),
    _many(f"{IREDMAIL}.1.19", "domainAliasName", WORD, 255),
    _many(f"{IREDMAIL}.1.20", "domainWhitelistIP", WORD),
    _many(f"{IREDMAIL}.1.21", "domainWhitelistSender", WORD),
    _many(f"{IREDMAIL}.1.22", "domainBlacklistIP", WORD),
    _many(f"{IREDMAIL}.1.23", "domainBlacklistSender", WORD),
    _many(f"{IREDMAIL}.1.24", "domainPendingAliasName", WORD, 255),
)

OF_ACCOUNTS: Final = (
    _one(f"{IREDMAIL}.2.1", "mailUID", NUMBER),
    _one(f"{IREDMAIL}.2.2", "mailGID", NUMBER),
    _one(f"{IREDMAIL}.2.3", "storageBaseDirectory", PATH),
    _one(f"{IREDMAIL}.2.4", "mailMessageStore", PATH),
    _one(f"{IREDMAIL}.2.5", "mailQuota", NUMBER),
    _one(f"{IREDMAIL}.2.6", "mailQuotaMessageLimit", NUMBER),
    _one(f"{IREDMAIL}.2.7", "mailHost", HOST),
    _many(f"{IREDMAIL}.2.8", "mailForwardingAddress", ADDRESS, 320),
    _one(f"{IREDMAIL}.2.9", "accountStatus", WORD),
    _one(f"{IREDMAIL}.2.10", "userRecipientBccAddress", WORD, 320),
    _one(f"{IREDMAIL}.2.11", "userSenderBccAddress", WORD, 320),
    _one(f"{IREDMAIL}.2.12", "backupMailAddress", WORD, 320),
    _many(f"{IREDMAIL}.2.13", "enabledService", WORD),
    _many(f"{IREDMAIL}.2.14", "memberOfGroup", WORD, 320),
    _one(f"{IREDMAIL}.2.18", "expiredDate", TIME),
    _many(f"{IREDMAIL}.2.19", "shadowAddress", WORD, 320),
    _many(f"{IREDMAIL}.2.20", "accountSetting", WORD),
    _many(f"{IREDMAIL}.2.21", "userManager", WORD, 320),
    _many(f"{IREDMAIL}.2.22", "mailWhitelistRecipient", WORD),
    _many(f"{IREDMAIL}.2.23", "mailBlacklistRecipient", WORD),
    _many(f"{IREDMAIL}.2.24", "disabledService", WORD),
    _one(f"{IREDMAIL}.2.25", "allowNets", TEXT, 1024),
    _one(f"{IREDMAIL}.2.26", "senderRelayHost", WORD, 255),
    _one(f"{IREDMAIL}.2.27", "maxMessageSize", NUMBER),
    _one(f"{IREDMAIL}.2.28", "mailboxFormat", WORD, 50),
    _one(f"{IREDMAIL}.2.29", "mailboxFolder", WORD, 50),
    _one(f"{IREDMAIL}.2.30", "recoveryEmail", WORD, 320),
    _one(f"{IREDMAIL}.2.31", "birthday", WORD, 10),
)

OF_LISTS: Final = (
    _one(f"{IREDMAIL}.3.1", "accessPolicy", WORD),
    _one(f"{IREDMAIL}.3.2", "hasMember", WORD),
    _many(f"{IREDMAIL}.3.3", "listAllowedUser", WORD, 320),
    _many(f"{IREDMAIL}.3.4", "listModerator", WORD, 320),
    _many(f"{IREDMAIL}.3.5", "listOwner", WORD, 320),
    _many(f"{IREDMAIL}.3.6", "mailingListID", WORD, 36),
)

OF_AMAVIS: Final = (
    _one(f"{AMAVIS}.1.1", "amavisVirusLover", SWITCH),
    _one(f"{AMAVIS}.1.2", "amavisBannedFilesLover", SWITCH),
    _one(f"{AMAVIS}.1.3", "amavisBypassVirusChecks", SWITCH),
    _one(f"{AMAVIS}.1.4", "amavisBypassSpamChecks", SWITCH),
    _one(f"{AMAVIS}.1.5", "amavisSpamTagLevel", ADDRESS, 256),
    _one(f"{AMAVIS}.1.6", "amavisSpamTag2Level", ADDRESS, 256),
    _one(f"{AMAVIS}.1.7", "amavisSpamKillLevel", ADDRESS, 256),
    _one(f"{AMAVIS}.1.8", "amavisSpamModifiesSubj", SWITCH),
    _many(f"{AMAVIS}.1.9", "amavisWhitelistSender", ADDRESS, 256),
    _many(f"{AMAVIS}.1.10", "amavisBlacklistSender", ADDRESS, 256),
    _one(f"{AMAVIS}.1.11", "amavisSpamQuarantineTo", ADDRESS, 256),
    _one(f"{AMAVIS}.1.12", "amavisSpamLover", SWITCH),
    _one(f"{AMAVIS}.1.13", "amavisBadHeaderLover", SWITCH),
    _one(f"{AMAVIS}.1.14", "amavisBypassBannedChecks", SWITCH),
    _one(f"{AMAVIS}.1.15", "amavisBypassHeaderChecks", SWITCH),
    _one(f"{AMAVIS}.1.16", "amavisVirusQuarantineTo", ADDRESS, 256),
    _one(f"{AMAVIS}.1.17", "amavisBannedQuarantineTo", ADDRESS, 256),
    _one(f"{AMAVIS}.1.18", "amavisBadHeaderQuarantineTo", ADDRESS, 256),
    _one(f"{AMAVIS}.1.19", "amavisLocal", SWITCH),
    _one(f"{AMAVIS}.1.20", "amavisMessageSizeLimit", ADDRESS, 256),
    _one(f"{AMAVIS}.1.21", "amavisWarnVirusRecip", SWITCH),
    _one(f"{AMAVIS}.1.22", "amavisWarnBannedRecip", SWITCH),
    _one(f"{AMAVIS}.1.23", "amavisWarnBadHeaderRecip", SWITCH),
    _one(f"{AMAVIS}.1.24", "amavisVirusAdmin", ADDRESS, 256),
    _one(f"{AMAVIS}.1.25", "amavisNewVirusAdmin", ADDRESS, 256),
    _one(f"{AMAVIS}.1.26", "amavisSpamAdmin", ADDRESS, 256),
    _one(f"{AMAVIS}.1.27", "amavisBannedAdmin", ADDRESS, 256),
    _one(f"{AMAVIS}.1.28", "amavisBadHeaderAdmin", ADDRESS, 256),
    _one(f"{AMAVIS}.1.29", "amavisBannedRuleNames", ADDRESS, 256),
    _one(f"{AMAVIS}.1.30", "amavisSpamDsnCutoffLevel", ADDRESS, 256),
    _one(f"{AMAVIS}.1.31", "amavisSpamQuarantineCutoffLevel", ADDRESS, 256),
    _one(f"{AMAVIS}.1.32", "amavisSpamSubjectTag", EXACT, 256),
    _one(f"{AMAVIS}.1.33", "amavisSpamSubjectTag2", EXACT, 256),
    _one(f"{AMAVIS}.1.34", "amavisArchiveQuarantineTo", ADDRESS, 256),
    _one(f"{AMAVIS}.1.35", "amavisAddrExtensionVirus", EXACT, 256),
    _one(f"{AMAVIS}.1.36", "amavisAddrExtensionSpam", EXACT, 256),
    _one(f"{AMAVIS}.1.37", "amavisAddrExtensionBanned", EXACT, 256),
    _one(f"{AMAVIS}.1.38", "amavisAddrExtensionBadHeader", EXACT, 256),
    _one(f"{AMAVIS}.1.39", "amavisSpamTag3Level", ADDRESS, 256),
    _one(f"{AMAVIS}.1.40", "amavisSpamSubjectTag3", EXACT, 256),
    _one(f"{AMAVIS}.1.41", "amavisUncheckedQuarantineTo", ADDRESS, 256),
    _one(f"{AMAVIS}.1.42", "amavisCleanQuarantineTo", ADDRESS, 256),
    _one(f"{AMAVIS}.1.43", "amavisUncheckedLover", SWITCH),
    _many(f"{AMAVIS}.1.44", "amavisForwardMethod", ADDRESS, 256),
    _one(f"{AMAVIS}.1.45", "amavisSaUserConf", EXACT, 256),
    _one(f"{AMAVIS}.1.46", "amavisSaUserName", EXACT, 256),
    _one(f"{AMAVIS}.1.47", "amavisDisclaimerOptions", ADDRESS, 256),
)

ATTRIBUTES: Final = OF_DOMAINS + OF_ACCOUNTS + OF_LISTS + OF_AMAVIS
