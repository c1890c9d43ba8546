"""Whom a throttle may be about: the accounts that match a message, and under which name each of them counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, ip_address

from postroom.accounts.addresses import EVERY_IP, EVERYBODY, Form
from postroom.accounts.enforce.request import domain_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that may have a setting. `who` is the name under which its counters are kept."""

    account: str
    priority: int
    who: str


@lru_cache(2048)
def candidates(mail: str, target: str, client: str) -> tuple[Candidate, ...]:
    """Everything that settings may call this user and client, the most specific first.

    `target` is the same address through its alias domain, or the same. Each user has counters of their own also for
    settings of domains and of everybody, and the same ones whichever domain is written: a limit must hold for the
    mailbox. An empty address is nobody: then only the client counts, and bounces are not throttled together.
    """
    found = [*_of_client(client), *_of_user(mail, target)]
    # Python's sort keeps the order of equals: the written domain before its target, longer names before shorter.
    return tuple(sorted(dict.fromkeys(found), key=lambda candidate: -candidate.priority))


def _of_user(mail: str, target: str) -> Iterator[Candidate]:
    if not mail:
        return
    for address in (mail, target):
        yield _candidate(address, Form.ADDRESS, target)
        if domain := domain_of(address):
            yield _candidate(f"@{domain}", Form.DOMAIN, target)
            yield from _of_domain(domain, target)
    yield _candidate(EVERYBODY, Form.EVERYBODY, target)


def _of_domain(domain: str, who: str) -> Iterator[Candidate]:
    name = domain
    while name:
        yield _candidate(f"@.{name}", Form.SUBDOMAINS if "." in name else Form.TOP_LEVEL, who)
        name = name.partition(".")[2]


def _of_client(client: str) -> Iterator[Candidate]:
    if not client:
        return
    yield _candidate(client, Form.IP, client)
    yield _candidate(EVERY_IP, Form.EVERY_IP, client)
    if isinstance(ip_address(client), IPv4Address):
        first, second, third, fourth = client.split(".")
        for pattern in (f"{first}.{second}.{third}.*", f"{first}.{second}.*.{fourth}"):
            # All clients of the pattern count together.
            yield _candidate(pattern, Form.WILDCARD_IP, pattern)


def _candidate(account: str, form: Form, who: str) -> Candidate:
    return Candidate(account, form.value[0], who)
