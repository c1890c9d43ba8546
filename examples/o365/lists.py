"""A list of a SharePoint site: make it where it is missing, add an item, change it, show what there is."""

from __future__ import annotations

from examples.o365.connection import connect, parser

COLUMNS = [{"name": "Wheels", "number": {}}, {"name": "Colour", "choice": {"choices": ["red", "blue"]}}]


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--host", default="example.sharepoint.com")
    made.add_argument("--site", default="sites/yard", help="the path of the site")
    options = made.parse_args(arguments)
    site = connect(options, "sharepoint_all").sharepoint().get_site(options.host, options.site)
    if site is None:
        raise SystemExit(f"There is no {options.site}.")
    there = [one for one in site.get_lists() if one.display_name == "Carts"]
    carts = there[0] if there else site.create_list({"displayName": "Carts", "columns": COLUMNS})
    if carts is None:
        raise SystemExit("The list was not made.")
    item = carts.create_list_item({"Title": "Barrow", "Wheels": 1, "Colour": "red"})
    if item is not None:
        item.update_fields({"Colour": "blue"})
        item.save_updates()
    for cart in carts.get_items(expand_fields=True, order_by="fields/Title"):
        values = cart.fields or {}
        print(f"{cart.object_id}: {values['Title']}, {values.get('Wheels')} wheels, {values.get('Colour')}")


if __name__ == "__main__":
    main()
