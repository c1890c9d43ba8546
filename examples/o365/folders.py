"""The folders of a mailbox: find one by its name, list what is in it, and make another one."""

from __future__ import annotations

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--folder", default="Customers")
    options = made.parse_args(arguments)
    mailbox = connect(options).mailbox()
    customers = mailbox.get_folder(folder_name=options.folder) or mailbox.create_child_folder(options.folder)
    if customers is None:
        raise SystemExit(f"There is no folder {options.folder}, and it cannot be made.")
    for folder in customers.get_folders(25):
        print(f"{folder.name}: {folder.unread_items_count} of {folder.total_items_count} not read")
    acme = customers.create_child_folder("Acme")
    for message in mailbox.inbox_folder().get_messages(query=mailbox.q().equals("from", "buyer@acme.example")):
        message.move(acme)
        print(f"Moved: {message.subject}")


if __name__ == "__main__":
    main()
