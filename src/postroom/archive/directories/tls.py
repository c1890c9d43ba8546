"""What connections to directories are protected by."""

from __future__ import annotations

import ssl


def tls_context(*, any_certificate: bool) -> ssl.SSLContext:
    """As Python's default, with the certificates that the system trusts; or with none that is checked."""
    context = ssl.create_default_context()
    if any_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
