"""The calls of the API as async methods, a class per resource. `make docs` writes it from `contract`."""

# ruff: noqa: A002  # names are the API's
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal, overload

from iredadmin.encode import Document, Documents, Listing, Names, Status, Strings, Text


class Caller(ABC):
    """A client that knows how to call."""

    @abstractmethod
    async def _call(self, key: str, places: tuple[object, ...], arguments: Mapping[str, object]) -> Any: ...

    @abstractmethod
    def _rows(
        self, key: str, places: tuple[object, ...], arguments: Mapping[str, object], page_size: int
    ) -> AsyncIterator[Any]: ...


class Domains:
    """Mail domains."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @overload
    async def list(
        self,
        *,
        name_only: Literal[True],
        disabled_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Strings: ...

    @overload
    async def list(
        self,
        *,
        name_only: Literal[False] | None = None,
        disabled_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Listing: ...

    async def list(
        self,
        *,
        name_only: bool | None = None,
        disabled_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Listing | Strings:
        """The domains that the caller manages.

        name_only: Only the names.
        disabled_only: Only accounts that are disabled.
        search: Only names or addresses that contain this. (Postroom only)
        limit: At most so many; `_next` in the answer says where the rest begins. (Postroom only)
        after: Go on behind this one: `_next` of the answer before. (Postroom only)
        `iterate` goes through long lists.
        """
        answer: Listing | Strings = await self._caller._call(
            "domains.list",
            (),
            {"name_only": name_only, "disabled_only": disabled_only, "search": search, "limit": limit, "after": after},
        )
        return answer

    def iterate(
        self, *, disabled_only: bool | None = None, search: Text | None = None, page_size: int = 1000
    ) -> AsyncIterator[Document]:
        """The domains that the caller manages, one after the other; from servers that can, page by page.

        disabled_only: Only accounts that are disabled.
        search: Only names or addresses that contain this. (Postroom only)
        page_size: How many rows to ask for at once.
        """
        return self._caller._rows("domains.list", (), {"disabled_only": disabled_only, "search": search}, page_size)

    async def get(self, domain: str) -> Document:
        """Profile of a domain.

        domain: Name of a domain.
        """
        answer: Document = await self._caller._call("domains.get", (domain,), {})
        return answer

    async def create(
        self,
        domain: str,
        *,
        name: Text | None = None,
        quota: int | None = None,
        default_quota: int | None = None,
        max_user_quota: int | None = None,
        number_of_users: int | None = None,
        number_of_aliases: int | None = None,
        number_of_lists: int | None = None,
        language: Text | None = None,
        transport: Text | None = None,
        sender_bcc: Text | None = None,
        recipient_bcc: Text | None = None,
        dry_run: bool = False,
    ) -> None:
        """Create a domain.

        domain: Name of a domain.
        name: Display name; of a domain a short description, such as the company.
        quota: Mailbox quota of the whole domain, in MB; 0 is unlimited.
        default_quota: Quota of new users, in MB; 0 is unlimited.
        max_user_quota: Largest quota a user may get, in MB; 0 is unlimited.
        number_of_users: Most users; 0 is unlimited, -1 none.
        number_of_aliases: Most aliases; 0 is unlimited, -1 none.
        number_of_lists: Most mailing lists; 0 is unlimited, -1 none.
        language: Preferred language of the web interface, such as `en_US`.
        transport: Postfix transport, such as `dovecot`. (global admins only)
        sender_bcc: Copy of what is sent goes to this address; empty ends it.
        recipient_bcc: Copy of what is received goes to this address; empty ends it.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "domains.create",
            (domain,),
            {
                "name": name,
                "quota": quota,
                "defaultQuota": default_quota,
                "maxUserQuota": max_user_quota,
                "numberOfUsers": number_of_users,
                "numberOfAliases": number_of_aliases,
                "numberOfLists": number_of_lists,
                "language": language,
                "transport": transport,
                "senderBcc": sender_bcc,
                "recipientBcc": recipient_bcc,
                "dry_run": dry_run or None,
            },
        )

    async def update(
        self,
        domain: str,
        *,
        name: Text | None = None,
        quota: int | None = None,
        default_quota: int | None = None,
        max_user_quota: int | None = None,
        number_of_users: int | None = None,
        number_of_aliases: int | None = None,
        number_of_lists: int | None = None,
        language: Text | None = None,
        transport: Text | None = None,
        sender_bcc: Text | None = None,
        recipient_bcc: Text | None = None,
        account_status: Status | None = None,
        is_backupmx: bool | None = None,
        primarymx: Text | None = None,
        min_password_length: int | None = None,
        max_password_length: int | None = None,
        catchall: Names | None = None,
        outbound_relay: Text | None = None,
        add_alias_domain: Names | None = None,
        remove_alias_domain: Names | None = None,
        alias_domains: Names | None = None,
        add_service: Names | None = None,
        remove_service: Names | None = None,
        services: Names | None = None,
        disable_domain_profile: Names | None = None,
        enable_domain_profile: Names | None = None,
        disable_user_profile: Names | None = None,
        enable_user_profile: Names | None = None,
        disable_user_preference: Names | None = None,
        enable_user_preference: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change the profile of a domain.

        domain: Name of a domain.
        name: Display name; of a domain a short description, such as the company.
        quota: Mailbox quota of the whole domain, in MB; 0 is unlimited. (global admins only)
        default_quota: Quota of new users, in MB; 0 is unlimited.
        max_user_quota: Largest quota a user may get, in MB; 0 is unlimited.
        number_of_users: Most users; 0 is unlimited, -1 none. (global admins only)
        number_of_aliases: Most aliases; 0 is unlimited, -1 none. (global admins only)
        number_of_lists: Most mailing lists; 0 is unlimited, -1 none. (global admins only)
        language: Preferred language of the web interface, such as `en_US`.
        transport: Postfix transport, such as `dovecot`. (global admins only)
        sender_bcc: Copy of what is sent goes to this address; empty ends it.
        recipient_bcc: Copy of what is received goes to this address; empty ends it.
        account_status: Whether the account works. (global admins only)
        is_backupmx: Whether this server is a backup MX for the domain. Conflicts with `transport`. (global admins
            only)
        primarymx: The primary MX, an address or host with `[host]:port` where needed; without it DNS is asked. Only
            with `is_backupmx`. (global admins only)
        min_password_length: Shortest password of the domain's users.
        max_password_length: Longest password of the domain's users; 0 is no limit.
        catchall: Mail to addresses that are not there goes here; empty ends it.
        outbound_relay: Next hop of what the domain sends, such as `smtp:[192.0.2.1]:25`; empty ends it. (global
            admins only)
        add_alias_domain: Further names of the domain.
        remove_alias_domain: Names that the domain loses.
        alias_domains: Exactly these further names; empty is none.
        add_service: Switch these services on. Of: self-service, mail, domainalias, senderbcc, recipientbcc. Only on
            LDAP: mail, domainalias, senderbcc, recipientbcc. (global admins only)
        remove_service: Switch these services off. Of: self-service, mail, domainalias, senderbcc, recipientbcc.
            Only on LDAP: mail, domainalias, senderbcc, recipientbcc. (global admins only)
        services: Exactly these services; empty is none. Of: self-service, mail, domainalias, senderbcc,
            recipientbcc. Only on LDAP: mail, domainalias, senderbcc, recipientbcc. (global admins only)
        disable_domain_profile: Forbid domain admins these parts of the domain's profile. Of: bcc, relay, catchall,
            aliases, throttle, greylisting, wblist, spampolicy, backupmx, password_policies, advanced. (global
            admins only)
        enable_domain_profile: Allow domain admins these parts of the domain's profile. Of: bcc, relay, catchall,
            aliases, throttle, greylisting, wblist, spampolicy, backupmx, password_policies, advanced. (global
            admins only)
        disable_user_profile: Forbid domain admins these parts of users' profiles. Of: bcc, forwarding, relay,
            aliases, throttle, greylisting, wblist, spampolicy. (global admins only)
        enable_user_profile: Allow domain admins these parts of users' profiles. Of: bcc, forwarding, relay,
            aliases, throttle, greylisting, wblist, spampolicy. (global admins only)
        disable_user_preference: Forbid domain admins these preferences of users. Of: personal_info, forwarding,
            wblist, quarantine, rcvd_mails, spampolicy. (global admins only)
        enable_user_preference: Allow domain admins these preferences of users. Of: personal_info, forwarding,
            wblist, quarantine, rcvd_mails, spampolicy. (global admins only)
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "domains.update",
            (domain,),
            {
                "name": name,
                "quota": quota,
                "defaultQuota": default_quota,
                "maxUserQuota": max_user_quota,
                "numberOfUsers": number_of_users,
                "numberOfAliases": number_of_aliases,
                "numberOfLists": number_of_lists,
                "language": language,
                "transport": transport,
                "senderBcc": sender_bcc,
                "recipientBcc": recipient_bcc,
                "accountStatus": account_status,
                "is_backupmx": is_backupmx,
                "primarymx": primarymx,
                "minPasswordLength": min_password_length,
                "maxPasswordLength": max_password_length,
                "catchall": catchall,
                "outboundRelay": outbound_relay,
                "addAliasDomain": add_alias_domain,
                "removeAliasDomain": remove_alias_domain,
                "aliasDomains": alias_domains,
                "addService": add_service,
                "removeService": remove_service,
                "services": services,
                "disableDomainProfile": disable_domain_profile,
                "enableDomainProfile": enable_domain_profile,
                "disableUserProfile": disable_user_profile,
                "enableUserProfile": enable_user_profile,
                "disableUserPreference": disable_user_preference,
                "enableUserPreference": enable_user_preference,
                "dry_run": dry_run or None,
            },
        )

    async def delete(self, domain: str, *, dry_run: bool = False) -> None:
        """Delete a domain with all its accounts; the files of the mailboxes are kept for ever.

        domain: Name of a domain.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call("domains.delete", (domain,), {"dry_run": dry_run or None})

    async def delete_keeping(self, domain: str, days: int, *, dry_run: bool = False) -> None:
        """Delete a domain with all its accounts; note when the files of the mailboxes may go.

        domain: Name of a domain.
        days: Days for which the mailboxes are kept; 0 keeps them for ever.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "domains.delete_keeping",
            (
                domain,
                days,
            ),
            {"dry_run": dry_run or None},
        )

    async def admins(
        self,
        domain: str,
        *,
        add_admin: Names | None = None,
        remove_admin: Names | None = None,
        remove_all_admins: bool | None = None,
        dry_run: bool = False,
    ) -> None:
        """Who manages a domain.

        domain: Name of a domain.
        add_admin: Addresses that manage the domain from now on.
        remove_admin: Addresses that no longer do.
        remove_all_admins: Present, with any value: nobody manages it.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "domains.admins",
            (domain,),
            {
                "addAdmin": add_admin,
                "removeAdmin": remove_admin,
                "removeAllAdmins": remove_all_admins,
                "dry_run": dry_run or None,
            },
        )

    async def ownership(self, domain: str) -> Documents:
        """What is still to be proved before the domain, or a further name of it, works: a code for its DNS.

        domain: Name of a domain.
        Postroom only.
        """
        answer: Documents = await self._caller._call("domains.ownership", (domain,), {})
        return answer

    async def verify(self, domain: str, *, dry_run: bool = False) -> None:
        """Look for the codes in TXT records, and let what is proved work.

        domain: Name of a domain.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        Postroom only.
        """
        await self._caller._call("domains.verify", (domain,), {"dry_run": dry_run or None})

    async def get_services(self, domain: str) -> Strings:
        """The services of a domain.

        domain: Name of a domain.
        For global admins.
        The first versions only; newer ones have no such call.
        """
        answer: Strings = await self._caller._call("domains.get_services", (domain,), {})
        return answer

    async def set_services(
        self,
        domain: str,
        *,
        add_service: Names | None = None,
        remove_service: Names | None = None,
        services: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Switch services of a domain on or off.

        domain: Name of a domain.
        add_service: Switch these services on. Of: self-service, mail, domainalias, senderbcc, recipientbcc. Only on
            LDAP: mail, domainalias, senderbcc, recipientbcc. (global admins only)
        remove_service: Switch these services off. Of: self-service, mail, domainalias, senderbcc, recipientbcc.
            Only on LDAP: mail, domainalias, senderbcc, recipientbcc. (global admins only)
        services: Exactly these services; empty is none. Of: self-service, mail, domainalias, senderbcc,
            recipientbcc. Only on LDAP: mail, domainalias, senderbcc, recipientbcc. (global admins only)
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        For global admins.
        The first versions only; newer ones have no such call.
        """
        await self._caller._call(
            "domains.set_services",
            (domain,),
            {
                "addService": add_service,
                "removeService": remove_service,
                "services": services,
                "dry_run": dry_run or None,
            },
        )


