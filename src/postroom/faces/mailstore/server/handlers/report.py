"""SendStatusReport (Administration API, server; the reference lists what the report tells)."""

from __future__ import annotations

from postroom.archive.automation.report import send_report
from postroom.archive.automation.spans import span_of
from postroom.archive.automation.zones import zone_of
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements


@implements("SendStatusReport")
def send_status_report(call: Call, timespan: str, timeZoneId: str, recipients: tuple[str, ...]) -> None:
    span = span_of(timespan, zone_of(timeZoneId), call.archive.retention.clock())
    product = f"Postroom {call.facts.version}"
    send_report(call.archive, span, recipients, call.by, product=product, machine=call.facts.machine_name)
    call.process.log(f"The mail server took the status report for {', '.join(recipients)}.")
