"""Mail settings, as the API speaks of them: a true mail server gets what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.archive.automation.post_office import post_office
from tests.faces.mailstore.conftest import Whole

from mailstore.contract.samples import SMTP
from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.server import Client
from postroom.archive.instance.audit import SYSTEM
from postroom.web.tls import Certificate

SECRET = "Secret-1"


@pytest.fixture
def client(whole: Whole) -> Iterator[Client]:
    with Client(**whole.options(), raiseOnError=True) as client:
        yield client


def result(answer: Any) -> Any:
    return answer["result"]


def test_the_answer_of_get_is_a_template_for_set_and_keeps_the_password(whole: Whole, client: Client) -> None:
    client.SetSmtpSettings({**SMTP, "password": SECRET})
    kept = result(client.GetSmtpSettings())
    assert kept == SMTP
    client.SetSmtpSettings(json.dumps({**kept, "port": 2525}))
    assert result(client.GetSmtpSettings()) == {**SMTP, "port": 2525}
    assert whole.archive.instance.smtp.password() == SECRET


def test_before_anything_is_set_no_server_is_named(client: Client) -> None:
    fresh = result(client.GetSmtpSettings())
    assert fresh.keys() == SMTP.keys()
    assert (fresh["hostname"], fresh["authenticationRequired"], fresh["password"]) == ("", False, None)
    with pytest.raises(MailStoreCallError, match="name no recipient"):
        client.TestSmtpSettings()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"hostname": "a b"}, "hostname"),
        ({"port": 0}, "port"),
        ({"protocol": "TLS"}, "protocol"),
        ({"ignoreSslPolicyErrors": "no"}, "ignoreSslPolicyErrors"),
        ({"authenticationRequired": True}, "username"),
        ({"authenticationRequired": True, "username": "x"}, "password"),
        ({"username": 5}, "username"),
        ({"password": 5}, "password"),
        ({"fromDisplayName": "a\nb"}, "fromDisplayName"),
        ({"fromEmailAddress": "nobody"}, "fromEmailAddress"),
        ({"recipientEmailAddress": "@"}, "recipientEmailAddress"),
        ({"server": "x"}, "server"),
    ],
)
def test_what_is_wrong_is_named_as_in_the_api(client: Client, change: dict[str, object], named: str) -> None:
    before = client.GetSmtpSettings()
    with pytest.raises(MailStoreCallError, match=f"{named}: expected"):
        client.SetSmtpSettings(change)
    assert client.GetSmtpSettings() == before


def test_a_test_mail_is_sent_by_starttls_and_login(whole: Whole, client: Client, tmp_path: Path) -> None:
    certificate = Certificate(tmp_path / "post", ("localhost",))
    with post_office(certificate.context, "SMTP-TLS", signs_in=True) as office:
        client.SetSmtpSettings({**SMTP, "hostname": "127.0.0.1", "port": office.port, "password": SECRET})
        with pytest.raises(MailStoreCallError, match="certificate that is not trusted"):
            client.TestSmtpSettings()
        client.SetSmtpSettings({"ignoreSslPolicyErrors": True})
        assert client.TestSmtpSettings()["statusCode"] == "succeeded"
    assert office.got[0][:3] == (True, True, ["admin@example.com"])
    tests = [row for row in whole.archive.instance.audit.entries() if row.event == "SmtpTest"]
    assert [(row.ok, row.user) for row in tests] == [(True, "admin"), (False, "admin")]


def test_the_password_is_sent_to_no_other_server_than_it_was_given_for(client: Client) -> None:
    client.SetSmtpSettings({**SMTP, "hostname": "smtp.example.com", "password": SECRET})
    with pytest.raises(MailStoreCallError, match="password: expected the password once more"):
        client.SetSmtpSettings({"hostname": "evil.example", "password": None})
    client.SetSmtpSettings({"hostname": "SMTP.example.com", "port": 25})
    client.SetSmtpSettings({"hostname": "post.example.com", "password": SECRET})
    assert client.GetSmtpSettings()["result"]["hostname"] == "post.example.com"


def test_the_password_comes_out_nowhere(whole: Whole, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.SetSmtpSettings({**SMTP, "hostname": "127.0.0.1", "port": 1, "password": SECRET})
    with pytest.raises(MailStoreCallError, match="cannot be reached"):
        client.TestSmtpSettings()
    assert SECRET not in json.dumps(client.GetSmtpSettings())
    assert SECRET not in repr(whole.archive.instance.audit.entries())
    assert SECRET not in caplog.text
    kept = (path for path in whole.home.path.rglob("*") if path.is_file())
    assert not any(SECRET.encode() in path.read_bytes() for path in kept)


def test_users_who_are_no_administrators_reach_none_of_them(whole: Whole) -> None:
    whole.archive.instance.users.create("anna", ("login",), SYSTEM, password="word")
    with Client(**whole.options("anna", "word"), raiseOnError=True) as anna:
        for call in (anna.GetSmtpSettings, anna.TestSmtpSettings):
            with pytest.raises(MailStoreHTTPError, match="403"):
                call()
        with pytest.raises(MailStoreHTTPError, match="403"):
            anna.SetSmtpSettings({})
