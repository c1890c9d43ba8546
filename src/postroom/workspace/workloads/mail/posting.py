"""Letters of other workloads as mail: `items.letters.Post`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from postroom.workspace.clock import moment
from postroom.workspace.delivery.recipients import Route, route
from postroom.workspace.people import Person
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.letters import Letter
from postroom.workspace.workloads.mail import conversation, headers, mime_out, places
from postroom.workspace.workloads.mail.core import Core, recipient_of
from postroom.workspace.workloads.mail.sending import Prepared, Sending


@dataclass(frozen=True, slots=True)
class _Known:
    """Where mail for each address goes."""

    routes: Mapping[str, Route]


class Posting:
    def __init__(self, core: Core, sending: Sending) -> None:
        self._core, self._sending = core, sending

    def prepare(self, person: Person, addresses: Sequence[str]) -> object:
        """Asks the directory. Raises Unavailable."""
        places.prepare(self._core, person.id)
        known = dict.fromkeys(one.strip().lower() for one in addresses)
        return _Known({one: route(self._core.people, [one]) for one in known})

    def send(self, unit: Unit, person: Person, letter: Letter, prepared: object) -> None:
        """Raises TooLarge."""
        places.ensure(self._core, unit, person.id)
        addresses = headers.addresses([*map(dict, letter.to), *map(dict, letter.optional)])
        if not addresses:
            return
        ready = Prepared(person, self._routed(prepared, list(dict.fromkeys(addresses))))
        self._sending.post(unit, ready, self._written(unit, person, letter), {"_event": letter.event})

    def _routed(self, prepared: object, addresses: Sequence[str]) -> Route:
        """Somebody who came to the meeting since is asked for now."""
        known = prepared.routes if isinstance(prepared, _Known) else {}
        found = [known.get(one) or route(self._core.people, [one]) for one in addresses]
        persons = {person.id: person for one in found for person in one.people}
        others = dict.fromkeys(other for one in found for other in one.others)
        fates = {address: fate for one in found for address, fate in one.fates.items()}
        return Route(fates, tuple(persons.values()), tuple(others))

    def _written(self, unit: Unit, person: Person, letter: Letter) -> bytes:
        message_id = mime_out.message_id(person.address.rpartition("@")[2])
        thread = conversation.id_of(conversation.root_of(message_id, ()))
        document = {
            "subject": letter.subject,
            "from": recipient_of(person),
            "toRecipients": list(letter.to),
            "ccRecipients": list(letter.optional),
            "importance": letter.importance,
            "sentDateTime": moment(unit.now),
            "internetMessageId": message_id,
            "conversationIndex": conversation.first_index(thread, unit.now),
        }
        enclosed = [
            mime_out.Enclosed(one.name, one.content_type, one.content, one.inline, one.content_id)
            for one in letter.files
        ]
        extra = mime_out.Extra(calendar=(letter.method, letter.calendar))
        return mime_out.write(document, letter.body, enclosed, extra)
