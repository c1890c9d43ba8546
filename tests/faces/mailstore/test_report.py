"""SendStatusReport on a whole server: a client asks for it, and so does a job."""

from __future__ import annotations

import time

import pytest
from tests.archive.automation.post_office import post_office
from tests.faces.mailstore.conftest import LONG_S, Whole

from mailstore.errors import MailStoreCallError
from mailstore.server import Client
from postroom import __version__
from postroom.archive.storage.writer import Incoming

SMTP = {"hostname": "127.0.0.1", "protocol": "SMTP", "fromEmailAddress": "archive@example.com"}


def test_it_comes_by_mail(whole: Whole) -> None:
    whole.archive.stores.add([Incoming("anna", "Inbox", "test:", "1", b"Subject: x\n\nx\n")], {})
    assert whole.archive.wait_indexed(LONG_S)
    with post_office() as office, Client(**whole.options(), raiseOnError=True) as client:
        client.SetSmtpSettings({**SMTP, "port": office.port})
        client.SendStatusReport("thismonth", "Europe/Berlin", "anna@example.com, carl@example.org")
    assert office.got[0][2] == ["anna@example.com", "carl@example.org"]
    body = office.only().get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert text.startswith(f"Postroom {__version__}")
    assert "(Europe/Berlin)" in text
    assert "Newly archived:  1 (14 bytes)" in text


def test_a_job_may_send_it(whole: Whole) -> None:
    with post_office() as office, Client(**whole.options(), raiseOnError=True) as client:
        client.SetSmtpSettings({**SMTP, "port": office.port})
        action = "SendStatusReport --timespan=yesterday --timeZoneId=UTC --recipients=anna@example.com"
        job = client.CreateJob(name="Report", action=action, owner="admin", time="03:00")["result"]
        client.RunJobAsync(job)
        end = time.monotonic() + LONG_S
        while not office.got:
            assert time.monotonic() < end
            time.sleep(0.02)
    assert office.only()["Subject"].endswith("status report, yesterday, no warnings")


def test_without_a_mail_server_the_caller_is_told_what_to_set(whole: Whole) -> None:
    with Client(**whole.options(), raiseOnError=True) as client, pytest.raises(MailStoreCallError, match="mail server"):
        client.SendStatusReport("today", "$Local", "anna@example.com")
