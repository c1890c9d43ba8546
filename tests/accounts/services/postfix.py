"""A private Postfix on free ports of loopback, with the tables and lines that `mail-config` writes."""

from __future__ import annotations

import os
import pwd
import re
import shutil
from pathlib import Path

from tests.accounts.services.dovecot import needs_root
from tests.accounts.services.process import Service, answers, missing, program, run
from tests.ports import free_port

DAEMONS = (Path("/usr/lib/postfix/sbin"), Path("/usr/libexec/postfix"))

MAIN = """
compatibility_level = 3.6
config_directory = {etc}/postfix
queue_directory = {folder}/queue
data_directory = {folder}/postfix-data
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix-mail.log
maillog_file_prefixes = {folder}
myhostname = mail.postroom.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
# 127.0.0.1 is this machine, as everywhere. The tests come from 127.0.0.2 to be strangers.
mynetworks = 127.0.0.1/32
alias_maps =
alias_database =
local_recipient_maps =
# Nothing is asked of DNS; what would leave for the world goes to a listener of the tests.
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
relayhost = [127.0.0.1]:{world}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certificate}
notify_classes =
"""

# Debian's services, without chroot. smtpd serves one client per process: it remembers domains for as long as it lives.
MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
  -o max_use=1
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(Service):
    """`folder` holds `etc`. Mail for the world goes to the port `world`."""

    def __init__(self, folder: Path, world: int, certificate: Path) -> None:
        self.smtp, self.submission, self.submissions = free_port(), free_port(), free_port()
        self.etc, self._world, self._certificate = folder / "etc", world, certificate
        self._daemons = next((path for path in DAEMONS if path.is_dir()), DAEMONS[0])
        command: list[str | Path] = [self._daemons / "master", "-c", self.etc / "postfix"]
        super().__init__("postfix", command, folder=folder, ready=lambda: answers(self.smtp))

    @property
    def queue(self) -> Path:
        return self.folder / "queue"

    def configure(self) -> None:
        """Join our lines with those of `mail-config`, as an administrator does, and make the queue."""
        ours = {"etc": self.etc, "folder": self.folder, "daemons": self._daemons, "world": self._world}
        made = self.etc / "postfix" / "postroom"
        main = MAIN.format(**ours, certificate=self._certificate) + (made / "main.cf").read_text()
        (self.etc / "postfix" / "main.cf").write_text(main)
        (self.etc / "postfix" / "master.cf").write_text(MASTER.format(smtp=self.smtp) + self._services(made))
        for name in ("queue", "postfix-data"):
            (self.folder / name).mkdir(exist_ok=True)
        os.chown(self.folder / "postfix-data", pwd.getpwnam("postfix").pw_uid, -1)
        run(["postfix", "-c", self.etc / "postfix", "check"])

    def _services(self, made: Path) -> str:
        text = (made / "master.cf").read_text()
        for name, port in (("submission", self.submission), ("submissions", self.submissions)):
            text = re.sub(rf"^{name} +inet", f"127.0.0.1:{port} inet", text, flags=re.MULTILINE)
        return text

    @property
    def mail_log(self) -> str:
        file = self.folder / "postfix-mail.log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def lookup(self, table: str, key: str) -> str:
        """What a table answers to a key, as Postfix asks it."""
        return run(["postmap", "-c", self.etc / "postfix", "-q", key, table])


def require(driver: str) -> None:
    """Skip unless Postfix is installed, with the tables of a back end, and the tests may start it."""
    program("postconf")
    needs_root("Postfix")
    if driver not in run([program("postconf"), "-m"]).split():
        missing(f"postfix-{driver}")
    if shutil.which("postmap") is None:
        missing("postfix")
