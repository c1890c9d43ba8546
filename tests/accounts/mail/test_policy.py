"""Throttles and access policies, enforced by the policy service that Postfix asks."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.accounts.mail.mail_server import SQL, MailServer, Refused

from postroom.accounts.database.tables import iredapd

PARTNER = "partner@world.example"

# The API sets no access policy of aliases on LDAP.
on_sql = pytest.mark.parametrize("mail", SQL, indirect=True)


def counted(mail: MailServer, who: str) -> list[int]:
    """The messages counted for somebody."""
    tracking = iredapd.throttle_tracking.c
    with mail.accounts.core.databases.read() as unit:
        return list(unit.iredapd.execute(select(tracking.cur_msgs).where(tracking.account == who)).scalars())


def test_the_fourth_message_in_a_window_of_three_is_refused_and_not_counted(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    mail.api.throttle.set(anna, "outbound", period=3600, max_msgs=3)
    for _ in range(3):
        mail.send(PARTNER, sender=anna, login=anna)
    with pytest.raises(Refused, match=r"^554 5\.7\.1 .*Throttling quota exceeded"):
        mail.send(PARTNER, sender=anna, login=anna)
    assert counted(mail, anna) == [3]
    mail.send(PARTNER, sender=ben, login=ben)
    mail.api.throttle.set(anna, "outbound", period=3600, max_msgs=4)
    mail.send(PARTNER, sender=anna, login=anna)
    assert counted(mail, anna) == [4]


def test_each_recipient_counts(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.throttle.set(anna, "outbound", period=3600, max_msgs=3)
    mail.send(PARTNER, f"2{PARTNER}", sender=anna, login=anna)
    with pytest.raises(Refused, match=r"^554 5\.7\.1"):
        mail.send(PARTNER, f"2{PARTNER}", sender=anna, login=anna)
    assert counted(mail, anna) == [2]


def test_what_a_user_of_a_domain_gets_is_limited_by_the_domains_throttle(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben = mail.user("anna", domain), mail.user("ben", domain)
    mail.api.throttle.set(domain, "inbound", period=3600, max_msgs=2)
    mail.send(anna, ben)
    mail.send(anna)
    with pytest.raises(Refused, match=r"^554 5\.7\.1"):
        mail.send(anna, ben)
    mail.send(ben)
    assert (counted(mail, anna), counted(mail, ben)) == ([2], [2])


def test_a_message_may_be_no_larger_than_the_throttle_says(mail: MailServer) -> None:
    anna = mail.user("anna", mail.domain())
    mail.api.throttle.set(anna, "outbound", period=3600, msg_size=20_000)
    mail.send(PARTNER, sender=anna, login=anna, size=10_000)
    with pytest.raises(Refused, match=r"^554 5\.7\.1 .*Message size is too large"):
        mail.send(PARTNER, sender=anna, login=anna, size=30_000)


@on_sql
def test_strangers_may_not_write_to_an_alias_of_the_domain_alone(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben, staff = mail.user("anna", domain), mail.user("ben", domain), f"staff@{domain}"
    mail.api.aliases.create(staff, members=[ben], access_policy="domain")
    with pytest.raises(Refused, match=r"^554 5\.7\.1 .*Not authorized"):
        mail.send(staff)
    mail.send(staff, sender=anna, login=anna, subject="For all of us")
    assert mail.subjects(ben) == ["For all of us"]


@on_sql
def test_only_members_write_to_an_alias_of_its_members(mail: MailServer) -> None:
    domain = mail.domain()
    anna, ben, board = mail.user("anna", domain), mail.user("ben", domain), f"board@{domain}"
    mail.api.aliases.create(board, members=[ben], access_policy="membersonly")
    with pytest.raises(Refused, match=r"^554 5\.7\.1 .*Not authorized"):
        mail.send(board, sender=anna, login=anna)
    mail.send(board, sender=ben, login=ben, subject="Agenda")
    assert mail.subjects(ben) == ["Agenda"]
