"""The journal as the server runs it, beside the Administration API and alone."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from tests.archive.instances import settings as small
from tests.faces.journal.room import ANNA, MAIL

from postroom import app
from postroom.archive.archive import Archive
from postroom.archive.body import Spool
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.journal.journal import Taken
from postroom.errors import NoSpace
from postroom.faces.journal.figures import Tally
from postroom.faces.journal.incoming import NO_SPACE, Incoming
from postroom.home import Home
from postroom.settings import Journal, Mailstore, Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


def settings(*, api: bool) -> Settings:
    base = small()
    return replace(
        base, mailstore=Mailstore(enabled=api, port=0), journal=Journal(enabled=True, smtp_port=0, lmtp_port=0)
    )


def test_what_was_journaled_is_shown_with_its_envelope_over_http(home: Home) -> None:
    with app.engines(home, settings(api=True)) as opened:
        assert isinstance(opened.archive, Archive)
        users = opened.archive.instance.users
        users.create("anna", ("login",), SYSTEM, password="secret")
        users.set_addresses("anna", [ANNA], SYSTEM)
        users.set_folder_privileges("anna", "anna", ("read",), SYSTEM)
        with app.build(home, settings(api=True), opened).background() as server:
            assert set(server.ports) == {"mailstore", "journal-smtp", "journal-lmtp"}
            with smtplib.SMTP("127.0.0.1", server.ports["journal-smtp"]) as client:
                client.starttls(context=ssl.create_default_context(cafile=str(home.tls / "ca.pem")))
                client.sendmail("eve@elsewhere.test", ["anna+x@example.org"], MAIL)
            context = ssl.create_default_context(cafile=str(home.tls / "ca.pem"))
            url = f"https://localhost:{server.ports['mailstore']}"
            with httpx2.Client(base_url=url, verify=context, auth=("anna", "secret"), trust_env=False) as http:
                found = http.post("/api/invoke/GetMessage", data={"id": "1:1"}).content.decode("utf-8-sig")
                metrics = http.get("/metrics").text
    assert (
        '"envelopes":[{"sender":"eve@elsewhere.test","recipients":["anna+x@example.org"],"others":[],"problem":null}]'
        in (found.replace(": ", ":").replace(", ", ","))
    )
    assert 'postroom_journal_deliveries_total{fate="archived"} 1.0' in metrics
    assert "postroom_journal_stored_total 1.0" in metrics


def test_it_runs_alone(home: Home) -> None:
    with (
        app.engines(home, settings(api=False)) as opened,
        app.build(home, settings(api=False), opened).background() as server,
    ):
        assert set(server.ports) == {"journal-smtp", "journal-lmtp"}
        with smtplib.SMTP("127.0.0.1", server.ports["journal-smtp"]) as client:
            assert client.sendmail("", ["x@elsewhere.test"], MAIL) == {}


def test_figures_tell_what_became_of_deliveries() -> None:
    tally, registry = Tally(), CollectorRegistry()
    registry.register(tally)
    tally.count("250 OK", Taken(2, 1, ("odd",)))
    tally.count("451 later")
    tally.count("550 no")
    fates = {fate: registry.get_sample_value("postroom_journal_deliveries_total", {"fate": fate}) for fate in
             ("archived", "deferred", "refused")}  # fmt: skip
    assert fates == {"archived": 1, "deferred": 1, "refused": 1}
    names = ("stored", "known", "problems")
    assert [registry.get_sample_value(f"postroom_journal_{name}_total") for name in names] == [2, 1, 1]


def test_a_full_temporary_disk_is_a_reason_to_send_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Spool, _data: bytes) -> None:
        raise NoSpace("/var/tmp")

    monkeypatch.setattr(Spool, "write", full)
    coming = Incoming(1 << 20)
    coming.feed(b"a" * 100_000)
    assert coming.refusal == NO_SPACE
    coming.feed(b"\r\n.\r\n")
    assert coming.ended
    assert coming.finish() is None
