"""On MariaDB the queries that are written in another way than on other databases."""

from __future__ import annotations

import pytest
from tests.accounts.mail.mail_server import MailServer
from tests.accounts.services.process import wait_until

pytestmark = pytest.mark.parametrize("mail", ["mariadb"], indirect=True)


def test_mail_comes_and_is_counted(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain(), quota=5)
    for subject in ("One", "Two"):
        mail.send(anna, subject=subject, size=10_000)
    assert mail.subjects(anna) == ["One", "Two"]
    profile = mail.api.users.get(anna)
    assert profile["stored_messages"] == 2
    assert 20_000 < profile["stored_bytes"] < 30_000
    wait_until(lambda: mail.api.users.get(anna)["last_login"] != "", "the last login")


def test_imap_tls_and_plain_imap_are_switched_one_by_one(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.users.update(anna, remove_service=["imaptls"])
    assert not mail.may_sign_in(anna, tls=True)
    assert mail.may_sign_in(anna, tls=False)


def test_addresses_at_a_further_name_of_a_domain_lead_to_the_same_users(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    further = f"also-{domain}"
    mail.api.domains.update(domain, add_alias_domain=[further], catchall=[ben])
    mail.send(f"anna@{further}", subject="Anna")
    mail.send(f"nobody@{further}", subject="Nobody")
    assert (mail.subjects(anna), mail.subjects(ben)) == (["Anna"], ["Nobody"])
    subject = mail.subject()
    mail.send("partner@world.example", sender=f"anna@{further}", login=anna, subject=subject)
    assert mail.world.wait_for(subject).sender == f"anna@{further}"
