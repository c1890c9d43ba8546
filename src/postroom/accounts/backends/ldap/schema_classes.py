"""The object classes of iRedMail's tree: what an entry must and may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from postroom.accounts.backends.ldap.schema_attributes import AMAVIS, IREDMAIL, OF_AMAVIS


@dataclass(frozen=True, slots=True)
class ObjectClass:
    """One object class. An entry has one structural class, and auxiliary ones beside it."""

    oid: str
    name: str
    kind: Literal["STRUCTURAL", "AUXILIARY"]
    must: tuple[str, ...]
    may: tuple[str, ...]

    def definition(self) -> str:
        """The description of RFC 4512, section 4.1.1."""
        must = [f"MUST ( {' $ '.join(self.must)} )"] if self.must else []
        may = f"MAY ( {' $ '.join(self.may)} )"
        return " ".join([f"( {self.oid} NAME '{self.name}' SUP top {self.kind}", *must, may, ")"])


CLASSES: Final = (
    ObjectClass(
        f"{IREDMAIL}.4.1",
        "mailDomain",
        "STRUCTURAL",
        must=("domainName",),
        may=(
            "cn",
            "mtaTransport",
            "domainAdmin",
            "enabledService",
            "disabledService",
            "domainBackupMX",
            "accountStatus",
            "mailHost",
            "domainSenderBccAddress",
            "domainRecipientBccAddress",
            "domainMaxQuotaSize",
            "domainCurrentQuotaSize",
            "domainMaxUserNumber",
            "domainCurrentUserNumber",
            "domainMaxAliasNumber",
            "domainCurrentAliasNumber",
            "domainMaxListNumber",
            "domainCurrentListNumber",
            "domainDefaultUserQuota",
            "domainAliasName",
            "domainPendingAliasName",
            "disclaimer",
            "description",
            "street",
            "telephoneNumber",
            "facsimileTelephoneNumber",
            "expiredDate",
            "accountSetting",
            "domainWhitelistIP",
            "domainWhitelistSender",
            "domainBlacklistIP",
            "domainBlacklistSender",
            "preferredLanguage",
            "senderRelayHost",
        ),
    ),
    ObjectClass(
        f"{IREDMAIL}.4.2",
        "mailAdmin",
        "STRUCTURAL",
        must=("mail",),
        may=(
            "domainGlobalAdmin",
            "description",
            "enabledService",
            "disabledService",
            "userPassword",
            "accountStatus",
            "cn",
            "sn",
            "preferredLanguage",
            "givenName",
            "expiredDate",
            "mailHost",
            "accountSetting",
            "shadowLastChange",
        ),
    ),
    ObjectClass(
        f"{IREDMAIL}.4.3",
        "mailUser",
        "AUXILIARY",
        must=(
            "mail",
            "uid",
        ),
        may=(
            "storageBaseDirectory",
            "mailMessageStore",
            "homeDirectory",
            "userPassword",
            "mailHost",
            "mailUID",
            "mailGID",
            "mailQuota",
            "mailQuotaMessageLimit",
            "mailForwardingAddress",
            "shadowAddress",
            "accountStatus",
            "userRecipientBccAddress",
            "userSenderBccAddress",
            "enabledService",
            "disabledService",
            "telephoneNumber",
            "backupMailAddress",
            "mtaTransport",
            "memberOfGroup",
            "expiredDate",
            "preferredLanguage",
            "disclaimer",
            "accountSetting",
            "title",
            "userManager",
            "mailWhitelistRecipient",
            "mailBlacklistRecipient",
            "domainGlobalAdmin",
            "allowNets",
            "senderRelayHost",
            "domainStatus",
            "maxMessageSize",
            "mailboxFormat",
            "mailboxFolder",
            "recoveryEmail",
            "birthday",
        ),
    ),
    ObjectClass(
        f"{IREDMAIL}.4.4",
        "mailAlias",
        "STRUCTURAL",
        must=("mail",),
        may=(
            "accountStatus",
            "description",
            "cn",
            "memberOfGroup",
            "enabledService",
            "disabledService",
            "mailForwardingAddress",
            "shadowAddress",
            "expiredDate",
            "accountSetting",
            "mailHost",
            "domainStatus",
            "accessPolicy",
            "listModerator",
        ),
    ),
    ObjectClass(
        f"{IREDMAIL}.4.5",
        "mailList",
        "STRUCTURAL",
        must=("mail",),
        may=(
            "cn",
            "accountStatus",
            "description",
            "accessPolicy",
            "shadowAddress",
            "enabledService",
            "disabledService",
            "memberOfGroup",
            "hasMember",
            "listAllowedUser",
            "expiredDate",
            "accountSetting",
            "mailHost",
            "member",
            "uniqueMember",
            "memberUid",
            "gidNumber",
            "domainStatus",
            "listModerator",
            "listOwner",
            "mtaTransport",
            "mailingListID",
            "maxMessageSize",
        ),
    ),
    ObjectClass(
        f"{IREDMAIL}.4.6",
        "mailExternalUser",
        "STRUCTURAL",
        must=("memberOfGroup",),
        may=(
            "cn",
            "accountStatus",
            "mail",
            "enabledService",
            "disabledService",
            "description",
            "mailHost",
            "accountSetting",
            "shadowAddress",
            "domainStatus",
        ),
    ),
    ObjectClass(
        f"{AMAVIS}.2.1",
        "amavisAccount",
        "AUXILIARY",
        must=(),
        may=(*(attribute.name for attribute in OF_AMAVIS), "cn", "description"),
    ),
)
