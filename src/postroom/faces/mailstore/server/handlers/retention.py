"""Retention policies and legal holds (Administration API; reference shape: retention policies; holds are our own)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from postroom.archive.instance.periods import Unit
from postroom.archive.retention.criteria import Criteria
from postroom.archive.retention.holds import Hold
from postroom.archive.retention.policies import Policy, Reference
from postroom.archive.retention.process import Run
from postroom.errors import Invalid
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements

KEYS: Final = {
    "unit": "periodInterval",
    "reference": "referenceDateType",
    "query": "searchCriteria.query",
    "fields": "searchCriteria.fields",
    "sender": "searchCriteria.from",
    "recipient": "searchCriteria.to",
    "excluded": "searchCriteria.excludedArchives",
}
"""How the API names what the engine names otherwise."""


class _Criteria(msgspec.Struct, forbid_unknown_fields=True):
    query: str | None = None
    fields: list[str] | None = None
    sender: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    excludedArchives: list[str] | None = None  # noqa: N815

    def criteria(self) -> Criteria:
        """A text that is empty was not given."""
        query, sender, to = (text if text and text.strip() else None for text in (self.query, self.sender, self.to))
        return Criteria(query, tuple(self.fields or ()), sender, to, tuple(self.excludedArchives or ()))


class _Policy(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    period: int
    periodInterval: Unit  # noqa: N815
    referenceDateType: Reference  # noqa: N815
    delete: bool
    enabled: bool = True
    searchCriteria: _Criteria | None = None  # noqa: N815
    fromEndOfYear: bool = False  # noqa: N815
    id: int | None = None

    def policy(self) -> Policy:
        criteria = self.searchCriteria.criteria() if self.searchCriteria else Criteria()
        return Policy(
            name=self.name,
            period=self.period,
            unit=self.periodInterval,
            reference=self.referenceDateType,
            deletes=self.delete,
            criteria=None if criteria == Criteria() else criteria,
            enabled=self.enabled,
            year_end=self.fromEndOfYear,
            id=self.id or 0,
        )


@implements("GetRetentionPolicies")
def get_retention_policies(call: Call) -> list[dict[str, Any]]:
    return [_shown(policy) for policy in call.archive.retention.policies.all()]


@implements("SetRetentionPolicies")
def set_retention_policies(call: Call, config: Any) -> None:
    call.archive.retention.policies.replace(_policies(config), call.by)


@implements("ProcessRetentionPolicies")
def process_retention_policies(call: Call, dryRun: bool | None = None, limit: int | None = None) -> dict[str, Any]:
    return _told(call.archive.process_retention(call.by, call.process, dry=dryRun is True, limit=limit))


@implements("ApproveRetentionRun")
def approve_retention_run(call: Call) -> None:
    call.archive.retention.approvals.give(call.by)


@implements("GetHolds")
def get_holds(call: Call, includeEnded: bool | None = None) -> list[dict[str, Any]]:
    holds = call.archive.retention.holds
    return [_hold(hold) for hold in (holds.in_force() if includeEnded is False else holds.all())]


@implements("CreateHold")
def create_hold(call: Call, name: str, query: str, reason: str) -> int:
    return call.archive.retention.holds.create(name, query, reason, call.by).id


@implements("EndHold")
def end_hold(call: Call, id: int, reason: str) -> None:
    call.archive.retention.holds.end(id, reason, call.by)


def _policies(config: object) -> list[Policy]:
    try:
        given = msgspec.convert(config, list[_Policy])
    except msgspec.ValidationError as error:
        raise Invalid("config", f"a list of retention policies ({error})") from error
    policies = [one.policy() for one in given]
    for place, policy in enumerate(policies):
        try:
            policy.check()
        except Invalid as error:
            raise Invalid(f"config[{place}].{KEYS.get(error.field, error.field)}", error.expected) from error
    return policies


def _shown(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "name": policy.name,
        "enabled": policy.enabled,
        "period": policy.period,
        "periodInterval": policy.unit,
        "referenceDateType": policy.reference,
        "delete": policy.deletes,
        "searchCriteria": _criteria(policy.criteria) if policy.criteria else None,
        "fromEndOfYear": policy.year_end,
    }


def _criteria(criteria: Criteria) -> dict[str, Any]:
    return {
        "query": criteria.query,
        "fields": list(criteria.fields) or None,
        "from": criteria.sender,
        "to": criteria.recipient,
        "excludedArchives": list(criteria.excluded),
    }


def _told(run: Run) -> dict[str, Any]:
    return {
        "dryRun": run.dry,
        "messages": run.messages,
        "due": run.due,
        "removed": run.removed,
        "left": run.left,
        "held": run.held,
        "waiting": run.waiting,
        "policies": [{"name": name, "due": due} for name, due in run.policies.items()],
        "problems": run.problems,
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "name": hold.name,
        "query": hold.query,
        "reason": hold.reason,
        "setBy": hold.set_by,
        "setTime": _time(hold.set_ms),
        "endedBy": hold.ended_by,
        "endedTime": None if hold.ended_ms is None else _time(hold.ended_ms),
    }


def _time(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
