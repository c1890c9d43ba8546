"""Users who are made, changed and removed, and their passwords."""

from __future__ import annotations

import math

from postroom.errors import Denied, Invalid
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.errors import WIRE, Refused, Row, codes
from postroom.faces.graph.result import Created, Nothing, One, Result
from postroom.workspace.errors import PasswordRefused
from postroom.workspace.people import Acting

WIRE[PasswordRefused] = Row(
    400,
    codes("ErrorInvalidRequest", "Request_BadRequest", "invalidRequest"),
    lambda error, _: (
        "The specified password does not comply with password complexity requirements. Please provide a "
        f"different password: {error.expected}."
    ),
)


@implements("directory.users.create")
def create(call: Call) -> Result:
    return Created(call.workspace.directory.create_user(_acting(call), call.document))


@implements("directory.users.change")
def change(call: Call) -> Result:
    changed = call.workspace.directory.change_user(_acting(call), call.mailbox, call.document)
    if call.document.keys() & {"passwordProfile"}:
        _sign_out(call)
    return One(changed)


@implements("directory.users.delete")
def delete(call: Call, user: str) -> Result:
    call.workspace.directory.delete_user(_acting(call), user)
    return Nothing()


@implements("directory.invitations.create")
def invite(call: Call) -> Result:
    user = call.caller.user_id
    if call.given("sendInvitationMessage") is True and user is None:
        raise Invalid("sendInvitationMessage", "false: an app without a user has no mailbox to send from")
    made, mail = call.workspace.directory.invite(call.document)
    if mail is not None and user is not None:
        call.workspace.mail.sending.send_new(user, mail, save=False)
    return Created(made)


@implements("directory.users.change_password")
def change_password(call: Call) -> Result:
    """Whoever has a token and no password must not be able to guess it here."""
    acting, new = _acting(call), call.given("newPassword")
    if not acting.own:
        raise Denied("Everybody changes their own password only.")
    if not isinstance(new, str) or not new:
        raise Invalid("newPassword", "a value")
    _prove(call, acting.name)
    call.workspace.directory.change_password(acting, call.mailbox, new)
    _sign_out(call)
    return Nothing()


def _prove(call: Call, address: str) -> None:
    """Raises Refused when the current password is another one."""
    delay_s = call.back_off.delay_s(address, "")
    if delay_s > 0:
        raise Refused(
            429, "TooManyRequests", "Too many wrong passwords.", {"Retry-After": str(math.ceil(delay_s))}
        )  # fmt: skip
    old = call.given("currentPassword")
    if not isinstance(old, str) or call.workspace.signin.authenticate(address, old) is None:
        call.back_off.failed(address, "")
        raise Refused(400, "Request_BadRequest", "The current password is another one than currentPassword.")
    call.back_off.succeeded(address, "")


def _sign_out(call: Call) -> None:
    """What was signed in with the old password ends."""
    call.workspace.signin.signins.revoke_of(call.mailbox)
    call.workspace.signin.sessions.end_of(call.mailbox)


def _acting(call: Call) -> Acting:
    caller, signin = call.caller, call.workspace.signin
    if caller.user_id is None:
        return Acting(caller.app_id, alone=True)
    person = signin.active(caller.user_id)
    if person is None:  # gone since the token was checked
        raise Denied("Your account is not active.")
    return Acting(person.address, own=call.mailbox == person.id, admin=signin.is_admin(person))
