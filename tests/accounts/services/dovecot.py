"""A private Dovecot on free ports of loopback, with the configuration that `mail-config` writes."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.accounts.services.process import Service, answers, missing, program
from tests.ports import free_port

OWN = """
ssl_cert = <{certificate}
ssl_key = <{certificate}
!include {etc}/dovecot/postroom/dovecot.conf

# What is different from a real server: where it runs; passwords may cross loopback in the clear; nobody waits.
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot-mail.log
listen = 127.0.0.1
ssl = yes
disable_plaintext_auth = no
auth_failure_delay = 0
shutdown_clients = yes
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {ports.imap}
  }}
  inet_listener imaps {{
    port = {ports.imaps}
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {ports.pop3}
  }}
  inet_listener pop3s {{
    port = {ports.pop3s}
  }}
}}
"""


@dataclass(frozen=True)
class Ports:
    """All free ones."""

    imap: int
    imaps: int
    pop3: int
    pop3s: int
    quota_status: int

    @classmethod
    def free(cls) -> Ports:
        return cls(*(free_port() for _ in range(5)))


class Dovecot(Service):
    """Its folder holds `etc`; `certificate` has key and certificate. Needs root, as Dovecot's master does."""

    def __init__(self, folder: Path, ports: Ports, certificate: Path) -> None:
        self.ports = ports
        self.configuration = folder / "etc" / "dovecot" / "dovecot.conf"
        self._own = OWN.format(etc=folder / "etc", folder=folder, ports=ports, certificate=certificate)
        command: list[str | Path] = [program("dovecot"), "-F", "-c", self.configuration]
        super().__init__("dovecot", command, folder=folder, ready=self._answers)

    def configure(self) -> None:
        """Write what stands beside the files of `mail-config`."""
        self.configuration.parent.mkdir(parents=True, exist_ok=True)
        self.configuration.write_text(self._own)
        # Its delivery agent runs as the user whose all mail is; elsewhere both write to syslog.
        self._mail_log_file.touch()
        self._mail_log_file.chmod(0o666)

    @property
    def _mail_log_file(self) -> Path:
        return self.folder / "dovecot-mail.log"

    @property
    def mail_log(self) -> str:
        """What it wrote about mail and sign-ins."""
        return self._mail_log_file.read_text("utf-8", "replace")

    def _answers(self) -> bool:
        return all(answers(port) for port in (self.ports.imap, self.ports.imaps, self.ports.quota_status))


def require(driver: str) -> None:
    """Skip unless Dovecot is installed, with the driver of a back end, and the tests may start it."""
    program("dovecot")
    needs_root("Dovecot")
    modules = Path("/usr/lib/dovecot/modules")
    names = {"ldap": "auth/libauthdb_ldap.so"}
    if not (modules / names.get(driver, f"libdriver_{driver}.so")).exists():
        missing(f"dovecot-{driver}")
    if not (modules.parent / "lmtp").exists() or shutil.which("doveconf") is None:
        missing("dovecot-lmtpd")


def needs_root(what: str) -> None:
    """Skips when the tests do not run as root; CI must."""
    if os.geteuid() != 0:
        reason = f"{what} can only be started by root"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
