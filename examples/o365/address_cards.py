"""Put somebody into the address book, unless they are there, and print all who are."""

from __future__ import annotations

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--name", required=True)
    made.add_argument("--email", required=True)
    options = made.parse_args(arguments)
    book = connect(options, "address_book_all").address_book()
    if book.get_contact_by_email(options.email):
        print(f"{options.name} was there already.")
    else:
        contact = book.new_contact()
        contact.name, _, contact.surname = options.name.partition(" ")
        contact.emails.add(options.email)
        contact.save()
        print(f"{options.name} is in the address book now.")
    for contact in book.get_contacts(limit=None):
        print(f"{contact.full_name} <{contact.main_email}>")


if __name__ == "__main__":
    main()
