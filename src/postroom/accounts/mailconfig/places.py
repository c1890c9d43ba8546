"""Where things are on the mail server's machine, and who is who there. The defaults are Debian's and iRedMail's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """`etc` holds the folders `postfix` and `dovecot`. All mail belongs to `mail_user`."""

    etc: Path = Path("/etc")
    queue: Path = Path("/var/spool/postfix")
    mail_user: str = "vmail"
    mail_group: str = "vmail"
    postfix_group: str = "postfix"
    dovecot_group: str = "dovecot"
    quota_port: int = 12340
    """Where Dovecot tells Postfix whether a mailbox is full."""
    lda: Path = Path("/usr/lib/dovecot/dovecot-lda")
    lda_options: str = ""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file: `name` is its path below `etc`. `owner` is who should have it, as chown takes it."""

    name: str
    text: str
    mode: int
    owner: str
