"""Where the examples find their server: arguments, or the environment.

IREDADMIN_URL, IREDADMIN_USERNAME, IREDADMIN_CA_FILE, and IREDADMIN_PASSWORD, which is no argument: others would see it
"""

from __future__ import annotations

import argparse
import os

from iredadmin import Client


def parser(description: str | None) -> argparse.ArgumentParser:
    """Arguments that every example has; add its own before handing it to `connect`."""
    made = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    env = os.environ.get
    made.add_argument("--base-url", default=env("IREDADMIN_URL", "https://127.0.0.1:8464/iredadmin"))
    made.add_argument("--username", default=env("IREDADMIN_USERNAME", "postmaster@example.net"))
    made.add_argument("--ca-file", default=env("IREDADMIN_CA_FILE"))
    made.add_argument("--domain", default="example.com", help="the domain to work on")
    return made


def password() -> str:
    """The password of the admin. Ends the program when there is none."""
    if not (found := os.environ.get("IREDADMIN_PASSWORD")):
        raise SystemExit("Put the password of the admin into IREDADMIN_PASSWORD.")
    return found


def connect(options: argparse.Namespace) -> Client:
    return Client(options.base_url, options.username, password(), ca_file=options.ca_file)
