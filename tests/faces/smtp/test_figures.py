"""What /metrics tells of mail."""

from __future__ import annotations

import smtplib
from pathlib import Path

from tests.workspace.mail.house import ANNA, given, house, raw

from postroom.faces.smtp.figures import Waiting
from postroom.faces.smtp.server import MailServer
from postroom.settings import Settings, Smtp
from postroom.web.metrics import Metrics

SMTP = Smtp(lmtp_port=0)


def test_recipients_are_counted_by_their_fate_and_the_queue_by_length_and_age(tmp_path: Path) -> None:
    with (home := house(tmp_path / "workspace", Settings(smtp=SMTP))).store:
        metrics = Metrics()
        server = MailServer(SMTP, home.mail, home.people)
        metrics.register(server.tally)
        metrics.register(Waiting(home.store))
        server.start()
        try:
            with smtplib.LMTP("127.0.0.1", server.ports["lmtp"]) as client:
                client.ehlo_or_helo_if_needed()
                client.mail("carl@elsewhere.test")
                told = [client.rcpt(one)[0] for one in (ANNA.address, "bob@example.org", "no@example.org", "x@y.test")]
                assert told == [250, 250, 550, 550]
                client.docmd("DATA")
                client.send(raw() + b".\r\n")
                assert [client.getreply()[0] for _ in range(2)] == [250, 250]
        finally:
            server.stop()
        home.mail.sending.send_new(ANNA.id, given(to="carl@elsewhere.test"))
        home.clock.go_on(seconds=90)
        shown = metrics.text().decode()
    assert 'postroom_mail_received_total{fate="delivered"} 2.0' in shown
    assert 'postroom_mail_received_total{fate="refused"} 2.0' in shown
    assert 'postroom_mail_received_total{fate="deferred"} 0.0' in shown
    assert "postroom_outgoing_recipients 1.0" in shown
    assert "postroom_outgoing_oldest_seconds 90.0" in shown
