"""Domains, admins, users, aliases and the older mailing lists.

`source` names the section of the collected facts. A parameter's `since` is the date of the public document that has
it first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iredadmin.contract import values
from iredadmin.contract.model import Param, Route, flag, many, number, text

Document = dict[str, Any]

# Everywhere

NAME = text("name", "Display name; of a domain a short description, such as the company.", aliases=("cn",))
STATUS = Param("accountStatus", "status", "Whether the account works.", max_length=10)
PASSWORD = text("password", "The password in plain text.", secret=True, max_length=1024, conflicts=("password_hash",))
PASSWORD_HASH = text(
    "password_hash", "A ready hash with its prefix, such as `{SSHA512}…`; the rules for passwords do not apply.",
    secret=True, max_length=1024, conflicts=("password",), since="2019-03",
)  # fmt: skip
LANGUAGE = text(
    "language",
    "Preferred language of the web interface, such as `en_US`.",
    aliases=("preferredLanguage",),
    max_length=20,
)
TRANSPORT = text("transport", "Postfix transport, such as `dovecot`.", conflicts=("is_backupmx", "primarymx"),
                 global_only=True)  # fmt: skip
USER_TRANSPORT = text("transport", "Postfix transport of this user; empty is that of the domain.", resets=True)
SENDER_BCC = text("senderBcc", "Copy of what is sent goes to this address; empty ends it.", resets=True)
RECIPIENT_BCC = text("recipientBcc", "Copy of what is received goes to this address; empty ends it.", resets=True)
EMAIL_ONLY = flag("email_only", "Only the addresses.", since="2019-04")
DISABLED_ONLY = flag("disabled_only", "Only accounts that are disabled.", since="2017-08")
PAGE = (
    text("search", "Only names or addresses that contain this.", ours=True),
    number("limit", "At most so many; `_next` in the answer says where the rest begins.", minimum=1, maximum=10_000,
           ours=True),
    text("after", "Go on behind this one: `_next` of the answer before.", ours=True),
)  # fmt: skip

# Domains

DOMAIN_NUMBERS = (
    number("quota", "Mailbox quota of the whole domain, in MB; 0 is unlimited.", global_only=True, **values.MB),
    number("defaultQuota", "Quota of new users, in MB; 0 is unlimited.", **values.MB),
    number("maxUserQuota", "Largest quota a user may get, in MB; 0 is unlimited.", **values.MB),
    number("numberOfUsers", "Most users; 0 is unlimited, -1 none.", minimum=-1, global_only=True),
    number("numberOfAliases", "Most aliases; 0 is unlimited, -1 none.", minimum=-1, global_only=True),
    number("numberOfLists", "Most mailing lists; 0 is unlimited, -1 none.", minimum=-1, global_only=True),
)
DOMAIN_PROFILE = (NAME, *DOMAIN_NUMBERS, LANGUAGE, TRANSPORT, SENDER_BCC, RECIPIENT_BCC)
# Whoever may create domains has limits of their own, and may share these out.
NEW_DOMAIN = (NAME, *(replace(param, global_only=False) for param in DOMAIN_NUMBERS), *DOMAIN_PROFILE[7:])
_DOMAIN_SERVICES: dict[str, Any] = {
    "values": values.DOMAIN_SERVICES, "ldap_values": values.LDAP_DOMAIN_SERVICES, "global_only": True,
    "since": "2016-07",
}  # fmt: skip
ENABLE_SERVICE = many("addService", "Switch these services on.", aliases=("enableService",), conflicts=("services",),
                      **_DOMAIN_SERVICES)  # fmt: skip
DISABLE_SERVICE = many("removeService", "Switch these services off.", aliases=("disableService",),
                       conflicts=("services",), **_DOMAIN_SERVICES)  # fmt: skip
SERVICES = many("services", "Exactly these services; empty is none.", aliases=("removeAllServices",),
                conflicts=("addService", "removeService"), resets=True, **_DOMAIN_SERVICES)  # fmt: skip


def _switches(kind: str, words: tuple[str, ...], what: str) -> tuple[Param, Param]:
    return (
        many(f"disable{kind}", f"Forbid domain admins these {what}.", values=words, global_only=True, since="2017-08"),
        many(f"enable{kind}", f"Allow domain admins these {what}.", values=words, global_only=True, since="2017-08"),
    )


DOMAIN_UPDATE = (
    *DOMAIN_PROFILE,
    replace(STATUS, global_only=True),
    flag("is_backupmx", "Whether this server is a backup MX for the domain. Conflicts with `transport`.",
         aliases=("backupmx",), conflicts=("transport",), global_only=True),
    text("primarymx", "The primary MX, an address or host with `[host]:port` where needed; without it DNS is asked. "
         "Only with `is_backupmx`.", conflicts=("transport",), global_only=True),
    number("minPasswordLength", "Shortest password of the domain's users.", minimum=0, since="2016-11"),
    number("maxPasswordLength", "Longest password of the domain's users; 0 is no limit.", minimum=0, since="2016-11"),
    many("catchall", "Mail to addresses that are not there goes here; empty ends it.", resets=True, since="2016-11"),
    text("outboundRelay", "Next hop of what the domain sends, such as `smtp:[192.0.2.1]:25`; empty ends it.",
         resets=True, global_only=True, since="2016-11"),
    many("addAliasDomain", "Further names of the domain.", conflicts=("aliasDomains",), since="2018-12"),
    many("removeAliasDomain", "Names that the domain loses.", conflicts=("aliasDomains",), since="2018-12"),
    many("aliasDomains", "Exactly these further names; empty is none.", resets=True,
         conflicts=("addAliasDomain", "removeAliasDomain"), since="2018-12"),
    ENABLE_SERVICE,
    DISABLE_SERVICE,
    SERVICES,
    *_switches("DomainProfile", values.DOMAIN_PROFILES, "parts of the domain's profile"),
    *_switches("UserProfile", values.USER_PROFILES, "parts of users' profiles"),
    *_switches("UserPreference", values.USER_PREFERENCES, "preferences of users"),
)  # fmt: skip

DOMAINS = (
    Route("domains.list", "GET", ("/domains",), "The domains that the caller manages.",
          (flag("name_only", "Only the names.", since="2017-08"), DISABLED_ONLY, *PAGE),
          data=list[Document] | dict[str, Document] | list[str], since="2017-08", source="3.2"),
    Route("domains.get", "GET", ("/domain/{domain}",), "Profile of a domain.", data=Document, since="2017-01",
          source="3.2, 4"),
    Route("domains.create", "POST", ("/domain/{domain}",), "Create a domain.", NEW_DOMAIN, who="creator",
          seed="yes", source="3.2"),
    Route("domains.update", "PUT", ("/domain/{domain}",), "Change the profile of a domain.", DOMAIN_UPDATE,
          seed="upcoming", source="3.2"),
    Route("domains.delete", "DELETE", ("/domain/{domain}",),
          "Delete a domain with all its accounts; the files of the mailboxes are kept for ever.", who="creator",
          seed="yes", source="3.2"),
    Route("domains.delete_keeping", "DELETE", ("/domain/{domain}/keep_mailbox_days/{days}",),
          "Delete a domain with all its accounts; note when the files of the mailboxes may go.", who="creator",
          since="2017-01", source="3.2"),
    Route("domains.admins", "PUT", ("/domain/admins/{domain}",), "Who manages a domain.",
          (many("addAdmin", "Addresses that manage the domain from now on."),
           many("removeAdmin", "Addresses that no longer do."),
           text("removeAllAdmins", "Present, with any value: nobody manages it.", resets=True, presence=True)),
          since="2016-08", source="3.2"),
    Route("domains.ownership", "GET", ("/domain/ownership/{domain}",),
          "What is still to be proved before the domain, or a further name of it, works: a code for its DNS.",
          data=list[Document], ours=True),
    Route("domains.verify", "POST", ("/domain/ownership/{domain}",),
          "Look for the codes in TXT records, and let what is proved work.", ours=True),
    Route("domains.get_services", "GET", ("/domain/services/{domain}",), "The services of a domain.", who="global",
          data=list[str], since="2016-07", source="3.2", withdrawn=True),
    Route("domains.set_services", "PUT", ("/domain/services/{domain}",), "Switch services of a domain on or off.",
          (ENABLE_SERVICE, DISABLE_SERVICE, SERVICES), who="global", since="2016-07", source="3.2", withdrawn=True),
)  # fmt: skip

# Standalone admins

ADMIN_PROFILE = (
    NAME,
    STATUS,
    LANGUAGE,
    flag("isGlobalAdmin", "Whether the admin manages everything; the limits below are for those who do not."),
    flag("createNewDomains", "Whether the admin may create domains.", ours=True),
    number("maxDomains", "Most domains the admin may create; 0 is unlimited, -1 none.", minimum=-1),
    number("maxQuota", "Most quota of these together, in `quotaUnit`; 0 is unlimited.", minimum=0),
    text("quotaUnit", "Unit of `maxQuota`; the two come together.", values=values.QUOTA_UNITS),
    number("maxUsers", "Most users in these.", minimum=-1),
    number("maxAliases", "Most aliases in these.", minimum=-1),
    number("maxLists", "Most mailing lists in these.", minimum=-1),
    flag("disableViewingMailLog", "Forbid a look at the mail log.", since="2018-12"),
    flag("disableManagingQuarantinedMails", "Forbid to manage mail in quarantine.", since="2018-12"),
)
VERIFIED = (text("password", "The password to be tried.", required=True, secret=True, max_length=1024),)

ADMINS = (
    Route("admins.list", "GET", ("/admins",), "All standalone admins.", (EMAIL_ONLY, *PAGE), who="global",
          data=list[Document] | dict[str, Document] | list[str], ours=True),
    Route("admins.get", "GET", ("/admin/{mail}",), "Profile of a standalone admin.", who="global", data=Document,
          since="2017-01", source="3.3, 4"),
    Route("admins.create", "POST", ("/admin/{mail}",), "Create a standalone admin.",
          (*ADMIN_PROFILE, PASSWORD, PASSWORD_HASH), who="global", since="2017-01", source="3.3"),
    Route("admins.update", "PUT", ("/admin/{mail}",), "Change the profile of a standalone admin.",
          (*ADMIN_PROFILE, PASSWORD, PASSWORD_HASH), who="global", since="2017-01", source="3.3"),
    Route("admins.delete", "DELETE", ("/admin/{mail}",), "Delete a standalone admin.", who="global", since="2017-01",
          source="3.3"),
    Route("admins.verify_password", "POST", ("/verify_password/admin/{mail}",), "Whether this is the admin's password.",
          VERIFIED, who="global", since="2016-10", source="3.3"),
)  # fmt: skip

# Users

QUOTA = number("quota", "Mailbox quota in MB; 0 is unlimited.", aliases=("mailQuota",), **values.MB)
NEW_QUOTA = replace(QUOTA, doc=f"{QUOTA.doc} Without it the domain's default.")
MAILBOX = (
    text("mailboxFormat", "Format of the mailbox, such as `maildir` or `mdbox`.", max_length=50, since="2019-03"),
    text("mailboxFolder", "Folder of the mailbox in the user's home; its case counts.", max_length=50, since="2019-03"),
    text("maildir", "Absolute path of the user's home.", global_only=True, since="2019-03"),
)
NAMES = (
    text("gn", "Given name.", aliases=("givenName",), since="2018-12"),
    text("sn", "Surname.", since="2018-12"),
)
ALIASES = many("aliases", "Exactly these further addresses of the user; empty is none.", resets=True,
               conflicts=("addAlias", "removeAlias"), since="2016-11")  # fmt: skip
USER_UPDATE = (
    NAME,
    *NAMES,
    PASSWORD,
    PASSWORD_HASH,
    QUOTA,
    STATUS,
    LANGUAGE,
    USER_TRANSPORT,
    text("employeeid", "Number of the employee.", resets=True, since="2016-11"),
    flag("isGlobalAdmin", "Whether the user manages everything.", global_only=True, since="2017-08"),
    many("forwarding", "Exactly where mail goes; with the own address a copy stays. Empty ends it.", resets=True,
         conflicts=("addForwarding", "removeForwarding"), since="2016-10"),
    many("addForwarding", "Further addresses to which mail goes.", conflicts=("forwarding",), since="2020-02"),
    many("removeForwarding", "Addresses to which mail no longer goes.", conflicts=("forwarding",), since="2020-02"),
    SENDER_BCC,
    RECIPIENT_BCC,
    ALIASES,
    many("addAlias", "Further addresses of the user.", conflicts=("aliases",), since="2016-11"),
    many("removeAlias", "Addresses that the user loses.", conflicts=("aliases",), since="2016-11"),
    many("services", "Exactly these services; empty is none.", resets=True, conflicts=("addService", "removeService"),
         since="2017-08"),
    many("addService", "Switch these services on.", conflicts=("services",), since="2017-08"),
    many("removeService", "Switch these services off.", conflicts=("services",), since="2017-08"),
    *MAILBOX,
    many("telephoneNumber", "Telephone numbers.", resets=True, backends="LDAP", since="2020-02"),
    many("mobile", "Mobile numbers.", resets=True, backends="LDAP", since="2020-02"),
)  # fmt: skip
NEW_PASSWORD = text("password", "The new password.", required=True, secret=True, max_length=1024)

USERS = (
    Route("users.list", "GET", ("/users/{domain}",), "The users of a domain, by address.",
          (EMAIL_ONLY, DISABLED_ONLY, *PAGE), data=list[Document] | dict[str, Document] | list[str], since="2019-04",
          source="3.4, 4"),
    Route("users.get", "GET", ("/user/{mail}",), "Profile of a user.", data=Document, since="2017-01",
          source="3.4, 4"),
    Route("users.create", "POST", ("/user/{mail}",), "Create a mail user.",
          (NAME, *NAMES, PASSWORD, PASSWORD_HASH, LANGUAGE, NEW_QUOTA, *MAILBOX, ALIASES), seed="yes", source="3.4"),
    Route("users.update", "PUT", ("/user/{mail}",), "Change the profile of a user.", USER_UPDATE, seed="yes",
          source="3.4"),
    Route("users.delete", "DELETE", ("/user/{mail}",), "Delete a user; the files of the mailbox are kept for ever.",
          seed="yes", source="3.4"),
    Route("users.delete_keeping", "DELETE", ("/user/{mail}/keep_mailbox_days/{days}",),
          "Delete a user; note when the files of the mailbox may go.", since="2017-01", source="3.4"),
    Route("users.change_email", "POST", ("/user/{mail}/change_email/{new_mail}",),
          "Give a user another address; the mailbox stays where it is.", methods=("PUT",), since="2016-11",
          source="3.4"),
    Route("users.update_all", "PUT", ("/users/{domain}",), "Change the profiles of all users of a domain.",
          (STATUS, PASSWORD, LANGUAGE, USER_TRANSPORT), seed="upcoming", source="3.4"),
    Route("users.verify_password", "POST", ("/verify_password/user/{mail}",), "Whether this is the user's password.",
          VERIFIED, who="global", since="2016-10", source="3.4"),
    Route("users.set_password", "PUT", ("/user/{mail}/password",), "Change the password of a user.", (NEW_PASSWORD,),
          since="2016-04", source="1, 3.4", withdrawn=True),
    Route("users.set_all_passwords", "PUT", ("/users/{domain}/password",),
          "Change the password of all users of a domain.", (NEW_PASSWORD,), since="2016-04", source="1, 3.4",
          withdrawn=True),
)  # fmt: skip

# Aliases and lists

ALIAS_POLICY = text("accessPolicy", "Who may write to it.", values=values.ALIAS_POLICIES, max_length=30, backends="SQL")
LIST_POLICY = text("accessPolicy", "Who may write to it.", values=values.ALIAS_POLICIES, max_length=30)
MEMBERS = many("members", "Exactly these members; empty is none.", resets=True, conflicts=("addMember", "removeMember"),
               since="2017-01")  # fmt: skip
CHANGED_MEMBERS = (
    many("addMember", "Further members.", conflicts=("members",), since="2017-01"),
    many("removeMember", "Members that go.", conflicts=("members",), since="2017-01"),
)

ALIAS_ACCOUNTS = (
    Route("aliases.list", "GET", ("/aliases/{domain}",), "The aliases of a domain, by address.",
          (EMAIL_ONLY, DISABLED_ONLY, *PAGE), data=list[Document] | dict[str, Document] | list[str], since="2019-04",
          source="3.7, 4"),
    Route("aliases.get", "GET", ("/alias/{mail}",), "Profile of an alias, with its members.", data=Document,
          since="2017-01", source="3.7, 4"),
    Route("aliases.create", "POST", ("/alias/{mail}",), "Create an alias.", (NAME, ALIAS_POLICY, MEMBERS),
          seed="upcoming", source="3.7"),
    Route("aliases.update", "PUT", ("/alias/{mail}",), "Change the profile of an alias.",
          (NAME, ALIAS_POLICY, STATUS, MEMBERS, *CHANGED_MEMBERS), seed="yes", source="3.7"),
    Route("aliases.delete", "DELETE", ("/alias/{mail}",), "Delete an alias.", seed="yes", source="3.7"),
    Route("aliases.change_email", "POST", ("/alias/{mail}/change_email/{new_mail}",),
          "Give an alias another address.", since="2016-11", source="3.7"),
)  # fmt: skip

MAIL_LISTS = (
    Route("maillists.get", "GET", ("/maillist/{mail}",), "Profile of a mailing list, with its members.", data=Document,
          backends="LDAP", since="2017-01", source="3.6, 4"),
    Route("maillists.create", "POST", ("/maillist/{mail}",), "Create a mailing list.", (NAME, LIST_POLICY, MEMBERS),
          backends="LDAP", seed="yes", source="3.6"),
    Route("maillists.update", "PUT", ("/maillist/{mail}",), "Change the profile of a mailing list.",
          (NAME, LIST_POLICY, MEMBERS, *CHANGED_MEMBERS), backends="LDAP", seed="yes", source="3.6"),
    Route("maillists.delete", "DELETE", ("/maillist/{mail}",), "Delete a mailing list.",
          (flag("archive", "For mlmmj lists only: keep the archive.", since="2018-12"),), backends="LDAP", seed="yes",
          source="3.6"),
)  # fmt: skip

# Subscribable lists, which come with mlmmj

_ML_FLAGS = (
    "is_newsletter", "close_list", "only_moderator_can_post", "only_subscriber_can_post", "disable_subscription",
    "disable_subscription_confirm", "disable_digest_subscription", "disable_digest_text", "disable_nomail_subscription",
    "moderated", "moderate_non_subscriber_post", "disable_retrieving_old_posts", "only_subscriber_can_get_old_posts",
    "disable_retrieving_subscribers", "disable_send_copy_to_sender", "notify_owner_when_sub_unsub",
    "notify_sender_when_moderated", "disable_archive", "moderate_subscription",
)  # fmt: skip
_ML_PROFILE = (
    NAME, STATUS, LIST_POLICY, text("newsletter_description", "What the newsletter is about.", max_length=1 << 16),
    *(flag(name, name.replace("_", " ").capitalize() + ".") for name in _ML_FLAGS),
    *(many(name, name.replace("_", " ").capitalize() + ".", resets=True)
      for name in ("extra_addresses", "subscription_moderators", "owner", "moderators", "remove_headers")),
    number("max_message_size", "Largest message, in bytes.", minimum=0, aliases=("maxMailSize",)),
    *(text(name, name.replace("_", " ").capitalize() + ".", max_length=1 << 16, resets=True)
      for name in ("subject_prefix", "custom_headers", "footer_text", "footer_html")),
)  # fmt: skip
_SUBSCRIPTION = (
    flag("require_confirm", "Whether new subscribers are asked."),
    text("subscription", "How they get the mail.", values=("normal", "digest", "nomail")),
)

SUBSCRIBABLE_LISTS = (
    Route("subscribable_lists.list", "GET", ("/mls/{domain}",), "The subscribable lists of a domain.", (EMAIL_ONLY,),
          data=list[Document] | list[str], since="2019-03", source="3.5", built=False),
    Route("subscribable_lists.get", "GET", ("/ml/{mail}",), "Profile of a subscribable list.",
          (flag("with_subscribers", "The subscribers too."),), data=Document, since="2018-12", source="3.5",
          built=False),
    Route("subscribable_lists.create", "POST", ("/ml/{mail}",), "Create a subscribable list.",
          (*_ML_PROFILE, many("subscribers", "First subscribers."), *_SUBSCRIPTION), since="2018-12", source="3.5",
          built=False),
    Route("subscribable_lists.update", "PUT", ("/ml/{mail}",), "Change a subscribable list.",
          (*_ML_PROFILE, many("add_subscribers", "Further subscribers."),
           many("remove_subscribers", "Subscribers that go; `ALL` is everybody."), *_SUBSCRIPTION), since="2018-12",
          source="3.5", built=False),
    Route("subscribable_lists.delete", "DELETE", ("/ml/{mail}",), "Delete a subscribable list.",
          (flag("keep_archive", "Keep the archive.", aliases=("archive",)),), since="2018-12", source="3.5",
          built=False),
)  # fmt: skip
