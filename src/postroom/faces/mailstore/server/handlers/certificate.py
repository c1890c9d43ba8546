"""The TLS certificate of the services (Administration API, server and session)."""

from __future__ import annotations

from datetime import UTC, datetime

from postroom.archive.instance import events
from postroom.errors import Invalid, WrongState
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements
from postroom.faces.mailstore.server.errors import ArgumentMissing
from postroom.web.pairs import Pair, plain, read
from postroom.web.tls import Certificate


@implements("SetServiceCertificate")
def set_service_certificate(
    call: Call,
    thumbprint: str | None = None,
    path: str | None = None,
    keyPath: str | None = None,
    password: str | None = None,
) -> None:
    if not (thumbprint or path):
        raise ArgumentMissing("thumbprint")
    certificate = _certificate(call)
    pair = _read(call, path, keyPath, password) if path else certificate.find(thumbprint or "")
    if thumbprint and pair.thumbprint != plain(thumbprint):
        raise Invalid("thumbprint", f"that of the file, {pair.thumbprint}")
    facts = {"subject": pair.subject, "until": f"{pair.certificate.not_valid_after_utc:%Y-%m-%d}"}
    with call.archive.instance.audit.recording(events.CERTIFICATE_UPDATE, call.by, pair.thumbprint, **facts):
        certificate.choose(pair, datetime.now(UTC))


def _certificate(call: Call) -> Certificate:
    if call.facts.certificate is None:
        raise WrongState("The certificate of this server is not chosen here.")
    return call.facts.certificate()


def _read(call: Call, path: str, key_path: str | None, password: str | None) -> Pair:
    key = call.archive.check_path(key_path, "keyPath") if key_path else None
    return read(call.archive.check_path(path), key, password or None)
