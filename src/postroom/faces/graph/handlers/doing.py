"""Who makes a call, for workloads whose things belong to groups."""

from __future__ import annotations

from urllib.parse import urlsplit

from postroom.faces.graph.call import Call
from postroom.workspace.workloads.items.doer import Doer


def doer(call: Call) -> Doer:
    user, host = call.caller.user_id, urlsplit(call.base_url).netloc
    if user is None:
        return Doer(call.caller.app_id, host=host)
    person = call.workspace.people.find(user)
    admin = person is not None and call.workspace.signin.is_admin(person)
    return Doer(call.caller.app_id, user, person.name if person else "", admin, host)
