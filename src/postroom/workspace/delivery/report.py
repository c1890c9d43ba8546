"""Reports to a sender about what could not be delivered (RFC 3461, RFC 3464)."""

from __future__ import annotations

import email.policy
import re
from collections.abc import Mapping
from datetime import datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, make_msgid
from typing import Final

HEAD_BYTES: Final = 16 << 10
_POLICY: Final = email.policy.compat32.clone(linesep="\r\n")
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_UNSAFE: Final = re.compile(r"[^ -~]+")


def failure(sender: str, failed: Mapping[str, str], original: bytes, host: str, now: datetime) -> bytes:
    """The bytes of the report. `failed` are recipients with what was said about each."""
    report = MIMEMultipart("report", policy=_POLICY)
    report.set_param("report-type", "delivery-status")
    head = {
        "From": f"Mail Delivery System <MAILER-DAEMON@{host}>",
        "To": _ascii(sender),
        "Subject": "Undelivered mail returned to sender",
        "Date": format_datetime(now),
        "Message-ID": make_msgid(domain=host),
        "Auto-Submitted": "auto-replied",
    }
    for name, value in head.items():
        report[name] = value
    for part in (_words(failed), _status(failed, host, now), _head(original)):
        report.attach(part)
    return report.as_bytes(policy=_POLICY)


def _words(failed: Mapping[str, str]) -> Message:
    lines = "\n".join(f"  {address}: {reason}" for address, reason in failed.items())
    text = f"Your message could not be delivered to:\n\n{lines}\n\nIt will not be tried again.\n"
    return MIMEText(text.encode("utf-8", "replace").decode(), "plain", "utf-8", policy=_POLICY)


def _status(failed: Mapping[str, str], host: str, now: datetime) -> Message:
    groups = [f"Reporting-MTA: dns; {_ascii(host)}\nArrival-Date: {format_datetime(now)}\n"]
    for address, reason in failed.items():
        found = _STATUS.search(reason)
        groups.append(
            f"Final-Recipient: rfc822; {_ascii(address)}\nAction: failed\nStatus: {found[1] if found else '5.0.0'}\n"
            f"Diagnostic-Code: smtp; {_ascii(reason)}\n"
        )
    return _part("message", "delivery-status", "\n".join(groups))


def _head(original: bytes) -> Message:
    head = re.split(rb"\r?\n\r?\n", original[:HEAD_BYTES], maxsplit=1)[0]
    text = head.decode("ascii", "replace").replace("\r\n", "\n").replace("�", "?")
    return _part("text", "rfc822-headers", text + "\n")


def _part(main: str, sub: str, content: str) -> Message:
    # Given as a text the generator leaves it as it is, whatever type it has.
    part = MIMENonMultipart(main, sub, policy=_POLICY)
    part.set_payload(content)
    return part


def _ascii(text: str) -> str:
    return _UNSAFE.sub("?", text)[:500]
