"""Which ways to their mail users have: services of the API, each with the safety of its connection."""

from __future__ import annotations

import poplib
import smtplib

import pytest
from tests.accounts.mail.mail_server import PASSWORD, STRANGER, MailServer, Refused, unverified

HERE = "127.0.0.1"
"""Dovecot takes connections from its own address for safe."""


def test_imap_tls_and_plain_imap_are_switched_one_by_one(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.users.update(anna, remove_service=["imaptls"])
    assert not mail.may_sign_in(anna, tls=True)
    assert mail.may_sign_in(anna, tls=False)
    mail.api.users.update(anna, add_service=["imaptls"], remove_service=["imap"])
    assert mail.may_sign_in(anna, tls=True)
    assert not mail.may_sign_in(anna, tls=False)


def test_imap_from_the_machine_itself_is_a_service_of_its_own(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.users.update(anna, remove_service=["imapsecured"])
    assert not mail.may_sign_in(anna, tls=False, source=HERE)
    assert mail.may_sign_in(anna, tls=False, source=STRANGER)


def test_a_list_of_services_switches_all_others_off(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.users.update(anna, services=["imaptls", "deliver"])
    mail.send(anna, subject="Hello")
    assert mail.subjects(anna) == ["Hello"]
    assert not mail.may_sign_in(anna, tls=False)
    assert not may_pop(mail, anna)
    assert not may_submit(mail, anna)


def test_pop3_with_tls_can_be_switched_off(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    assert may_pop(mail, anna)
    mail.api.users.update(anna, remove_service=["pop3tls"])
    assert not may_pop(mail, anna)
    assert mail.may_sign_in(anna)


def test_sending_can_be_switched_off(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    assert may_submit(mail, anna)
    mail.api.users.update(anna, remove_service=["smtpsecured"])
    assert not may_submit(mail, anna)


def test_users_send_to_the_world_once_signed_in_and_only_as_themselves(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben, boss = mail.user("anna", domain), mail.user("ben", domain), f"boss@{domain}"
    further = f"also-{domain}"
    mail.api.users.update(anna, add_alias=[boss])
    mail.api.domains.update(domain, add_alias_domain=[further])
    for sender in (anna, boss, f"anna@{further}"):
        subject = mail.subject()
        mail.send("partner@world.example", sender=sender, login=anna, subject=subject)
        assert mail.world.wait_for(subject).sender == sender
    for sender in (ben, f"nobody@{domain}", "somebody@world.example"):
        with pytest.raises(Refused, match=r"^553 5\.7\.1"):
            mail.send("partner@world.example", sender=sender, login=anna)


def test_strangers_may_not_relay(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    for sender in (anna, "bob@world.example", ""):
        with pytest.raises(Refused, match=r"^554 5\.7\.1"):
            mail.send("partner@world.example", sender=sender)


def may_pop(mail: MailServer, address: str) -> bool:
    """By POP3 with TLS."""
    client = poplib.POP3_SSL("127.0.0.1", mail.dovecot.ports.pop3s, timeout=30, context=unverified())
    try:
        client.user(address)
        client.pass_(PASSWORD)
    except poplib.error_proto:
        return False
    finally:
        client.quit()
    return True


def may_submit(mail: MailServer, address: str) -> bool:
    """Whether somebody may sign in to send."""
    try:
        with mail.smtp(STRANGER, address):
            return True
    except smtplib.SMTPAuthenticationError:
        return False
