"""Users that the API made get mail, and lose it again."""

from __future__ import annotations

import pytest
from tests.accounts.mail.mail_server import MailServer, Refused


def test_a_new_user_gets_mail_and_reads_it_with_the_password(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    subject = mail.subject()
    mail.send(anna, subject=subject)
    assert mail.subjects(anna) == [subject]
    assert not mail.may_sign_in(anna, "Wrong-1234")


def test_a_new_password_replaces_the_old_one(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.users.update(anna, password="Another-5678")
    assert mail.may_sign_in(anna, "Another-5678")
    assert not mail.may_sign_in(anna)


def test_nobody_else_gets_mail(mail: MailServer) -> None:
    domain = mail.domain()
    mail.user("anna", domain)
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(f"nobody@{domain}")


@pytest.mark.parametrize("local", ["o'neil", "a_b", "x`y", "a.b-c=d", "#$^&"])
def test_signs_that_mean_something_to_databases_are_part_of_a_name(mail: MailServer, local: str) -> None:
    user = mail.user(local, mail.domain())
    mail.send(user, subject="Hello")
    assert mail.subjects(user) == ["Hello"]


def test_names_are_not_patterns(mail: MailServer) -> None:
    domain = mail.domain()
    mail.user("anna", domain)
    for local in ("a__a", "*", "ann*", '"anna)(mail=*"'):
        with pytest.raises(Refused, match=r"^550 5\.1\.1"):
            mail.send(f"{local}@{domain}")


def test_capital_letters_and_extensions_lead_to_the_same_mailbox(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.send(anna.upper(), subject="Loud")
    mail.send(anna.replace("@", "+news@"), subject="News")
    assert mail.subjects(anna.upper()) == ["Loud", "News"]


def test_a_disabled_user_can_neither_sign_in_nor_get_mail_until_enabled_again(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.users.update(anna, account_status="disabled")
    assert not mail.may_sign_in(anna)
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(anna)
    mail.api.users.update(anna, account_status="active")
    mail.send(anna, subject="Back")
    assert mail.subjects(anna) == ["Back"]


def test_a_disabled_domain_is_as_if_it_were_not_here(mail: MailServer) -> None:
    domain = mail.domain()
    anna = mail.user("anna", domain)
    mail.api.domains.update(domain, account_status="disabled")
    assert not mail.may_sign_in(anna)
    with pytest.raises(Refused, match=r"^554 5\.7\.1"):
        mail.send(anna)
    mail.api.domains.update(domain, account_status="active")
    mail.send(anna, subject="Back")
    assert mail.subjects(anna) == ["Back"]


def test_a_user_for_whom_delivery_is_off_gets_no_mail(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.users.update(anna, remove_service=["deliver"])
    sender = f"{mail.word()}@world.example"
    if mail.kind == "ldap":
        with pytest.raises(Refused, match=r"^550 5\.1\.1"):
            mail.send(anna, sender=sender)
    else:
        # The address is still there, for forwarding; Dovecot refuses the mail.
        mail.send(anna, sender=sender)
        assert "5.1.1" in str(mail.world.wait_for_mail_to(sender).message)
    assert mail.subjects(anna) == []


def test_a_renamed_user_keeps_the_mail_and_gets_more_under_the_new_name_alone(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    new = anna.replace("anna", "anna.hill")
    mail.send(anna, subject="Before")
    mail.api.users.change_email(anna, new)
    mail.send(new, subject="After")
    assert mail.subjects(new) == ["Before", "After"]
    assert not mail.may_sign_in(anna)
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(anna)


def test_a_deleted_user_is_unknown(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.users.delete(anna)
    assert not mail.may_sign_in(anna)
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(anna)


def test_the_transport_dovecot_delivers_by_its_delivery_agent(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain(transport="dovecot"))
    mail.send(anna.replace("@", "+news@"), subject="Hello")
    assert mail.subjects(anna) == ["Hello"]
