"""Users that the API made get mail, and lose it again."""

from __future__ import annotations

from tests.accounts.mail.mail_server import MailServer


def test_a_new_user_gets_mail_and_reads_it_with_the_password(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    subject = mail.subject()
    mail.send(anna, subject=subject)
    assert mail.subjects(anna) == [subject]
