"""Sign-in, spam policies, throttles, white- and blacklists, greylisting, LDIF, and what Postroom adds.

`source` names the section of the collected facts.
"""

from __future__ import annotations

from iredadmin.contract import values
from iredadmin.contract.accounts import PAGE, Document
from iredadmin.contract.model import Route, flag, many, number, text

SESSION = (
    Route("session.login", "POST", ("/login",), "Sign in; the answer sets a cookie.",
          (text("username", "Full mail address of an admin.", required=True),
           text("password", "The password in plain text.", required=True, secret=True, max_length=1024)),
          who="anyone", seed="no", since="2016-04", source="2, 3.1"),
    Route("session.logout", "POST", ("/logout",), "End the session.", who="anyone", ours=True),
)  # fmt: skip

# Spam policies


def _scoped(form: str, domain: str = "{domain}", mail: str = "{mail}") -> tuple[str, ...]:
    """The three paths of a policy."""
    return form.format("global"), form.format(domain), form.format(mail)


_SPAM = _scoped("/spampolicy/{}", "domain/{domain}", "user/{mail}")
SPAM_POLICY = (
    flag("bypass_spam_checks", "Do not look for spam."),
    flag("bypass_virus_checks", "Do not look for viruses."),
    flag("bypass_banned_checks", "Do not look for banned attachments."),
    flag("bypass_header_checks", "Do not look for bad headers."),
    flag("quarantine_spam", "Keep spam in quarantine."),
    flag("quarantine_virus", "Keep viruses in quarantine."),
    flag("quarantine_banned", "Keep mail with banned attachments in quarantine."),
    flag("quarantine_bad_header", "Keep mail with bad headers in quarantine."),
    flag("prefix_spam_in_subject", "Put a word before the subject of spam."),
    flag("always_insert_x_spam_headers", "Add the X-Spam headers to all mail."),
    text("spam_score", "Score from which mail is spam.", max_length=20, resets=True),
    many("banned_rulenames", "Names of amavisd's rules for banned attachments.", cased=True, resets=True, since="2021"),
)

SPAM = (
    Route("spam_policy.get", "GET", _SPAM, "The spam policy set here; empty when none is.", data=Document,
          since="2016-12", source="3.8, 4"),
    Route("spam_policy.set", "PUT", _SPAM, "Set a spam policy. What is left out has its default.", SPAM_POLICY,
          since="2016-12", source="3.8"),
    Route("spam_policy.delete", "DELETE", _SPAM, "Remove a spam policy.", since="2016-12", source="3.8"),
)  # fmt: skip

# Throttles

_THROTTLE = _scoped("/throttle/{}/{{direction}}")
_INHERIT = "0 is unlimited, -1 leaves it to the next wider setting."
THROTTLE_LIMITS = (
    number("period", "Length of the period, in seconds.", required=True, minimum=1),
    number("msg_size", f"Largest message, in bytes. {_INHERIT}", minimum=-1),
    number("max_msgs", f"Most messages in the period. {_INHERIT}", minimum=-1),
    number("max_quota", f"Most bytes in the period. {_INHERIT}", minimum=-1),
    number("max_rcpts", f"Most recipients of one message. {_INHERIT}", minimum=-1, ours=True),
)

THROTTLES = (
    Route("throttle.get", "GET", _THROTTLE, "The throttle set here; empty when none is.", data=Document, seed="yes",
          source="3.9, 4"),
    Route("throttle.set", "POST", _THROTTLE, "Set a throttle in place of what was set here.", THROTTLE_LIMITS,
          seed="yes", source="3.9"),
    Route("throttle.delete", "DELETE", _THROTTLE, "Remove a throttle.", ours=True),
)  # fmt: skip

# White- and blacklists

_WBLIST = _scoped("/wblist/{{direction}}/{{list}}/{}")
_ADDRESSES = "Addresses: IP, CIDR, `user@domain`, `@domain`, `@.domain` (with sub-domains), `@.` (everybody)."

