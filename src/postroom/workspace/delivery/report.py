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
    """A group of fields for the whole, and one for each recipient."""
    groups = [{"Reporting-MTA": f"dns; {_ascii(host)}", "Arrival-Date": format_datetime(now)}]
    for address, reason in failed.items():
        found = _STATUS.search(reason)
        groups.append({
            "Final-Recipient": f"rfc822; {_ascii(address)}",
            "Action": "failed",
            "Status": found[1] if found else "5.0.0",
            "Diagnostic-Code": f"smtp; {_ascii(reason)}",
        })  # fmt: skip
    part = MIMENonMultipart("message", "delivery-status", policy=_POLICY)
    part.set_payload([_fields(group) for group in groups])
    return part


def _fields(group: Mapping[str, str]) -> Message:
    made = Message(policy=_POLICY)
    for name, value in group.items():
        made[name] = value
    return made


def _head(original: bytes) -> Message:
    """The header of the message that the report is about, as far as it is ASCII."""
    head = re.split(rb"\r?\n\r?\n", original[:HEAD_BYTES], maxsplit=1)[0]
    part = MIMENonMultipart("text", "rfc822-headers", policy=_POLICY)
    part.set_payload(head.decode("ascii", "replace").replace("\r\n", "\n").replace("\ufffd", "?") + "\n")
    return part


def _ascii(text: str) -> str:
    return _UNSAFE.sub("?", text)[:500]