class Admins:
    """Admins that are no mail users."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @overload
    async def list(
        self,
        *,
        email_only: Literal[True],
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Strings: ...

    @overload
    async def list(
        self,
        *,
        email_only: Literal[False] | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Listing: ...

    async def list(
        self,
        *,
        email_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Listing | Strings:
        """All standalone admins.

        email_only: Only the addresses.
        search: Only names or addresses that contain this. (Postroom only)
        limit: At most so many; `_next` in the answer says where the rest begins. (Postroom only)
        after: Go on behind this one: `_next` of the answer before. (Postroom only)
        `iterate` goes through long lists.
        For global admins.
        Postroom only.
        """
        answer: Listing | Strings = await self._caller._call(
            "admins.list", (), {"email_only": email_only, "search": search, "limit": limit, "after": after}
        )
        return answer

    def iterate(self, *, search: Text | None = None, page_size: int = 1000) -> AsyncIterator[Document]:
        """All standalone admins, one after the other; from servers that can, page by page.

        search: Only names or addresses that contain this. (Postroom only)
        page_size: How many rows to ask for at once.
        """
        return self._caller._rows("admins.list", (), {"search": search}, page_size)

    async def get(self, mail: str) -> Document:
        """Profile of a standalone admin.

        mail: Full mail address of an account.
        For global admins.
        """
        answer: Document = await self._caller._call("admins.get", (mail,), {})
        return answer

    async def create(
        self,
        mail: str,
        *,
        name: Text | None = None,
        account_status: Status | None = None,
        language: Text | None = None,
        is_global_admin: bool | None = None,
        create_new_domains: bool | None = None,
        max_domains: int | None = None,
        max_quota: int | None = None,
        quota_unit: Literal["TB", "GB", "MB"] | None = None,
        max_users: int | None = None,
        max_aliases: int | None = None,
        max_lists: int | None = None,
        disable_viewing_mail_log: bool | None = None,
        disable_managing_quarantined_mails: bool | None = None,
        password: Text | None = None,
        password_hash: Text | None = None,
        dry_run: bool = False,
    ) -> None:
        """Create a standalone admin.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        account_status: Whether the account works.
        language: Preferred language of the web interface, such as `en_US`.
        is_global_admin: Whether the admin manages everything; the limits below are for those who do not.
        create_new_domains: Whether the admin may create domains. (Postroom only)
        max_domains: Most domains the admin may create; 0 is unlimited, -1 none.
        max_quota: Most quota of these together, in `quotaUnit`; 0 is unlimited.
        quota_unit: Unit of `maxQuota`; the two come together.
        max_users: Most users in these.
        max_aliases: Most aliases in these.
        max_lists: Most mailing lists in these.
        disable_viewing_mail_log: Forbid a look at the mail log.
        disable_managing_quarantined_mails: Forbid to manage mail in quarantine.
        password: The password in plain text.
        password_hash: A ready hash with its prefix, such as `{SSHA512}…`; the rules for passwords do not apply.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        For global admins.
        """
        await self._caller._call(
            "admins.create",
            (mail,),
            {
                "name": name,
                "accountStatus": account_status,
                "language": language,
                "isGlobalAdmin": is_global_admin,
                "createNewDomains": create_new_domains,
                "maxDomains": max_domains,
                "maxQuota": max_quota,
                "quotaUnit": quota_unit,
                "maxUsers": max_users,
                "maxAliases": max_aliases,
                "maxLists": max_lists,
                "disableViewingMailLog": disable_viewing_mail_log,
                "disableManagingQuarantinedMails": disable_managing_quarantined_mails,
                "password": password,
                "password_hash": password_hash,
                "dry_run": dry_run or None,
            },
        )

    async def update(
        self,
        mail: str,
        *,
        name: Text | None = None,
        account_status: Status | None = None,
        language: Text | None = None,
        is_global_admin: bool | None = None,
        create_new_domains: bool | None = None,
        max_domains: int | None = None,
        max_quota: int | None = None,
        quota_unit: Literal["TB", "GB", "MB"] | None = None,
        max_users: int | None = None,
        max_aliases: int | None = None,
        max_lists: int | None = None,
        disable_viewing_mail_log: bool | None = None,
        disable_managing_quarantined_mails: bool | None = None,
        password: Text | None = None,
        password_hash: Text | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change the profile of a standalone admin.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        account_status: Whether the account works.
        language: Preferred language of the web interface, such as `en_US`.
        is_global_admin: Whether the admin manages everything; the limits below are for those who do not.
        create_new_domains: Whether the admin may create domains. (Postroom only)
        max_domains: Most domains the admin may create; 0 is unlimited, -1 none.
        max_quota: Most quota of these together, in `quotaUnit`; 0 is unlimited.
        quota_unit: Unit of `maxQuota`; the two come together.
        max_users: Most users in these.
        max_aliases: Most aliases in these.
        max_lists: Most mailing lists in these.
        disable_viewing_mail_log: Forbid a look at the mail log.
        disable_managing_quarantined_mails: Forbid to manage mail in quarantine.
        password: The password in plain text.
        password_hash: A ready hash with its prefix, such as `{SSHA512}…`; the rules for passwords do not apply.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        For global admins.
        """
        await self._caller._call(
            "admins.update",
            (mail,),
            {
                "name": name,
                "accountStatus": account_status,
                "language": language,
                "isGlobalAdmin": is_global_admin,
                "createNewDomains": create_new_domains,
                "maxDomains": max_domains,
                "maxQuota": max_quota,
                "quotaUnit": quota_unit,
                "maxUsers": max_users,
                "maxAliases": max_aliases,
                "maxLists": max_lists,
                "disableViewingMailLog": disable_viewing_mail_log,
                "disableManagingQuarantinedMails": disable_managing_quarantined_mails,
                "password": password,
                "password_hash": password_hash,
                "dry_run": dry_run or None,
            },
        )

    async def delete(self, mail: str, *, dry_run: bool = False) -> None:
        """Delete a standalone admin.

        mail: Full mail address of an account.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        For global admins.
        """
        await self._caller._call("admins.delete", (mail,), {"dry_run": dry_run or None})

    async def verify_password(self, mail: str, *, password: Text, dry_run: bool = False) -> None:
        """Whether this is the admin's password.

        mail: Full mail address of an account.
        password: The password to be tried.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        For global admins.
        """
        await self._caller._call("admins.verify_password", (mail,), {"password": password, "dry_run": dry_run or None})


