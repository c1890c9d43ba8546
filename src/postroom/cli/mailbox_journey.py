"""The steps of the demo about mailboxes: mail arrives by LMTP, a program for Microsoft Graph works with it, a profile
fetches it into the archive. All over the network, timed."""

from __future__ import annotations

import hashlib
import io
import shlex
import smtplib
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any, Final

from postroom.cli import local, show
from postroom.cli.accounts_journey import USERS
from postroom.errors import AlreadyExists, Damaged, WrongState
from postroom.home import Home
from postroom.settings import Settings

if TYPE_CHECKING:
    from mailstore.server import Client
    from O365 import Account
    from O365.message import Message
    from postroom.workspace.signin.apps import App
    from postroom.workspace.signin.signin import Signin

ANNA, BERT = USERS
APP: Final = "Demo"
ARCHIVER: Final = "Archive"
SCOPES: Final = ("User.Read", "Mail.ReadWrite", "Mail.Send")
ROLES: Final = ("Mail.Read", "User.Read.All")
"""What the archive may do without a user."""
EVERYBODY: Final = ""
SUBJECT: Final = "The gutter drips"
MESSAGE_ID: Final = "<gutter-1@demo.example.com>"
PLAN: Final = "Plan for the gutter"
TABLE: Final = b"part,metres,price\r\ngutter,12.5,310.00\r\ndownpipe,4.0,96.50\r\n"
FOUND_BY: Final = "downpipe"
"""A word that is in the attachment only."""
POLL_S: Final = 0.05


class MailboxJourney:
    """From a user whose mailbox is empty to mail that was answered and archived. `note` takes what a step did."""

    def __init__(self, home: Home, settings: Settings, signin: Signin, note: Callable[[str, str, float], None]) -> None:
        self._home, self._settings, self._signin, self._note = home, settings, signin, note

    def run(self) -> None:
        """Everything up to the archive; a second run makes nothing new.

        Raises requests.RequestException, smtplib.SMTPException for what the server refuses.
        """
        self._app = self._registered()
        self._anna, self._bert = self._account(ANNA), self._account(BERT)
        self._deliver()
        self._answer()
        self._send()

    def _registered(self) -> App:
        """Whoever owns the home registers apps, and allows them something for everybody: no user is asked."""
        begun, signin = time.perf_counter(), self._signin
        try:
            app = signin.apps.create(APP, public=True)
        except AlreadyExists:
            return signin.apps.get(APP)
        signin.consents.allow(app.id, EVERYBODY, SCOPES)
        archiver = signin.apps.create(ARCHIVER)
        signin.apps.grant_roles(archiver.id, ROLES)
        local.keep_new_password(self._home, ARCHIVER, signin.apps.add_secret(archiver.id)[1])
        self._note("Graph apps", f"{APP}, for {', '.join(SCOPES)}; {ARCHIVER}, for {', '.join(ROLES)}", begun)
        return app

    def _account(self, user: str) -> Account:
        """What a program for Microsoft 365 does, with a server of its own instead of Microsoft's."""
        from O365 import Account
        from O365.utils import MemoryTokenBackend

        url = local.address(self._settings, "graph")
        authority = local.authority(self._home, self._settings)
        account = Account(
            (self._app.id,),
            auth_flow_type="password",
            username=user,
            password=local.kept_password(self._home, user),
            tenant_id=self._signin.tenant,
            authority=f"{url}/{self._signin.tenant}",
            base_url=f"{url}/v1.0/",
            main_resource="me",
            verify_ssl=True if authority is None else str(authority),
            token_backend=MemoryTokenBackend(),
        )
        if not account.authenticate():
            raise WrongState(f"{user} could not sign in to Graph.")
        return account

    # The steps

    def _deliver(self) -> None:
        """As a mail server hands mail over."""
        begun = time.perf_counter()
        if _inbox(self._anna, SUBJECT):
            self._note("LMTP", f"nothing new: {ANNA} has “{SUBJECT}”", begun)
            return
        begun, place = time.perf_counter(), local.places(self._settings, "smtp")[0]
        with smtplib.LMTP(place.host, place.port, local_hostname="localhost") as lmtp:
            lmtp.sendmail(BERT, [ANNA], _arriving())
        took_ms = (time.perf_counter() - begun) * 1000
        self._note("LMTP", f"“{SUBJECT}” of {BERT} for {ANNA}, kept safely after {took_ms:.0f} ms", begun)

    def _answer(self) -> None:
        begun = time.perf_counter()
        message = _inbox(self._anna, SUBJECT)
        if message is None or message.get_mime_content() != _arriving():
            raise Damaged(f"Graph does not give {ANNA} the bytes that LMTP took.")
        if message.is_read:
            self._note("O365 reads", f"nothing new: {ANNA} has answered “{SUBJECT}”", begun)
            return
        self._note("O365 reads", f"{ANNA}: “{message.subject}” of {message.sender.address}, byte for byte", begun)
        begun = time.perf_counter()
        reply = message.reply(to_all=False)
        if reply is None:
            raise WrongState(f"“{SUBJECT}” could not be answered.")
        reply.body = "I will look at it on Monday."
        reply.send()
        message.mark_as_read()
        self._note("O365 answers", f"{BERT} has “{_arrived(self._bert, f'RE: {SUBJECT}').subject}”", begun)

    def _send(self) -> None:
        begun = time.perf_counter()
        if _inbox(self._bert, PLAN):
            self._note("O365 sends", f"nothing new: {BERT} has “{PLAN}”", begun)
            return
        message = self._anna.new_message()
        message.to.add(BERT)
        message.subject, message.body = PLAN, "Measures and prices are in the table."
        message.attachments.add([(io.BytesIO(TABLE), "plan.csv")])
        message.send()
        if not _arrived(self._bert, PLAN).has_attachments:
            raise Damaged(f"“{PLAN}” arrived without its attachment.")
        self._note("O365 sends", f"{BERT} has “{PLAN}” with plan.csv, {show.size(len(TABLE))}", begun)

    def profile(self, user: str) -> dict[str, Any]:
        """Properties of an archiving profile: all mail of a user from Graph into the archive of the user's name."""
        url, authority = local.address(self._settings, "graph"), local.authority(self._home, self._settings)
        details = {
            "emailAddress": user,
            "targetUserFolder": user,
            "tenant": self._signin.tenant,
            "applicationId": self._signin.apps.get(ARCHIVER).id,
            "clientSecret": local.kept_password(self._home, ARCHIVER),
            "graphUrl": f"{url}/v1.0/",
            "authorityUrl": url,
            "caFile": None if authority is None else str(authority),
        }
        name = f"{user} from Graph"
        return {"name": name, "owner": "admin", "type": "I", "connector": "Microsoft365", "details": details}

    def archive(self) -> None:
        """Let a profile fetch Bert's mail into an archive of his, and find there what only the attachment says."""
        begun, contents = time.perf_counter(), self._contents()
        with self._client("admin") as admin:
            _archive_user(admin, BERT, local.kept_password(self._home, BERT) or "")
            run = admin.RunProfile(_profile(admin, self.profile(BERT)))["result"]
        if run["result"] != "succeeded":
            raise WrongState(f"The profile of {BERT} ended with {run['result']!r}.")
        told = f"{run['itemsArchived']} new" if run["itemsArchived"] else "nothing new"
        self._note("profile", f"{told} of {len(contents)} messages of {BERT}, fetched from Graph", begun)
        with self._client(BERT) as reader:
            self._find(reader, contents)

    def _contents(self) -> set[str]:
        """SHA-256 of each message that Graph gives Bert."""
        messages = self._bert.mailbox().get_messages(limit=None)
        return {hashlib.sha256(message.get_mime_content() or b"").hexdigest() for message in messages}

    def _find(self, reader: Client, contents: set[str]) -> None:
        begun = time.perf_counter()
        while not (page := reader.SearchMessages(FOUND_BY, limit=1)["result"])["complete"]:
            time.sleep(POLL_S)
        if not page["messages"]:
            raise Damaged(f"The archive does not find {FOUND_BY!r} of the attachment.")
        hit = page["messages"][0]
        if reader.GetMessage(hit["id"])["result"]["sha256"] not in contents:
            raise Damaged(f"Message {hit['id']} of the archive is not as Graph gave it.")
        self._note("search", f"{FOUND_BY}: {page['total']}, “{hit['subject']}”, by the words in plan.csv", begun)

    def _client(self, user: str) -> Client:
        return local.client(self._home, self._settings, user, local.kept_password(self._home, user) or "")

    def suggestions(self) -> list[str]:
        """Commands that work as they stand."""
        home, url = shlex.quote(local.short(self._home.path)), local.address(self._settings, "graph")
        curl = f"curl -s --cacert {home}/tls/ca.pem"
        form = f"-d grant_type=password -d client_id={self._app.id} -d scope=Mail.ReadWrite -d username={ANNA}"
        password = f'--data-urlencode "password=$(cat {home}/passwords/{ANNA})"'
        token = f"{curl} {form} {password} {url}/{self._signin.tenant}/oauth2/v2.0/token"
        cut = """sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'"""
        return [f"""{curl} -H "Authorization: Bearer $({token} | {cut})" '{url}/v1.0/me/messages?$select=subject'"""]


