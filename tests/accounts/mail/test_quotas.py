"""How full mailboxes may be, and what Dovecot writes about them."""

from __future__ import annotations

import pytest
from tests.accounts.mail.mail_server import MailServer, Refused
from tests.accounts.services.process import wait_until

MIB = 1 << 20


def stored(mail: MailServer, address: str) -> tuple[int, int]:
    """Messages and bytes, as the API tells them."""
    profile = mail.api.users.get(address)
    return profile["stored_messages"], profile["stored_bytes"]


def test_a_full_mailbox_takes_no_more_mail_until_its_quota_is_raised(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain(), quota=1)
    # Dovecot lets one message cross the line by a tenth.
    mail.send(anna, subject="Large", size=MIB + MIB // 20)
    with pytest.raises(Refused, match=r"^552 5\.2\.2"):
        mail.send(anna)
    mail.api.users.update(anna, quota=2)
    mail.send(anna, subject="Small")
    assert mail.subjects(anna) == ["Large", "Small"]


def test_a_message_that_does_not_fit_goes_back_to_its_sender(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain(), quota=1)
    sender = f"{mail.word()}@world.example"
    mail.send(anna, sender=sender, size=2 * MIB)
    assert "5.2.2" in str(mail.world.wait_for_mail_to(sender).message)
    assert mail.subjects(anna) == []


def test_the_api_shows_what_dovecot_counts(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    assert stored(mail, anna) == (0, 0)
    for _ in range(3):
        mail.send(anna, size=10_000)
    messages, size = stored(mail, anna)
    assert messages == 3
    assert 30_000 < size < 40_000
    with mail.imap(anna) as imap:
        imap.select("INBOX")
        imap.store("1:2", "+FLAGS", "\\Deleted")
        imap.expunge()
    messages, left = stored(mail, anna)
    assert messages == 1
    assert 10_000 < left < size - 20_000


def test_the_api_shows_when_a_user_last_read_mail(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.send(anna)
    assert mail.api.users.get(anna)["last_login"] == ""
    assert mail.may_sign_in(anna)
    wait_until(lambda: mail.api.users.get(anna)["last_login"] != "", "the last login")