class Users:
    """Mail users."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @overload
    async def list(
        self,
        domain: str,
        *,
        email_only: Literal[True],
        disabled_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Strings: ...

    @overload
    async def list(
        self,
        domain: str,
        *,
        email_only: Literal[False] | None = None,
        disabled_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Listing: ...

    async def list(
        self,
        domain: str,
        *,
        email_only: bool | None = None,
        disabled_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Listing | Strings:
        """The users of a domain, by address.

        domain: Name of a domain.
        email_only: Only the addresses.
        disabled_only: Only accounts that are disabled.
        search: Only names or addresses that contain this. (Postroom only)
        limit: At most so many; `_next` in the answer says where the rest begins. (Postroom only)
        after: Go on behind this one: `_next` of the answer before. (Postroom only)
        `iterate` goes through long lists.
        """
        answer: Listing | Strings = await self._caller._call(
            "users.list",
            (domain,),
            {
                "email_only": email_only,
                "disabled_only": disabled_only,
                "search": search,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def iterate(
        self, domain: str, *, disabled_only: bool | None = None, search: Text | None = None, page_size: int = 1000
    ) -> AsyncIterator[Document]:
        """The users of a domain, by address, one after the other; from servers that can, page by page.

        domain: Name of a domain.
        disabled_only: Only accounts that are disabled.
        search: Only names or addresses that contain this. (Postroom only)
        page_size: How many rows to ask for at once.
        """
        return self._caller._rows(
            "users.list", (domain,), {"disabled_only": disabled_only, "search": search}, page_size
        )

    async def get(self, mail: str) -> Document:
        """Profile of a user.

        mail: Full mail address of an account.
        """
        answer: Document = await self._caller._call("users.get", (mail,), {})
        return answer

    async def create(
        self,
        mail: str,
        *,
        name: Text | None = None,
        gn: Text | None = None,
        sn: Text | None = None,
        password: Text | None = None,
        password_hash: Text | None = None,
        language: Text | None = None,
        quota: int | None = None,
        mailbox_format: Text | None = None,
        mailbox_folder: Text | None = None,
        maildir: Text | None = None,
        aliases: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Create a mail user.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        gn: Given name.
        sn: Surname.
        password: The password in plain text.
        password_hash: A ready hash with its prefix, such as `{SSHA512}…`; the rules for passwords do not apply.
        language: Preferred language of the web interface, such as `en_US`.
        quota: Mailbox quota in MB; 0 is unlimited. Without it the domain's default.
        mailbox_format: Format of the mailbox, such as `maildir` or `mdbox`.
        mailbox_folder: Folder of the mailbox in the user's home; its case counts.
        maildir: Absolute path of the user's home. (global admins only)
        aliases: Exactly these further addresses of the user; empty is none.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "users.create",
            (mail,),
            {
                "name": name,
                "gn": gn,
                "sn": sn,
                "password": password,
                "password_hash": password_hash,
                "language": language,
                "quota": quota,
                "mailboxFormat": mailbox_format,
                "mailboxFolder": mailbox_folder,
                "maildir": maildir,
                "aliases": aliases,
                "dry_run": dry_run or None,
            },
        )

    async def update(
        self,
        mail: str,
        *,
        name: Text | None = None,
        gn: Text | None = None,
        sn: Text | None = None,
        password: Text | None = None,
        password_hash: Text | None = None,
        quota: int | None = None,
        account_status: Status | None = None,
        language: Text | None = None,
        transport: Text | None = None,
        employeeid: Text | None = None,
        is_global_admin: bool | None = None,
        forwarding: Names | None = None,
        add_forwarding: Names | None = None,
        remove_forwarding: Names | None = None,
        sender_bcc: Text | None = None,
        recipient_bcc: Text | None = None,
        aliases: Names | None = None,
        add_alias: Names | None = None,
        remove_alias: Names | None = None,
        services: Names | None = None,
        add_service: Names | None = None,
        remove_service: Names | None = None,
        mailbox_format: Text | None = None,
        mailbox_folder: Text | None = None,
        maildir: Text | None = None,
        telephone_number: Names | None = None,
        mobile: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change the profile of a user.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        gn: Given name.
        sn: Surname.
        password: The password in plain text.
        password_hash: A ready hash with its prefix, such as `{SSHA512}…`; the rules for passwords do not apply.
        quota: Mailbox quota in MB; 0 is unlimited.
        account_status: Whether the account works.
        language: Preferred language of the web interface, such as `en_US`.
        transport: Postfix transport of this user; empty is that of the domain.
        employeeid: Number of the employee.
        is_global_admin: Whether the user manages everything. (global admins only)
        forwarding: Exactly where mail goes; with the own address a copy stays. Empty ends it.
        add_forwarding: Further addresses to which mail goes.
        remove_forwarding: Addresses to which mail no longer goes.
        sender_bcc: Copy of what is sent goes to this address; empty ends it.
        recipient_bcc: Copy of what is received goes to this address; empty ends it.
        aliases: Exactly these further addresses of the user; empty is none.
        add_alias: Further addresses of the user.
        remove_alias: Addresses that the user loses.
        services: Exactly these services; empty is none.
        add_service: Switch these services on.
        remove_service: Switch these services off.
        mailbox_format: Format of the mailbox, such as `maildir` or `mdbox`.
        mailbox_folder: Folder of the mailbox in the user's home; its case counts.
        maildir: Absolute path of the user's home. (global admins only)
        telephone_number: Telephone numbers. (LDAP only)
        mobile: Mobile numbers. (LDAP only)
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "users.update",
            (mail,),
            {
                "name": name,
                "gn": gn,
                "sn": sn,
                "password": password,
                "password_hash": password_hash,
                "quota": quota,
                "accountStatus": account_status,
                "language": language,
                "transport": transport,
                "employeeid": employeeid,
                "isGlobalAdmin": is_global_admin,
                "forwarding": forwarding,
                "addForwarding": add_forwarding,
                "removeForwarding": remove_forwarding,
                "senderBcc": sender_bcc,
                "recipientBcc": recipient_bcc,
                "aliases": aliases,
                "addAlias": add_alias,
                "removeAlias": remove_alias,
                "services": services,
                "addService": add_service,
                "removeService": remove_service,
                "mailboxFormat": mailbox_format,
                "mailboxFolder": mailbox_folder,
                "maildir": maildir,
                "telephoneNumber": telephone_number,
                "mobile": mobile,
                "dry_run": dry_run or None,
            },
        )

    async def delete(self, mail: str, *, dry_run: bool = False) -> None:
        """Delete a user; the files of the mailbox are kept for ever.

        mail: Full mail address of an account.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call("users.delete", (mail,), {"dry_run": dry_run or None})

    async def delete_keeping(self, mail: str, days: int, *, dry_run: bool = False) -> None:
        """Delete a user; note when the files of the mailbox may go.

        mail: Full mail address of an account.
        days: Days for which the mailboxes are kept; 0 keeps them for ever.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "users.delete_keeping",
            (
                mail,
                days,
            ),
            {"dry_run": dry_run or None},
        )

    async def change_email(self, mail: str, new_mail: str, *, dry_run: bool = False) -> None:
        """Give a user another address; the mailbox stays where it is.

        mail: Full mail address of an account.
        new_mail: Address from now on; its domain is hosted here.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "users.change_email",
            (
                mail,
                new_mail,
            ),
            {"dry_run": dry_run or None},
        )

    async def update_all(
        self,
        domain: str,
        *,
        account_status: Status | None = None,
        password: Text | None = None,
        language: Text | None = None,
        transport: Text | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change the profiles of all users of a domain.

        domain: Name of a domain.
        account_status: Whether the account works.
        password: The password in plain text.
        language: Preferred language of the web interface, such as `en_US`.
        transport: Postfix transport of this user; empty is that of the domain.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "users.update_all",
            (domain,),
            {
                "accountStatus": account_status,
                "password": password,
                "language": language,
                "transport": transport,
                "dry_run": dry_run or None,
            },
        )

    async def verify_password(self, mail: str, *, password: Text, dry_run: bool = False) -> None:
        """Whether this is the user's password.

        mail: Full mail address of an account.
        password: The password to be tried.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        For global admins.
        """
        await self._caller._call("users.verify_password", (mail,), {"password": password, "dry_run": dry_run or None})

    async def set_password(self, mail: str, *, password: Text, dry_run: bool = False) -> None:
        """Change the password of a user.

        mail: Full mail address of an account.
        password: The new password.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        The first versions only; newer ones have no such call.
        """
        await self._caller._call("users.set_password", (mail,), {"password": password, "dry_run": dry_run or None})

    async def set_all_passwords(self, domain: str, *, password: Text, dry_run: bool = False) -> None:
        """Change the password of all users of a domain.

        domain: Name of a domain.
        password: The new password.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        The first versions only; newer ones have no such call.
        """
        await self._caller._call(
            "users.set_all_passwords", (domain,), {"password": password, "dry_run": dry_run or None}
        )


