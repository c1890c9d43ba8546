"""The commands of the guide, as they stand, on this machine: in a copy of its folders, and a network of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.accounts.services import dovecot, postfix
from tests.accounts.services.process import scratch

from postroom.web.tls import Certificate

PAGE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "mail-server.md"
APART = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child")

# Ends with the processes that it started: they are alone in their namespace.
BEFORE = r"""
set -eu
mount -t proc proc /proc
mkdir -p "$COPY/etc" "$COPY/var/lib" "$COPY/var/spool" "$COPY/var/log" "$COPY/var/mail"
cp -a /etc/. "$COPY/etc"
cp -a /var/run "$COPY/var"
cp -a /var/lib/postfix "$COPY/var/lib"
cp -a /var/spool/postfix "$COPY/var/spool"
for place in /etc /var; do mount --bind "$COPY$place" $place; done
mount -t tmpfs tmpfs /run
python - <<'END'
import fcntl, socket, struct
with socket.socket() as any_socket:  # loopback is down in a new network: SIOCSIFFLAGS, up and running
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0x41))
END
cp "$COPY/server.pem" /etc/ssl/private/mail.pem
# All is installed; the program is the tests' own, which only their user can run; there is no init.
apt-get() { :; }
runuser() { shift 3; "$@"; }
systemctl() { dovecot; postfix start; }
set -x
"""

AFTER = r"""
python - <<'END'
import pathlib, smtplib, subprocess, time
with smtplib.SMTP("127.0.0.1", 25, timeout=30) as client:
    client.sendmail("bob@world.example", ["anna@example.com"], "Subject: Found\n\nIt works.\n")
deadline = time.monotonic() + 60
while b"It works." not in (found := subprocess.run(
    ["doveadm", "fetch", "-u", "anna@example.com", "text", "ALL"], capture_output=True, check=False
).stdout):
    assert time.monotonic() < deadline, found
    time.sleep(0.1)
END
postconf -n 2>&1 >/dev/null | if grep .; then exit 1; fi
echo all is well
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    postfix.require("sqlite")
    dovecot.require("sqlite")
    tried = subprocess.run([*APART, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("This machine gives no namespaces")
    with scratch("guide", in_memory=True) as made:
        yield made


def script() -> str:
    """The shell commands of the page; the server goes to the background."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    serve = "\\1 > $COPY/serves &\nuntil grep -q iredadmin $COPY/serves; do sleep 0.1; done"
    commands = re.sub(r"^(.*postroom serve)$", serve, "".join(blocks), flags=re.MULTILINE)
    return BEFORE + commands + AFTER


def test_a_fresh_machine_gets_mail_after_the_commands_of_the_guide(folder: Path) -> None:
    Certificate(folder)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTROOM_")}
    path = f"{Path(sys.executable).parent}:{environment['PATH']}:/usr/sbin:/sbin"
    done = subprocess.run(
        [*APART, "bash", "-c", script()], env={**environment, "PATH": path, "COPY": str(folder)},
        cwd=folder, capture_output=True, text=True, timeout=250, check=False,
    )  # fmt: skip
    assert done.stdout.endswith("all is well\n"), done.stdout + done.stderr
