"""The categories of Outlook: list them, make one, give it another colour, remove it."""

from __future__ import annotations

from examples.o365.connection import connect, parser

from O365.category import CategoryColor


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)
    categories = connect(options).outlook_categories()
    for category in categories.get_categories():
        print(category)
    offers = categories.create_category("Offers", color=CategoryColor.RED)
    if offers is None:
        raise SystemExit("The category was not made.")
    offers.update_color("dark green")
    print(f"New: {offers}")
    offers.delete()


if __name__ == "__main__":
    main()