class Aliases:
    """Alias accounts."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @overload
    async def list(
        self,
        domain: str,
        *,
        email_only: Literal[True],
        disabled_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Strings: ...

    @overload
    async def list(
        self,
        domain: str,
        *,
        email_only: Literal[False] | None = None,
        disabled_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Listing: ...

    async def list(
        self,
        domain: str,
        *,
        email_only: bool | None = None,
        disabled_only: bool | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Listing | Strings:
        """The aliases of a domain, by address.

        domain: Name of a domain.
        email_only: Only the addresses.
        disabled_only: Only accounts that are disabled.
        search: Only names or addresses that contain this. (Postroom only)
        limit: At most so many; `_next` in the answer says where the rest begins. (Postroom only)
        after: Go on behind this one: `_next` of the answer before. (Postroom only)
        `iterate` goes through long lists.
        """
        answer: Listing | Strings = await self._caller._call(
            "aliases.list",
            (domain,),
            {
                "email_only": email_only,
                "disabled_only": disabled_only,
                "search": search,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def iterate(
        self, domain: str, *, disabled_only: bool | None = None, search: Text | None = None, page_size: int = 1000
    ) -> AsyncIterator[Document]:
        """The aliases of a domain, by address, one after the other; from servers that can, page by page.

        domain: Name of a domain.
        disabled_only: Only accounts that are disabled.
        search: Only names or addresses that contain this. (Postroom only)
        page_size: How many rows to ask for at once.
        """
        return self._caller._rows(
            "aliases.list", (domain,), {"disabled_only": disabled_only, "search": search}, page_size
        )

    async def get(self, mail: str) -> Document:
        """Profile of an alias, with its members.

        mail: Full mail address of an account.
        """
        answer: Document = await self._caller._call("aliases.get", (mail,), {})
        return answer

    async def create(
        self,
        mail: str,
        *,
        name: Text | None = None,
        access_policy: Literal[
            "public", "domain", "subdomain", "membersonly", "moderatorsonly", "membersandmoderatorsonly", "allowedonly"
        ]
        | None = None,
        members: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Create an alias.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        access_policy: Who may write to it. (SQL only)
        members: Exactly these members; empty is none.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "aliases.create",
            (mail,),
            {"name": name, "accessPolicy": access_policy, "members": members, "dry_run": dry_run or None},
        )

    async def update(
        self,
        mail: str,
        *,
        name: Text | None = None,
        access_policy: Literal[
            "public", "domain", "subdomain", "membersonly", "moderatorsonly", "membersandmoderatorsonly", "allowedonly"
        ]
        | None = None,
        account_status: Status | None = None,
        members: Names | None = None,
        add_member: Names | None = None,
        remove_member: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change the profile of an alias.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        access_policy: Who may write to it. (SQL only)
        account_status: Whether the account works.
        members: Exactly these members; empty is none.
        add_member: Further members.
        remove_member: Members that go.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "aliases.update",
            (mail,),
            {
                "name": name,
                "accessPolicy": access_policy,
                "accountStatus": account_status,
                "members": members,
                "addMember": add_member,
                "removeMember": remove_member,
                "dry_run": dry_run or None,
            },
        )

    async def delete(self, mail: str, *, dry_run: bool = False) -> None:
        """Delete an alias.

        mail: Full mail address of an account.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call("aliases.delete", (mail,), {"dry_run": dry_run or None})

    async def change_email(self, mail: str, new_mail: str, *, dry_run: bool = False) -> None:
        """Give an alias another address.

        mail: Full mail address of an account.
        new_mail: Address from now on; its domain is hosted here.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "aliases.change_email",
            (
                mail,
                new_mail,
            ),
            {"dry_run": dry_run or None},
        )


class Maillists:
    """Mailing lists of LDAP servers."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def get(self, mail: str) -> Document:
        """Profile of a mailing list, with its members.

        mail: Full mail address of an account.
        LDAP servers only.
        """
        answer: Document = await self._caller._call("maillists.get", (mail,), {})
        return answer

    async def create(
        self,
        mail: str,
        *,
        name: Text | None = None,
        access_policy: Literal[
            "public", "domain", "subdomain", "membersonly", "moderatorsonly", "membersandmoderatorsonly", "allowedonly"
        ]
        | None = None,
        members: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Create a mailing list.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        access_policy: Who may write to it.
        members: Exactly these members; empty is none.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        LDAP servers only.
        """
        await self._caller._call(
            "maillists.create",
            (mail,),
            {"name": name, "accessPolicy": access_policy, "members": members, "dry_run": dry_run or None},
        )

    async def update(
        self,
        mail: str,
        *,
        name: Text | None = None,
        access_policy: Literal[
            "public", "domain", "subdomain", "membersonly", "moderatorsonly", "membersandmoderatorsonly", "allowedonly"
        ]
        | None = None,
        members: Names | None = None,
        add_member: Names | None = None,
        remove_member: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change the profile of a mailing list.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        access_policy: Who may write to it.
        members: Exactly these members; empty is none.
        add_member: Further members.
        remove_member: Members that go.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        LDAP servers only.
        """
        await self._caller._call(
            "maillists.update",
            (mail,),
            {
                "name": name,
                "accessPolicy": access_policy,
                "members": members,
                "addMember": add_member,
                "removeMember": remove_member,
                "dry_run": dry_run or None,
            },
        )

    async def delete(self, mail: str, *, archive: bool | None = None, dry_run: bool = False) -> None:
        """Delete a mailing list.

        mail: Full mail address of an account.
        archive: For mlmmj lists only: keep the archive.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        LDAP servers only.
        """
        await self._caller._call("maillists.delete", (mail,), {"archive": archive, "dry_run": dry_run or None})


class SubscribableLists:
    """Mailing lists with subscribers, run by mlmmj."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @overload
    async def list(self, domain: str, *, email_only: Literal[True]) -> Strings: ...

    @overload
    async def list(self, domain: str, *, email_only: Literal[False] | None = None) -> Listing: ...

    async def list(self, domain: str, *, email_only: bool | None = None) -> Listing | Strings:
        """The subscribable lists of a domain.

        domain: Name of a domain.
        email_only: Only the addresses.
        """
        answer: Listing | Strings = await self._caller._call(
            "subscribable_lists.list", (domain,), {"email_only": email_only}
        )
        return answer

    async def get(self, mail: str, *, with_subscribers: bool | None = None) -> Document:
        """Profile of a subscribable list.

        mail: Full mail address of an account.
        with_subscribers: The subscribers too.
        """
        answer: Document = await self._caller._call(
            "subscribable_lists.get", (mail,), {"with_subscribers": with_subscribers}
        )
        return answer

    async def create(
        self,
        mail: str,
        *,
        name: Text | None = None,
        account_status: Status | None = None,
        access_policy: Literal[
            "public", "domain", "subdomain", "membersonly", "moderatorsonly", "membersandmoderatorsonly", "allowedonly"
        ]
        | None = None,
        newsletter_description: Text | None = None,
        is_newsletter: bool | None = None,
        close_list: bool | None = None,
        only_moderator_can_post: bool | None = None,
        only_subscriber_can_post: bool | None = None,
        disable_subscription: bool | None = None,
        disable_subscription_confirm: bool | None = None,
        disable_digest_subscription: bool | None = None,
        disable_digest_text: bool | None = None,
        disable_nomail_subscription: bool | None = None,
        moderated: bool | None = None,
        moderate_non_subscriber_post: bool | None = None,
        disable_retrieving_old_posts: bool | None = None,
        only_subscriber_can_get_old_posts: bool | None = None,
        disable_retrieving_subscribers: bool | None = None,
        disable_send_copy_to_sender: bool | None = None,
        notify_owner_when_sub_unsub: bool | None = None,
        notify_sender_when_moderated: bool | None = None,
        disable_archive: bool | None = None,
        moderate_subscription: bool | None = None,
        extra_addresses: Names | None = None,
        subscription_moderators: Names | None = None,
        owner: Names | None = None,
        moderators: Names | None = None,
        remove_headers: Names | None = None,
        max_message_size: int | None = None,
        subject_prefix: Text | None = None,
        custom_headers: Text | None = None,
        footer_text: Text | None = None,
        footer_html: Text | None = None,
        subscribers: Names | None = None,
        require_confirm: bool | None = None,
        subscription: Literal["normal", "digest", "nomail"] | None = None,
        dry_run: bool = False,
    ) -> None:
        """Create a subscribable list.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        account_status: Whether the account works.
        access_policy: Who may write to it.
        newsletter_description: What the newsletter is about.
        is_newsletter: Is newsletter.
        close_list: Close list.
        only_moderator_can_post: Only moderator can post.
        only_subscriber_can_post: Only subscriber can post.
        disable_subscription: Disable subscription.
        disable_subscription_confirm: Disable subscription confirm.
        disable_digest_subscription: Disable digest subscription.
        disable_digest_text: Disable digest text.
        disable_nomail_subscription: Disable nomail subscription.
        moderated: Moderated.
        moderate_non_subscriber_post: Moderate non subscriber post.
        disable_retrieving_old_posts: Disable retrieving old posts.
        only_subscriber_can_get_old_posts: Only subscriber can get old posts.
        disable_retrieving_subscribers: Disable retrieving subscribers.
        disable_send_copy_to_sender: Disable send copy to sender.
        notify_owner_when_sub_unsub: Notify owner when sub unsub.
        notify_sender_when_moderated: Notify sender when moderated.
        disable_archive: Disable archive.
        moderate_subscription: Moderate subscription.
        extra_addresses: Extra addresses.
        subscription_moderators: Subscription moderators.
        owner: Owner.
        moderators: Moderators.
        remove_headers: Remove headers.
        max_message_size: Largest message, in bytes.
        subject_prefix: Subject prefix.
        custom_headers: Custom headers.
        footer_text: Footer text.
        footer_html: Footer html.
        subscribers: First subscribers.
        require_confirm: Whether new subscribers are asked.
        subscription: How they get the mail.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "subscribable_lists.create",
            (mail,),
            {
                "name": name,
                "accountStatus": account_status,
                "accessPolicy": access_policy,
                "newsletter_description": newsletter_description,
                "is_newsletter": is_newsletter,
                "close_list": close_list,
                "only_moderator_can_post": only_moderator_can_post,
                "only_subscriber_can_post": only_subscriber_can_post,
                "disable_subscription": disable_subscription,
                "disable_subscription_confirm": disable_subscription_confirm,
                "disable_digest_subscription": disable_digest_subscription,
                "disable_digest_text": disable_digest_text,
                "disable_nomail_subscription": disable_nomail_subscription,
                "moderated": moderated,
                "moderate_non_subscriber_post": moderate_non_subscriber_post,
                "disable_retrieving_old_posts": disable_retrieving_old_posts,
                "only_subscriber_can_get_old_posts": only_subscriber_can_get_old_posts,
                "disable_retrieving_subscribers": disable_retrieving_subscribers,
                "disable_send_copy_to_sender": disable_send_copy_to_sender,
                "notify_owner_when_sub_unsub": notify_owner_when_sub_unsub,
                "notify_sender_when_moderated": notify_sender_when_moderated,
                "disable_archive": disable_archive,
                "moderate_subscription": moderate_subscription,
                "extra_addresses": extra_addresses,
                "subscription_moderators": subscription_moderators,
                "owner": owner,
                "moderators": moderators,
                "remove_headers": remove_headers,
                "max_message_size": max_message_size,
                "subject_prefix": subject_prefix,
                "custom_headers": custom_headers,
                "footer_text": footer_text,
                "footer_html": footer_html,
                "subscribers": subscribers,
                "require_confirm": require_confirm,
                "subscription": subscription,
                "dry_run": dry_run or None,
            },
        )

    async def update(
        self,
        mail: str,
        *,
        name: Text | None = None,
        account_status: Status | None = None,
        access_policy: Literal[
            "public", "domain", "subdomain", "membersonly", "moderatorsonly", "membersandmoderatorsonly", "allowedonly"
        ]
        | None = None,
        newsletter_description: Text | None = None,
        is_newsletter: bool | None = None,
        close_list: bool | None = None,
        only_moderator_can_post: bool | None = None,
        only_subscriber_can_post: bool | None = None,
        disable_subscription: bool | None = None,
        disable_subscription_confirm: bool | None = None,
        disable_digest_subscription: bool | None = None,
        disable_digest_text: bool | None = None,
        disable_nomail_subscription: bool | None = None,
        moderated: bool | None = None,
        moderate_non_subscriber_post: bool | None = None,
        disable_retrieving_old_posts: bool | None = None,
        only_subscriber_can_get_old_posts: bool | None = None,
        disable_retrieving_subscribers: bool | None = None,
        disable_send_copy_to_sender: bool | None = None,
        notify_owner_when_sub_unsub: bool | None = None,
        notify_sender_when_moderated: bool | None = None,
        disable_archive: bool | None = None,
        moderate_subscription: bool | None = None,
        extra_addresses: Names | None = None,
        subscription_moderators: Names | None = None,
        owner: Names | None = None,
        moderators: Names | None = None,
        remove_headers: Names | None = None,
        max_message_size: int | None = None,
        subject_prefix: Text | None = None,
        custom_headers: Text | None = None,
        footer_text: Text | None = None,
        footer_html: Text | None = None,
        add_subscribers: Names | None = None,
        remove_subscribers: Names | None = None,
        require_confirm: bool | None = None,
        subscription: Literal["normal", "digest", "nomail"] | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change a subscribable list.

        mail: Full mail address of an account.
        name: Display name; of a domain a short description, such as the company.
        account_status: Whether the account works.
        access_policy: Who may write to it.
        newsletter_description: What the newsletter is about.
        is_newsletter: Is newsletter.
        close_list: Close list.
        only_moderator_can_post: Only moderator can post.
        only_subscriber_can_post: Only subscriber can post.
        disable_subscription: Disable subscription.
        disable_subscription_confirm: Disable subscription confirm.
        disable_digest_subscription: Disable digest subscription.
        disable_digest_text: Disable digest text.
        disable_nomail_subscription: Disable nomail subscription.
        moderated: Moderated.
        moderate_non_subscriber_post: Moderate non subscriber post.
        disable_retrieving_old_posts: Disable retrieving old posts.
        only_subscriber_can_get_old_posts: Only subscriber can get old posts.
        disable_retrieving_subscribers: Disable retrieving subscribers.
        disable_send_copy_to_sender: Disable send copy to sender.
        notify_owner_when_sub_unsub: Notify owner when sub unsub.
        notify_sender_when_moderated: Notify sender when moderated.
        disable_archive: Disable archive.
        moderate_subscription: Moderate subscription.
        extra_addresses: Extra addresses.
        subscription_moderators: Subscription moderators.
        owner: Owner.
        moderators: Moderators.
        remove_headers: Remove headers.
        max_message_size: Largest message, in bytes.
        subject_prefix: Subject prefix.
        custom_headers: Custom headers.
        footer_text: Footer text.
        footer_html: Footer html.
        add_subscribers: Further subscribers.
        remove_subscribers: Subscribers that go; `ALL` is everybody.
        require_confirm: Whether new subscribers are asked.
        subscription: How they get the mail.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "subscribable_lists.update",
            (mail,),
            {
                "name": name,
                "accountStatus": account_status,
                "accessPolicy": access_policy,
                "newsletter_description": newsletter_description,
                "is_newsletter": is_newsletter,
                "close_list": close_list,
                "only_moderator_can_post": only_moderator_can_post,
                "only_subscriber_can_post": only_subscriber_can_post,
                "disable_subscription": disable_subscription,
                "disable_subscription_confirm": disable_subscription_confirm,
                "disable_digest_subscription": disable_digest_subscription,
                "disable_digest_text": disable_digest_text,
                "disable_nomail_subscription": disable_nomail_subscription,
                "moderated": moderated,
                "moderate_non_subscriber_post": moderate_non_subscriber_post,
                "disable_retrieving_old_posts": disable_retrieving_old_posts,
                "only_subscriber_can_get_old_posts": only_subscriber_can_get_old_posts,
                "disable_retrieving_subscribers": disable_retrieving_subscribers,
                "disable_send_copy_to_sender": disable_send_copy_to_sender,
                "notify_owner_when_sub_unsub": notify_owner_when_sub_unsub,
                "notify_sender_when_moderated": notify_sender_when_moderated,
                "disable_archive": disable_archive,
                "moderate_subscription": moderate_subscription,
                "extra_addresses": extra_addresses,
                "subscription_moderators": subscription_moderators,
                "owner": owner,
                "moderators": moderators,
                "remove_headers": remove_headers,
                "max_message_size": max_message_size,
                "subject_prefix": subject_prefix,
                "custom_headers": custom_headers,
                "footer_text": footer_text,
                "footer_html": footer_html,
                "add_subscribers": add_subscribers,
                "remove_subscribers": remove_subscribers,
                "require_confirm": require_confirm,
                "subscription": subscription,
                "dry_run": dry_run or None,
            },
        )

    async def delete(self, mail: str, *, keep_archive: bool | None = None, dry_run: bool = False) -> None:
        """Delete a subscribable list.

        mail: Full mail address of an account.
        keep_archive: Keep the archive.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "subscribable_lists.delete", (mail,), {"keep_archive": keep_archive, "dry_run": dry_run or None}
        )


class SpamPolicy:
    """Spam policies: global, of a domain, of a user."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def get(self, account: str) -> Document:
        """The spam policy set here; empty when none is.

        account: `global`, the name of a domain, or a mail address.
        """
        answer: Document = await self._caller._call("spam_policy.get", (account,), {})
        return answer

    async def set(
        self,
        account: str,
        *,
        bypass_spam_checks: bool | None = None,
        bypass_virus_checks: bool | None = None,
        bypass_banned_checks: bool | None = None,
        bypass_header_checks: bool | None = None,
        quarantine_spam: bool | None = None,
        quarantine_virus: bool | None = None,
        quarantine_banned: bool | None = None,
        quarantine_bad_header: bool | None = None,
        prefix_spam_in_subject: bool | None = None,
        always_insert_x_spam_headers: bool | None = None,
        spam_score: Text | None = None,
        banned_rulenames: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Set a spam policy. What is left out has its default.

        account: `global`, the name of a domain, or a mail address.
        bypass_spam_checks: Do not look for spam.
        bypass_virus_checks: Do not look for viruses.
        bypass_banned_checks: Do not look for banned attachments.
        bypass_header_checks: Do not look for bad headers.
        quarantine_spam: Keep spam in quarantine.
        quarantine_virus: Keep viruses in quarantine.
        quarantine_banned: Keep mail with banned attachments in quarantine.
        quarantine_bad_header: Keep mail with bad headers in quarantine.
        prefix_spam_in_subject: Put a word before the subject of spam.
        always_insert_x_spam_headers: Add the X-Spam headers to all mail.
        spam_score: Score from which mail is spam.
        banned_rulenames: Names of amavisd's rules for banned attachments.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "spam_policy.set",
            (account,),
            {
                "bypass_spam_checks": bypass_spam_checks,
                "bypass_virus_checks": bypass_virus_checks,
                "bypass_banned_checks": bypass_banned_checks,
                "bypass_header_checks": bypass_header_checks,
                "quarantine_spam": quarantine_spam,
                "quarantine_virus": quarantine_virus,
                "quarantine_banned": quarantine_banned,
                "quarantine_bad_header": quarantine_bad_header,
                "prefix_spam_in_subject": prefix_spam_in_subject,
                "always_insert_x_spam_headers": always_insert_x_spam_headers,
                "spam_score": spam_score,
                "banned_rulenames": banned_rulenames,
                "dry_run": dry_run or None,
            },
        )

    async def delete(self, account: str, *, dry_run: bool = False) -> None:
        """Remove a spam policy.

        account: `global`, the name of a domain, or a mail address.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call("spam_policy.delete", (account,), {"dry_run": dry_run or None})


class Throttle:
    """Limits of how much mail goes in or out: global, of a domain, of a user."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def get(self, account: str, direction: Literal["inbound", "outbound"]) -> Document:
        """The throttle set here; empty when none is.

        account: `global`, the name of a domain, or a mail address.
        direction: Which way the mail goes.
        """
        answer: Document = await self._caller._call(
            "throttle.get",
            (
                account,
                direction,
            ),
            {},
        )
        return answer

    async def set(
        self,
        account: str,
        direction: Literal["inbound", "outbound"],
        *,
        period: int,
        msg_size: int | None = None,
        max_msgs: int | None = None,
        max_quota: int | None = None,
        max_rcpts: int | None = None,
        dry_run: bool = False,
    ) -> None:
        """Set a throttle in place of what was set here.

        account: `global`, the name of a domain, or a mail address.
        direction: Which way the mail goes.
        period: Length of the period, in seconds.
        msg_size: Largest message, in bytes. 0 is unlimited, -1 leaves it to the next wider setting.
        max_msgs: Most messages in the period. 0 is unlimited, -1 leaves it to the next wider setting.
        max_quota: Most bytes in the period. 0 is unlimited, -1 leaves it to the next wider setting.
        max_rcpts: Most recipients of one message. 0 is unlimited, -1 leaves it to the next wider setting. (Postroom
            only)
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "throttle.set",
            (
                account,
                direction,
            ),
            {
                "period": period,
                "msg_size": msg_size,
                "max_msgs": max_msgs,
                "max_quota": max_quota,
                "max_rcpts": max_rcpts,
                "dry_run": dry_run or None,
            },
        )

    async def delete(self, account: str, direction: Literal["inbound", "outbound"], *, dry_run: bool = False) -> None:
        """Remove a throttle.

        account: `global`, the name of a domain, or a mail address.
        direction: Which way the mail goes.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        Postroom only.
        """
        await self._caller._call(
            "throttle.delete",
            (
                account,
                direction,
            ),
            {"dry_run": dry_run or None},
        )


class Wblist:
    """Senders and recipients that are always or never accepted: global, of a domain, of a user."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def get(
        self, direction: Literal["inbound", "outbound"], list: Literal["whitelist", "blacklist"], account: str
    ) -> Strings:
        """The addresses in a list.

        direction: Which way the mail goes.
        list: Which of the two lists.
        account: `global`, the name of a domain, or a mail address.
        """
        answer: Strings = await self._caller._call(
            "wblist.get",
            (
                direction,
                list,
                account,
            ),
            {},
        )
        return answer

    async def add(
        self,
        direction: Literal["inbound", "outbound"],
        list: Literal["whitelist", "blacklist"],
        account: str,
        *,
        addresses: Names,
        dry_run: bool = False,
    ) -> None:
        """Add addresses to a list.

        direction: Which way the mail goes.
        list: Which of the two lists.
        account: `global`, the name of a domain, or a mail address.
        addresses: Addresses: IP, CIDR, `user@domain`, `@domain`, `@.domain` (with sub-domains), `@.` (everybody).
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "wblist.add",
            (
                direction,
                list,
                account,
            ),
            {"addresses": addresses, "dry_run": dry_run or None},
        )

    async def remove(
        self,
        direction: Literal["inbound", "outbound"],
        list: Literal["whitelist", "blacklist"],
        account: str,
        *,
        addresses: Names,
        dry_run: bool = False,
    ) -> None:
        """Remove addresses from a list.

        direction: Which way the mail goes.
        list: Which of the two lists.
        account: `global`, the name of a domain, or a mail address.
        addresses: Addresses: IP, CIDR, `user@domain`, `@domain`, `@.domain` (with sub-domains), `@.` (everybody).
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "wblist.remove",
            (
                direction,
                list,
                account,
            ),
            {"addresses": addresses, "dry_run": dry_run or None},
        )

    async def clear(
        self,
        direction: Literal["inbound", "outbound"],
        list: Literal["whitelist", "blacklist"],
        account: str,
        *,
        dry_run: bool = False,
    ) -> None:
        """Remove all addresses from a list.

        direction: Which way the mail goes.
        list: Which of the two lists.
        account: `global`, the name of a domain, or a mail address.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "wblist.clear",
            (
                direction,
                list,
                account,
            ),
            {"dry_run": dry_run or None},
        )


class Greylisting:
    """Greylisting: global, of a domain, of a user."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def all(self) -> Documents:
        """Every greylisting setting.

        For global admins.
        """
        answer: Documents = await self._caller._call("greylisting.all", (), {})
        return answer

    async def get(self, account: str) -> Document:
        """The greylisting setting made here; empty when none is.

        account: `global`, the name of a domain, or a mail address.
        """
        answer: Document = await self._caller._call("greylisting.get", (account,), {})
        return answer

    async def set(self, account: str, *, status: Literal["enable", "disable"], dry_run: bool = False) -> None:
        """Switch greylisting on or off.

        account: `global`, the name of a domain, or a mail address.
        status: What to do.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call("greylisting.set", (account,), {"status": status, "dry_run": dry_run or None})

    async def delete(self, account: str, *, dry_run: bool = False) -> None:
        """Remove the setting: the next wider one holds.

        account: `global`, the name of a domain, or a mail address.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call("greylisting.delete", (account,), {"dry_run": dry_run or None})

    async def whitelists(self, account: str) -> Strings:
        """Senders that are never greylisted.

        account: `global`, the name of a domain, or a mail address.
        """
        answer: Strings = await self._caller._call("greylisting.whitelists", (account,), {})
        return answer

    async def set_whitelists(
        self,
        account: str,
        *,
        senders: Names | None = None,
        add_senders: Names | None = None,
        remove_senders: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change the senders that are never greylisted.

        account: `global`, the name of a domain, or a mail address.
        senders: Exactly these; empty is none.
        add_senders: Further ones.
        remove_senders: Those that go.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        """
        await self._caller._call(
            "greylisting.set_whitelists",
            (account,),
            {
                "senders": senders,
                "addSenders": add_senders,
                "removeSenders": remove_senders,
                "dry_run": dry_run or None,
            },
        )

    async def spf_domains(self) -> Strings:
        """Domains whose servers, as told by SPF and MX, are never greylisted.

        For global admins.
        Postroom only.
        """
        answer: Strings = await self._caller._call("greylisting.spf_domains", (), {})
        return answer

    async def set_spf_domains(
        self,
        *,
        domains: Names | None = None,
        add_domains: Names | None = None,
        remove_domains: Names | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change the domains whose servers are never greylisted.

        domains: Exactly these; empty is none.
        add_domains: Further ones.
        remove_domains: Those that go.
        dry_run: Say what would happen, and change nothing. For every call that changes something. (Postroom only)
        For global admins.
        """
        await self._caller._call(
            "greylisting.set_spf_domains",
            (),
            {
                "domains": domains,
                "addDomains": add_domains,
                "removeDomains": remove_domains,
                "dry_run": dry_run or None,
            },
        )


class Ldif:
    """Entries of LDAP servers as LDIF."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def domain(self, domain: str) -> str:
        """The entry of a domain as LDIF.

        domain: Name of a domain.
        LDAP servers only.
        """
        answer: str = await self._caller._call("ldif.domain", (domain,), {})
        return answer

    async def catchall(self, domain: str) -> str:
        """The entry of the catch-all of a domain as LDIF.

        domain: Name of a domain.
        LDAP servers only.
        """
        answer: str = await self._caller._call("ldif.catchall", (domain,), {})
        return answer

    async def admin(self, mail: str) -> str:
        """The entry of a standalone admin as LDIF.

        mail: Full mail address of an account.
        For global admins.
        LDAP servers only.
        """
        answer: str = await self._caller._call("ldif.admin", (mail,), {})
        return answer

    async def user(self, mail: str) -> str:
        """The entry of a user as LDIF.

        mail: Full mail address of an account.
        LDAP servers only.
        """
        answer: str = await self._caller._call("ldif.user", (mail,), {})
        return answer

    async def maillist(self, mail: str) -> str:
        """The entry of a mailing list as LDIF.

        mail: Full mail address of an account.
        LDAP servers only.
        """
        answer: str = await self._caller._call("ldif.maillist", (mail,), {})
        return answer

    async def alias(self, mail: str) -> str:
        """The entry of an alias as LDIF.

        mail: Full mail address of an account.
        LDAP servers only.
        """
        answer: str = await self._caller._call("ldif.alias", (mail,), {})
        return answer


class Log:
    """The admin log. Postroom only."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def list(
        self,
        *,
        domain: Text | None = None,
        admin: Text | None = None,
        event: Text | None = None,
        search: Text | None = None,
        limit: int | None = None,
        after: Text | None = None,
    ) -> Documents:
        """The admin log, newest first.

        domain: Only what concerns this domain. (Postroom only)
        admin: Only what this admin did. (Postroom only)
        event: Only this kind of event. (Postroom only)
        search: Only names or addresses that contain this. (Postroom only)
        limit: At most so many; `_next` in the answer says where the rest begins. (Postroom only)
        after: Go on behind this one: `_next` of the answer before. (Postroom only)
        `iterate` goes through long lists.
        Postroom only.
        """
        answer: Documents = await self._caller._call(
            "log.list",
            (),
            {"domain": domain, "admin": admin, "event": event, "search": search, "limit": limit, "after": after},
        )
        return answer

    def iterate(
        self,
        *,
        domain: Text | None = None,
        admin: Text | None = None,
        event: Text | None = None,
        search: Text | None = None,
        page_size: int = 1000,
    ) -> AsyncIterator[Document]:
        """The admin log, newest first, one after the other; from servers that can, page by page.

        domain: Only what concerns this domain. (Postroom only)
        admin: Only what this admin did. (Postroom only)
        event: Only this kind of event. (Postroom only)
        search: Only names or addresses that contain this. (Postroom only)
        page_size: How many rows to ask for at once.
        """
        return self._caller._rows(
            "log.list", (), {"domain": domain, "admin": admin, "event": event, "search": search}, page_size
        )


class Resources(Caller):
    """The resources of a client, as its attributes."""

    def __init__(self) -> None:
        self.domains = Domains(self)
        self.admins = Admins(self)
        self.users = Users(self)
        self.aliases = Aliases(self)
        self.maillists = Maillists(self)
        self.subscribable_lists = SubscribableLists(self)
        self.spam_policy = SpamPolicy(self)
        self.throttle = Throttle(self)
        self.wblist = Wblist(self)
        self.greylisting = Greylisting(self)
        self.ldif = Ldif(self)
        self.log = Log(self)
