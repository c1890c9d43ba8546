"""The schema that the tree of accounts needs, as LDIF for OpenLDAP's `cn=config`.

Servers set up by iRedMail have it already. Others load it once, after core, cosine, inetorgperson and nis:
`ldapadd -Y EXTERNAL -H ldapi:/// -f schema.ldif`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from postroom.accounts.backends.ldap.schema_attributes import ATTRIBUTES
from postroom.accounts.backends.ldap.schema_classes import CLASSES

NEEDS: Final = ("core", "cosine", "inetorgperson", "nis")
"""Come with OpenLDAP: the first three have mail, cn and uid, the last homeDirectory and shadowLastChange."""


def schema_ldif(name: str = "postroom") -> str:
    """One entry below `cn=schema,cn=config`."""
    return "\n".join(line for whole in _lines(name) for line in _folded(whole)) + "\n"


def _lines(name: str) -> Iterator[str]:
    yield f"dn: cn={name},cn=schema,cn=config"
    yield "objectClass: olcSchemaConfig"
    yield f"cn: {name}"
    for attribute in ATTRIBUTES:
        yield f"olcAttributeTypes: {attribute.definition()}"
    for object_class in CLASSES:
        yield f"olcObjectClasses: {object_class.definition()}"


def _folded(line: str) -> list[str]:
    # RFC 2849 takes the one space at the start of a continued line away: the space between two words is the next.
    first, *rest = textwrap.wrap(line, 100, break_long_words=False, break_on_hyphens=False)
    return [first, *(f"  {part}" for part in rest)]
