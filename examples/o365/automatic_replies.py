"""Answer automatically during a holiday, in another time zone, and stop it."""

from __future__ import annotations

import datetime as dt

from examples.o365.connection import connect, parser

from O365.mailbox import AutoReplyStatus, ExternalAudience


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--from", dest="start", type=dt.datetime.fromisoformat, default=None)
    made.add_argument("--until", type=dt.datetime.fromisoformat, default=None)
    options = made.parse_args(arguments)
    mailbox = connect(options).mailbox()
    if options.start is None:
        mailbox.set_disable_reply()
        print("No automatic replies any more.")
        return
    settings = mailbox.get_settings()
    replies = settings.automaticrepliessettings
    replies.status = AutoReplyStatus.SCHEDULED
    replies.scheduled_startdatetime, replies.scheduled_enddatetime = options.start, options.until
    replies.external_audience = ExternalAudience.CONTACTSONLY
    replies.internal_reply_message = "I am away; Bob has the keys."
    replies.external_reply_message = "I am away until next week."
    settings.timezone = "W. Europe Standard Time"
    settings.save()
    print(f"Automatic replies from {options.start} until {options.until}.")


if __name__ == "__main__":
    main()
