"""Who somebody is: passwords of admins, and the rights they have at this moment."""

from __future__ import annotations

from postroom.accounts import schemes
from postroom.accounts.model import Standing
from postroom.accounts.services.access import LOCAL, Caller
from postroom.accounts.services.core import Core


class SigningIn:
    """Answers alike, and takes as long, for an unknown account, a disabled one, no admin and a wrong password."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def admin(self, address: str, password: str) -> Standing | None:
        """The admin whose password this is; None for anybody else."""
        with self._core.look(LOCAL) as look:
            standing = look.directory.standing(address)
            hashes = look.directory.hashes(address, standing.kind) if standing else ()
        usual = self._core.settings.accounts.password_scheme
        if standing is None or not standing.is_admin or not hashes:
            schemes.dummy(password, usual)
            return None
        if schemes.verify_any(hashes, password):
            return standing
        if not schemes.is_of(hashes[0], usual):
            schemes.dummy(password, usual)
        return None

    def caller(self, address: str, ip: str) -> Caller | None:
        """What an admin who signed in may do now; None when they are no admin any more."""
        with self._core.look(LOCAL) as look:
            standing = look.directory.standing(address)
        return Caller.of(standing, ip) if standing is not None and standing.is_admin else None

    def note(self, address: str, ip: str, message: str) -> None:
        """Write that somebody signed in to the admin log."""
        with self._core.change(Caller(address, global_admin=False, ip=ip, api=True)) as work:
            work.note("login", message, username=address)
