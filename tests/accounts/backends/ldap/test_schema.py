"""A stock OpenLDAP takes the schema, and what is made of it says what the installed one of iRedMail says."""

from __future__ import annotations

import pytest
from tests.accounts.services.slapd import READER, READER_PASSWORD, WRITER_PASSWORD, Slapd

from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.initialise import initialise
from postroom.accounts.backends.ldap.names import Tree
from postroom.accounts.backends.ldap.schema import schema_ldif
from postroom.accounts.backends.ldap.schema_attributes import ATTRIBUTES
from postroom.accounts.backends.ldap.schema_classes import CLASSES
from postroom.accounts.backends.ldap.store import Store, put
from postroom.errors import Invalid, WrongState


def test_every_number_and_every_name_is_used_once() -> None:
    numbers = [*(row.oid for row in ATTRIBUTES), *(row.oid for row in CLASSES)]
    names = [*(row.name.lower() for row in ATTRIBUTES), *(row.name.lower() for row in CLASSES)]

    assert len(set(numbers)) == len(numbers) == 112
    assert len(set(names)) == len(names)


def test_the_server_knows_every_attribute_and_class(slapd_server: Slapd, pool: Pool) -> None:
    subschema = pool.run(
        lambda connection: (
            connection.search("cn=Subschema", "(objectClass=subschema)", "BASE", attributes=["+"]),
            connection.response,
        ),
        repeatable=True,
    )[1]
    assert subschema is not None
    attributes = subschema[0]["attributes"]

    for attribute in ATTRIBUTES:
        (found,) = [text for text in attributes["attributeTypes"] if f"( {attribute.oid} " in text]
        assert f"NAME '{attribute.name}'" in found
        assert f"EQUALITY {attribute.matching.equality}" in found
        assert ("SINGLE-VALUE" in found) is not attribute.many
    for object_class in CLASSES:
        (found,) = [text for text in attributes["objectClasses"] if f"( {object_class.oid} " in text]
        assert f"NAME '{object_class.name}'" in found


def test_lines_of_the_ldif_are_short_and_continued_by_a_space() -> None:
    lines = schema_ldif().splitlines()

    assert lines[0] == "dn: cn=postroom,cn=schema,cn=config"
    assert max(map(len, lines)) <= 102
    assert all(line.startswith((" ", "dn:", "cn:", "objectClass:", "olc")) for line in lines)


def test_the_tree_is_made_once(slapd_server: Slapd) -> None:
    assert initialise(slapd_server.manager(), READER_PASSWORD, WRITER_PASSWORD) == []


def test_who_reads_may_not_write(slapd_server: Slapd, store: Store, tree: Tree) -> None:
    node = tree.domain("example.com")
    store.add(node, {"objectClass": ["mailDomain"], "domainName": ["example.com"]})
    reading = Pool(slapd_server.settings(ldap_bind_dn=READER, ldap_bind_password=READER_PASSWORD))
    try:
        reader = Store(reading)
        assert reader.exists(node)
        with pytest.raises(Exception, match="insufficientAccessRights"):
            reader.modify(node, put("cn", "changed"))
    finally:
        reading.close()


def test_a_value_of_another_syntax_is_refused_by_name(store: Store, tree: Tree) -> None:
    node = tree.domain("example.com")
    store.add(node, {"objectClass": ["mailDomain"], "domainName": ["example.com"]})

    with pytest.raises(Invalid) as refused:
        store.modify(node, put("domainCurrentUserNumber", "many"))
    assert refused.value.field == "domainCurrentUserNumber"
    with pytest.raises(WrongState, match="schema"):
        store.modify(node, put("domainStatus", "disabled"))
