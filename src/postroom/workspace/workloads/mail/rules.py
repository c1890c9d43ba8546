"""Rules of the inbox: whether one fits a message. What they then do is delivery's business.

Source: Microsoft Graph, messageRulePredicates: all conditions must hold, of a list one suffices; no exception may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.mail import headers


@dataclass(frozen=True)
class Facts:
    """What rules ask about a message. `own` are the addresses of the mailbox in lower case."""

    document: Mapping[str, Any]
    content: str
    html: bool
    fields: Sequence[Mapping[str, str]]
    size_bytes: int
    own: frozenset[str]
    content_types: frozenset[str] = frozenset()

    @cached_property
    def body(self) -> str:
        return (text.to_text(self.content) if self.html else self.content).casefold()

    @cached_property
    def subject(self) -> str:
        return str(self.document.get("subject") or "").casefold()

    @cached_property
    def senders(self) -> list[str]:
        return _people(self.document, "from", "sender")

    @cached_property
    def to(self) -> list[str]:
        return _people(self.document, "toRecipients")

    @cached_property
    def cc(self) -> list[str]:
        return _people(self.document, "ccRecipients")

    @cached_property
    def lines(self) -> str:
        return "\n".join(f"{field['name']}: {field['value']}" for field in self.fields).casefold()

    def field(self, name: str) -> str:
        return next((one["value"].lower() for one in self.fields if one["name"].lower() == name), "")


def fits(rule: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a rule applies. One without conditions applies always."""
    return _holds(rule.get("conditions"), facts, all) and not (
        _asked(rule.get("exceptions")) and _holds(rule.get("exceptions"), facts, any)
    )


def fitting(rules: Iterable[Mapping[str, Any]], facts: Facts) -> list[Mapping[str, Any]]:
    """The rules that apply, in their sequence, up to one that ends the processing."""
    found = []
    for rule in sorted(rules, key=lambda one: one.get("sequence") or 0):
        if rule.get("isEnabled", True) and not rule.get("hasError") and fits(rule, facts):
            found.append(rule)
            if (rule.get("actions") or {}).get("stopProcessingRules"):
                break
    return found


def _asked(predicates: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (predicates or {}).items() if value not in (None, [])}


def _holds(predicates: Mapping[str, Any] | None, facts: Facts, together: Callable[[Iterable[bool]], bool]) -> bool:
    return together(
        _PREDICATES[name](value, facts) for name, value in _asked(predicates).items() if name in _PREDICATES
    )


def _people(document: Mapping[str, Any], *names: str) -> list[str]:
    """Addresses and names, in lower case."""
    found: list[dict[str, Any]] = []
    for name in names:
        value = document.get(name)
        found += value if isinstance(value, list) else [value] if value else []
    labels = [str((one.get("emailAddress") or {}).get("name") or "").casefold() for one in found]
    return headers.addresses(found) + labels


def _words(words: Iterable[str], *texts: str) -> bool:
    return any(word.casefold() in one for word in words for one in texts)


def _one_of(recipients: Sequence[dict[str, Any]], found: Iterable[str]) -> bool:
    return not set(headers.addresses(recipients)).isdisjoint(found)


def _is(told: Callable[[Facts], bool]) -> Callable[[Any, Facts], bool]:
    return lambda wanted, facts: told(facts) == wanted


def _mine(found: Iterable[str], facts: Facts) -> bool:
    return not facts.own.isdisjoint(found)


def _sized(wanted: Mapping[str, Any], facts: Facts) -> bool:
    least, most = wanted.get("minimumSize") or 0, wanted.get("maximumSize")
    # Sizes of rules are in KB.
    return least * 1024 <= facts.size_bytes and (not most or facts.size_bytes <= most * 1024)


def _meeting(facts: Facts, *kinds: str) -> bool:
    return str(facts.document.get("meetingMessageType") or "") in kinds


def _automatic(facts: Facts) -> bool:
    return facts.field("auto-submitted").startswith("auto-replied") or bool(facts.field("x-auto-response-suppress"))


_ANSWERS: Final = ("meetingAccepted", "meetingTenativelyAccepted", "meetingDeclined")
_PREDICATES: Final[Mapping[str, Callable[[Any, Facts], bool]]] = {
    "bodyContains": lambda words, facts: _words(words, facts.body),
    "bodyOrSubjectContains": lambda words, facts: _words(words, facts.subject, facts.body),
    "subjectContains": lambda words, facts: _words(words, facts.subject),
    "headerContains": lambda words, facts: _words(words, facts.lines),
    "senderContains": lambda words, facts: _words(words, *facts.senders),
    "recipientContains": lambda words, facts: _words(words, *facts.to, *facts.cc),
    "categories": lambda words, facts: not set(words).isdisjoint(facts.document.get("categories") or []),
    "fromAddresses": lambda people, facts: _one_of(people, facts.senders),
    "sentToAddresses": lambda people, facts: _one_of(people, [*facts.to, *facts.cc]),
    "hasAttachments": _is(lambda facts: bool(facts.document.get("hasAttachments"))),
    "importance": lambda wanted, facts: facts.document.get("importance") == wanted,
    "sensitivity": lambda wanted, facts: facts.document.get("_sensitivity", "normal") == wanted,
    "withinSizeRange": _sized,
    "sentToMe": _is(lambda facts: _mine(facts.to, facts)),
    "sentCcMe": _is(lambda facts: _mine(facts.cc, facts)),
    "sentToOrCcMe": _is(lambda facts: _mine([*facts.to, *facts.cc], facts)),
    "notSentToMe": _is(lambda facts: not _mine(facts.to, facts)),
    "sentOnlyToMe": _is(
        lambda facts: (
            _mine(facts.to, facts) and len(headers.addresses(facts.document["toRecipients"])) == 1 and not facts.cc
        )
    ),
    "isMeetingRequest": _is(lambda facts: _meeting(facts, "meetingRequest")),
    "isMeetingResponse": _is(lambda facts: _meeting(facts, *_ANSWERS)),
    "isAutomaticReply": _is(_automatic),
    "isAutomaticForward": _is(lambda facts: facts.field("auto-submitted").startswith("auto-forwarded")),
    "isNonDeliveryReport": _is(lambda facts: "message/delivery-status" in facts.content_types),
    "isReadReceipt": _is(lambda facts: "message/disposition-notification" in facts.content_types),
    "isSigned": _is(lambda facts: "multipart/signed" in facts.content_types),
    "isEncrypted": _is(lambda facts: bool({"multipart/encrypted", "application/pkcs7-mime"} & facts.content_types)),
    "isVoicemail": _is(lambda facts: facts.field("content-class").startswith("voice")),
    "isApprovalRequest": _is(lambda facts: "approval" in facts.field("x-ms-exchange-organization-approval")),
    "isPermissionControlled": _is(lambda facts: "rpmsg" in facts.field("content-class")),
    "messageActionFlag": lambda wanted, facts: wanted == "any" or facts.field("x-message-flag") == str(wanted).lower(),
}
