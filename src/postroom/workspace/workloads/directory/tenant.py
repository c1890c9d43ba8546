"""The tenant and its domains: they follow from the addresses of its users."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.workspace.people import People
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.workloads.directory.kinds import Document, whole


def domains(people: People) -> Iterator[Document]:
    """All of them, complete. The first by name is the default one."""
    names = sorted({person.address.rpartition("@")[2].lower() for person in people.all()})
    for number, name in enumerate(names):
        known = {
            "id": name,
            "authenticationType": "Managed",
            "isAdminManaged": True,
            "isDefault": number == 0,
            "isInitial": number == 0,
            "isRoot": True,
            "isVerified": True,
            "supportedServices": ["Email"],
        }
        yield whole(SCHEMA.entity("domain"), known)


def default_domain(people: People) -> str:
    """That of new addresses, after which the tenant is called; empty where there is nobody."""
    return next((str(row["id"]) for row in domains(people)), "")


def organization(people: People, tenant: str) -> Document:
    verified = [
        {
            "capabilities": "Email",
            "isDefault": row["isDefault"],
            "isInitial": row["isInitial"],
            "name": row["id"],
            "type": "Managed",
        }
        for row in domains(people)
    ]
    name = default_domain(people)
    known = {"id": tenant, "displayName": name, "tenantType": "AAD", "verifiedDomains": verified}
    return whole(SCHEMA.entity("organization"), known)