WBLISTS = (
    Route("wblist.get", "GET", _WBLIST, "The addresses in a list.", data=list[str], since="2019-08", source="3.10, 4"),
    Route("wblist.add", "POST", _WBLIST, "Add addresses to a list.", (many("addresses", _ADDRESSES, required=True),),
          since="2019-08", source="3.10"),
    Route("wblist.remove", "PUT", _WBLIST, "Remove addresses from a list.",
          (many("addresses", _ADDRESSES, required=True),), since="2019-08", source="3.10"),
    Route("wblist.clear", "DELETE", _WBLIST, "Remove all addresses from a list.", since="2019-08", source="3.10"),
)  # fmt: skip

# Greylisting

_GREY = _scoped("/greylisting/{}")
_GREY_WHITE = _scoped("/greylisting/{}/whitelists")

GREYLISTING = (
    Route("greylisting.all", "GET", ("/greylisting/all",), "Every greylisting setting.", who="global",
          data=list[Document], since="2017-08", source="3.11, 4"),
    Route("greylisting.get", "GET", _GREY, "The greylisting setting made here; empty when none is.", data=Document,
          since="2017-08", source="3.11, 4"),
    Route("greylisting.set", "POST", _GREY, "Switch greylisting on or off.",
          (text("status", "What to do.", required=True, values=values.GREYLISTING_STATES, max_length=10),),
          since="2017-08", source="3.11"),
    Route("greylisting.delete", "DELETE", _GREY, "Remove the setting: the next wider one holds.", since="2017-08",
          source="3.11"),
    Route("greylisting.whitelists", "GET", _GREY_WHITE, "Senders that are never greylisted.", data=list[str],
          since="2017-08", source="3.11, 4"),
    Route("greylisting.set_whitelists", "POST", _GREY_WHITE, "Change the senders that are never greylisted.",
          (many("senders", "Exactly these; empty is none.", resets=True, conflicts=("addSenders", "removeSenders")),
           many("addSenders", "Further ones.", conflicts=("senders",)),
           many("removeSenders", "Those that go.", conflicts=("senders",))), since="2017-08", source="3.11"),
    Route("greylisting.spf_domains", "GET", ("/greylisting/whitelist_spf_domains",),
          "Domains whose servers, as told by SPF and MX, are never greylisted.", who="global", data=list[str],
          ours=True),
    Route("greylisting.set_spf_domains", "POST", ("/greylisting/whitelist_spf_domains",),
          "Change the domains whose servers are never greylisted.",
          (many("domains", "Exactly these; empty is none.", resets=True, conflicts=("addDomains", "removeDomains")),
           many("addDomains", "Further ones.", conflicts=("domains",)),
           many("removeDomains", "Those that go.", conflicts=("domains",))), who="global", since="2017-08",
          source="3.11"),
)  # fmt: skip

# LDIF


def _ldif(kind: str, place: str, what: str, who: str = "domain") -> Route:
    return Route(f"ldif.{kind}", "GET", (f"/ldif/{kind}/{{{place}}}",), f"The entry of {what} as LDIF.",
                 who="global" if who == "global" else "domain", data=str, backends="LDAP", seed="upcoming",
                 source="3.12")  # fmt: skip


LDIF = (
    _ldif("domain", "domain", "a domain"),
    _ldif("catchall", "domain", "the catch-all of a domain"),
    _ldif("admin", "mail", "a standalone admin", "global"),
    _ldif("user", "mail", "a user"),
    _ldif("maillist", "mail", "a mailing list"),
    _ldif("alias", "mail", "an alias"),
)

# Ours

LOG = (
    Route("log.list", "GET", ("/log",), "The admin log, newest first.",
          (text("domain", "Only what concerns this domain.", ours=True),
           text("admin", "Only what this admin did.", ours=True),
           text("event", "Only this kind of event.", ours=True), *PAGE),
          data=list[Document], ours=True),
)  # fmt: skip

DRY_RUN = flag(
    "dry_run", "Say what would happen, and change nothing. For every call that changes something.", ours=True
)
