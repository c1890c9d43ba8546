"""Where mail for further addresses, aliases and whole domains goes."""

from __future__ import annotations

import pytest
from tests.accounts.mail.mail_server import SQL, MailServer, Refused


def test_a_further_address_of_a_user_leads_to_the_user(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    boss = anna.replace("anna", "boss")
    mail.api.users.update(anna, add_alias=[boss])
    mail.send(boss, subject="For the boss")
    mail.api.users.update(anna, remove_alias=[boss])
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(boss)
    assert mail.subjects(anna) == ["For the boss"]


def test_forwarded_mail_stays_here_only_when_the_own_address_is_among_the_destinations(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    outside = "anna@world.example"
    mail.api.users.update(anna, forwarding=[ben, outside])
    gone = mail.subject()
    mail.send(anna, subject=gone)
    mail.api.users.update(anna, add_forwarding=[anna])
    both = mail.subject()
    mail.send(anna, subject=both)
    assert mail.subjects(anna) == [both]
    assert mail.subjects(ben) == [gone, both]
    assert mail.world.wait_for(both).recipients == (outside,)


def test_forwarding_that_ends_gives_the_mailbox_back(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    mail.api.users.update(anna, forwarding=[ben])
    mail.api.users.update(anna, forwarding=[])
    mail.api.domains.update(domain, catchall=[ben])
    mail.send(anna, subject="Mine again")
    assert mail.subjects(anna) == ["Mine again"]
    assert mail.subjects(ben) == []


def test_a_catchall_gets_what_nobody_else_gets_and_swallows_no_mailbox(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    boss = f"boss@{domain}"
    mail.api.users.update(anna, add_alias=[boss])
    mail.api.domains.update(domain, catchall=[ben])
    mail.send(anna, subject="Anna")
    mail.send(f"anna+news@{domain}", subject="Anna's news")
    mail.send(boss, subject="Boss")
    mail.send(f"nobody@{domain}", subject="Nobody")
    mail.send(f"nobody+news@{domain}", subject="Nobody's news")
    assert mail.subjects(anna) == ["Anna", "Anna's news", "Boss"]
    assert mail.subjects(ben) == ["Nobody", "Nobody's news"]
    mail.api.domains.update(domain, catchall=[])
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(f"nobody@{domain}")


def test_a_further_name_of_a_domain_has_the_same_addresses(mail: MailServer) -> None:
    domain = mail.domain()
    anna = mail.user("anna", domain)
    further = f"also-{domain}"
    mail.api.domains.update(domain, add_alias_domain=[further])
    sales = f"sales@{domain}"
    mail.api.aliases.create(sales, members=[anna])
    mail.send(f"anna@{further}", subject="Anna")
    mail.send(f"anna+news@{further}", subject="News")
    mail.send(f"sales@{further}", subject="Sales")
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(f"nobody@{further}")
    ben = mail.user("ben", domain)
    mail.send(f"ben@{further}", subject="Ben, who came later")
    mail.api.domains.update(domain, remove_alias_domain=[further])
    with pytest.raises(Refused, match=r"^554 5\.7\.1"):
        mail.send(f"anna@{further}")
    assert mail.subjects(anna) == ["Anna", "News", "Sales"]
    assert mail.subjects(ben) == ["Ben, who came later"]


# The tree of LDAP has no catch-all for further names.
@pytest.mark.parametrize("mail", SQL, indirect=True)
def test_the_catchall_of_a_domain_also_serves_its_further_names(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    further = f"also-{domain}"
    mail.api.domains.update(domain, add_alias_domain=[further], catchall=[ben])
    mail.send(f"anna@{further}", subject="Anna")
    mail.send(f"nobody@{further}", subject="Nobody")
    assert (mail.subjects(anna), mail.subjects(ben)) == (["Anna"], ["Nobody"])


def test_an_alias_leads_to_its_members_here_and_elsewhere(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben, sales = mail.user("anna", domain), mail.user("ben", domain), f"sales@{domain}"
    mail.api.aliases.create(sales, members=[anna, ben, "partner@world.example"])
    subject = mail.subject()
    mail.send(sales, subject=subject)
    mail.api.aliases.update(sales, remove_member=[ben])
    mail.send(sales, subject="Without Ben")
    assert mail.subjects(anna) == [subject, "Without Ben"]
    assert mail.subjects(ben) == [subject]
    assert mail.world.wait_for(subject).recipients == ("partner@world.example",)


def test_a_disabled_alias_gets_no_mail(mail: MailServer) -> None:
    domain = mail.domain()
    anna, sales = mail.user("anna", domain), f"sales@{domain}"
    mail.api.aliases.create(sales, members=[anna])
    mail.api.aliases.update(sales, account_status="disabled")
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(sales)


def test_a_renamed_alias_is_known_under_the_new_name_alone(mail: MailServer) -> None:
    domain = mail.domain()
    anna, sales, shop = mail.user("anna", domain), f"sales@{domain}", f"shop@{domain}"
    mail.api.aliases.create(sales, members=[anna])
    mail.api.aliases.change_email(sales, shop)
    mail.send(shop, subject="For the shop")
    assert mail.subjects(anna) == ["For the shop"]
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(sales)


def test_copies_of_what_a_user_gets_go_to_the_users_own_watcher_and_else_to_the_domains(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    watch = mail.domain()
    of_user, of_domain = mail.user("user", watch), mail.user("domain", watch)
    mail.api.domains.update(domain, recipient_bcc=of_domain)
    mail.api.users.update(anna, recipient_bcc=of_user)
    mail.send(anna, subject="To Anna")
    mail.send(ben, subject="To Ben")
    mail.api.users.update(anna, recipient_bcc="")
    mail.send(anna, subject="To Anna again")
    assert mail.subjects(of_user) == ["To Anna"]
    assert mail.subjects(of_domain) == ["To Ben", "To Anna again"]
    assert mail.subjects(anna) == ["To Anna", "To Anna again"]


def test_copies_of_what_a_user_sends_go_to_the_users_own_watcher_and_else_to_the_domains(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    watch = mail.domain()
    of_user, of_domain = mail.user("user", watch), mail.user("domain", watch)
    mail.api.domains.update(domain, sender_bcc=of_domain)
    mail.api.users.update(anna, sender_bcc=of_user)
    mail.send(ben, sender=anna, login=anna, subject="From Anna")
    mail.send(anna, sender=ben, login=ben, subject="From Ben")
    mail.api.domains.update(domain, sender_bcc="")
    mail.send(anna, sender=ben, login=ben, subject="From Ben again")
    assert mail.subjects(of_user) == ["From Anna"]
    assert mail.subjects(of_domain) == ["From Ben"]


@pytest.mark.parametrize("mail", ["ldap"], indirect=True)
def test_a_mailing_list_leads_to_its_members_here_and_elsewhere(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben, team = mail.user("anna", domain), mail.user("ben", domain), f"team@{domain}"
    carl = mail.user("carl", mail.domain())
    further = f"also-{domain}"
    mail.api.domains.update(domain, add_alias_domain=[further])
    mail.api.maillists.create(team, members=[anna, ben, carl, "partner@world.example"])
    first = mail.subject()
    mail.send(team, subject=first)
    mail.api.maillists.update(team, remove_member=[ben])
    mail.send(f"team@{further}", subject="Without Ben")
    assert mail.subjects(anna) == mail.subjects(carl) == [first, "Without Ben"]
    assert mail.subjects(ben) == [first]
    assert mail.world.wait_for(first).recipients == ("partner@world.example",)
    mail.api.maillists.delete(team)
    with pytest.raises(Refused, match=r"^550 5\.1\.1"):
        mail.send(team)
