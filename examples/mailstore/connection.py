"""Where the examples find their server: arguments, or the environment.

    MAILSTORE_HOST, MAILSTORE_PORT, MAILSTORE_USER, MAILSTORE_PASSWORD, MAILSTORE_CA_FILE

Without a CA file any certificate is accepted if `--insecure` is given.
"""

from __future__ import annotations

import argparse
import os
import ssl

from mailstore.server import Client


def parser(description: str | None) -> argparse.ArgumentParser:
    """Arguments that every example has; add its own before handing it to `connect`."""
    made = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    env = os.environ.get
    made.add_argument("--host", default=env("MAILSTORE_HOST", "127.0.0.1"))
    made.add_argument("--port", type=int, default=int(env("MAILSTORE_PORT", "8463")))
    made.add_argument("--user", default=env("MAILSTORE_USER", "admin"))
    made.add_argument("--password", default=env("MAILSTORE_PASSWORD", "admin"))
    made.add_argument("--ca-file", default=env("MAILSTORE_CA_FILE"))
    made.add_argument("--insecure", action="store_true", help="accept any certificate")
    return made


def connect(options: argparse.Namespace, *, autoHandleToken: bool = True) -> Client:  # noqa: N803
    return Client(
        options.user,
        options.password,
        options.host,
        options.port,
        autoHandleToken,
        ca_file=options.ca_file,
        ignoreInvalidSSLCerts=options.insecure,
    )


def trusted(options: argparse.Namespace) -> ssl.SSLContext:
    """The same for programs that speak HTTP themselves."""
    context = ssl.create_default_context(cafile=options.ca_file)
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