def _arriving() -> bytes:
    message = EmailMessage(SMTP)
    message["From"], message["To"] = f"Bert Hill <{BERT}>", f"Anna Berg <{ANNA}>"
    message["Subject"], message["Message-ID"] = SUBJECT, MESSAGE_ID
    message["Date"] = "Mon, 2 Mar 2026 08:30:00 +0000"
    message.set_content("Since last night, above the door. What would a new one cost?\n")
    return message.as_bytes()


def _inbox(account: Account, subject: str) -> Message | None:
    """The message of this subject."""
    inbox = account.mailbox().inbox_folder()
    return inbox.get_message(query=inbox.new_query("subject").equals(subject))


def _arrived(account: Account, subject: str) -> Message:
    """Sending is done when it returns, so what was sent is there."""
    found = _inbox(account, subject)
    if found is None:
        raise Damaged(f"“{subject}” was sent and did not arrive.")
    return found


def _archive_user(admin: Client, user: str, password: str) -> None:
    """A user of the archive, who may read the archive of the same name."""
    if user in [row["userName"] for row in admin.GetUsers()["result"]]:
        return
    admin.CreateUser(user, "login,export", authentication="integrated", password=password, loginPrivileges="api")
    admin.SetUserPrivilegesOnFolder(user, user, "read")


def _profile(admin: Client, properties: dict[str, Any]) -> int:
    """The number of the profile of this name; of a new one when there is none. Ports may have changed since."""
    for known in admin.GetProfiles(True)["result"]:
        if known["name"] == properties["name"]:
            admin.SetProfile(known["id"], properties)
            return int(known["id"])
    return int(admin.CreateProfile(properties)["result"])
