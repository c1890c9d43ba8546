"""Where the examples find their management server: arguments, or the environment.

    MAILSTORE_SPE_PORT, and MAILSTORE_HOST, MAILSTORE_USER, MAILSTORE_PASSWORD, MAILSTORE_CA_FILE as for the others

Port 8470 takes a session by cookie, 8474 the password with each request.
"""

from __future__ import annotations

import argparse
import os
from typing import Any

from examples.mailstore import connection

from mailstore.spe import Client


def parser(description: str | None) -> argparse.ArgumentParser:
    """Arguments that every example has; add its own before handing it to `connect`."""
    made = connection.parser(description)
    made.set_defaults(port=int(os.environ.get("MAILSTORE_SPE_PORT", "8470")))
    made.add_argument("--session", choices=["auto", "cookie", "basic"], default="auto", help="how to sign in")
    return made


def of_an_instance(description: str | None) -> argparse.ArgumentParser:
    """The same for an example that is about one instance."""
    made = parser(description)
    made.add_argument("instance", help="instanceID of the customer")
    return made


def arguments(options: argparse.Namespace) -> dict[str, Any]:
    """The options as arguments of the clients."""
    return {
        "username": options.user,
        "password": options.password,
        "host": options.host,
        "port": options.port,
        "session": options.session,
        "ca_file": options.ca_file,
        "ignoreInvalidSSLCerts": options.insecure,
    }


def connect(options: argparse.Namespace, **more: Any) -> Client:
    return Client(**arguments(options), **more)
