"""Ask many things with one request: who I am, what is new, what the drive holds; and make a folder for what follows."""

from __future__ import annotations

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)
    account = connect(options, "onedrive_all")
    inbox = account.mailbox().inbox_folder()
    batch = account.batch()
    batch.get("me", "/me", {"$select": "displayName"})
    batch.get("unread", inbox.build_url("/mailFolders/inbox"), {"$select": "unreadItemCount"})
    batch.get("files", "/me/drive/root/children", {"$top": 5, "$select": "name"})
    batch.post("folder", "/me/mailFolders", {"displayName": "Answered"})
    batch.post("rule", "/me/mailFolders/inbox/childFolders", {"displayName": "Offers"}, after="folder")
    answers = batch.run()
    print(f"{answers['me'].json()['displayName']}: {answers['unread'].json()['unreadItemCount']} unread")
    print("Files:", ", ".join(item["name"] for item in answers["files"].json()["value"]) or "none")
    for name, answer in answers.failed.items():
        print(f"{name}: {answer.status} {answer.error}")


if __name__ == "__main__":
    main()
