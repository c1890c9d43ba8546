"""Whose archives a message goes to: nobody is left out, and no recipient is told of another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.journal.model import Journalled, Recipient
from postroom.archive.journal.owners import INCOMING, OUTGOING, shared

OWNERS = {"anna@example.org": "anna", "a.miller@example.org": "anna", "bob@example.org": "bob", "carl@x.org": "carl"}
DOMAINS = frozenset({"example.org", "x.org"})
ADDRESS = st.sampled_from([*OWNERS, "info@example.org", "eve@elsewhere.test", "bob+x@example.org", "nobody"])
VIA = st.lists(st.sampled_from(["staff@example.org", "all@example.org"]), max_size=1).map(tuple)
ITEM = st.builds(
    Journalled,
    body=st.just(b""),
    sender=st.just("") | ADDRESS,
    recipients=st.lists(st.builds(Recipient, ADDRESS, VIA), max_size=5, unique_by=lambda one: one.address).map(tuple),
    authors=st.lists(ADDRESS, max_size=1).map(tuple),
    readers=st.lists(ADDRESS, max_size=2).map(tuple),
    wrapped=st.booleans(),
)


def owner(address: str) -> str | None:
    return OWNERS.get(address.replace("+x", ""))


@given(ITEM)
def test_who_only_received_is_told_of_nobody_else(item: Journalled) -> None:
    for owned in shared(item, OWNERS.get, lambda: DOMAINS).owned:
        if owned.folder == INCOMING:
            assert {owner(one) for one in owned.envelope.t} <= {owned.archive}
            told = {via for one in item.recipients if owner(one.address) == owned.archive for via in one.via}
            assert set(owned.envelope.o) == told | set(item.authors)
        else:
            assert owned.archive in {owner(one) for one in (item.sender, *item.authors)}
            assert owned.envelope.t == tuple(one.address for one in item.recipients)


@given(ITEM)
def test_nobody_is_left_out(item: Journalled) -> None:
    sharing = shared(item, OWNERS.get, lambda: DOMAINS)
    archives = [owned.archive for owned in sharing.owned]
    assert len(archives) == len(set(archives)), "each archive once"
    concerned = {item.sender, *item.authors} | (
        set() if item.wrapped else {*item.readers, *(one.address for one in item.recipients)}
    )
    assert set(archives) == {found for one in concerned if (found := owner(one))}
    lost = not item.wrapped and any(one.address == "info@example.org" for one in item.recipients)
    assert (sharing.unclaimed is not None) == (lost or item.wrapped or not archives)
    if sharing.unclaimed is not None:
        assert sharing.unclaimed.t == tuple(one.address for one in item.recipients)


def test_who_sent_and_received_has_it_as_sent() -> None:
    item = Journalled(b"", "anna@example.org", (Recipient("a.miller@example.org"), Recipient("eve@elsewhere.test")))
    (owned,) = shared(item, OWNERS.get, lambda: DOMAINS).owned
    assert (owned.folder, owned.envelope.t) == (OUTGOING, ("a.miller@example.org", "eve@elsewhere.test"))
