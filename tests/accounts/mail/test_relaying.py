"""Mail that goes on to other servers."""

from __future__ import annotations

import pytest
from tests.accounts.mail.mail_server import MailServer, Refused


def elsewhere(mail: MailServer) -> str:
    """The other server as a next hop."""
    return f"[127.0.0.1]:{mail.elsewhere.port}"


def test_the_transport_of_a_domain_says_where_its_mail_goes(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain(transport=f"smtp:{elsewhere(mail)}"))
    subject = mail.subject()
    mail.send(anna, subject=subject)
    assert mail.elsewhere.wait_for(subject).recipients == (anna,)
    assert mail.subjects(anna) == []


def test_the_transport_of_a_user_comes_before_that_of_the_domain(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    mail.api.users.update(anna, transport=f"smtp:{elsewhere(mail)}")
    subject = mail.subject()
    mail.send(anna, ben, subject=subject)
    assert mail.elsewhere.wait_for(subject).recipients == (anna,)
    assert mail.subjects(ben) == [subject]


def test_a_backup_mx_takes_mail_for_all_addresses_and_hands_it_on(mail: MailServer) -> None:
    domain = mail.domain()
    anna = mail.user("anna", domain)
    mail.api.domains.update(domain, is_backupmx=True, primarymx=elsewhere(mail))
    subject, unknown = mail.subject(), f"unknown@{domain}"
    mail.send(anna, unknown, subject=subject)
    assert set(mail.elsewhere.wait_for(subject).recipients) == {anna, unknown}
    with pytest.raises(Refused, match=r"^554 5\.7\.1"):
        mail.send(f"anna@sub.{domain}")
    if mail.kind != "ldap":  # where readers of users do not look at this of their domain
        assert not mail.may_sign_in(anna)


def test_a_domain_that_is_backup_mx_no_longer_has_its_mailboxes_back(mail: MailServer) -> None:
    domain = mail.domain()
    anna = mail.user("anna", domain)
    mail.api.domains.update(domain, is_backupmx=True, primarymx=elsewhere(mail))
    mail.api.domains.update(domain, is_backupmx=False)
    mail.send(anna, subject="Back")
    assert mail.subjects(anna) == ["Back"]


def test_a_domain_with_a_relay_sends_through_it(mail: MailServer) -> None:
    domain = mail.domain()
    anna = mail.user("anna", domain)
    mail.api.domains.update(domain, outbound_relay=elsewhere(mail))
    through = mail.subject()
    mail.send("partner@world.example", sender=anna, login=anna, subject=through)
    assert mail.elsewhere.wait_for(through).sender == anna
    mail.api.domains.update(domain, outbound_relay="")
    directly = mail.subject()
    # Somebody else: for half a minute Postfix remembers the way of its last recipient.
    mail.send("another@world.example", sender=anna, login=anna, subject=directly)
    assert mail.world.wait_for(directly).sender == anna
