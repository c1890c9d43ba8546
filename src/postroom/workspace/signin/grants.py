"""What the token endpoint does: each grant ends in tokens, or in an error of `errors.py`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from postroom.workspace.people import People, Person
from postroom.workspace.signin.apps import App, Apps
from postroom.workspace.signin.clients import Client
from postroom.workspace.signin.codes import Codes
from postroom.workspace.signin.consents import Consents
from postroom.workspace.signin.database import Database
from postroom.workspace.signin.devices import Devices
from postroom.workspace.signin.errors import BadField, GrantOver, NoConsent, TokenError, UnknownResource
from postroom.workspace.signin.scopes import Asked
from postroom.workspace.signin.signins import SignIns
from postroom.workspace.signin.tokens import LIFE_S, Grant, Tokens

OFFLINE: Final = "offline_access"


@dataclass(frozen=True, slots=True)
class Issued:
    """What a grant gives. `scope` is None for an app by itself."""

    access_token: str
    audience: str
    expires_in_s: int = LIFE_S
    scope: str | None = None
    person: Person | None = None
    refresh_token: str | None = None
    id_token: str | None = None


@dataclass(frozen=True, slots=True)
class _Session:
    """Who signed in to what, for the tokens of one answer."""

    client: Client
    person: Person
    asked: Asked
    signin: str
    nonce: str = ""
    refresh_token: str | None = None


class Grants:
    """`issuer` is that of the discovery document which the program has seen."""

    def __init__(
        self, database: Database, people: People, apps: Apps, consents: Consents, signins: SignIns, codes: Codes,
        devices: Devices, tokens: Tokens,
    ) -> None:  # fmt: skip
        self._database, self._people, self._apps, self._consents = database, people, apps, consents
        self._signins, self._codes, self._devices, self._tokens = signins, codes, devices, tokens

    def code(self, client: Client, text: str, redirect_uri: str, verifier: str, issuer: str) -> Issued:
        """authorization_code. Raises GrantOver, CodeUsed, WrongVerifier."""
        found = self._codes.redeem(client.app.id, text, redirect_uri, verifier)
        person = self._active(found.user_id)
        return self._issued(_Session(client, person, found.asked, found.signin, found.nonce), issuer)

    def refresh(self, client: Client, text: str, asked: Asked | None, issuer: str) -> Issued:
        """refresh_token, with what was asked for in the beginning or, within what is allowed, something else.

        Raises GrantOver, NoConsent.
        """
        found = self._signins.use(client.app.id, text)
        person = self._active(found.user_id)
        wanted = found.asked if asked is None else _signing_in_too(asked, found.asked)
        session = self._allowed(client, person, wanted, found.signin)
        return self._issued(replace(session, refresh_token=text), issuer)

    def password(self, client: Client, person: Person, asked: Asked, issuer: str) -> Issued:
        """password, which somebody has checked. Raises NoConsent."""
        return self._begun(client, person, asked, issuer)

    def device(self, client: Client, device_code: str, issuer: str) -> Issued:
        """device_code. Raises as `Devices.poll`."""
        user_id, asked = self._devices.poll(client.app.id, device_code)
        return self._begun(client, self._active(user_id), asked, issuer)

    def on_behalf_of(self, client: Client, assertion: str, asked: Asked, issuer: str) -> Issued:
        """jwt-bearer: an app that got a token for itself asks for one of what is behind it.

        Raises GrantOver, NoConsent, NeedsSecret.
        """
        client.proved()
        try:
            claims = self._tokens.claims(assertion, {client.app.id})
            caller = self._tokens.caller_of(claims)
        except TokenError as error:
            raise GrantOver(f"The assertion cannot be used: {error}") from error
        if caller.user_id is None:
            raise GrantOver("The assertion is not of a user.")
        return self._begun(client, self._active(caller.user_id), asked, issuer)

    def by_itself(self, client: Client, asked: Asked) -> Issued:
        """client_credentials. Raises NeedsSecret, BadField."""
        app = client.proved().app
        if not asked.default or asked.permissions:
            raise BadField("scope", "the resource and '/.default', such as https://graph.microsoft.com/.default")
        self.check_resource(asked)
        roles = () if asked.for_app else app.roles
        grant = Grant(app, None, asked.audience, roles=roles, proof=client.proof)
        return Issued(self._tokens.access(grant), asked.audience)

    def check_resource(self, asked: Asked) -> None:
        """Raises UnknownResource when it is for an app that there is not."""
        if asked.for_app and self._apps.find(asked.audience) is None:
            raise UnknownResource(asked.audience)

    def ready(self, app: App, person: Person, asked: Asked) -> tuple[Asked, tuple[str, ...]]:
        """What is asked for with `.default` filled in, and which of it the user has yet to allow."""
        self.check_resource(asked)
        filled = self._consents.filled(app.id, person.id, asked)
        return filled, self._consents.missing(app.id, person.id, filled)

    def _begun(self, client: Client, person: Person, asked: Asked, issuer: str) -> Issued:
        with self._database.write():
            session = self._allowed(client, person, asked, "")
            signin = self._signins.begin(client.app.id, person.id)
            return self._issued(replace(session, signin=signin), issuer)

    def _allowed(self, client: Client, person: Person, asked: Asked, signin: str) -> _Session:
        filled, missing = self.ready(client.app, person, asked)
        if missing:
            raise NoConsent(f"The user or an administrator has not consented to: {' '.join(missing)}.")
        return _Session(client, person, filled, signin)

    def _issued(self, session: _Session, issuer: str) -> Issued:
        asked, person, app = session.asked, session.person, session.client.app
        grant = Grant(app, person, asked.audience, asked.permissions, signin=session.signin, proof=session.client.proof)
        refresh = session.refresh_token
        if refresh is None and OFFLINE in asked.openid:
            refresh = self._signins.refresh_token(session.signin, asked)
        identity = self._tokens.identity(app, person, asked.openid, issuer, session.nonce)
        return Issued(
            access_token=self._tokens.access(grant),
            audience=asked.audience,
            scope=_told(asked),
            person=person,
            refresh_token=refresh,
            id_token=identity if "openid" in asked.openid else None,
        )

    def _active(self, user_id: str) -> Person:
        person = self._people.find(user_id)
        if person is None or not person.active:
            raise GrantOver("The account is disabled or was deleted.")
        return person


def _signing_in_too(asked: Asked, before: Asked) -> Asked:
    """Programs ask for other permissions with a refresh token and expect to stay signed in."""
    openid = tuple(dict.fromkeys((*asked.openid, *before.openid)))
    return replace(asked, openid=openid)


def _told(asked: Asked) -> str:
    """What was granted, in the words of the request: programs look for these in their cache."""
    written = {word.rpartition("/")[2].lower() for word in asked.words}
    further = (name for name in asked.permissions if name.lower() not in written)
    return " ".join(dict.fromkeys((*asked.words, *further)))
